"""Listings page by page, and headers of responses, as clients count on them.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html and R2's release
notes.
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    R2,
    Call,
    Created,
    Outcome,
    Response,
    Workbench,
    api,
    behaviour,
    core,
    detail,
    equals,
    has_body,
    has_header,
    has_status,
    holds,
    promise,
    refused,
    rfc,
)

NOTES: Final = f"{R2}/platform/release-notes/"
LIST: Final = api("ListObjectsV2")
REGION: Final = "x-amz-bucket-region"
# The first bytes of a PNG file, and a chunk that ends it.
PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000049454e44ae426082"
)


def _list(bucket: str, prefix: str, **query: str) -> Call:
    asked = {"prefix": prefix, **{name.replace("_", "-"): text for name, text in query.items()}}
    return Call(operation="ListObjectsV2", bucket=bucket, query=asked)


def _three(bench: Workbench) -> str:
    """The prefix of three keys: two in a folder and one beside it."""
    prefix = bench.key("/")
    for name in ("folder/a", "folder/b", "single"):
        bench.put(key=prefix + name)
    return prefix


@behaviour(
    "HTTP",
    "key-count",
    checks=(
        core("keys", "KeyCount of the keys", LIST),
        core("prefixes", "KeyCount of keys and common prefixes together", LIST),
        promise("page", "KeyCount of one page", LIST),
        promise("none", "KeyCount 0 where nothing is found", LIST),
    ),
)
def key_count(bench: Workbench, _: str) -> None:
    """Count what is listed, keys and prefixes."""
    prefix = bench.shared("three keys", _three)
    for check, call, count in (
        ("keys", _list(bench.bucket, prefix), 3),
        ("prefixes", _list(bench.bucket, prefix, delimiter="/"), 2),
        ("page", _list(bench.bucket, prefix, max_keys="2"), 2),
        ("none", _list(bench.bucket, f"{prefix}none"), 0),
    ):
        answer = bench.effect(call)
        bench.check(check, equals("KeyCount", answer.text("KeyCount"), str(count), answer))


@behaviour(
    "HTTP",
    "truncation",
    checks=(
        core("whole", "IsTruncated: false where max-keys is just the number of keys", LIST),
        core("cut", "IsTruncated: true and a token where it is one less", LIST),
        promise("rest", "the last key and IsTruncated: false for that token", LIST),
        promise("no-token", "no NextContinuationToken where nothing is left", LIST),
        promise("prefixes", "IsTruncated: false where keys and prefixes are just so many", LIST),
    ),
)
def truncation(bench: Workbench, _: str) -> None:
    """Say that there is more where there is, and only there."""
    prefix = bench.shared("three keys", _three)
    whole = bench.effect(_list(bench.bucket, prefix, max_keys="3"))
    flag = "IsTruncated"
    bench.check("whole", equals(flag, whole.text(flag), "false", whole))
    token = whole.text("NextContinuationToken")
    bench.check("no-token", holds(not token, f"NextContinuationToken {token or 'none'}", whole))
    both = bench.effect(_list(bench.bucket, prefix, max_keys="2", delimiter="/"))
    bench.check("prefixes", equals(flag, both.text(flag), "false", both))
    cut = bench.effect(_list(bench.bucket, prefix, max_keys="2"))
    token = cut.text("NextContinuationToken") or ""
    seen = f"{flag} {cut.text(flag)}, {'a' if token else 'no'} token"
    if not bench.check("cut", holds(cut.text(flag) == "true" and bool(token), seen, cut)):
        bench.skip("rest", because=seen)
        return
    rest = bench.effect(_list(bench.bucket, prefix, max_keys="2", continuation_token=token))
    told = (rest.texts("Contents/Key"), rest.text(flag))
    bench.check("rest", holds(told == ([f"{prefix}single"], "false"), f"{told}", rest))


@behaviour(
    "HTTP",
    "bad-continuation-token",
    checks=(
        core("refused", "a 4xx for a token that no page has given", LIST),
        detail("code", "400 InvalidArgument", LIST),
    ),
)
def bad_token(bench: Workbench, _: str) -> None:
    """Refuse a token that is none."""
    prefix = bench.shared("three keys", _three)
    bench.setup(_list(bench.bucket, prefix))
    answer = bench.treat(_list(bench.bucket, prefix, continuation_token="%no token%"))
    bench.check("refused", refused(answer))
    bench.check("code", equals("answer", answer.describe(), "400 InvalidArgument", answer))


@behaviour(
    "HTTP",
    "unknown-list-parameter",
    checks=(
        core("refused", "a refusal of a listing with a parameter that S3 has not", NOTES),
        detail("status", "status 501", NOTES),
    ),
)
def unknown_parameter(bench: Workbench, _: str) -> None:
    """Refuse a listing that asks for what is not known; S3 itself ignores it."""
    prefix = bench.shared("three keys", _three)
    call = _list(bench.bucket, prefix)
    bench.setup(call)
    answer = bench.treat(call.plus(query={"s3-conformance": "1"}))
    bench.check("refused", refused(answer))
    bench.check("status", has_status(answer, 501))


@behaviour(
    "HTTP",
    "guessed-content-type",
    checks=(
        core("guessed", "Content-Type: image/png of a PNG that was stored without one", NOTES),
        promise("given", "the Content-Type of one that was stored with it", NOTES),
    ),
)
def guessed(bench: Workbench, _: str) -> None:
    """Look at the bytes for the type that the request does not give."""
    name = "Content-Type"
    subject = bench.put(PNG)
    back = bench.effect(subject.call("GetObject"))
    bench.check("guessed", holds(
        back.header(name) == "image/png", f"{name}: {back.header(name) or 'none'}", back,
        otherwise=Outcome.IGNORED))  # fmt: skip
    told = bench.put(PNG, headers={name: "text/x-told"})
    bench.check("given", has_header(bench.effect(told.call("GetObject")), name, "text/x-told"))


@behaviour(
    "HTTP",
    "range-is-206",
    checks=(
        core("whole", "206 for bytes=0-, though it is the whole object", rfc(9110, "15.3.7")),
        promise("content-range", "Content-Range with it", rfc(9110, "14.4")),
        promise("bytes", "the object's bytes", rfc(9110, "15.3.7")),
        promise("too-long", "206 for a range that goes beyond the end", rfc(9110, "14.1.2")),
    ),
)
def partial(bench: Workbench, _: str) -> None:
    """Answer every range with 206, that of the whole object too."""
    subject = bench.plain
    size = len(subject.body)
    call = subject.call("GetObject")
    bench.setup(call)
    for check, asked in (("whole", "bytes=0-"), ("too-long", f"bytes=0-{size + 9}")):
        answer = bench.treat(call.plus(headers={"Range": asked}))
        whole = answer.status == 200 and answer.header("Content-Range") is None
        otherwise = Outcome.IGNORED if whole else Outcome.WRONG
        bench.check(check, has_status(answer, 206, otherwise=otherwise))
        told = f"bytes 0-{size - 1}/{size}"
        bench.check("content-range", has_header(answer, "Content-Range", told, default=[None]))
        bench.check("bytes", has_body(answer, subject.body))


@behaviour(
    "HTTP",
    "post-on-a-key",
    checks=(
        core("stored", "the bytes that were sent with POST", NOTES),
        promise("etag", "the object's ETag in the answer", NOTES),
    ),
)
def post(bench: Workbench, _: str) -> None:
    """Take POST on a key for PutObject."""
    key, body = bench.key(), bench.text()
    bench.sandbox.ledger.add(Created(bucket=bench.bucket, key=key))
    answer = bench.treat(Call(operation="PostOnKey", bucket=bench.bucket, key=key, body=body))
    if not answer.ok:
        bench.accepted(answer, control=bench.plain.call("HeadObject"))
    back = bench.effect(Call(operation="GetObject", bucket=bench.bucket, key=key))
    otherwise = Outcome.IGNORED if back.status == 404 else Outcome.WRONG
    bench.check("stored", has_body(back, body, otherwise=otherwise))
    bench.check("etag", equals("ETag", answer.etag, back.etag, answer))


@behaviour(
    "HTTP",
    "bucket-region",
    checks=(
        core("head", f"{REGION} on HeadBucket", api("HeadBucket")),
        promise("location", "the same as GetBucketLocation says, where it names a region",
                api("GetBucketLocation")),
    ),
)  # fmt: skip
def bucket_region(bench: Workbench, _: str) -> None:
    """Tell a bucket's region on HeadBucket."""
    answer = bench.treat(Call(operation="HeadBucket", bucket=bench.bucket))
    bench.accepted(answer, control=_list(bench.bucket, "none"))
    told = answer.header(REGION)
    seen = f"{REGION}: {told or 'none'}"
    bench.check("head", holds(bool(told), seen, answer, otherwise=Outcome.IGNORED))
    with bench.observing("location"):
        location = _location(bench)
        right = told == location or not location
        bench.check("location", holds(right, f"{seen}, location {location or 'none'}", answer))


def _location(bench: Workbench) -> str:
    answer: Response = bench.setup(Call(operation="GetBucketLocation", bucket=bench.bucket))
    found = answer.xml.text or ""
    return found.strip()
