"""The scenario in s3cmd."""

import re

from steps import (
    BUCKET,
    CONTENT_TYPE,
    LISTED,
    MANY,
    METADATA,
    SECOND,
    TAGS,
    command,
    data,
    downloaded,
    fails,
    path,
    play,
    run,
    same,
)


def at(key: str) -> str:
    return f"s3://{BUCKET}/{key}"


def read(key: str) -> bytes:
    return downloaded(lambda target: command("get", at(key), target))


def put_and_read(key: str, kind: str, *options: str) -> None:
    command("put", *options, path(kind), at(key))
    same(read(key), data(kind), "read back")


def listed(*words: str) -> list[str]:
    lines = command("ls", *words).splitlines()
    return sorted(line.partition("s3://")[2].removeprefix(f"{BUCKET}/") for line in lines)


def metadata() -> None:
    words = [f"--add-header=x-amz-meta-{name}:{value}" for name, value in METADATA.items()]
    command("put", f"--mime-type={CONTENT_TYPE}", *words, path("small"), at("meta/object"))
    printed = command("info", at("meta/object"))
    found = {
        name: value for name, value in METADATA.items() if f"x-amz-meta-{name}: {value}" in printed
    }
    same(found, METADATA, "metadata")
    same(re.findall(r"MIME type: *(\S+)", printed), [CONTENT_TYPE], "Content-Type")


def copy() -> None:
    command("cp", at("seed/small"), at("copy/small"))
    same(read("copy/small"), data("small"), "copy")


def tags() -> None:
    command("settagging", at("seed/small"), "&".join(f"{k}={v}" for k, v in TAGS.items()))
    printed = command("gettagging", at("seed/small"))
    same({k: v for k, v in TAGS.items() if k in printed and v in printed}, TAGS, "tags")


def key(name: str) -> None:
    put_and_read(name, "small")
    same(listed("--recursive", at("key/")), [name], "listed")


play(
    {
        "create-bucket": lambda: run("mb", f"s3://{SECOND}"),
        "put-small": lambda: put_and_read("put/small", "small"),
        "put-empty": lambda: put_and_read("put/empty", "empty"),
        "put-large": lambda: put_and_read("put/large", "large"),
        "put-multipart": lambda: put_and_read("put/multipart", "multipart"),
        "get": lambda: same(read("seed/small"), data("small"), "read"),
        "list": lambda: same(listed("--recursive", at("list/")), LISTED, "listed"),
        "list-folders": lambda: same(
            listed(at("tree/")), ["tree/a/", "tree/b/", "tree/c"], "listed"
        ),
        "metadata": metadata,
        "copy": copy,
        "delete": lambda: run("del", at("delete/one")),
        "delete-many": lambda: run("del", *map(at, MANY)),
        "missing-key": lambda: fails(lambda: read("missing/none"), "404", "does not exist"),
        "presign-get": lambda: command("signurl", at("seed/small"), "+3600").strip(),
        "tags": tags,
        "key": key,
        "delete-bucket": lambda: run("rb", f"s3://{SECOND}"),
    }
)
