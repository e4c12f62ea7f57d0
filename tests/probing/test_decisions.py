"""How a probe's workplace decides from a request and its control, and from what is left."""

from __future__ import annotations

import pytest

from conformance.probing import Call, Decided, Hazard, Observed, Response, Stored, Undecided
from conformance.s3.exchange import Role
from tests.probing.conftest import Benches
from tests.scripted import Script, answer, error

GET = Call(operation="GetObject", bucket="b", key="k", headers={"x-flag": "1", "x-kept": "2"})
SUBJECT = Stored(bucket="b", key="k", body=b"ours", etag='"e"')


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


def test_bucket_unharmed_when_the_bucket_was_not_there_before_is_undecided(make: Benches) -> None:
    bench, _ = make(lambda call: answer(call, 404))
    with pytest.raises(Undecided, match="NoSuchBucket"):
        bench.bucket_unharmed("b", error(GET, 404, "NoSuchBucket"))


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
