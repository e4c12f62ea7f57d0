"""From what was seen to a verdict's word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NoReturn

from conformance.s3.response import Response
from conformance.verdict import (
    HAZARDS_BY_URGENCY,
    NOT_WORKING,
    UNDECIDED,
    Hazard,
    Observation,
    Observed,
)

NOT_OFFERED: Final = (400, 404, 405, 409, 411, 412, 415, 501)


class Seen(Enum):
    """What one proof showed."""

    HELD = "as promised"
    ABSENT = "as if the row had not been asked for"
    WRONG = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One discriminating observation.

    Attributes:
        seen: as promised, as if not asked for, or neither.
        text: what was seen, for the reader of the report.
        hazard: set where what was seen hurts by itself.
    """

    seen: Seen
    text: str
    hazard: Hazard | None = None


class Decided(Exception):
    """A probe is over: this is what it observed."""

    def __init__(self, observation: Observation) -> None:
        super().__init__(observation.reason)
        self.observation = observation


class Undecided(Exception):
    """A probe cannot observe its row here; the text says why."""


def decide(observed: Observed, reason: str, hazard: Hazard | None = None) -> NoReturn:
    """End the probe with a verdict."""
    raise Decided(Observation(observed=observed, reason=reason, hazard=hazard))


def judge(*discriminating: Proof, also: Sequence[Proof] = ()) -> Observation:
    """Weigh the proofs of a request that was served.

    All held: supported. None held: ignored if all look as if nothing had been asked for, else
    broken. Some held: partial.

    Args:
        discriminating: what a server that ignores the row gets wrong.
        also: what such a server gets right too, so it counts only where it did not hold.

    Raises:
        ValueError: there is no proof, so the probe does not discriminate.
    """
    if not discriminating:
        raise ValueError("a verdict needs at least one discriminating observation")
    proofs = [*discriminating, *(proof for proof in also if proof.seen is not Seen.HELD)]
    held = [proof for proof in proofs if proof.seen is Seen.HELD]
    failed = [proof for proof in proofs if proof.seen is not Seen.HELD]
    hazard = next((proof.hazard for proof in failed if proof.hazard), None)
    if not failed:
        return Observation(observed=Observed.SUPPORTED, reason=_sentence(held))
    if held:
        reason = f"{_sentence(failed)} (but {_sentence(held)})"
        return Observation(observed=Observed.PARTIAL, reason=reason, hazard=hazard)
    ignored = all(proof.seen is Seen.ABSENT for proof in failed)
    return Observation(
        observed=Observed.IGNORED if ignored else Observed.BROKEN,
        reason=_sentence(failed),
        hazard=hazard,
    )


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
    told = "; ".join(
        f"{word} {sum(it.observed is word for it in observations)} of {len(observations)} times "
        f"({next(it.reason for it in observations if it.observed is word)})"
        for word in words
    )
    return Observation(
        observed=Observed.PARTIAL if present else Observed.UNKNOWN,
        reason=f"flaky: answers differ between attempts: {told}",
        hazard=hazard,
    )


def _sentence(proofs: Iterable[Proof]) -> str:
    return "; ".join(proof.text for proof in proofs)


def refuses(what: str, answer: Response, *statuses: int) -> Proof:
    """A request that must be refused.

    Args:
        what: the request in words, e.g. "with another object's ETag".
        answer: what came.
        statuses: the only right ones; any explicit refusal (4xx or 501) where none is given, for
            stores differ in codes where the promise is to refuse.
    """
    right = answer.status in statuses if statuses else _refusal(answer)
    wrong = Seen.ABSENT if answer.ok else Seen.WRONG
    return Proof(seen=Seen.HELD if right else wrong, text=f"{what}: {answer.describe()}")


def serves(what: str, answer: Response) -> Proof:
    """A request that must be served; says nothing of its effect."""
    seen = Seen.HELD if answer.ok else Seen.WRONG
    return Proof(seen=seen, text=f"{what}: {answer.describe()}")


def _refusal(answer: Response) -> bool:
    return 400 <= answer.status < 500 or answer.status == 501


def shows(held: bool, yes: str, no: str, *, otherwise: Seen = Seen.ABSENT) -> Proof:
    """A read-back: `yes` says what was seen when the promise held, `no` when it did not."""
    return Proof(seen=Seen.HELD if held else otherwise, text=yes if held else no)


def made(what: str, answer: Response, body: bytes) -> Proof:
    """A read-back of what a request was to store: no object at all means that it did nothing."""
    otherwise = Seen.ABSENT if answer.status == 404 else Seen.WRONG
    return carries(what, answer, body, otherwise=otherwise)


def carries(what: str, answer: Response, body: bytes, *, otherwise: Seen = Seen.WRONG) -> Proof:
    """A request that must be served with exactly these bytes.

    Args:
        what: the request in words.
        answer: what came.
        body: the right bytes.
        otherwise: what other bytes mean. WRONG is corruption; ABSENT is for bytes that are there
            because the row's flag was not heeded.
    """
    if answer.ok and answer.body == body:
        return Proof(seen=Seen.HELD, text=f"{what}: the {len(body)} bytes stored")
    if not answer.ok:
        return Proof(seen=otherwise, text=f"{what}: {answer.describe()}")
    hazard = Hazard.CORRUPTING if otherwise is Seen.WRONG else None
    text = f"{what}: {answer.status} with other bytes ({len(answer.body)})"
    return Proof(seen=otherwise, text=text, hazard=hazard)


def offered(answer: Response) -> Response:
    """The answer to an operation's own request, if the operation was carried out.

    Raises:
        Decided: refused explicitly (rejected), or a server error (broken).
        Undecided: denied to these credentials, or redirected.
    """
    if answer.ok:
        return answer
    if answer.denied:
        raise Undecided(f"access denied: {answer.describe()}")
    if answer.status in NOT_OFFERED:
        decide(Observed.REJECTED, f"{answer.call.operation}: {answer.describe()}")
    if answer.broke:
        decide(Observed.BROKEN, f"{answer.call.operation}: {answer.describe()}")
    raise Undecided(f"{answer.call.operation} answered {answer.describe()}")
