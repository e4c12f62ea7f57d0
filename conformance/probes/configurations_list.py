"""List…Configurations: the configurations of one kind that a bucket has.

What counts as proof. Two that were put just before are listed. A bucket that has none is listed
with an empty document, so where Put is refused the row is unproven.
Source: the ListBucket… pages of
https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
"""

from __future__ import annotations

from conformance.probing import (
    NOT_OFFERED,
    Seen,
    Undecided,
    Workbench,
    decide,
    judge,
    offered,
    operation,
    shows,
)
from conformance.subjects.bucket_configurations import CONFIGURED_BY, operations
from conformance.subjects.listings import misnamed
from conformance.verdict import Observation, Observed


@operation(*operations("List"))
def list_configurations(bench: Workbench, name: str) -> Observation:
    """List the configurations that were put."""
    configuration = CONFIGURED_BY[name][1]
    place, ids = configuration.lease(bench), configuration.values(bench)

    puts = [bench.attempt(configuration.put(place, value)) for value in ids]
    listing = offered(bench.treat(configuration.listed(place)))

    told = listing.texts(f"{configuration.root}/Id")
    known = not configuration.ignored(listing)
    refused = next((put for put in puts if not put.ok), None)
    if refused and known:
        text = f"answers {listing.root}, but {refused.call.operation} {refused.describe()}"
        if refused.status not in NOT_OFFERED:
            raise Undecided(text)
        decide(Observed.UNPROVEN, text)
    shown = sum(value in told for value in ids)
    return judge(
        shows(
            shown == len(ids),
            f"lists the {len(ids)} that were put",
            f"answers {listing.root or 'no XML'} with {shown} of the {len(ids)} that were put",
            otherwise=Seen.WRONG if shown else Seen.ABSENT,
        ),
        also=misnamed(listing, configuration.listing) if shown else (),
    )
