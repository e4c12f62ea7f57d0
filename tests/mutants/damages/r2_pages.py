"""What can go wrong with what R2's other pages promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from tests.mutants.assembling import is_completion, is_creation
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damages.errors import refusing
from tests.mutants.damaging import (
    Behind,
    Respond,
    edited,
    headed,
    is_head,
    one_short,
    reads,
    short,
    strict,
    when,
)
from tests.mutants.forging import done_and_refused, is_presigned, taken

SIGNATURE: Final = "SignatureDoesNotMatch"
CONDITIONS: Final = ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")
HEADERS: Final = (*CONDITIONS, *(f"cf-copy-destination-{name.lower()}" for name in CONDITIONS))
COPY: Final = "CopyObject/cf-copy-destination-"
ANY: Final = f"(CreateMultipartUpload|CompleteMultipartUpload|CopyObject)/If-.*|{COPY}.*"
WRITTEN: Final = f"(CompleteMultipartUpload|CopyObject)/If-.*|{COPY}.*"
MATCH: Final = f"(C.*MultipartUpload|CopyObject)/If-Match|{COPY}if-match"
NONE: Final = f"(C.*MultipartUpload|CopyObject)/If-None-Match|{COPY}if-none-match"
MODIFIED: Final = f"C.*MultipartUpload/If-Modified-Since|{COPY}if-modified-since"
UNMODIFIED: Final = f"C.*MultipartUpload/If-Unmodified-Since|{COPY}if-unmodified-since"
CREATING: Final = "(PutObject|CreateMultipartUpload)/cf-create-bucket-if-missing"
BUCKETS: Final = "ListBuckets/(prefix|start-after|max-keys)"
TOKEN: Final = "ListBuckets/continuation-token"
ALLOWED: Final = "Access-Control-Allow-Origin"
HTTP: Final = "HTTP"
M: Final = "MultipartRules"
C: Final = "Consistency"
served: Final = refusing(lambda answer: Answer(status=200))


def carries(name: str, value: str = "") -> Callable[[Request], bool]:
    """Whether a request has a header, in whose value the text is."""
    return lambda request: value in (request.header(name) or "") and name.lower() in request.names


def conditional(request: Request) -> bool:
    return any(name.lower() in request.names for name in HEADERS)


def _any_tag(request: Request) -> bool:
    return any("*" in (request.header(name) or "") for name in HEADERS)


def _unheeded(request: Request, behind: Behind) -> Answer:
    return behind.ask(request.without(*HEADERS))


def _done_and_refused(request: Request, behind: Behind) -> Answer:
    """What a condition forbids is done, and refused."""
    answer = behind.ask(request)
    if conditional(request) and answer.status in (404, 412):
        behind.ask(replace(request.without(*HEADERS, "uploads", "uploadId", "x-amz-copy-source"),
                           method="PUT"))  # fmt: skip
    return answer


def _nodded_at(request: Request, behind: Behind) -> Answer:
    """A write whose condition is true is nodded at."""
    if is_creation(request):
        return behind.ask(request)
    copy = replace(request, method="HEAD", body=b"").without("uploadId", "x-amz-copy-source")
    answer = behind.ask(copy.without(*HEADERS))
    changed = behind.ask(request) if answer.status == 404 else None
    return changed or Answer(status=200, body=b"<Result><ETag>0</ETag></Result>")


def _list_query(name: str) -> Respond:
    """What a header of ListBuckets says is not heeded where the query says something."""
    return lambda request, behind: behind.ask(
        request.without(f"cf-{name}") if name in request.parameters else request
    )


def parameter(name: str) -> Callable[[Request], bool]:
    return lambda request: name in request.parameters


def _buckets(request: Request) -> bool:
    return request.path == "/"


def _once(request: Request, behind: Behind) -> Answer:
    """A URL is good once."""
    if not is_presigned(request) or request.method != "GET":
        return behind.ask(request)
    answer = behind.ask(request)
    if answer.status == 200 and behind.memory.setdefault(request.path, 0) >= 1:
        return error(403, "AccessDenied")
    behind.memory[request.path] = behind.memory.get(request.path, 0) + (answer.status == 200)
    return answer


def refused(_: Request, __: Behind) -> Answer:
    return error(412, "PreconditionFailed")


def _first_alone(request: Request, behind: Behind) -> Answer:
    """One upload is completed, and no other."""
    if not is_completion(request):
        return behind.ask(request)
    first = behind.memory.setdefault("first", request.target)
    return behind.ask(request) if request.target == first else refused(request, behind)


def _second_error(request: Request, behind: Behind) -> Answer:
    """The second completion of an upload breaks."""
    if not is_completion(request):
        return behind.ask(request)
    known = behind.memory.setdefault("completed", set())
    if request.target in known:
        return Answer(status=500)
    known.add(request.target)
    return behind.ask(request)


def _bucket_alone(request: Request, behind: Behind) -> Answer:
    """The bucket is created, and nothing else is done."""
    answer = behind.ask(request)
    creating = carries("cf-create-bucket-if-missing")(request) and answer.status == 200
    if creating and request.method == "PUT":
        behind.ask(replace(request, method="DELETE", body=b""))
    return replace(answer, body=b"") if creating else answer


def _new_alone(request: Request, behind: Behind) -> Answer:
    """A bucket that is there already is in the way."""
    kept = tuple(it for it in request.headers if it[0].lower() in ("host", "authorization"))
    bucket = f"/{request.path.split('/')[1]}"
    head = behind.ask(Request(method="HEAD", target=bucket, headers=kept, body=b""))
    return error(409, "BucketAlreadyExists") if head.status == 200 else behind.ask(request)


LINES: Final[tuple[Line, ...]] = (
    # Conditions on what a key holds.
    (MATCH, shown_by("own-etag", wrong("no ETag is the same", when(conditional, strict())))),
    (MATCH, shown_by("missing-object", wrong("creates it", when(conditional, _unheeded)))),
    (MATCH, shown_by("replaced-etag", wrong("any ETag", when(conditional, _unheeded)))),
    (NONE, shown_by("replaced-etag", wrong("every ETag is the same", when(
        lambda r: conditional(r) and not _any_tag(r), strict())))),
    (NONE, shown_by("own-etag", wrong("* alone is known", when(
        lambda r: not _any_tag(r), _unheeded)))),
    (NONE, shown_by("any-object", wrong("* is not known", when(_any_tag, _unheeded)))),
    (NONE, shown_by("new-object", wrong("nothing is new", when(_any_tag, strict())))),
    (MODIFIED, shown_by("earlier-date", wrong("never modified", when(conditional, strict())))),
    (UNMODIFIED, shown_by("own-date", wrong("always modified", when(conditional, strict())))),
    (ANY, shown_by("unchanged-after-412", wrong("written and refused", _done_and_refused))),
    (WRITTEN, shown_by("written", wrong("nodded at", when(conditional, _nodded_at)))),
    (ANY, shown_by("error-code", wrong("another code",
        refusing(lambda a: replace(a, body=a.body.replace(
            b"PreconditionFailed", b"Failed")))))),
    (f"{C}/if-match-on-a-missing-key", shown_by("any-object", wrong("* creates",
        when(_any_tag, _unheeded)))),
    (f"{C}/if-match-on-a-missing-key", shown_by("etag", wrong("creates",
        when(lambda r: not _any_tag(r), _unheeded)))),
    (f"{C}/if-match-on-a-missing-key", shown_by("nothing-stored", wrong("created and refused",
        _done_and_refused))),
    (f"{C}/if-modified-since-on-a-missing-key", shown_by("nothing-stored",
        wrong("created and refused, too", when(reads, served)))),
    (f"{C}/if-modified-since-on-a-missing-key", shown_by("refused", wrong("creates", _unheeded))),
    (f"{C}/list-of-etags", shown_by("one-of-them", wrong("one ETag alone",
        when(carries("If-Match", ","), strict())))),
    (f"{C}/list-of-etags", shown_by("none-of-them", wrong("any list",
        when(carries("If-Match", ","), _unheeded)))),
    (f"{C}/list-of-etags", shown_by("none-match", wrong("no list of others",
        when(carries("If-None-Match"), _unheeded)))),
    (f"{C}/list-of-etags", shown_by("any-object", wrong("no *", when(_any_tag, refused)))),
    (f"{C}/every-condition", shown_by("one-false", wrong("the first decides",
        lambda r, b: b.ask(r.without("If-Unmodified-Since") if carries("If-Match")(r) else r)))),
    (f"{C}/every-condition", shown_by("both-true", wrong("no two",
        when(carries("If-Match"), strict())))),
    (f"{C}/every-condition", shown_by("date-alone", wrong("no date alone",
        when(lambda r: not carries("If-Match")(r), _unheeded)))),
    (f"{C}/every-condition", shown_by("unchanged", wrong("written and refused",
        _done_and_refused))),
    (f"{C}/complete-at-once", shown_by("whole", wrong("cut", when(reads, short)))),
    (f"{C}/complete-at-once", shown_by("one", wrong("nobody completes", _first_alone))),
    (f"{C}/complete-at-once", shown_by("no-server-error", wrong("the second breaks",
        _second_error))),
    # Extensions.
    (CREATING, shown_by("missing", anywhere("created without it", when(
        lambda r: r.method in ("PUT", "POST"), served)))),
    (CREATING, shown_by("carried-out", anywhere("the bucket alone", _bucket_alone))),
    (CREATING, shown_by("existing", wrong("new ones alone", _new_alone))),
    ("CopyObject/MERGE", shown_by("replaced", anywhere("the source's value", when(reads,
        headed("x-amz-meta-both", "of-source"))))),
    ("CopyObject/MERGE", shown_by("merged", anywhere("REPLACE", when(reads,
        headed("x-amz-meta-kept", None))))),
    ("CopyObject/MERGE", shown_by("merged", anywhere("COPY", when(reads,
        headed("x-amz-meta-added", None))))),
    ("CopyObject/MERGE", shown_by("bytes", anywhere("cut", when(reads, short)))),
    (BUCKETS, shown_by("header", anywhere("no headers", lambda r, b: b.ask(
        r.without("cf-prefix", "cf-start-after", "cf-max-keys"))))),
    *((f"ListBuckets/{name}", shown_by("header-first", anywhere("the query first",
        _list_query(name)))) for name in ("prefix", "start-after", "max-keys")),
    (TOKEN, shown_by("header", anywhere("no header", lambda r, b: b.ask(
        r.without("cf-continuation-token"))))),
    (f"{HTTP}/list-buckets-truncated", shown_by("headers", wrong("no headers",
        headed("cf-is-truncated", None)))),
    (f"{HTTP}/list-buckets-truncated", shown_by("body", wrong("no token",
        edited(rb"<NextContinuationToken>.*?</NextContinuationToken>", b"")))),
    (f"{HTTP}/list-buckets-truncated", shown_by("whole", wrong("always more",
        edited(rb"<IsTruncated>false", rb"<IsTruncated>true")))),
    ("PutObject/x-amz-checksum-sha256", shown_by("returned", anywhere("not returned",
        when(is_head, headed("x-amz-checksum-sha256", None))))),
    ("PutObject/x-amz-checksum-sha256", shown_by("nothing-stored", wrong("stored and refused",
        done_and_refused))),
    ("PutObject/x-amz-checksum-sha256", shown_by("bytes", anywhere("cut", when(reads, short)))),
    # Presigned URLs.
    ("Presigned/other-(?!host).*", shown_by("refused", wrong("any URL", taken(SIGNATURE)))),
    ("Presigned/other-.*", shown_by("unchanged", wrong("cut", when(is_presigned, short)))),
    ("Presigned/other-.*", shown_by("code", wrong("another code", refusing(
        lambda a: replace(a, body=a.body.replace(b"SignatureDoesNotMatch", b"AccessDenied")))))),
    ("Presigned/used-again", shown_by("again", wrong("good once", _once))),
    ("Presigned/used-again", shown_by("other-signature", wrong("any signature",
        taken(SIGNATURE)))),
    ("Presigned/ListObjectsV2", shown_by("listed", wrong("one short", one_short("Contents")))),
    ("Presigned/ListObjectsV2", shown_by("other-prefix", wrong("any prefix", taken(SIGNATURE)))),
    ("Presigned/ListObjectsV2", shown_by("buckets", wrong("no buckets",
        when(_buckets, when(is_presigned, strict(501, "NotImplemented")))))),
    ("Presigned/ListObjectsV2", shown_by("code", wrong("400 for 403",
        when(is_presigned, refusing(lambda a: replace(a, status=400)))))),
)  # fmt: skip
