"""From proofs to a verdict's word."""

from __future__ import annotations

import pytest

from conformance.probing import (
    Decided,
    Proof,
    Seen,
    Undecided,
    carries,
    judge,
    offered,
    refuses,
    serves,
)
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.verdict import Hazard, Observation, Observed, settle

HELD = Proof(seen=Seen.HELD, text="held")
ABSENT = Proof(seen=Seen.ABSENT, text="absent")
WRONG = Proof(seen=Seen.WRONG, text="wrong", hazard=Hazard.CORRUPTING)
DESTROYED = Proof(seen=Seen.WRONG, text="destroyed", hazard=Hazard.DESTRUCTIVE)


def answer(status: int, body: bytes = b"") -> Response:
    call = Call(operation="GetObject", bucket="b", key="k")
    return Response(call=call, status=status, headers={}, body=body, seconds=0.0)


@pytest.mark.parametrize(
    ("proofs", "also", "observed"),
    [
        ([HELD], [], "supported"),
        ([HELD, HELD], [HELD], "supported"),
        ([ABSENT], [], "ignored"),
        ([ABSENT, ABSENT], [HELD], "ignored"),
        ([HELD, ABSENT], [], "partial"),
        ([HELD], [WRONG], "partial"),
        ([WRONG], [], "broken"),
        ([ABSENT, WRONG], [], "broken"),
        ([ABSENT], [WRONG], "broken"),
    ],
)
def test_judge_when_proofs_differ_returns_the_word(
    proofs: list[Proof], also: list[Proof], observed: str
) -> None:
    assert judge(*proofs, also=also).observed == observed


def test_judge_when_no_proof_discriminates_raises() -> None:
    with pytest.raises(ValueError, match="at least one discriminating"):
        judge(also=[HELD])


def test_judge_when_proofs_failed_takes_the_hazard_of_the_first_that_has_one() -> None:
    assert judge(HELD, WRONG).hazard is Hazard.CORRUPTING
    assert judge(ABSENT, WRONG, DESTROYED).hazard is Hazard.CORRUPTING
    assert judge(ABSENT, also=[WRONG]).hazard is Hazard.CORRUPTING
    assert judge(HELD).hazard is None


@pytest.mark.parametrize(
    ("status", "statuses", "seen"),
    [
        (412, (412,), Seen.HELD),
        (200, (412,), Seen.ABSENT),
        (404, (412,), Seen.WRONG),
        (400, (), Seen.HELD),
        (501, (), Seen.HELD),
        (500, (), Seen.WRONG),
        (200, (), Seen.ABSENT),
    ],
)
def test_refuses_when_the_status_is_right_holds(
    status: int, statuses: tuple[int, ...], seen: Seen
) -> None:
    assert refuses("it", answer(status), *statuses).seen is seen


def test_carries_when_bytes_differ_is_corruption() -> None:
    assert carries("it", answer(200, b"ours"), b"ours").seen is Seen.HELD
    other = carries("it", answer(200, b"theirs"), b"ours")
    assert (other.seen, other.hazard) == (Seen.WRONG, Hazard.CORRUPTING)
    heedless = carries("it", answer(200, b""), b"ours", otherwise=Seen.ABSENT)
    assert (heedless.seen, heedless.hazard) == (Seen.ABSENT, None)
    assert carries("it", answer(404), b"ours").hazard is None


def test_serves_when_the_answer_is_2xx_holds() -> None:
    assert serves("it", answer(204)).seen is Seen.HELD
    assert serves("it", answer(403)).seen is Seen.WRONG


@pytest.mark.parametrize(
    ("status", "observed"), [(501, "rejected"), (405, "rejected"), (500, "broken")]
)
def test_offered_when_refused_or_failing_decides(status: int, observed: str) -> None:
    with pytest.raises(Decided) as decided:
        offered(answer(status))
    assert decided.value.observation.observed == observed


@pytest.mark.parametrize("status", [401, 403, 301])
def test_offered_when_denied_or_redirected_is_undecided(status: int) -> None:
    with pytest.raises(Undecided):
        offered(answer(status))


def seen(observed: str, hazard: Hazard | None = None) -> Observation:
    return Observation(observed=Observed(observed), reason=f"it is {observed}", hazard=hazard)


@pytest.mark.parametrize(
    ("words", "settled"),
    [
        (["supported"], "supported"),
        (["ignored", "ignored"], "ignored"),
        (["supported", "ignored", "supported"], "partial"),
        (["partial", "supported"], "partial"),
        (["partial", "broken"], "partial"),
        (["ignored", "rejected"], "unknown"),
        (["supported", "unknown"], "unknown"),
        (["supported", "unproven", "ignored"], "unknown"),
    ],
)
def test_settle_when_observations_differ_is_partial_or_unknown(
    words: list[str], settled: str
) -> None:
    one = settle([seen(word) for word in words])
    assert one.observed == settled
    assert ("flaky" in one.reason) == (len({*words}) > 1)
    for word in words:
        assert f"it is {word}" in one.reason


def test_settle_when_one_observation_is_a_hazard_keeps_the_most_urgent() -> None:
    silent, corrupting = seen("ignored", Hazard.SILENT), seen("broken", Hazard.CORRUPTING)
    assert settle([seen("supported"), silent, corrupting]).hazard is Hazard.CORRUPTING
    assert settle([seen("broken"), corrupting]) is corrupting
