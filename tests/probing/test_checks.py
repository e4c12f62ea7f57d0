"""Comparisons of a response with an expectation, and the exceptions that end a probe early."""

from __future__ import annotations

import pytest

from conformance.probing import (
    Decided,
    Undecided,
    equals,
    has_body,
    has_header,
    has_status,
    holds,
    offered,
    refused,
    served,
)
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.verdict import Hazard, Outcome

HELD, IGNORED, WRONG = Outcome.HELD, Outcome.IGNORED, Outcome.WRONG


def answer(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> Response:
    call = Call(operation="GetObject", bucket="b", key="k")
    return Response(call=call, status=status, headers=headers or {}, body=body, seconds=0)


def error(status: int, code: str) -> Response:
    return answer(status, f"<Error><Code>{code}</Code></Error>".encode())


@pytest.mark.parametrize(
    ("status", "statuses", "outcome"),
    [
        (412, (412,), HELD),
        (200, (412,), IGNORED),
        (404, (412,), WRONG),
        (400, (), HELD),
        (501, (), HELD),
        (500, (), WRONG),
        (206, (), IGNORED),
        (304, (), WRONG),
    ],
)
def test_refused_compares_the_status(
    status: int, statuses: tuple[int, ...], outcome: Outcome
) -> None:
    assert refused(answer(status), *statuses).outcome is outcome


def test_refused_compares_the_code_where_the_response_has_one() -> None:
    assert refused(error(400, "BadDigest"), 400, codes=["BadDigest"]).held
    assert refused(error(400, "Other"), 400, codes=["BadDigest"]).outcome is WRONG
    assert refused(answer(400), 400, codes=["BadDigest"]).held


def test_has_body_of_other_bytes_is_corruption_unless_the_flag_was_ignored() -> None:
    assert has_body(answer(200, b"ours"), b"ours").held
    other = has_body(answer(200, b"theirs"), b"ours")
    assert (other.outcome, other.hazard) == (WRONG, Hazard.CORRUPTING)
    ignored = has_body(answer(200, b""), b"ours", otherwise=IGNORED)
    assert (ignored.outcome, ignored.hazard) == (IGNORED, None)
    missing = has_body(answer(404), b"ours")
    assert (missing.outcome, missing.hazard) == (WRONG, None)


@pytest.mark.parametrize(
    ("seen", "value", "outcome"),
    [
        ("a", "a", HELD),
        ("b", "a", WRONG),
        ("d", "a", IGNORED),
        (None, "a", WRONG),
        (None, None, HELD),
    ],
)
def test_has_header_with_its_default_value_is_ignored(
    seen: str | None, value: str | None, outcome: Outcome
) -> None:
    headers = {} if seen is None else {"x-amz-it": seen}
    assert (
        has_header(answer(200, headers=headers), "x-amz-it", value, default=["d"]).outcome
        is outcome
    )


def test_comparisons_keep_the_responses_they_compared() -> None:
    one, two = answer(200), answer(404)
    assert equals("it", 1, 1, one, two).responses == (one, two)
    assert has_status(one, 200).responses == (one,)
    assert served(two).responses == (two,)


def test_a_comparison_that_held_is_never_a_hazard() -> None:
    assert holds(True, "as it should").hurting(Hazard.DESTRUCTIVE).hazard is None
    assert holds(False, "gone").hurting(Hazard.DESTRUCTIVE).hazard is Hazard.DESTRUCTIVE


def test_equals_says_what_is_missing() -> None:
    assert equals("ETag", None, "x").text == "no ETag"
    assert equals("ETag", "y", "x").text == "ETag 'y'"
    assert holds(False, "200").after("with bytes=0-").text == "with bytes=0-: 200"


@pytest.mark.parametrize(
    ("status", "observed"), [(501, "rejected"), (405, "rejected"), (500, "broken")]
)
def test_offered_decides_where_an_operation_is_refused(status: int, observed: str) -> None:
    with pytest.raises(Decided) as decided:
        offered(answer(status))
    assert decided.value.observation.observed == observed
    assert f"expected a 2xx response; got {status}" in decided.value.observation.reason


@pytest.mark.parametrize("status", [401, 403, 301])
def test_offered_leaves_a_denial_undecided(status: int) -> None:
    with pytest.raises(Undecided):
        offered(answer(status))
