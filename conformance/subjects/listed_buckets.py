"""ListBuckets by its parameters: a prefix, pages and a region; and whoever signs nothing.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import Check, Comparison, Response, Workbench, api, detail, holds
from conformance.s3.operations import Call
from conformance.subjects.listings import has_element, lists
from conformance.subjects.strange_region import NOWHERE

PAGE: Final = api("ListBuckets")
NAMES: Final = "Buckets/Bucket/Name"
# Stores had all of these years after ListBuckets itself.
CHECKS: Final[tuple[Check, ...]] = (
    detail("prefix", "the one bucket whose name is the prefix, and no next page", PAGE),
    detail("prefix-echo", "the prefix in Prefix", PAGE),
    detail("region-listed", "BucketRegion of a bucket, beside a parameter", PAGE),
    detail("page", "one bucket and a ContinuationToken for max-buckets=1", PAGE),
    detail("next-page", "another bucket for that token", PAGE),
    detail("other-region", f"no bucket, or a refusal, for bucket-region={NOWHERE}", PAGE),
    detail("unsigned", "no bucket in the response to an unsigned request", PAGE),
)


def check_parameters(bench: Workbench, ours: str, listing: Response) -> None:
    """Report `CHECKS`.

    Args:
        bench: the row's.
        ours: a bucket that is there.
        listing: the response without parameters.
    """
    own = bench.effect(_asked(prefix=ours))
    names = own.texts(NAMES)
    bench.check("prefix", lists(own, names, [ours], unasked=listing.texts(NAMES), of="bucket"))
    bench.check("prefix", has_element(own, "ContinuationToken", None))
    bench.check("prefix-echo", has_element(own, "Prefix", ours))
    region = own.text("Buckets/Bucket/BucketRegion")
    bench.check("region-listed", holds(bool(region), f"BucketRegion {region or 'missing'}", own))
    _check_pages(bench, len(listing.texts(NAMES)))
    elsewhere = bench.effect(_asked(bucket_region=NOWHERE))
    bench.check("other-region", _none(elsewhere))
    bench.check("unsigned", _none(bench.effect(Call(operation="ListBuckets"), anonymous=True)))


def _check_pages(bench: Workbench, count: int) -> None:
    if count < 2:
        bench.skip("page", "next-page", because="there is one bucket only")
        return
    first = bench.effect(_asked(max_buckets="1"))
    names, token = first.texts(NAMES), first.text("ContinuationToken")
    text = f"{len(names)} buckets, and {'a' if token else 'no'} ContinuationToken"
    right = len(names) == 1 and bool(token)
    if not bench.check("page", holds(right, text, first)):
        bench.skip("next-page", because=text)
        return
    second = bench.effect(_asked(max_buckets="1", continuation_token=token or ""))
    more = second.texts(NAMES)
    right = len(more) == 1 and more > names
    bench.check("next-page", holds(right, f"{more} after {names}", first, second))


def _asked(**parameters: str) -> Call:
    query = {name.replace("_", "-"): value for name, value in parameters.items()}
    return Call(operation="ListBuckets", query=query)


def _none(answer: Response) -> Comparison:
    names = answer.texts(NAMES)
    return holds(not names, f"{answer.describe()} with {len(names)} buckets", answer)
