"""The scenario in PyArrow's file system, which is AWS's SDK for C++."""

from pyarrow import fs
from steps import (
    ACCESS_KEY,
    BUCKET,
    LISTED,
    REGION,
    SECOND,
    SECRET_KEY,
    URL,
    NotOffered,
    data,
    play,
    same,
)

SCHEME, _, AUTHORITY = URL.partition("://")
FS = fs.S3FileSystem(
    access_key=ACCESS_KEY,
    secret_key=SECRET_KEY,
    region=REGION,
    endpoint_override=AUTHORITY,
    scheme=SCHEME,
    allow_bucket_creation=True,
    allow_bucket_deletion=True,
    request_timeout=60,
    retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=2),
)


def read(key: str) -> bytes:
    with FS.open_input_stream(f"{BUCKET}/{key}") as stream:
        return bytes(stream.read())


def put_and_read(key: str, kind: str) -> None:
    with FS.open_output_stream(f"{BUCKET}/{key}") as stream:
        stream.write(data(kind))
    same(read(key), data(kind), "read back")


def read_range() -> None:
    with FS.open_input_file(f"{BUCKET}/seed/large") as file:
        file.seek(1000)
        same(bytes(file.read(1000)), data("large")[1000:2000], "range")


def listed(folder: str, *, recursive: bool) -> list[str]:
    found = FS.get_file_info(fs.FileSelector(f"{BUCKET}/{folder}", recursive=recursive))
    return sorted(each.path.removeprefix(f"{BUCKET}/") for each in found)


def copy() -> None:
    FS.copy_file(f"{BUCKET}/seed/small", f"{BUCKET}/copy/small")
    same(read("copy/small"), data("small"), "copy")


def missing_key() -> None:
    try:
        read("missing/none")
    except FileNotFoundError:
        return
    raise AssertionError("no error")


def key(name: str) -> None:
    if "//" in name:
        raise NotOffered("its paths have no empty segments")
    put_and_read(name, "small")
    same([each for each in listed("key", recursive=True) if each == name], [name], "listed")


play(
    {
        "create-bucket": lambda: FS.create_dir(SECOND),
        "put-small": lambda: put_and_read("put/small", "small"),
        "put-empty": lambda: put_and_read("put/empty", "empty"),
        "put-large": lambda: put_and_read("put/large", "large"),
        "put-multipart": lambda: put_and_read("put/multipart", "multipart"),
        "get": lambda: same(read("seed/small"), data("small"), "read"),
        "range": read_range,
        "list": lambda: same(listed("list", recursive=True), LISTED, "listed"),
        "list-folders": lambda: same(
            listed("tree", recursive=False), ["tree/a", "tree/b", "tree/c"], "listed"
        ),
        "copy": copy,
        "delete": lambda: FS.delete_file(f"{BUCKET}/delete/one"),
        "delete-many": lambda: FS.delete_dir_contents(f"{BUCKET}/many"),
        "missing-key": missing_key,
        "key": key,
        "delete-bucket": lambda: FS.delete_dir(SECOND),
    }
)
