"""Whether an observation counts: answers were steady, or several observations say the same.

After each row the sentinel is asked for. If it is refused, the row was observed in a bad window: it
is observed again when the sentinel is served. A row with a doubtful answer, and every row once an
answer was wrong that looked like any other, counts when several observations agree.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from conformance.run.sentinel import Sentinel
from conformance.run.sighting import Sighting, not_observed
from conformance.s3.incidents import Watch
from conformance.sandbox.sandbox import Sandbox
from conformance.verdict import Observation, Observed, Outcome, Weight

# How many observations are made of a row, and how many have to agree: trouble makes of a feature
# that works one that does not, and hardly ever the other way round.
OBSERVATIONS: Final = 6
AGREEING: Final = 3
AGREEING_SUPPORTED: Final = 2
WINDOWS: Final = 8


class Steadiness:
    """Judges the observations of one process.

    Args:
        sandbox: whose subjects rows share.
        is_over: whether the run is over; then nothing is waited for.
    """

    def __init__(self, sandbox: Sandbox, is_over: Callable[[], bool]) -> None:
        self._sandbox = sandbox
        self._incidents = sandbox.client.incidents
        self._is_over = is_over
        self.sentinel = Sentinel(sandbox)
        self.given_up: str | None = None
        self.repeated = 0

    def observe(self, once: Callable[[], Sighting]) -> Sighting:
        """Observe a row until the observation counts.

        Args:
            once: observes it, with fresh subjects each time.

        Returns:
            An observation that counts; unknown where none did.
        """
        seen: list[Sighting] = []
        spoke = self._incidents.spoke_of_the_moment
        windows = 0
        self.sentinel.prepare()
        while len(seen) < OBSERVATIONS and windows < WINDOWS:
            self.repeated += bool(seen or windows)
            started = time.monotonic()
            with self._incidents.watching() as watch:
                sighting = once()
                if self._is_over():
                    return sighting
                # Of an answer that came late, the sentinel's connection tells.
                bad = self._in_bad_window(started, writing=watch.wrote)
            if bad:
                windows += 1
                if self.given_up:
                    return not_observed(self.given_up)
                continue
            if not (watch.doubts or self._incidents.unsteady or spoke(started)):
                return sighting
            seen.append(sighting)
            if sum(_agree(sighting, other) for other in seen) >= _needed(sighting, watch):
                return sighting
            if sighting.observation.observed is Observed.UNKNOWN:
                # What could not be prepared is remembered, and may be had now.
                self._sandbox.forget(started)
        return _undecided(seen)

    def _in_bad_window(self, started: float, *, writing: bool) -> bool:
        """Whether the sentinel was refused since then; if it still is, wait until it is served."""
        since = self.sentinel.last_well
        self._sandbox.client.settle()
        if self.sentinel.is_served(writing=writing):
            return self.sentinel.refused_since(started)
        text = f"{self.sentinel.trouble} in answer to a request that is served at other times"
        self._incidents.note(text)
        if not self.sentinel.wait(self._is_over, writing=writing) and not self._is_over():
            self.given_up = (
                f"the endpoint refuses what it served before ({self.sentinel.trouble}), "
                "and went on to"
            )
        # What was prepared then may not be there, or not be what it seems.
        self._sandbox.forget(since)
        return True


def _needed(sighting: Sighting, watch: Watch) -> int:
    supported = sighting.observation.observed is Observed.SUPPORTED
    return AGREEING_SUPPORTED if supported and not watch.unresolved else AGREEING


def _agree(one: Sighting, other: Sighting) -> bool:
    """Whether two observations say the same of a row, for the same reasons.

    Trouble makes a row partial as a fault does, but hardly twice by the same checks.
    """
    first, second = one.observation, other.observation
    same = first.observed is second.observed and first.hazard is second.hazard
    same = same and _failed(first) == _failed(second)
    # Where nothing was observed, the reason is all there is.
    return same and (first.observed is not Observed.UNKNOWN or first.reason == second.reason)


def _failed(observation: Observation) -> frozenset[tuple[str, str]]:
    """The checks that the word rests on and that did not hold, with their outcomes."""
    return frozenset(
        (check.id, check.outcome)
        for check in observation.checks
        if check.weight is not Weight.DETAIL and check.outcome is not Outcome.HELD
    )


def _undecided(seen: Sequence[Sighting]) -> Sighting:
    """The sighting of a row whose observations differ too much."""
    words = ", ".join(dict.fromkeys(it.observation.observed for it in seen)) or "none"
    reason = f"the endpoint was unsteady: observations differ ({words})"
    if not seen:
        return not_observed("the endpoint was unsteady whenever the row was observed")
    last = not_observed(reason)
    return replace(last, exchanges=seen[-1].exchanges)
