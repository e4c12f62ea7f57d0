"""What can go wrong with requests that are signed in the URL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.assembling import is_part
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damages.errors import refusing
from tests.mutants.damaging import (
    headed,
    is_head,
    reads,
    short,
    strict,
    told_anyway,
    when,
)
from tests.mutants.forging import done_and_refused, is_presigned, taken

OPERATION: Final = "Presigned/(Get|Head|Put|Delete)Object"
SIGNATURE: Final = "SignatureDoesNotMatch"
WEEK: Final = "Presigned/expires-after-a-week"
DISPOSITION: Final = "Presigned/response-content-disposition"


def _expires(seconds: str) -> Callable[[Request], bool]:
    return lambda request: request.parameters.get("X-Amz-Expires") == seconds


def _is_old(request: Request) -> bool:
    """Whether a URL was signed more than five minutes ago."""
    date = request.parameters.get("X-Amz-Date", "")
    if not date:
        return False
    moment = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return moment + timedelta(minutes=5) < datetime.now(UTC)


def _unknown(request: Request, _: object) -> Answer:
    return Answer(status=403)


LINES: Final[tuple[Line, ...]] = (
    (OPERATION, shown_by("carried-out", wrong("no URL is good", when(is_presigned, _unknown)))),
    (OPERATION, shown_by("other-signature", wrong("any signature", taken(SIGNATURE)))),
    (OPERATION, shown_by("other-signature-status", wrong("400 for 403",
        when(is_presigned, refusing(lambda a: replace(a, status=400)))))),
    (OPERATION, shown_by("unchanged", wrong("carried out and refused", done_and_refused))),
    (OPERATION, shown_by("unsigned-header", wrong("any header", taken("AccessDenied")))),
    (OPERATION, shown_by("other-key", wrong("good for any key", taken(SIGNATURE, reads)))),
    ("Presigned/expired", shown_by("expired", wrong("good for ever", taken("AccessDenied")))),
    ("Presigned/expired", shown_by("before", wrong("good for five minutes", when(_is_old,
        strict(403, "AccessDenied"))))),
    ("Presigned/expired", shown_by("expired-status", wrong("400 for 403",
        when(is_presigned, refusing(lambda a: replace(a, status=400)))))),
    (WEEK, shown_by("over-a-week", wrong("good for a century",
        taken("AuthorizationQueryParametersError")))),
    (WEEK, shown_by("a-week", wrong("less than a week", when(_expires("604800"), _unknown)))),
    (WEEK, shown_by("over-a-week-status", wrong("403 for 400",
        when(is_presigned, refusing(lambda a: replace(a, status=403)))))),
    ("Presigned/signed-header", shown_by("other-value", wrong("any type", taken(SIGNATURE)))),
    ("Presigned/signed-header", shown_by("missing", wrong("no type", taken(SIGNATURE,
        lambda r: r.header("Content-Type") is None)))),
    ("Presigned/signed-header", shown_by("unchanged",
        wrong("stored and refused", done_and_refused))),
    ("Presigned/signed-header", shown_by("signed-value", wrong("another type",
        when(is_head, headed("Content-Type", "text/x-none"))))),
    (DISPOSITION, shown_by("asked-for", wrong("cut at the semicolon",
        headed("Content-Disposition", lambda v: v.partition(";")[0])))),
    (DISPOSITION, shown_by("this-once", wrong("a name for all",
        told_anyway("Content-Disposition", "inline")))),
    (DISPOSITION, shown_by("other-value", wrong("any name", taken(SIGNATURE)))),
    ("Presigned/UploadPart", shown_by("carried-out", wrong("cut", when(reads, short)))),
    ("Presigned/UploadPart", shown_by("other-signature", wrong("any signature",
        taken(SIGNATURE)))),
    ("Presigned/UploadPart", shown_by("other-part", wrong("any part", taken(SIGNATURE, is_part)))),
)  # fmt: skip
