"""What can go wrong with details of configurations: codes, defaults, and what refusals leave."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from conformance.subjects.bucket_configurations import CONFIGURED_BY
from conformance.subjects.locked_versions import ENABLED, MODE
from tests.mutants.configuring import coded, gets, instead
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damages.locks import BYPASS
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    answering,
    edited,
    headed,
    is_head,
    lenient,
    when,
    with_header,
)
from tests.mutants.others import instead as answered
from tests.mutants.others import recoded, refusing, unsigned, valued

EXPIRATION: Final = "x-amz-expiration"
TAGGING: Final = "x-amz-tagging"


def _earlier_again(request: Request, behind: Behind) -> Answer:
    """What is refused puts an earlier configuration back."""
    answer = behind.ask(request)
    if request.method != "PUT":
        return answer
    known: list[Request] = behind.memory.setdefault(request.target, [])
    if answer.status < 300:
        known.append(request)
    elif others := [each for each in known if each.body != known[-1].body]:
        behind.ask(others[-1])
    return answer


def _none_left(request: Request, behind: Behind) -> Answer:
    """What is refused removes the configurations with any id."""
    known: set[str] = behind.memory.setdefault(request.path, set())
    answer = behind.ask(request)
    if request.method == "PUT":
        known.add(request.target)
    for target in known if request.method == "PUT" and answer.status >= 400 else ():
        drop = replace(request, method="DELETE", target=target, body=b"")
        behind.ask(drop.without("Content-MD5"))
    return answer


def _both_told(topic: str) -> Respond:
    """What was put first is told beside what was put last."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        if topic not in request.parameters or "/" in request.path.strip("/"):
            return answer
        first: bytes | None = behind.memory.get(request.path)
        if request.method == "PUT" and answer.status < 300 and first is None:
            behind.memory[request.path] = request.body
        if request.method != "GET" or answer.status != 200 or first is None:
            return answer
        return replace(answer, body=_and(answer.body, first))

    return respond


def _and(body: bytes, more: bytes) -> bytes:
    """A document with what another one of its kind has, too."""
    if body.lstrip().startswith(b"{"):
        one, two = json.loads(body), json.loads(more)
        return json.dumps({**one, "Statement": [*one["Statement"], *two["Statement"]]}).encode()
    inner = re.sub(rb"^(?:<\?[^>]*>)?\s*<[^>]*>|</[^>]*>$", b"", more.strip())
    end = body.rfind(b"</")
    return body[:end] + inner + body[end:] if inner not in body else body


def _empty_is_missing(request: Request, behind: Behind) -> Answer:
    """What says nothing is 404."""
    answer = behind.ask(request)
    empty = answer.status == 200 and answer.body.count(b"<") <= 3
    return error(404, "NoSuchConfiguration") if empty else answer


def _details() -> Iterator[Line]:
    for operation, (verb, configuration) in CONFIGURED_BY.items():
        topic = configuration.topic
        if verb == "Get":
            text = wrong("of another type", headed("Content-Type", "text/plain"))
            yield operation, shown_by("media-type", text)
            if configuration.inborn and configuration.absent and not configuration.default:
                empty = instead(200, f"<{configuration.root}/>".encode())
                nothing = wrong("an empty one", coded(configuration.absent, empty))
                yield operation, shown_by("never-configured", nothing)
            if not configuration.absent and not configuration.default:
                missing = wrong("404 for none", _empty_is_missing)
                yield operation, shown_by("never-configured", missing)
        if verb == "Put":
            harm = _none_left if configuration.by_id else _earlier_again
            again = wrong("a refused body changes what is there", harm)
            yield operation, shown_by("kept-after-refusal", again)
            if not configuration.by_id and not configuration.choices:
                both = anywhere("told beside the last", _both_told(topic))
                yield operation, shown_by("not-merged", both)


def _all_are_on(request: Request, behind: Behind) -> Answer:
    """Objects under the prefix of a rule that is off are said to expire, too."""
    answer = behind.ask(request)
    if request.method != "PUT" or "off/" not in request.path:
        return answer
    end = 'expiry-date="Fri, 23 Dec 2050 00:00:00 GMT", rule-id="x"'
    return replace(answer, headers=(*answer.headers, (EXPIRATION, end)))


def _locked(request: Request, behind: Behind) -> Answer:
    """Once a bucket has a default all objects are told to be locked."""
    if "object-lock" in request.parameters and request.method == "PUT":
        behind.memory["rule"] = b"<Rule>" in request.body
        behind.memory["ever"] = True
    answer = behind.ask(request)
    told = is_head(request) and behind.memory.get("ever") and answer.header(MODE) is None
    return replace(answer, headers=(*answer.headers, (MODE, "GOVERNANCE"))) if told else answer


def _older_too(request: Request, behind: Behind) -> Answer:
    """While a bucket has a default its older objects are told to be locked."""
    if "object-lock" in request.parameters and request.method == "PUT":
        behind.memory["rule"] = b"<Rule>" in request.body
    answer = behind.ask(request)
    told = is_head(request) and behind.memory.get("rule") and answer.header(MODE) is None
    return replace(answer, headers=(*answer.headers, (MODE, "GOVERNANCE"))) if told else answer


def _bare(of_uploads: bool) -> Respond:
    """Copies, or objects of parts, are not told to be locked."""

    def respond(request: Request, behind: Behind) -> Answer:
        upload = request.method == "POST"
        if upload if of_uploads else request.header("x-amz-copy-source"):
            behind.memory[request.path] = True
        bare = is_head(request) and request.path in behind.memory
        return headed(MODE, None)(request, behind) if bare else behind.ask(request)

    return respond


def _enforced(respond: Respond) -> Respond:
    """Done once the owner of the bucket owns all that is in it."""

    def later(request: Request, behind: Behind) -> Answer:
        if "ownershipControls" in request.parameters and request.method == "PUT":
            behind.memory["on"] = b"BucketOwnerEnforced" in request.body
        on = behind.memory.get("on") and not request.parameters
        return respond(request, behind) if on else behind.ask(request)

    return later


def _dropped_tags(name: bytes) -> Respond:
    """A name, or a value, that is too long is cut off."""
    cut = re.compile(rb"<(%s)>(.{1,250}?)[^<]*</" % name)

    def respond(request: Request, behind: Behind) -> Answer:
        long = re.search(rb"<Key>n{129}<|<Value>x{257}<", request.body)
        body = cut.sub(rb"<\1>n</", request.body)
        changed = replace(request, body=body).without("Content-MD5")
        return behind.ask(changed) if long else behind.ask(request)

    return respond


def _directive(request: Request, behind: Behind) -> Answer:
    name = f"{TAGGING}-directive"
    known = request.header(name) in ("COPY", "REPLACE", None)
    return behind.ask(request if known else with_header(request, name, "COPY"))


OWNERSHIP: Final = "PutBucketOwnershipControls"
LOCK: Final = "PutObjectLockConfiguration"
UPLOADS: Final = "ListMultipartUploads"
LINES: Final[tuple[Line, ...]] = (
    *_details(),
    ("(Get|Put)BucketLifecycle", shown_by("every-member", anywhere("one rule", gets(
        "lifecycle", edited(rb"(<Rule>.*?</Rule>)\s*<Rule>.*?</Rule>", rb"\1"))))),
    (r"Get\w+Configuration/id", shown_by("only-one", anywhere("two at once", _both_told("id")))),
    (r"ListBucket\w+/continuation-token", shown_by("unknown-token", wrong(
        "any token is none", lenient("continuation-token")))),
    ("PutBucketNotificationConfiguration/.*validation", shown_by("refusal-status", anywhere(
        "409", when(lambda r: r.method == "PUT", recoded(400))))),
    ("PutBucketPolicy/.*access", shown_by("reads-back", wrong("served, not stored", when(
        lambda r: r.method == "PUT", answered(lambda _: True, Answer(status=204)))))),
    ("PutBucketLifecycleConfiguration", shown_by("expiration-disabled", anywhere(
        "rules that are off, too", _all_are_on))),
    ("PutBucketLifecycleConfiguration", shown_by("rule-id-encoded", anywhere("a bare id", when(
        is_head, headed(EXPIRATION, lambda v: v.replace("%20", " ")))))),
    (OWNERSHIP, shown_by("writer-takes-acls", anywhere("ACLs are refused", refusing(
        lambda r, _: r.header("x-amz-acl") is not None)))),
    (OWNERSHIP, shown_by("enforced-code", anywhere("another code", when(
        lambda r: r.header("x-amz-acl") is not None, recoded(400))))),
    (OWNERSHIP, shown_by("enforced-disables-acls", anywhere("what was public stays so", _enforced(
        lambda r, b: Answer(status=200, body=b"x") if unsigned(r) else b.ask(r))))),
    (OWNERSHIP, shown_by("enforced-takes-objects", anywhere("nothing can be stored", _enforced(
        lambda r, b: error(400, "InvalidRequest") if r.method == "PUT" else b.ask(r))))),
    (LOCK, shown_by("rule-removed", anywhere("for ever", _locked))),
    (LOCK, shown_by("older-object", anywhere("older ones, too", _older_too))),
    (LOCK, shown_by("default-copy", anywhere("no copies", _bare(of_uploads=False)))),
    (LOCK, shown_by("default-multipart", anywhere("no uploads", _bare(of_uploads=True)))),
    (f"CreateBucket/{ENABLED}", shown_by("plain-bucket", anywhere("of every bucket", when(
        lambda r: "object-lock" in r.parameters, another_status(404, 200, (
            b"<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
            b"</ObjectLockConfiguration>")))))),
    (f"DeleteObject/{BYPASS}", shown_by("without-header", anywhere("refused in silence", when(
        lambda r: r.method == "DELETE", lambda r, b: (
            Answer(status=204) if (a := b.ask(r)).status == 403 else a))))),
    ("CopyObject/x-amz-tagging-directive", shown_by("invalid", wrong(
        "any directive is COPY", _directive))),
    ("PutObjectTagging", shown_by("long-name", wrong("cut", _dropped_tags(b"Key")))),
    ("PutObjectTagging", shown_by("long-value", wrong("cut", _dropped_tags(b"Value")))),
    ("PutObjectTagging", shown_by("name-twice-code", wrong("another code", recoded(400)))),
    ("Region/.*/signing", shown_by("other-region", anywhere("any region", answering(
        lambda a: Answer(status=200), 400, 403)))),
    ("Region/.*/LocationConstraint", shown_by("usable", anywhere("nothing is stored", when(
        lambda r: r.method == "PUT" and r.path.strip("/").count("/") > 0,
        answered(lambda _: True, Answer(status=200)))))),
    (UPLOADS, shown_by("upload-id", wrong("another id", edited(
        rb"<UploadId>([^<]*)<", rb"<UploadId>x\1<")))),
    ("PutObject/x-amz-website-redirect-location", shown_by("invalid", wrong(
        "any location", valued("x-amz-website-redirect-location", "nonsense", None)))),
    ("CreateBucket", shown_by("empty", anywhere("with somebody's key", when(
        lambda r: r.method == "GET" and not r.parameters and "/" not in r.path.strip("/"),
        edited(rb"</ListBucketResult>",
               rb"<Contents><Key>x</Key></Contents></ListBucketResult>"))))),
)  # fmt: skip
