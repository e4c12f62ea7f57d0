"""What can go wrong with a configuration beside others, and with rules that are carried out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from conformance.subjects.bucket_configurations import CONFIGURED_BY
from tests.mutants.configuring import complete, gets, nodded, taken
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    asking,
    edited,
    headed,
    is_head,
    told_anyway,
    when,
)

EXPIRATION: Final = "x-amz-expiration"
MINIMUM: Final = "x-amz-transition-default-minimum-object-size"
LIFECYCLE: Final = "PutBucketLifecycleConfiguration"
REPLICATION: Final = "PutBucketReplication"
HEADER: Final = "Lifecycle/expiration-header"
BESIDE: Final = ("tagging", "cors")
END: Final = 'expiry-date="Fri, 23 Dec 2050 00:00:00 GMT", rule-id="x"'


def _others_dropped(topic: str) -> Respond:
    """Putting one configuration deletes the others of the bucket."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        if request.method == "PUT" and topic in request.parameters and answer.status < 300:
            for other in BESIDE:
                if other != topic:
                    target = f"{request.path}?{other}"
                    drop = replace(request, method="DELETE", target=target, body=b"")
                    behind.ask(drop.without("Content-MD5"))
        return answer

    return respond


def _puts() -> tuple[Line, ...]:
    return tuple(
        (operation, shown_by("other-topics-stay", anywhere(
            "others are dropped", _others_dropped(configuration.topic))))
        for operation, (verb, configuration) in CONFIGURED_BY.items()
        if verb == "Put"
    )  # fmt: skip


def _first_ten(request: Request, behind: Behind) -> Answer:
    """Of more than ten tags the first ten are kept."""
    tags = re.findall(rb"<Tag>.*?</Tag>", request.body)
    if request.method != "PUT" or len(tags) != 50:
        return behind.ask(request)
    body = request.body.replace(b"".join(tags), b"".join(tags[:10]))
    return behind.ask(replace(request, body=body).without("Content-MD5"))


def _flags_stay(request: Request, behind: Behind) -> Answer:
    """Flags that are not put stay as they were."""
    if request.method != "PUT" or "publicAccessBlock" not in request.parameters:
        return behind.ask(request)
    said = dict(re.findall(rb"<(\w+)>(true|false)<", request.body))
    known = {**behind.memory.get(request.path, {}), **said}
    if not complete(request) or not said:
        return behind.ask(request)
    flags = b"".join(b"<%b>%b</%b>" % (name, value, name) for name, value in known.items())
    root = b"PublicAccessBlockConfiguration"
    body = b"<%b>%b</%b>" % (root, flags, root)
    answer = behind.ask(replace(request, body=body).without("Content-MD5"))
    if answer.status < 300:
        behind.memory[request.path] = known
    return answer


def _owners(request: Request) -> bool:
    return request.header("x-amz-acl") == "bucket-owner-full-control"


def _served_minimum(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    unknown = request.header(MINIMUM) == "nonsense"
    return Answer(status=200) if unknown else answer


def _by_any_size(request: Request, behind: Behind) -> Answer:
    """A size in a Filter is not looked at."""
    sized = is_head(request) and request.path.endswith("sized/999")
    return told_anyway(EXPIRATION, END)(request, behind) if sized else behind.ask(request)


def _of_acl(request: Request) -> bool:
    return request.method == "PUT" and "acl" in request.parameters


def _enforces(request: Request) -> bool:
    return request.method == "PUT" and b">BucketOwnerEnforced<" in request.body


def _suspends(request: Request) -> bool:
    return request.method == "PUT" and b">Suspended<" in request.body


def _copies(request: Request) -> bool:
    return request.header("x-amz-copy-source") is not None


def _completes(request: Request) -> bool:
    return request.method == "POST" and "uploadId" in request.parameters


LINES: Final[tuple[Line, ...]] = (
    *_puts(),
    ("Put(BucketCors|BucketEncryption|BucketLifecycleConfiguration)", shown_by("wrong-md5", wrong(
        "any MD5", asking(lambda r: r.without("Content-MD5"))))),
    (REPLICATION, shown_by("versioning-stays", anywhere("versioning can be suspended", when(
        _suspends, nodded())))),
    (REPLICATION, shown_by("unversioned-source", wrong("of any bucket", taken(complete)))),
    ("PutBucketTagging", shown_by("fifty", wrong("ten tags", _first_ten))),
    ("PutBucketTagging", shown_by("emptied", wrong("no tags change nothing", when(
        lambda r: r.method == "PUT" and b"<Tag>" not in r.body and complete(r), nodded())))),
    ("PutPublicAccessBlock", shown_by("omitted-flags", wrong("flags stay", _flags_stay))),
    ("PutPublicAccessBlock", shown_by("blocks-public-acls", anywhere(
        "ACLs of objects alone", when(_of_acl, another_status(403, 200, b""))))),
    ("PutBucketOwnershipControls", shown_by("enforced-over-public-acl", anywhere(
        "whatever the ACL is", when(_enforces, another_status(400, 200, b""))))),
    ("PutBucketOwnershipControls", shown_by("enforced-takes-owners-acl", anywhere(
        "no ACL at all", when(_owners, lambda r, b: error(400, "AccessControlListNotSupported"))))),
    ("(Get|Put)BucketLifecycleConfiguration", shown_by("generated-id", anywhere(
        "no id is given", gets("lifecycle", edited(rb"<ID>(?!n[0-9a-f]{9}\d?<)[^<]*</ID>", b""))))),
    (LIFECYCLE, shown_by("at-midnight", anywhere("the second of its birth", when(is_head, headed(
        EXPIRATION, lambda v: v.replace(" 00:00:00 ", " 12:34:56 ")))))),
    (LIFECYCLE, shown_by("sooner-rule", anywhere("the first rule", when(is_head, headed(
        EXPIRATION, lambda v: re.sub(r"[^\"]*-sooner", "first", v)))))),
    (LIFECYCLE, shown_by("filter-size", anywhere("of any size", _by_any_size))),
    (LIFECYCLE, shown_by("minimum-size", wrong("not told", when(
        lambda r: r.method == "PUT", headed(MINIMUM, None))))),
    (LIFECYCLE, shown_by("unknown-minimum-size", wrong("any is taken", _served_minimum))),
    (HEADER, shown_by("copy", anywhere("no copies", when(_copies, headed(EXPIRATION, None))))),
    (HEADER, shown_by("upload", anywhere("no uploads", when(
        _completes, headed(EXPIRATION, None))))),
)  # fmt: skip
