"""Delete…: a bucket's configurations are deleted, and the bucket stays.

What was put and read back just before is gone after, and the bucket is not: some stores carry out
the DELETE of a subresource they do not know as DeleteBucket. Where nothing can be put, or be read,
nothing can be seen to go: unproven.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NoReturn

from conformance.probing import (
    ERRORS,
    Check,
    Comparison,
    Observed,
    Outcome,
    Response,
    Workbench,
    api,
    core,
    decide,
    detail,
    has_status,
    holds,
    offered,
    operation,
    operation_named,
    promise,
    refused,
    served,
)
from conformance.subjects import (
    bucket_configuration,
    bucket_configurations,
    carried_out,
    carried_out_access,
)

SECURE: Final = bucket_configurations.operations("Delete", security=True)
OTHERS: Final = bucket_configurations.operations("Delete", security=False)
EFFECTS: Final = {**carried_out.CARRIED_OUT, **carried_out_access.CARRIED_OUT_ACCESS}


def _checks(name: str, _: str) -> list[Check]:
    name = operation_named(name)
    configuration, page = bucket_configurations.CONFIGURED_BY[name][1], api(name)
    get = configuration.operation("Get")
    checks = [
        core("gone", f"{get} not to return what was deleted", page),
        promise("put-again", "a configuration put afterwards to be returned", page),
        promise("other-topics-stay", "another configuration of the bucket to stay", page),
        promise("missing-bucket", "404 for a bucket that does not exist", ERRORS),
        detail("status", "204 No Content", page),
        detail("again", "a 2xx response where nothing is configured", page),
    ]
    if configuration.absent:
        checks += [
            configuration.absent_is(
                "unconfigured", f"{_afterwards(configuration)} after", api(get or name)
            ),
            detail("unconfigured-code", f"404 {configuration.absent} after", ERRORS),
        ]
    if configuration.by_id:
        checks.append(promise("others-stay", "the one with another id to stay", page))
    effect = EFFECTS.get(name)
    return [*checks, *(effect.checks if effect else ())]


def _afterwards(configuration: bucket_configuration.Configuration) -> str:
    default = " or the default" if configuration.default else ""
    return f"404{default} from {configuration.operation('Get')}"


@operation(*SECURE, checks=_checks, security=True)
@operation(*OTHERS, checks=_checks)
def delete(bench: Workbench, name: str) -> None:
    """Delete the configuration, and no other; the bucket stays."""
    operation_name = operation_named(name)
    configuration = bucket_configurations.CONFIGURED_BY[operation_name][1]
    place, (ours, other) = configuration.disposable(bench), configuration.values(bench)

    put = bench.attempt(configuration.put(place, ours))
    second = bench.attempt(configuration.put(place, other)) if configuration.by_id else put
    another = bucket_configurations.CONFIGURED_BY[
        "PutBucketCors" if configuration.topic == "tagging" else "PutBucketTagging"
    ][1]
    beside = bench.attempt(another.put(place, ours))
    before = bench.attempt(configuration.get(place, ours))
    answer = bench.treat(configuration.delete(place, ours))
    bench.bucket_unharmed(place.bucket, answer)
    if not answer.not_configured:
        offered(answer)
    after = bench.effect(configuration.get(place, ours))

    if not configuration.shows(before, place, ours, other).held:
        _nothing_to_delete(configuration, put, before, answer)
    bench.check("status", has_status(answer, 204))
    if not bench.check("gone", _gone(after, configuration.shows(after, place, ours, other))):
        return
    if configuration.absent:
        _unconfigured(bench, configuration, after)
    if configuration.by_id:
        stays = bench.effect(configuration.get(place, other)) if second.ok else second
        bench.check("others-stay", configuration.shows(stays, place, other, ours))
    if beside.ok:
        stayed = bench.effect(another.get(place))
        bench.check("other-topics-stay", another.shows(stayed, place, ours, other))
    else:
        bench.skip("other-topics-stay", because=f"{another.name} cannot be put")
    again = bench.effect(configuration.delete(place, ours))
    bench.check("again", served(again))
    nowhere = replace(place, bucket=bench.sandbox.bucket_name())
    forbidden = (403,) if bench.sandbox.user_buckets else ()
    missing = bench.effect(configuration.delete(nowhere, ours))
    bench.check("missing-bucket", refused(missing, 404, *forbidden))
    effect = EFFECTS.get(operation_name)
    if effect is not None:
        effect.seen(bench, place)
    anew = bench.effect(configuration.put(place, ours))
    shown = bench.effect(configuration.get(place, ours)) if anew.ok else anew
    bench.check("put-again", configuration.shows(shown, place, ours, other))


def _unconfigured(
    bench: Workbench, configuration: bucket_configuration.Configuration, after: Response
) -> None:
    text = f"{after.describe()} {after.root}".rstrip()
    default = configuration.default
    as_default = default is not None and after.ok and default(bench, after).held
    bench.check("unconfigured", holds(after.status == 404 or as_default, text, after))
    if after.status == 404:
        right = after.code == configuration.absent
        bench.check("unconfigured-code", holds(right, text, after))
    else:
        bench.skip("unconfigured-code", because="the server returned no 404")


def _nothing_to_delete(
    configuration: bucket_configuration.Configuration,
    put: Response,
    before: Response,
    answer: Response,
) -> NoReturn:
    if put.ok and configuration.ignored(before):
        text = f"{before.call.operation} returns {before.root or 'no XML'}: it is not known"
        decide(Observed.IGNORED, text)
    blame = put if not put.ok else before
    text = f"{blame.call.operation} returned {blame.describe()}, so there was nothing to delete"
    decide(Observed.UNPROVEN, f"returns {answer.describe()}, but {text}")


def _gone(after: Response, shown: Comparison) -> Comparison:
    # Some stores answer without a document afterwards, or with one that states the default.
    text = f"{after.describe()} {after.root}".rstrip()
    if shown.held:
        return holds(False, f"{text} with all of it", after, otherwise=Outcome.IGNORED)
    missing = after.status == 404 and after.code != "NoSuchBucket"
    return holds(missing or after.ok, text, after)
