"""Buckets in a region by name, and one in a region that no store has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from conformance.probing import Workbench
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.xml import location_constraint

NOWHERE: Final = "nowhere-south-9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strange:
    """CreateBucket with a constraint that no store has.

    Attributes:
        answer: the response.
        location: which region that bucket then is in; empty where it was not created.
    """

    answer: Response
    location: str


def create_in(bench: Workbench, region: str) -> Call:
    """CreateBucket in a region, of a name nobody has used."""
    body = location_constraint(region)
    return Call(operation="CreateBucket", bucket=bench.bucket_name(), body=body)


def here_or_there(send: Callable[..., Response], call: Call, region: str) -> Response:
    """A bucket in another region may be had with a signature for that region only."""
    answer = send(call)
    return answer if answer.ok else send(call, region=region)


def delete_there(bench: Workbench, created: Call, region: str) -> None:
    """Delete the bucket at once, for the clean-up knows of no region but the endpoint's own."""
    delete = Call(operation="DeleteBucket", bucket=created.bucket)
    here_or_there(bench.attempt, delete, region)


def strange_bucket(bench: Workbench) -> Strange:
    """What became of a bucket that was to be in `NOWHERE`; it is deleted."""
    return bench.shared("a bucket in a strange region", _strange)


def _strange(bench: Workbench) -> Strange:
    call = create_in(bench, NOWHERE)
    answer = bench.effect(call)
    if not answer.ok:
        return Strange(answer=answer, location="")
    asked = Call(operation="GetBucketLocation", bucket=call.bucket)
    location = here_or_there(bench.effect, asked, NOWHERE)
    delete_there(bench, call, NOWHERE)
    return Strange(answer=answer, location=location.xml.text or "")
