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
    Undecided,
    Workbench,
    behaviour,
    checksum,
    checksum_header,
    core,
    detail,
    equals,
    guide,
    has_body,
    has_header,
    has_status,
    promise,
    refused,
    served,
    verified,
)

PAGE: Final = f"{API}/sigv4-query-string-auth.html"
LEGACY: Final = guide("RESTAuthentication")
OTHER_HOST: Final = "other.example"
# Characters that a URL and what is signed of it may spell in two ways.
UNUSUAL: Final = "/a=b&c+d e,f@g:\u00e9~(h)'!*"
META: Final = "x-amz-meta-in-the-query"
CHANGED: Final = {
    "other-bucket": "bucket",
    "other-key": "key",
    "other-date": "X-Amz-Date",
    "other-expiry": "X-Amz-Expires",
    "other-host": "Host",
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
    if name == "other-host":
        return Presigned(unsigned=(("Host", OTHER_HOST),))
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
    bench.check("other-signature", verified(forged))
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
    bench.check("other-signature", verified(forged))
    # The key's last character less: more keys than were signed for.
    end = subject.key[-1]
    turned = Presigned(changed=(f"{end}&X-Amz-Algorithm", "&X-Amz-Algorithm"))
    wrong = bench.effect(call, presigned=turned)
    bench.check("other-prefix", verified(wrong))
    bench.check("code", has_status(wrong, 403))
    with bench.observing("buckets"):
        plain = bench.setup(Call(operation="ListBuckets"))
        signed = bench.effect(plain.call, presigned=Presigned())
        there = subject.bucket in signed.texts("Buckets/Bucket/Name")
        bench.check("buckets", equals("bucket listed", there, True, signed))


@behaviour(
    "Presigned",
    "unusual-key",
    checks=(
        core("read", f"the object of a key with {UNUSUAL}", PAGE),
        promise("written", "the bytes of an object that was stored so", PAGE),
        promise("other-signature", "a refusal of another signature", PAGE),
    ),
)
def unusual(bench: Workbench, _: str) -> None:
    """Verify the signature over the key as the URL spells it."""
    subject = bench.put(key=bench.key(UNUSUAL))
    call = subject.call("GetObject")
    answer = bench.treat(call, presigned=Presigned())
    if not answer.ok:
        plain = bench.control(bench.plain.call("GetObject"), presigned=Presigned())
        if not plain.ok:
            raise Undecided(f"no URL is good here: {plain.describe()}")
    bench.check("read", has_body(answer, subject.body))
    write = subject.call("PutObject", body=bench.text())
    bench.effect(write, presigned=Presigned())
    bench.check("written", has_body(bench.effect(call), write.body))
    forged = bench.effect(call, presigned=Presigned(), invalid_signature=True)
    bench.check("other-signature", verified(forged))


@behaviour(
    "Presigned",
    "headers-in-the-query",
    checks=(
        core("stored", "metadata that stands in the query of the URL", PAGE),
        promise("right-checksum", "a body whose checksum stands there", PAGE),
        # What SDKs put there is at times the checksum of no body at all.
        detail("wrong-checksum", "a refusal of a body that has another", PAGE),
    ),
)
def in_the_query(bench: Workbench, _: str) -> None:
    """Take the x-amz- headers that SDKs move into the URL when they sign it."""
    value = bench.nonce()
    subject = bench.put()
    call = subject.call("PutObject", query={META: value}, body=bench.text())
    answer = bench.treat(call, presigned=Presigned())
    bench.accepted(answer, META)
    head = bench.effect(subject.call("HeadObject"))
    bench.check("stored", has_header(head, META, value, default=[None]))
    header = checksum_header("CRC32")
    for check, summed in (("right-checksum", call.body), ("wrong-checksum", b"")):
        query = {header: checksum("CRC32", summed)}
        write = subject.call("PutObject", query=query, body=call.body)
        answer = bench.effect(write, presigned=Presigned())
        bench.check(check, served(answer) if summed else refused(answer))


@behaviour(
    "Presigned",
    "signature-version-2",
    security=True,
    checks=(
        core("carried-out", "the object for a URL with such a signature", LEGACY),
        core("other-signature", "a refusal of another such signature", LEGACY),
        promise("expired", "a refusal of such a URL whose time is over", LEGACY),
        promise("stored", "the bytes that were sent to such a URL", LEGACY),
    ),
)
def legacy(bench: Workbench, _: str) -> None:
    """Verify the signature from before version 4, which several clients put into URLs."""
    subject = bench.put()
    call = subject.call("GetObject")
    answer = bench.treat(call, presigned=Presigned(version=2))
    bench.accepted(answer, control=call)
    bench.check("carried-out", has_body(answer, subject.body))
    forged = bench.effect(call, presigned=Presigned(version=2), invalid_signature=True)
    bench.check("other-signature", verified(forged))
    late = Presigned(version=2, age=1200, expires=60)
    bench.check("expired", verified(bench.effect(call, presigned=late, as_answered=True)))
    write = subject.call("PutObject", body=bench.text())
    bench.effect(write, presigned=Presigned(version=2))
    bench.check("stored", has_body(bench.effect(call), write.body))
