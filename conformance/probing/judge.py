"""From what was seen to a verdict's word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from conformance.s3.response import Response
from conformance.verdict import (
    Hazard,
    Observation,
    Observed,
)


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
