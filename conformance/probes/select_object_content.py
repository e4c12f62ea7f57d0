"""Queries on the content of an object.

What counts as proof. Of three lines just the one comes back that the query asks for, and their
number is told right; a query that is no SQL is refused. The answer is a stream of events, each with
two checksums.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_SelectObjectContent.html
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from botocore.eventstream import EventStreamBuffer, ParserError

from conformance.probing import (
    Proof,
    Seen,
    Stored,
    Workbench,
    decide,
    judge,
    offered,
    probe,
    refuses,
    shows,
)
from conformance.s3.operations import Call
from conformance.s3.response import Response, one_line
from conformance.s3.xml import document
from conformance.verdict import Observation, Observed

NOT_SERVED: Final = ("NotImplemented", "MethodNotAllowed")
CSV: Final = "<CSV><FileHeaderInfo>NONE</FileHeaderInfo></CSV>"
INPUT: Final = (
    f"<InputSerialization>{CSV}<CompressionType>NONE</CompressionType></InputSerialization>"
)


@probe("SelectObjectContent")
def select(bench: Workbench) -> Observation:
    """Answer what a query finds in an object's lines, and refuse one that is no query."""
    words = [bench.nonce() for _ in range(3)]
    subject = bench.put("".join(f"{n},{word}\n" for n, word in enumerate(words)).encode())

    one = bench.treat(_query(subject, "SELECT s._2 FROM S3Object s WHERE s._1 = '1'"))
    bench.unharmed(subject)
    count = bench.effect(_query(subject, "SELECT count(*) FROM S3Object", output="JSON"))
    if not count.ok:
        offered(one)
    _served(one)
    wrong = bench.effect(_query(subject, "HAVE s._2"))

    return judge(_found(one, words[1]), _counted(count), also=_refused(wrong))


def _served(answer: Response) -> None:
    """An error may come as an event, after a 200."""
    said = events(answer)
    if said is not None and said.error in NOT_SERVED:
        text = f"{answer.describe()} with the event {said.error}"
        decide(Observed.REJECTED, f"SelectObjectContent: {text}")


def _refused(answer: Response) -> tuple[Proof, ...]:
    said = events(answer) if answer.ok else None
    if said is not None and said.error:
        return ()
    return (refuses("with a query that is none", answer),)


def _query(subject: Stored, sql: str, output: str = "CSV") -> Call:
    body = document(
        "SelectObjectContentRequest",
        f"<Expression>{sql}</Expression><ExpressionType>SQL</ExpressionType>{INPUT}"
        f"<OutputSerialization><{output}/></OutputSerialization>",
    )
    return subject.call("SelectObjectContent", body=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """What a stream of events says.

    Attributes:
        records: what was found, as one text.
        error: the code of the error it ends with; empty where there is none.
    """

    records: bytes
    error: str


def events(answer: Response) -> Events | None:
    """The events of an answer; None where its body is no stream of such."""
    buffer, found, error, count = EventStreamBuffer(), b"", "", 0
    buffer.add_data(answer.body)
    try:
        for event in buffer:
            count += 1
            if event.headers.get(":event-type") == "Records":
                found += event.payload
            elif event.headers.get(":message-type") == "error":
                error = one_line(str(event.headers.get(":error-code")))
    except (ParserError, ValueError, KeyError, struct.error):
        return None
    return Events(records=found, error=error) if count else None


def _found(answer: Response, word: str) -> Proof:
    found = _records(answer)
    return shows(
        found.split() == [word.encode()],
        "a query for one line of three finds it",
        f"a query for one line of three: {answer.describe()} {_said(found)}".rstrip(),
        otherwise=Seen.WRONG if found else Seen.ABSENT,
    )


def _counted(answer: Response) -> Proof:
    found = _records(answer)
    digits = bytes(each for each in found.partition(b":")[2] if chr(each).isdigit())
    return shows(
        digits == b"3",
        "their number is told as 3",
        f"their number: {answer.describe()} {_said(found)}".rstrip(),
        otherwise=Seen.WRONG if found else Seen.ABSENT,
    )


def _records(answer: Response) -> bytes:
    said = events(answer) if answer.ok else None
    return said.records if said else b""


def _said(found: bytes) -> str:
    return "with no records" if not found else f"with {found[:60]!r}"
