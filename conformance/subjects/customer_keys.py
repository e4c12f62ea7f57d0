"""Server-side encryption with a customer's key: its three headers, and subjects made with them.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Final

from conformance.probing import Stored, Undecided, Workbench
from conformance.s3.response import Response
from conformance.subjects.multipart import Upload, begun, create_call
from conformance.subjects.writes import WRITES, write_call, written

HEADER: Final = "x-amz-server-side-encryption-customer-"
SOURCE_HEADER: Final = f"x-amz-copy-source-{HEADER.removeprefix('x-amz-')}"
MEMBERS: Final = ("algorithm", "key", "key-MD5")


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


def new_key(bench: Workbench) -> Key:
    """A key nobody has used; from now on it is redacted wherever it turns up."""
    key = hashlib.sha256(bench.text()).digest()
    value = base64.b64encode(key).decode()
    for secret in (value, key.hex()):
        bench.sandbox.client.redactor.add(secret)
    md5 = hashlib.md5(key, usedforsecurity=False).digest()
    return Key(value=value, md5=base64.b64encode(md5).decode())


def names(prefix: str) -> tuple[str, ...]:
    """The three header names."""
    return tuple(f"{prefix}{member}" for member in MEMBERS)


def needs_tls(bench: Workbench, answer: Response) -> bool:
    """Whether a request was refused because it came without TLS, as AWS's rule is."""
    if answer.ok or not bench.endpoint.url.startswith("http://"):
        return False
    return any(word in answer.message.lower() for word in ("https", "secure connection", "tls"))


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
        answer = bench.attempt(write_call(bench, operation, key.headers()))
        if needs_tls(bench, answer):
            raise Undecided(f"SSE-C is refused without TLS: {answer.describe()}")
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
    answer = bench.attempt(create_call(bench, key.headers()))
    if needs_tls(bench, answer):
        raise Undecided(f"SSE-C is refused without TLS: {answer.describe()}")
    if answer.ok:
        return SealedUpload(upload=begun(answer), key=key)
    plain = begun(bench.setup(create_call(bench)))
    return SealedUpload(upload=plain, key=key, refusal=answer.describe())
