"""The default encryption of a bucket carried out: on whatever is stored, and in what is told."""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Comparison,
    Stored,
    Undecided,
    Workbench,
    detail,
    has_header,
    holds,
    promise,
    stored,
)
from conformance.probing.sources import api, guide
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.subjects.bucket_configuration import Place
from conformance.subjects.carrying_out import ByOperation, CarriedOut
from conformance.subjects.configuration_bodies import KMS, default_encryption
from conformance.subjects.multipart import begun

SSE: Final = "x-amz-server-side-encryption"
DEFAULT: Final = guide("default-bucket-encryption")


def _put(bench: Workbench, place: Place) -> None:
    with bench.observing("aes256-applied", "told-by-put", "told-by-get"):
        _encrypt(bench, place, "AES256")
        answer = _object(bench, place)
        bench.check("aes256-applied", _algorithm(bench, stored(answer), "AES256"))
        bench.check("told-by-put", has_header(answer, SSE, "AES256"))
        get = bench.effect(stored(answer).call("GetObject"))
        bench.check("told-by-get", has_header(get, SSE, "AES256"))
    with bench.observing("copy-encrypted"):
        source = {"x-amz-copy-source": bench.plain.source}
        call = Call(operation="CopyObject", bucket=place.bucket, key=bench.key(), headers=source)
        bench.setup(call)
        bench.check("copy-encrypted", _of_key(bench, call, "AES256"))
    with bench.observing("upload-encrypted"):
        call = Call(operation="CreateMultipartUpload", bucket=place.bucket, key=bench.key())
        upload = begun(bench.setup(call))
        part = bench.setup(upload.part(1, bench.text()))
        bench.setup(upload.complete([part.etag]))
        bench.check("upload-encrypted", _of_key(bench, call, "AES256"))
    with bench.observing("kms-applied", "request-wins"):
        _encrypt(bench, place, KMS)
        bench.check("kms-applied", _algorithm(bench, bench.put(bucket=place.bucket), KMS))
        own = bench.put(bucket=place.bucket, headers={SSE: "AES256"})
        bench.check("request-wins", _algorithm(bench, own, "AES256"))


def _delete(bench: Workbench, place: Place) -> None:
    _encrypt(bench, place, KMS)
    before = bench.control(bench.put(bucket=place.bucket).call("HeadObject"))
    if before.header(SSE) != KMS:
        raise Undecided(f"the default was not carried out: {SSE}: {before.header(SSE) or 'none'}")
    bench.setup(Call(operation="DeleteBucketEncryption", bucket=place.bucket))
    head = bench.effect(bench.put(bucket=place.bucket).call("HeadObject"))
    said = head.header(SSE)
    bench.check("no-longer-applied", holds(said != KMS, f"{SSE}: {said or 'none'}", head))


def _object(bench: Workbench, place: Place) -> Response:
    call = Call(operation="PutObject", bucket=place.bucket, key=bench.key(), body=bench.text())
    return bench.setup(call)


def _encrypt(bench: Workbench, place: Place, algorithm: str) -> None:
    body = default_encryption(algorithm, place)
    bench.setup(
        Call(
            operation="PutBucketEncryption",
            bucket=place.bucket,
            headers=content_md5(body),
            body=body,
        )
    )


def _algorithm(bench: Workbench, subject: Stored, algorithm: str) -> Comparison:
    return has_header(bench.effect(subject.call("HeadObject")), SSE, algorithm)


def _of_key(bench: Workbench, call: Call, algorithm: str) -> Comparison:
    head = Call(operation="HeadObject", bucket=call.bucket, key=call.key)
    return has_header(bench.effect(head), SSE, algorithm)


CARRIED_OUT_ENCRYPTION: Final[ByOperation] = {
    "PutBucketEncryption": CarriedOut(
        observe=_put,
        checks=(
            promise("aes256-applied", f"{SSE}: AES256 from HeadObject", api("HeadObject")),
            promise("copy-encrypted", f"{SSE}: AES256 of a copy", DEFAULT),
            promise("upload-encrypted", f"{SSE}: AES256 of a multipart object", DEFAULT),
            promise("kms-applied", f"{SSE}: {KMS} from HeadObject", api("HeadObject")),
            promise("request-wins", f"{SSE}: AES256 of an object put with that header", DEFAULT),
            promise("told-by-get", f"{SSE}: AES256 from GetObject too", api("GetObject")),
            detail("told-by-put", f"{SSE}: AES256 from PutObject too", api("PutObject")),
        ),
    ),
    "DeleteBucketEncryption": CarriedOut(
        observe=_delete,
        checks=(promise("no-longer-applied", f"no {SSE}: {KMS} of a new object", DEFAULT),),
    ),
}
