"""What a sandbox lends and sends, and what its ledger says of it, without a server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from conformance.s3.exchange import Exchange, Role
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.sandbox.ledger import Created
from conformance.sandbox.sandbox import CONFIGURES, Sandbox, Unavailable
from tests.scripted import Script, ScriptedClient, answer, by_operation, error, ok, scripted

LOCK = {"x-amz-bucket-object-lock-enabled": "true"}


class Boxes:
    """Makes sandboxes, and closes their ledgers when the test ends."""

    def __init__(self) -> None:
        self.made: list[Sandbox] = []

    def __call__(self, script: Script = ok, **how: Any) -> tuple[Sandbox, ScriptedClient]:
        box, client = scripted(script, **how)
        self.made.append(box)
        return box, client


@pytest.fixture
def make() -> Iterator[Boxes]:
    boxes = Boxes()
    yield boxes
    for box in boxes.made:
        box.ledger.close(keep=False)


def send(box: Sandbox, operation: OperationName, key: str = "") -> Response:
    return box.send(Call(operation=operation, bucket="b", key=key), role=Role.EFFECT, record=None)


# Names.


def test_names_when_asked_for_again_are_others_under_the_run_s_own(make: Boxes) -> None:
    box, client = make()
    assert [box.key(), box.key(".txt")] == [f"{box.prefix}00000", f"{box.prefix}00001.txt"]
    assert box.prefix == f"s3-conformance-{box.run}/"
    assert box.bucket_name() == f"s3-conformance-{box.run}-2"
    assert box.bucket_name() == f"s3-conformance-{box.run}-3"
    assert len(box.run) == 8
    assert box.ledger.path.name == f"{box.run}.jsonl"
    assert client.endpoint.url in box.ledger.path.read_text()


def test_run_when_a_worker_is_named_ends_with_it(make: Boxes) -> None:
    box, _ = make(worker="gw1")
    assert box.run.endswith("gw1")
    assert len(box.run) == 11


# The ledger.


@pytest.mark.parametrize(
    ("operation", "key", "entries"),
    [
        ("CreateBucket", "", set()),  # but refused, it is no leftover
        ("PutObject", "k", {Created(bucket="b", key="k")}),
        ("PutObjectAcl", "k", {Created(bucket="b", key="k")}),
        ("SelectObjectContent", "k", {Created(bucket="b", key="k")}),
        (
            "CreateMultipartUpload",
            "k",
            {Created(bucket="b", key="k"), Created(bucket="b", key="k", upload="")},
        ),
        ("GetObject", "k", set()),
        ("DeleteObject", "k", set()),
        ("PutBucketAcl", "", set()),
        ("DeleteBucket", "", set()),
    ],
)
def test_send_when_the_call_may_create_notes_it_although_refused(
    make: Boxes, operation: OperationName, key: str, entries: set[Created]
) -> None:
    box, client = make(by_operation(**{operation: 403}))
    assert send(box, operation, key).status == 403
    assert {*box.ledger.entries} == entries
    assert box.ledger.refused == (("b",) if operation == "CreateBucket" else ())
    assert client.sent == [(Role.EFFECT, Call(operation=operation, bucket="b", key=key))]


UPLOAD = b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"


@pytest.mark.parametrize(
    ("operation", "key", "noted"),
    [
        ("CreateMultipartUpload", "k", Created(bucket="b", key="k", upload="u")),
        ("CreateMultipartUpload", "k", Created(bucket="b", key="k", version="v")),
        ("PutObject", "k", Created(bucket="b", key="k", version="v")),
        ("DeleteObject", "k", Created(bucket="b", key="k", version="v")),
    ],
)
def test_send_when_the_answer_names_an_upload_or_a_version_notes_it(
    make: Boxes, operation: OperationName, key: str, noted: Created
) -> None:
    box, _ = make(lambda call: answer(call, 200, UPLOAD, {"x-amz-version-id": "v"}))
    send(box, operation, key)
    assert noted in box.ledger.entries


@pytest.mark.parametrize(
    ("operation", "key", "status"),
    [("GetObject", "k", 200), ("PutObject", "k", 403), ("PutBucketAcl", "", 200)],
)
def test_send_when_a_version_is_not_of_a_new_one_does_not_note_it(
    make: Boxes, operation: OperationName, key: str, status: int
) -> None:
    box, _ = make(lambda call: answer(call, status, UPLOAD, {"x-amz-version-id": "v"}))
    send(box, operation, key)
    assert not [entry for entry in box.ledger.entries if entry.version or entry.upload]


def test_send_when_other_calls_answer_with_an_upload_id_does_not_note_it(make: Boxes) -> None:
    box, _ = make(lambda call: answer(call, 200, UPLOAD))
    send(box, "PutObject", "k")
    assert box.ledger.entries == (Created(bucket="b", key="k"),)


def test_send_when_options_and_a_record_are_given_passes_them_on(make: Boxes) -> None:
    box, client = make()
    record: list[Exchange] = []
    call = Call(operation="ListBuckets")
    assert box.send(call, role=Role.CONTROL, record=record, timeout=3).status == 200  # type: ignore[call-arg]
    assert client.options == [{"timeout": 3}]
    assert [it["role"] for it in record] == ["control"]


# Given buckets.


@pytest.mark.parametrize("may_configure", [False, True])
@pytest.mark.parametrize("operation", ["CreateBucket", "DeleteBucket"])
def test_send_when_a_given_bucket_would_be_created_or_deleted_says_so(
    make: Boxes, operation: OperationName, may_configure: bool
) -> None:
    box, client = make(given=["a", "b"], may_configure=may_configure)
    with pytest.raises(Unavailable) as why:
        send(box, operation)
    assert str(why.value) == f"{operation} is not sent to a bucket given with --bucket"
    assert not client.sent
    assert not box.ledger.entries


@pytest.mark.parametrize("operation", ["PutBucketCors", "DeleteBucketCors"])
def test_send_when_a_given_bucket_would_be_configured_needs_leave(
    make: Boxes, operation: OperationName
) -> None:
    box, client = make(given=["b"])
    with pytest.raises(Unavailable) as why:
        send(box, operation)
    assert str(why.value) == CONFIGURES
    assert not client.sent
    allowed, client = make(given=["b"], may_configure=True)
    assert send(allowed, operation).ok
    assert client.operations == [operation]


@pytest.mark.parametrize(
    ("operation", "key"),
    [("GetBucketCors", ""), ("DeleteObjects", ""), ("PutObject", "k"), ("DeleteObject", "k")],
)
def test_send_when_a_given_bucket_keeps_its_configuration_sends(
    make: Boxes, operation: OperationName, key: str
) -> None:
    box, client = make(given=["b"])
    assert send(box, operation, key).ok
    assert client.operations == [operation]


def test_send_when_the_bucket_is_not_given_sends(make: Boxes) -> None:
    box, client = make(given=["other"])
    assert send(box, "DeleteBucket").ok
    assert client.operations == ["DeleteBucket"]


# Buckets.


def test_buckets_when_shared_are_created_once_each_with_their_evidence(make: Boxes) -> None:
    box, client = make()
    record: list[Exchange] = []
    first, second = box.bucket(record), box.second_bucket(record)
    assert (box.bucket(record), box.second_bucket(record)) == (first, second)
    assert first != second
    assert [call.bucket for _, call in client.sent] == [first, second]
    assert [it["role"] for it in record] == ["setup", "setup"]


def test_buckets_when_given_are_the_first_and_the_last(make: Boxes) -> None:
    box, client = make(given=["one", "two", "three"])
    assert (box.bucket(), box.second_bucket()) == ("one", "three")
    with pytest.raises(Unavailable, match=r"^buckets are given with --bucket, so none is created$"):
        box.create_bucket()
    assert not client.sent


def test_create_bucket_when_the_region_needs_no_constraint_sends_no_body(make: Boxes) -> None:
    box, client = make(lambda call: error(call, 409, "BucketAlreadyExists"))
    with pytest.raises(Unavailable, match=r"^CreateBucket answered 409 BucketAlreadyExists$"):
        box.create_bucket(headers=LOCK)
    assert [(call.body, call.headers) for _, call in client.sent] == [(b"", LOCK)]


def test_create_bucket_when_the_constraint_is_refused_goes_without(make: Boxes) -> None:
    box, client = make(lambda call: answer(call, 400 if call.body else 200), region="eu-central-1")
    record: list[Exchange] = []
    name = box.create_bucket(record, LOCK)
    (_, first), (_, second) = client.sent
    assert b"<LocationConstraint>eu-central-1</LocationConstraint>" in first.body
    assert second.body == b""
    assert [call.headers for call in (first, second)] == [LOCK, LOCK]
    assert {first.bucket, second.bucket} == {name}
    assert len(record) == 2
    served, client = make(region="eu-central-1")
    served.create_bucket()
    assert len(client.sent) == 1


# Leases.


def test_lease_when_given_back_is_lent_for_the_same_topic_and_headers_only(make: Boxes) -> None:
    box, client = make()
    record: list[Exchange] = []
    first, give_back = box.lease("cors", record)
    locked, give_back_locked = box.lease("cors", record, LOCK)
    give_back()
    give_back_locked()
    assert box.lease("acl")[0] not in (first, locked)
    assert box.lease("cors", headers={})[0] == first
    assert box.lease("cors", headers=LOCK)[0] == locked
    assert box.lease("cors", headers={**LOCK, "x-amz-acl": "private"})[0] not in (first, locked)
    assert [call.headers for _, call in client.sent][:3] == [{}, LOCK, {}]
    assert len(record) == 2


def test_lease_when_buckets_are_given_needs_leave_and_no_headers(make: Boxes) -> None:
    box, client = make(given=["one"])
    with pytest.raises(Unavailable) as why:
        box.lease("cors")
    assert str(why.value) == CONFIGURES
    allowed, client = make(given=["one"], may_configure=True)
    with pytest.raises(Unavailable) as why:
        allowed.lease("cors", headers=LOCK)
    assert str(why.value) == "needs a bucket created for it, and buckets are given with --bucket"
    assert not client.sent


def test_lease_of_a_given_bucket_puts_one_guard_and_is_one_at_a_time(make: Boxes) -> None:
    box, client = make(given=["one", "two"], may_configure=True)
    bucket, give_back = box.lease("cors")
    assert bucket == "two"
    [(role, guard)] = client.sent
    assert (role, guard.operation, guard.bucket) == (Role.SETUP, "PutObject", "two")
    assert guard.key.startswith(box.prefix)
    assert guard.body
    assert box._given_locks["two"].locked()
    give_back()
    box.lease("acl")
    assert client.operations == ["PutObject"]


def test_lease_of_a_given_bucket_when_the_guard_is_refused_is_unavailable(make: Boxes) -> None:
    box, _ = make(lambda call: error(call, 403, "AccessDenied"), given=["one"], may_configure=True)
    with pytest.raises(Unavailable) as why:
        box.lease("cors")
    assert str(why.value) == "PutObject, needed first, answered 403 AccessDenied"


# Cleaning.


@pytest.mark.parametrize(("status", "kept"), [(204, False), (500, True)])
def test_clean_when_something_stays_keeps_the_ledger(make: Boxes, status: int, kept: bool) -> None:
    box, _ = make(by_operation(DeleteObject=status))
    send(box, "PutObject", "k")
    assert bool(box.clean(jobs=1)) is kept
    assert box.ledger.path.exists() is kept


def test_clean_when_buckets_are_given_leaves_them(make: Boxes) -> None:
    box, client = make(given=["b"])
    send(box, "PutObject", "k")
    box.ledger.add(Created(bucket="b"))
    assert box.clean() == []
    assert "DeleteObject" in client.operations
    assert "DeleteBucket" not in client.operations


def test_memo_when_an_answer_was_doubtful_is_made_again_and_shares_the_doubt(make: Boxes) -> None:
    sandbox, client = make()
    made: list[str] = []

    def subject() -> str:
        made.append("x")
        if len(made) == 1:
            client.incidents.doubt("403, then 200")
        return "subject"

    with client.incidents.watching() as watch:
        sandbox.memo("subject", subject)
    sandbox.memo("subject", subject)
    sandbox.memo("subject", subject)

    assert watch.doubts == ["403, then 200"]
    assert len(made) == 2


def test_forget_when_a_window_was_bad_makes_what_came_in_it_anew(make: Boxes) -> None:
    sandbox, _ = make()
    made: list[str] = []
    sandbox.memo("before", lambda: made.append("before"))
    since = time.monotonic()
    sandbox.memo("within", lambda: made.append("within"))

    sandbox.forget(since)
    sandbox.memo("before", lambda: made.append("before"))
    sandbox.memo("within", lambda: made.append("within"))

    assert made == ["before", "within", "within"]
