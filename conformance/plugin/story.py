"""A row's verdict as the terminal shows it: the sentence first, then what leads to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from conformance.neutral import neutral_lines
from conformance.results import ResultRow, StoredCheck
from conformance.s3.exchange import Exchange
from conformance.verdict import FAILURES, DecidedBy, Outcome, Weight

# Failed checks whose requests are shown; the results file and the report have all.
SHOWN: Final = 4


def verdict_line(stored: ResultRow) -> str:
    """The verdict in one line: word, hazard, and the failed checks or the reason."""
    hazard = f" ({stored['hazard']} hazard)" if stored["hazard"] else ""
    return f"{stored['observed']}{hazard}: {stored['reason']}"


def story(stored: ResultRow, *, quirks: bool = True) -> str:
    """A divergence: what was observed, what is documented and promised, how to see it again.

    Args:
        stored: the row.
        quirks: tell failed checks of weight detail too.
    """
    lines = [verdict_line(stored), f"documented: {stored['documented']}"]
    if stored["promise"]:
        lines.append(f"promise:    {stored['promise']}")
    failed = [check for check in stored["checks"] if check["outcome"] in FAILURES]
    decisive = [check for check in failed if check["weight"] != Weight.DETAIL]
    if stored["decided_by"] == DecidedBy.CHECKS and decisive:
        lines += _checks(stored, decisive)
    else:
        lines += _exchanges(it for it in stored["exchanges"] if it["role"] != "setup")
    if quirks:
        details = [check for check in failed if check["weight"] == Weight.DETAIL]
        lines += [f"quirk:      {sentence(check)}" for check in details]
    return neutral_lines("\n".join(lines))


def brief(stored: ResultRow) -> str:
    """A divergence in three lines, for `--tb=short`: the verdict, the words, the promise."""
    lines = [verdict_line(stored), f"documented: {stored['documented']}"]
    if stored["promise"]:
        lines.append(f"promise:    {stored['promise']}")
    return neutral_lines("\n".join(lines))


def sentence(check: StoredCheck) -> str:
    """What was expected of a check and what was seen."""
    got = "not observed:" if check["outcome"] == Outcome.NOT_OBSERVED else "got"
    return f"{check['id']}: expected {check['expected']}; {got} {check['observed']}"


def _checks(stored: ResultRow, failed: list[StoredCheck]) -> Iterator[str]:
    for number, check in enumerate(failed):
        yield f"{check['weight']}: {sentence(check)} ({check['source']})"
        if number < SHOWN:
            yield from _exchanges(stored["exchanges"][place] for place in check["exchanges"])


def _exchanges(exchanges: Iterable[Exchange]) -> Iterator[str]:
    for exchange in exchanges:
        answer = exchange["response"]
        said = f"{answer['status']} {answer['reason']}" if answer else exchange["error"]
        yield f"    {exchange['role']}: {said}\n        {exchange['curl']}"
