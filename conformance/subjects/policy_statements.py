"""Statements of a bucket's policy, and what some that are less plain let in.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access_policy_language_overview.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from conformance.probing import (
    Check,
    Comparison,
    Stored,
    Undecided,
    Workbench,
    has_body,
    holds,
    promise,
    refused,
)
from conformance.probing.sources import guide
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.subjects import configuration_bodies
from conformance.verdict import Hazard

ELEMENTS: Final = guide("s3-policy-language-overview")
KEYS: Final = guide("amazon-s3-policy-keys")
ANYBODY: Final[Mapping[str, object]] = {"Principal": {"AWS": "*"}}
EVERYBODY: Final[Mapping[str, object]] = {"Principal": "*"}
CHECKS: Final[tuple[Check, ...]] = (
    promise("wildcards", 'a GetObject that is allowed with "*", s3:Get* and ?', ELEMENTS),
    promise("condition-met", "a GetObject with the Referer that the Condition asks for", KEYS),
    promise("condition-unmet", "a refusal of a GetObject with another Referer", KEYS),
    promise("listing", "a ListObjects of the one prefix that may be listed", KEYS),
    promise("other-listing", "a refusal of a ListObjects of another prefix, or of none", KEYS),
    promise("secure-transport", "one refusal, of http or of https, where both are denied", KEYS),
)


def silent(seen: Comparison) -> Comparison:
    """A comparison that, where it fails, shows that what protects was ignored."""
    return seen.hurting(Hazard.SILENT)


def read(bench: Workbench, subject: Stored) -> Response:
    """GetObject of somebody who does not sign."""
    return bench.effect(subject.call("GetObject"), anonymous=True)


def statement(
    effect: str,
    bucket: str,
    names: Sequence[str],
    actions: Sequence[str] = ("s3:GetObject",),
    whose: Mapping[str, object] = ANYBODY,
) -> dict[str, object]:
    """One statement of a policy.

    Args:
        effect: Allow or Deny.
        bucket: the name.
        names: what follows the bucket in ARNs; the bucket itself where empty.
        actions: which operations.
        whose: the Principal, and a Condition if there is one.
    """
    arn = f"arn:aws:s3:::{bucket}"
    resources = [f"{arn}/{name}" if name else arn for name in names]
    return {"Effect": effect, **whose, "Action": [*actions], "Resource": resources}


def put_policy(bucket: str, *statements: dict[str, object]) -> Call:
    """PutBucketPolicy with these statements."""
    policy = {"Version": "2012-10-17", "Statement": [*statements]}
    return configuration_bodies.put_policy(bucket, json.dumps(policy).encode())


def _over_https(secure: str) -> dict[str, object]:
    return {**EVERYBODY, "Condition": {"Bool": {"aws:SecureTransport": secure}}}


def observe(bench: Workbench, bucket: str) -> None:
    """Put one policy of several statements, each about another object, and try each.

    Raises:
        Undecided: what is private can be read by everybody, or the plainest policy is refused.
    """
    by_wildcards, by_referer, by_http, by_https = (
        bench.put(bucket=bucket, key=bench.key(f"/{last}")) for last in "1234"
    )
    site, prefix = f"https://{bench.nonce()}.example.com", bench.key("/")
    private = bench.control(by_wildcards.call("GetObject"), anonymous=True)
    listing = Call(operation="ListObjects", bucket=bucket)
    open_ = bench.control(listing, anonymous=True).ok
    if private.ok:
        raise Undecided(f"an unsigned GetObject without any policy: {private.describe()}")
    arn = f"arn:aws:s3:::{bucket}/{by_wildcards.key[:-1]}?"
    plain: dict[str, object] = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:Get*",
        "Resource": arn,
    }
    referer = {**ANYBODY, "Condition": {"StringLike": {"aws:Referer": [f"{site}/*"]}}}
    listed = {**EVERYBODY, "Condition": {"StringEquals": {"s3:prefix": [prefix]}}}
    answer = bench.attempt(
        put_policy(
            bucket,
            plain,
            statement("Allow", bucket, [by_referer.key], whose=referer),
            statement("Allow", bucket, [""], ["s3:ListBucket"], whose=listed),
            statement("Allow", bucket, [by_http.key, by_https.key]),
            *(
                statement("Deny", bucket, [subject.key], whose=_over_https(secure))
                for subject, secure in ((by_http, "false"), (by_https, "true"))
            ),
        )
    )
    if not answer.ok:
        for each in CHECKS[1:]:
            bench.skip(each.id, because=f"the policy is refused: {answer.describe()}")
        answer = bench.effect(put_policy(bucket, plain))
        found = read(bench, by_wildcards) if answer.ok else answer
        bench.check("wildcards", has_body(found, by_wildcards.body))
        return
    bench.check("wildcards", has_body(read(bench, by_wildcards), by_wildcards.body))
    met, unmet = (
        bench.effect(by_referer.call("GetObject", headers={"Referer": each}), anonymous=True)
        for each in (f"{site}/page", "https://example.net/page")
    )
    bench.check("condition-met", has_body(met, by_referer.body))
    bench.check("condition-unmet", silent(refused(unmet)))
    # Which of the two it is depends on who ends TLS.
    answers = [read(bench, subject) for subject in (by_http, by_https)]
    text = " and ".join(answer.describe() for answer in answers)
    one_of_two = sorted(answer.ok for answer in answers) == [False, True]
    bench.check("secure-transport", silent(holds(one_of_two, text, *answers)))
    if open_:
        for check in ("listing", "other-listing"):
            bench.skip(check, because="everybody lists the bucket")
        return
    one, other = (
        bench.effect(listing.plus(query={"prefix": each}), anonymous=True)
        for each in (prefix, by_http.key)
    )
    bench.check("listing", holds(one.root == "ListBucketResult", one.describe(), one))
    bench.check("other-listing", silent(refused(other)))
    whole = bench.effect(listing, anonymous=True)
    bench.check("other-listing", silent(refused(whole).after("without a prefix")))
