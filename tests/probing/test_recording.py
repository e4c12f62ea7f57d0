"""What becomes of the checks that a probe declares: recorded, skipped, failed together."""

from __future__ import annotations

import pytest

from conformance.probing import Decided, Undecided, core, detail, holds, promise
from conformance.probing.recording import CheckRecorder
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.verdict import CheckResult, Hazard, Observation, Observed, Outcome

CHECKS = (core("a", "one", "RFC 1"), promise("b", "two", "RFC 1"), detail("c", "three", "RFC 1"))


REFUSED = Observation(observed=Observed.REJECTED, reason="501", hazard=Hazard.DESTRUCTIVE)


def recorder(*known: Response) -> CheckRecorder:
    places = {id(response): place for place, response in enumerate(known)}
    return CheckRecorder(CHECKS, lambda response: places.get(id(response)))


def stop(error: Exception) -> None:
    raise error


def by_id(results: tuple[CheckResult, ...]) -> dict[str, CheckResult]:
    return {result.id: result for result in results}


def test_results_stand_in_the_order_of_declaration() -> None:
    made = recorder()
    made.record("c", holds(True, "x"))
    made.record("a", holds(False, "y"))
    assert [it.id for it in made.results("no step reached it")] == ["a", "b", "c"]
    assert by_id(made.results(""))["b"].observed == "no step reached it"


def test_of_a_check_recorded_twice_the_first_failure_counts() -> None:
    made = recorder()
    for held, text in ((True, "1"), (False, "2"), (True, "3"), (False, "4")):
        made.record("a", holds(held, text))
    result = by_id(made.results(""))["a"]
    assert (result.outcome, result.observed) == (Outcome.WRONG, "2")


def test_a_check_the_probe_does_not_declare_is_a_mistake_of_the_probe() -> None:
    with pytest.raises(KeyError):
        recorder().record("z", holds(True, ""))
    with pytest.raises(KeyError), recorder().block(["a", "z"]):
        pass


def test_exchanges_are_positions_and_leave_out_other_rows_responses() -> None:
    call = Call(operation="ListBuckets")
    ours, theirs = (
        Response(call=call, status=status, headers={}, body=b"", seconds=0) for status in (200, 404)
    )
    made = recorder(ours)
    made.record("a", holds(True, "x", theirs, ours))
    assert by_id(made.results(""))["a"].exchanges == (0,)


def test_block_that_cannot_prepare_leaves_its_checks_unobserved_and_goes_on() -> None:
    made = recorder()
    with made.block(["a", "b"]):
        made.record("a", holds(True, "x"))
        stop(Undecided("no bucket"))
    made.record("c", holds(True, "y"))
    results = by_id(made.results("never"))
    assert results["a"].outcome is Outcome.HELD
    assert (results["b"].outcome, results["b"].observed) == (Outcome.NOT_OBSERVED, "no bucket")
    assert results["c"].outcome is Outcome.HELD


def test_block_whose_request_is_refused_fails_its_checks() -> None:
    made = recorder()
    with made.block(["b", "c"]):
        stop(Decided(REFUSED))
    results = by_id(made.results(""))
    assert {results[it].outcome for it in "bc"} == {Outcome.WRONG}
    assert results["b"].hazard is Hazard.DESTRUCTIVE


def test_decides_only_once_a_core_check_was_observed() -> None:
    made = recorder()
    made.record("b", holds(True, "x"))
    made.skip(["a"], "not here")
    assert not made.decides
    other = recorder()
    other.record("a", holds(False, "x"))
    assert other.decides


def test_record_when_a_check_failed_keeps_all_that_was_seen_and_returns_whether_it_held() -> None:
    call = Call(operation="ListBuckets")
    seen = Response(call=call, status=200, headers={}, body=b"", seconds=0)
    made = recorder(seen)
    failed = holds(False, "x", seen, otherwise=Outcome.IGNORED).hurting(Hazard.SILENT)
    assert made.record("b", failed) is False
    assert made.record("b", holds(True, "y")) is True
    assert by_id(made.results(""))["b"] == CheckResult(
        id="b",
        weight=CHECKS[1].weight,
        outcome=Outcome.IGNORED,
        expected="two",
        observed="x",
        source="RFC 1",
        hazard=Hazard.SILENT,
        exchanges=(0,),
    )


def test_skip_when_a_check_is_not_recorded_keeps_the_first_reason() -> None:
    made = recorder()
    made.record("b", holds(True, "x"))
    made.skip(["a", "b"], "no bucket")
    made.skip(["a"], "later")
    results = by_id(made.results("never"))
    assert results["a"] == CheckResult(
        id="a",
        weight=CHECKS[0].weight,
        outcome=Outcome.NOT_OBSERVED,
        expected="one",
        observed="no bucket",
        source="RFC 1",
    )
    assert results["b"].outcome is Outcome.HELD
    assert results["c"].observed == "never"
    with pytest.raises(KeyError):
        made.skip(["z"], "no such check")


def test_record_when_a_skipped_check_is_observed_after_all_counts() -> None:
    made = recorder()
    made.skip(["a"], "no bucket")
    made.record("a", holds(True, "x"))
    assert by_id(made.results(""))["a"].outcome is Outcome.HELD


def test_block_when_a_request_is_refused_leaves_what_was_recorded() -> None:
    made = recorder()
    with made.block(["a", "b"]):
        made.record("a", holds(True, "x"))
        stop(Decided(REFUSED))
    results = by_id(made.results("never"))
    assert (results["a"].outcome, results["a"].observed) == (Outcome.HELD, "x")
    assert (results["b"].outcome, results["b"].observed) == (Outcome.WRONG, "501")
    assert results["c"].observed == "never"
