"""The scenario in obstore, the Python binding of the Rust crate object_store, with its defaults."""

from datetime import timedelta

import obstore
from obstore.exceptions import AlreadyExistsError, PreconditionError
from obstore.store import S3Store
from steps import (
    ACCESS_KEY,
    BUCKET,
    CONTENT_TYPE,
    LISTED,
    MANY,
    METADATA,
    REGION,
    SECRET_KEY,
    URL,
    NotOffered,
    data,
    path,
    play,
    same,
)

STORE = S3Store(
    BUCKET,
    endpoint=URL,
    access_key_id=ACCESS_KEY,
    secret_access_key=SECRET_KEY,
    region=REGION,
    virtual_hosted_style_request=False,
    client_options={"allow_invalid_certificates": True, "allow_http": True},
    retry_config={"max_retries": 2},
)
HOUR = timedelta(hours=1)


def read(key: str) -> bytes:
    return bytes(obstore.get(STORE, key).bytes())


def put_and_read(key: str, kind: str) -> None:
    obstore.put(STORE, key, data(kind), use_multipart=False)
    same(read(key), data(kind), "read back")


def upload(key: str, kind: str) -> None:
    with path(kind).open("rb") as stream:
        obstore.put(STORE, key, stream)
    same(read(key), data(kind), "read back")


def list_all() -> None:
    found = [each["path"] for page in obstore.list(STORE, "list") for each in page]
    same(sorted(found), LISTED, "listed")


def list_folders() -> None:
    page = obstore.list_with_delimiter(STORE, "tree")
    same(sorted(page["common_prefixes"]), ["tree/a", "tree/b"], "folders")
    same([each["path"] for each in page["objects"]], ["tree/c"], "keys")


def metadata() -> None:
    attributes = {"Content-Type": CONTENT_TYPE, **METADATA}
    obstore.put(STORE, "meta/object", data("small"), attributes=attributes)
    found = dict(obstore.get(STORE, "meta/object").attributes)
    same({name: found.get(name) for name in attributes}, attributes, "attributes")


def missing_key() -> None:
    try:
        read("missing/none")
    except FileNotFoundError:
        return
    raise AssertionError("no error")


def create_if_absent() -> None:
    obstore.put(STORE, "condition/new", data("small"), mode="create")
    try:
        obstore.put(STORE, "condition/new", data("empty"), mode="create")
    except AlreadyExistsError:
        return
    raise AssertionError("the second write was not refused")


def replace_if_match() -> None:
    old = {"e_tag": obstore.head(STORE, "condition/old")["e_tag"]}
    obstore.put(STORE, "condition/old", data("small"), mode=old)
    try:
        obstore.put(STORE, "condition/old", data("empty"), mode=old)
    except PreconditionError:
        return
    raise AssertionError("the second write was not refused")


def key(name: str) -> None:
    if "//" in name:
        raise NotOffered("its paths have no empty segments")
    put_and_read(name, "small")
    found = [each["path"] for page in obstore.list(STORE, "key") for each in page]
    same(found, [name], "listed")


def copy() -> None:
    obstore.copy(STORE, "seed/small", "copy/small")
    same(read("copy/small"), data("small"), "copy")


play(
    {
        "put-small": lambda: put_and_read("put/small", "small"),
        "put-empty": lambda: put_and_read("put/empty", "empty"),
        "put-large": lambda: put_and_read("put/large", "large"),
        "put-multipart": lambda: upload("put/multipart", "multipart"),
        "get": lambda: same(read("seed/small"), data("small"), "read"),
        "range": lambda: same(
            bytes(obstore.get_range(STORE, "seed/large", start=1000, end=2000)),
            data("large")[1000:2000],
            "range",
        ),
        "list": list_all,
        "list-folders": list_folders,
        "metadata": metadata,
        "copy": copy,
        "delete": lambda: obstore.delete(STORE, "delete/one"),
        "delete-many": lambda: obstore.delete(STORE, MANY),
        "missing-key": missing_key,
        "presign-get": lambda: obstore.sign(STORE, "GET", "seed/small", HOUR),
        "presign-put": lambda: obstore.sign(STORE, "PUT", "presigned/put", HOUR),
        "create-if-absent": create_if_absent,
        "replace-if-match": replace_if_match,
        "key": key,
    }
)
