"""What can go wrong where the requester pays."""

from __future__ import annotations

from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, anywhere, or_ignored, shown_by
from tests.mutants.damaging import Behind, carrying, denied, headed, strangers, when, with_header
from tests.mutants.others import admitting, recoded, unsigned, valued

PAYER: Final = "x-amz-request-payer"
SOURCES: Final = "(CopyObject|UploadPartCopy)/x-amz-request-payer"


def _free(request: Request, behind: Behind) -> Answer:
    """Somebody else counts as one who pays."""
    return behind.ask(with_header(request, PAYER, "requester"))


LINES: Final[tuple[Line, ...]] = (
    (f".*/{PAYER}", or_ignored(
        "nobody is ever refused", anywhere("others are served free", strangers(_free)))),
    (f".*/{PAYER}", shown_by("admitted-by-acl", anywhere(
        "others are served free", strangers(_free)))),
    (f".*/{PAYER}", or_ignored("nobody is let in", anywhere(
        "whoever pays is refused", strangers(when(carrying(PAYER), denied))))),
    (SOURCES, shown_by("paid-source", anywhere(
        "the source is free", strangers(when(carrying("x-amz-copy-source"), _free))))),
    (f".*/{PAYER}", shown_by("refusal-code", anywhere(
        "another code", strangers(recoded(403))))),
    (f".*/{PAYER}", shown_by("charged", anywhere(
        "not reported", headed("x-amz-request-charged", None)))),
    (f"(GetObject|PutObject|ListObjectsV2)/{PAYER}", shown_by("unsigned", anywhere(
        "nobody need sign", admitting(lambda r, _: unsigned(r))))),
    (f"(GetObject|PutObject|ListObjectsV2)/{PAYER}", shown_by("another-value", anywhere(
        "any value counts", valued(PAYER, "nobody", "requester")))),
)  # fmt: skip
