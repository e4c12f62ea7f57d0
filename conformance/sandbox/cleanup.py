"""Removes what a ledger names, key by key, and nothing else.

Neither DeleteObjects nor any listing is relied on: a server may lack both. In a bucket of our own
DeleteObjects is tried first, for it saves hundreds of requests. Listings are asked for what such a
bucket still holds when it refuses to be deleted, and for the versions and delete markers under a
run's own prefix in a given bucket, whose ids no ledger can know in time.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from conformance.neutral import neutral
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.sandbox.ledger import LOGS, Created
from conformance.sandbox.listings import Held, Listing
from conformance.sandbox.names import key_prefix, may_lead_out
from conformance.sandbox.owned import Owned

PRIVATE: Final = {"x-amz-acl": "private"}
NO_LOGGING: Final = b'<BucketLoggingStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'
KEPT: Final = "the endpoint lists it after its deletion"
# Passes over a bucket that goes on to hold something; each has to remove something.
PASSES: Final = 10


@dataclass(slots=True)
class _Sweep:
    """The versions under a run's prefix in one given bucket.

    Attributes:
        versioned: whether the bucket has, or had, versions.
        complete: whether all of them were listed.
        left: by key, why a version of it was not removed.
    """

    versioned: bool = False
    complete: bool = False
    left: dict[str, str] = field(default_factory=dict)


class Cleaner(Owned):
    """Removes what ledgers name."""

    def clean(
        self,
        entries: Iterable[Created],
        given: Sequence[str] = (),
        *,
        run: str = "",
        refused: Collection[str] = (),
        settle: float = 0.0,
    ) -> list[str]:
        """Remove every entry.

        Args:
            entries: what may exist; what does not is passed over.
            given: buckets that are not ours to delete, whatever the ledger says.
            run: the run's id; in given buckets its prefix is searched for versions and delete
                markers.
            refused: buckets whose creation was refused. They are deleted all the same, for an
                answer may be wrong, and are left over only if they exist.
            settle: seconds to wait before what is left is looked for, because requests of a process
                that was killed may still be carried out.

        Returns:
            One sentence for each thing that could not be removed.
        """
        entries = list(entries)
        ours = sorted({e.bucket for e in entries if not e.key} - set(given))
        objects = _objects(entries)
        shared = {e.bucket for e in objects} - set(ours)
        versions = {e.bucket for e in objects if e.version}
        logs = [e for e in entries if e.kind == LOGS and e.bucket not in ours]
        for entry in logs:
            self._stop_logging(entry)
        sweeps: dict[str, _Sweep] = {}
        for bucket in sorted(shared) if run else ():
            sweeps[bucket] = self._sweep(bucket, key_prefix(run), versioned=bucket in versions)
        todo = [
            e for e in objects if e.bucket not in ours and not _swept(e, sweeps.get(e.bucket), run)
        ]
        todo += self.empty_owned(ours, objects)
        left = self._remove_each(todo)
        kept = {name: self._remove_bucket(name, text) for name, text in self._refusing(ours)}
        for bucket in [name for name, text in kept.items() if text is not None]:
            if named := [e for e in objects if e.bucket == bucket]:
                left |= self._remove_each(named)
                self.tidy_folders(named)
                kept[bucket] = self._delete_bucket(bucket)
        for name, text in self._refusing(sorted(set(refused) - set(ours) - set(given))):
            if self._exists(name):
                kept[name] = self._remove_bucket(name, text)
        if run:
            time.sleep(settle)
            left = self._sweep_again(left, sweeps, run)
            for name in self._still_listed({*ours, *refused} - set(given)):
                kept[name] = self._remove_bucket(name, self._delete_bucket(name))
        for entry in logs:
            left |= {Created(bucket=entry.bucket, key=text): text for text in self._unlog(entry)}
        # What a bucket held is gone with the bucket, whatever the deletion of the key answered.
        staying = {bucket for bucket, text in kept.items() if text is not None}
        return [
            *(
                text
                for entry, text in left.items()
                if entry.bucket not in ours or entry.bucket in staying
            ),
            *(text for text in kept.values() if text is not None),
        ]

    def _remove_each(self, entries: Sequence[Created]) -> dict[Created, str]:
        """Remove entries one by one; by entry, why it could not be removed."""
        warnings = zip(entries, self.pool.map(self._remove, entries), strict=True)
        return {entry: warning for entry, warning in warnings if warning is not None}

    def _sweep_again(
        self, left: dict[Created, str], sweeps: dict[str, _Sweep], run: str
    ) -> dict[Created, str]:
        """Remove what came to be meanwhile: markers of deletions, and late objects.

        Args:
            left: why an entry was not removed.
            sweeps: what was found in given buckets before.
            run: the run's id.

        Returns:
            The same, with what was found now in place of what is known of versions.
        """
        for bucket, sweep in sweeps.items():
            again = self._sweep(bucket, key_prefix(run), versioned=sweep.versioned, objects=True)
            if again.versioned:
                left = {e: text for e, text in left.items() if e.bucket != bucket or e.upload}
                kept = self._kept_versions(bucket, key_prefix(run))
                again.left = {key: again.left.get(key, text) for key, text in kept.items()}
            left |= {Created(bucket=bucket, key=key): text for key, text in again.left.items()}
        return left

    def _has_versioning(self, bucket: str) -> bool:
        """Whether versioning is enabled or suspended: then a deletion by key leaves a marker."""
        answer = self.send(Call(operation="GetBucketVersioning", bucket=bucket))
        return isinstance(answer, Response) and bool(answer.ok and answer.text("Status"))

    def _kept_versions(self, bucket: str, prefix: str) -> dict[str, str]:
        """By key, the versions and markers that are there although they were deleted.

        SeaweedFS 4 keeps the null delete marker of a bucket with suspended versioning when it is
        deleted by its id. The null version that PutObject puts in its place can be deleted.
        """
        listing = Listing(self.client)
        found = [held for page in listing.versions(bucket, prefix) for held in page]
        if not found:
            return {}
        for _ in self.pool.map(self._replace, found):
            pass
        found = [held for page in listing.versions(bucket, prefix) for held in page]
        return {held.delete.key: f"{held.what} was not removed: {KEPT}" for held in found}

    def _replace(self, held: Held) -> None:
        """Put an object in the place of a null delete marker, and remove it."""
        delete = held.delete
        if delete.query.get("versionId") != "null":
            return
        put = self.send(Call(operation="PutObject", bucket=delete.bucket, key=delete.key))
        if isinstance(put, Response) and put.ok:
            version = put.header("x-amz-version-id") or "null"
            self.send(delete.plus(query={"versionId": version}))

    def _sweep(self, bucket: str, prefix: str, *, versioned: bool, objects: bool = False) -> _Sweep:
        """Remove the versions and delete markers under a prefix, each by its id.

        Where the bucket has no versions, the objects under it if they are wanted.
        """
        listing = Listing(self.client)
        found = [held for page in listing.versions(bucket, prefix) for held in page]
        named = any(held.named for held in found)
        sweep = _Sweep(versioned=versioned or named or self._has_versioning(bucket))
        sweep.complete = listing.complete
        if not sweep.versioned:
            pages = listing.objects(bucket, prefix) if objects else ()
            found = [held for page in pages for held in page]
        if found:
            for held, text in zip(found, self.pool.map(self.removed, found), strict=True):
                if text is not None:
                    sweep.left.setdefault(held.delete.key, text)
        return sweep

    def _stop_logging(self, entry: Created) -> None:
        """Stop a given bucket from logging where a run told it to."""
        answer = self.send(Call(operation="GetBucketLogging", bucket=entry.bucket))
        path = "LoggingEnabled/TargetPrefix"
        if isinstance(answer, Response) and answer.text(path) == entry.key:
            self._no_logging(entry.bucket)

    def _no_logging(self, bucket: str) -> None:
        self.send(
            Call(
                operation="PutBucketLogging",
                bucket=bucket,
                headers=content_md5(NO_LOGGING),
                body=NO_LOGGING,
            )
        )

    def _unlog(self, entry: Created) -> list[str]:
        """Remove the logs that a run made the server write into a given bucket."""
        sweep = self._sweep(entry.bucket, entry.key, versioned=False, objects=True)
        return [*sweep.left.values()]

    def _still_listed(self, buckets: Collection[str]) -> list[str]:
        """Those buckets that the endpoint lists, whatever it answered to their deletion."""
        answer = self.send(Call(operation="ListBuckets")) if buckets else ""
        names = answer.texts("Buckets/Bucket/Name") if isinstance(answer, Response) else []
        return sorted({*names} & {*buckets})

    def _remove(self, entry: Created) -> str | None:
        name = neutral(f"{entry.bucket}/{entry.key}")
        if may_lead_out(entry.key):
            return f"{name} was not removed: a request for it may reach another bucket"
        delete = Call(operation="DeleteObject", bucket=entry.bucket, key=entry.key)
        if entry.upload:
            call = replace(
                delete, operation="AbortMultipartUpload", query={"uploadId": entry.upload}
            )
            return self.refusal(f"upload {entry.upload} of {name}", call)
        if entry.upload == "":
            pages = Listing(self.client).uploads(entry.bucket, entry.key)
            own = [held for page in pages for held in page if held.delete.key == entry.key]
            refusals = [self.refusal(f"an upload of {name}", held.delete) for held in own]
            return next(filter(None, refusals), None)
        if entry.version:
            call = delete.plus(query={"versionId": entry.version})
            return self.refusal(f"version {entry.version} of {name}", call, locked=True)
        return self.refusal(name, delete, locked=True)

    def _refusing(self, buckets: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Those buckets that could not be deleted at once, with the reason."""
        answers = self.pool.map(self._delete_bucket, buckets)
        for bucket, refusal in zip(buckets, answers, strict=True):
            if refusal is not None:
                yield bucket, refusal

    def _delete_bucket(self, bucket: str) -> str | None:
        return self.refusal(f"bucket {bucket}", Call(operation="DeleteBucket", bucket=bucket))

    def _exists(self, bucket: str) -> bool:
        answer = self.send(Call(operation="HeadBucket", bucket=bucket))
        return isinstance(answer, Response) and answer.ok

    def _remove_bucket(self, bucket: str, refusal: str | None) -> str | None:
        """Empty a bucket of our own that refused to be deleted, and delete it."""
        if refusal is not None and refusal.endswith("403 AccessDenied"):
            # A bucket that was created with grants to others only shuts its owner out; not from
            # its ACL, though.
            self.send(Call(operation="PutBucketAcl", bucket=bucket, headers=PRIVATE))
            refusal = self._delete_bucket(bucket)
        if refusal is not None and refusal.endswith("409 BucketNotEmpty"):
            # One that logs into itself has a new object after every request.
            self._no_logging(bucket)
        guarded = True
        for _ in range(PASSES):
            if refusal is None:
                break
            removed, kept = self._empty(bucket)
            if kept and guarded:
                # A policy may deny deletions, and moto 5 fails over one that is no JSON.
                self.send(Call(operation="DeleteBucketPolicy", bucket=bucket))
                guarded = False
            elif not removed:
                break
            else:
                refusal = self._delete_bucket(bucket)
        if refusal is None or refusal.endswith(("409 BucketNotEmpty", "409")):
            return refusal
        # Some refuse to delete what does not exist, with another status than 404.
        answer = self.send(Call(operation="HeadBucket", bucket=bucket))
        gone = isinstance(answer, Response) and answer.status == 404
        return None if gone else refusal

    def _empty(self, bucket: str) -> tuple[int, int]:
        """Remove all that a bucket of our own turns out to hold.

        Returns:
            How many things were removed, and how many were not.
        """
        listing, removed, kept = Listing(self.client), 0, 0
        for pages in (listing.versions(bucket), listing.objects(bucket), listing.uploads(bucket)):
            for page in pages:
                refused = len(self.remove_owned(page))
                removed, kept = removed + len(page) - refused, kept + refused
        return removed, kept


def _objects(entries: Sequence[Created]) -> list[Created]:
    """The entries of keys, in order."""
    return sorted(
        {e for e in entries if e.key and e.kind is None},
        key=lambda e: (e.bucket, e.key, e.upload or "", e.version or ""),
    )


def _swept(entry: Created, sweep: _Sweep | None, run: str) -> bool:
    """Whether the sweep of a given bucket has removed an entry, or would have if it existed."""
    return (
        sweep is not None
        and sweep.versioned
        and sweep.complete
        and entry.upload is None
        and entry.key.startswith(key_prefix(run))
    )
