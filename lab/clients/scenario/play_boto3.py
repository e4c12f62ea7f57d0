"""The scenario in boto3, with its defaults."""

from typing import Any

import boto3
from botocore.exceptions import ClientError
from steps import (
    BUCKET,
    CONTENT_TYPE,
    FILES,
    LISTED,
    MANY,
    METADATA,
    REGION,
    SECOND,
    TAGS,
    data,
    path,
    play,
    same,
)

S3: Any = boto3.client("s3")


def put(key: str, kind: str, **parameters: object) -> str:
    answer = S3.put_object(Bucket=BUCKET, Key=key, Body=data(kind), **parameters)
    return str(answer["ETag"])


def read(key: str, **parameters: object) -> bytes:
    return bytes(S3.get_object(Bucket=BUCKET, Key=key, **parameters)["Body"].read())


def put_and_read(key: str, kind: str) -> None:
    put(key, kind)
    same(read(key), data(kind), "read back")


def upload(key: str, kind: str) -> None:
    S3.upload_file(str(path(kind)), BUCKET, key)
    target = FILES / "downloaded"
    S3.download_file(BUCKET, key, str(target))
    same(target.read_bytes(), data(kind), "read back")


def put_large() -> None:
    with path("large").open("rb") as stream:
        S3.put_object(Bucket=BUCKET, Key="put/large", Body=stream)
    same(read("put/large"), data("large"), "read back")


def create_bucket() -> None:
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
    S3.create_bucket(Bucket=SECOND, **({} if REGION == "us-east-1" else elsewhere))
    S3.head_bucket(Bucket=SECOND)


def list_pages() -> None:
    pages = S3.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Prefix="list/", PaginationConfig={"PageSize": 10}
    )
    same([each["Key"] for page in pages for each in page["Contents"]], LISTED, "listed")


def list_folders() -> None:
    page = S3.list_objects_v2(Bucket=BUCKET, Prefix="tree/", Delimiter="/")
    folders = [each["Prefix"] for each in page["CommonPrefixes"]]
    same(folders, ["tree/a/", "tree/b/"], "folders")
    same([each["Key"] for each in page["Contents"]], ["tree/c"], "keys")


def metadata() -> None:
    put("meta/object", "small", ContentType=CONTENT_TYPE, Metadata=METADATA)
    head = S3.head_object(Bucket=BUCKET, Key="meta/object")
    same(head["Metadata"], METADATA, "metadata")
    same(head["ContentType"], CONTENT_TYPE, "Content-Type")


def copy() -> None:
    S3.copy({"Bucket": BUCKET, "Key": "seed/small"}, BUCKET, "copy/small")
    same(read("copy/small"), data("small"), "copy")


def delete_many() -> None:
    answer = S3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in MANY]})
    same(answer.get("Errors", []), [], "errors")


def missing_key() -> None:
    try:
        read("missing/none")
    except S3.exceptions.NoSuchKey:
        return
    raise AssertionError("no error")


def refused(key: str, **condition: str) -> None:
    try:
        put(key, "empty", **condition)
    except ClientError as error:
        same(error.response["Error"]["Code"], "PreconditionFailed", "code")
        return
    raise AssertionError("the second write was not refused")


def create_if_absent() -> None:
    put("condition/new", "small", IfNoneMatch="*")
    refused("condition/new", IfNoneMatch="*")


def replace_if_match() -> None:
    old = S3.head_object(Bucket=BUCKET, Key="condition/old")["ETag"]
    put("condition/old", "small", IfMatch=old)
    refused("condition/old", IfMatch=old)


def tags() -> None:
    pairs = [{"Key": key, "Value": value} for key, value in TAGS.items()]
    S3.put_object_tagging(Bucket=BUCKET, Key="seed/small", Tagging={"TagSet": pairs})
    found = S3.get_object_tagging(Bucket=BUCKET, Key="seed/small")["TagSet"]
    same({tag["Key"]: tag["Value"] for tag in found}, TAGS, "tags")


def key(name: str) -> None:
    put_and_read(name, "small")
    page = S3.list_objects_v2(Bucket=BUCKET, Prefix="key/")
    same([each["Key"] for each in page["Contents"]], [name], "listed")


def presign(operation: str, key: str) -> str:
    return str(S3.generate_presigned_url(operation, Params={"Bucket": BUCKET, "Key": key}))


play(
    {
        "create-bucket": create_bucket,
        "put-small": lambda: put_and_read("put/small", "small"),
        "put-empty": lambda: put_and_read("put/empty", "empty"),
        "put-large": put_large,
        "put-multipart": lambda: upload("put/multipart", "multipart"),
        "get": lambda: same(read("seed/small"), data("small"), "read"),
        "range": lambda: same(
            read("seed/large", Range="bytes=1000-1999"), data("large")[1000:2000], "range"
        ),
        "list": list_pages,
        "list-folders": list_folders,
        "metadata": metadata,
        "copy": copy,
        "delete": lambda: S3.delete_object(Bucket=BUCKET, Key="delete/one"),
        "delete-many": delete_many,
        "missing-key": missing_key,
        "presign-get": lambda: presign("get_object", "seed/small"),
        "presign-put": lambda: presign("put_object", "presigned/put"),
        "create-if-absent": create_if_absent,
        "replace-if-match": replace_if_match,
        "tags": tags,
        "key": key,
        "delete-bucket": lambda: S3.delete_bucket(Bucket=SECOND),
    }
)
