"""What of a presigned URL is signed, and which requests can be signed so.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html.
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    API,
    Call,
    Check,
    Presigned,
    Workbench,
    behaviour,
    core,
    detail,
    equals,
    has_body,
    has_status,
    promise,
    refused,
)

PAGE: Final = f"{API}/sigv4-query-string-auth.html"
CHANGED: Final = {
    "other-bucket": "bucket",
    "other-key": "key",
    "other-date": "X-Amz-Date",
    "other-expiry": "X-Amz-Expires",
}


def _checks(_: str, name: str) -> list[Check]:
    return [
        core("refused", f"a refusal of a URL with another {CHANGED[name]}", PAGE),
        promise("unchanged", "the object for the URL as it was signed", PAGE),
        detail("code", "403 SignatureDoesNotMatch for the other one", PAGE),
    ]


@behaviour("Presigned", *CHANGED, checks=_checks, security=True)
def changed(bench: Workbench, name: str) -> None:
    """Refuse a URL that is not as it was signed."""
    call = bench.plain.call("GetObject")
    answer = bench.treat(call, presigned=Presigned())
    bench.accepted(answer, control=call)
    bench.check("unchanged", has_body(answer, bench.plain.body))
    turned = _turned(bench, name, call)
    wrong = bench.effect(call, presigned=turned)
    bench.check("refused", refused(wrong))
    code = "403 SignatureDoesNotMatch"
    bench.check("code", equals("answer", wrong.describe(), code, wrong))


def _turned(bench: Workbench, name: str, call: Call) -> Presigned:
    """A URL of which one thing is another: an object that is there, or a time that is not over."""
    if name == "other-key":
        return Presigned(changed=(call.key, bench.put().key))
    if name == "other-expiry":
        return Presigned(expires=300, changed=("X-Amz-Expires=300", "X-Amz-Expires=600"))
    if name == "other-bucket":
        other = bench.new_bucket()
        bench.put(bucket=other, key=call.key)
        return Presigned(changed=(call.bucket, other))
    # Another second of the same minute, so that nothing but the signature is wrong.
    return Presigned(age=60, moved=True)


@behaviour(
    "Presigned",
    "used-again",
    checks=(
        core("again", "the object for the same URL, twice", PAGE),
        promise("other-signature", "a refusal of another signature in between", PAGE),
    ),
)
def again(bench: Workbench, _: str) -> None:
    """Serve a URL as often as it is used before its time is over."""
    call = bench.plain.call("GetObject")
    first = bench.treat(call, presigned=Presigned(expires=600))
    bench.accepted(first, control=call)
    forged = bench.effect(call, presigned=Presigned(), invalid_signature=True)
    bench.check("other-signature", refused(forged))
    for answer in (first, bench.effect(call, presigned=Presigned(expires=600))):
        bench.check("again", has_body(answer, bench.plain.body))


@behaviour(
    "Presigned",
    "ListObjectsV2",
    security=True,
    checks=(
        promise("listed", "the keys of the prefix that was signed", PAGE),
        core("other-signature", "a refusal of a URL whose signature has another digit", PAGE),
        core("other-prefix", "a refusal of another prefix than the signed one", PAGE),
        promise("buckets", "the account's buckets for a URL of ListBuckets", PAGE),
        detail("code", "status 403 for the other prefix", PAGE),
    ),
)
def listing(bench: Workbench, _: str) -> None:
    """List by a URL, and only what it was signed for."""
    subject = bench.put()
    query = {"prefix": subject.key}
    call = Call(operation="ListObjectsV2", bucket=subject.bucket, query=query)
    answer = bench.treat(call, presigned=Presigned())
    bench.accepted(answer, control=call)
    keys = answer.texts("Contents/Key")
    bench.check("listed", equals("keys", keys, [subject.key], answer))
    forged = bench.effect(call, presigned=Presigned(), invalid_signature=True)
    bench.check("other-signature", refused(forged))
    # The key's last character less: more keys than were signed for.
    end = subject.key[-1]
    turned = Presigned(changed=(f"{end}&X-Amz-Algorithm", "&X-Amz-Algorithm"))
    wrong = bench.effect(call, presigned=turned)
    bench.check("other-prefix", refused(wrong))
    bench.check("code", has_status(wrong, 403))
    with bench.observing("buckets"):
        plain = bench.setup(Call(operation="ListBuckets"))
        signed = bench.effect(plain.call, presigned=Presigned())
        there = subject.bucket in signed.texts("Buckets/Bucket/Name")
        bench.check("buckets", equals("bucket listed", there, True, signed))
