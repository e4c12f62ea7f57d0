"""What can go wrong with operations on objects that few servers have."""

from __future__ import annotations

from typing import Final

from conformance.serve.http import Request
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damages.metadata import is_get
from tests.mutants.damaging import (
    another_status,
    answering,
    edited,
    empty_result,
    headed,
    is_head,
    shifted,
    when,
)
from tests.mutants.object_faults import another_code

ATTRIBUTES: Final = "x-amz-object-attributes"


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
