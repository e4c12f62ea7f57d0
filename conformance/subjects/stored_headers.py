"""Headers that are stored with an object, and how they read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.probing import Comparison, Stored, Undecided, Workbench, decide, holds
from conformance.s3.checksums import checksum, checksum_header
from conformance.s3.operations import OperationName
from conformance.s3.response import Response
from conformance.subjects.writes import write_call, written
from conformance.verdict import Observed, Outcome

# What tells an object's own metadata from another's.
DESCRIBED: Final = {
    "Content-Type": "application/x-s3-conformance",
    "Cache-Control": "max-age=4711",
    "Content-Disposition": 'attachment; filename="of-source.txt"',
    "Content-Language": "rm-CH",
    "Expires": "Sat, 01 Dec 2040 16:00:00 GMT",
    "x-amz-meta-of-source": 'yes, with a comma; and "quotes"',
}
# What it is stored with besides, and what asks for that.
SUM: Final = "CRC32"
# The SDKs name the algorithm beside each checksum. Some servers compare it only then.
ANNOUNCED: Final = "x-amz-sdk-checksum-algorithm"
SUM_HEADER: Final = checksum_header(SUM)
WITH_SUM: Final = {"x-amz-checksum-mode": "ENABLED"}
READS: Final[tuple[OperationName, ...]] = ("HeadObject", "GetObject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """An object with metadata.

    Attributes:
        stored: the object.
        headers: those of `DESCRIBED` that HeadObject returns, with their values.
        checksum: whether HeadObject returns the checksum that it was stored with.
    """

    stored: Stored
    headers: Mapping[str, str]
    checksum: bool = False

    def same(self, answer: Response, *names: str) -> Comparison:
        """Whether a response has these headers of the object, as far as the object has them."""
        wrong = [
            f"{name}: {answer.header(name) or 'none'}"
            for name in names
            if name in self.headers and answer.header(name) != self.headers[name]
        ]
        return holds(not wrong, "; ".join(wrong) or "all of them", answer)


def described(bench: Workbench) -> Described:
    """A fresh object with as much metadata as the server takes.

    Raises:
        Undecided: PutObject was not served.
    """
    call = write_call(bench, "PutObject", DESCRIBED)
    value = checksum(SUM, call.body)
    answer = bench.attempt(call.plus(headers={ANNOUNCED: SUM, SUM_HEADER: value}))
    mine = {name: DESCRIBED[name] for name in DESCRIBED if name.startswith("x-amz-meta-")}
    subject = written(bench, answer) if answer.ok else bench.put(headers=mine)
    seen = bench.attempt(subject.call("HeadObject", headers=WITH_SUM))
    headers = {name: value for name, value in DESCRIBED.items() if seen.header(name) == value}
    return Described(stored=subject, headers=headers, checksum=seen.header(SUM_HEADER) == value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """The object that a request with some headers left.

    Attributes:
        subject: the object.
        answer: the response to the request.
        without: the directive that had to be left out, since with it the request was refused.
    """

    subject: Stored
    answer: Response
    without: str | None = None

    def weigh(self, seen: Comparison) -> Comparison:
        """What the header's read-back showed.

        Raises:
            Undecided: nothing reads back, for want of the directive.
        """
        if self.without and seen.outcome is Outcome.IGNORED:
            raise Undecided(f"it needs {self.without}, which is refused; without it: {seen.text}")
        return seen


def write(
    bench: Workbench,
    operation: OperationName,
    headers: Mapping[str, str],
    directive: str,
) -> Write:
    """Store an object with the row's headers; a copy has them instead of its source's.

    Args:
        bench: sends.
        operation: one of `WRITES`.
        headers: the row's own.
        directive: the header that makes CopyObject replace what the source has.

    Raises:
        Decided: the request is refused, and served without the headers.
    """
    call = write_call(bench, operation, headers)
    without = None
    if operation == "CopyObject":
        answer = bench.treat(call.plus(headers={directive: "REPLACE"}))
        if not answer.ok:
            without, answer = directive, bench.treat(call)
    else:
        answer = bench.treat(call)
    subject = written(bench, bench.accepted(answer, *headers))
    return Write(subject=subject, answer=answer, without=without)


def head(bench: Workbench, subject: Stored) -> Response:
    """The headers of what was just stored; GetObject's where HeadObject is refused.

    Raises:
        Decided: what was served as stored does not exist.
        Undecided: it cannot be read.
    """
    for operation in READS:
        answer = bench.effect(subject.call(operation))
        if answer.ok:
            return answer
    if answer.status == 404:
        decide(Observed.BROKEN, f"served, but the object does not exist: {answer.describe()}")
    raise Undecided(f"what was stored cannot be read back: {answer.describe()}")


def reads_back(
    name: str, answer: Response, value: str | None, right: bool, unasked: Sequence[str] = ()
) -> Comparison:
    """A header that must read back as it was stored.

    Args:
        name: of the header.
        answer: the read-back.
        value: as read, None where the response has no such header.
        right: whether it is as it was stored.
        unasked: values that an object has for which none was stored.
    """
    absent = value is None or value in unasked
    return holds(
        right and not absent,
        f"no {name}" if value is None else f"{name}: {value}",
        answer,
        otherwise=Outcome.IGNORED if absent else Outcome.WRONG,
    )


def same_by_get(bench: Workbench, subject: Stored, name: str, by_head: Response) -> Comparison:
    """A header that GetObject must return as HeadObject does."""
    answer = bench.effect(subject.call("GetObject"))
    seen, value = answer.header(name), by_head.header(name)
    text = f"{name}: {seen}" if seen is not None else f"no {name}"
    same = f"{text} by GET and {value or 'none'} by HEAD"
    return holds(answer.ok and seen == value, same, answer, by_head)
