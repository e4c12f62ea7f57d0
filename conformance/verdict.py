"""The words of a verdict, and the table that holds documentation against observation.

The meaning of each word is part of the results file's contract; see `docs/verdicts.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Documented(StrEnum):
    """What the vendor's table says of a row."""

    IMPLEMENTED = "implemented"
    EXPERIMENTAL = "experimental"
    UNIMPLEMENTED = "unimplemented"


class Observed(StrEnum):
    """What a probe found out about a row."""

    SUPPORTED = "supported"  # the effect was seen, and what must be refused was refused
    PARTIAL = "partial"  # some of the promise holds; the reason says which part does not
    IGNORED = "ignored"  # accepted, and shown to have had no effect
    REJECTED = "rejected"  # refused explicitly, while the same request without it was served
    BROKEN = "broken"  # accepted with a wrong result, or a server error
    UNPROVEN = "unproven"  # accepted; nothing outside the server can tell whether it had an effect
    UNKNOWN = "unknown"  # not observed; the reason says why


class Divergence(StrEnum):
    """How an observation stands to the documentation."""

    NONE = "none"
    MISSING = "missing"
    PARTIAL = "partial"
    UNDOCUMENTED = "undocumented"
    UNDECIDED = "undecided"


class Hazard(StrEnum):
    """What will hurt a user whatever the documentation says."""

    SILENT = "silent"  # a security feature was accepted and ignored
    DESTRUCTIVE = "destructive"  # the request was carried out as something else
    CORRUPTING = "corrupting"  # wrong data was stored or served


UNDECIDED: Final = frozenset({Observed.UNPROVEN, Observed.UNKNOWN})
NOT_WORKING: Final = frozenset({Observed.IGNORED, Observed.REJECTED, Observed.BROKEN})
DECIDES_FEATURES: Final = frozenset({Observed.IGNORED, Observed.REJECTED})
# The most urgent first.
HAZARDS_BY_URGENCY: Final = (Hazard.DESTRUCTIVE, Hazard.CORRUPTING, Hazard.SILENT)
# As vendors' tables mark what they document, and reports mark what was observed.
ICONS: Final = {
    Documented.IMPLEMENTED: "✅",
    Documented.EXPERIMENTAL: "🚧",
    Documented.UNIMPLEMENTED: "❌",
    Observed.SUPPORTED: "✅",
    Observed.PARTIAL: "🚧",
    Observed.IGNORED: "❌",
    Observed.REJECTED: "❌",
    Observed.BROKEN: "❌",
    Observed.UNPROVEN: "❔",
    Observed.UNKNOWN: "❔",
}

_PRESENT: Final = {
    Documented.IMPLEMENTED: {
        Observed.SUPPORTED: Divergence.NONE,
        Observed.PARTIAL: Divergence.PARTIAL,
    },
    Documented.EXPERIMENTAL: {
        Observed.SUPPORTED: Divergence.NONE,
        Observed.PARTIAL: Divergence.NONE,
    },
    Documented.UNIMPLEMENTED: {
        Observed.SUPPORTED: Divergence.UNDOCUMENTED,
        Observed.PARTIAL: Divergence.UNDOCUMENTED,
    },
}
_ABSENT: Final = {
    Documented.IMPLEMENTED: Divergence.MISSING,
    Documented.EXPERIMENTAL: Divergence.MISSING,
    Documented.UNIMPLEMENTED: Divergence.NONE,
}

DIVERGENCE: Final[dict[tuple[Documented, Observed], Divergence]] = {
    **{(d, o): divergence for d, row in _PRESENT.items() for o, divergence in row.items()},
    **{(d, o): _ABSENT[d] for d in Documented for o in NOT_WORKING},
    **{(d, o): Divergence.UNDECIDED for d in Documented for o in UNDECIDED},
}


def divergence(documented: Documented, observed: Observed) -> Divergence:
    """Hold one claim against one observation."""
    return DIVERGENCE[documented, observed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one probe found, in words a reader of the report understands.

    Attributes:
        observed: the verdict's word.
        reason: one sentence on what was seen; never empty.
        hazard: set where the observation hurts whatever the documentation says.
        implied: the operation's own row decided this one; no request of its own was made.
    """

    observed: Observed
    reason: str
    hazard: Hazard | None = None
    implied: bool = False
