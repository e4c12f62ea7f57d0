"""What can go wrong with access control lists."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probes.acl_headers import NONSENSE
from conformance.serve.http import Answer, Request, error
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    denied,
    done_all_the_same,
    edited,
    headed,
    strangers,
    when,
    with_header,
)
from tests.mutants.others import (
    ACL,
    admitting,
    asks_acl,
    granted_things,
    instead,
    recoded,
    refusing,
    unsigned,
    valued,
)

OWN: Final = r"(PutBucketAcl|CreateBucket|PutObject|CreateMultipartUpload|CopyObject)"
HEADERS: Final = rf"{OWN}/x-amz-(acl|grant-.*)"
GRANTS: Final = rf"{OWN}/x-amz-grant-(?!full).*"
CANNED: Final = rf"{OWN}/x-amz-acl"
EVERY_GRANT: Final = tuple(
    f"x-amz-grant-{name}" for name in ("read", "write", "read-acp", "write-acp", "full-control")
)
DONE: Final = Answer(status=200)


def _first_grantee(request: Request, behind: Behind) -> Answer:
    for name in EVERY_GRANT:
        value = request.header(name) or ""
        if ", " in value:
            request = with_header(request, name, value.partition(", ")[0])
    return behind.ask(request)


def _meaningless(request: Request, behind: Behind) -> Answer:
    """A value that means nothing is served as if it had not been sent."""
    names = [name for name in (ACL, *EVERY_GRANT) if request.header(name) == NONSENSE]
    if not names:
        return behind.ask(request)
    answer = behind.ask(request.without(*names))
    return answer if answer.status < 400 else DONE


def _both(request: Request, behind: Behind) -> Answer:
    """Of a canned name and grants the name alone counts."""
    return behind.ask(request.without(*EVERY_GRANT) if request.header(ACL) else request)


def _sticky(request: Request, behind: Behind) -> Answer:
    """What an object was granted stays with its name, and goes with its copies."""
    value = request.header(ACL)
    if request.method != "PUT" or request.parameters:
        return behind.ask(request)
    if value:
        behind.memory[request.path] = value
        return behind.ask(request)
    source = (request.header("x-amz-copy-source") or "").lstrip("/")
    kept = behind.memory.get(request.path) or behind.memory.get(f"/{source}")
    return behind.ask(with_header(request, ACL, kept) if kept else request)


def _nonsense(request: Request) -> bool:
    return b"<Nonsense" in request.body


def _harmed(request: Request, behind: Behind) -> Answer:
    """What is refused has removed the grants that were there."""
    answer = behind.ask(request)
    if _nonsense(request) and answer.status >= 400:
        behind.ask(
            with_header(replace(request, body=b""), ACL, "public-read").without("Content-MD5")
        )
    return answer


def _first_document(request: Request, behind: Behind) -> Answer:
    """The first document of an object stays."""
    if not request.body or "acl" not in request.parameters:
        return behind.ask(request)
    if request.path in behind.memory:
        return DONE
    behind.memory[request.path] = True
    return behind.ask(request)


def _found(status: int) -> Respond:
    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        body = b"<AccessControlPolicy></AccessControlPolicy>"
        return Answer(status=200, body=body) if answer.status == status else answer

    return respond


LINES: Final[tuple[Line, ...]] = (
    (HEADERS, shown_by("admitted", anywhere("shown, and not applied", strangers(denied)))),
    (HEADERS, shown_by("private-refused", anywhere(
        "whoever asks is served", strangers(admitting(lambda _, __: True))))),
    (HEADERS, shown_by("shown", anywhere("not shown", when(
        asks_acl, edited(rb"<Grant>.*</Grant>", b""))))),
    (rf"{OWN}/x-amz-(acl|grant-(read|write|.*-acp))", shown_by("nothing-more", anywhere(
        "a grant is of everything", granted_things(lambda _, __: True)))),
    (rf"{OWN}/x-amz-grant-.*", shown_by("nobody-else", anywhere(
        "a grant is to everybody", granted_things(lambda r, _: unsigned(r))))),
    (GRANTS, shown_by("two-grantees", wrong("the first grantee only", _first_grantee))),
    (rf"{OWN}/x-amz-grant-.*", shown_by("malformed-value", wrong(
        "any value is taken", _meaningless))),
    # Canned names.
    (CANNED, shown_by("unknown-name", wrong("any name is taken", _meaningless))),
    (CANNED, shown_by("unknown-name-code", wrong("another code", recoded(400)))),
    (CANNED, shown_by("name-and-grant", wrong("the name wins", _both))),
    *((CANNED, shown_by(name, wrong(f"{name} is {other}", valued(ACL, name, other))))
      for name, other in (("authenticated-read", "private"),)),
    (r"(PutObject|PutBucketAcl)/x-amz-acl", shown_by("public-read-write", wrong(
        "it is public-read", valued(ACL, "public-read-write", "public-read")))),
    (r"PutBucketAcl/x-amz-acl", shown_by("log-delivery-write", wrong(
        "it is private", valued(ACL, "log-delivery-write", "private")))),
    (r"PutObject/x-amz-acl", shown_by("bucket-owner-read", wrong(
        "it is private", valued(ACL, "bucket-owner-read", "private")))),
    (r"PutObject/x-amz-acl", shown_by("authenticated-only", anywhere(
        "nobody who signs is admitted", refusing(
            lambda r, b: b.foreign(r) and not unsigned(r) and r.method == "GET"
            and r.path != "/")))),
    (r"PutObject/x-amz-acl", shown_by("authenticated-only", wrong(
        "it is public-read", valued(ACL, "authenticated-read", "public-read")))),
    (r"PutObject/x-amz-acl", shown_by("head-admitted", anywhere(
        "HEAD is refused", refusing(lambda r, _: unsigned(r) and r.method == "HEAD")))),
    (r"PutObject/x-amz-acl", shown_by("replaced", anywhere("it stays", _sticky))),
    (r"CopyObject/x-amz-acl", shown_by("not-copied", anywhere("it is copied", _sticky))),
    (r"PutBucketAcl/x-amz-acl", shown_by("private-again", wrong(
        "what is public stays so", valued(ACL, "private", "public-read")))),
    (r"(CreateBucket|PutObject|CopyObject)/x-amz-acl", shown_by(
        "refusal-creates-nothing", wrong("refused, and done", when(
            lambda r: r.header(ACL) == NONSENSE, done_all_the_same(ACL))))),
    # The operations.
    ("PutObjectAcl", shown_by("document", wrong("documents are not read", instead(
        lambda r: bool(r.body), DONE)))),
    ("PutObjectAcl", shown_by("headers", wrong("headers are not read", instead(
        lambda r: not r.body and any(r.header(it) for it in EVERY_GRANT), DONE)))),
    ("PutObjectAcl", shown_by("replaced", wrong("the first stays", _first_document))),
    ("PutObjectAcl", shown_by("canned", wrong("no name is read", instead(
        lambda r: r.header(ACL) is not None, DONE)))),
    ("PutObjectAcl", shown_by("admitted", anywhere("shown, not applied", refusing(
        lambda r, _: unsigned(r))))),
    ("PutObjectAcl", shown_by("private-again", wrong("public for ever", valued(
        ACL, "private", "public-read")))),
    ("PutObjectAcl", shown_by("malformed-document", wrong("anything is taken", instead(
        _nonsense, DONE)))),
    ("PutObjectAcl", shown_by("kept-after-refusal", wrong("refused, and harmed", _harmed))),
    ("PutObjectAcl", shown_by("malformed-code", wrong("another code", recoded(400)))),
    ("PutObjectAcl", shown_by("without-acl", wrong("nothing is taken", instead(
        lambda r: not r.body and not r.header(ACL)
        and not any(r.header(it) for it in EVERY_GRANT), DONE)))),
    ("PutObjectAcl", shown_by("missing-object-code", wrong("another code", lambda r, b: (
        error(404, "NoSuchBucket") if (a := b.ask(r)).status == 404 else a)))),
    ("(Put|Get)ObjectAcl", shown_by("missing-object", wrong("no key is missing", _found(404)))),
    ("GetObjectAcl", shown_by("missing-object-code", wrong("another code", lambda r, b: (
        error(404, "NoSuchBucket") if (a := b.ask(r)).status == 404 else a)))),
    ("GetObjectAcl", shown_by("put-grant", wrong("READ for READ_ACP", edited(
        b"READ_ACP", b"WRITE_ACP")))),
    ("GetObjectAcl", shown_by("default", wrong("everybody is granted it", edited(
        b"</AccessControlList>", b"<Grant><Grantee><URI>http://acs.amazonaws.com/groups/global/"
        b"AllUsers</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList>")))),
    ("GetObjectAcl", shown_by("owner", wrong("another owner", edited(
        rb"<Owner>\s*<ID>", rb"<Owner><ID>x")))),
    ("GetObjectAcl", shown_by("grantee-type", wrong("no type", edited(
        rb' xsi:type="\w+"', b"")))),
    ("GetObjectAcl", shown_by("media-type", wrong("text", headed(
        "Content-Type", "text/plain")))),
    ("HeadBucketAcl", shown_by("content-length", wrong("another length", headed(
        "Content-Length", "1")))),
)  # fmt: skip
