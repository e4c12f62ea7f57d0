"""What can go wrong with locks, ACLs and policies beside the usual request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from conformance.subjects.locked_versions import ENABLED, HOLD, MODE
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    edited,
    is_head,
    when,
)
from tests.mutants.others import asks_acl, unsigned

CANNED: Final = "(PutBucketAcl|CreateBucket|PutObject|CreateMultipartUpload|CopyObject)/x-amz-acl"
TAKEN: Final = Answer(status=200)


def _of_object(request: Request) -> bool:
    return "/" in request.path.strip("/")


def _puts(topic: str) -> Callable[[Request], bool]:
    return lambda r: r.method == "PUT" and topic in r.parameters


def _line(row: str, check: str, name: str, respond: Respond) -> Line:
    return row, shown_by(check, wrong(name, respond))


def _everywhere(row: str, check: str, name: str, respond: Respond) -> Line:
    return row, shown_by(check, anywhere(name, respond))


def _no_default_beside_hold(request: Request, behind: Behind) -> Answer:
    """What comes with a legal hold, even OFF, gets no default retention."""
    if request.method == "PUT" and _of_object(request) and not request.parameters:
        alone = request.header(HOLD) is not None and request.header(MODE) is None
        behind.memory[request.path] = alone
    answer = behind.ask(request)
    if not is_head(request) or not behind.memory.get(request.path):
        return answer
    lock = "x-amz-object-lock-"
    kept = tuple((n, v) for n, v in answer.headers if not n.lower().startswith(lock))
    return replace(answer, headers=kept)


def _weaker_mode(request: Request, behind: Behind) -> Answer:
    """COMPLIANCE may be made GOVERNANCE."""
    if b">COMPLIANCE<" in request.body:
        behind.memory[request.path] = True
    weaker = b">GOVERNANCE<" in request.body and request.path in behind.memory
    answer = behind.ask(request)
    return replace(answer, status=200, body=b"") if weaker else answer


def _undone(test: Callable[[Request], bool]) -> Respond:
    """What is refused to some requests is done."""
    return when(test, lambda r, b: a if (a := b.ask(r)).status < 400 else TAKEN)


def _listed_without_prefix(request: Request, behind: Behind) -> Answer:
    """A condition on the prefix holds where there is none."""
    if b"s3:prefix" in request.body:
        behind.memory["condition"] = True
    whole = request.method == "GET" and not _of_object(request) and not request.parameters
    if "condition" in behind.memory and unsigned(request) and whole:
        return Answer(status=200, body=b"<ListBucketResult></ListBucketResult>")
    return behind.ask(request)


LINES: Final[tuple[Line, ...]] = (
    _everywhere(CANNED, "owner-keeps", "the owner's grant is replaced", when(asks_acl, edited(
        rb"<Grant>(?:(?!</Grant>).)*FULL_CONTROL</Permission>\s*</Grant>", b""))),
    _everywhere("PutObjectLockConfiguration", "default-beside-hold", "not beside a legal hold",
                _no_default_beside_hold),
    _line("PutObjectRetention", "compliance", "COMPLIANCE becomes GOVERNANCE", _weaker_mode),
    _everywhere(f"CreateBucket/{ENABLED}", "suspended-code", "400", when(
        _puts("versioning"), another_status(409, 400))),
    _everywhere("PutPublicAccessBlock", "blocks-public-acls", "of new objects alone", _undone(
        _puts("acl"))),
    _everywhere("PutBucketOwnershipControls", "enforced-refuses-acls", "of new objects alone",
                _undone(_puts("acl"))),
    _everywhere("PutBucketPolicy|Policy/allow-and-deny", "other-listing",
                "no prefix is any prefix", _listed_without_prefix),
)  # fmt: skip
