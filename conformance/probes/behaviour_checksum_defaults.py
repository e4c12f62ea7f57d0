"""What the SDKs send by themselves since 2025: checksums of bodies, and parameters of their own.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html and
https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from conformance.probing import (
    DIGESTS,
    Call,
    Check,
    Comparison,
    Response,
    Stored,
    Workbench,
    api,
    behaviour,
    checksum,
    checksum_header,
    core,
    detail,
    equals,
    guide,
    has_body,
    has_header,
    holds,
    promise,
    refused,
    served,
)
from conformance.subjects import kept, multipart, smallest_requests

PAGE: Final = guide("checking-object-integrity")
INTEGRITY: Final = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html"
MODE: Final = {"x-amz-checksum-mode": "ENABLED"}
CRC32: Final = checksum_header("CRC32")
CRC64: Final = checksum_header("CRC64NVME")
# The SDKs name the algorithm beside each checksum. Ceph compares a checksum only if it is named.
ANNOUNCED: Final = "x-amz-sdk-checksum-algorithm"
PUT: Final = api("PutObject")
# What the SDKs of 2025 add to every request: https://docs.aws.amazon.com/sdkref/latest/guide.
SDK_HEADERS: Final = {
    "amz-sdk-invocation-id": "0f5f0f5f-0000-4000-8000-0f5f0f5f0f5f",
    "amz-sdk-request": "attempt=1; max=3",
    "x-amz-user-agent": "aws-sdk-js/3.729.0",
}


def _checks(_: str, name: str) -> Iterator[Check]:
    header = checksum_header(name)
    yield core("wrong-value", f"a refusal of another body's {header}", PUT)
    yield promise("right-value", f"the bytes of an object that was sent with its {header}", PUT)
    yield promise("on-head", "the value on HeadObject with x-amz-checksum-mode", api("HeadObject"))
    yield promise("on-get", "the value on GetObject with x-amz-checksum-mode", api("GetObject"))
    yield promise("nothing-stored", "no object after the refusal", PUT)
    yield promise("object-stays", "the object that was there after a refusal", PUT)
    yield promise("unannounced", f"a refusal of it without {ANNOUNCED} too", PUT)
    yield detail("on-put", "the value in the response to PutObject", PUT)
    yield detail("unasked", "no value on HeadObject without x-amz-checksum-mode", api("HeadObject"))
    yield detail("wrong-value-code", "400 BadDigest", PUT)
    text = f"no {header} of the whole object on GetObject of a range"
    yield detail("of-a-range", text, api("GetObject"))
    yield detail("not-base64", "a refusal of a value that is no digest", PAGE)


def _declared(topic: str, name: str) -> list[Check]:
    return [*_checks(topic, name)]


def _headed(name: str, body: bytes) -> dict[str, str]:
    return {ANNOUNCED: name, checksum_header(name): checksum(name, body)}


def _fresh(bench: Workbench) -> Call:
    """PutObject to a fresh key."""
    return Call(operation="PutObject", bucket=bench.bucket, key=bench.key(), body=bench.text())


@behaviour("ChecksumDefaults", *DIGESTS, checks=_declared)
def on_put(bench: Workbench, name: str) -> None:
    """Store the bytes that have the checksum, return it when asked, and refuse other bytes."""
    call, header = _fresh(bench), checksum_header(name)
    right = _headed(name, call.body)[header]
    answer = bench.treat(call.plus(headers=_headed(name, call.body)))
    bench.accepted(answer, header, ANNOUNCED)
    read = replace(call, operation="GetObject", body=b"")
    back = bench.effect(read.plus(headers=MODE))
    bench.check("right-value", has_body(back, call.body))
    bench.check("on-get", has_header(back, header, right))
    bench.check("on-put", has_header(answer, header, right))
    part = bench.effect(read.plus(headers={**MODE, "Range": "bytes=0-9"}))
    told = part.header(header)
    bench.check("of-a-range", holds(told != right, f"{header}: {told or 'missing'}", part))
    head = replace(read, operation="HeadObject")
    bench.check("on-head", has_header(bench.effect(head.plus(headers=MODE)), header, right))
    bench.check("unasked", has_header(bench.effect(head), header, None))

    other = _fresh(bench)
    wrong = bench.effect(other.plus(headers=_headed(name, bench.text())))
    bench.check("wrong-value", refused(wrong))
    silent = wrong.call.without(ANNOUNCED)
    bench.check("unannounced", refused(bench.effect(replace(silent, key=bench.key()))))
    if wrong.ok:
        for check in ("wrong-value-code", "nothing-stored", "object-stays"):
            bench.skip(check, because="the wrong value was not refused")
    else:
        said = equals("answer", wrong.describe(), "400 BadDigest", wrong)
        bench.check("wrong-value-code", said)
        gone = bench.effect(replace(other, operation="GetObject", body=b""))
        bench.check("nothing-stored", holds(gone.status == 404, gone.describe(), gone))
        subject = bench.put()
        over = subject.call("PutObject", body=bench.text())
        bench.effect(over.plus(headers=_headed(name, bench.text())))
        bench.check("object-stays", kept.kept(bench, subject)[0])
    odd = _fresh(bench).plus(headers={ANNOUNCED: name, header: "not-a-digest"})
    bench.check("not-base64", refused(bench.effect(odd)))


@behaviour(
    "ChecksumDefaults",
    "UploadPart",
    checks=(
        core("wrong-value", f"a refusal of another part's {CRC32}", api("UploadPart")),
        promise("right-value", "the bytes of an object of a part with its own", api("UploadPart")),
        promise("nothing-stored", "no part in ListParts after the refusal", api("UploadPart")),
        promise("unannounced", "a refusal of a wrong value where the upload has announced no"
                " algorithm", api("UploadPart")),
        promise("another-algorithm", "a refusal of a SHA256 in an upload that announced CRC32",
                api("UploadPart")),
        promise("part-stays", "the part that was there after the refusal of another",
                api("UploadPart")),
        detail("two-values", "a refusal of a part with two checksums", api("UploadPart")),
    ),
)  # fmt: skip
def on_part(bench: Workbench, _: str) -> None:
    """Store the part that has the checksum, and refuse other bytes."""
    headers = {"x-amz-checksum-algorithm": "CRC32"}
    upload = multipart.begun(bench.setup(multipart.create_call(bench, headers)))
    body = bench.text()
    wrong = bench.effect(upload.part(1, body, _headed("CRC32", bench.text())))
    bench.check("wrong-value", refused(wrong))
    if wrong.ok:
        bench.skip("nothing-stored", because="the wrong value was not refused")
    else:
        parts = bench.effect(upload.call("ListParts")).texts("Part")
        bench.check("nothing-stored", equals("parts", len(parts), 0))
    right = _headed("CRC32", body)
    answer = bench.treat(upload.part(1, body, right))
    bench.accepted(answer, CRC32, ANNOUNCED)
    sha = _headed("SHA256", body)
    # Of a part that is left out, for it may be served.
    bench.check("another-algorithm", refused(bench.effect(upload.part(2, body, sha))))
    two = bench.effect(upload.part(2, body, {**sha, **right}))
    bench.check("two-values", refused(two))
    later = bench.effect(upload.part(1, bench.text(), _headed("CRC32", bench.text())))
    seen = None if later.ok else _with_part(bench, upload, answer, right)
    if seen is None:
        bench.skip("part-stays", because="the wrong value was not refused")
    else:
        bench.check("part-stays", seen)
    if seen is None or not seen.held:
        upload = multipart.begun(bench.setup(multipart.create_call(bench, headers)))
        answer = bench.setup(upload.part(1, body, right))
        seen = _with_part(bench, upload, answer, right)
    bench.check("right-value", seen)
    with bench.observing("unannounced"):
        plain = multipart.begin(bench)
        silent = bench.effect(
            plain.part(1, body, _headed("CRC32", bench.text())).without(ANNOUNCED)
        )
        bench.check("unannounced", refused(silent))


def _with_part(
    bench: Workbench, upload: multipart.Upload, part: Response, sums: Mapping[str, str]
) -> Comparison:
    """The object of an upload that is completed with this part alone."""
    listed = f"<ChecksumCRC32>{sums[CRC32]}</ChecksumCRC32>"
    done = bench.attempt(upload.complete([part.etag], [listed]))
    seen = multipart.assembled(bench.effect(upload.read), part.call.body)
    return seen if done.ok else served(done)


@behaviour(
    "ChecksumDefaults",
    "DeleteObjects",
    checks=(
        core("deleted", f"the object gone after a request with {CRC32} and no Content-MD5",
             api("DeleteObjects")),
        core("wrong-value", "a refusal of a request with another body's", api("DeleteObjects")),
        promise("object-stays", "the object after the refusal", api("DeleteObjects")),
    ),
)  # fmt: skip
def on_delete(bench: Workbench, _: str) -> None:
    """Delete what a request names whose body has the checksum, and nothing of any other."""
    subject, second = bench.put(), bench.put()
    call = _delete(second)
    wrong = bench.effect(call.plus(headers=_headed("CRC32", bench.text())))
    bench.check("wrong-value", refused(wrong))
    if wrong.ok:
        bench.skip("object-stays", because="the wrong value was not refused")
    else:
        bench.check("object-stays", kept.kept(bench, second)[0])
    call = _delete(subject)
    answer = bench.treat(call.plus(headers=_headed("CRC32", call.body)))
    if not answer.ok:
        bench.accepted(answer, control=smallest_requests.delete_objects(bench.put()))
    gone = bench.effect(subject.call("GetObject"))
    bench.check("deleted", holds(gone.status == 404, gone.describe(), gone))


def _delete(subject: Stored) -> Call:
    return smallest_requests.delete_objects(subject).without("Content-MD5")


@behaviour(
    "ChecksumDefaults",
    "sdk-parameters",
    checks=(
        core("stored", "the bytes of a PutObject with x-id and the SDKs' own headers", INTEGRITY),
        core("read", "the bytes for a GetObject with x-id and the SDKs' own headers", INTEGRITY),
        promise("no-metadata", "no user metadata made of them", INTEGRITY),
        promise("mode", "the object for x-amz-checksum-mode, where it has no checksum", PAGE),
        detail("by-default", f"{CRC64} of an object that was sent without a checksum", PAGE),
        detail("another-algorithm", f"a refusal of {ANNOUNCED}: SHA256 beside a {CRC32}", PUT),
        detail("two-values", "a refusal of an object with two checksums", PUT),
        promise("listed", "the key from ListObjectsV2 with x-id", INTEGRITY),
        promise("empty", f"HeadObject of an empty object that was sent with {CRC32}", INTEGRITY),
    ),
)
def parameters(bench: Workbench, _: str) -> None:
    """Serve requests with what the SDKs add to them as if it were not there."""
    call = _fresh(bench)
    answer = bench.treat(call.plus(headers=SDK_HEADERS, query={"x-id": "PutObject"}))
    bench.accepted(answer, *SDK_HEADERS, "x-id")
    read = replace(call, operation="GetObject", body=b"")
    plain = bench.effect(read)
    bench.check("stored", has_body(plain, call.body))
    made = sorted(name for name in plain.headers if name.startswith("x-amz-meta-"))
    bench.check("no-metadata", equals("metadata", made, [], plain))
    with_id = bench.effect(read.plus(headers=SDK_HEADERS, query={"x-id": "GetObject"}))
    bench.check("read", has_body(with_id, call.body))
    moded = bench.effect(read.plus(headers=MODE))
    bench.check("mode", has_body(moded, call.body))
    bench.check("by-default", has_header(moded, CRC64, checksum("CRC64NVME", call.body)))
    other, crc, sha = _fresh(bench), checksum("CRC32", call.body), checksum("SHA256", call.body)
    for check, headers in {
        "another-algorithm": {ANNOUNCED: "SHA256", CRC32: crc},
        "two-values": {CRC32: crc, checksum_header("SHA256"): sha},
    }.items():
        said = replace(other, body=call.body).plus(headers=headers)
        bench.check(check, refused(bench.effect(said)))
    query = {"x-id": "ListObjectsV2", "prefix": call.key}
    listing = bench.effect(Call(operation="ListObjectsV2", bucket=call.bucket, query=query))
    seen = served(listing)
    if seen.held:
        seen = equals("keys", listing.texts("Contents/Key"), [call.key], listing)
    bench.check("listed", seen)
    bench.check("empty", _of_nothing(bench))


def _of_nothing(bench: Workbench) -> Comparison:
    """HeadObject of an empty object that was sent with its checksum, which may be forgotten."""
    sums = _headed("CRC32", b"")
    sent = bench.effect(replace(_fresh(bench), body=b"").plus(headers=sums))
    if not sent.ok:
        return served(sent)
    head = bench.effect(replace(sent.call, operation="HeadObject", headers=MODE))
    told = head.header(CRC32)
    seen = f"{head.describe()} with {CRC32}: {told or 'none'}"
    return holds(head.ok and told in (None, sums[CRC32]), seen, head)
