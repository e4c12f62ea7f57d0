"""What shows that an endpoint is unsteady, or the way to it: noted with times and counts."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from conformance.s3.doubt import of_the_moment
from conformance.s3.patience import throttled
from conformance.s3.redact import Redactor
from conformance.s3.response import Response

# Server text is in the names of incidents; no more kinds of them than a reader would read.
KINDS: Final = 20
OTHERS: Final = "other signs of the same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One kind of trouble.

    Attributes:
        what: happened, as one clause.
        times: how often.
        first: when for the first time, in UTC.
        last: when for the last time.
    """

    what: str
    times: int
    first: datetime
    last: datetime


@dataclass(slots=True)
class Watch:
    """What happened to the requests of one thread since it began to watch.

    Attributes:
        doubts: answers that were not the same when asked for again.
        unresolved: the first of two answers was taken, for the server failed after it.
        wrote: a request that writes was refused.
    """

    doubts: list[str] = field(default_factory=list)
    unresolved: bool = False
    wrote: bool = False


class Incidents:
    """Takes notes from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._noted: dict[str, Incident] = {}
        self._local = threading.local()
        self._unsteady = False
        self._moment = float("-inf")

    def note(self, what: str, *, lied: bool = False) -> None:
        """Note what happened.

        Args:
            what: happened, as one clause.
            lied: an answer was wrong that looked like any other, so that others may be, unseen.
        """
        now = datetime.now(UTC)
        with self._lock:
            self._unsteady |= lied
            known = what if what in self._noted or len(self._noted) < KINDS else OTHERS
            before = self._noted.get(known)
            self._noted[known] = (
                replace(before, times=before.times + 1, last=now)
                if before
                else Incident(what=known, times=1, first=now, last=now)
            )
        if lied:
            self.doubt(what)

    def of_the_moment(self, what: str) -> None:
        """Note a code of the moment; the same said to a HEAD has no code that would show it."""
        self._moment = time.monotonic()
        self.note(what)

    def spoke_of_the_moment(self, since: float) -> bool:
        """Whether such a code came, to whichever thread, after a time of the monotonic clock."""
        return self._moment >= since

    def doubt(self, what: str, *, unresolved: bool = False) -> None:
        """Say of this thread's requests that an answer may be wrong."""
        if watch := self._watch:
            watch.doubts.append(what)
            watch.unresolved |= unresolved

    def refused_write(self) -> None:
        """Say of this thread's requests that one which writes was refused."""
        if watch := self._watch:
            watch.wrote = True

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        """Watch the requests that this thread sends."""
        before, watch = self._watch, Watch()
        self._local.watch = watch
        try:
            yield watch
        finally:
            self._local.watch = before
            if before:
                before.doubts += watch.doubts
                before.unresolved |= watch.unresolved
                before.wrote |= watch.wrote

    @property
    def _watch(self) -> Watch | None:
        return getattr(self._local, "watch", None)

    @property
    def doubtful(self) -> bool:
        """Whether an answer to this thread's requests may be wrong."""
        return bool(self._watch and self._watch.doubts)

    @property
    def unsteady(self) -> bool:
        """Whether an answer was wrong that looked like any other."""
        return self._unsteady

    @property
    def noted(self) -> list[Incident]:
        """All of them, the first seen first."""
        with self._lock:
            return [*self._noted.values()]


def note_passing(
    incidents: Incidents, redactor: Redactor, passing: Sequence[Response], last: Response
) -> bool:
    """Note the answers before the last; a server error that goes on is the request's own.

    Returns:
        Whether there was a server error among them. A refusal after it may be something else's.
    """
    failed = any(answer.broke for answer in passing)
    if failed and 400 <= last.status < 500:
        incidents.doubt(f"{last.describe()} after server errors", unresolved=True)
    for answer in passing:
        momentary = throttled(last) or of_the_moment(last)
        said = redactor.text(answer.describe())
        if of_the_moment(answer) and not throttled(answer):
            incidents.of_the_moment(said)
        elif momentary or answer.describe() != last.describe():
            incidents.note(said)
    return failed
