"""Buckets: which there are, where they are, and that they come and go.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingBucket.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Proof,
    Seen,
    Stored,
    Workbench,
    carries,
    judge,
    offered,
    probe,
    refuses,
    shows,
)
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.listings import misnamed
from conformance.subjects.smallest_requests import create_bucket
from conformance.verdict import Hazard, Observation

BUCKETS: Final = "ListAllMyBucketsResult"
LISTING: Final = "ListBucketResult"


def _look(bench: Workbench, bucket: str) -> Response:
    """Whether a bucket is there: its listing, which is 404 where there is none."""
    return bench.effect(Call(operation="ListObjects", bucket=bucket))


def _nowhere(bench: Workbench, operation: OperationName) -> Proof:
    """The request to a bucket that never was.

    What is given with --bucket may come with credentials for nothing else: then it is 403.
    """
    answer = bench.effect(Call(operation=operation, bucket=bench.sandbox.bucket_name()))
    statuses = (403, 404) if bench.sandbox.user_buckets else (404,)
    return refuses("a bucket that never was", answer, *statuses)


@probe("ListBuckets")
def list_buckets(bench: Workbench) -> Observation:
    """List the account's buckets."""
    ours = bench.bucket

    listing = offered(bench.treat(Call(operation="ListBuckets")))

    names = listing.texts("Buckets/Bucket/Name")
    return judge(
        shows(
            ours in names,
            f"the bucket is one of {len(names)} listed",
            f"answers {listing.root or 'no XML'} without the bucket, with {len(names)} others",
            otherwise=Seen.WRONG if listing.root == BUCKETS else Seen.ABSENT,
        ),
        also=misnamed(listing, BUCKETS),
    )


@probe("HeadBucket")
def head_bucket(bench: Workbench) -> Observation:
    """Answer 200 for a bucket that is there, and 404 for one that is not."""
    offered(bench.treat(Call(operation="HeadBucket", bucket=bench.bucket)))

    return judge(_nowhere(bench, "HeadBucket"))


@probe("CreateBucket")
def create(bench: Workbench) -> Observation:
    """Create a bucket where there was none."""
    call = create_bucket(bench)

    before = _look(bench, call.bucket)
    answer = bench.treat(call)
    if call.body and not answer.ok:  # the region may be one that has no constraint here
        answer = bench.treat(call.plus(body=b""))
    offered(answer)
    after = _look(bench, call.bucket)

    seen = f"the bucket before: {before.describe()}; after: {after.describe()} {after.root}"
    there = after.ok and after.root == LISTING
    return judge(shows(before.status == 404 and there, seen, seen))


@probe("DeleteBucket")
def delete(bench: Workbench) -> Observation:
    """Delete an empty bucket, and refuse to delete one that has an object."""
    empty, full = bench.new_bucket(), bench.new_bucket()
    subject = bench.put(bucket=full)

    offered(bench.treat(Call(operation="DeleteBucket", bucket=empty)))
    gone = _look(bench, empty)
    refused = bench.effect(Call(operation="DeleteBucket", bucket=full))
    kept = bench.effect(subject.call("GetObject"))

    return judge(
        refuses("the bucket after", gone, 404),
        refuses("a bucket with an object", refused, 409),
        also=[_outlives(kept, subject)],
    )


def _outlives(answer: Response, subject: Stored) -> Proof:
    if answer.status == 404:
        text = "that object was deleted with it"
        return Proof(seen=Seen.ABSENT, text=text, hazard=Hazard.DESTRUCTIVE)
    return carries("that object after", answer, subject.body)


@probe("GetBucketLocation")
def get_bucket_location(bench: Workbench) -> Observation:
    """Tell the bucket's region, and 404 for a bucket that is not there."""
    answer = offered(bench.treat(Call(operation="GetBucketLocation", bucket=bench.bucket)))

    # Which region it is cannot be checked: it is empty for us-east-1, and stores have aliases.
    return judge(
        shows(
            answer.root == "LocationConstraint",
            f"answers LocationConstraint {answer.xml.text or ''!r}",
            f"answers {answer.root or 'no XML'}, not LocationConstraint",
            otherwise=Seen.ABSENT if answer.root in ("", LISTING) else Seen.WRONG,
        ),
        also=[_nowhere(bench, "GetBucketLocation")],
    )
