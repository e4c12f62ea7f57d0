"""What can go wrong with configurations and errors beside the usual request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    answering,
    is_head,
    told_anyway,
    when,
)
from tests.mutants.others import instead

CORS: Final = "PutBucketCors|CORS/preflight"
EXPIRATION: Final = "x-amz-expiration"
END: Final = 'expiry-date="Fri, 23 Dec 2050 00:00:00 GMT", rule-id="older"'
NO_DEFAULT: Final = "ServerSideEncryptionConfigurationNotFoundError"


def _puts(topic: str) -> Callable[[Request], bool]:
    return lambda r: r.method == "PUT" and topic in r.parameters


def _line(row: str, check: str, name: str, respond: Respond) -> Line:
    return row, shown_by(check, wrong(name, respond))


def _everywhere(row: str, check: str, name: str, respond: Respond) -> Line:
    return row, shown_by(check, anywhere(name, respond))


def _verified(request: Request) -> bool:
    return request.method == "OPTIONS" and "X-Amz-Signature" in request.parameters


def _simple(request: Request) -> bool:
    return request.method == "GET" and request.header("Origin") is not None


def _none_without_put(request: Request, behind: Behind) -> Answer:
    """A bucket whose encryption nobody put has none."""
    if _puts("encryption")(request):
        behind.memory[request.path] = True
    asked = request.method == "GET" and "encryption" in request.parameters
    if asked and request.path not in behind.memory:
        return error(404, NO_DEFAULT)
    return behind.ask(request)


def _no_status(request: Request, behind: Behind) -> Answer:
    """Where there is no policy, the status is an empty document."""
    if _puts("policy")(request):
        behind.memory[request.path] = True
    asked = request.method == "GET" and "policyStatus" in request.parameters
    if asked and request.path not in behind.memory:
        return Answer(status=200, body=b"<PolicyStatus></PolicyStatus>")
    return behind.ask(request)


def _refused_when_empty(request: Request, behind: Behind) -> Answer:
    empty = _puts("notification")(request) and b"Configuration><" not in request.body[40:]
    empty = empty and b"<Event" not in request.body
    return error(400, "MalformedXML") if empty else behind.ask(request)


LINES: Final[tuple[Line, ...]] = (
    _line("Error/KeyTooLongError", "refused", "500", another_status(400, 500)),
    _everywhere(CORS, "presigned", "a preflight is verified", when(
        _verified, lambda r, b: error(403, "SignatureDoesNotMatch"))),
    _everywhere(CORS, "on-403", "refusals tell nothing", when(_simple, answering(
        lambda a: replace(a, headers=()), 403))),
    _everywhere("PutBucketLifecycleConfiguration", "expiration-noncurrent",
                "older versions' rules count", when(
                    lambda r: is_head(r) and "older/" in r.path, told_anyway(EXPIRATION, END))),
    _everywhere("GetBucketEncryption", "default-told", "none unless it was put",
                _none_without_put),
    _line("GetBucketPolicy", "reads-back", "in lower case", answering(
        lambda a: replace(a, body=a.body.lower()))),
    _everywhere("GetBucketPolicyStatus", "no-policy", "an empty status", _no_status),
    _line("PutBucketNotificationConfiguration", "replaced", "an empty one is refused",
          _refused_when_empty),
    _line("PutBucketRequestPayment", "reads-back", "taken for CreateBucket", instead(
        _puts("requestPayment"), error(409, "BucketAlreadyOwnedByYou"))),
    _line("Error/NoSuchKey", "media-type", "bytes of no type", answering(
        lambda a: a.with_headers(content_type="application/octet-stream"), 404)),
)  # fmt: skip
