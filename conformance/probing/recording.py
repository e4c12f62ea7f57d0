"""The checks of one observation of one row: declared, compared, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from conformance.probing.checks import Check, Comparison, Decided, Undecided
from conformance.s3.response import Response
from conformance.verdict import CheckResult, Outcome, Weight


class CheckRecorder:
    """Takes what a probe reports of its checks.

    Args:
        checks: what the probe declares.
        position: where in the row's evidence a response stands; None for one of another row.
    """

    def __init__(self, checks: Sequence[Check], position: Callable[[Response], int | None]) -> None:
        self._checks = {check.id: check for check in checks}
        self._position = position
        self._results: dict[str, CheckResult] = {}

    def record(self, check: str, comparison: Comparison) -> bool:
        """Record a comparison; a check recorded several times holds if it held each time.

        Returns:
            Whether the comparison held.

        Raises:
            KeyError: the probe declares no such check.
        """
        declared = self._checks[check]
        known = self._results.get(check)
        if known is None or not known.failed:
            places = (self._position(response) for response in comparison.responses)
            self._results[check] = CheckResult(
                id=check,
                weight=declared.weight,
                outcome=comparison.outcome,
                expected=declared.expected,
                observed=comparison.text,
                source=declared.source,
                hazard=None if comparison.held else comparison.hazard,
                exchanges=tuple(place for place in places if place is not None),
            )
        return comparison.held

    def skip(self, checks: Sequence[str], reason: str) -> None:
        """Say why checks that were not recorded are not observed."""
        for check in checks:
            declared = self._checks[check]
            self._results.setdefault(
                check,
                CheckResult(
                    id=check,
                    weight=declared.weight,
                    outcome=Outcome.NOT_OBSERVED,
                    expected=declared.expected,
                    observed=reason,
                    source=declared.source,
                ),
            )

    @contextmanager
    def block(self, checks: Sequence[str]) -> Iterator[None]:
        """Checks that one sequence of requests observes, apart from all others.

        A step that cannot be prepared leaves those of them unobserved that are not recorded yet,
        with the reason; a request of the row's own that is refused makes them fail.
        """
        for check in checks:
            self._checks[check]  # a misspelt id must not pass unnoticed
        try:
            yield
        except Undecided as trouble:
            self.skip(checks, str(trouble))
        except Decided as decision:
            text = decision.observation.reason
            failed = Comparison(
                outcome=Outcome.WRONG, text=text, hazard=decision.observation.hazard
            )
            for check in checks:
                if check not in self._results:
                    self.record(check, failed)

    def results(self, reason: str) -> tuple[CheckResult, ...]:
        """All checks in the order of their declaration.

        Args:
            reason: why those that were not recorded are not observed.
        """
        self.skip([*self._checks], reason)
        return tuple(self._results[check] for check in self._checks)

    @property
    def decides(self) -> bool:
        """Whether a core check was observed, so that the checks give the row its word."""
        return any(
            it.weight is Weight.CORE and it.outcome is not Outcome.NOT_OBSERVED
            for it in self._results.values()
        )
