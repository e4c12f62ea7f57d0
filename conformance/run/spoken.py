"""What a run says of an endpoint, fit to be printed and stored: without secrets, and neutral.

Probes, preflight checks and clean-up quote an endpoint in their sentences. Every sentence passes
here on its way out, so that none of them has to think of it.
"""

from __future__ import annotations

from dataclasses import replace

from conformance.neutral import SENTENCE, neutral
from conformance.s3.redact import Redactor
from conformance.verdict import CheckResult, Observation


def spoken(text: str, redactor: Redactor, limit: int = SENTENCE) -> str:
    """One sentence, without secrets, on one line that steers nothing."""
    return neutral(redactor.text(text), limit)


def fit_to_print(observation: Observation, redactor: Redactor) -> Observation:
    """An observation whose sentences may be shown."""
    return replace(
        observation,
        reason=spoken(observation.reason, redactor),
        checks=tuple(_check(it, redactor) for it in observation.checks),
    )


def _check(check: CheckResult, redactor: Redactor) -> CheckResult:
    return replace(
        check,
        expected=spoken(check.expected, redactor),
        observed=spoken(check.observed, redactor),
    )
