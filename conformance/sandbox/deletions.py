"""Deletions of one thing each, with what a server may want first."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from conformance.s3.checksums import content_md5
from conformance.s3.client import Client, Momentary, NoAnswer
from conformance.s3.exchange import Role
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.sandbox.listings import Held

BYPASS: Final = {"x-amz-bypass-governance-retention": "true"}
UNTIL: Final = "x-amz-object-lock-retain-until-date"
# A retention in COMPLIANCE mode that ends so soon is waited for; nobody can remove it.
SOON: Final = timedelta(seconds=10)
HOLD_OFF: Final = (
    b'<LegalHold xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>OFF</Status></LegalHold>'
)


class Deletions:
    """Sends them through one client, many at a time.

    Args:
        client: of the endpoint.
        pool: as many threads as there may be requests at a time.
        wait: waits for so many seconds.
    """

    def __init__(
        self, client: Client, pool: Executor, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self.client = client
        self.pool = pool
        self._wait = wait
        self._regions: dict[str, str] = {}

    def remove(self, held: Sequence[Held]) -> list[str]:
        """Remove what a listing named; one sentence for each thing that could not be."""
        return [text for text in self.pool.map(self.removed, held) if text is not None]

    def removed(self, held: Held) -> str | None:
        """Remove one thing that a listing named; why it could not be."""
        return self.refusal(held.what, held.delete, locked=held.delete.operation == "DeleteObject")

    def refusal(self, what: str, call: Call, *, locked: bool = False) -> str | None:
        """Why a deletion did not work; None where nothing is left."""
        answer = self.send(call)
        if isinstance(answer, Response) and locked and answer.status in (400, 403):
            self.send(
                Call(
                    operation="PutObjectLegalHold",
                    bucket=call.bucket,
                    key=call.key,
                    query=call.query,
                    headers=content_md5(HOLD_OFF),  # which several servers require
                    body=HOLD_OFF,
                )
            )
            answer = self.send(call.plus(headers=BYPASS))
            if isinstance(answer, Response) and answer.status in (400, 403):
                answer = self._after_the_lock(call) or answer
        if isinstance(answer, Response) and locked and answer.broke:
            # moto 5 fails over an object with half a lock; what is put in its place has none.
            self.send(Call(operation="PutObject", bucket=call.bucket, key=call.key))
            answer = self.send(call)
        if isinstance(answer, str):
            return f"{what} was not removed: {answer}"
        # A name that no bucket may have is that of no bucket.
        if answer.ok or answer.status == 404 or answer.code == "InvalidBucketName":
            if answer.ok and call.operation == "DeleteObject":
                self._remove_marker(call, answer)
            return None
        return f"{what} was not removed: {answer.describe()}"

    def _after_the_lock(self, call: Call) -> Response | str | None:
        """Delete a version whose retention ends in some seconds; None where it is not so."""
        head = self.send(replace(call, operation="HeadObject"))
        if isinstance(head, str):
            return None
        try:
            end = datetime.fromisoformat((head.header(UNTIL) or "")[:19]).replace(tzinfo=UTC)
            left = end - parsedate_to_datetime(head.header("Date") or "")
        except (ValueError, TypeError):
            return None
        if left > SOON:
            return None
        self._wait(max(left.total_seconds(), 0) + 1)  # both dates are of whole seconds
        return self.send(call)

    def _remove_marker(self, call: Call, answer: Response) -> None:
        """Remove the delete marker that a deletion without a version id has left."""
        version = answer.header("x-amz-version-id")
        marker = (answer.header("x-amz-delete-marker") or "").lower() == "true"
        if marker and version and "versionId" not in call.query:
            self.send(call.plus(query={"versionId": version}))

    def send(self, call: Call) -> Response | str:
        """Send a call, to the region that the bucket turns out to be in."""
        region = self._regions.get(call.bucket)
        try:
            answer = self.client.send(call, role=Role.SETUP, region=region)
            there = _region_of(answer)
            if there and call.bucket and there != (region or self.client.endpoint.region):
                self._regions[call.bucket] = there
                answer = self.client.send(call, role=Role.SETUP, region=there)
        except Momentary as trouble:
            return trouble.answer
        except NoAnswer as trouble:
            return str(trouble)
        return answer


def _region_of(answer: Response) -> str | None:
    """Where a refused request should have been signed for, if that is why it was refused."""
    if answer.ok or answer.status == 404:
        return None
    return answer.header("x-amz-bucket-region") or answer.text("Region")
