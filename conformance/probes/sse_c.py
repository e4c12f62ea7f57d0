"""Encryption with a customer's key: the bytes are served to whoever has the key, and nobody else.

That the headers are taken proves nothing, and echoing them neither. What proves them is that the
object is refused without the key, and that each header is refused when it is wrong.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from conformance.probing import Proof, Undecided, Workbench, carries, decide, family, judge, refuses
from conformance.s3.operations import Call, OperationName
from conformance.subjects.customer_keys import (
    HEADER,
    SOURCE_HEADER,
    Key,
    names,
    needs_tls,
    new_key,
    sealed,
    sealed_upload,
)
from conformance.subjects.multipart import begin
from conformance.subjects.writes import WRITES, write_call, written
from conformance.verdict import Observation, Observed

UNKNOWN_ALGORITHM: Final = "AES128"  # S3 knows AES256 only


@family(*names(HEADER), operations=WRITES, security=True)
def write(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Encrypt the object with the key given, so that it is refused to whoever lacks it."""
    key = new_key(bench)

    answer = bench.treat(write_call(bench, operation, key.headers()))
    if needs_tls(bench, answer):
        raise Undecided(f"SSE-C is refused without TLS: {answer.describe()}")
    bench.accepted(answer, *names(HEADER))
    subject = written(bench, answer, key.headers())
    read = subject.call("GetObject")
    without = bench.effect(read)
    if without.ok:  # it is not encrypted, whatever is said of it
        return judge(refuses("read without the key", without))
    opened = bench.effect(read.plus(headers=key.headers()))
    if opened.status == 501:
        raise Undecided(f"what was stored cannot be read with its key: {opened.describe()}")

    wrong, flawed = _flawed(bench, key, HEADER, feature)
    again = read if feature == f"{HEADER}key" else write_call(bench, operation, {})
    return judge(
        refuses("read without the key", without),
        refuses(wrong, bench.effect(again.plus(headers=flawed))),
        also=[carries("read with the key", opened, subject.body)],
    )


def _flawed(bench: Workbench, key: Key, prefix: str, feature: str) -> tuple[str, dict[str, str]]:
    """The triple with one header wrong, and what is wrong in words."""
    other = new_key(bench)
    return {
        f"{prefix}algorithm": (
            f"with algorithm {UNKNOWN_ALGORITHM}",
            key.headers(prefix, algorithm=UNKNOWN_ALGORITHM),
        ),
        f"{prefix}key": ("with another key", other.headers(prefix)),
        f"{prefix}key-MD5": ("with another key's MD5", key.headers(prefix, md5=other.md5)),
    }[feature]


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """Something that was made with a key, and a request that needs it.

    Attributes:
        call: the request without the triple.
        key: the key it needs.
        plain: the same request to something made without a key.
        refusal: what storing with a key was answered; None where it was served.
        body: what the request must be answered with; None where that is not these bytes.
    """

    call: Call
    key: Key
    plain: Call
    refusal: str | None
    body: bytes | None = None


def _object(bench: Workbench, operation: OperationName) -> Locked:
    subject = bench.shared("an object with a customer's key", sealed)
    return Locked(
        call=subject.stored.call(operation),
        key=subject.key,
        plain=bench.plain.call(operation),
        refusal=subject.refusal,
        body=b"" if operation == "HeadObject" else subject.stored.body,
    )


def _part(bench: Workbench, operation: OperationName) -> Locked:
    # One of the row's own: some servers let no part be replaced by another.
    subject = sealed_upload(bench)
    plain, body = begin(bench), bench.text()
    copied = operation == "UploadPartCopy"
    return Locked(
        call=subject.upload.copy(1, bench.plain) if copied else subject.upload.part(1, body),
        key=subject.key,
        plain=plain.copy(1, bench.plain) if copied else plain.part(1, body),
        refusal=subject.refusal,
    )


def _source(bench: Workbench, operation: OperationName) -> Locked:
    subject = bench.shared("an object with a customer's key", sealed)
    if operation == "CopyObject":
        plain = write_call(bench, operation, {})
    else:
        plain = begin(bench).copy(1, bench.plain)
    return Locked(
        call=plain.plus(headers={"x-amz-copy-source": subject.stored.source}),
        key=subject.key,
        plain=plain,
        refusal=subject.refusal,
    )


@family(*names(HEADER), operations=("GetObject", "HeadObject"), security=True)
def read(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Serve an encrypted object with its key only."""
    return _opens(bench, operation, feature, HEADER, _object)


@family(*names(HEADER), operations=("UploadPart", "UploadPartCopy"), security=True)
def part(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Take a part of an encrypted upload with the upload's key only."""
    return _opens(bench, operation, feature, HEADER, _part)


@family(*names(SOURCE_HEADER), operations=("CopyObject", "UploadPartCopy"), security=True)
def copy_source(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Copy from an encrypted object with its key only."""
    return _opens(bench, operation, feature, SOURCE_HEADER, _source)


def _opens(
    bench: Workbench,
    operation: OperationName,
    feature: str,
    prefix: str,
    make: Callable[[Workbench, str], Locked],
) -> Observation:
    """Hold a request to something locked against the same one without, or with a wrong, key.

    Where nothing can be stored with a key, a plain subject stands in: S3 refuses keys for what
    has none, so a server that takes them has ignored them.
    """
    locked = make(bench, operation)
    call = locked.call

    answer = bench.treat(call.plus(headers=locked.key.headers(prefix)))
    bench.accepted(answer, control=locked.plain)
    if locked.refusal:
        decide(
            Observed.IGNORED,
            f"served for what is not encrypted, and storing it encrypted: {locked.refusal}",
        )
    without = bench.effect(call)
    wrong, flawed = _flawed(bench, locked.key, prefix, feature)
    refused = bench.effect(call.plus(headers=flawed))

    also: list[Proof] = []
    if locked.body is not None:
        also.append(carries("with the key", answer, locked.body))
    return judge(refuses("without the key", without), refuses(wrong, refused), also=also)
