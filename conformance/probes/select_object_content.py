"""Queries on the content of an object.

Of three lines exactly the one comes back that the query selects, and their number is right; an
expression that is no SQL is refused. The response is a stream of events, each with two checksums.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_SelectObjectContent.html
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from botocore.eventstream import EventStreamBuffer, ParserError

from conformance.probing import (
    Call,
    Comparison,
    Observed,
    Outcome,
    Response,
    Stored,
    Workbench,
    api,
    core,
    decide,
    document,
    holds,
    neutral,
    offered,
    probe,
    promise,
    refused,
)

NOT_SERVED: Final = ("NotImplemented", "MethodNotAllowed")
CSV: Final = "<CSV><FileHeaderInfo>NONE</FileHeaderInfo></CSV>"
INPUT: Final = (
    f"<InputSerialization>{CSV}<CompressionType>NONE</CompressionType></InputSerialization>"
)
PAGE: Final = api("SelectObjectContent")
CHECKS: Final = (
    core("one-line", "the one line of three that the query selects", PAGE),
    core("count", "3 as the number of lines, in JSON", PAGE),
    promise("invalid", "a refusal of an expression that is no SQL", PAGE),
    promise("end", "an End event after the records", PAGE),
)


@probe("SelectObjectContent", checks=CHECKS)
def select_object_content(bench: Workbench) -> None:
    """Return what a query finds in an object's lines, and refuse one that is no query."""
    words = [bench.nonce() for _ in range(3)]
    subject = bench.put("".join(f"{n},{word}\n" for n, word in enumerate(words)).encode())

    one = bench.treat(_query(subject, "SELECT s._2 FROM S3Object s WHERE s._1 = '1'"))
    bench.unharmed(subject)
    count = bench.effect(_query(subject, "SELECT count(*) FROM S3Object", output="JSON"))
    if not count.ok:
        offered(one)
    _served(one)
    wrong = bench.effect(_query(subject, "HAVE s._2"))

    bench.check("one-line", _found(one, words[1]))
    bench.check("count", _counted(count))
    seen = events(wrong) if wrong.ok else None
    if seen is not None and seen.error:
        text = f"{wrong.describe()} with the event {seen.error}"
        bench.check("invalid", holds(True, text, wrong))
    else:
        bench.check("invalid", refused(wrong))
    ended = events(one) if one.ok else None
    if ended is None:
        bench.skip("end", because="the response is no stream of events")
    else:
        text = "an End event" if ended.complete else "no End event"
        bench.check("end", holds(ended.complete, text, one))


def _served(answer: Response) -> None:
    """An error may come as an event, after a 200."""
    said = events(answer)
    if said is not None and said.error in NOT_SERVED:
        text = f"{answer.describe()} with the event {said.error}"
        decide(Observed.REJECTED, f"SelectObjectContent: {text}")


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
        complete: whether an End event came.
    """

    records: bytes
    error: str
    complete: bool


def events(answer: Response) -> Events | None:
    """The events of a response; None where its body is no stream of such."""
    buffer, found, error, count, complete = EventStreamBuffer(), b"", "", 0, False
    buffer.add_data(answer.body)
    try:
        for event in buffer:
            count += 1
            if event.headers.get(":event-type") == "Records":
                found += event.payload
            elif event.headers.get(":event-type") == "End":
                complete = True
            elif event.headers.get(":message-type") == "error":
                error = neutral(str(event.headers.get(":error-code")))
    except (ParserError, ValueError, KeyError, struct.error):
        return None
    return Events(records=found, error=error, complete=complete) if count else None


def _found(answer: Response, word: str) -> Comparison:
    found = _records(answer)
    return _records_are(found.split() == [word.encode()], answer, found)


def _counted(answer: Response) -> Comparison:
    found = _records(answer)
    digits = bytes(each for each in found.partition(b":")[2] if chr(each).isdigit())
    return _records_are(digits == b"3", answer, found)


def _records_are(right: bool, answer: Response, found: bytes) -> Comparison:
    absent = Outcome.WRONG if found else Outcome.IGNORED
    return holds(right, f"{answer.describe()} {_said(found)}", answer, otherwise=absent)


def _records(answer: Response) -> bytes:
    said = events(answer) if answer.ok else None
    return said.records if said else b""


def _said(found: bytes) -> str:
    return "with no records" if not found else f"with {found[:60]!r}"
