"""What a function answers to a GetObject that was sent through it.

S3 has this at a host of its own, for functions that were called with a token to answer with.
Nobody else can have such a token, so what can be seen is who serves a made-up one.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_WriteGetObjectResponse.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import Undecided, Workbench, decide, offered, probe
from conformance.s3.operations import Call
from conformance.verdict import Observation, Observed

# Refusals of who took the path for a bucket's name.
OF_A_BUCKET: Final = ("InvalidBucketName", "NoSuchBucket")


@probe("WriteGetObjectResponse")
def write(bench: Workbench) -> Observation:
    """Take a function's answer for the token that it was called with, and for no other."""
    token = bench.text().decode()
    headers = {"x-amz-request-route": token[:8], "x-amz-request-token": token}
    call = Call(operation="WriteGetObjectResponse", headers=headers, body=bench.text())

    answer = bench.treat(call)
    nowhere = bench.control(Call(operation="PostObject", bucket=bench.sandbox.bucket_name()))

    if answer.ok:
        decide(Observed.IGNORED, f"{answer.describe()} for a token that nobody was given")
    if answer.broke or answer.status in (405, 501):
        offered(answer)
    alike = (answer.status, answer.code) == (nowhere.status, nowhere.code)
    if alike or answer.code in OF_A_BUCKET:
        decide(Observed.REJECTED, f"{answer.describe()}, as for a bucket there is not")
    raise Undecided(f"a made-up token was answered {answer.describe()}; no one has a true one")
