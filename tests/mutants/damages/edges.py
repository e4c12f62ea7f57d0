"""What can go wrong at the edges of tags, locks and ACLs: forms, limits, markers and versions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from conformance.subjects.grantees import EVERYBODY
from conformance.subjects.locked_versions import HOLD, MODE
from tests.mutants.configuring import complete, taken
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damages.locks import BYPASS
from tests.mutants.damaging import (
    Behind,
    Respond,
    asking,
    edited,
    headed,
    is_head,
    lenient,
    repeated,
    told_anyway,
    when,
    with_header,
)
from tests.mutants.listing_faults import refusing
from tests.mutants.others import valued

TAGGING: Final = "x-amz-tagging"
OPERATIONS: Final = "(Put|Get|Delete)ObjectTagging"
LOCKS: Final = "(ObjectRetention|ObjectLegalHold)"
ACL: Final = "PutObjectAcl"


def _line(row: str, check: str, name: str, respond: Respond) -> Line:
    return row, shown_by(check, wrong(name, respond))


def _everywhere(row: str, check: str, name: str, respond: Respond) -> Line:
    return row, shown_by(check, anywhere(name, respond))


def _body(pattern: str) -> Callable[[Request], bool]:
    found = re.compile(pattern.encode(), re.DOTALL)
    return lambda request: found.search(request.body) is not None


def _refuses(pattern: str) -> Respond:
    return lambda request, behind: (
        error(400, "InvalidTag") if _body(pattern)(request) else behind.ask(request)
    )


def _small_names(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    body = re.sub(rb"<Key>[^<]*", lambda m: b"<Key>" + m[0][5:].lower(), answer.body)
    return replace(answer, body=body)


def _cut(request: Request) -> bool:
    return bool(request.body) and not complete(request)


def _header(value: str) -> Callable[[Request], bool]:
    found = re.compile(value)
    return lambda request: found.search(request.header(TAGGING) or "") is not None


def _with_the_other(request: Request, behind: Behind) -> Answer:
    """Whoever puts one lock takes the other off."""
    answer = behind.ask(request)
    lock = {"retention": "legal-hold", "legal-hold": "retention"}
    for name, other in lock.items():
        if request.method == "PUT" and name in request.parameters and answer.status < 300:
            behind.memory[request.target.replace(name, other)] = True
    gone = request.method == "GET" and request.target in behind.memory
    return error(404, "NoSuchObjectLockConfiguration") if gone else answer


def _metadata_lost(request: Request, behind: Behind) -> Answer:
    """An object whose ACL is put loses its metadata."""
    if request.method == "PUT" and "acl" in request.parameters:
        behind.memory[request.path] = True
    bare = request.path in behind.memory and is_head(request)
    return headed("x-amz-meta-kept", None)(request, behind) if bare else behind.ask(request)


def _any_bucket(request: Request, behind: Behind) -> Answer:
    """A lock is enabled in a bucket that keeps no versions."""
    answer = behind.ask(request)
    return Answer(status=200) if answer.status in (400, 409) and complete(request) else answer


def _no_more_versions(request: Request, behind: Behind) -> Answer:
    """A key whose version is locked takes no other, or is not deleted either."""
    locks = any(name.startswith("x-amz-object-lock-") for name in request.names)
    key = request.method in ("PUT", "DELETE") and not request.parameters
    if key and not locks and request.path in behind.memory:
        return error(403, "AccessDenied")
    if request.method == "PUT" and locks:
        behind.memory[request.path] = True
    return behind.ask(request)


def _as_unlocked(request: Request, behind: Behind) -> Answer:
    """Nothing is locked in a bucket without object lock: that is no reason to refuse."""
    answer = behind.ask(request)
    return error(404, "NoSuchObjectLockConfiguration") if answer.status == 400 else answer


def _of_markers(status: int, code: str) -> Respond:
    """A delete marker is as good as no key."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        return error(status, code) if answer.status == 405 else answer

    return respond


def _never_removed(request: Request, behind: Behind) -> Answer:
    empty = request.method == "PUT" and b"<Mode>" not in request.body
    bypassing = request.header(BYPASS) == "true" and empty and complete(request)
    return error(400, "MalformedXML") if bypassing else behind.ask(request)


LINES: Final[tuple[Line, ...]] = (
    # Tags.
    *(_line("PutObjectTagging", check, name, respond) for check, name, respond in (
        ("ten-tags", "no name of 128", _refuses("n{128}")),
        ("ten-tags", "no value of 256", _refuses("v{256}")),
        ("odd-tag", "no @ in a tag", _refuses("@")),
        ("reserved-name", "aws: is taken", taken(_body("<Key>aws:"))),
        ("forbidden-letter", "a comma is taken", taken(_body("<Key>[^<]*,"))),
        ("no-name", "no name is taken", taken(_body(r"<Tag>\s*<Value>"))),
        ("malformed-body", "half a body is taken", taken(_cut)),
        ("empty-set", "no empty set", _refuses(r"<TagSet>\s*</TagSet>|<TagSet ?/>")),
    )),
    _line(OPERATIONS, "version-told", "no version", headed("x-amz-version-id", None)),
    _line(OPERATIONS, "version-told", "another version", headed("x-amz-version-id", "other")),
    _everywhere("DeleteObjectTagging", "count-gone", "counted still", when(is_head, told_anyway(
        "x-amz-tagging-count", "2"))),
    *(_line(f"PutObject/{TAGGING}", check, name, respond) for check, name, respond in (
        ("name-alone", "a name alone is none", asking(lambda r: with_header(
            r, TAGGING, re.sub("&alone(?=&|$)", "", r.header(TAGGING) or "")))),
        ("reserved-name", "aws: is taken", when(_header("aws:"), lenient(TAGGING))),
        ("long-value", "any length is taken", when(_header("v{257}"), lenient(TAGGING))),
    )),
    _line("GetObjectTagging", "several", "names in small letters", _small_names),
    # Markers.
    _line(f"{OPERATIONS}|(Put|Get)({LOCKS}|ObjectAcl)", "delete-marker", "404 of a marker",
        _of_markers(404, "NoSuchKey")),
    # Locks.
    _line("PutObjectRetention", "mode-case", "any case of a mode", taken(_body(">governance<"))),
    _line("PutObjectLegalHold", "status-case", "any case of a status", taken(_body(">on<"))),
    _line(f"Put{LOCKS}", "malformed-body", "half a body is taken", taken(_cut)),
    _everywhere(f"Put{LOCKS}", "other-lock", "one lock at a time", _with_the_other),
    _line("PutObjectRetention", "removed-by-bypass", "never removed", _never_removed),
    *(_everywhere(f"PutObject/{HOLD}", check, "one version for ever", _no_more_versions)
      for check in ("newer-version", "delete-marker")),
    _line(f"Get{LOCKS}", "bucket-without-lock", "404 without lock", _as_unlocked),
    _line(f"Delete.*/{BYPASS}", "bucket-without-lock", "taken without lock", lenient(BYPASS)),
    _everywhere(f"Delete.*/{BYPASS}", "compliance", "one mode for both", valued(
        MODE, "COMPLIANCE", "GOVERNANCE")),
    _line(f"PutObject/{MODE}", "other-mode", "one mode for both", valued(
        MODE, "COMPLIANCE", "GOVERNANCE")),
    _line("PutObjectRetention", "compliance", "one mode for both", asking(
        lambda r: replace(r, body=r.body.replace(b"COMPLIANCE", b"GOVERNANCE")))),
    _line("PutObjectLockConfiguration", "unversioned-bucket", "in any bucket", _any_bucket),
    # ACLs.
    _everywhere(ACL, "metadata-kept", "bare afterwards", _metadata_lost),
    _line("GetBucketAcl", "owner-id", "nobody's", edited(
        rb"(<Owner>\s*<ID>)[^<]*", rb"\1nobody")),
    _line("Get(Bucket|Object)Acl", "grantee-type", "twice", repeated("Grant")),
    _line("GetBucketAcl", "grantee-type", "no type", edited(rb' xsi:type="[^"]*"', b"")),
    _line("PutBucketAcl", "without-acl", "nothing is an ACL", taken(lambda r: not r.body)),
    _line("PutObject/x-amz-acl", "bucket-owner-full-control", "unknown name", refusing(
        lambda r: r.header("x-amz-acl") == "bucket-owner-full-control")),
    _line("(CreateBucket|PutBucketAcl|PutObject|CreateMultipartUpload|CopyObject)"
          "/x-amz-grant-read", "malformed-value", "any group", when(
        lambda r: "ButNobody" in (r.header("x-amz-grant-read") or ""),
        asking(lambda r: with_header(r, "x-amz-grant-read", f'uri="{EVERYBODY}"')))),
)  # fmt: skip
