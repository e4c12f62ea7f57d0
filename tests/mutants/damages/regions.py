"""What can go wrong with the region of a bucket, and with the one that a request is signed for."""

from __future__ import annotations

import re
from typing import Final

from conformance.serve.http import Answer, Request
from conformance.subjects.strange_region import NOWHERE
from tests.mutants.damages.damage import Line, anywhere, shown_by
from tests.mutants.damaging import Behind, shifted, when, with_header
from tests.mutants.overwriting import is_read

SCOPE: Final = re.compile(r"(Credential=[^/]+/\d+/)([^/]*)/")


def _of_any_region(request: Request, behind: Behind) -> Answer:
    """A signature for a region that does not exist is taken."""
    signature = request.header("Authorization") or ""
    scope = SCOPE.search(signature)
    if scope is None or scope[2] != NOWHERE:
        return behind.ask(request)
    own = SCOPE.sub(rf"\g<1>{behind.region}/", signature)
    # Whoever signs anew looks at the scope only.
    return behind.ask(with_header(request, "Authorization", f"{own} "))


def _any_region(request: Request, behind: Behind) -> Answer:
    """A bucket in a region that does not exist is said to be there, and is where all others are."""
    where = b"<LocationConstraint>%s</LocationConstraint>" % NOWHERE.encode()
    if NOWHERE.encode() in request.body:
        behind.memory[request.path.strip("/")] = True
        return Answer(status=200)
    if request.path.strip("/") not in behind.memory:
        return behind.ask(request)
    return Answer(status=200, body=where) if request.method == "GET" else Answer(status=204)


LINES: Final[tuple[Line, ...]] = (
    ("Region/.*/signing", shown_by("other-region", anywhere("any region in a signature",
        _of_any_region))),
    ("Region/.*/LocationConstraint", shown_by("usable", anywhere("off by one", when(
        is_read, shifted)))),
    ("Region/.*/LocationConstraint", shown_by("unknown-region-refused", anywhere(
        "any region, as it is named", _any_region))),
)  # fmt: skip
