"""What can go wrong with grants, tags and locks of more than one object, version or grantee."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from conformance.probes.bucket_owner import OWNER, SOURCE_OWNER
from conformance.serve.http import Answer, Request
from conformance.subjects.left_undone import MAKERS
from conformance.subjects.locked_versions import HOLD, MODE, UNTIL
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    answering,
    asking,
    denied,
    edited,
    headed,
    is_head,
    repeated,
    strangers,
    when,
    with_header,
)
from tests.mutants.others import (
    ACL,
    asks_acl,
    granted_things,
    refusing,
)

OF_BUCKETS: Final = "(CreateBucket|PutBucketAcl)/x-amz-(acl|grant-read)"
ANY_ACL: Final = "(CreateBucket|PutBucketAcl|PutObject|CreateMultipartUpload|CopyObject)"
TAGGING: Final = "x-amz-tagging"
COUNT: Final = "x-amz-tagging-count"
PAYER: Final = "x-amz-request-payer"
LOCK: Final = (MODE, UNTIL, HOLD)


def _of_key(request: Request) -> bool:
    return "/" in request.path.strip("/")


def _objects_open(request: Request, behind: Behind) -> Answer:
    """Objects of a bucket that others may list are theirs to read."""
    bucket = "/" + request.path.strip("/").partition("/")[0]
    granted = request.header(ACL) or request.header("x-amz-grant-read") or b"READ<" in request.body
    if request.method == "PUT" and not _of_key(request) and granted:
        behind.memory[bucket] = True
    read = request.method == "GET" and _of_key(request) and not request.parameters
    open_ = behind.foreign(request) and bucket in behind.memory and read
    return Answer(status=200, body=b"x") if open_ else behind.ask(request)


def _kept_acl(request: Request, behind: Behind) -> Answer:
    """An object that is deleted and stored again has the ACL from before."""
    if request.method == "DELETE" and request.path in behind.memory:
        behind.memory[f"gone {request.path}"] = True
    if request.method != "PUT" or request.parameters or not _of_key(request):
        return behind.ask(request)
    if value := request.header(ACL):
        behind.memory[request.path] = value
    elif f"gone {request.path}" in behind.memory:
        return behind.ask(with_header(request, ACL, behind.memory[request.path]))
    return behind.ask(request)


def _either(request: Request, behind: Behind) -> Answer:
    """Of a document and a header the document counts."""
    both = request.body and request.header(ACL) and "acl" in request.parameters
    return behind.ask(request.without(ACL) if both else request)


def _any_version(request: Request, behind: Behind) -> Answer:
    """Tags are of the latest version, whichever is named."""
    tags = "tagging" in request.parameters
    return behind.ask(request.without("versionId") if tags else request)


def _last_of_a_name(request: Request, behind: Behind) -> Answer:
    value = (request.header(TAGGING) or "").rpartition("a=1&")[2]
    return behind.ask(with_header(request, TAGGING, value))


def _kept_plus(request: Request, behind: Behind) -> Answer:
    value = (request.header(TAGGING) or "").replace("+", "%2B")
    return behind.ask(with_header(request, TAGGING, value))


def _bare_metadata(request: Request, behind: Behind) -> Answer:
    """An object that is tagged loses its metadata."""
    if request.method == "PUT" and "tagging" in request.parameters:
        behind.memory[request.path] = True
    bare = request.path in behind.memory and request.method in ("GET", "HEAD")
    return headed("x-amz-meta-kept", None)(request, behind) if bare else behind.ask(request)


def _locks_on(*, copies: bool) -> Respond:
    """What locks an object locks the next version of its key, or its copies."""

    def respond(request: Request, behind: Behind) -> Answer:
        if request.method != "PUT" or request.parameters:
            return behind.ask(request)
        source = unquote(request.header("x-amz-copy-source") or "").partition("?")[0]
        name = source.lstrip("/") if copies else unquote(request.path).strip("/")
        said = {each: value for each in LOCK if (value := request.header(each))}
        kept: dict[str, str] = behind.memory.get(name, {})
        if said:
            behind.memory[unquote(request.path).strip("/")] = said
        for each, value in ({} if said else kept).items():
            request = with_header(request, each, value)
        return behind.ask(request)

    return respond


def _no_writer_pays(request: Request, behind: Behind) -> Answer:
    """What is refused to whoever does not pay is carried out."""
    answer = behind.ask(request)
    if answer.status == 403 and behind.foreign(request) and request.header(PAYER) is None:
        behind.ask(with_header(request, PAYER, "requester"))
    return answer


def _owner_pays(request: Request, behind: Behind) -> Answer:
    """The owner is refused too, once others have paid."""
    if behind.foreign(request):
        behind.memory[request.target] = True
        return behind.ask(request)
    refused = request.target in behind.memory and request.header(PAYER) is None
    return denied(request, behind) if refused else behind.ask(request)


PAID: Final = "|".join(sorted(MAKERS))
LINES: Final[tuple[Line, ...]] = (
    # ACLs.
    (f"{ANY_ACL}/x-amz-(acl|grant-.*)", shown_by("grant-form", anywhere(
        "each grant twice", when(asks_acl, repeated("Grant"))))),
    (f"{ANY_ACL}/x-amz-(acl|grant-.*)", shown_by("grant-form", anywhere(
        "groups are users", when(asks_acl, edited(b'type="Group"', b'type="CanonicalUser"'))))),
    (OF_BUCKETS, shown_by("head-bucket", anywhere("HEAD is refused", refusing(
        lambda r, b: is_head(r) and b.foreign(r) and not _of_key(r))))),
    (OF_BUCKETS, shown_by("no-writes", anywhere("may write, too", granted_things(
        lambda r, _: r.method == "PUT")))),
    (f"PutBucketAcl|{OF_BUCKETS}", shown_by("objects-stay-private", anywhere(
        "objects are open", _objects_open))),
    ("(CreateBucket|PutBucketAcl)/x-amz-grant-write", shown_by("own-deletion", anywhere(
        "may put and not delete", refusing(lambda r, b: r.method == "DELETE" and b.foreign(r))))),
    (f"{ANY_ACL}/x-amz-grant-full-control", shown_by("acl-too", anywhere(
        "all but the ACL", strangers(when(asks_acl, denied))))),
    ("PutObject/x-amz-acl", shown_by("forgotten", anywhere("remembered", _kept_acl))),
    ("Put(Bucket|Object)Acl", shown_by("body-and-header", wrong("the document counts", _either))),
    # Tags.
    (f".*/{TAGGING}|PutObjectTagging", shown_by("count-in-head", anywhere("none in a HEAD", when(
        is_head, headed(COUNT, None))))),
    (f"PutObject/{TAGGING}", shown_by("plus", wrong("a plus is a plus", when(
        lambda r: "+" in (r.header(TAGGING) or ""), _kept_plus)))),
    (f"(CreateMultipartUpload|CopyObject)/{TAGGING}", shown_by("name-twice", wrong(
        "the last of a name", when(
            lambda r: "a=1&a=2" in (r.header(TAGGING) or ""), _last_of_a_name)))),
    ("(Put|Get|Delete)ObjectTagging", shown_by("by-version", anywhere(
        "of the latest", _any_version))),
    ("PutObjectTagging", shown_by("metadata-kept", anywhere("lost", _bare_metadata))),
    ("PutObjectTagging", shown_by("ten-tags", wrong("names in one case", asking(
        lambda r: replace(r, body=r.body.replace(b"<Key>TAG2<", b"<Key>tag2x<")))))),
    ("DeleteObjectTagging", shown_by("deleted", wrong("one at a time", when(
        lambda r: r.method == "DELETE", lambda r, b: (
            Answer(status=204) if b.ask(replace(r, method="GET")).body.count(b"<Tag>") > 1
            else b.ask(r)))))),
    # Locks.
    *((f"PutObject/{each}", shown_by("newer-version", anywhere(
        "of the key", _locks_on(copies=False)))) for each in LOCK),
    *((f"CopyObject/{each}", shown_by("not-copied", anywhere(
        "of copies", _locks_on(copies=True)))) for each in LOCK),
    ("Get(ObjectRetention|ObjectLegalHold)", shown_by("not-locked-status", wrong(
        "an empty one", answering(lambda a: a if b"NoSuchKey" in a.body else replace(
            a, status=200, body=b"<Retention/>"), 400, 404)))),
    # Owners and payers.
    (f".*/({OWNER}|{SOURCE_OWNER})", shown_by("code", wrong("another code", answering(
        lambda a: replace(a, body=re.sub(b"AccessDenied", b"Forbidden", a.body)), 403)))),
    (f"({PAID})/{PAYER}", shown_by("nothing-done", anywhere(
        "refused, and done", _no_writer_pays))),
    (f"(GetObject|PutObject|ListObjectsV2)/{PAYER}", shown_by("owner-free", anywhere(
        "the owner pays", _owner_pays))),
)  # fmt: skip
