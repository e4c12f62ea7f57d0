"""What can go wrong with operations on objects that few servers have."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damages.metadata import is_get
from tests.mutants.damaging import (
    another_status,
    answering,
    asking,
    carrying,
    edited,
    empty_result,
    headed,
    is_head,
    shifted,
    when,
    with_header,
)
from tests.mutants.object_faults import another_code

MARKER: Final = "x-amz-part-number-marker"
ATTRIBUTES: Final = "x-amz-object-attributes"


def _with_parts(answer: Answer) -> Answer:
    """An object of one piece is said to have one part."""
    # Nothing was found of what was asked for, so the document has no element.
    empty = rb"(<(GetObjectAttributes\w+)[^>]*?)\s*(?:/>|>\s*</\2>)"
    one = rb"\1><ObjectParts><PartsCount>1</PartsCount></ObjectParts></\2>"
    return replace(answer, body=re.sub(empty, one, answer.body))


def _asks_for_size(request: Request) -> bool:
    return request.header(ATTRIBUTES) == "ObjectSize"


LINES: Final[tuple[Line, ...]] = (
    *(("GetObjectAttributes", shown_by(check, damage)) for check, damage in (
        ("etag-and-size", wrong("another size", edited(b"<ObjectSize>", b"<ObjectSize>1"))),
        ("etag-and-size", wrong("another ETag", edited(b"<ETag>", b"<ETag>0"))),
        ("only-asked-for", wrong("more than was asked for", when(_asks_for_size, edited(
            b"</ObjectSize>", b"</ObjectSize><StorageClass>STANDARD</StorageClass>")))),
        ("parts-count", wrong("one part", edited(b"PartsCount>2<", b"PartsCount>1<"))),
        ("missing-key", wrong("200 for 404", empty_result("GetObjectAttributesOutput", 404))),
        ("missing-key", wrong("another code", another_code(b"NoSuchKey", b"NotFound"))),
        ("root", wrong("another root", edited(b"GetObjectAttributes", b"getObjectAttributes"))),
        ("last-modified", wrong("no date", headed("Last-Modified", None))),
        ("without-attributes", wrong("200 for 400", another_status(400, 200, b""))),
        ("invalid-attribute", wrong("200 for 400", another_status(400, 200, b""))),
        ("size-of-parts", wrong("the size of the first part", edited(
            rb"<ObjectSize>52429\d\d<", b"<ObjectSize>5242880<"))),
        ("unquoted-etag", wrong("an ETag with quotes", edited(
            rb"<ETag>([0-9a-f-]+)<", rb'<ETag>"\1"<'))),
        ("no-parts", wrong("parts of a plain object", answering(_with_parts))),
        ("max-parts", wrong("any number of parts", asking(
            lambda r: r.without("x-amz-max-parts")))),
        ("part-number-marker", wrong("the part that is named too", when(
            carrying(MARKER), asking(lambda r: with_header(r, MARKER, "0"))))),
        ("checksum-of-parts", wrong("no checksum", edited(
            b"<Checksum>.*?</Checksum>", b""))),
    )),
    *(("RestoreObject", shown_by(check, damage)) for check, damage in (
        ("restored", anywhere("not returned", headed("x-amz-restore", None))),
        ("not-archived", wrong("200 for 403", another_status(403, 200, b""))),
        ("not-archived-code", wrong("another code",
            another_code(b"InvalidObjectState", b"InvalidRequest"))),
        ("missing-key", wrong("202 for 404", another_status(404, 202, b""))),
        ("class-kept", anywhere("another class", when(
            is_head, answering(lambda a: a.with_headers(x_amz_storage_class="STANDARD")
            if a.header("x-amz-restore") else a)))),
        ("status", wrong("204 for 202", another_status(202, 204, b""))),
    )),
    *(("SelectObjectContent", shown_by(check, damage)) for check, damage in (
        ("invalid", wrong("200 for 400", another_status(400, 200, b""))),
    )),
    *(("PostObject", shown_by(check, damage)) for check, damage in (
        ("stored", anywhere("off by one", when(is_get, shifted))),
        ("content-type", anywhere("the file's type", when(
            is_get, headed("Content-Type", "text/plain")))),
        ("other-key", wrong("403 is 204", another_status(403, 204, b""))),
        ("expired", wrong("any refusal is 204", another_status(403, 204, b""))),
        ("wrong-signature", wrong("a signature is not checked", another_status(403, 204, b""))),
        ("too-long", wrong("400 is 204", another_status(400, 204, b""))),
        ("status", wrong("200 for 204", another_status(204, 200))),
    )),
)  # fmt: skip
