"""What can go wrong with requests that are signed in the URL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote

from conformance.serve.http import Answer, Request
from tests.mutants.assembling import is_part
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damages.errors import refusing
from tests.mutants.damaging import (
    Behind,
    headed,
    is_head,
    reads,
    short,
    strict,
    told_anyway,
    when,
)
from tests.mutants.forging import done_and_refused, is_presigned, plain, taken

OPERATION: Final = "Presigned/(Get|Head|Put|Delete)Object"
SIGNATURE: Final = "SignatureDoesNotMatch"
PARAMETERS: Final = "AuthorizationQueryParametersError"
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


def _is_early(request: Request) -> bool:
    """Whether a URL is signed some time from now."""
    date = request.parameters.get("X-Amz-Date", "")
    moment = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return moment > datetime.now(UTC) + timedelta(minutes=5)


def _for_another_method(request: Request, behind: Behind) -> Answer:
    """Of the URLs whose signature is refused, those but the first are good."""
    answer = behind.ask(request)
    known = b"InvalidAccessKeyId" not in answer.body
    if answer.status != 403 or not is_presigned(request) or not known:
        return answer
    seen: list[str] = behind.memory.setdefault("signatures", [])
    value = request.parameters["X-Amz-Signature"]
    if value not in seen:
        seen.append(value)
    return answer if seen.index(value) == 0 else behind.ask(plain(request))


def _any_access_key(request: Request, behind: Behind) -> Answer:
    """A URL of nobody's is that of whoever came before."""
    answer = behind.ask(request)
    if not is_presigned(request):
        return answer
    if answer.status < 300:
        behind.memory["author"] = request.parameters["X-Amz-Credential"]
        return answer
    author = behind.memory.get("author")
    if b"InvalidAccessKeyId" not in answer.body or author is None:
        return answer
    own = request.parameters["X-Amz-Credential"]
    target = request.target.replace(quote(own, safe=""), quote(author, safe=""))
    return behind.ask(plain(replace(request, target=target)))


def _like_the_author(request: Request, behind: Behind) -> Answer:
    """A URL without a signature is carried out for whom it names."""
    bare = request.without("X-Amz-Signature-")
    return behind.ask(plain(replace(bare, target=f"{bare.target}&X-Amz-Signature=0")))


def _typed(request: Request) -> bool:
    """Whether a URL comes with a type that is not signed."""
    names = request.parameters.get("X-Amz-SignedHeaders", "").lower()
    return bool(names) and request.header("Content-Type") is not None and "content-" not in names


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
    (OPERATION, shown_by("other-method", wrong("good for any method", _for_another_method))),
    ("Presigned/GetObject", shown_by("added-parameter", wrong("any parameter",
        taken(SIGNATURE, lambda r: "response-content-type" in r.parameters)))),
    ("Presigned/GetObject", shown_by("unsigned", wrong("no signature is good, too", when(
        lambda r: "X-Amz-Signature-" in r.parameters, _like_the_author)))),
    ("Presigned/GetObject", shown_by("unknown-key", wrong("anybody's", _any_access_key))),
    ("Presigned/PutObject", shown_by("unsigned-type", wrong("no header that is not signed",
        when(_typed, strict(403, SIGNATURE))))),
    ("Presigned/expired", shown_by("endless", wrong("good without end",
        taken(PARAMETERS, lambda r: "X-Amz-Expires" not in r.parameters)))),
    ("Presigned/expired", shown_by("too-early", wrong("good from before", taken("AccessDenied",
        _is_early)))),
    (WEEK, shown_by("zero", wrong("0 for no end", taken(PARAMETERS, _expires("0"))))),
    ("Presigned/expired", shown_by("expired", wrong("good for ever", taken("AccessDenied")))),
    ("Presigned/expired", shown_by("before", wrong("good for five minutes", when(_is_old,
        strict(403, "AccessDenied"))))),
    ("Presigned/expired", shown_by("expired-status", wrong("400 for 403",
        when(is_presigned, refusing(lambda a: replace(a, status=400)))))),
    (WEEK, shown_by("over-a-week", wrong("good for a century",
        taken(PARAMETERS)))),
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
