"""Removes what a ledger names, key by key, and nothing else.

Neither DeleteObjects nor any listing is relied on: a server may lack both. Listings are asked only
for what a bucket of our own still holds when it refuses to be deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Final

from conformance.s3.checksums import content_md5
from conformance.s3.client import Client, NoAnswer
from conformance.s3.exchange import Role
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.sandbox.ledger import Created

BYPASS: Final = {"x-amz-bypass-governance-retention": "true"}
PRIVATE: Final = {"x-amz-acl": "private"}
HOLD_OFF: Final = (
    b'<LegalHold xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>OFF</Status></LegalHold>'
)
NO_LOGGING: Final = b'<BucketLoggingStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'


class Cleaner:
    """Sends the deletions through one client, many at a time."""

    def __init__(self, client: Client, pool: Executor) -> None:
        self._client = client
        self._pool = pool

    def clean(self, entries: Iterable[Created], given: Sequence[str] = ()) -> list[str]:
        """Remove every entry.

        Args:
            entries: what may exist; what does not is passed over.
            given: buckets that are not ours to delete, whatever the ledger says.

        Returns:
            One sentence for each thing that could not be removed.
        """
        entries = list(entries)
        objects = sorted(
            {e for e in entries if e.key},
            key=lambda e: (e.bucket, e.key, e.upload or "", e.version or ""),
        )
        named = {(e.bucket, e.key) for e in objects if e.upload}
        # The upload of an answer that never came has no name, unless a later one gave it.
        objects = [e for e in objects if e.upload != "" or (e.bucket, e.key) not in named]
        left: dict[Created, str] = {
            entry: warning
            for entry, warning in zip(objects, self._pool.map(self._remove, objects), strict=True)
            if warning is not None
        }
        ours = sorted({e.bucket for e in entries if not e.key} - set(given))
        kept = dict(zip(ours, self._pool.map(self._remove_bucket, ours), strict=True))
        # What a bucket held is gone with the bucket, whatever the deletion of the key answered.
        return [
            *(text for entry, text in left.items() if kept.get(entry.bucket, "given") is not None),
            *(text for text in kept.values() if text is not None),
        ]

    def _remove(self, entry: Created) -> str | None:
        name = f"{entry.bucket}/{entry.key}"
        delete = Call(operation="DeleteObject", bucket=entry.bucket, key=entry.key)
        if entry.upload:
            call = replace(
                delete, operation="AbortMultipartUpload", query={"uploadId": entry.upload}
            )
            return self._refusal(f"upload {entry.upload} of {name}", call)
        if entry.upload == "":
            refusals = [
                self._refusal(f"an upload of {name}", call) for call in self._uploads(entry)
            ]
            return next((text for text in refusals if text), None)
        if entry.version:
            call = delete.plus(query={"versionId": entry.version})
            return self._refusal(f"version {entry.version} of {name}", call, locked=True)
        return self._refusal(name, delete, locked=True)

    def _refusal(self, what: str, call: Call, *, locked: bool = False) -> str | None:
        """Why a deletion did not work; None where nothing is left."""
        answer = self._send(call)
        if isinstance(answer, Response) and locked and answer.status in (400, 403):
            self._send(
                Call(
                    operation="PutObjectLegalHold",
                    bucket=call.bucket,
                    key=call.key,
                    query=call.query,
                    headers=content_md5(HOLD_OFF),  # which several servers require
                    body=HOLD_OFF,
                )
            )
            answer = self._send(call.plus(headers=BYPASS))
        if isinstance(answer, str):
            return f"{what} was not removed: {answer}"
        # A name that no bucket may have is that of no bucket.
        if answer.ok or answer.status == 404 or answer.code == "InvalidBucketName":
            return None
        return f"{what} was not removed: {answer.describe()}"

    def _remove_bucket(self, bucket: str) -> str | None:
        call = Call(operation="DeleteBucket", bucket=bucket)
        if (refusal := self._refusal(f"bucket {bucket}", call)) is None:
            return None
        if refusal.endswith("403 AccessDenied"):
            # A bucket that was created with grants to others only shuts its owner out; not from
            # its ACL, though.
            self._send(Call(operation="PutBucketAcl", bucket=bucket, headers=PRIVATE))
            refusal = self._refusal(f"bucket {bucket}", call)
            if refusal is None:
                return None
        if refusal.endswith("409 BucketNotEmpty"):
            # One that logs into itself has a new object after every request.
            self._send(
                Call(
                    operation="PutBucketLogging",
                    bucket=bucket,
                    headers=content_md5(NO_LOGGING),
                    body=NO_LOGGING,
                )
            )
        held = [*self._held(bucket)]
        for inner in held:
            self._refusal(f"{bucket}/{inner.key}", inner, locked=True)
        return self._refusal(f"bucket {bucket}", call) if held else refusal

    def _held(self, bucket: str) -> Iterator[Call]:
        """Deletions of all that a bucket of our own turns out to hold."""
        versions = self._listing(Call(operation="ListObjectVersions", bucket=bucket))
        for element in ("Version", "DeleteMarker"):
            for item in versions.xml.findall(element) if versions else ():
                if not (key := item.findtext("Key")):
                    continue
                yield Call(
                    operation="DeleteObject",
                    bucket=bucket,
                    key=key,
                    query={"versionId": item.findtext("VersionId") or "null"},
                )
        objects = self._listing(Call(operation="ListObjects", bucket=bucket))
        for key in filter(None, objects.texts("Contents/Key") if objects else ()):
            yield Call(operation="DeleteObject", bucket=bucket, key=key)
        yield from self._uploads(Created(bucket=bucket))

    def _uploads(self, entry: Created) -> Iterator[Call]:
        query = {"prefix": entry.key} if entry.key else {}
        listing = self._listing(
            Call(operation="ListMultipartUploads", bucket=entry.bucket, query=query)
        )
        for item in listing.xml.findall("Upload") if listing else ():
            key = item.findtext("Key") or ""
            if key and entry.key in ("", key):
                yield Call(
                    operation="AbortMultipartUpload",
                    bucket=entry.bucket,
                    key=key,
                    query={"uploadId": item.findtext("UploadId") or ""},
                )

    def _listing(self, call: Call) -> Response | None:
        answer = self._send(call)
        return answer if isinstance(answer, Response) and answer.ok else None

    def _send(self, call: Call) -> Response | str:
        try:
            return self._client.send(call, role=Role.SETUP)
        except NoAnswer as trouble:
            return str(trouble)
