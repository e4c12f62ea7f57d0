"""What can go wrong with the owner check, and with the code of a device."""

from __future__ import annotations

from typing import Final

from conformance.probes.bucket_owner import MALFORMED, OWNER, SOURCE_OWNER
from conformance.serve.http import Answer, Request
from conformance.subjects.left_undone import shows_it
from conformance.subjects.smallest_requests import SMALLEST
from tests.mutants.damages.damage import Line, or_ignored, shown_by, wrong
from tests.mutants.damaging import Behind, done_all_the_same, lenient

NO_OTHER_EFFECT: Final = "to refuse is all that the header does, so who never refuses ignores it"
CHANGING: Final = tuple(name for name in SMALLEST if name != "ListBuckets" and shows_it(name))


def _malformed_is_another(request: Request, behind: Behind) -> Answer:
    """An id of the wrong length is some other account's."""
    if MALFORMED in (request.header(OWNER), request.header(SOURCE_OWNER)):
        return Answer(status=403, body=b"<Error><Code>AccessDenied</Code></Error>")
    return behind.ask(request)


def _malformed_is_none(request: Request, behind: Behind) -> Answer:
    """An id of the wrong length is not looked at."""
    wrong_ = MALFORMED in (request.header(OWNER), request.header(SOURCE_OWNER))
    return behind.ask(request.without(OWNER, SOURCE_OWNER) if wrong_ else request)


LINES: Final[tuple[Line, ...]] = (
    *((f"{operation}/{OWNER}", shown_by("nothing-done", wrong(
        "refused, and done", done_all_the_same(OWNER)))) for operation in CHANGING),
    *((f"{operation}/{SOURCE_OWNER}", shown_by("nothing-done", wrong(
        "refused, and done", done_all_the_same(SOURCE_OWNER))))
      for operation in ("CopyObject", "UploadPartCopy")),
    (".*/x-amz-(source-)?expected-bucket-owner", or_ignored(NO_OTHER_EFFECT, wrong(
        "strangers are served", lenient(OWNER, SOURCE_OWNER)))),
    (f".*/{OWNER}", shown_by("malformed-id", wrong(
        "a malformed id is another's", _malformed_is_another))),
    (f".*/{OWNER}", shown_by("malformed-id", wrong("a malformed id is none", _malformed_is_none))),
)  # fmt: skip
