"""The documented refusal of a row, held against the one that was observed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from conformance.matrix import Row
from conformance.run.sighting import Sighting
from conformance.s3.exchange import Exchange, Role
from conformance.verdict import CheckResult, Observation, Observed, Outcome, Weight

CHECK: Final = "documented-refusal"
_CODE: Final = re.compile(r"<Code>\s*([\w.]+)\s*</Code>")


def with_refusal(row: Row, sighting: Sighting) -> Observation:
    """The observation with a check of the documented refusal, where there is one to hold it to.

    Another refusal than the documented one is a quirk: the row is refused all the same.
    """
    observation = sighting.observation
    if row.refusal is None or observation.observed is not Observed.REJECTED:
        return observation
    last = _last_refused(sighting.exchanges)
    if last is None:
        return observation
    at, seen = last
    # A response to HEAD has no body, so no code.
    due = [part for part in row.refusal.split() if part.isdecimal() or len(seen) > 1]
    if not due:
        return observation
    check = CheckResult(
        id=CHECK,
        weight=Weight.DETAIL,
        outcome=Outcome.HELD if {*due} <= {*seen} else Outcome.WRONG,
        expected=row.refusal,
        observed=" ".join(seen),
        source="the vendor's documentation",
        exchanges=(at,),
    )
    return replace(observation, checks=(*observation.checks, check))


def _last_refused(exchanges: Sequence[Exchange]) -> tuple[int, list[str]] | None:
    """The place of the last treatment that was refused; its status, and its code if it has one."""
    for at in reversed(range(len(exchanges))):
        exchange, response = exchanges[at], exchanges[at]["response"]
        if exchange["role"] == Role.TREATMENT and response and response["status"] >= 400:
            code = _CODE.search(response["body"])
            return at, [str(response["status"]), *([code[1]] if code else [])]
    return None
