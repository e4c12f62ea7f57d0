"""Region names that a store takes as its own: in the signature, and in CreateBucket.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html and, for the names,
https://developers.cloudflare.com/r2/api/s3/api/#bucket-region
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from conformance.probing import (
    Proof,
    Seen,
    Workbench,
    carries,
    decide,
    family,
    judge,
    refuses,
    shows,
)
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.xml import location_constraint
from conformance.subjects.smallest_requests import create_bucket
from conformance.verdict import Observation, Observed

# As rows name them, and as they go over the wire.
REGIONS: Final = {"auto": "auto", "empty": "", "us-east-1": "us-east-1"}
NOWHERE: Final = "nowhere-south-9"


@family(*(f"{name}/signing" for name in REGIONS), operations=["Region"])
def signing(bench: Workbench, _: str, feature: str) -> Observation:
    """Serve a request signed for this region, and refuse the same one with another signature.

    The region is part of what is signed, so a server that refuses the forged request has taken
    the region for its own. One that looks at no signature may yet look at the region.
    """
    region, read = REGIONS[feature.partition("/")[0]], bench.plain.call("GetObject")

    answer = bench.accepted(bench.treat(read, region=region))
    served = carries(f"signed for {region!r}", answer, bench.plain.body)
    if served.seen is not Seen.HELD:
        return judge(served)
    forged = refuses(
        "with a forged signature", bench.effect(read, region=region, invalid_signature=True)
    )
    if forged.seen is Seen.HELD:
        return judge(forged, also=[served])
    strange = bench.effect(read, region=NOWHERE)
    text = f"signed for {NOWHERE!r}: {strange.describe()}"
    if 300 <= strange.status < 500:  # sent elsewhere, or refused
        return judge(shows(True, text, ""), also=[served])
    return decide(
        Observed.UNPROVEN,
        f"the endpoint verifies no signature, so no region in one: {forged.text}; {text}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Strange:
    """CreateBucket with a constraint that no store has.

    Attributes:
        answer: what came.
        location: which region that bucket then is in; empty where it was not created.
    """

    answer: Response
    location: str


@family(*(f"{name}/LocationConstraint" for name in REGIONS), operations=["Region"])
def constraint(bench: Workbench, _: str, feature: str) -> Observation:
    """Create a bucket with this LocationConstraint, and refuse one that is no region's name.

    AWS itself refuses us-east-1, which has no constraint there.
    """
    region = REGIONS[feature.partition("/")[0]]
    call = _create(bench, region)

    bench.accepted(bench.treat(call), control=create_bucket(bench))
    listing = Call(operation="ListObjects", bucket=call.bucket)
    look = _here_or_there(bench.effect, listing, region)
    _delete(bench, call, region)
    strange = bench.shared("a bucket in a strange region", _strange)

    there = look.ok and look.root == "ListBucketResult"
    return judge(
        _heeded(strange),
        also=[shows(there, "the bucket is there", f"the bucket: {look.describe()}")],
    )


def _here_or_there(send: Callable[..., Response], call: Call, region: str) -> Response:
    """A bucket in another region may be had with a signature for that region only."""
    answer = send(call)
    return answer if answer.ok else send(call, region=region)


def _delete(bench: Workbench, created: Call, region: str) -> None:
    """Delete the bucket at once, for the clean-up knows of no region but the endpoint's own."""
    delete = Call(operation="DeleteBucket", bucket=created.bucket)
    _here_or_there(bench.attempt, delete, region)


def _create(bench: Workbench, region: str) -> Call:
    body = location_constraint(region)
    return Call(operation="CreateBucket", bucket=bench.bucket_name(), body=body)


def _strange(bench: Workbench) -> Strange:
    call = _create(bench, NOWHERE)
    answer = bench.effect(call)
    if not answer.ok:
        return Strange(answer=answer, location="")
    asked = Call(operation="GetBucketLocation", bucket=call.bucket)
    location = _here_or_there(bench.effect, asked, NOWHERE)
    _delete(bench, call, NOWHERE)
    return Strange(answer=answer, location=location.xml.text or "")


def _heeded(strange: Strange) -> Proof:
    """The constraint means something where a strange one is refused, or kept."""
    if strange.location == NOWHERE:
        return shows(True, f"a bucket in {NOWHERE!r} is served, and located there", "")
    return refuses(f"a bucket in {NOWHERE!r}", strange.answer)
