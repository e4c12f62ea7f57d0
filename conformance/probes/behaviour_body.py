"""The forms in which a client sends a body: its digest, no digest, or signed and unsigned chunks.

SDKs send `aws-chunked` by themselves, so a server that stores the framing corrupts every object.
Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and its neighbours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, cast

from conformance.probing import (
    API,
    Call,
    Check,
    Chunked,
    Comparison,
    Fault,
    Hazard,
    Observed,
    Outcome,
    Response,
    Streaming,
    Undecided,
    Workbench,
    api,
    behaviour,
    checksum,
    checksum_header,
    core,
    decide,
    detail,
    equals,
    has_body,
    has_header,
    holds,
    promise,
    refused,
    served,
)
from conformance.subjects import multipart

SIGNED: Final = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_TRAILER: Final = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_TRAILER: Final = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
STREAMING: Final = (SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER)
CHUNKS: Final = f"{API}/sigv4-streaming.html"
TRAILERS: Final = f"{API}/sigv4-streaming-trailers.html"
HEADERS: Final = f"{API}/sig-v4-header-based-auth.html"
COMMON: Final = f"{API}/RESTCommonRequestHeaders.html"
SDKS: Final = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html"
SIZE: Final = 8192  # of a chunk: the smallest that S3 takes
LIKE_THE_END: Final = b"\r\n0;chunk-signature=\r\n\r\n"
ENCODING: Final = "Content-Encoding"
ENCRYPTION: Final = "x-amz-server-side-encryption"
ALGORITHM: Final = "CRC32"
HEADER: Final = checksum_header(ALGORITHM)


def _checks(_: str, name: str) -> Iterator[Check]:
    page = CHUNKS if name == SIGNED else TRAILERS
    yield core("bytes", "the bytes, without the framing", page)
    yield promise("etag", "the MD5 of the bytes without the framing as ETag", api("Object"))
    yield promise("content-encoding", f"no {ENCODING}, for aws-chunked is not the object's", page)
    yield promise("other-encoding", f"{ENCODING}: gzip of what was sent as gzip,aws-chunked", page)
    yield promise("empty", "an empty object for a body of the last chunk alone", page)
    yield promise("part", "the bytes of an object whose part was sent so", page)
    yield promise("unsized", "the bytes of a body in HTTP's own chunks, without a length", SDKS)
    yield detail("unnamed", f"the bytes of a body of which {ENCODING} says nothing", page)
    yield promise("wrong-size", "a refusal of a chunk with a byte more than it says", page)
    yield promise("short", "a refusal of a body that ends before its last bytes", page)
    yield detail("cut", "a refusal of a body without its last chunk, which is empty", page)
    yield detail("end", "a refusal of a body that ends with another byte than LF", page)
    yield detail("small-chunk", "a refusal of a chunk under 8 KiB that is not the last", page)
    if name != UNSIGNED_TRAILER:
        text = "a refusal of a second chunk with a wrong signature"
        yield core("wrong-chunk-signature", text, page)
        yield detail("wrong-chunk-signature-code", "403 SignatureDoesNotMatch for it", page)
        yield promise("part-wrong-chunk-signature", f"{text} of UploadPart", page)
    if name != SIGNED:
        weigh = core if name == UNSIGNED_TRAILER else promise
        yield weigh("wrong-trailer", "a refusal of a trailer with other bytes' checksum", page)
        yield detail("wrong-trailer-code", "400 BadDigest for it", page)
        yield promise("part-wrong-trailer", "a refusal of it from UploadPart", page)
        yield promise("checksum-stored", "HeadObject to return the trailer's checksum", page)
    if name == SIGNED_TRAILER:
        yield promise(
            "wrong-trailer-signature", "a refusal of a trailer with a wrong signature", page
        )
    yield promise("nothing-stored", "no object after a refusal", page)
    for check, text in (("wrong-length", "one too long"), ("shorter-length", "one too short")):
        yield detail(check, f"a refusal of an x-amz-decoded-content-length {text}", page)


def _declared(topic: str, name: str) -> list[Check]:
    return [*_checks(topic, name)]


@dataclass(frozen=True, slots=True)
class _Sender:
    """Sends bodies in one form.

    Attributes:
        bench: sends.
        name: the value of `x-amz-content-sha256`.
    """

    bench: Workbench
    name: str

    def framing(self, body: bytes, summed: bytes | None = None) -> Chunked:
        """Chunks of a body with a trailer, where there is one, of `summed`: the body, or others."""
        value = checksum(ALGORITHM, body if summed is None else summed)
        return Chunked(
            payload=cast("Streaming", self.name),
            size=SIZE,
            trailer=None if self.name == SIGNED else (HEADER, value),
        )

    def call(self, body: bytes) -> Call:
        """PutObject to a fresh key."""
        return Call(
            operation="PutObject", bucket=self.bench.bucket, key=self.bench.key(), body=body
        )

    def part(self, body: bytes) -> Call:
        """UploadPart of a fresh upload."""
        return multipart.begin(self.bench).part(1, body)

    def faults(self, body: bytes) -> dict[str, Chunked]:
        """Framings that must be refused, by the check that says so."""
        right = self.framing(body)
        found = {}
        if self.name != UNSIGNED_TRAILER:
            found["wrong-chunk-signature"] = replace(right, spoilt="chunk")
        if self.name != SIGNED:
            found["wrong-trailer"] = self.framing(body, b"other bytes")
        if self.name == SIGNED_TRAILER:
            found["wrong-trailer-signature"] = replace(right, spoilt="trailer")
        faults: tuple[tuple[str, Fault], ...] = (
            ("wrong-size", "size"), ("short", "short"), ("cut", "cut"), ("end", "end"),
        )  # fmt: skip
        return found | {check: replace(right, fault=fault) for check, fault in faults}


@behaviour("Body", *STREAMING, checks=_declared)
def streaming(bench: Workbench, name: str) -> None:
    """Store the bytes of a body in chunks, and refuse one whose signature or checksum is wrong."""
    sender = _Sender(bench, name)
    # With what looks like the end of the framing, where a reader of lines stops.
    body = bench.text(SIZE // 2) + LIKE_THE_END + bench.text(SIZE // 2 + 64)
    call = sender.call(body)
    answer = bench.treat(call, chunked=sender.framing(body))
    _accepted(bench, answer, call)
    read = replace(call, operation="GetObject", body=b"")
    back = bench.effect(read)
    bench.check("bytes", has_body(back, body))
    if (answer.header(ENCRYPTION) or "").startswith("aws:kms"):
        bench.skip("etag", because="the bucket encrypts objects with a key of KMS")
    else:
        bench.check("etag", has_header(answer, "ETag", multipart.part_etag(body)))
    bench.check("content-encoding", has_header(back, ENCODING, None))
    if name != SIGNED:
        asked = replace(read, operation="HeadObject", headers={"x-amz-checksum-mode": "ENABLED"})
        right = checksum(ALGORITHM, body)
        bench.check("checksum-stored", has_header(bench.effect(asked), HEADER, right))
    _refusals(sender, body)
    for check, small, headers in (
        ("other-encoding", bench.text(), {ENCODING: "gzip"}),
        ("empty", b"", {}),
    ):
        with bench.observing(check):
            call = sender.call(small).plus(headers=headers)
            sent = bench.effect(call, chunked=sender.framing(small))
            back = bench.effect(replace(call, operation="GetObject", headers={}, body=b""))
            if check == "empty":
                bench.check(check, has_body(back, b"") if sent.ok else served(sent))
            else:
                bench.check(check, has_header(back, ENCODING, "gzip") if sent.ok else served(sent))
    _forms(sender, body)
    _parts(sender, body)


def _accepted(bench: Workbench, answer: Response, call: Call) -> None:
    """Make sure that the form was taken; a refusal of it is one if the same bytes are stored plain.

    Raises:
        Decided: refused, or a server error.
        Undecided: the plain request is not served either.
    """
    if answer.ok:
        return
    # It has the headers that the form adds, so that what stands between and changes them is seen.
    plain = bench.control(call.plus(headers={"x-amz-decoded-content-length": str(len(call.body))}))
    said = f"expected a 2xx response; got {answer.describe()} (plain: {plain.describe()})"
    if not plain.ok:
        raise Undecided(said)
    decide(Observed.BROKEN if answer.broke else Observed.REJECTED, said)


def _refusals(sender: _Sender, body: bytes) -> None:
    """Send what must be refused, and see that nothing was stored of it."""
    bench = sender.bench
    stored: list[Comparison] = []
    codes = {
        "wrong-chunk-signature": "403 SignatureDoesNotMatch",
        "wrong-trailer": "400 BadDigest",
    }
    for check, framing in sender.faults(body).items():
        call = sender.call(body)
        answer = bench.effect(call, chunked=framing)
        bench.check(check, _hurting(check, refused(answer)))
        if check in codes and not answer.ok:
            right = equals("answer", answer.describe(), codes[check], answer)
            bench.check(f"{check}-code", right)
        elif check in codes:
            bench.skip(f"{check}-code", because="the request was not refused")
        if not answer.ok:
            back = bench.effect(replace(call, operation="GetObject", body=b""))
            stored.append(holds(back.status == 404, f"{back.describe()} after {check}", back))
    for each in stored:
        bench.check("nothing-stored", each.hurting(Hazard.CORRUPTING))
    if not stored:
        bench.skip("nothing-stored", because="no request was refused")
    framing = sender.framing(body)
    for check, length in (("wrong-length", len(body) + 1), ("shorter-length", len(body) - 1)):
        other = replace(framing, decoded=length)
        bench.check(check, refused(bench.effect(sender.call(body), chunked=other)))
    small = replace(framing, size=1024)
    bench.check("small-chunk", refused(bench.effect(sender.call(body), chunked=small)))


def _forms(sender: _Sender, body: bytes) -> None:
    """The same bytes as some SDKs send them."""
    bench, right = sender.bench, sender.framing(body)
    for check, framing in (("unsized", right), ("unnamed", replace(right, named=False))):
        with bench.observing(check):
            call = sender.call(body)
            sent = bench.effect(call, chunked=framing, unsized=check == "unsized")
            back = bench.effect(replace(call, operation="GetObject", body=b""))
            bench.check(check, has_body(back, body) if sent.ok else served(sent))


def _parts(sender: _Sender, body: bytes) -> None:
    """The same of UploadPart."""
    bench = sender.bench
    with bench.observing("part"):
        upload = multipart.begin(bench)
        answer = bench.effect(upload.part(1, body), chunked=sender.framing(body))
        if answer.ok:
            bench.setup(upload.complete([answer.etag]))
            bench.check("part", multipart.assembled(bench.effect(upload.read), body))
        else:
            bench.check("part", served(answer))
    faults = sender.faults(body)
    for check in ("wrong-chunk-signature", "wrong-trailer"):
        if check in faults:
            with bench.observing(f"part-{check}"):
                answer = bench.effect(sender.part(body), chunked=faults[check])
                bench.check(f"part-{check}", _hurting(check, refused(answer)))


def _hurting(check: str, seen: Comparison) -> Comparison:
    """What a signature covers is secured by it; and half a body is not the object."""
    if seen.outcome is not Outcome.IGNORED:
        return seen
    if check == "short":
        return seen.hurting(Hazard.CORRUPTING)
    return seen.hurting(Hazard.SILENT) if check.endswith("signature") else seen


@behaviour(
    "Body",
    "sha256",
    security=True,
    checks=(
        core("wrong-digest", "a refusal of bytes that have another digest", HEADERS),
        promise("bytes", "the bytes that have the digest", HEADERS),
        detail("wrong-digest-code", "400 XAmzContentSHA256Mismatch for other bytes", HEADERS),
        promise("nothing-stored", "no object after the refusal", HEADERS),
        promise("part-wrong-digest", "a refusal of such bytes from UploadPart", HEADERS),
        detail("not-a-digest", "a refusal of a value that is no digest", HEADERS),
    ),
)
def digest(bench: Workbench, _: str) -> None:
    """Store the bytes whose SHA-256 is signed, and refuse other bytes."""
    subject = bench.put(bench.text())
    bench.check("bytes", has_body(bench.effect(subject.call("GetObject")), subject.body))
    other = bench.put(bench.text())
    wrong = other.call("PutObject", body=subject.body)
    fresh = replace(wrong, key=bench.key())
    spoilt = _digest_of(other.body)
    answer = bench.treat(fresh, payload=spoilt)
    bench.check("wrong-digest", refused(answer))
    if answer.ok:
        for check in ("wrong-digest-code", "nothing-stored"):
            bench.skip(check, because="the wrong digest was not refused")
    else:
        code = "400 XAmzContentSHA256Mismatch"
        bench.check("wrong-digest-code", equals("answer", answer.describe(), code, answer))
        back = bench.effect(replace(fresh, operation="GetObject", body=b""))
        bench.check("nothing-stored", holds(back.status == 404, back.describe(), back))
    with bench.observing("part-wrong-digest"):
        part = multipart.begin(bench).part(1, subject.body)
        bench.check("part-wrong-digest", refused(bench.effect(part, payload=spoilt)))
    odd = replace(fresh, key=bench.key())
    bench.check("not-a-digest", refused(bench.effect(odd, payload="not-a-digest")))


@behaviour(
    "Body",
    "UNSIGNED-PAYLOAD",
    security=True,
    checks=(
        promise("bytes", "the bytes", COMMON),
        core("wrong-signature", "a refusal of the same request with another signature", COMMON),
        promise("part", "the bytes of an object whose part was sent so", COMMON),
    ),
)
def unsigned(bench: Workbench, name: str) -> None:
    """Store a body whose digest is not signed, and verify the signature all the same."""
    sender = _Sender(bench, name)
    call = sender.call(bench.text())
    answer = bench.treat(call, payload=name)
    _accepted(bench, answer, call)
    back = bench.effect(replace(call, operation="GetObject", body=b""))
    bench.check("bytes", has_body(back, call.body))
    forged = sender.call(call.body)
    seen = refused(bench.effect(forged, payload=name, invalid_signature=True))
    bench.check("wrong-signature", seen)
    with bench.observing("part"):
        upload = multipart.begin(bench)
        part = bench.effect(upload.part(1, call.body), payload=name)
        if part.ok:
            bench.setup(upload.complete([part.etag]))
            bench.check("part", multipart.assembled(bench.effect(upload.read), call.body))
        else:
            bench.check("part", served(part))


def _digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
