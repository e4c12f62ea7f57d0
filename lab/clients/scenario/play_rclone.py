"""The scenario in rclone, against a remote named `lab`."""

import json

from steps import (
    BUCKET,
    CONTENT_TYPE,
    LISTED,
    METADATA,
    SECOND,
    NotOffered,
    command,
    data,
    downloaded,
    path,
    play,
    run,
    same,
)


def at(key: str) -> str:
    return f"lab:{BUCKET}/{key}"


def read(key: str) -> bytes:
    return downloaded(lambda target: command("copyto", at(key), target))


def put_and_read(key: str, kind: str, *options: str) -> None:
    command("copyto", *options, path(kind), at(key))
    same(read(key), data(kind), "read back")


def listed(*words: str) -> list[str]:
    return sorted(command("lsf", *words).splitlines())


def metadata() -> None:
    words = [f"--metadata-set={name}={value}" for name, value in METADATA.items()]
    words += ["--metadata", f"--metadata-set=content-type={CONTENT_TYPE}"]
    command("copyto", *words, path("small"), at("meta/object"))
    entry = json.loads(command("lsjson", "--stat", "--metadata", at("meta/object")))
    same({name: entry["Metadata"].get(name) for name in METADATA}, METADATA, "metadata")
    same(entry["MimeType"], CONTENT_TYPE, "Content-Type")


def copy() -> None:
    command("copyto", at("seed/small"), at("copy/small"))
    same(read("copy/small"), data("small"), "copy")


def key(name: str) -> None:
    if "//" in name:
        raise NotOffered("its paths have no empty segments")
    put_and_read(name, "small")
    same(listed("--recursive", "--files-only", at("key")), [name.removeprefix("key/")], "listed")


play(
    {
        "create-bucket": lambda: run("mkdir", f"lab:{SECOND}"),
        "put-small": lambda: put_and_read("put/small", "small"),
        "put-empty": lambda: put_and_read("put/empty", "empty"),
        "put-large": lambda: put_and_read("put/large", "large"),
        "put-multipart": lambda: put_and_read(
            "put/multipart", "multipart", "--s3-upload-cutoff=6M"
        ),
        "get": lambda: same(read("seed/small"), data("small"), "read"),
        "list": lambda: same(
            listed("--s3-list-chunk=10", at("list")),
            [k.removeprefix("list/") for k in LISTED],
            "listed",
        ),
        "list-folders": lambda: same(listed(at("tree")), ["a/", "b/", "c"], "listed"),
        "metadata": metadata,
        "copy": copy,
        "delete": lambda: run("deletefile", at("delete/one")),
        "delete-many": lambda: run("delete", at("many")),
        "presign-get": lambda: command("link", at("seed/small")).strip(),
        "key": key,
        "delete-bucket": lambda: run("rmdir", f"lab:{SECOND}"),
    }
)
