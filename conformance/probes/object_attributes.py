"""Attributes of an object and of its parts, told without its bytes.

What counts as proof. Only what was asked for is told, as it was stored. A server that does not
know the subresource answers the object itself.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.probing import (
    Proof,
    Seen,
    Stored,
    Undecided,
    Workbench,
    judge,
    offered,
    probe,
    refuses,
    shows,
)
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.subjects.listings import misnamed
from conformance.subjects.multipart import two_parts
from conformance.verdict import Observation

HEADER: Final = "x-amz-object-attributes"
# On the wire it is GetObjectAttributesResponse; the API reference has …Output.
ROOT: Final = "GetObjectAttributes"
# The API reference has the first, AWS answers the second.
COUNTS: Final = ("TotalPartsCount", "PartsCount")


@probe("GetObjectAttributes")
def attributes(bench: Workbench) -> Observation:
    """Tell just the attributes that are asked for, of the object and of its parts."""
    subject = bench.plain

    answer = offered(bench.treat(_ask(subject, "ETag", "ObjectSize")))
    size = bench.effect(_ask(subject, "ObjectSize"))
    missing = bench.effect(
        _ask(Stored(bucket=bench.bucket, key=bench.key(), body=b"", etag=""), "ETag")
    )

    if not answer.root.lower().startswith(ROOT.lower()):
        what = "the object's bytes" if answer.body == subject.body else answer.root or "no XML"
        return judge(shows(False, "", f"answers {what}"))
    return judge(
        _told(answer, subject),
        _narrowed(size),
        *_parts(bench),
        also=[refuses("a key that has no object", missing, 404), *_misnamed(answer)],
    )


def _misnamed(answer: Response) -> tuple[Proof, ...]:
    return () if answer.root.startswith(ROOT) else misnamed(answer, f"{ROOT}Response")


def _ask(subject: Stored, *names: str) -> Call:
    return subject.call("GetObjectAttributes", headers={HEADER: ",".join(names)})


def _told(answer: Response, subject: Stored) -> Proof:
    etag, size = answer.text("ETag"), answer.text("ObjectSize")
    seen = f"ETag {etag}, ObjectSize {size}"
    return shows(
        etag == subject.etag.strip('"') and size == str(len(subject.body)),
        seen,
        f"{seen} of an object with ETag {subject.etag} and {len(subject.body)} bytes",
        otherwise=Seen.WRONG,
    )


def _narrowed(answer: Response) -> Proof:
    told = sorted({element.tag for element in answer.xml})
    text = f"asked for ObjectSize alone it tells {', '.join(told) or 'nothing'}"
    return shows(told == ["ObjectSize"], text, text, otherwise=Seen.WRONG)


def _parts(bench: Workbench) -> Iterator[Proof]:
    try:
        subject = bench.shared("an object of two parts", two_parts)
    except Undecided:  # there are none where there are no uploads
        return
    answer = bench.effect(_ask(subject, "ObjectParts"))
    counts = [text for name in COUNTS if (text := answer.text(f"ObjectParts/{name}"))]
    said = counts[0] if counts else "no number"
    text = f"of an object of two parts it tells {said} of parts"
    yield shows("2" in counts, text, text, otherwise=Seen.WRONG)
