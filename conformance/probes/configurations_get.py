"""Get…: a bucket's configurations are told.

What counts as proof. A value of our own that was put just before is in the answer. Several stores
have stubs for clients that only read, so an answer that is right for a fresh bucket shows nothing
while values can be put. Where Put is refused no value can ever be, and what such a bucket must be
told is AWS's answer for one never configured:
- a document that says something (encryption AES256, the owner's ACL, the owner pays, no
  versioning) is all the operation then promises: supported, if another bucket, one that never was,
  is answered with 404;
- 404 NoSuch…, or a document that says nothing, shows only that the request is routed: unproven.
A listing of the bucket or an empty body is the answer of a server that ignored the subresource.
Source: the Get… pages of https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    NOT_OFFERED,
    Proof,
    Seen,
    Undecided,
    Workbench,
    decide,
    judge,
    offered,
    operation,
    refuses,
    shows,
)
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.subjects.bucket_configuration import LISTING, Configuration, Place
from conformance.subjects.bucket_configurations import CONFIGURED_BY, operations
from conformance.subjects.configuration_bodies import policy, put_policy
from conformance.subjects.listings import misnamed
from conformance.verdict import Observation, Observed

DEPRECATED: Final = "GetBucketLifecycle"
SECURE: Final = tuple(name for name in operations("Get") if CONFIGURED_BY[name][1].security)
OTHERS: Final = tuple(name for name in operations("Get") if name not in (*SECURE, DEPRECATED))
STATUS: Final = "PolicyStatus"
POLICY: Final = CONFIGURED_BY["PutBucketPolicy"][1]
BLOCK: Final = CONFIGURED_BY["PutPublicAccessBlock"][1]


@operation(*SECURE, security=True)
@operation(*OTHERS)
def get(bench: Workbench, name: str) -> Observation:
    """Tell the configuration as it was put, or as AWS has it where none can be put."""
    configuration = CONFIGURED_BY[name][1]
    try:
        place = configuration.lease(bench)
    except Undecided as trouble:
        return _only_read(bench, configuration, str(trouble))
    ours, other = configuration.values(bench)

    put = bench.attempt(configuration.put(place, ours))
    answer = bench.treat(configuration.get(place, ours))

    if not put.ok:
        return _unput(bench, configuration, answer, put)
    if not answer.not_configured:
        offered(answer)
    return _told(configuration, answer, place, ours, other)


def _told(
    configuration: Configuration, answer: Response, place: Place, ours: str, other: str
) -> Observation:
    shown, *lost = configuration.read_back(answer, place, ours, other)
    if shown.seen is Seen.HELD and configuration.root:
        lost.extend(misnamed(answer, configuration.root))
    return judge(shown, also=lost)


def _only_read(bench: Workbench, configuration: Configuration, trouble: str) -> Observation:
    """No bucket may be configured, but whether the request is known can be told of any."""
    answer = bench.treat(configuration.get(Place(bucket=bench.bucket), "none"))
    if not answer.not_configured:
        offered(answer)
    if configuration.ignored(answer):
        return judge(_no_configuration(configuration, answer))
    raise Undecided(f"answers {answer.describe()} {answer.root}, but {trouble}")


def _no_configuration(configuration: Configuration, answer: Response) -> Proof:
    return shows(
        False,
        "",
        f"answers {answer.describe()} {answer.root or 'no XML'}, not {configuration.root}",
        otherwise=Seen.ABSENT if configuration.ignored(answer) else Seen.WRONG,
    )


def _unput(
    bench: Workbench, configuration: Configuration, get: Response, put: Response
) -> Observation:
    """Put was refused: hold the answer against AWS's for a bucket never configured."""
    if not get.not_configured:
        offered(get)
    if get.ok and not configuration.is_one(get):
        return judge(_no_configuration(configuration, get))
    refusal = f"{put.call.operation} answered {put.describe()}"
    if put.status not in NOT_OFFERED:
        raise Undecided(f"answers {get.describe()} {get.root}, but {refusal}")
    if get.not_configured or configuration.default is None:
        text = f"{get.describe()} {get.root} as for a bucket never configured, but {refusal}"
        decide(Observed.UNPROVEN, text)
    nowhere = bench.effect(replace(get.call, bucket=bench.sandbox.bucket_name()))
    return judge(
        configuration.default(bench, get),
        refuses(
            "a bucket that never was",
            nowhere,
            *((403, 404) if bench.sandbox.user_buckets else (404,)),
        ),
    )


@operation(DEPRECATED)
def get_deprecated(bench: Workbench, name: str) -> Observation:
    """Tell rules of the deprecated form as they were put: with a Prefix outside of any Filter."""
    old, new = CONFIGURED_BY[name][1], CONFIGURED_BY["GetBucketLifecycleConfiguration"][1]
    place, (ours, other) = old.lease(bench), old.values(bench)

    put = bench.attempt(old.put(place, ours))
    if not put.ok and bench.control(new.put(place, ours)).ok:
        # On the wire the operations are one; what makes the difference is the form.
        decide(Observed.REJECTED, f"rules of this form: {put.describe()}; others are served")
    answer = bench.treat(old.get(place))

    if not put.ok:
        return _unput(bench, old, answer, put)
    if not answer.not_configured:
        offered(answer)
    return _told(old, answer, place, ours, other)


@operation("GetBucketPolicyStatus", security=True)
def policy_status(bench: Workbench, name: str) -> Observation:
    """Tell a policy that lets everybody in from one that does not."""
    place, (public, private) = POLICY.lease(bench), POLICY.values(bench)
    ask = Call(operation=name, bucket=place.bucket)

    # AWS refuses public policies until the bucket is told not to.
    bench.attempt(BLOCK.put(place, "none of them"))
    opened = bench.attempt(put_policy(place.bucket, policy("Allow", public, place.bucket)))
    first = bench.treat(ask)
    closed = bench.attempt(put_policy(place.bucket, policy("Deny", private, place.bucket)))
    second = bench.effect(ask)

    if not first.not_configured:
        offered(first)
    if first.ok and first.root in ("", LISTING):
        text = f"answers {first.describe()} {first.root or 'no XML'}, not {STATUS}"
        return judge(shows(False, "", text))
    if not (opened.ok and closed.ok):
        refused = closed if opened.ok else opened
        text = f"answers {first.describe()} {first.root}, but PutBucketPolicy {refused.describe()}"
        decide(Observed.UNPROVEN, text)
    said = [(answer.text("IsPublic") or "nothing").lower() for answer in (first, second)]
    seen = f"of a policy that lets everybody in it says {said[0]}, of one against them {said[1]}"
    known = first.root == second.root == STATUS
    return judge(
        shows(
            said == ["true", "false"],
            seen,
            seen if known else f"answers {first.root or 'no XML'}, {second.describe()}",
            otherwise=Seen.WRONG if known else Seen.ABSENT,
        ),
        also=misnamed(first, STATUS) if known else (),
    )
