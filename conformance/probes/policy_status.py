"""GetBucketPolicyStatus: whether a bucket's policy lets everybody in."""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Check,
    Observed,
    OperationName,
    Outcome,
    Response,
    Undecided,
    Workbench,
    api,
    core,
    decide,
    detail,
    equals,
    guide,
    holds,
    offered,
    operation,
    promise,
    refused,
)
from conformance.subjects import (
    bucket_configuration,
    bucket_configurations,
    configuration_bodies,
    policy_statements,
)

NETWORK: Final = "203.0.113.0/24"  # of RFC 5737's examples
STATUS: Final = "PolicyStatus"
POLICY: Final = bucket_configurations.CONFIGURED_BY["PutBucketPolicy"][1]
BLOCK: Final = bucket_configurations.CONFIGURED_BY["PutPublicAccessBlock"][1]
PAGE: Final = api("GetBucketPolicyStatus")
PUBLIC: Final = guide("access-control-block-public-access")
CHECKS: Final[tuple[Check, ...]] = (
    core(
        "is-public",
        "IsPublic true for a policy that lets everybody in, false for one that denies everybody",
        PAGE,
    ),
    promise("later-statement", "IsPublic true where the second statement lets in", PAGE),
    promise("condition", "IsPublic false where only one network is let in", PUBLIC),
    promise("root-element", f"root element {STATUS}", PAGE),
    promise("no-policy", "404, or IsPublic false, for a bucket without a policy", PAGE),
    promise("missing-bucket", "404 for a bucket that does not exist", ERRORS),
    detail("no-policy-code", "404 NoSuchBucketPolicy for a bucket without a policy", PAGE),
)


@operation("GetBucketPolicyStatus", checks=CHECKS, security=True)
def get_bucket_policy_status(bench: Workbench, name: OperationName) -> None:
    """Return IsPublic true for a policy that lets everybody in, and false for any other."""
    place, (public, private) = POLICY.lease(bench), POLICY.values(bench)
    ask = Call(operation=name, bucket=place.bucket)

    # AWS refuses public policies until the bucket's block is off.
    bench.attempt(BLOCK.put(place, "none of them"))
    opened = bench.attempt(
        configuration_bodies.put_policy(
            place.bucket, configuration_bodies.policy("Allow", public, place.bucket)
        )
    )
    first = bench.treat(ask)
    closed = bench.attempt(
        configuration_bodies.put_policy(
            place.bucket, configuration_bodies.policy("Deny", private, place.bucket)
        )
    )
    second = bench.effect(ask)

    if not first.not_configured:
        offered(first)
    unlike = first.ok and first.root in ("", bucket_configuration.LISTING)
    if not unlike and not (opened.ok and closed.ok):
        failed = closed if opened.ok else opened
        text = f"returns {first.describe()} {first.root}, but PutBucketPolicy {failed.describe()}"
        decide(Observed.UNPROVEN, text)
    said = [(answer.text("IsPublic") or "nothing").lower() for answer in (first, second)]
    known = first.root == second.root == STATUS
    text = f"{said[0]} and {said[1]}" if known else f"{first.root or 'no XML'}, {second.describe()}"
    otherwise = Outcome.WRONG if known else Outcome.IGNORED
    held = said == ["true", "false"]
    bench.check("is-public", holds(held, text, first, second, otherwise=otherwise))
    if unlike:
        return
    root = f"root element {first.root}"
    bench.check("root-element", holds(first.root == STATUS, root, first))

    _others(bench, ask)
    with bench.observing("no-policy"):
        if bench.sandbox.user_buckets:
            raise Undecided("the given bucket may have a policy")
        _without(bench, bench.effect(Call(operation=name, bucket=bench.bucket)))
    missing = bench.effect(Call(operation=name, bucket=bench.sandbox.bucket_name()))
    forbidden = (403,) if bench.sandbox.user_buckets else ()
    bench.check("missing-bucket", refused(missing, 404, *forbidden))


def _others(bench: Workbench, ask: Call) -> None:
    """Policies of two statements, and for everybody in one network."""
    bucket = ask.bucket
    allow, deny = (
        policy_statements.statement(effect, bucket, [f"{bench.nonce()}/*"])
        for effect in ("Allow", "Deny")
    )
    one_network = {"Condition": {"IpAddress": {"aws:SourceIp": NETWORK}}}
    for check, expected, statements in (
        ("later-statement", "true", (deny, allow)),
        ("condition", "false", ({**allow, **one_network},)),
    ):
        put = bench.attempt(policy_statements.put_policy(bucket, *statements))
        if not put.ok:
            bench.skip(check, because=f"the policy is refused: {put.describe()}")
            continue
        answer = bench.effect(ask)
        said = (answer.text("IsPublic") or "nothing").lower()
        bench.check(check, equals("IsPublic", said, expected, answer))


def _without(bench: Workbench, answer: Response) -> None:
    said = (answer.text("IsPublic") or "").lower()
    text = f"{answer.describe()} {said and f'with IsPublic {said}'}".rstrip()
    bench.check("no-policy", holds(answer.status == 404 or said == "false", text, answer))
    if answer.status == 404:
        bench.check("no-policy-code", equals("code", answer.code, "NoSuchBucketPolicy", answer))
    else:
        bench.skip("no-policy-code", because="the server returned no 404")
