"""Cleaning of buckets of our own, by as few requests as may be; nothing is left all the same."""

from __future__ import annotations

import pytest

from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.sandbox.ledger import Created
from tests.sandbox.cleaning import clean, shown
from tests.scripted import answer, by_operation, error

BUCKET = Created(bucket="b")
OWNED = (
    Created(bucket="c"),
    BUCKET,
    Created(bucket="c", key="x"),
    Created(bucket="b", key="k", upload="u"),
    Created(bucket="b", key="k", version="2"),
    Created(bucket="b", key="k", version="1"),
    *(Created(bucket="b", key=key) for key in ("a&b", "k", "z", "../d", "z/y/../k", "bell\x07")),
)
DELETED = b"""<DeleteResult><Deleted><Key>a&amp;b</Key></Deleted>
<Deleted><Key>k</Key><VersionId>1</VersionId></Deleted>
<Deleted><Key>k</Key><VersionId>2</VersionId></Deleted>
<Deleted><Key>z</Key></Deleted></DeleteResult>"""
DELETION = content_md5(
    DELETED_KEYS := b'<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    b"<Object><Key>a&amp;b</Key></Object>"
    b"<Object><Key>k</Key><VersionId>1</VersionId></Object>"
    b"<Object><Key>k</Key><VersionId>2</VersionId></Object>"
    b"<Object><Key>z</Key></Object></Delete>"
)


def test_clean_when_buckets_are_owned_removes_many_objects_at_once() -> None:
    """A key is left out beside its versions, and so is one that XML or a path cannot tell."""

    def script(call: Call) -> Response:
        return answer(call, 200, DELETED if call.operation == "DeleteObjects" else b"")

    warnings, calls = clean(script, *OWNED)
    assert not warnings
    assert [shown(call) for call in calls] == [
        "DeleteObjects b/",
        "DeleteObject b/bell\x07",
        "DeleteObject b/z/y/../k",
        "DeleteObject c/x",
        "ListMultipartUploads b/",
        "AbortMultipartUpload b/k uploadId=u",
        "DeleteBucket b/",
        "DeleteBucket c/",
    ]
    assert (calls[0].body, calls[0].headers) == (DELETED_KEYS, DELETION)


@pytest.mark.parametrize(
    "result",
    [
        "<Deleted><Key>k</Key></Deleted><Error><Key>z</Key><Code>AccessDenied</Code></Error>",
        "",
    ],
    ids=["an error", "nothing said"],
)
def test_clean_when_many_at_once_leaves_some_removes_them_one_by_one(result: str) -> None:
    text = f"<DeleteResult><Deleted><Key>a&amp;b</Key></Deleted>{result}</DeleteResult>"

    def script(call: Call) -> Response:
        return answer(call, 200, text.encode() if call.operation == "DeleteObjects" else b"")

    _, calls = clean(script, *OWNED)
    single = [shown(call) for call in calls if call.operation == "DeleteObject"]
    assert {"DeleteObject b/k versionId=1", "DeleteObject b/z"} <= {*single}
    assert "DeleteObject b/a&b" not in single


def test_clean_when_uploads_are_listed_aborts_those_alone() -> None:
    uploads = b"""<ListMultipartUploadsResult><Upload><Key>d</Key><UploadId>u</UploadId></Upload>
    <IsTruncated>false</IsTruncated></ListMultipartUploadsResult>"""

    def script(call: Call) -> Response:
        return answer(call, 200, uploads if call.operation == "ListMultipartUploads" else b"")

    entries = [Created(bucket="b", key=key, upload="u") for key in ("d", "completed")]
    warnings, calls = clean(script, BUCKET, *entries)
    assert not warnings
    assert [shown(call) for call in calls] == [
        "ListMultipartUploads b/",
        "AbortMultipartUpload b/d uploadId=u",
        "DeleteBucket b/",
    ]


def test_clean_when_the_server_lacks_deletions_of_many_asks_once() -> None:
    entries = [
        Created(bucket=bucket, key=key) for bucket in ("b", "c") for key in ("", "k", "l", "m")
    ]
    _, calls = clean(by_operation(DeleteObjects=501), *entries)
    operations = [call.operation for call in calls]
    assert operations.count("DeleteObjects") == 1
    assert operations.count("DeleteObject") == 6


def test_clean_when_the_server_says_deleted_and_deletes_nothing_removes_one_by_one() -> None:
    """Neither is there a listing of what is left."""
    left = {"a", "b", "c"}

    def script(call: Call) -> Response:
        if call.operation == "DeleteObjects":
            named = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in sorted(left))
            return answer(call, 200, f"<DeleteResult>{named}</DeleteResult>".encode())
        if call.operation == "DeleteObject":
            left.discard(call.key)
        if call.operation == "DeleteBucket" and left:
            return error(call, 409, "BucketNotEmpty")
        return error(call, 501, "NotImplemented") if "List" in call.operation else answer(call, 204)

    entries = [Created(bucket="b", key=key) for key in sorted(left)]
    warnings, _ = clean(script, BUCKET, *entries)
    assert not warnings
    assert not left


def test_clean_when_a_store_of_files_keeps_empty_folders_removes_them() -> None:
    """The folder of a key that was refused goes with the last object in it."""
    folders = {"a/b"}

    def script(call: Call) -> Response:
        if call.operation == "DeleteObject" and call.key == "a/b/s3-conformance":
            folders.clear()
        if call.operation == "DeleteBucket" and folders:
            return error(call, 409, "BucketNotEmpty")
        too_long = call.key.endswith("nnn")
        return error(call, 400, "KeyTooLongError") if too_long else answer(call, 200)

    entries = [Created(bucket="b", key=key) for key in ("a/b/nnn", "a/b/nnnn")]
    warnings, calls = clean(script, BUCKET, *entries)
    assert not warnings
    assert [shown(call) for call in calls][-3:] == [
        "PutObject b/a/b/s3-conformance",
        "DeleteObject b/a/b/s3-conformance",
        "DeleteBucket b/",
    ]
