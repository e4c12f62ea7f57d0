"""System metadata: headers that are stored with an object and read back with it.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Final

from conformance.probing import Seen, Workbench, family, judge, probe, shows
from conformance.s3.operations import OperationName
from conformance.s3.response import Response
from conformance.subjects.stored_headers import head, told, write
from conformance.subjects.writes import WRITES, write_call, written
from conformance.verdict import Observation

DIRECTIVE: Final = "x-amz-metadata-directive"
# Values that no server gives an object by itself.
VALUES: Final = {
    "Content-Type": "application/x-s3-conformance",
    "Cache-Control": "max-age=4711",
    "Content-Disposition": 'attachment; filename="s3-conformance.txt"',
    "Content-Encoding": "gzip",
    "Content-Language": "rm-CH",
    "Expires": "Sat, 01 Dec 2040 16:00:00 GMT",
}
# What an object is that was not said to be anything: AWS's word, and HTTP's.
UNTYPED: Final = ("binary/octet-stream", "application/octet-stream")


@family(*VALUES, operations=WRITES)
def system_metadata(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Store the header with the object, and answer with it when the object is read.

    A copy has its source's headers unless they are to be replaced.
    """
    wrote = write(bench, operation, {feature: VALUES[feature]}, DIRECTIVE)
    subject = written(bench, bench.accepted(wrote.answer, feature))
    plain = _value(feature, bench.shared("a plain object's headers", _plain_headers))

    seen = _value(feature, head(bench, subject))
    return wrote.judge(told(feature, seen, VALUES[feature], unasked=(*UNTYPED, plain or "")))


def _plain_headers(bench: Workbench) -> Response:
    return bench.setup(bench.plain.call("HeadObject"))


def _value(feature: str, answer: Response) -> str | None:
    """The header's value; a date as we write it, for HTTP has several ways to."""
    value = answer.header(feature)
    if feature != "Expires" or value is None:
        return value
    try:
        same = parsedate_to_datetime(value) == parsedate_to_datetime(VALUES[feature])
    except (ValueError, TypeError):
        return value
    return VALUES[feature] if same else value


@probe(f"CopyObject/{DIRECTIVE}")
def metadata_directive(bench: Workbench) -> Observation:
    """With COPY, give the copy the source's metadata; with REPLACE, the request's instead."""
    source = bench.put(headers={"x-amz-meta-of-source": "yes"})
    headers = {"x-amz-copy-source": source.source, "x-amz-meta-of-request": "yes"}
    call = write_call(bench, "CopyObject", headers)

    kept, replaced = (
        head(bench, written(bench, bench.accepted(bench.treat(each), DIRECTIVE)))
        for each in (
            call.plus(headers={DIRECTIVE: "COPY"}),
            write_call(bench, "CopyObject", {**headers, DIRECTIVE: "REPLACE"}),
        )
    )

    copies, replaces = _origins(kept), _origins(replaced)
    return judge(
        shows(
            "request" in replaces - copies,
            "REPLACE takes the request's metadata, COPY does not",
            f"COPY gives {_words(copies)} metadata, REPLACE {_words(replaces)}",
            otherwise=Seen.ABSENT if copies == replaces else Seen.WRONG,
        ),
        also=[
            shows("source" in copies, "", "COPY loses the source's metadata"),
            shows("source" not in replaces, "", "REPLACE leaves the source's metadata"),
        ],
    )


def _origins(answer: Response) -> set[str]:
    return {name for name in ("source", "request") if answer.header(f"x-amz-meta-of-{name}")}


def _words(origins: set[str]) -> str:
    return " and ".join(f"the {name}'s" for name in sorted(origins)) or "no"
