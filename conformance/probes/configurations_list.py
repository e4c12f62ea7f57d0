"""List…Configurations: the configurations of one kind that a bucket has.

Two that were put just before are listed. A bucket that has none is listed with an empty document,
so where Put is refused the row is unproven.
"""

from __future__ import annotations

from conformance.probing import (
    ERRORS,
    NOT_OFFERED,
    Check,
    Observed,
    Outcome,
    Undecided,
    Workbench,
    api,
    core,
    decide,
    detail,
    equals,
    has_status,
    holds,
    leaves,
    offered,
    operation,
    operation_named,
    promise,
    refused,
)
from conformance.subjects import bucket_configuration, bucket_configurations


def _checks(name: str, _: str) -> list[Check]:
    configuration, page = bucket_configurations.CONFIGURED_BY[operation_named(name)][1], api(name)
    return [
        core("both", "both configurations that were put", page),
        promise("each-once", "each of them once", page),
        promise("every-member", "every member of them", page),
        promise("root-element", f"root element {configuration.listing}", page),
        promise("is-truncated", "IsTruncated: false for a list of two", page),
        promise("none", "200 with an empty list for a bucket that has none", page),
        promise("missing-bucket", "404 for a bucket that does not exist", ERRORS),
        detail("no-token", "no NextContinuationToken where the list ends", page),
    ]


@operation(*bucket_configurations.operations("List"), checks=_checks)
def list_configurations(bench: Workbench, name: str) -> None:
    """List the configurations that were put, each once and in full."""
    configuration = bucket_configurations.CONFIGURED_BY[operation_named(name)][1]
    place, ids = configuration.lease(bench), configuration.values(bench)

    puts = [bench.attempt(configuration.put(place, value)) for value in ids]
    listing = offered(bench.treat(configuration.listed(place)))

    listed = listing.texts(f"{configuration.root}/Id")
    unlike = configuration.ignored(listing)
    failed = next((put for put in puts if not put.ok), None)
    if failed and not unlike:
        text = f"returns {listing.root}, but {failed.call.operation} {failed.describe()}"
        if failed.status not in NOT_OFFERED:
            raise Undecided(text)
        decide(Observed.UNPROVEN, text)
    shown = sum(value in listed for value in ids)
    text = f"{listing.root or 'no XML'} with {shown} of them"
    otherwise = Outcome.WRONG if shown else Outcome.IGNORED
    if not bench.check("both", holds(shown == len(ids), text, listing, otherwise=otherwise)):
        return
    times = [listed.count(value) for value in ids]
    bench.check("each-once", equals("times that each is listed", times, [1, 1], listing))
    # Leaves have a path below the root, which is one element more here.
    found = {(path.partition(configuration.root)[2], text) for path, text in leaves(listing.body)}
    put = {leaf for each in puts for leaf in leaves(each.call.body)}
    lost = sorted(path for path, text in put - found)
    bench.check("every-member", holds(not lost, f"none for {', '.join(lost)}", listing))
    root = f"root element {listing.root}"
    bench.check("root-element", holds(listing.root == configuration.listing, root, listing))
    bench.check("is-truncated", equals("IsTruncated", listing.text("IsTruncated"), "false"))
    token = listing.text("NextContinuationToken")
    bench.check("no-token", holds(not token, f"NextContinuationToken {token}", listing))

    with bench.observing("none"):
        if bench.sandbox.user_buckets:
            raise Undecided("the given bucket may have some")
        empty = bench.effect(configuration.listed(bucket_configuration.Place(bucket=bench.bucket)))
        bench.check("none", has_status(empty, 200))
        some = len(empty.texts(f"{configuration.root}/Id"))
        bench.check("none", holds(not some, f"{some} configurations", empty))
    missing = bench.effect(
        configuration.listed(bucket_configuration.Place(bucket=bench.sandbox.bucket_name()))
    )
    forbidden = (403,) if bench.sandbox.user_buckets else ()
    bench.check("missing-bucket", refused(missing, 404, *forbidden))
