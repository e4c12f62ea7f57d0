"""Encrypting an object anew with another of the server's keys.

What counts as proof. HeadObject says aws:kms of an object that it did not say it of, and the bytes
are the same. A server that does not know the subresource overwrites the object.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UpdateObjectEncryption.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import Seen, Undecided, Workbench, judge, offered, probe, shows
from conformance.s3.checksums import content_md5
from conformance.s3.xml import document
from conformance.verdict import Observation

SSE: Final = "x-amz-server-side-encryption"
# The operation takes ARNs alone; one of no key is refused for that.
NO_KEY: Final = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"


@probe("UpdateObjectEncryption", security=True)
def update(bench: Workbench) -> Observation:
    """Encrypt the object with the key that is named, and say so of it; its bytes stay."""
    subject, key = bench.put(), bench.endpoint.kms_key_id
    content = f"<SSE-KMS><KMSKeyArn>{key or NO_KEY}</KMSKeyArn></SSE-KMS>"
    body = document("ObjectEncryption", content)

    before = bench.setup(subject.call("HeadObject")).header(SSE)
    answer = bench.treat(
        subject.call("UpdateObjectEncryption", headers=content_md5(body), body=body)
    )
    bench.unharmed(subject)
    said = f"{answer.code} {answer.message}".lower()
    if not answer.ok and not key and ("kms" in said or "key" in said.split()):
        raise Undecided(f"{answer.describe()}: no key is given; --kms-key-id names one")
    offered(answer)
    after = bench.effect(subject.call("HeadObject")).header(SSE)

    return judge(
        shows(
            after == "aws:kms" != before,
            f"HeadObject says {SSE}: {after}, and said {before or 'nothing'}",
            f"HeadObject says {SSE}: {after or 'nothing'}, and said {before or 'nothing'}",
            otherwise=Seen.ABSENT if after == before else Seen.WRONG,
        )
    )
