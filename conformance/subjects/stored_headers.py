"""Headers that are stored with an object, and how they read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.probing import Proof, Seen, Stored, Undecided, Workbench, decide, judge, shows
from conformance.s3.operations import OperationName
from conformance.s3.response import Response
from conformance.subjects.writes import write_call
from conformance.verdict import Observation, Observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A request to store an object with some headers.

    Attributes:
        answer: what came.
        without: the directive that had to be left out, since with it the request was refused.
    """

    answer: Response
    without: str | None = None

    def judge(self, proof: Proof) -> Observation:
        """Weigh what reads back.

        Raises:
            Undecided: nothing does, for want of the directive.
        """
        if self.without and proof.seen is Seen.ABSENT:
            raise Undecided(f"it needs {self.without}, which is refused, and without: {proof.text}")
        return judge(proof)


def write(
    bench: Workbench, operation: OperationName, headers: Mapping[str, str], directive: str
) -> Write:
    """Store an object with these headers; a copy with them instead of its source's.

    Args:
        bench: sends.
        operation: one of `WRITES`.
        headers: of the object to be.
        directive: the header by which CopyObject is told to replace the source's.
    """
    call = write_call(bench, operation, headers)
    if operation != "CopyObject":
        return Write(answer=bench.treat(call))
    answer = bench.treat(call.plus(headers={directive: "REPLACE"}))
    if answer.ok:
        return Write(answer=answer)
    return Write(answer=bench.treat(call), without=directive)


def head(bench: Workbench, subject: Stored) -> Response:
    """The headers of what was just stored; GetObject tells the same where HeadObject is refused.

    Raises:
        Decided: what was served as stored is not there.
        Undecided: it cannot be read.
    """
    for operation in ("HeadObject", "GetObject"):
        answer = bench.effect(subject.call(operation))
        if answer.ok:
            return answer
    if answer.status == 404:
        decide(Observed.BROKEN, f"served, but the object is not there: {answer.describe()}")
    raise Undecided(f"what was stored cannot be read back: {answer.describe()}")


def told(name: str, seen: str | None, value: str, *, unasked: tuple[str, ...] = ()) -> Proof:
    """A header that must read back as it was given.

    Args:
        name: of the header.
        seen: what it reads as; None where there is none.
        value: what was given.
        unasked: what it reads as where nothing was given.
    """
    return shows(
        seen == value and value not in unasked,
        f"{name} reads back as {value!r}",
        f"{name} reads back as {seen!r}, not {value!r}" if seen else f"no {name} reads back",
        otherwise=Seen.ABSENT if seen is None or seen in unasked else Seen.WRONG,
    )
