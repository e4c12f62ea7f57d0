"""The scenario in minio-py, with its defaults."""

import io
from datetime import timedelta

from minio import Minio, S3Error
from minio.commonconfig import CopySource, Tags
from minio.deleteobjects import DeleteObject
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

SCHEME, _, AUTHORITY = URL.partition("://")
S3 = Minio(
    AUTHORITY,
    access_key=ACCESS_KEY,
    secret_key=SECRET_KEY,
    region=REGION,
    secure=SCHEME == "https",
)
HOUR = timedelta(hours=1)


def read(key: str, **span: int) -> bytes:
    answer = S3.get_object(BUCKET, key, **span)
    try:
        return answer.read()
    finally:
        answer.close()
        answer.release_conn()


def put_and_read(key: str, kind: str) -> None:
    body = data(kind)
    S3.put_object(BUCKET, key, io.BytesIO(body), len(body))
    same(read(key), body, "read back")


def upload(key: str, kind: str) -> None:
    S3.fput_object(BUCKET, key, str(path(kind)))
    same(read(key), data(kind), "read back")


def create_bucket() -> None:
    S3.make_bucket(SECOND)
    same(S3.bucket_exists(SECOND), True, "exists")


def list_all() -> None:
    found = S3.list_objects(BUCKET, prefix="list/", recursive=True)
    same([each.object_name for each in found], LISTED, "listed")


def list_folders() -> None:
    found = sorted(each.object_name for each in S3.list_objects(BUCKET, prefix="tree/"))
    same(found, ["tree/a/", "tree/b/", "tree/c"], "listed")


def metadata() -> None:
    body = data("small")
    S3.put_object(
        BUCKET,
        "meta/object",
        io.BytesIO(body),
        len(body),
        content_type=CONTENT_TYPE,
        metadata=dict(METADATA),
    )
    head = S3.stat_object(BUCKET, "meta/object")
    same(head.content_type, CONTENT_TYPE, "Content-Type")
    found = {name: head.metadata.get(f"x-amz-meta-{name}") for name in METADATA}
    same(found, METADATA, "metadata")


def copy() -> None:
    S3.copy_object(BUCKET, "copy/small", CopySource(BUCKET, "seed/small"))
    same(read("copy/small"), data("small"), "copy")


def delete_many() -> None:
    errors = S3.remove_objects(BUCKET, [DeleteObject(key) for key in MANY])
    same([str(each) for each in errors], [], "errors")


def missing_key() -> None:
    try:
        read("missing/none")
    except S3Error as error:
        same(error.code, "NoSuchKey", "code")
        return
    raise AssertionError("no error")


def tags() -> None:
    wanted = Tags.new_object_tags()
    wanted.update(TAGS)
    S3.set_object_tags(BUCKET, "seed/small", wanted)
    same(dict(S3.get_object_tags(BUCKET, "seed/small") or {}), TAGS, "tags")


def key(name: str) -> None:
    put_and_read(name, "small")
    found = S3.list_objects(BUCKET, prefix="key/", recursive=True)
    same([each.object_name for each in found], [name], "listed")


play(
    {
        "create-bucket": create_bucket,
        "put-small": lambda: put_and_read("put/small", "small"),
        "put-empty": lambda: put_and_read("put/empty", "empty"),
        "put-large": lambda: upload("put/large", "large"),
        "put-multipart": lambda: upload("put/multipart", "multipart"),
        "get": lambda: same(read("seed/small"), data("small"), "read"),
        "range": lambda: same(
            read("seed/large", offset=1000, length=1000), data("large")[1000:2000], "range"
        ),
        "list": list_all,
        "list-folders": list_folders,
        "metadata": metadata,
        "copy": copy,
        "delete": lambda: S3.remove_object(BUCKET, "delete/one"),
        "delete-many": delete_many,
        "missing-key": missing_key,
        "presign-get": lambda: S3.presigned_get_object(BUCKET, "seed/small", expires=HOUR),
        "presign-put": lambda: S3.presigned_put_object(BUCKET, "presigned/put", expires=HOUR),
        "tags": tags,
        "key": key,
        "delete-bucket": lambda: S3.remove_bucket(SECOND),
    }
)
