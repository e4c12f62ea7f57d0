"""Queries on the content of an object.

What counts as proof. Of three lines just the one comes back that the query asks for, and their
number is told right; a query that is no SQL is refused. The answer is a stream of events, each with
two checksums.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_SelectObjectContent.html
"""

from __future__ import annotations

import struct
from typing import Final

from botocore.eventstream import EventStreamBuffer, ParserError

from conformance.configuration import document, nonce
from conformance.judge import Proof, Seen, judge, offered, refuses, shows
from conformance.lab import Lab, Stored
from conformance.operations import Call
from conformance.probing import probe
from conformance.response import Response
from conformance.verdict import Observation

CSV: Final = "<CSV><FileHeaderInfo>NONE</FileHeaderInfo></CSV>"
INPUT: Final = (
    f"<InputSerialization>{CSV}<CompressionType>NONE</CompressionType></InputSerialization>"
)


@probe("SelectObjectContent")
def select(lab: Lab) -> Observation:
    """Answer what a query finds in an object's lines, and refuse one that is no query."""
    words = [nonce(lab) for _ in range(3)]
    subject = lab.put("".join(f"{n},{word}\n" for n, word in enumerate(words)).encode())

    one = lab.treat(_query(subject, "SELECT s._2 FROM S3Object s WHERE s._1 = '1'"))
    lab.unharmed(subject)
    count = lab.effect(_query(subject, "SELECT count(*) FROM S3Object", output="JSON"))
    if not count.ok:
        offered(one)
    wrong = lab.effect(_query(subject, "HAVE s._2"))

    return judge(
        _found(one, words[1]), _counted(count), also=[refuses("with a query that is none", wrong)]
    )


def _query(subject: Stored, sql: str, output: str = "CSV") -> Call:
    body = document(
        "SelectObjectContentRequest",
        f"<Expression>{sql}</Expression><ExpressionType>SQL</ExpressionType>{INPUT}"
        f"<OutputSerialization><{output}/></OutputSerialization>",
    )
    return subject.call("SelectObjectContent", body=body)


def records(answer: Response) -> bytes | None:
    """The records in a stream of events; None where the body is no such stream."""
    buffer, found, events = EventStreamBuffer(), b"", 0
    buffer.add_data(answer.body)
    try:
        for event in buffer:
            events += 1
            if event.headers.get(":event-type") == "Records":
                found += event.payload
    except (ParserError, ValueError, KeyError, struct.error):
        return None
    return found if events else None


def _found(answer: Response, word: str) -> Proof:
    found = records(answer) if answer.ok else None
    return shows(
        found is not None and found.split() == [word.encode()],
        "a query for one line of three finds it",
        f"a query for one line of three: {answer.describe()} {_said(found)}".rstrip(),
        otherwise=Seen.WRONG if found else Seen.ABSENT,
    )


def _counted(answer: Response) -> Proof:
    found = records(answer) if answer.ok else None
    digits = bytes(each for each in (found or b"").partition(b":")[2] if chr(each).isdigit())
    return shows(
        digits == b"3",
        "their number is told as 3",
        f"their number: {answer.describe()} {_said(found)}".rstrip(),
        otherwise=Seen.WRONG if found else Seen.ABSENT,
    )


def _said(found: bytes | None) -> str:
    return "with no records" if not found else f"with {found[:60]!r}"
