"""What a probe's workplace lends, and how it decides from a request and its control."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from conformance.probing import (
    Call,
    Decided,
    Hazard,
    Observed,
    Response,
    Stored,
    Undecided,
    Workbench,
    decide,
)
from conformance.s3.exchange import Role
from tests.probing.scripted import Script, ScriptedClient, answer, error, ok, scripted

GET = Call(operation="GetObject", bucket="b", key="k", headers={"x-flag": "1", "x-kept": "2"})
SUBJECT = Stored(bucket="b", key="k", body=b"ours", etag='"e"')


def by_operation(**statuses: int) -> Script:
    """A script that answers each operation with its status, and all others with 200."""
    return lambda call: answer(call, statuses.get(call.operation, 200))


class Benches:
    """Makes workbenches, and closes their ledgers when the test ends."""

    def __init__(self) -> None:
        self.made: list[Workbench] = []

    def __call__(self, script: Script = ok, **how: Any) -> tuple[Workbench, ScriptedClient]:
        box, client = scripted(script, **how)
        self.made.append(Workbench(box))
        return self.made[-1], client


@pytest.fixture
def make() -> Iterator[Benches]:
    benches = Benches()
    yield benches
    for bench in benches.made:
        bench.sandbox.ledger.close(keep=False)


# Subjects.


def test_bucket_when_asked_for_again_is_the_same_and_not_the_second(make: Benches) -> None:
    bench, client = make()
    first, second = bench.bucket, bench.second_bucket
    assert (bench.bucket, bench.second_bucket) == (first, second)
    assert first != second
    assert client.operations == ["CreateBucket"] * 2
    assert len(bench.exchanges) == 2


def test_bucket_when_two_are_given_is_the_first_and_the_second_the_last(make: Benches) -> None:
    bench, client = make(given=["one", "two"])
    assert (bench.bucket, bench.second_bucket) == ("one", "two")
    assert not client.sent


def test_bucket_when_none_can_be_created_is_undecided(make: Benches) -> None:
    bench, _ = make(lambda call: error(call, 403, "AccessDenied"))
    for name in ("bucket", "second_bucket"):
        with pytest.raises(Undecided, match=r"^CreateBucket answered 403 AccessDenied$"):
            getattr(bench, name)


def test_new_bucket_is_created_each_time_with_the_headers(make: Benches) -> None:
    bench, client = make()
    assert bench.new_bucket({"x-amz-acl": "private"}) != bench.new_bucket()
    assert [call.headers for _, call in client.sent] == [{"x-amz-acl": "private"}, {}]
    assert len(bench.exchanges) == 2


def test_bucket_name_when_buckets_are_given_is_undecided(make: Benches) -> None:
    bench, client = make()
    assert bench.bucket_name() != bench.bucket_name()
    assert not client.sent
    given, _ = make(given=["one"])
    with pytest.raises(Undecided, match=r"^buckets are given with --bucket, so none is created$"):
        given.bucket_name()


def test_lease_when_the_bench_is_closed_is_lent_again_for_the_topic_and_headers(
    make: Benches,
) -> None:
    bench, client = make()
    lock = {"x-amz-bucket-object-lock-enabled": "true"}
    one, two, locked = bench.lease("cors"), bench.lease("cors"), bench.lease("cors", lock)
    assert len({one, two, locked}) == 3
    bench.close()
    bench.close()
    later = Workbench(bench.sandbox)
    assert {later.lease("cors"), later.lease("cors")} == {one, two}
    assert later.lease("cors", lock) == locked
    assert later.lease("acl") not in {one, two, locked}
    assert [call.headers for _, call in client.sent] == [{}, {}, lock, {}]
    assert len(bench.exchanges) == 3


def test_put_when_nothing_is_named_stores_a_text_of_its_own(make: Benches) -> None:
    bench, client = make(lambda call: answer(call, 200, headers={"etag": '"e"'}))
    first, second = bench.put(), bench.put()
    assert first.body != second.body
    assert first.key != second.key
    assert (first.bucket, first.etag, first.version) == (bench.bucket, '"e"', None)
    assert client.sent[-1][0] is Role.SETUP
    assert client.operations == ["CreateBucket", "PutObject", "PutObject"]


def test_put_when_all_is_named_stores_just_that(make: Benches) -> None:
    headers = {"x-amz-version-id": "v", "etag": '"e"'}
    bench, client = make(lambda call: answer(call, 200, headers=headers))
    made = bench.put(b"", bucket="b", key="k", headers={"x-flag": "1"})
    assert made == Stored(bucket="b", key="k", body=b"", etag='"e"', version="v")
    [(_, call)] = client.sent
    assert (call.bucket, call.key, call.body) == ("b", "k", b"")
    assert call.headers == {"x-flag": "1"}
    assert made.source == "b/k"


def test_call_of_a_stored_object_has_the_parts_given() -> None:
    bare = SUBJECT.call("GetObject")
    assert bare == Call(operation="GetObject", bucket="b", key="k")
    call = SUBJECT.call("PutObjectAcl", headers={"h": "1"}, query={"q": "2"}, body=b"x")
    assert (call.operation, call.headers, call.query) == ("PutObjectAcl", {"h": "1"}, {"q": "2"})
    assert call.body == b"x"


@pytest.mark.parametrize("length", [1, 2, 9, 48, 1001])
def test_text_has_the_length_and_is_new_each_time(make: Benches, length: int) -> None:
    bench, _ = make()
    text = bench.text(length)
    assert len(text) == length
    assert text.isascii()
    if length > 8:
        assert text != bench.text(length)
    assert len(bench.text()) == 48


def test_nonce_and_key_are_new_each_time(make: Benches) -> None:
    bench, _ = make()
    nonce = bench.nonce()
    assert len(nonce) == 10
    assert nonce.startswith("n")
    assert nonce != bench.nonce()
    assert bench.key(".txt").endswith(".txt")
    assert bench.key() != bench.key()
    assert bench.key()[-1].isdigit()


def test_shared_when_made_is_made_once_and_stands_in_the_evidence_of_each(make: Benches) -> None:
    bench, client = make()
    other = Workbench(bench.sandbox)
    first, second = bench.plain, other.plain
    assert first == second
    assert client.operations.count("PutObject") == 1
    assert bench.exchanges == other.exchanges
    assert len(bench.exchanges) == 2
    assert bench.shared("another", lambda inner: inner.put(b"x")).body == b"x"


def test_shared_when_it_cannot_be_made_says_why_without_asking_again(make: Benches) -> None:
    bench, client = make(
        lambda call: answer(call, 200 if call.operation == "CreateBucket" else 500)
    )
    for each in (bench, Workbench(bench.sandbox)):
        with pytest.raises(Undecided) as why:
            each.plain  # noqa: B018
        assert str(why.value) == (
            "a plain object cannot be had: PutObject, which must come first, returned 500"
        )
        assert len(each.exchanges) == 2
    assert client.operations == ["CreateBucket", "PutObject"]


def test_shared_when_making_it_decides_is_undecided(make: Benches) -> None:
    bench, _ = make()
    with pytest.raises(Undecided, match=r"^it cannot be had: refused$"):
        bench.shared("it", lambda _: decide(Observed.REJECTED, "refused"))


# Decisions.


def by_flag(with_flag: Response, without: Response) -> Script:
    return lambda call: with_flag if "x-flag" in call.headers else without


def accepted(make: Benches, status: int, control: int, code: str = "", plain: str = "") -> int:
    """Decide on a flagged GET that is answered so, and its control so; how many were sent."""
    bench, client = make(by_flag(error(GET, status, code), error(GET, control, plain)))
    seen = bench.treat(GET)
    assert bench.accepted(seen, "x-flag") is seen
    return len(client.sent)


@pytest.mark.parametrize(("status", "code"), [(200, ""), (404, "NoSuchTagSet")])
def test_accepted_when_served_or_not_configured_sends_no_control(
    make: Benches, status: int, code: str
) -> None:
    assert accepted(make, status, 500, code) == 1


@pytest.mark.parametrize(
    ("status", "code", "control", "plain", "observed", "says"),
    [
        (400, "Bad", 200, "", "rejected", "400 Bad (without it: 200)"),
        (501, "", 200, "", "rejected", "501 (without it: 200)"),
        (501, "", 500, "", "rejected", "501 (without it: 500)"),
        (500, "", 200, "", "broken", "500 (without it: 200)"),
        (500, "", 404, "NoSuchTagSet", "broken", "500 (without it: 404 NoSuchTagSet)"),
        (403, "AccessDenied", 200, "", "rejected", "403 AccessDenied (without it: 200)"),
    ],
)
def test_accepted_when_only_the_control_is_served_decides(
    make: Benches, status: int, code: str, control: int, plain: str, observed: str, says: str
) -> None:
    with pytest.raises(Decided) as decided:
        accepted(make, status, control, code, plain)
    assert decided.value.observation.observed == observed
    assert decided.value.observation.reason == f"with x-flag: expected a 2xx response; got {says}"
    assert decided.value.observation.hazard is None


@pytest.mark.parametrize(
    ("status", "code", "control", "says"),
    [
        (400, "", 400, ", but without it too: 400"),
        (400, "", 500, ", but without it too: 500"),
        (500, "", 500, ", but without it too: 500"),
        (501, "", 501, ", but without it too: 501"),
        (
            403,
            "SignatureDoesNotMatch",
            200,
            " (without it: 200): something between client and server changed what was signed",
        ),
    ],
)
def test_accepted_when_the_flag_makes_no_difference_is_undecided(
    make: Benches, status: int, code: str, control: int, says: str
) -> None:
    with pytest.raises(Undecided) as undecided:
        accepted(make, status, control, code)
    said = f"with x-flag: expected a 2xx response; got {status} {code}".rstrip()
    assert str(undecided.value) == said + says


def test_accepted_when_a_control_is_given_sends_it_instead(make: Benches) -> None:
    bench, client = make(by_flag(error(GET, 400, "Bad"), answer(GET, 200)))
    other = GET.without("x-flag", "x-kept")
    seen = bench.treat(GET)
    with pytest.raises(Decided) as decided:
        bench.accepted(seen, control=other)
    assert client.sent == [(Role.TREATMENT, GET), (Role.CONTROL, other)]
    assert decided.value.observation.reason.startswith("expected a 2xx response; got 400 Bad")
    with pytest.raises(Decided, match=r"^with x-flag, x-kept: expected"):
        bench.accepted(seen, "x-flag", "x-kept")
    assert client.sent[-1] == (Role.CONTROL, other)


def test_accepted_when_nothing_was_signed_anew_takes_a_bad_signature_for_a_refusal(
    make: Benches,
) -> None:
    once = iter([error(GET, 403, "SignatureDoesNotMatch"), answer(GET, 200)])
    bench, _ = make(lambda _: next(once))
    with pytest.raises(Decided) as decided:
        bench.accepted(bench.treat(GET))
    assert decided.value.observation.observed is Observed.REJECTED
    again = iter([error(GET, 403, "SignatureDoesNotMatch"), answer(GET, 200)])
    bench, _ = make(lambda _: next(again))
    with pytest.raises(Undecided):
        bench.accepted(bench.treat(GET), control=GET)


@pytest.mark.parametrize(
    ("status", "body", "end"),
    [(404, b"", "deleted"), (200, b"theirs", "overwritten")],
)
def test_unharmed_when_the_object_is_gone_or_another_is_destructive(
    make: Benches, status: int, body: bytes, end: str
) -> None:
    bench, client = make(lambda call: answer(call, status, body))
    with pytest.raises(Decided) as decided:
        bench.unharmed(SUBJECT)
    seen = decided.value.observation
    assert (seen.observed, seen.hazard) == (Observed.IGNORED, Hazard.DESTRUCTIVE)
    assert seen.reason == f"the subresource was ignored and the object itself was {end}"
    assert client.sent == [(Role.EFFECT, SUBJECT.call("GetObject"))]


@pytest.mark.parametrize(("status", "body"), [(200, b"ours"), (500, b""), (403, b"")])
def test_unharmed_when_the_object_is_there_or_cannot_be_read_decides_nothing(
    make: Benches, status: int, body: bytes
) -> None:
    bench, _ = make(lambda call: answer(call, status, body))
    bench.unharmed(SUBJECT)


@pytest.mark.parametrize(
    ("head", "code", "end"),
    [
        (404, "", "deleted"),
        (404, "BucketNotEmpty", "deleted"),
        (200, "BucketNotEmpty", "to be deleted, had it been empty"),
    ],
)
def test_bucket_unharmed_when_the_bucket_was_meant_is_destructive(
    make: Benches, head: int, code: str, end: str
) -> None:
    bench, client = make(lambda call: answer(call, head))
    with pytest.raises(Decided) as decided:
        bench.bucket_unharmed("b", error(GET, 409, code))
    seen = decided.value.observation
    assert (seen.observed, seen.hazard) == (Observed.IGNORED, Hazard.DESTRUCTIVE)
    assert seen.reason == f"the subresource was ignored, and the bucket itself was {end}"
    assert client.sent == [(Role.EFFECT, Call(operation="HeadBucket", bucket="b"))]


def test_bucket_unharmed_when_the_bucket_is_there_decides_nothing(make: Benches) -> None:
    bench, _ = make()
    bench.bucket_unharmed("b", error(GET, 204, ""))


@pytest.mark.parametrize(
    ("put", "body", "answered", "asked"),
    [
        (200, b"ours", True, 2),
        (200, b"the document", False, 2),
        (400, b"the document", True, 1),
    ],
)
def test_put_on_when_the_object_was_overwritten_is_none(
    make: Benches, put: int, body: bytes, answered: bool, asked: int
) -> None:
    def script(call: Call) -> Response:
        return answer(call, 200, body) if call.operation == "GetObject" else answer(call, put)

    bench, client = make(script)
    call = SUBJECT.call("PutObjectAcl")
    seen = bench.put_on(SUBJECT, call)
    assert (seen is not None and seen.call == call) is answered
    get = (Role.SETUP, SUBJECT.call("GetObject"))
    assert client.sent == [(Role.SETUP, call), get][:asked]


# Requests.


@pytest.mark.parametrize(
    ("method", "role"),
    [
        ("setup", Role.SETUP),
        ("attempt", Role.SETUP),
        ("control", Role.CONTROL),
        ("treat", Role.TREATMENT),
        ("effect", Role.EFFECT),
    ],
)
def test_request_is_sent_with_its_role_and_options_and_kept(
    make: Benches, method: str, role: Role
) -> None:
    bench, client = make()
    seen = getattr(bench, method)(GET, anonymous=True)
    assert seen.status == 200
    assert client.sent == [(role, GET)]
    assert client.options == [{"anonymous": True}]
    assert [it["role"] for it in bench.exchanges] == [role]


def test_at_once_returns_responses_in_order_and_places_them(make: Benches) -> None:
    bench, client = make()
    bench.attempt(GET)
    calls: Sequence[Call] = [GET.plus(headers={"n": str(n)}) for n in range(3)]
    seen = bench.at_once(calls)
    assert [it.call for it in seen] == calls
    assert [bench._position(it) for it in seen] == [1, 2, 3]
    assert bench._position(answer(GET, 200)) is None
    assert [it["role"] for it in bench.exchanges[1:]] == [Role.EFFECT] * 3
    assert {role for role, _ in client.sent[1:]} == {Role.EFFECT}
