"""What can go wrong with object lock, and with configurations that say who may do what."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from conformance.serve.http import Answer, Request
from conformance.subjects.locked_versions import ENABLED, HOLD, MODE, UNTIL
from tests.mutants.damages.damage import Line, anywhere, or_ignored, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    asking,
    edited,
    headed,
    is_head,
    when,
    with_header,
)
from tests.mutants.others import instead, recoded, refusing, unsigned, valued
from tests.mutants.remembering import echoed

BYPASS: Final = "x-amz-bypass-governance-retention"
LOCK: Final = (MODE, UNTIL, HOLD)
FOR_ALL: Final = "done whether it is asked for or not, it is no effect of the row's"
NEAR: Final = "2030-01-01T00:00:00Z"
WRITES: Final = "(PutObject|CreateMultipartUpload|CopyObject)"


def _every_bucket_locks(request: Request, behind: Behind) -> Answer:
    if "object-lock" not in request.parameters or request.method != "GET":
        return behind.ask(request)
    return Answer(
        status=200,
        body=b"<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
        b"</ObjectLockConfiguration>",
    )


def _bypassed(request: Request, behind: Behind) -> Answer:
    """Retention keeps nobody from deleting."""
    if "versionId" in request.parameters or b"<VersionId>" in request.body:
        return behind.ask(with_header(request, BYPASS, "true"))
    return behind.ask(request)


def _of_get(name: str) -> Respond:
    return when(lambda r: name in r.parameters and r.method == "GET", edited(
        rb"(<Status>|<Mode>|<RetainUntilDate>)[^<]*", rb"\1other"))  # fmt: skip


def _get_object(request: Request) -> bool:
    return request.method == "GET" and not request.parameters


def _a_version(request: Request) -> bool:
    return request.method == "DELETE" and "versionId" in request.parameters


def _passes(request: Request, behind: Behind) -> Answer:
    """A date that has passed, or is none, is served."""
    date = request.header(UNTIL) or ""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    right = re.fullmatch(r"[\d:TZ-]+", date) and date > now
    answer = behind.ask(request)
    if date and not right and answer.status >= 400:
        return behind.ask(request.without(*LOCK))
    return answer


def _lacking(request: Request, behind: Behind) -> Answer:
    """A mode without a date, or a date without a mode, is as if neither had been sent."""
    half = (request.header(MODE) is None) != (request.header(UNTIL) is None)
    return behind.ask(request.without(MODE, UNTIL) if half else request)


def _unlocked_buckets(request: Request, behind: Behind) -> Answer:
    """Where nothing can be locked, what locks is as if it had not been sent."""
    answer = behind.ask(request)
    sent = any(request.header(name) for name in LOCK)
    return behind.ask(request.without(*LOCK)) if sent and answer.status == 400 else answer


def _always_on(request: Request, behind: Behind) -> Answer:
    changed = request.body.replace(b"OFF", b"ON")
    asked = replace(request, body=changed)
    return behind.ask(with_header(asked, HOLD, "ON") if request.header(HOLD) else asked)


def _lifts_holds(request: Request, behind: Behind) -> Answer:
    """The bypass header lifts legal holds too, or so the server behaves."""
    key = f"{request.path}?{request.parameters.get('versionId', '')}"
    if request.method == "HEAD" and key in behind.memory:
        return Answer(status=404)
    answer = behind.ask(request)
    if request.header(BYPASS) == "true":
        if answer.status in (400, 403):
            behind.memory[key] = True
            return Answer(status=204)
        if b"<Error>" in answer.body:
            name = re.search(rb"<Key>([^<]+)</Key><VersionId>([^<]+)", request.body)
            if name:
                path = f"{request.path.rstrip('/')}/{name[1].decode()}?{name[2].decode()}"
                behind.memory[path] = True
    return answer


def _document(old: bytes, new: bytes) -> Respond:
    """A document that must be refused is put as another one."""
    return asking(lambda r: replace(r, body=re.sub(old, new, r.body)))


def _served(status: int) -> Respond:
    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        return Answer(status=200) if answer.status == status else answer

    return respond


def _first_version(request: Request, behind: Behind) -> Answer:
    """The version asked for does not matter."""
    return behind.ask(request.without("versionId"))


def _once_locked(request: Request, behind: Behind) -> Answer:
    """A retention that was put stays as it is."""
    if request.path in behind.memory:
        return Answer(status=200)
    behind.memory[request.path] = True
    return behind.ask(request)


def _shortened(request: Request, behind: Behind) -> Answer:
    return behind.ask(with_header(request, BYPASS, "true"))


def _never_bypassed(request: Request, behind: Behind) -> Answer:
    return behind.ask(request.without(BYPASS))


def _bare(answer: Answer) -> Answer:
    """An answer that reports no lock."""
    lock = "x-amz-object-lock-"
    kept = tuple((n, v) for n, v in answer.headers if not n.lower().startswith(lock))
    return replace(answer, headers=kept)


def _remembered(request: Request, behind: Behind) -> Answer:
    """Whoever was served once is served for ever."""
    answer = behind.ask(request)
    if not unsigned(request):
        return answer
    if answer.status == 200:
        behind.memory[request.target] = answer
    kept: Answer = behind.memory.get(request.target, answer)
    return kept


def _refusal_undone(test: Callable[[Request], bool]) -> Respond:
    """What is blocked is served."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        undone = answer.status in (401, 403) and test(request)
        return Answer(status=200) if undone else answer

    return respond


POLICY: Final = "PutBucketPolicy|Policy/allow-and-deny"
LINES: Final[tuple[Line, ...]] = (
    # Objects that are locked as they are stored.
    *((f"{WRITES}/{name}", or_ignored("the answer is an echo, and nothing is locked",
        anywhere("only echoed", echoed(*LOCK)))) for name in LOCK),
    *((f"{WRITES}/{name}", shown_by("head", anywhere("reported otherwise", when(
        is_head, headed(name, value)))))
      for name, value in ((MODE, "COMPLIANCE"), (UNTIL, "2099-01-01T00:00:00Z"), (HOLD, "OFF"))),
    *((f"PutObject/{name}", shown_by("get-object", anywhere("GET reports nothing", when(
        _get_object, headed(name, None))))) for name in LOCK),
    *((f"{WRITES}/{name}", shown_by("get", anywhere("Get reports another", _of_get(query))))
      for name, query in ((MODE, "retention"), (UNTIL, "retention"), (HOLD, "legal-hold"))),
    (f"{WRITES}/x-amz-object-lock-(mode|retain-until-date)", shown_by("version-kept", or_ignored(
        "nothing is locked against anybody", anywhere("deleted all the same", _bypassed)))),
    (f"{WRITES}/x-amz-object-lock-.*", shown_by("refusal-code", anywhere("another code", when(
        _a_version, recoded(403, 400))))),
    (f"{WRITES}/{MODE}", shown_by("unknown-mode", wrong("any mode is taken", valued(
        MODE, "WHIM", "GOVERNANCE")))),
    (f"{WRITES}/{MODE}", shown_by("mode-without-date", wrong("half is nothing", _lacking))),
    (f"{WRITES}/{UNTIL}", shown_by("date-without-mode", wrong("half is nothing", _lacking))),
    *((f"{WRITES}/{UNTIL}", shown_by(check, wrong(f"{check} is taken", _passes)))
      for check in ("passed-date", "malformed-date")),
    (f"{WRITES}/{HOLD}", shown_by("unknown-status", wrong("any status is taken", valued(
        HOLD, "MAYBE", None)))),
    (f"{WRITES}/{HOLD}", shown_by("off", wrong("OFF is ON", _always_on))),
    (f"{WRITES}/x-amz-object-lock-.*", shown_by("bucket-without-lock", wrong(
        "stored without a lock", _unlocked_buckets))),
    (f"{WRITES}/x-amz-object-lock-.*", shown_by("bucket-without-lock-code", wrong(
        "another code", recoded(400, 404)))),
    (f"PutObject/({MODE}|{UNTIL})", shown_by("refused-code", wrong("another code", recoded(400)))),
    (f"PutObject/{MODE}", shown_by("delete-marker", anywhere("no DELETE at all", refusing(
        lambda r, _: r.method == "DELETE" and "versionId" not in r.parameters)))),
    # Deletions that bypass.
    (f"Delete.*/{BYPASS}", or_ignored(FOR_ALL, anywhere("bypassed without it", _bypassed))),
    (f"Delete.*/{BYPASS}", shown_by("value-false", wrong("false is true", valued(
        BYPASS, "false", "true")))),
    (f"Delete.*/{BYPASS}", shown_by("legal-hold", anywhere("lifts holds", _lifts_holds))),
    (f"DeleteObject/{BYPASS}", shown_by("without-header-code", anywhere("another code", when(
        _a_version, recoded(403, 400))))),
    (f"DeleteObjects/{BYPASS}", shown_by("without-header", anywhere("no word of it", edited(
        rb"<Error>.*?</Error>", b"")))),
    (f"DeleteObjects/{BYPASS}", shown_by("without-header-code", anywhere("another code", edited(
        b"<Code>AccessDenied</Code>", b"<Code>NoSuchKey</Code>")))),
    (f"DeleteObject/{BYPASS}", shown_by("answer", wrong("no version", headed(
        "x-amz-version-id", None)))),
    (f"DeleteObjects/{BYPASS}", shown_by("answer", wrong("no version", edited(
        rb"<VersionId>[^<]*</VersionId>", b"")))),
    # Buckets with object lock.
    (f"CreateBucket/{ENABLED}", or_ignored(FOR_ALL, anywhere(
        "said of every bucket", _every_bucket_locks))),
    (f"CreateBucket/{ENABLED}", shown_by("versioning", anywhere("not versioned", when(
        lambda r: "versioning" in r.parameters, edited(b"Enabled", b"Suspended"))))),
    (f"CreateBucket/{ENABLED}", shown_by("not-suspended", anywhere("suspended", instead(
        lambda r: r.method == "PUT" and "versioning" in r.parameters, Answer(status=200))))),
    (f"CreateBucket/{ENABLED}", shown_by("locks", anywhere("locks nothing", instead(
        _a_version, Answer(status=204))))),
    (f"CreateBucket/{ENABLED}", shown_by("false", wrong("false is true", valued(
        ENABLED, "false", "true")))),
    (f"CreateBucket/{ENABLED}", shown_by("plain-bucket-code", anywhere("another code", when(
        lambda r: "object-lock" in r.parameters, recoded(404))))),
    # The operations.
    ("Put(ObjectRetention|ObjectLegalHold)", shown_by("version-kept", anywhere(
        "deleted all the same", instead(_a_version, Answer(status=204))))),
    ("Put(ObjectRetention|ObjectLegalHold)", shown_by("head", anywhere("not reported", when(
        is_head, lambda r, b: _bare(b.ask(r)))))),
    ("PutObjectRetention", shown_by("get", anywhere("another", _of_get("retention")))),
    ("PutObjectLegalHold", shown_by("get", anywhere("another", _of_get("legal-hold")))),
    ("Put(ObjectRetention|ObjectLegalHold)", shown_by("refusal-code", anywhere(
        "another code", when(_a_version, recoded(403, 400))))),
    ("PutObjectRetention", shown_by("unknown-mode", wrong("any mode", _document(
        b"WHIM", b"GOVERNANCE")))),
    ("PutObjectRetention", shown_by("mode-without-date", wrong("no date", _served(400)))),
    ("PutObjectRetention", shown_by("date-without-mode", wrong("no mode", _served(400)))),
    ("PutObjectRetention", shown_by("passed-date", wrong("any date", _served(400)))),
    ("PutObjectLegalHold", shown_by("unknown-status", wrong("any status", _document(
        b"MAYBE", b"ON")))),
    ("PutObjectLegalHold", shown_by("off", wrong("OFF is ON", _always_on))),
    ("Put(ObjectRetention|ObjectLegalHold)", shown_by("malformed-code", wrong(
        "another code", recoded(400)))),
    ("(Put|Get)(ObjectRetention|ObjectLegalHold)", shown_by("missing-object", wrong(
        "no key is missing", _served(404)))),
    ("Put(ObjectRetention|ObjectLegalHold)", shown_by("bucket-without-lock", wrong(
        "a nod", _served(400)))),
    ("Put(ObjectRetention|ObjectLegalHold)", shown_by("bucket-without-lock-code", wrong(
        "another code", recoded(400)))),
    ("PutObjectRetention", shown_by("extended", wrong("the first stays", _once_locked))),
    ("PutObjectRetention", shown_by("not-shortened", wrong("shortened by all", _shortened))),
    ("PutObjectRetention", shown_by("shortened-by-bypass", wrong(
        "shortened by nobody", _never_bypassed))),
    ("GetObjectRetention", shown_by("locked", wrong("another", _of_get("retention")))),
    ("GetObjectLegalHold", shown_by("locked", wrong("another", _of_get("legal-hold")))),
    ("Get(ObjectRetention|ObjectLegalHold)", shown_by("by-version", wrong(
        "any version", _first_version))),
    ("Get(ObjectRetention|ObjectLegalHold)", shown_by("root-element", wrong("another root", edited(
        rb"(</?)(Retention|LegalHold)\b", rb"\1ObjectLock")))),
    ("Get(ObjectRetention|ObjectLegalHold)", shown_by("media-type", wrong("text", headed(
        "Content-Type", "text/plain")))),
    ("Get(ObjectRetention|ObjectLegalHold)", shown_by("not-locked-code", wrong(
        "another code", recoded(404)))),
    ("Get(ObjectRetention|ObjectLegalHold)", shown_by("missing-object-code", wrong(
        "another code", recoded(404)))),
    ("GetObjectLegalHold", shown_by("not-locked", wrong("every object is held", lambda r, b: (
        Answer(status=200, body=b"<LegalHold><Status>ON</Status></LegalHold>")
        if (a := b.ask(r)).status == 404 else a)))),
    # Configurations that are carried out.
    (POLICY, shown_by("allow-admits", anywhere("admits nobody", refusing(
        lambda r, _: unsigned(r))))),
    (POLICY, shown_by("deny-denies", wrong("a Deny is an Allow", _document(
        b'"Deny"', b'"Allow"')))),
    (POLICY, shown_by("allow-nothing-more", wrong("every resource", _document(
        rb'("Effect": "Allow".*?:::[^/"]+/)[^"*]+"', rb'\1*"')))),
    (POLICY, shown_by("deny-spares-others", wrong("denies everything", _document(
        rb'("Effect": "Deny".*?:::[^/"]+/)[^"]+"', rb'\1*"')))),
    (POLICY, shown_by("deny-owner", anywhere("never the owner", lambda r, b: (
        Answer(status=200) if (a := b.ask(r)).status == 403 and not unsigned(r) else a)))),
    *(("PutPublicAccessBlock", shown_by(check, anywhere(f"{check} not", _refusal_undone(test))))
      for check, test in (
          ("blocks-public-acls", lambda r: r.header("x-amz-acl") is not None),
          ("ignores-public-acls", unsigned),
          ("blocks-public-policy", lambda r: "policy" in r.parameters),
          ("restricts-public-buckets", unsigned))),
    ("PutObjectLockConfiguration", shown_by("default-mode", anywhere("only stored", when(
        is_head, lambda r, b: _bare(b.ask(r)))))),
    ("PutObjectLockConfiguration", shown_by("default-date", anywhere("another date", when(
        is_head, headed(UNTIL, NEAR))))),
    ("PutObjectLockConfiguration", shown_by("explicit-wins", anywhere("the default wins", asking(
        lambda r: r.without(MODE, UNTIL))))),
    ("PutObjectLockConfiguration", shown_by("default-kept", anywhere("keeps nothing", instead(
        _a_version, Answer(status=204))))),
    ("PutBucketOwnershipControls", shown_by("enforced-refuses-acls", wrong("only stored", _document(
        b"BucketOwnerEnforced", b"ObjectWriter")))),
    ("PutBucketAcl", shown_by("admitted", anywhere("only stored", refusing(
        lambda r, _: unsigned(r))))),
    ("PutBucketAcl", shown_by("private-refused", anywhere("open to all", lambda r, b: (
        Answer(status=200, body=b"<ListBucketResult></ListBucketResult>")
        if unsigned(r) else b.ask(r))))),
    ("DeleteBucketPolicy", shown_by("no-longer-admits", anywhere("admits still", _remembered))),
)  # fmt: skip
