"""The scenario in s5cmd, which is AWS's first SDK for Go."""

from steps import (
    BUCKET,
    CONTENT_TYPE,
    LISTED,
    METADATA,
    SECOND,
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
    return downloaded(lambda target: command("cp", "--raw", at(key), target))


def put_and_read(key: str, kind: str, *options: str) -> None:
    command("cp", "--raw", *options, path(kind), at(key))
    same(read(key), data(kind), "read back")


def listed(pattern: str) -> list[str]:
    return sorted(line.split(maxsplit=3)[-1] for line in command("ls", at(pattern)).splitlines())


def list_folders() -> None:
    lines = command("ls", at("tree/")).splitlines()
    same(sorted(line.split()[-1] for line in lines), ["a/", "b/", "c"], "listed")


def metadata() -> None:
    words = [word for name, value in METADATA.items() for word in ("--metadata", f"{name}={value}")]
    put_and_read("meta/object", "small", "--content-type", CONTENT_TYPE, *words)


def copy() -> None:
    command("cp", at("seed/small"), at("copy/small"))
    same(read("copy/small"), data("small"), "copy")


def key(name: str) -> None:
    put_and_read(name, "small")
    same(listed("key/*"), [name.removeprefix("key/")], "listed")


play(
    {
        "create-bucket": lambda: run("mb", f"s3://{SECOND}"),
        "put-small": lambda: put_and_read("put/small", "small"),
        "put-empty": lambda: put_and_read("put/empty", "empty"),
        "put-large": lambda: put_and_read("put/large", "large"),
        "put-multipart": lambda: put_and_read("put/multipart", "multipart", "--part-size", "6"),
        "get": lambda: same(read("seed/small"), data("small"), "read"),
        "list": lambda: same(listed("list/*"), [k.removeprefix("list/") for k in LISTED], "listed"),
        "list-folders": list_folders,
        "metadata": metadata,
        "copy": copy,
        "delete": lambda: run("rm", "--raw", at("delete/one")),
        "delete-many": lambda: run("rm", at("many/*")),
        "missing-key": lambda: fails(lambda: read("missing/none"), "NotFound", "404", "NoSuchKey"),
        "presign-get": lambda: command("presign", at("seed/small")).strip(),
        "key": key,
        "delete-bucket": lambda: run("rb", f"s3://{SECOND}"),
    }
)
