"""The requests with which cleaning removes things, in order, and what it says of the rest."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import cast

import pytest

from conformance.s3.checksums import content_md5
from conformance.s3.client import Client, NoAnswer
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.sandbox.cleanup import NO_LOGGING
from conformance.sandbox.deletions import HOLD_OFF, Deletions
from conformance.sandbox.ledger import Created
from tests.sandbox.cleaning import clean, shown
from tests.scripted import ScriptedClient, answer, by_operation, error

BUCKET = Created(bucket="b")
KEY = Created(bucket="b", key="k")
VERSIONS = b"""<ListVersionsResult>
<Version><Key>a</Key><VersionId>1</VersionId></Version>
<Version><Key></Key><VersionId>2</VersionId></Version>
<DeleteMarker><Key>b</Key></DeleteMarker>
</ListVersionsResult>"""
OBJECTS = (
    b"<ListBucketResult><Contents><Key/></Contents><Contents><Key>c</Key></Contents>"
    b"</ListBucketResult>"
)
UPLOADS = b"""<ListMultipartUploadsResult>
<Upload><Key>d</Key><UploadId>u</UploadId></Upload><Upload><UploadId>v</UploadId></Upload>
<Upload><Key>k</Key></Upload></ListMultipartUploadsResult>"""
LISTINGS = {
    "ListObjectVersions": VERSIONS,
    "ListObjects": OBJECTS,
    "ListMultipartUploads": UPLOADS,
}


def refusing_first(operation: str, refusal: Callable[[Call], Response]) -> Callable[..., Response]:
    """A script that refuses an operation once, and serves all else."""
    seen: list[str] = []

    def script(call: Call) -> Response:
        seen.append(call.operation)
        if call.operation == operation and seen.count(operation) == 1:
            return refusal(call)
        return answer(call, 200)

    return script


def test_clean_when_all_is_served_removes_each_entry_in_order() -> None:
    entries = [
        Created(bucket="c"),
        BUCKET,
        Created(bucket="c", key="a"),
        Created(bucket="b", key="z"),
        Created(bucket="b", key="k", version="2"),
        Created(bucket="b", key="k", version="1"),
        Created(bucket="b", key="k", upload="u"),
        KEY,
        KEY,
    ]
    warnings, calls = clean(by_operation(), *entries, given=["b", "c"])
    assert not warnings
    assert [shown(call) for call in calls] == [
        "DeleteObject b/k",
        "DeleteObject b/k versionId=1",
        "DeleteObject b/k versionId=2",
        "AbortMultipartUpload b/k uploadId=u",
        "DeleteObject b/z",
        "DeleteObject c/a",
    ]


@pytest.mark.parametrize(
    ("entry", "warning"),
    [
        (KEY, "b/k"),
        (Created(bucket="b", key="k", version="1"), "version 1 of b/k"),
        (Created(bucket="b", key="k", upload="u"), "upload u of b/k"),
        (BUCKET, "bucket b"),
    ],
)
def test_clean_when_a_deletion_is_refused_or_not_answered_says_so(
    entry: Created, warning: str
) -> None:
    def silent(call: Call) -> Response:
        raise NoAnswer("no answer within 5 s")

    refused, _ = clean(lambda call: error(call, 500, "InternalError"), entry)
    assert refused == [f"{warning} was not removed: 500 InternalError"]
    unanswered, _ = clean(silent, entry)
    assert unanswered == [f"{warning} was not removed: no answer within 5 s"]


@pytest.mark.parametrize(
    ("status", "code"), [(204, ""), (404, "NoSuchKey"), (400, "InvalidBucketName")]
)
def test_clean_when_nothing_is_there_says_nothing(status: int, code: str) -> None:
    warnings, _ = clean(lambda call: error(call, status, code), KEY, BUCKET)
    assert not warnings


@pytest.mark.parametrize("status", [400, 403])
@pytest.mark.parametrize("version", [None, "1"])
def test_clean_when_an_object_is_locked_ends_its_hold_and_bypasses_its_retention(
    status: int, version: str | None
) -> None:
    script = refusing_first("DeleteObject", lambda call: error(call, status, "AccessDenied"))
    warnings, calls = clean(script, Created(bucket="b", key="k", version=version))
    query = {"versionId": version} if version else {}
    delete = Call(operation="DeleteObject", bucket="b", key="k", query=query)
    assert not warnings
    assert calls == [
        delete,
        Call(
            operation="PutObjectLegalHold",
            bucket="b",
            key="k",
            query=query,
            headers=content_md5(HOLD_OFF),
            body=HOLD_OFF,
        ),
        delete.plus(headers={"x-amz-bypass-governance-retention": "true"}),
    ]
    assert b"<Status>OFF</Status>" in HOLD_OFF


def test_clean_when_an_upload_is_denied_touches_no_object() -> None:
    script = by_operation(AbortMultipartUpload=403)
    _, calls = clean(script, Created(bucket="b", key="k", upload="u"))
    assert [shown(call) for call in calls] == ["AbortMultipartUpload b/k uploadId=u"]


def test_clean_when_uploads_have_no_name_aborts_those_listed_of_the_key() -> None:
    def script(call: Call) -> Response:
        if call.operation == "ListMultipartUploads":
            return answer(call, 200, UPLOADS)
        return error(call, 500, "InternalError")

    warnings, calls = clean(script, Created(bucket="b", key="d", upload=""), given=["b"])
    assert warnings == ["an upload of b/d was not removed: 500 InternalError"]
    assert [shown(call) for call in calls] == [
        "ListMultipartUploads b/ prefix=d",
        "AbortMultipartUpload b/d uploadId=u",
    ]


def test_clean_when_an_upload_of_another_key_is_named_still_lists_those_of_this() -> None:
    entries = [
        Created(bucket="b", key="d", upload=""),
        Created(bucket="b", key="other", upload="u"),
    ]
    _, calls = clean(by_operation(), *entries)
    assert "ListMultipartUploads b/ prefix=d" in [shown(call) for call in calls]


def test_clean_when_uploads_cannot_be_listed_says_nothing() -> None:
    entry = Created(bucket="b", key="d", upload="")
    warnings, calls = clean(lambda call: error(call, 501, "NotImplemented"), entry)
    assert not warnings
    assert len(calls) == 1


def test_clean_when_a_bucket_denies_its_owner_makes_it_private() -> None:
    script = refusing_first("DeleteBucket", lambda call: error(call, 403, "AccessDenied"))
    warnings, calls = clean(script, BUCKET)
    acl = Call(operation="PutBucketAcl", bucket="b", headers={"x-amz-acl": "private"})
    delete = Call(operation="DeleteBucket", bucket="b")
    assert not warnings
    assert calls == [delete, acl, delete]


def listing(deleted: Callable[[Call, int], Response]) -> Callable[[Call], Response]:
    """A script whose bucket holds something of each kind; `deleted(call, n)` to DeleteBucket."""
    asked: list[Call] = []

    def script(call: Call) -> Response:
        if call.operation == "DeleteBucket":
            asked.append(call)
            return deleted(call, len(asked))
        return answer(call, 200, LISTINGS.get(call.operation, b""))

    return script


def not_empty(call: Call, times: int) -> Response:
    return error(call, 409, "BucketNotEmpty") if times == 1 else answer(call, 204)


def test_clean_when_a_bucket_is_not_empty_ends_its_logging_and_removes_what_it_holds() -> None:
    warnings, calls = clean(listing(not_empty), BUCKET)
    assert not warnings
    assert [shown(call) for call in calls] == [
        "DeleteBucket b/",
        "PutBucketLogging b/",
        "ListObjectVersions b/",
        "DeleteObject b/a versionId=1",
        "DeleteObject b/b versionId=null",
        "ListObjects b/",
        "DeleteObject b/c",
        "ListMultipartUploads b/",
        "AbortMultipartUpload b/d uploadId=u",
        "DeleteBucket b/",
    ]
    assert (calls[1].body, calls[1].headers) == (NO_LOGGING, content_md5(NO_LOGGING))


def test_clean_when_what_a_bucket_holds_is_locked_bypasses_that() -> None:
    served = listing(not_empty)

    def script(call: Call) -> Response:
        denied = call.operation == "DeleteObject" and not call.headers
        return error(call, 403, "AccessDenied") if denied else served(call)

    _, calls = clean(script, BUCKET)
    assert [call.operation for call in calls].count("PutObjectLegalHold") == 3


def test_clean_when_a_bucket_stays_says_how_its_last_deletion_was_refused() -> None:
    def refused(call: Call, times: int) -> Response:
        return error(call, 409, "BucketNotEmpty" if times == 1 else "OperationAborted")

    warnings, _ = clean(listing(refused), BUCKET)
    assert warnings == ["bucket b was not removed: 409 OperationAborted"]


def test_clean_when_a_bucket_that_stays_holds_nothing_does_not_ask_again() -> None:
    warnings, calls = clean(by_operation(DeleteBucket=500), BUCKET)
    assert warnings == ["bucket b was not removed: 500"]
    assert [call.operation for call in calls] == [
        "DeleteBucket",
        "ListObjectVersions",
        "ListObjects",
        "ListMultipartUploads",
        "HeadBucket",
    ]


def test_clean_when_listings_are_refused_takes_nothing_from_them() -> None:
    def script(call: Call) -> Response:
        if call.operation == "DeleteBucket":
            return error(call, 409, "BucketNotEmpty")
        return answer(call, 500, LISTINGS.get(call.operation, b""))

    warnings, calls = clean(script, BUCKET)
    assert warnings == ["bucket b was not removed: 409 BucketNotEmpty"]
    assert not [call for call in calls if call.operation == "DeleteObject"]


def test_clean_when_only_the_bucket_goes_does_not_warn_of_what_it_held() -> None:
    other = Created(bucket="theirs", key="k")
    warnings, _ = clean(by_operation(DeleteObject=500), BUCKET, KEY, other)
    assert warnings == ["theirs/k was not removed: 500"]


NOON = "Thu, 26 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("until", "waited"),
    [
        ("2026-11-26T12:00:03Z", [4.0]),
        ("2026-11-26T11:59:59.000Z", [1.0]),
        ("2026-11-26T12:03:00Z", []),
        ("", []),
    ],
)
def test_deletion_when_a_lock_ends_soon_is_sent_again_then(until: str, waited: list[float]) -> None:
    """A retention in COMPLIANCE mode, which no header bypasses."""
    waits: list[float] = []

    def script(call: Call) -> Response:
        if call.operation == "HeadObject":
            headers = {"date": NOON, "x-amz-object-lock-retain-until-date": until}
            return replace(answer(call, 200), headers=headers)
        return answer(call, 204) if waits else error(call, 403, "AccessDenied")

    call = Call(operation="DeleteObject", bucket="b", key="k", query={"versionId": "1"})
    with ThreadPoolExecutor(1) as pool:
        client = cast("Client", ScriptedClient(script))
        refusal = Deletions(client, pool, waits.append).refusal("it", call, locked=True)
    assert waits == waited
    assert (refusal is None) == bool(waited)
