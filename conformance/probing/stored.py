"""An object that a probe stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An object we stored.

    Attributes:
        bucket: where.
        key: under which name.
        body: which bytes.
        etag: with its quotes, as PutObject answered it.
        version: `x-amz-version-id`, if PutObject answered one.
    """

    bucket: str
    key: str
    body: bytes
    etag: str
    version: str | None = None

    def call(
        self,
        operation: OperationName,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Call:
        """A call to this object."""
        return Call(
            operation=operation,
            bucket=self.bucket,
            key=self.key,
            headers=headers or {},
            query=query or {},
            body=body,
        )

    @property
    def source(self) -> str:
        """The value of `x-amz-copy-source`."""
        return f"{self.bucket}/{self.key}"


def stored(response: Response) -> Stored:
    """What a served PutObject stored."""
    call = response.call
    return Stored(
        bucket=call.bucket,
        key=call.key,
        body=call.body,
        etag=response.etag,
        version=response.header("x-amz-version-id"),
    )
