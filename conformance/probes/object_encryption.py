"""Encrypting an object anew with another of the server's keys.

HEAD returns aws:kms of the object afterwards and not before, and the bytes are the same. A server
that does not know the subresource overwrites the object.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UpdateObjectEncryption.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    ERRORS,
    Outcome,
    Undecided,
    Workbench,
    api,
    content_md5,
    core,
    document,
    holds,
    offered,
    probe,
    promise,
)
from conformance.subjects.missing import NO_KEY, is_missing, of_missing_key

SSE: Final = "x-amz-server-side-encryption"
# The operation takes ARNs only; this one names no key, and is refused for that.
UNKNOWN_KEY: Final = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
KEY_ID: Final = f"{SSE}-aws-kms-key-id"
PAGE: Final = api("UpdateObjectEncryption")
CHECKS: Final = (
    core("encrypted", f"{SSE}: aws:kms in a HEAD that was not there before", PAGE),
    promise("key", f"the key of the request in {KEY_ID}", PAGE),
    promise("missing-key", "404 NoSuchKey for a key that has no object", ERRORS),
)


@probe("UpdateObjectEncryption", checks=CHECKS, security=True)
def update_object_encryption(bench: Workbench) -> None:
    """Encrypt the object with the key that is named, and show that in a HEAD; its bytes stay."""
    subject, key = bench.put(), bench.endpoint.kms_key_id
    content = f"<SSE-KMS><KMSKeyArn>{key or UNKNOWN_KEY}</KMSKeyArn></SSE-KMS>"
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
    head = bench.effect(subject.call("HeadObject"))
    after = head.header(SSE)
    text = f"{SSE}: {after or 'none'}, and {before or 'none'} before"
    absent = Outcome.IGNORED if after == before else Outcome.WRONG
    if bench.check("encrypted", holds(after == "aws:kms" != before, text, head, otherwise=absent)):
        used = head.header(KEY_ID)
        right = (
            used is not None and used.rpartition("/")[2] == (key or UNKNOWN_KEY).rpartition("/")[2]
        )
        bench.check("key", holds(right, f"{KEY_ID}: {used or 'none'}", head))
    missing = of_missing_key(bench, "UpdateObjectEncryption")
    answer = bench.effect(missing.plus(headers=content_md5(body), body=body))
    bench.check("missing-key", is_missing(answer, NO_KEY))
