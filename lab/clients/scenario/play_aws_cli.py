"""The scenario in AWS's command line: `aws s3` where it has a command, else `aws s3api`.

Each command is a call of the program's own entry point: sixty starts of it would take minutes.
"""

import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver
from steps import (
    BUCKET,
    CONTENT_TYPE,
    LISTED,
    MANY,
    METADATA,
    SECOND,
    TAGS,
    data,
    downloaded,
    fails,
    path,
    play,
    same,
)


def command(*words: object) -> str:
    """Run the program with some words, and return what it prints; raise what it complains of."""
    printed, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(errors):
        try:
            status = create_clidriver().main(list(map(str, words)))
        except SystemExit as ended:
            status = ended.code
    for stream in (printed, errors):
        stream.seek(0)
    complaint = " ".join(errors.read().split())
    print(complaint, file=sys.stderr, flush=True)
    if status:
        raise RuntimeError(f"status {status}: {complaint}")
    return printed.read()


def run(*words: object) -> None:
    command(*words)


def api(operation: str, *words: object, bucket: str = BUCKET) -> dict[str, object]:
    printed = command("s3api", operation, "--bucket", bucket, *words)
    return dict(json.loads(printed)) if printed.strip() else {}


def read(key: str) -> bytes:
    return downloaded(lambda target: command("s3", "cp", f"s3://{BUCKET}/{key}", target))


def put_and_read(key: str, kind: str) -> None:
    command("s3", "cp", path(kind), f"s3://{BUCKET}/{key}")
    same(read(key), data(kind), "read back")


def read_range() -> None:
    words = ["--key", "seed/large", "--range", "bytes=1000-1999"]
    found = downloaded(lambda target: api("get-object", *words, target))
    same(found, data("large")[1000:2000], "range")


def list_pages() -> None:
    words = ["--prefix", "list/", "--page-size", "10", "--query", "{keys: Contents[].Key}"]
    same(api("list-objects-v2", *words)["keys"], LISTED, "listed")


def list_folders() -> None:
    lines = command("s3", "ls", f"s3://{BUCKET}/tree/").splitlines()
    same(sorted(line.split()[-1] for line in lines), ["a/", "b/", "c"], "listed")


def metadata() -> None:
    words = json.dumps(METADATA)
    target = f"s3://{BUCKET}/meta/object"
    options = ["--content-type", CONTENT_TYPE, "--metadata", words]
    command("s3", "cp", path("small"), target, *options)
    head = api("head-object", "--key", "meta/object")
    same(head["Metadata"], METADATA, "metadata")
    same(head["ContentType"], CONTENT_TYPE, "Content-Type")


def copy() -> None:
    command("s3", "cp", f"s3://{BUCKET}/seed/small", f"s3://{BUCKET}/copy/small")
    same(read("copy/small"), data("small"), "copy")


def delete_many() -> None:
    keys = json.dumps({"Objects": [{"Key": key} for key in MANY]})
    same(api("delete-objects", "--delete", keys).get("Errors", []), [], "errors")


def put_object(key: str, kind: str, *condition: str) -> None:
    api("put-object", "--key", key, "--body", path(kind), *condition)


def create_if_absent() -> None:
    condition = ("--if-none-match", "*")
    put_object("condition/new", "small", *condition)
    fails(lambda: put_object("condition/new", "empty", *condition), "PreconditionFailed")


def replace_if_match() -> None:
    old = ("--if-match", str(api("head-object", "--key", "condition/old")["ETag"]))
    put_object("condition/old", "small", *old)
    fails(lambda: put_object("condition/old", "empty", *old), "PreconditionFailed")


def tags() -> None:
    pairs = json.dumps({"TagSet": [{"Key": key, "Value": value} for key, value in TAGS.items()]})
    api("put-object-tagging", "--key", "seed/small", "--tagging", pairs)
    words = ["--key", "seed/small", "--query", "{tags: TagSet[].[Key, Value]}"]
    same(dict(api("get-object-tagging", *words)["tags"]), TAGS, "tags")


def key(name: str) -> None:
    put_and_read(name, "small")
    words = ["--prefix", "key/", "--query", "{keys: Contents[].Key}"]
    same(api("list-objects-v2", *words)["keys"], [name], "listed")


play(
    {
        "create-bucket": lambda: run("s3", "mb", f"s3://{SECOND}"),
        "put-small": lambda: put_and_read("put/small", "small"),
        "put-empty": lambda: put_and_read("put/empty", "empty"),
        "put-large": lambda: put_and_read("put/large", "large"),
        "put-multipart": lambda: put_and_read("put/multipart", "multipart"),
        "get": lambda: same(read("seed/small"), data("small"), "read"),
        "range": read_range,
        "list": list_pages,
        "list-folders": list_folders,
        "metadata": metadata,
        "copy": copy,
        "delete": lambda: run("s3", "rm", f"s3://{BUCKET}/delete/one"),
        "delete-many": delete_many,
        "missing-key": lambda: fails(lambda: read("missing/none"), "404", "NoSuchKey"),
        "presign-get": lambda: command("s3", "presign", f"s3://{BUCKET}/seed/small").strip(),
        "create-if-absent": create_if_absent,
        "replace-if-match": replace_if_match,
        "tags": tags,
        "key": key,
        "delete-bucket": lambda: run("s3", "rb", f"s3://{SECOND}"),
    }
)
