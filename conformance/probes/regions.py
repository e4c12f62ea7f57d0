"""Region names that a store takes as its own: in the signature, and in CreateBucket."""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    API,
    R2,
    Call,
    Comparison,
    Observed,
    Workbench,
    api,
    cell,
    core,
    decide,
    detail,
    has_body,
    holds,
    promise,
    refused,
)
from conformance.subjects import smallest_requests, strange_region

# As rows name them, and as they go over the wire.
REGIONS: Final = {"auto": "auto", "empty": "", "us-east-1": "us-east-1"}
# R2's hints of a location, which CreateBucket alone takes.
HINTS: Final = {name: name for name in ("wnam", "enam", "weur", "eeur", "apac", "oc")}
CONSTRAINTS: Final = {**REGIONS, **HINTS}
SIGNING: Final = f"{API}/sig-v4-header-based-auth.html"
NAMES: Final = f"{R2}/api/s3/api/#bucket-region"


@cell(
    "Region",
    *((name, "signing") for name in REGIONS),
    checks=[
        core(
            "signature",
            f"a refusal of a wrong signature, or of one for {strange_region.NOWHERE}",
            SIGNING,
        ),
        promise("object", "the object, for a request that is signed for the region", NAMES),
        promise("write", "an object that can be stored with such a request", NAMES),
        promise("listing", "the object in a listing that is signed for the region", NAMES),
        detail(
            "other-region",
            f"a refusal of a request that is signed for {strange_region.NOWHERE}",
            SIGNING,
        ),
    ],
)
def signing(bench: Workbench, name: str, _: str) -> None:
    """Serve a request signed for this region, and refuse the same one with another signature.

    The region is part of what is signed, so a server that refuses the request with a wrong
    signature has taken the region for its own. One that verifies no signature may yet look at the
    region.
    """
    region, plain = REGIONS[name], bench.plain
    read = plain.call("GetObject")

    answer = bench.accepted(bench.treat(read, region=region))
    bench.check("object", has_body(answer, plain.body))
    forged = bench.effect(read, region=region, invalid_signature=True)
    strange = bench.effect(read, region=strange_region.NOWHERE)
    sent_elsewhere = 300 <= strange.status < 400
    other = refused(strange) if not sent_elsewhere else holds(True, strange.describe(), strange)
    if not (refused(forged).held or other.held):
        decide(
            Observed.UNPROVEN,
            "the endpoint verifies no signature, so no region in one: with a wrong signature "
            f"{forged.describe()}, signed for {strange_region.NOWHERE!r} {strange.describe()}",
        )
    where = f"for {strange_region.NOWHERE!r}"
    text = f"{forged.describe()} for a wrong signature, {strange.describe()} {where}"
    bench.check("signature", holds(True, text, forged, strange))
    bench.check("other-region", other)

    with bench.observing("write", "listing"):
        body, key = bench.text(), bench.key()
        put = Call(operation="PutObject", bucket=plain.bucket, key=key, body=body)
        stored = bench.effect(put, region=region)
        back = bench.effect(Call(operation="GetObject", bucket=plain.bucket, key=key))
        written = has_body(back, body).after(f"{stored.describe()}, then")
        bench.check("write", written if stored.ok else holds(False, stored.describe(), stored))
        call = Call(operation="ListObjectsV2", bucket=plain.bucket, query={"prefix": plain.key})
        listing = bench.effect(call, region=region)
        keys = listing.texts("Contents/Key")
        text = f"{listing.describe()} with {len(keys)} keys"
        bench.check("listing", holds(plain.key in keys, text, listing))


@cell(
    "Region",
    *((name, "LocationConstraint") for name in CONSTRAINTS),
    checks=[
        core(
            "unknown-region",
            f"a refusal of {strange_region.NOWHERE}, or a bucket there",
            api("CreateBucket"),
        ),
        promise("created", "a bucket after CreateBucket with the constraint", NAMES),
        promise("usable", "an object that can be put there and read", NAMES),
        detail(
            "unknown-region-refused", f"a refusal of {strange_region.NOWHERE}", api("CreateBucket")
        ),
    ],
)
def constraint(bench: Workbench, name: str, _: str) -> None:
    """Create a bucket with this LocationConstraint, and refuse one that is no region's name.

    AWS itself refuses us-east-1, which has no constraint there.
    """
    region = CONSTRAINTS[name]
    call = strange_region.create_in(bench, region)

    bench.accepted(bench.treat(call), control=smallest_requests.create_bucket(bench))
    listing = Call(operation="ListObjects", bucket=call.bucket)
    look = strange_region.here_or_there(bench.effect, listing, region)
    there = look.ok and look.root == "ListBucketResult"
    bench.check("created", holds(there, f"{look.describe()} {look.root}", look))
    if there:
        body, key = bench.text(), bench.key()
        at = Call(operation="PutObject", bucket=call.bucket, key=key, body=body)
        strange_region.here_or_there(bench.effect, at, region)
        get = Call(operation="GetObject", bucket=call.bucket, key=key)
        bench.check(
            "usable", has_body(strange_region.here_or_there(bench.effect, get, region), body)
        )
        delete = Call(operation="DeleteObject", bucket=call.bucket, key=key)
        strange_region.here_or_there(bench.attempt, delete, region)
    else:
        bench.skip("usable", because="the bucket was not created")
    strange_region.delete_there(bench, call, region)
    strange = strange_region.strange_bucket(bench)
    bench.check("unknown-region", _means_something(strange))
    bench.check("unknown-region-refused", refused(strange.answer))


def _means_something(strange: strange_region.Strange) -> Comparison:
    """The constraint means something where a strange one is refused, or kept."""
    if strange.location == strange_region.NOWHERE:
        return holds(True, f"a bucket, which is in {strange_region.NOWHERE}", strange.answer)
    return refused(strange.answer)
