"""What can go wrong with buckets' configurations: how they are stored, returned and deleted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from conformance.subjects.bucket_configurations import CONFIGURED_BY
from conformance.verdict import Observed
from tests.mutants.configuring import (
    after_delete,
    after_first,
    all_deleted,
    alone,
    coded,
    complete,
    emptied,
    gets,
    inserted,
    instead,
    merged,
    nodded,
    of,
    recoded,
    refused,
    taken,
)
from tests.mutants.damages.damage import Line, anywhere, or_ignored, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    answering,
    asking,
    edited,
    empty_result,
    headed,
    one_short,
    parameter,
    plain,
    repeated,
    when,
)
from tests.mutants.remembering import once, stale

NOT_STORED: Final = "a Get that tells what was never put is not told from a Put that stored nothing"
ELSE: Final = "carried out as something else, the row's own request was ignored"


def _otherwise(request: Request, behind: Behind) -> Answer:
    """Another value than was put: another nonce, or the other of two choices."""

    def change(answer: Answer) -> Answer:
        body = re.sub(rb"\bn[0-9a-f]{9}\b", b"n000000000", answer.body)
        if body == answer.body:
            one, two = next((pair for pair in CHOICES if pair[0] in body), (b"", b""))
            body = body.replace(one, two) if one else body
        return replace(answer, body=body)

    return answering(change)(request, behind)


PAIRS: Final = (
    *(found.choices for _, found in CONFIGURED_BY.values() if found.choices is not None),
    ("true", "false"),
)
CHOICES: Final = tuple(
    (b">%s<" % one.encode(), b">%s<" % two.encode())
    for pair in PAIRS
    for one, two in (pair, pair[::-1])
)
# By name of the configuration: what Get… leaves out of what was put.
LOST: Final = {
    "BucketCors": ("AllowedHeader", "ExposeHeader", "ID", "MaxAgeSeconds"),
    "BucketLifecycleConfiguration": ("AbortIncompleteMultipartUpload", "ID", "Expiration"),
    "BucketWebsite": ("RoutingRules", "ErrorDocument"),
    "BucketInventoryConfiguration": ("OptionalFields", "Schedule"),
    "BucketAnalyticsConfiguration": ("Tag", "StorageClassAnalysis"),
    "BucketMetricsConfiguration": ("Tag",),
    "BucketReplication": ("DeleteMarkerReplication", "Priority"),
    "BucketNotificationConfiguration": ("Filter",),
    "ObjectLockConfiguration": ("Mode",),
    "BucketLogging": ("TargetBucket",),
}
# What Get… returns one of that was put several times.
SEVERAL: Final = {
    "BucketCors": ("CORSRule", "AllowedMethod", "AllowedOrigin"),
    "BucketTagging": ("Tag",),
    "BucketWebsite": ("RoutingRule",),
    "BucketReplication": ("Rule",),
    "BucketIntelligentTieringConfiguration": ("Tiering",),
    "BucketNotificationConfiguration": ("Event",),
}


def _without(element: str) -> bytes:
    return rb"<%b(?:/>|>.*?</%b>)" % (element.encode(), element.encode())


def _members() -> Iterator[Line]:
    """Members that are put and not returned."""
    topics = {
        configuration.name: configuration.topic for _, configuration in CONFIGURED_BY.values()
    }
    for name in {*LOST, *SEVERAL}:
        damages = [
            *((f"without {each}", edited(_without(each), b"")) for each in LOST.get(name, ())),
            *((f"one {each} short", _one_of(each)) for each in SEVERAL.get(name, ())),
        ]
        for words, respond in damages:
            damage = anywhere(words, gets(topics[name], respond))
            yield f"(Get|Put){name}", shown_by("every-member", damage)


def _one_of(element: str) -> Respond:
    """The second of several elements in a row is missing."""
    one = rb"<%b>(?:(?!<%b>).)*?</%b>" % ((element.encode(),) * 3)
    return edited(rb"(%b)\s*%b" % (one, one), rb"\1", count=1)


def _codes() -> Iterator[Line]:
    """What a bucket that has no configuration answers."""
    for operation, (verb, configuration) in CONFIGURED_BY.items():
        code, root = configuration.absent, configuration.root
        if not code:
            continue
        nothing = coded(code, instead(200, f"<{root}/>".encode() if root else b"{}"))
        other = coded(code, recoded())
        if verb == "Get":
            check = "never-configured"
            if configuration.default is None and configuration.inborn is False:
                yield operation, shown_by(check, wrong("an empty one", nothing))
            yield operation, shown_by(f"{check}-code", wrong("another code", other))
        if verb == "Delete":
            get = gets(configuration.topic, nothing)
            yield operation, shown_by("unconfigured", anywhere("an empty one after", get))
            get = gets(configuration.topic, other)
            yield operation, shown_by("unconfigured-code", anywhere("another code after", get))


def _puts() -> Iterator[Line]:
    for operation, (verb, configuration) in CONFIGURED_BY.items():
        topic = configuration.topic
        if verb == "Put" and configuration.operation("Delete") and not configuration.by_id:
            damage = wrong("a refused body removes it", emptied)
            yield operation, shown_by("kept-after-refusal", damage)
        if verb == "Put" and configuration.invalid:
            damage = wrong("an invalid value is served", taken(complete))
            yield operation, shown_by("invalid-value", damage)
        if verb == "Get" and root(operation):
            renamed = edited(root(operation).encode(), b"Other")
            yield operation, shown_by("root-element", wrong("another root", renamed))
        if verb == "Get" and configuration.choices and topic != "acl":
            one, two = (each.encode() for each in configuration.choices)
            if b" " not in one + two and topic != "notification":
                first = edited(b">%b<" % two, b">%b<" % one)
                yield operation, shown_by("second-value", wrong("always the first", first))


def root(operation: str) -> str:
    """The root element of a configuration; empty for a policy."""
    return next(each.root for name, (_, each) in CONFIGURED_BY.items() if name == operation)


def _with_status(answer: Answer) -> Answer:
    if b"<Status>" in answer.body:
        return answer
    body = b"<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"
    return replace(answer, body=body)


def _no_empty_list(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    some = b"<Id>" in answer.body or answer.status >= 400
    return answer if some else Answer(status=404)


def _by_document(request: Request, behind: Behind) -> Answer:
    """The id in the query is not looked at."""
    found = re.search(rb"<Id>([^<]*)<", request.body)
    own = found[1].decode() if found else ""
    return parameter("id", lambda _: own)(request, behind)


def _refused_and_gone(request: Request, behind: Behind) -> Answer:
    """Another id than the document's is refused, and all that was put is gone."""
    found = re.search(rb"<Id>([^<]*)<", request.body)
    if request.method != "PUT" or found is None or "id" not in request.parameters:
        return behind.ask(request)
    if found[1].decode() == request.parameters["id"]:
        behind.memory["put"] = request.target
        return behind.ask(request)
    drop = replace(request, method="DELETE", target=behind.memory["put"], body=b"")
    behind.ask(drop.without("Content-MD5"))
    return error(400, "InvalidArgument")


def _listing(respond: Respond) -> Respond:
    """Done to listings of configurations with ids."""
    kinds = {"analytics", "intelligent-tiering", "inventory", "metrics"}
    return when(
        lambda r: r.method == "GET" and bool(kinds & {*r.parameters}) and "id" not in r.parameters,
        respond,
    )


def _public(request: Request, behind: Behind) -> Answer:
    """A bucket without a policy is public."""
    if request.method == "PUT" and "policy" in request.parameters:
        behind.memory[request.path] = True
    answer = behind.ask(request)
    unset = "policyStatus" in request.parameters and request.path not in behind.memory
    if unset and b"NoSuchBucket<" not in answer.body:
        return Answer(status=200, body=b"<PolicyStatus><IsPublic>true</IsPublic></PolicyStatus>")
    return answer


def _status_of(private: Callable[[bytes], bool]) -> Respond:
    """Whether a bucket is public is told from its policy, in another way."""

    def respond(request: Request, behind: Behind) -> Answer:
        if request.method == "PUT" and "policy" in request.parameters:
            behind.memory[request.path] = request.body
        answer = behind.ask(request)
        policy: bytes | None = behind.memory.get(request.path)
        if "policyStatus" not in request.parameters or policy is None:
            return answer
        said = b"false" if private(policy) else b"true"
        return replace(answer, body=re.sub(rb"(?<=<IsPublic>)\w+", said, answer.body))

    return respond


BY_ID: Final = "(Analytics|IntelligentTiering|Inventory|Metrics)"
NO_BUCKET: Final = coded("NoSuchBucket", instead(200, b"<Nothing/>"))
LINES: Final[tuple[Line, ...]] = (
    *_members(),
    *_codes(),
    *_puts(),
    # Not of notifications: what they go to is found by trying.
    ("GetObjectLockConfiguration", shown_by("reads-back", wrong("another value", edited(
        rb"<Days>\d+<", b"<Days>36501<")))),
    *((r"Get(Bucket(?!Location|PolicyS|Notif|Meta)|PublicAccess)\w+", or_ignored(
        NOT_STORED, shown_by("reads-back", damage)))
      for damage in (wrong("another value", _otherwise), anywhere("stale", stale))),
    ("Get(?!BucketLocation|Object(?!LockConf)|BucketMeta)(Bucket|PublicAccess|ObjectLock)[^/]+",
        shown_by("missing-bucket", wrong("of any bucket", NO_BUCKET))),
    ("Get(BucketCors|BucketTagging|BucketWebsite|PublicAccessBlock|ObjectLockConfiguration)",
        shown_by("media-type", wrong("of another type", headed("Content-Type", "text/plain")))),
    ("GetBucketVersioning", shown_by("never-configured", wrong(
        "always has a status", answering(_with_status)))),
    ("GetBucketRequestPayment", shown_by("never-configured", wrong(
        "the requester pays", edited(b">BucketOwner<", b">Requester<")))),
    ("GetBucketEncryption", shown_by("never-configured", wrong(
        "an empty one", edited(b"<Rule>.*AES256.*</Rule>", b"")))),
    # Put….
    (r"Put(Bucket(?!Meta)|PublicAccess|ObjectLockC)[^/]+", or_ignored(
        "the first may be what the bucket was prepared with", wrong("the first stays", once(
            lambda r: r.without("id").target)))),
    *((f"Put{name}", shown_by("not-merged", wrong("added to what is there", merged(element))))
      for name, element in (("BucketCors", "CORSRule"), ("BucketLifecycleConfiguration", "Rule"))),
    (f"PutBucket{BY_ID}Configuration", shown_by("others-stay", wrong("alone", alone))),
    (r"Put(Bucket(?!Meta)|PublicAccess|ObjectLockC)[^/]+", shown_by("malformed-body", wrong(
        "half a body is served", taken(lambda r: not complete(r))))),
    (r"Put(Bucket(?!Meta)|PublicAccess|ObjectLockC)[^/]+", shown_by("malformed-code", wrong(
        "another code", when(lambda r: not complete(r), answering(recoded(), 400))))),
    ("PutBucketTagging", shown_by("letters-of-any-script", wrong(
        "ASCII only", asking(lambda r: replace(r, body=re.sub(
            rb"[\x80-\xff]+", b"?", r.body)).without("Content-MD5"))))),
    ("(Get|Put)BucketPolicy", shown_by("every-member", anywhere("another effect", when(
        lambda r: r.method == "GET", edited(rb'"Effect": ?"\w+"', b'"Effect":"Audit"'))))),
    ("(Get|Put)BucketPolicy", shown_by("every-member", anywhere("one action", gets(
        "policy", edited(rb', ?"s3:DeleteObject"', b""))))),
    # Delete….
    ("DeleteBucket(?!Meta)[^/]+", replace(wrong("the bucket instead", asking(plain)),
        words=(Observed.IGNORED,), why=ELSE)),
    ("Delete(Bucket(?!Meta)|PublicAccess)[^/]+", shown_by("status", wrong(
        "200", another_status(204, 200)))),
    ("Delete(Bucket(?!Meta|.*(Analytics|Tiering|Inventory|Metrics))|PublicAccess)[^/]+",
        shown_by("again", wrong("404 the second time", after_first(
            "DELETE", refused(404, "NoSuchConfiguration"))))),
    ("Delete(Bucket(?!Meta)|PublicAccess)[^/]+", shown_by("put-again", anywhere(
        "nothing is stored after", after_delete("PUT", nodded())))),
    (f"DeleteBucket{BY_ID}Configuration", shown_by("others-stay", anywhere(
        "all of them", when(lambda r: "id" in r.parameters, all_deleted)))),
    # List….
    (r"ListBucket\w+s", shown_by("both", wrong("one short", one_short(r"\w+Configuration")))),
    *((f"ListBucket{kind}Configurations", shown_by(check, damage))
      for kind in ("Analytics", "IntelligentTiering", "Inventory", "Metrics")
      for check, damage in (
          ("each-once", wrong("one twice", repeated(f"{kind}Configuration"))),
          ("every-member", wrong("without its filter", edited(_without("Filter"), b""))),
          ("root-element", wrong("another root", edited(rb"(</?)List(\w+)", rb"\1Other\2"))),
          ("is-truncated", wrong("truncated", edited(b">false<", b">true<"))),
          ("none", wrong("404 for none", _no_empty_list)),
          ("missing-bucket", wrong("of any bucket", NO_BUCKET)),
          ("no-token", wrong("a token at the end", inserted(
              b"<IsTruncated>false</IsTruncated>",
              b"<NextContinuationToken>x</NextContinuationToken>"))),
      )),
    # Ids and pages.
    (f"PutBucket{BY_ID}Configuration/id", shown_by("another-id", wrong(
        "the document's id counts", _by_document))),
    (f"PutBucket{BY_ID}Configuration/id", shown_by("no-id", anywhere(
        "none is needed", when(
            lambda r: r.method == "PUT" and "id" not in r.parameters, nodded())))),
    (f"PutBucket{BY_ID}Configuration/id", shown_by("own-id", anywhere(
        "another value", when(of("GET", "id"), _otherwise)))),
    (f"PutBucket{BY_ID}Configuration/id", shown_by("kept", wrong(
        "refused, and it is gone", _refused_and_gone))),
    (r"Get\w+/id", shown_by("unknown-id", wrong("200 for 404", empty_result(
        "Configuration", 404)))),
    (r"Get\w+/id", shown_by("unknown-code", wrong("another code", answering(recoded(), 404)))),
    (r"Get\w+/id", shown_by("second", wrong("the first of all", once(lambda r: r.path)))),
    (r"Get\w+/id", shown_by("first", wrong("another value", _otherwise))),
    *((r"ListBucket\w+/continuation-token", shown_by(check, anywhere(name, gets_list)))
      for check, name, gets_list in (
          ("next-token", "no token", _listing(edited(
              rb"<NextContinuationToken>.*?</NextContinuationToken>", b""))),
          ("last-page", "the last page is said to go on", _listing(edited(
              b"<IsTruncated>false<", b"<IsTruncated>yes<"))),
          ("page-size", "one less", _listing(one_short(r"\w+Configuration"))),
          ("each-once", "one twice", _listing(repeated("MetricsConfiguration"))))),
    ("GetBucketPolicyStatus", shown_by("is-public", wrong("true for false", edited(
        rb"<IsPublic>(?i:false)<", b"<IsPublic>true<")))),
    ("GetBucketPolicyStatus", shown_by("is-public", wrong("false for true", edited(
        rb"<IsPublic>(?i:true)<", b"<IsPublic>false<")))),
    ("GetBucketPolicyStatus", shown_by("later-statement", anywhere(
        "the first statement counts", _status_of(lambda p: b'"Deny"' in p[:160])))),
    ("GetBucketPolicyStatus", shown_by("condition", anywhere(
        "no Condition counts", _status_of(lambda p: b'"Allow"' not in p)))),
    ("GetBucketPolicyStatus", shown_by("root-element", wrong("another root", edited(
        b"PolicyStatus", b"Status")))),
    ("GetBucketPolicyStatus", shown_by("no-policy", anywhere("public without one", _public))),
    ("GetBucketPolicyStatus", shown_by("no-policy-code", wrong(
        "another code", answering(recoded(), 404)))),
    ("GetBucketPolicyStatus", shown_by("missing-bucket", wrong("of any bucket", NO_BUCKET))),
    # Headers.
    ("PutBucketNotificationConfiguration/.*validation", shown_by("reads-back", wrong(
        "served, and not stored", nodded()))),
    ("PutBucketPolicy/.*access", wrong("served, and not stored", nodded())),
)  # fmt: skip
