"""Deletions in buckets of our own, where anything may be removed, by as few requests as may be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from posixpath import dirname
from typing import Final

from conformance.s3.client import Client
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.sandbox import bulk
from conformance.sandbox.deletions import Deletions
from conformance.sandbox.ledger import Created
from conformance.sandbox.listings import Held, Listing
from conformance.sandbox.names import may_lead_out

FILLING: Final = "s3-conformance"


class Owned(Deletions):
    """Removes what a ledger names in buckets of our own.

    Args:
        client: of the endpoint.
        pool: as many threads as there may be requests at a time.
    """

    def __init__(self, client: Client, pool: Executor) -> None:
        super().__init__(client, pool)
        self._in_bulk = True

    def empty_owned(self, buckets: Collection[str], entries: Sequence[Created]) -> list[Created]:
        """Remove what the ledger names in these buckets, as far as that can be done many at once.

        Returns:
            What is to be removed one by one: it may be there still.
        """
        here = [e for e in entries if e.bucket in buckets]
        versioned = {(e.bucket, e.key) for e in here if e.version}
        # The deletion of a key without a version would leave a marker beside its versions.
        plain = [e for e in here if e.version or (e.bucket, e.key) not in versioned]
        self.remove_owned([_held(e) for e in plain if _is_plain(e)])
        uploads = {e.bucket for e in here if e.upload is not None}
        listed = self._abort_listed(sorted(uploads))
        return [e for e in here if not _is_plain(e) and e.bucket not in listed]

    def _abort_listed(self, buckets: Sequence[str]) -> set[str]:
        """Abort the uploads that are in progress; the buckets that told all of them."""
        listings = [Listing(self.client) for _ in buckets]
        pages = self.pool.map(lambda it, bucket: [*it.uploads(bucket)], listings, buckets)
        self.remove([held for found in pages for page in found for held in page])
        told = zip(buckets, listings, strict=True)
        return {bucket for bucket, listing in told if listing.complete and not listing.unsafe}

    def tidy_folders(self, entries: Sequence[Created]) -> None:
        """Put an object into each folder of these keys, and remove it: the folder goes with it.

        Stores of files keep the folder of a key whose name was too long for a file, and no listing
        tells of it: VersityGW 1.8.
        """
        folders = {(e.bucket, dirname(e.key)) for e in entries if _is_plain(e) and "/" in e.key}
        calls = [
            Call(operation="PutObject", bucket=bucket, key=f"{folder}/{FILLING}")
            for bucket, folder in sorted(folders)
        ]
        for call, answer in zip(calls, self.pool.map(self.send, calls), strict=True):
            if isinstance(answer, Response) and answer.ok:
                self.refusal(call.key, replace(call, operation="DeleteObject"))

    def remove_owned(self, held: Sequence[Held]) -> list[str]:
        """Remove many at once, and one by one what is left of them.

        Returns:
            One sentence for each thing that could not be removed.
        """
        requests, left = bulk.deletions(held)
        answers: list[Response | str] = []
        if requests and self._in_bulk:
            first = self.send(requests[0].call)
            # A server that lacks it is not asked again; one that has no such bucket may be.
            self._in_bulk = isinstance(first, Response) and (first.ok or first.status == 404)
            rest = requests[1:] if self._in_bulk else []
            answers = [first, *self.pool.map(self.send, [request.call for request in rest])]
        for request, answer in zip(requests, answers, strict=False):
            left += bulk.left_by(request, answer)
        for request in requests[len(answers) :]:
            left += request.named
        return self.remove(left)


def _held(entry: Created) -> Held:
    query = {"versionId": entry.version} if entry.version else {}
    delete = Call(operation="DeleteObject", bucket=entry.bucket, key=entry.key, query=query)
    return Held(delete=delete)


def _is_plain(entry: Created) -> bool:
    """Whether an object or a version is meant, whose name cannot lead out of its bucket."""
    return entry.upload is None and not may_lead_out(entry.key)
