"""The words of a verdict, and the table that holds documentation against observation.

The meaning of each word is part of the results file's contract; see `docs/verdicts.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Documented(StrEnum):
    """What the vendor's table says of a row."""

    IMPLEMENTED = "implemented"
    EXPERIMENTAL = "experimental"
    PARTIAL = "partial"  # some of it works, as the note says
    NO_EFFECT = "no-effect"  # accepted, and does nothing
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


class Weight(StrEnum):
    """What the failure of a check does to its row's word."""

    CORE = "core"  # tells support from ignoring: decides between supported, ignored and broken
    PROMISE = "promise"  # part of what the row promises: a failure makes the row partial
    DETAIL = "detail"  # a client may notice it: a failure is a quirk, and the word stays


class Outcome(StrEnum):
    """How a check ended."""

    HELD = "held"
    IGNORED = "ignored"  # as if the row's flag had not been sent
    WRONG = "wrong"
    NOT_OBSERVED = "not-observed"


class DecidedBy(StrEnum):
    """What gave a row its word."""

    CHECKS = "checks"  # the outcomes of its core and promise checks; see `word_of`
    REQUEST = "request"  # one request, refused or harmful, before a check could be made
    OPERATION = "operation"  # its operation's own row, which is ignored or rejected
    REPEATS = "repeats"  # several observations that differ
    NOTHING = "nothing"  # the row was not observed


FAILURES: Final = frozenset({Outcome.IGNORED, Outcome.WRONG})
UNDECIDED: Final = frozenset({Observed.UNPROVEN, Observed.UNKNOWN})
NOT_WORKING: Final = frozenset({Observed.IGNORED, Observed.REJECTED, Observed.BROKEN})
SENTENCES_SHOWN: Final = 3
DECIDES_FEATURES: Final = frozenset({Observed.IGNORED, Observed.REJECTED})
# The most urgent first.
HAZARDS_BY_URGENCY: Final = (Hazard.DESTRUCTIVE, Hazard.CORRUPTING, Hazard.SILENT)
# As vendors' tables mark what they document, and reports mark what was observed.
ICONS: Final = {
    Documented.IMPLEMENTED: "✅",
    Documented.EXPERIMENTAL: "🚧",
    Documented.PARTIAL: "🚧",
    Documented.NO_EFFECT: "❌",
    Documented.UNIMPLEMENTED: "❌",
    Observed.SUPPORTED: "✅",
    Observed.PARTIAL: "🚧",
    Observed.IGNORED: "❌",
    Observed.REJECTED: "❌",
    Observed.BROKEN: "❌",
    Observed.UNPROVEN: "❔",
    Observed.UNKNOWN: "❔",
}
OUTCOME_ICONS: Final = {
    Outcome.HELD: "✅",
    Outcome.IGNORED: "❌",
    Outcome.WRONG: "❌",
    Outcome.NOT_OBSERVED: "❔",
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
    Documented.PARTIAL: {
        Observed.SUPPORTED: Divergence.NONE,
        Observed.PARTIAL: Divergence.NONE,
    },
    Documented.NO_EFFECT: {
        Observed.SUPPORTED: Divergence.UNDOCUMENTED,
        Observed.PARTIAL: Divergence.UNDOCUMENTED,
    },
    Documented.UNIMPLEMENTED: {
        Observed.SUPPORTED: Divergence.UNDOCUMENTED,
        Observed.PARTIAL: Divergence.UNDOCUMENTED,
    },
}
_ABSENT: Final = {
    Documented.IMPLEMENTED: Divergence.MISSING,
    Documented.EXPERIMENTAL: Divergence.MISSING,
    Documented.PARTIAL: Divergence.MISSING,
    Documented.NO_EFFECT: Divergence.MISSING,
    Documented.UNIMPLEMENTED: Divergence.NONE,
}

DIVERGENCE: Final[dict[tuple[Documented, Observed], Divergence]] = {
    **{(d, o): divergence for d, row in _PRESENT.items() for o, divergence in row.items()},
    **{(d, o): _ABSENT[d] for d in Documented for o in NOT_WORKING},
    **{(d, o): Divergence.UNDECIDED for d in Documented for o in UNDECIDED},
    (Documented.NO_EFFECT, Observed.IGNORED): Divergence.NONE,
}
# What is accepted, or fails otherwise, where the documentation names the error that it gets.
_NOT_REFUSED: Final = frozenset({Observed.IGNORED, Observed.BROKEN})
# Words of rows that a reader of the documentation does not use.
UNUSED: Final = frozenset({Documented.UNIMPLEMENTED, Documented.NO_EFFECT})


def divergence(
    documented: Documented, observed: Observed, *, refusal: str | None = None
) -> Divergence:
    """Hold one claim against one observation.

    Args:
        documented: the table's word.
        observed: what was found.
        refusal: the error that the documentation names for a row that is not implemented. With
            one, a row that is ignored lacks what is documented: its refusal.
    """
    if refusal and observed in _NOT_REFUSED:
        return Divergence.MISSING
    return DIVERGENCE[documented, observed]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One named expectation of a row, and what was seen.

    Attributes:
        id: unique in its row.
        weight: what a failure does to the row's word.
        outcome: how it ended.
        expected: what follows the word "expected".
        observed: what follows the word "got"; the reason where it was not observed.
        source: where the expectation comes from.
        hazard: set where what was seen hurts.
        exchanges: which of the row's exchanges were compared, by position.
    """

    id: str
    weight: Weight
    outcome: Outcome
    expected: str
    observed: str
    source: str
    hazard: Hazard | None = None
    exchanges: tuple[int, ...] = ()

    @property
    def failed(self) -> bool:
        return self.outcome in FAILURES

    @property
    def sentence(self) -> str:
        """What was expected and what was seen, for a reader who does not know the code."""
        if self.outcome is Outcome.NOT_OBSERVED:
            return f"{self.id}: expected {self.expected}; not observed: {self.observed}"
        return f"{self.id}: expected {self.expected}; got {self.observed}"


def word_of(checks: Iterable[tuple[Weight, Outcome]]) -> Observed | None:
    """The word that the checks of a row give it; None where no core check was observed.

    All core checks held: supported, or partial where a promise did not. Some held: partial.
    None held: ignored if all of them look as if the flag had not been sent, else broken.
    """
    seen = [(weight, outcome) for weight, outcome in checks if outcome != Outcome.NOT_OBSERVED]
    core = {outcome for weight, outcome in seen if weight == Weight.CORE}
    promises = {outcome for weight, outcome in seen if weight == Weight.PROMISE}
    if not core:
        return None
    if Outcome.HELD not in core:
        return Observed.IGNORED if core == {Outcome.IGNORED} else Observed.BROKEN
    return Observed.PARTIAL if (core | promises) & FAILURES else Observed.SUPPORTED


def quirks_of(checks: Iterable[tuple[Weight, Outcome]]) -> int:
    """How many checks of weight detail failed."""
    return sum(weight == Weight.DETAIL and outcome in FAILURES for weight, outcome in checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one probe found, in words a reader of the report understands.

    Attributes:
        observed: the verdict's word.
        reason: one sentence on what was seen; never empty.
        hazard: set where the observation hurts whatever the documentation says.
        decided_by: what gave the row its word.
        checks: the row's named checks, in the order in which the probe declares them.
    """

    observed: Observed
    reason: str
    hazard: Hazard | None = None
    decided_by: DecidedBy = DecidedBy.REQUEST
    checks: tuple[CheckResult, ...] = ()

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The checks that did not hold, quirks included."""
        return tuple(check for check in self.checks if check.failed)


def observation_from(checks: Sequence[CheckResult]) -> Observation:
    """The observation that a row's checks amount to."""
    word = word_of((check.weight, check.outcome) for check in checks)
    core = [check for check in checks if check.weight is Weight.CORE]
    decisive = [*core, *(check for check in checks if check.weight is Weight.PROMISE)]
    failed = [check for check in decisive if check.failed]
    observed = [check for check in decisive if check.outcome is not Outcome.NOT_OBSERVED]
    hazards = {check.hazard for check in failed}
    if word is None:
        reason = _sentences(core)
    else:
        # Where no core check held, what else failed says nothing more.
        shown = [it for it in failed if word is Observed.PARTIAL or it.weight is Weight.CORE]
        held = f"{len(observed) - len(failed)} of {len(decisive)} checks held"
        # Of a row that does all it promises, one contrast says enough.
        reason = f"{held}; {_sentences(shown or [it for it in core if it in observed][:1])}"
    return Observation(
        observed=word or Observed.UNKNOWN,
        reason=reason,
        hazard=next((hazard for hazard in HAZARDS_BY_URGENCY if hazard in hazards), None),
        decided_by=DecidedBy.CHECKS if word else DecidedBy.NOTHING,
        checks=tuple(checks),
    )


def _sentences(checks: Sequence[CheckResult]) -> str:
    """The first few in full, for a reason is to be read at a glance."""
    more = len(checks) - SENTENCES_SHOWN
    said = "; ".join(check.sentence for check in checks[:SENTENCES_SHOWN])
    return f"{said}; and {more} more" if more > 0 else said


def settle(observations: Sequence[Observation]) -> Observation:
    """The one word for a row that was observed several times; it is never an average.

    The same each time: that observation. Else the row is flaky: partial where some of the promise
    held, and unknown where none did or one of the observations was not decided. The worst that
    was seen to hurt still hurts.
    """
    words = list(dict.fromkeys(it.observed for it in observations))
    hazards = {it.hazard for it in observations}
    hazard = next((hazard for hazard in HAZARDS_BY_URGENCY if hazard in hazards), None)
    if len(words) == 1:
        return next(it for it in observations if it.hazard == hazard)
    present = not {*words} & UNDECIDED and {*words} - NOT_WORKING
    seen = "; ".join(
        f"{word} {sum(it.observed is word for it in observations)} of {len(observations)} times "
        f"({next(it.reason for it in observations if it.observed is word)})"
        for word in words
    )
    return Observation(
        observed=Observed.PARTIAL if present else Observed.UNKNOWN,
        reason=f"flaky: responses differ between attempts: {seen}",
        hazard=hazard,
        decided_by=DecidedBy.REPEATS,
    )
