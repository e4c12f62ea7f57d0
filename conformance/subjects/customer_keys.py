"""Server-side encryption with a customer's key: its three headers, and subjects made with them.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import Final

from conformance.probing import Stored, Undecided, Workbench
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.multipart import Upload, begin, begun, create_call
from conformance.subjects.writes import WRITES, write_call, written

HEADER: Final = "x-amz-server-side-encryption-customer-"
SOURCE_HEADER: Final = f"x-amz-copy-source-{HEADER.removeprefix('x-amz-')}"
MEMBERS: Final = ("algorithm", "key", "key-MD5")
NO_TLS: Final = re.compile(r"\b(https|tls|secure connection)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A customer's key of 256 bits. Its `repr` gives nothing away.

    Attributes:
        value: base64, as the header carries it.
        md5: base64 of the key's MD5.
    """

    value: str = field(repr=False)
    md5: str

    def headers(self, prefix: str = HEADER, **changes: str) -> dict[str, str]:
        """The triple of headers.

        Args:
            prefix: `HEADER`, or `SOURCE_HEADER` for the source of a copy.
            changes: other values by member: `algorithm`, `key`, `md5`.
        """
        return {
            f"{prefix}algorithm": changes.get("algorithm", "AES256"),
            f"{prefix}key": changes.get("key", self.value),
            f"{prefix}key-MD5": changes.get("md5", self.md5),
        }


def new_key(bench: Workbench, length: int = 32) -> Key:
    """A key nobody has used; from now on it is redacted wherever it turns up.

    Args:
        bench: makes it.
        length: in bytes; S3 takes 32.
    """
    key = hashlib.sha256(bench.text()).digest()[:length]
    value = base64.b64encode(key).decode()
    for secret in (value, key.hex()):
        bench.sandbox.client.redactor.add(secret)
    md5 = hashlib.md5(key, usedforsecurity=False).digest()
    return Key(value=value, md5=base64.b64encode(md5).decode())


def names(prefix: str) -> tuple[str, ...]:
    """The three header names."""
    return tuple(f"{prefix}{member}" for member in MEMBERS)


def needs_tls(answer: Response) -> bool:
    """Whether a request was refused because it came to the server without TLS, as AWS's rule is.

    It says nothing of what the server would do with TLS. The URL does not count: behind a proxy
    that ends TLS the server sees none of it either, and the same refusal has the same verdict.
    """
    return not answer.ok and NO_TLS.search(answer.message) is not None


def taken(answer: Response) -> Response:
    """The response, if it is no refusal for lack of TLS.

    Raises:
        Undecided: it is.
    """
    if needs_tls(answer):
        raise Undecided(f"SSE-C is refused without TLS: {answer.describe()}")
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An object stored with a customer's key, or why there is none.

    Attributes:
        stored: the object; a plain one where none could be encrypted.
        key: the key it was stored with.
        refusal: what the endpoint answered to storing it; None where it was served.
    """

    stored: Stored
    key: Key
    refusal: str | None = None


def sealed(bench: Workbench) -> Sealed:
    """Store an object with a key, in the first way that is served.

    Raises:
        Undecided: customers' keys are taken over TLS only, and this is not it.
    """
    key, refusals = new_key(bench), []
    for operation in WRITES:
        answer = taken(bench.attempt(write_call(bench, operation, key.headers())))
        if answer.ok:
            return Sealed(stored=written(bench, answer, key.headers()), key=key)
        refusals.append(answer.describe())
    return Sealed(stored=bench.plain, key=key, refusal=refusals[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedUpload:
    """An upload begun with a customer's key, or a plain one and why."""

    upload: Upload
    key: Key
    refusal: str | None = None


def sealed_upload(bench: Workbench) -> SealedUpload:
    """Begin an upload with a key.

    Raises:
        Undecided: no upload can be begun at all, or it would take TLS.
    """
    key = new_key(bench)
    answer = taken(bench.attempt(create_call(bench, key.headers())))
    if answer.ok:
        return SealedUpload(upload=begun(answer), key=key)
    plain = begun(bench.setup(create_call(bench)))
    return SealedUpload(upload=plain, key=key, refusal=answer.describe())


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """Something that was made with a key, and a request that needs it.

    Attributes:
        call: the request without the triple.
        key: the key it needs.
        plain: the same request to something made without a key.
        refusal: what storing with a key was answered; None where it was served.
        body: the bytes that the request reads or stores.
        upload: that the request is about; None where it is about none.
    """

    call: Call
    key: Key
    plain: Call
    refusal: str | None
    body: bytes
    upload: Upload | None = None


def locked_object(bench: Workbench, operation: OperationName) -> Locked:
    """A read of an object that was stored with a key."""
    subject = bench.shared("an object with a customer's key", sealed)
    return Locked(
        call=subject.stored.call(operation),
        key=subject.key,
        plain=bench.plain.call(operation),
        refusal=subject.refusal,
        body=subject.stored.body,
    )


def locked_part(bench: Workbench, operation: OperationName) -> Locked:
    """A part of an upload that was begun with a key."""
    # One of the row's own: some servers let no part be replaced by another.
    subject = sealed_upload(bench)
    plain, body = begin(bench), bench.text()
    copied = operation == "UploadPartCopy"
    return Locked(
        call=subject.upload.copy(1, bench.plain) if copied else subject.upload.part(1, body),
        key=subject.key,
        plain=plain.copy(1, bench.plain) if copied else plain.part(1, body),
        refusal=subject.refusal,
        body=bench.plain.body if copied else body,
        upload=subject.upload,
    )


def locked_source(bench: Workbench, operation: OperationName) -> Locked:
    """A copy from an object that was stored with a key."""
    subject = bench.shared("an object with a customer's key", sealed)
    upload = None if operation == "CopyObject" else begin(bench)
    plain = write_call(bench, operation, {}) if upload is None else upload.copy(1, bench.plain)
    return Locked(
        call=plain.plus(headers={"x-amz-copy-source": subject.stored.source}),
        key=subject.key,
        plain=plain,
        refusal=subject.refusal,
        body=subject.stored.body,
        upload=upload,
    )
