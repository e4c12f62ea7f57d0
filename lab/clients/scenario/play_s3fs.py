"""The scenario in s3fs, the fsspec file system that pandas, Dask and Zarr write through."""

import s3fs
from steps import (
    ACCESS_KEY,
    BUCKET,
    CONTENT_TYPE,
    LISTED,
    MANY,
    METADATA,
    REGION,
    SECOND,
    SECRET_KEY,
    TAGS,
    URL,
    data,
    path,
    play,
    same,
)

MIB = 2**20
FS = s3fs.S3FileSystem(
    key=ACCESS_KEY,
    secret=SECRET_KEY,
    endpoint_url=URL,
    client_kwargs={"region_name": REGION} if REGION != "us-east-1" else {},
    config_kwargs={"s3": {"addressing_style": "path"}},
    use_listings_cache=False,
    skip_instance_cache=True,
)


def read(key: str) -> bytes:
    return bytes(FS.cat_file(f"{BUCKET}/{key}"))


def put_and_read(key: str, kind: str) -> None:
    FS.pipe_file(f"{BUCKET}/{key}", data(kind))
    same(read(key), data(kind), "read back")


def put_large() -> None:
    FS.put_file(str(path("large")), f"{BUCKET}/put/large")
    same(read("put/large"), data("large"), "read back")


def put_multipart() -> None:
    # Its own default is 50 MiB a part.
    with FS.open(f"{BUCKET}/put/multipart", "wb", block_size=6 * MIB) as stream:
        stream.write(data("multipart"))
    same(read("put/multipart"), data("multipart"), "read back")


def read_range() -> None:
    found = FS.cat_file(f"{BUCKET}/seed/large", start=1000, end=2000)
    same(found, data("large")[1000:2000], "range")


def list_all() -> None:
    same(FS.find(f"{BUCKET}/list"), [f"{BUCKET}/{key}" for key in LISTED], "listed")


def list_folders() -> None:
    found = sorted(FS.ls(f"{BUCKET}/tree", detail=False))
    same(found, [f"{BUCKET}/tree/{name}" for name in ("a", "b", "c")], "listed")


def metadata() -> None:
    FS.pipe_file(
        f"{BUCKET}/meta/object", data("small"), ContentType=CONTENT_TYPE, Metadata=METADATA
    )
    found = FS.metadata(f"{BUCKET}/meta/object")
    same(
        {name: found.get(name.replace("-", "_"), found.get(name)) for name in METADATA},
        METADATA,
        "metadata",
    )
    same(FS.info(f"{BUCKET}/meta/object")["ContentType"], CONTENT_TYPE, "Content-Type")


def copy() -> None:
    FS.copy(f"{BUCKET}/seed/small", f"{BUCKET}/copy/small")
    same(read("copy/small"), data("small"), "copy")


def missing_key() -> None:
    try:
        read("missing/none")
    except FileNotFoundError:
        return
    raise AssertionError("no error")


def create_if_absent() -> None:
    FS.pipe_file(f"{BUCKET}/condition/new", data("small"), mode="create")
    try:
        FS.pipe_file(f"{BUCKET}/condition/new", data("empty"), mode="create")
    except OSError:
        return
    raise AssertionError("the second write was not refused")


def tags() -> None:
    FS.put_tags(f"{BUCKET}/seed/small", TAGS)
    same(FS.get_tags(f"{BUCKET}/seed/small"), TAGS, "tags")


def key(name: str) -> None:
    put_and_read(name, "small")
    same(FS.find(f"{BUCKET}/key"), [f"{BUCKET}/{name}"], "listed")


def create_bucket() -> None:
    FS.mkdir(SECOND)
    same(FS.exists(SECOND), True, "exists")


play(
    {
        "create-bucket": create_bucket,
        "put-small": lambda: put_and_read("put/small", "small"),
        "put-empty": lambda: put_and_read("put/empty", "empty"),
        "put-large": put_large,
        "put-multipart": put_multipart,
        "get": lambda: same(read("seed/small"), data("small"), "read"),
        "range": read_range,
        "list": list_all,
        "list-folders": list_folders,
        "metadata": metadata,
        "copy": copy,
        "delete": lambda: FS.rm_file(f"{BUCKET}/delete/one"),
        "delete-many": lambda: FS.rm([f"{BUCKET}/{each}" for each in MANY]),
        "missing-key": missing_key,
        "presign-get": lambda: FS.sign(f"{BUCKET}/seed/small"),
        "presign-put": lambda: FS.url(f"{BUCKET}/presigned/put", client_method="put_object"),
        "create-if-absent": create_if_absent,
        "tags": tags,
        "key": key,
        "delete-bucket": lambda: FS.rmdir(SECOND),
    }
)
