"""What a bucket holds, page by page, as deletions of each thing by its own name.

Listings are the server's word: a key that would lead out of its bucket is never turned into a
request, and of a bucket that is not ours only keys under the given prefix are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from conformance.neutral import neutral
from conformance.s3.client import Client, NoAnswer
from conformance.s3.exchange import Role
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.sandbox.names import may_lead_out

# A listing that never ends is given up: a million things of 1,000 a page.
PAGES: Final = 1000
# Which element of a page begins the next one, by the parameter that takes it.
_VERSIONS_NEXT: Final = {
    "key-marker": "NextKeyMarker",
    "version-id-marker": "NextVersionIdMarker",
}
_UPLOADS_NEXT: Final = {"key-marker": "NextKeyMarker", "upload-id-marker": "NextUploadIdMarker"}
_OBJECTS_NEXT: Final = {"marker": "NextMarker"}
_LAST_KEY: Final = {"marker": "Contents/Key"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One thing in a bucket.

    Attributes:
        delete: the request that removes it.
        named: whether a version other than the null version, or a delete marker, is meant.
        modified: when it was made, as the server says; None where it does not say.
    """

    delete: Call
    named: bool = False
    modified: datetime | None = None

    @property
    def what(self) -> str:
        """Its name for a sentence."""
        name = neutral(f"{self.delete.bucket}/{self.delete.key}")
        if upload := self.delete.query.get("uploadId"):
            return f"upload {neutral(upload)} of {name}"
        version = self.delete.query.get("versionId")
        return f"version {neutral(version)} of {name}" if version else name


@dataclass(slots=True)
class Listing:
    """The pages of one listing.

    Attributes:
        client: sends the requests.
        complete: whether it was read to its end; told once it was read.
        unsafe: keys that were left out because a request for them may reach another bucket.
    """

    client: Client
    complete: bool = False
    unsafe: list[str] = field(default_factory=list)

    def versions(self, bucket: str, prefix: str = "") -> Iterator[list[Held]]:
        """All versions and delete markers."""
        for page in self._pages("ListObjectVersions", bucket, prefix, _VERSIONS_NEXT):
            found = []
            for element in ("Version", "DeleteMarker"):
                for item in page.xml.findall(element):
                    version = item.findtext("VersionId") or "null"
                    delete = self._call(
                        "DeleteObject", bucket, item.findtext("Key"), prefix, versionId=version
                    )
                    if delete:
                        named = element == "DeleteMarker" or version != "null"
                        modified = time_of(item.findtext("LastModified"))
                        found.append(Held(delete=delete, named=named, modified=modified))
            yield found

    def objects(self, bucket: str, prefix: str = "") -> Iterator[list[Held]]:
        """All objects, without their versions."""
        for page in self._pages("ListObjects", bucket, prefix, _OBJECTS_NEXT, _LAST_KEY):
            yield [
                Held(delete=delete, modified=time_of(item.findtext("LastModified")))
                for item in page.xml.findall("Contents")
                if (delete := self._call("DeleteObject", bucket, item.findtext("Key"), prefix))
            ]

    def uploads(self, bucket: str, prefix: str = "") -> Iterator[list[Held]]:
        """All uploads that were begun and neither completed nor aborted."""
        for page in self._pages("ListMultipartUploads", bucket, prefix, _UPLOADS_NEXT):
            yield [
                Held(delete=delete, modified=time_of(item.findtext("Initiated")))
                for item in page.xml.findall("Upload")
                if (
                    delete := self._call(
                        "AbortMultipartUpload",
                        bucket,
                        item.findtext("Key"),
                        prefix,
                        uploadId=item.findtext("UploadId") or "",
                    )
                )
            ]

    def _call(
        self, operation: OperationName, bucket: str, key: str | None, prefix: str, **query: str
    ) -> Call | None:
        """The deletion of a listed key; None where it must not be asked for."""
        if not key or not key.startswith(prefix) or not all(query.values()):
            return None
        if may_lead_out(key):
            self.unsafe.append(key)
            return None
        return Call(operation=operation, bucket=bucket, key=key, query=query)

    def _pages(
        self,
        operation: OperationName,
        bucket: str,
        prefix: str,
        following: dict[str, str],
        instead: dict[str, str] | None = None,
    ) -> Iterator[Response]:
        self.complete = False
        query = {"prefix": prefix} if prefix else {}
        call = Call(operation=operation, bucket=bucket, query=query)
        seen = set()
        for _ in range(PAGES):
            try:
                page = self.client.send(call, role=Role.SETUP, idempotent=True)
            except NoAnswer:
                return
            if not page.ok:
                return
            yield page
            if (page.text("IsTruncated") or "").strip().lower() != "true":
                self.complete = bool(page.root)
                return
            marks = {name: (page.texts(path) or [""])[-1] for name, path in following.items()}
            if not any(marks.values()):
                paths = (instead or {}).items()
                marks = {name: (page.texts(path) or [""])[-1] for name, path in paths}
            marks = {name: value for name, value in marks.items() if value}
            position = tuple(marks.items())
            if not marks or position in seen:  # the next page would be this one again
                return
            seen.add(position)
            call = call.plus(query=marks)


def time_of(text: str | None) -> datetime | None:
    """A time of a listing, ISO 8601; without an offset it is UTC."""
    try:
        found = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
