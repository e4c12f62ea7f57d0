"""What can go wrong with storage classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from conformance.serve.http import Answer, Request, error
from tests.mutants.damages.damage import Line, anywhere, shown_by
from tests.mutants.damages.metadata import is_get
from tests.mutants.damaging import (
    Behind,
    edited,
    headed,
    is_head,
    lenient,
    shifted,
    told_anyway,
    when,
)
from tests.mutants.object_faults import keeping

HEADER: Final = "x-amz-storage-class"
STANDARD: Final = f".*/(STANDARD|{HEADER})"
OTHERS: Final = ".*/(STANDARD_IA|ONEZONE_IA|INTELLIGENT.*|GLACIER_IR|REDUCED.*)"
LISTED: Final = rb"<StorageClass>[^<]*"


def _as_named(request: Request, behind: Behind) -> Answer:
    """A class that does not exist is stored and returned."""
    if request.header(HEADER) == "S3_CONFORMANCE":
        behind.memory[request.path] = True
        return behind.ask(request.without(HEADER))
    answer = behind.ask(request)
    named = is_head(request) and request.path in behind.memory
    return answer.with_headers(x_amz_storage_class="S3_CONFORMANCE") if named else answer


def _not_if(value: str) -> Callable[[Request, Behind], Answer]:
    """A value of the header is refused as not implemented."""

    def respond(request: Request, behind: Behind) -> Answer:
        if request.method == "PUT" and request.header(HEADER) == value:
            return error(501, "NotImplemented", "x-amz-storage-class")
        return behind.ask(request)

    return respond


LINES: Final[tuple[Line, ...]] = (
    (OTHERS, shown_by("class", anywhere("another class", headed(HEADER, "GLACIER")))),
    (OTHERS, shown_by("listed", anywhere("listed as STANDARD",
        edited(LISTED, b"<StorageClass>STANDARD")))),
    (OTHERS, shown_by("listed", anywhere("no class in listings",
        edited(rb"<StorageClass>[^<]*</StorageClass>", b"")))),
    (OTHERS, shown_by("by-head", anywhere("not in a HEAD", when(is_head, headed(HEADER, None))))),
    (OTHERS, shown_by("by-get", anywhere("not in a GET", when(is_get, headed(HEADER, None))))),
    (OTHERS, shown_by("bytes", anywhere("other bytes", when(is_get, shifted)))),
    (STANDARD, shown_by("head", anywhere("another class in a HEAD", when(is_head,
        told_anyway(HEADER, "GLACIER"))))),
    (STANDARD, shown_by("standard-not-returned", anywhere("STANDARD in a HEAD", when(is_head,
        told_anyway(HEADER, "STANDARD"))))),
    (STANDARD, shown_by("listing", anywhere("another class in listings",
        edited(LISTED, b"<StorageClass>GLACIER")))),
    (STANDARD, shown_by("bytes", anywhere("other bytes", when(is_get, shifted)))),
    (STANDARD, shown_by("unknown-class", anywhere("any class is STANDARD", lenient(HEADER)))),
    (STANDARD, shown_by("unknown-class-code", anywhere("another code", when(
        lambda r: r.header(HEADER) == "S3_CONFORMANCE", lambda r, b: error(400, "BadRequest"))))),
    (f".*/{HEADER}", shown_by("lower-case-refused", anywhere("small letters too", when(
        lambda r: (r.header(HEADER) or "").islower(), lenient(HEADER))))),
    (f"PutObject/{HEADER}", shown_by("overwritten", anywhere("the class of the object before",
        keeping(HEADER)))),
    (f".*/{HEADER}", shown_by("unknown-class-refused", anywhere("any class, as it is named",
        _as_named))),
    (f"PutObject/(STANDARD|{HEADER})", shown_by("empty-value", anywhere("501 for an empty class",
        _not_if("")))),
)  # fmt: skip
