"""What can go wrong with configurations that are stored: they are not carried out, or wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, anywhere, shown_by
from tests.mutants.damaging import Behind, Respond, answering, headed, is_head, when

SSE: Final = "x-amz-server-side-encryption"
EXPIRATION: Final = "x-amz-expiration"
MARKER: Final = "x-amz-delete-marker"


def _on_key(request: Request) -> bool:
    return request.path.strip("/").count("/") > 0


def _preflight(request: Request) -> bool:
    return request.method == "OPTIONS"


def _reading(request: Request) -> bool:
    return request.method == "GET" and _on_key(request)


def _version(request: Request) -> bool:
    return _reading(request) and "versionId" in request.parameters


def _current(request: Request) -> bool:
    return _reading(request) and "versionId" not in request.parameters


# CORS.


def _rules_stay(request: Request, behind: Behind) -> Answer:
    """What a preflight was answered it is answered again."""
    answer = behind.ask(request)
    if _preflight(request):
        return (
            behind.memory.setdefault(request.path, answer)
            if answer.status == 200
            else (behind.memory.get(request.path) or answer)
        )
    return answer


# Versions.


def _all_gone(request: Request, behind: Behind) -> Answer:
    """A deletion takes all versions along."""
    if request.method == "DELETE":
        behind.memory[request.path] = True
    gone = _version(request) and request.path in behind.memory
    return Answer(status=404) if gone else behind.ask(request)


def _first_for_ever(request: Request, behind: Behind) -> Answer:
    """Who names no version reads the first."""
    answer = behind.ask(request)
    if request.method == "PUT" and _on_key(request):
        behind.memory.setdefault(request.path, request.body)
    first: bytes | None = behind.memory.get(request.path)
    right = _current(request) and answer.status == 200 and first is not None
    return replace(answer, body=first or b"") if right else answer


def _latest(request: Request, behind: Behind) -> Answer:
    """Who names a version reads the latest."""
    return behind.ask(request.without("versionId") if _version(request) else request)


def _one_version(request: Request, behind: Behind) -> Answer:
    """The status is returned, and no version is ever kept."""
    if "versioning" not in request.parameters:
        return behind.ask(request)
    if request.method == "PUT":
        behind.memory[request.path] = request.body
        return Answer(status=200)
    body: bytes = behind.memory.get(request.path, b"<VersioningConfiguration/>")
    return Answer(status=200, body=body)


def _unmarked(request: Request, behind: Behind) -> Answer:
    """A deleted key is still read."""
    answer = behind.ask(request)
    if request.method == "PUT" and answer.status == 200:
        behind.memory[request.path] = request.body
    gone = _current(request) and answer.status == 404 and request.path in behind.memory
    return Answer(status=200, body=behind.memory[request.path]) if gone else answer


def _once_suspended(respond: Respond) -> Respond:
    """Done to objects from when versioning is suspended."""

    def later(request: Request, behind: Behind) -> Answer:
        if "versioning" in request.parameters and request.method == "PUT":
            behind.memory["suspended"] = b">Suspended<" in request.body
        suspended = _on_key(request) and behind.memory.get("suspended")
        return respond(request, behind) if suspended else behind.ask(request)

    return later


def _null_stays(request: Request, behind: Behind) -> Answer:
    """Of objects whose version is null the first stays."""
    if request.method == "PUT":
        behind.memory.setdefault(f"null {request.path}", request.body)
    answer = behind.ask(request)
    if request.parameters.get("versionId") == "null" and answer.status == 200:
        return replace(answer, body=behind.memory.get(f"null {request.path}", answer.body))
    return answer


def _versioned(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    if request.method != "PUT":
        return answer
    kept = tuple((n, v) for n, v in answer.headers if n.lower() != "x-amz-version-id")
    return replace(answer, headers=(*kept, ("x-amz-version-id", "abcdefgh")))


def _missing_version(request: Request, behind: Behind) -> Answer:
    lost = _version(request) and request.parameters["versionId"] != "null"
    return Answer(status=404) if lost else behind.ask(request)


# Encryption, lifecycle.


def _sse(value: str, of_request: bool | None = None) -> Respond:
    """HEAD says otherwise of objects with this algorithm."""

    def respond(request: Request, behind: Behind) -> Answer:
        if request.method == "PUT" and _on_key(request):
            own = request.header(SSE) is not None
            behind.memory[request.path] = own
            if of_request and own:
                return behind.ask(request.without(SSE))
        answer = behind.ask(request)
        own = bool(behind.memory.get(request.path))
        right = is_head(request) and answer.header(SSE) == value and not own
        return headed(SSE, None)(request, replace_ask(behind, answer)) if right else answer

    return respond


def replace_ask(behind: Behind, answer: Answer) -> Behind:
    """The same, with this answer to everything."""
    return replace(behind, ask=lambda _: answer)


def _expires(where: str, how: Callable[[str | None], str | None], *methods: str) -> Respond:
    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        if request.method not in methods or where not in request.path or not _on_key(request):
            return answer
        end = how(answer.header(EXPIRATION))
        kept = tuple((n, v) for n, v in answer.headers if n.lower() != EXPIRATION)
        return replace(answer, headers=(*kept, *(((EXPIRATION, end),) if end else ())))

    return respond


END: Final = 'expiry-date="Fri, 23 Dec 2050 00:00:00 GMT", rule-id="x"'
VERSIONING: Final = "PutBucketVersioning"
ENCRYPTION: Final = "PutBucketEncryption"
LIFECYCLE: Final = "PutBucketLifecycleConfiguration"


def _versions(check: str, name: str, respond: Respond) -> Line:
    return VERSIONING, shown_by(check, anywhere(name, respond))


LINES: Final[tuple[Line, ...]] = (
    ("DeleteBucketCors", shown_by("preflight-after", anywhere("rules stay", _rules_stay))),
    _versions("two-versions", "no version is kept", _one_version),
    _versions("older-version", "the latest whatever is named", _latest),
    _versions("latest-version", "the first whatever came later", _first_for_ever),
    _versions("delete-marker", "no marker is told", when(
        lambda r: r.method == "DELETE", headed(MARKER, None))),
    _versions("behind-marker", "a deleted key is read", _unmarked),
    _versions("kept-behind-marker", "a deletion takes all versions", _all_gone),
    _versions("null-version", "versions are kept on", _once_suspended(_versioned)),
    _versions("kept-after-suspension", "versions are dropped", _once_suspended(_missing_version)),
    _versions("null-replaced", "the first null stays", _once_suspended(_null_stays)),
    _versions("marker-on-404", "no marker on 404", when(
        lambda r: r.method == "GET", answering(lambda a: a.with_headers(x_amz_delete_marker=None)
                                               if a.header(MARKER) else a, 404))),
    (ENCRYPTION, shown_by("aes256-applied", anywhere("AES256 is never applied", _sse("AES256")))),
    (ENCRYPTION, shown_by("kms-applied", anywhere("aws:kms is never applied", _sse("aws:kms")))),
    (ENCRYPTION, shown_by("request-wins", anywhere("the default wins", _sse("none", True)))),
    (LIFECYCLE, shown_by("expiration", anywhere("never shown", _expires(
        "", lambda _: None, "HEAD", "PUT")))),
    (LIFECYCLE, shown_by("expiration", anywhere("of another rule", _expires(
        "", lambda v: v and END, "HEAD")))),
    (LIFECYCLE, shown_by("expiration-elsewhere", anywhere("of every object", _expires(
        "", lambda v: v or END, "PUT")))),
    (LIFECYCLE, shown_by("expiration-on-put", anywhere("HEAD only", _expires(
        "", lambda _: None, "PUT")))),
)  # fmt: skip
