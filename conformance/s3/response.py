"""An answer, and what S3 says in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from xml.etree.ElementTree import Element

from conformance.neutral import SAID, neutral
from conformance.s3.documents import read_large_xml, read_xml
from conformance.s3.operations import Call
from conformance.s3.transport import Awaited

_EMPTY: Final = Element("")
# The tree of a longer body is not kept beside it.
KEPT: Final = 2**13

# How S3 says that a configuration was never put: an answer, not a refusal.
NOT_CONFIGURED: Final = frozenset(
    {
        "NoSuchBucketPolicy",
        "NoSuchCORSConfiguration",
        "NoSuchConfiguration",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "NoSuchTagSet",
        "NoSuchTagSetError",
        "NoSuchWebsiteConfiguration",
        "ObjectLockConfigurationNotFoundError",
        "OwnershipControlsNotFoundError",
        "ReplicationConfigurationNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
        "XMinioAdminRemoteTargetNotFoundError",
    }
)

# No server sends this status. It stands for a connection that is closed before the answer is whole,
# each time the request is sent.
CLOSED: Final = 599


@dataclass(frozen=True, kw_only=True)
class Response:
    """One answer to one call.

    Attributes:
        call: what was asked.
        status: the HTTP status code.
        headers: by lower-case name; of a repeated header the values are joined by ", ".
        body: the whole body, not decoded.
        seconds: from sending to the last byte.
        hidden: a page of HTML stands in place of S3's error, so that its code is not known.
        names: of the headers, as the server writes them.
        awaited: what came before the body was sent, where the body was held back.
    """

    call: Call
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    hidden: bool = False
    names: frozenset[str] = frozenset()
    awaited: Awaited = ""

    @property
    def ok(self) -> bool:
        """Served: any 2xx."""
        return 200 <= self.status < 300

    @property
    def not_configured(self) -> bool:
        """A 404 that says nothing is configured, which is what a fresh bucket must answer."""
        return self.status == 404 and self.code in NOT_CONFIGURED

    @property
    def broke(self) -> bool:
        """A server error that is neither "not implemented" nor "try later"."""
        return self.status >= 500 and self.status not in (501, 503)

    @property
    def denied(self) -> bool:
        """Whether the caller was refused, rather than the request."""
        return self.status in (401, 403)

    def header(self, name: str) -> str | None:
        return self.headers.get(name.lower())

    @property
    def etag(self) -> str:
        """The ETag with its quotes, or an empty string."""
        return self.header("ETag") or ""

    @property
    def xml(self) -> Element:
        """The body as XML, namespaces dropped; an empty element where it is none (`read_xml`)."""
        return self._tree if len(self.body) <= KEPT else _root(read_large_xml(self.body))

    @cached_property
    def _tree(self) -> Element:
        return _root(read_xml(self.body))

    @property
    def root(self) -> str:
        """The name of the root element, or an empty string."""
        return self.xml.tag

    def text(self, path: str) -> str | None:
        """The text of the first element at `path` below the root; None where there is none."""
        element = self.xml.find(path)
        return None if element is None else (element.text or "")

    def texts(self, path: str) -> list[str]:
        """The text of every element at `path` below the root."""
        return [element.text or "" for element in self.xml.findall(path)]

    @property
    def code(self) -> str:
        """S3's error code, or an empty string; HEAD answers carry none."""
        return neutral(self.text("Code") or "", SAID) if self.root == "Error" else ""

    @property
    def message(self) -> str:
        return neutral(self.text("Message") or "", SAID) if self.root == "Error" else ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    def describe(self) -> str:
        """Status and code in the fewest words: `412 PreconditionFailed`."""
        if self.status == CLOSED:
            return "no answer, for the connection is closed each time"
        return f"{self.status} {self.code}".rstrip()


def closed(call: Call) -> Response:
    """What stands for the answer to a request for which the connection is closed each time."""
    return Response(call=call, status=CLOSED, headers={}, body=b"", seconds=0.0)


def _root(read: Element | None) -> Element:
    return _EMPTY if read is None else read
