"""What a function returns for a GetObject that was sent through it.

S3 has this at a host of its own, for functions that were called with a token to respond with.
Nobody else can have such a token, so all that can be seen is whether a made-up one is served.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_WriteGetObjectResponse.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Call,
    Observed,
    Undecided,
    Workbench,
    api,
    core,
    decide,
    offered,
    probe,
    refused,
)

# Refusals of a server that took the path for a bucket's name.
OF_A_BUCKET: Final = ("InvalidBucketName", "NoSuchBucket")
PAGE: Final = api("WriteGetObjectResponse")
CHECKS: Final = (core("unknown-token", "a refusal of a token that no function was given", PAGE),)


@probe("WriteGetObjectResponse", checks=CHECKS)
def write_get_object_response(bench: Workbench) -> None:
    """Take a function's response for the token that it was called with, and for no other."""
    token = bench.text().decode()
    headers = {"x-amz-request-route": token[:8], "x-amz-request-token": token}
    call = Call(operation="WriteGetObjectResponse", headers=headers, body=bench.text())

    answer = bench.treat(call)
    nowhere = bench.control(Call(operation="PostObject", bucket=bench.sandbox.bucket_name()))

    if answer.ok:
        bench.check("unknown-token", refused(answer))
        return
    if answer.broke or answer.status in (405, 501):
        offered(answer)
    alike = (answer.status, answer.code) == (nowhere.status, nowhere.code)
    if alike or answer.code in OF_A_BUCKET:
        decide(Observed.REJECTED, f"{answer.describe()}, as for a bucket that does not exist")
    raise Undecided(f"{answer.describe()} for a made-up token; only functions have true ones")
