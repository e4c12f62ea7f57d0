"""What needs an entry in a baseline; `docs/gate.md` has the table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from conformance.results import ResultRow, is_flaky
from conformance.verdict import Divergence, Documented, Hazard, Observed


class SilentIgnores(StrEnum):
    """Which rows need an entry if they are documented as unimplemented, accepted and ignored."""

    ALL = "all"
    HAZARDS = "hazards"  # those where a security feature is ignored
    NONE = "none"


class Quirks(StrEnum):
    """What becomes of failed checks of weight detail."""

    IGNORE = "ignore"  # they are neither told nor compared
    REPORT = "report"  # they are told
    FAIL = "fail"  # each needs an entry that names it


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What needs an entry in the baseline besides what is missing, partial or undecided.

    Attributes:
        strict: what is supported though documented as unimplemented.
        silent_ignores: what is ignored though documented as unimplemented.
    """

    strict: bool = False
    silent_ignores: SilentIgnores = SilentIgnores.HAZARDS
    quirks: Quirks = Quirks.REPORT


# An entry that even this policy does not need is stale.
STRICTEST: Final = Policy(strict=True, silent_ignores=SilentIgnores.ALL)


def needs_entry(row: ResultRow, policy: Policy) -> bool:
    """Whether a row must be in the baseline for the gate to open."""
    hazard = row["hazard"]
    if row["divergence"] not in (Divergence.NONE, Divergence.UNDOCUMENTED):
        return True
    if hazard not in (None, Hazard.SILENT) or is_flaky(row):
        return True
    if row["divergence"] == Divergence.UNDOCUMENTED and policy.strict:
        return True
    if row["quirks"] and policy.quirks is Quirks.FAIL:
        return True
    ignored = row["documented"] == Documented.UNIMPLEMENTED and row["observed"] == Observed.IGNORED
    return {
        SilentIgnores.ALL: ignored or hazard is not None,
        SilentIgnores.HAZARDS: hazard is not None,
        SilentIgnores.NONE: False,
    }[policy.silent_ignores]
