"""The texts, outcomes and responses of comparisons, and what an operation's own request decides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.probing import (
    NOT_OFFERED,
    Call,
    Check,
    Comparison,
    Decided,
    Hazard,
    Observed,
    Undecided,
    Weight,
    core,
    decide,
    detail,
    equals,
    has_body,
    has_header,
    has_status,
    holds,
    is_refusal,
    offered,
    promise,
    refused,
    served,
)
from conformance.probing.sources import api, guide, rfc
from conformance.verdict import Outcome
from tests.scripted import answer, error

HELD, IGNORED, WRONG = Outcome.HELD, Outcome.IGNORED, Outcome.WRONG
GET = Call(operation="GetObject", bucket="b", key="k")
OK, OTHER = answer(GET, 200), answer(GET, 404)


def test_declarations_when_made_have_their_weight() -> None:
    for make, weight in ((core, Weight.CORE), (promise, Weight.PROMISE), (detail, Weight.DETAIL)):
        made = make("it", "200", "RFC 1")
        assert made == Check(id="it", weight=weight, expected="200", source="RFC 1")


def test_sources_when_named_are_pages_and_sections() -> None:
    base = "https://docs.aws.amazon.com/AmazonS3/latest"
    assert api("GetObject") == f"{base}/API/API_GetObject.html"
    assert guide("versioning") == f"{base}/userguide/versioning.html"
    assert rfc(9110, "14.2") == "RFC 9110, section 14.2"


@pytest.mark.parametrize(
    ("compare", "outcome", "text", "responses"),
    [
        (lambda: holds(True, "t", OK, OTHER, otherwise=IGNORED), HELD, "t", (OK, OTHER)),
        (lambda: holds(False, "t", OK, otherwise=IGNORED), IGNORED, "t", (OK,)),
        (lambda: holds(False, "t"), WRONG, "t", ()),
        (lambda: equals("ETag", "x", "x", OK), HELD, "ETag 'x'", (OK,)),
        (lambda: equals("ETag", "", "x", OK, otherwise=IGNORED), IGNORED, "no ETag", (OK,)),
        (lambda: equals("count", 0, 1, OK), WRONG, "count 0", (OK,)),
        (lambda: equals("count", None, None), HELD, "no count", ()),
        (lambda: has_status(OK, 200, 204), HELD, "200", (OK,)),
        (lambda: has_status(OTHER, 200), WRONG, "404", (OTHER,)),
        (lambda: has_status(OTHER, 200, otherwise=IGNORED), IGNORED, "404", (OTHER,)),
        (lambda: served(OK), HELD, "200", (OK,)),
        (lambda: served(OTHER), WRONG, "404", (OTHER,)),
        (lambda: refused(OTHER, 403, 404), HELD, "404", (OTHER,)),
        (lambda: refused(OK, 404), IGNORED, "200", (OK,)),
        (lambda: refused(OTHER, 403), WRONG, "404", (OTHER,)),
        (lambda: has_body(OTHER, b"", otherwise=IGNORED), IGNORED, "404", (OTHER,)),
        (lambda: has_body(OTHER, b""), WRONG, "404", (OTHER,)),
        (lambda: has_header(OK, "x-it", "v"), WRONG, "no x-it", (OK,)),
        (lambda: has_header(OK, "x-it", "v", otherwise=IGNORED), IGNORED, "no x-it", (OK,)),
        (lambda: has_header(OK, "x-it", "v", default=(None,)), IGNORED, "no x-it", (OK,)),
        (lambda: has_header(OK, "x-it", None), HELD, "no x-it", (OK,)),
    ],
)
def test_comparison_when_made_has_outcome_text_and_responses(
    compare: Callable[[], Comparison],
    outcome: Outcome,
    text: str,
    responses: tuple[object, ...],
) -> None:
    seen = compare()
    assert (seen.outcome, seen.text, seen.responses) == (outcome, text, responses)
    assert seen.hazard is None


def test_has_body_when_served_tells_the_lengths() -> None:
    other = answer(GET, 206, b"theirs")
    right = has_body(other, b"theirs", otherwise=IGNORED)
    assert (right.outcome, right.text) == (HELD, "206 with the right 6 bytes")
    assert (right.responses, right.hazard) == ((other,), None)
    wrong = has_body(other, b"ours")
    assert (wrong.text, wrong.hazard) == (
        "206 with other bytes (6 instead of 4)",
        Hazard.CORRUPTING,
    )
    assert wrong.responses == (other,)


def test_has_header_when_there_tells_it() -> None:
    seen = has_header(answer(GET, 200, headers={"x-it": "v"}), "X-It", "v")
    assert (seen.outcome, seen.text) == (HELD, "X-It: v")


def test_refused_when_the_code_is_wrong_is_wrong_whatever_the_status() -> None:
    assert refused(error(GET, 403, "BadDigest"), 400, codes=["BadDigest"]).outcome is WRONG
    assert refused(error(GET, 400, "Other"), codes=["BadDigest"]).outcome is WRONG
    assert refused(error(GET, 400, "BadDigest"), codes=["Other", "BadDigest"]).held
    assert refused(error(GET, 200, "BadDigest"), 400, codes=["BadDigest"]).outcome is IGNORED
    assert refused(error(GET, 400, "Other"), 400).held


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(399, False), (400, True), (499, True), (500, False), (501, True), (502, False)],
)
def test_is_refusal_when_client_error_or_not_implemented(status: int, refusal: bool) -> None:
    assert is_refusal(answer(GET, status)) is refusal


def test_after_and_hurting_when_the_comparison_failed_keep_the_rest() -> None:
    seen = holds(False, "t", OK, otherwise=IGNORED).hurting(Hazard.SILENT).after("for it")
    assert seen == Comparison(
        outcome=IGNORED, text="for it: t", hazard=Hazard.SILENT, responses=(OK,)
    )


def test_decide_when_called_ends_with_the_observation() -> None:
    with pytest.raises(Decided, match=r"^gone$") as decided:
        decide(Observed.IGNORED, "gone", Hazard.DESTRUCTIVE)
    seen = decided.value.observation
    assert (seen.observed, seen.reason) == (Observed.IGNORED, "gone")
    assert seen.hazard is Hazard.DESTRUCTIVE


def test_offered_when_served_is_the_answer() -> None:
    assert offered(OK) is OK


@pytest.mark.parametrize(
    ("status", "code", "observed"),
    [
        *((status, "", "rejected") for status in NOT_OFFERED),
        (500, "", "broken"),
        (502, "X", "broken"),
    ],
)
def test_offered_when_refused_or_broken_decides(status: int, code: str, observed: str) -> None:
    with pytest.raises(Decided) as decided:
        offered(error(GET, status, code))
    assert decided.value.observation.observed == observed
    said = f"GetObject: expected a 2xx response; got {status} {code}".rstrip()
    assert decided.value.observation.reason == said
    assert decided.value.observation.hazard is None


@pytest.mark.parametrize(
    ("status", "code", "before"),
    [
        (401, "", "access denied: "),
        (403, "AccessDenied", "access denied: "),
        (404, "NoSuchBucket", ""),
        (301, "PermanentRedirect", ""),
        (503, "SlowDown", ""),
    ],
)
def test_offered_when_nothing_is_said_of_the_operation_is_undecided(
    status: int, code: str, before: str
) -> None:
    with pytest.raises(Undecided) as undecided:
        offered(error(GET, status, code))
    said = f"{before}GetObject: expected a 2xx response; got {status} {code}".rstrip()
    assert str(undecided.value) == said
