"""The response to CreateBucket for a bucket that is the caller's own already.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.
"""

from __future__ import annotations

from typing import Final

from conformance.probing import ERRORS, Call, Workbench, behaviour, core, holds

OWNED: Final = "BucketAlreadyOwnedByYou"


@behaviour(
    "Error",
    OWNED,
    checks=(
        core("answer", f"409 {OWNED}; in us-east-1 200 is right, too", ERRORS),
        core("bucket-stays", "the bucket's object after it", ERRORS),
    ),
)
def owned(bench: Workbench, name: str) -> None:
    """Refuse to create a bucket that is the caller's own already, and leave it as it is."""
    bucket = bench.new_bucket()
    subject = bench.put(bucket=bucket)
    answer = bench.treat(Call(operation="CreateBucket", bucket=bucket))
    # Source: the error's description in ERRORS, of us-east-1.
    right = answer.describe() == f"409 {name}"
    lenient = answer.status == 200 and bench.endpoint.region == "us-east-1"
    back = bench.effect(subject.call("GetObject"))
    kept = back.body == subject.body
    # To serve it is right of a server that knows the bucket.
    right = right or (lenient and kept)
    bench.check("answer", holds(right, answer.describe(), answer))
    bench.check("bucket-stays", holds(kept, back.describe(), back))
