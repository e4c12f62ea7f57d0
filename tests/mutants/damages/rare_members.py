"""What can go wrong with members of configurations that few stores know, and with invalid ones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from conformance.serve.http import Answer, Request
from conformance.subjects.bucket_configuration import Body, Place
from conformance.subjects.bucket_configurations import CONFIGURED_BY
from conformance.subjects.refused_bodies import REFUSED
from tests.mutants.configuring import complete, gets, nodded, taken
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import Behind, Respond, answering, edited, headed, is_head, when

SSE: Final = "x-amz-server-side-encryption"
# By name of the configuration, what Get… loses, by the check that shows it.
LOST: Final = {
    "BucketLifecycleConfiguration": {
        "filter-prefix": r"(?<=<And>)<Prefix>[^<]*</Prefix>",
        "filter-tags": r"(?<=</Tag>)<Tag>(?:(?!</Tag>).)*</Tag>",
        "filter-tag": r"(?<=<Filter>)<Tag>.*?</Tag>",
        "filter-sizes": r"<ObjectSize(\w+)>\d+</ObjectSize\1>",
        "transitions": r"<Transition>(?:(?!</Transition>).)*</Transition>(?=\s*<Transition>)",
        "noncurrent-days": r"<NoncurrentDays>3652</NoncurrentDays>",
        "noncurrent-transition": r"<NoncurrentVersionT.*</NoncurrentVersionTransition>",
        "newer-versions": r"<NewerNoncurrentVersions>\d+</NewerNoncurrentVersions>",
        "expired-markers": r"<ExpiredObjectDeleteMarker>\w+</ExpiredObjectDeleteMarker>",
        "date": r"<Date>[^<]*</Date>",
    },
    "BucketWebsite": {
        "redirect-host": r"<Protocol>\w+</Protocol>",
        "redirect-code": r"<HttpRedirectCode>\d+</HttpRedirectCode>",
        "redirect-key": r"<ReplaceKeyWith>[^<]*</ReplaceKeyWith>",
        "two-conditions": r"<HttpErrorCodeReturnedEquals>\d+</HttpErrorCodeReturnedEquals>",
    },
    "BucketCors": {
        "zero-age": r"<MaxAgeSeconds>0</MaxAgeSeconds>",
        "origin-of-all": r"<AllowedOrigin>\*</AllowedOrigin>",
        "header-as-written": r"<AllowedHeader>X-Amz-Meta-Case</AllowedHeader>",
    },
    "BucketInventoryConfiguration": {
        "report-place": r"<AccountId>\w+</AccountId>",
        "report-encryption": r"<Encryption>.*</Encryption>",
    },
    "BucketAnalyticsConfiguration": {"data-export": r"<DataExport>.*</DataExport>"},
    "BucketReplication": {
        "filter-tags": r"(?<=</Tag>)<Tag>(?:(?!</Tag>).)*</Tag>",
        "replica-class": r"<StorageClass>\w+</StorageClass>",
        "replication-time": r"<ReplicationTime>.*?</ReplicationTime>",
    },
    "BucketNotificationConfiguration": {
        "second-destination": r"<(Queue|Topic)C\w+>(?:(?!</\1).)*<Id>s3-\w+-2<.*?</\1C\w+>",
    },
    "BucketLogging": {
        "target-grants": r"<TargetGrants>.*</TargetGrants>",
        "key-format": r"<TargetObjectKeyFormat>.*</TargetObjectKeyFormat>",
    },
    "BucketEncryption": {"bucket-key": r"<BucketKeyEnabled>\w+</BucketKeyEnabled>"},
    "BucketTagging": {
        "empty-value": r"<Tag>\s*<Key>empty</Key>.*?</Tag>",
        "name-in-capitals": r"<Tag>\s*<Key>Purpose</Key>.*?</Tag>",
    },
}
# What is put in a body's place, and what a probe may have there.
PLACE: Final = Place(bucket="BUCKET", owner="OWNER", destination="DESTINATION")
UNKNOWN: Final = re.compile("VALUE|BUCKET|OWNER|DESTINATION|s3-conformance")


def _members() -> Iterator[Line]:
    topics = {each.name: each.topic for _, each in CONFIGURED_BY.values()}
    for name, lost in LOST.items():
        for check, pattern in lost.items():
            flat = answering(lambda a: replace(a, body=re.sub(rb">\s+<", b"><", a.body)))
            less = _then(flat, edited(pattern.encode(), b""))
            yield (f"(Get|Put){name}",
                   shown_by(check, anywhere(f"no {check}", gets(topics[name], less))))  # fmt: skip
    for name, found in REFUSED.items():
        for check, _, body in found:
            damage = wrong(f"{check} is taken", taken(_like(check, body)))
            rows = "Put(Bucket|Object)Acl" if name == "BucketAcl" else f"Put{name}"
            yield rows, shown_by(check, damage)


def _like(check: str, body: Body) -> Callable[[Request], bool]:
    """Whether a request has this body, of whatever bucket and value."""
    if check == "unknown-grantee":  # as long as the owner's id
        return lambda request: b"<ID>000" in request.body
    if check == "no-boolean":  # of two values
        return lambda request: b">perhaps<" in request.body
    known = UNKNOWN.split(body("VALUE", PLACE).decode())
    compiled = re.compile('[^<"]*?'.join(re.escape(each) for each in known).encode())
    return lambda request: compiled.fullmatch(request.body) is not None


def _then(first: Respond, second: Respond) -> Respond:
    """What the first answers is changed by the second."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = first(request, behind)
        return second(request, replace(behind, ask=lambda _: answer))

    return respond


def _swapped(request: Request, behind: Behind) -> Answer:
    """The Status of one rule is told of the other."""
    both = {b">Enabled<": b">Disabled<", b">Disabled<": b">Enabled<"}
    answer = behind.ask(request)
    body = re.sub(rb">(?:En|Dis)abled<", lambda m: both[m[0]], answer.body)
    right = all(text in answer.body for text in both)
    return replace(answer, body=body) if right else answer


Statement = dict[str, Any]


def _read_as(change: Callable[[Statement], Statement]) -> Respond:
    """Each statement of a policy is carried out as another one, and returned as it was put."""

    def respond(request: Request, behind: Behind) -> Answer:
        if "policy" not in request.parameters or request.method not in ("GET", "PUT"):
            return behind.ask(request)
        if request.method == "GET":
            answer = behind.ask(request)
            return replace(answer, body=behind.memory["put"]) if answer.status == 200 else answer
        try:
            policy = json.loads(request.body)
            statements = [change(dict(each)) for each in policy["Statement"]]
        except (ValueError, KeyError, TypeError):
            return behind.ask(request)
        behind.memory["put"] = request.body
        body = json.dumps({**policy, "Statement": statements}).encode()
        return behind.ask(replace(request, body=body))

    return respond


def _without_condition(statement: Statement) -> Statement:
    return {name: value for name, value in statement.items() if name != "Condition"}


def _anybody(statement: Statement) -> Statement:
    return {**statement, "Principal": "*"}


def _any_action(statement: Statement) -> Statement:
    allows = statement["Effect"] == "Allow"
    return {**statement, "Action": ["s3:GetObject", "s3:PutObject"]} if allows else statement


def _first_action(statement: Statement) -> Statement:
    actions = statement["Action"]
    return {**statement, "Action": actions[:1] if isinstance(actions, list) else actions}


def _renamed(old: str, new: str) -> Callable[[Statement], Statement]:
    def change(statement: Statement) -> Statement:
        named = statement.get("Resource")
        ours = isinstance(named, str) and old in named
        return {**statement, "Resource": named.replace(old, new)} if ours else statement  # type: ignore[union-attr]

    return change


def _acting(old: str, new: str) -> Callable[[Statement], Statement]:
    def change(statement: Statement) -> Statement:
        if statement["Action"] != old:
            return statement
        return {**statement, "Action": new, "Resource": statement["Resource"].partition("/")[0]}

    return change


def _of_nobody(statement: Statement) -> Statement:
    plain = statement["Principal"] == "*" and statement["Effect"] == "Allow"
    return {**statement, "Effect": "Deny", "Action": "s3:PutObject"} if plain else statement


def _unmet(operator: str) -> Callable[[Statement], Statement]:
    """A condition of this kind is never met: the statement is about nothing."""

    def change(statement: Statement) -> Statement:
        if operator not in statement.get("Condition", {}):
            return statement
        named = statement["Resource"][0].partition("/")[0]
        less = {**statement, "Action": "s3:GetObject", "Resource": f"{named}/none"}
        return _without_condition(less)

    return change


def _nothing_but(statement: Statement) -> Statement:
    if "NotResource" not in statement:
        return statement
    less = {name: value for name, value in statement.items() if name != "NotResource"}
    return {**less, "Resource": f"{statement['NotResource'][0]}-none"}


def _plain(*copied: str, uploads: bool = False) -> Respond:
    """Copies, or objects of parts, are not encrypted by default."""

    def respond(request: Request, behind: Behind) -> Answer:
        upload = uploads and request.method == "POST"
        if upload or any(request.header(name) for name in copied):
            behind.memory[request.path] = True
        hidden = is_head(request) and request.path in behind.memory
        return headed(SSE, None)(request, behind) if hidden else behind.ask(request)

    return respond


def _kept_default(request: Request, behind: Behind) -> Answer:
    """A default that is deleted is no longer told, and applied still."""
    if "encryption" not in request.parameters:
        return behind.ask(request)
    if request.method == "DELETE":
        behind.memory[request.path] = True
        return Answer(status=204)
    if request.method == "PUT":
        behind.memory.pop(request.path, None)
    if request.method == "GET" and request.path in behind.memory:
        code = b"ServerSideEncryptionConfigurationNotFoundError"
        return Answer(status=404, body=b"<Error><Code>%s</Code></Error>" % code)
    return behind.ask(request)


POLICY: Final = "PutBucketPolicy|Policy/allow-and-deny"
ORIGIN: Final = "Access-Control-Allow-Origin"
LINES: Final[tuple[Line, ...]] = (
    *_members(),
    ("(Get|Put)BucketLifecycleConfiguration", shown_by("every-member", anywhere(
        "one Rule short", gets("lifecycle", edited(
            rb"<Rule>(?:(?!<Rule>).)*<ID>n[0-9a-f]{9}2<.*?</Rule>", b""))))),
    ("(Get|Put)BucketLifecycleConfiguration", shown_by("every-member", anywhere(
        "a Status of another rule", gets("lifecycle", _swapped)))),
    *((POLICY, shown_by(check, anywhere(name, _read_as(change)))) for check, name, change in (
        ("condition", "no Condition is read", _without_condition),
        ("principal", "no Principal is read", _anybody),
        ("allow-nothing-more", "reading allows writing", _any_action),
        ("deny-spares-others", "the first Action alone", _first_action),
        ("wildcards", "no ? of names", _renamed("?", "-")),
        ("wildcards", "no * of actions", _acting("s3:Get*", "s3:GetBucketAcl")),
        ("wildcards", "no Principal *", _of_nobody),
        ("condition-met", "no condition is met", _unmet("StringLike")),
        ("condition-unmet", "Referer is not read", _without_condition),
        ("listing", "no prefix is met", _unmet("StringEquals")),
        ("other-listing", "s3:prefix is not read", _without_condition),
        ("secure-transport", "http is secure, too", _unmet("Bool")),
        ("not-resource", "NotResource is not read", _nothing_but))),
    ("PutBucketCors|CORS/preflight", shown_by("named-origin", anywhere("any origin", when(
        lambda r: r.method == "GET" and r.header("Origin") is not None, headed(ORIGIN, "*"))))),
    ("GetBucketPolicy", shown_by("media-type", wrong("text", headed(
        "Content-Type", "text/plain")))),
    ("PutBucketEncryption", shown_by("copy-encrypted", anywhere("no copies", _plain(
        "x-amz-copy-source")))),
    ("PutBucketEncryption", shown_by("upload-encrypted", anywhere("no uploads", _plain(
        uploads=True)))),
    ("PutBucketEncryption", shown_by("told-by-put", anywhere("HEAD alone", when(
        lambda r: r.method == "PUT", headed(SSE, None))))),
    ("DeleteBucketEncryption", shown_by("no-longer-applied", anywhere(
        "applied still", _kept_default))),
    ("PutBucketLogging", shown_by("switched-off", wrong("for ever", when(
        lambda r: b"LoggingEnabled" not in r.body and complete(r), nodded())))),
    ("PutBucketWebsite", shown_by("redirect-all", anywhere("without Protocol", gets(
        "website", edited(rb"(?<=</HostName>)\s*<Protocol>\w+</Protocol>"
                          rb"(?=\s*</RedirectAll)", b""))))),
    ("PutObjectLockConfiguration", shown_by("years", anywhere("as days", gets(
        "object-lock", edited(rb"<(/?)Years>", rb"<\1Days>"))))),
)  # fmt: skip
