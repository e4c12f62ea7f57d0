"""What can go wrong with user-defined metadata, where a table has a row for it."""

from __future__ import annotations

from typing import Final

from conformance.probes.user_metadata import COPIED, DIRECTIVE, NAME, OTHER
from conformance.serve.http import Request
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damages.metadata import is_get
from tests.mutants.damaging import (
    asking,
    headed,
    stored_differently,
    when,
    with_header,
)
from tests.mutants.object_faults import keeping


def _merged(request: Request) -> Request:
    replaces = request.header(DIRECTIVE) == "REPLACE"
    return with_header(request, COPIED, "yes") if replaces else request


def _replaced(request: Request) -> Request:
    return with_header(request, DIRECTIVE, "REPLACE")


ANY: Final = r"x-amz-meta-\*"
LINES: Final[tuple[Line, ...]] = (
    (f".*/{ANY}", shown_by("stored", wrong("another value", stored_differently(NAME, "no")))),
    (f".*/{ANY}", shown_by("by-get", anywhere("by HEAD only", when(is_get, headed(NAME, None))))),
    (f".*/{ANY}", shown_by("all-of-them", wrong("the first one alone", asking(
        lambda r: r.without(OTHER))))),
    (f".*/{ANY}", shown_by("all-of-them", wrong("up to a comma", asking(
        lambda r: with_header(r, OTHER, (r.header(OTHER) or "").partition(",")[0]))))),
    (f".*/{ANY}", shown_by("all-of-them", anywhere("decoded when it is read", headed(
        OTHER, lambda v: v.replace("%41", "A"))))),
    (f"PutObject/{ANY}", shown_by("overwritten", anywhere("the old object's metadata",
        keeping(NAME)))),
    (f"CopyObject/{ANY}", shown_by("in-place-of-the-source-s", wrong("merged", asking(_merged)))),
    (f"CopyObject/{ANY}", shown_by("not-by-default", wrong("as with REPLACE",
        asking(_replaced)))),
)  # fmt: skip
