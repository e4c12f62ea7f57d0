"""Rows to observations: many at a time, each row once, an operation before its features."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import count
from typing import Final

from conformance.matrix import Row
from conformance.probing import PROBES, Decided, Probe, Undecided, Workbench
from conformance.probing.cuts import Cuts
from conformance.run.preflight import answers
from conformance.run.sighting import Sighting, not_observed
from conformance.run.spoken import fit_to_print, spoken
from conformance.run.steadiness import Steadiness
from conformance.s3.client import Cut, NoAnswer
from conformance.s3.doubt import UNSTEADY
from conformance.s3.exchange import Exchange
from conformance.sandbox.sandbox import Sandbox, Unavailable
from conformance.verdict import (
    DECIDES_FEATURES,
    DecidedBy,
    Hazard,
    Observation,
    Observed,
    observation_from,
    settle,
)

# Attempts at a row whose requests were not answered in time; more where connections were cut, which
# takes no time.
ATTEMPTS: Final = 5
ATTEMPTS_CUT: Final = 40
# Attempts in a row, of whatever rows, that an endpoint may leave without an answer before it
# counts as gone, though it may still answer the simplest request.
UNANSWERED: Final = 24
NO_PROBE: Final = "no probe yet"
NOT_ASKED: Final = "the probe ended before"


class Gone(Exception):
    """The endpoint stopped answering; the text names the requests that were in flight."""


class Observer:
    """Observes the rows of one matrix on one endpoint.

    Args:
        sandbox: lends the subjects.
        jobs: rows observed at a time; with 1, only when their result is asked for.
        repeat: how often each row is observed, with fresh subjects each time.
    """

    def __init__(self, sandbox: Sandbox, jobs: int = 1, repeat: int = 1) -> None:
        self._sandbox = sandbox
        self._repeat = repeat
        self._pool = ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="row")
        self._lock = threading.Lock()
        self._futures: dict[str, Future[Sighting]] = {}
        self._own: dict[str, Row] = {}
        self._gone: str | None = None
        self._unanswered = 0
        self._stuck = False
        # No pause between two requests is as long as a minute.
        self._still_after = 2 * sandbox.client.deadlines.total + 60
        self.steadiness = Steadiness(sandbox, lambda: self._gone is not None)

    def learn(self, operations: Sequence[Row]) -> None:
        """Name the operations' own rows, so that a feature observed alone can ask for its own."""
        self._own.update({row.operation: row for row in operations if row.feature is None})

    def start(self, rows: Sequence[Row]) -> None:
        """Begin to observe rows in the background, in the order given, operations first."""
        for row in sorted(rows, key=lambda row: row.feature is not None):
            if row.id in PROBES:
                self._submit(row)

    def result(self, row: Row) -> Sighting:
        """Wait for a row's observation.

        Raises:
            Gone: the endpoint has stopped answering.
        """
        if row.id not in PROBES:
            return not_observed(NO_PROBE)
        sighting = self._awaited(self._submit(row))
        if self._gone and sighting.observation.observed is Observed.UNKNOWN:
            raise Gone(self._gone)
        return sighting

    def settled(self, row: Row, timeout: float) -> bool:
        """Whether a row's observation ends within so many seconds."""
        return row.id not in PROBES or bool(wait([self._submit(row)], timeout=timeout).done)

    def known(self, row: Row) -> Sighting | None:
        """What was observed of a row by now, without waiting; None where nothing was."""
        if row.id not in PROBES:
            return not_observed(NO_PROBE)
        future = self._futures.get(row.id)
        if future is None or not future.done() or future.exception():
            return None
        sighting = future.result()
        unreached = self._gone and sighting.observation.observed is Observed.UNKNOWN
        return None if unreached else sighting

    @property
    def done(self) -> int:
        """How many of the rows that were begun are observed."""
        return sum(future.done() for future in [*self._futures.values()])

    def _awaited(self, future: Future[Sighting]) -> Sighting:
        """A row's sighting; where the whole run stands still, that of a row given up.

        Each request ends by its deadline, so a run in which none begins is stuck for another cause.
        """
        while True:
            sent = self._sandbox.client.requests_sent
            wait([future], timeout=self._still_after)
            if future.done():
                return future.result()
            if self._sandbox.client.requests_sent == sent:
                self._stuck = True
                self._give_up(f"no request was sent for {self._still_after:g} s")
                return not_observed(str(self._gone))

    def _give_up(self, why: str, asked: Sequence[str] = ()) -> None:
        named = ", ".join([*asked, *self._sandbox.client.in_flight]) or "none"
        text = f"{why}; requests in flight: {named}"
        with self._lock:
            self._gone = self._gone or spoken(text, self._sandbox.client.redactor)

    @property
    def gone(self) -> str | None:
        """Why the run cannot go on, if it cannot."""
        return self._gone

    def close(self) -> None:
        """Stop: what has not begun is given up."""
        self._gone = self._gone or "the run was stopped"
        self._pool.shutdown(wait=not self._stuck, cancel_futures=True)

    def _submit(self, row: Row) -> Future[Sighting]:
        with self._lock:
            future = self._futures.get(row.id)
            if future is not None:
                return future
            future = self._futures[row.id] = Future()
        own = self._own.get(row.operation)
        if row.feature is None or own is None or own.id not in PROBES:
            self._pool.submit(self._work, row, None, future)
        else:
            # No thread waits for another row: the feature is queued when its operation is known.
            self._submit(own).add_done_callback(
                lambda operation: self._queue(row, operation, future)
            )
        return future

    def _queue(self, row: Row, operation: Future[Sighting], future: Future[Sighting]) -> None:
        if error := operation.exception():
            future.set_exception(error)
            return
        try:
            self._pool.submit(self._work, row, operation.result().observation, future)
        except RuntimeError:  # the pool is shut down
            future.set_result(not_observed("the run was stopped"))

    def _work(self, row: Row, operation: Observation | None, future: Future[Sighting]) -> None:
        try:
            future.set_result(self._spoken(self._observe(row, operation)))
        except BaseException as error:  # noqa: BLE001 - handed to whoever asks for the result
            future.set_exception(error)

    def _spoken(self, sighting: Sighting) -> Sighting:
        """A sighting whose sentences may be shown; its exchanges are fit already."""
        redactor = self._sandbox.client.redactor
        observation = fit_to_print(sighting.observation, redactor)
        repeats = tuple(fit_to_print(it, redactor) for it in sighting.repeats)
        return replace(sighting, observation=observation, repeats=repeats)

    def _observe(self, row: Row, operation: Observation | None) -> Sighting:
        started = time.monotonic()
        if self._gone:
            return not_observed(self._gone)
        if operation is not None and operation.observed in DECIDES_FEATURES:
            return Sighting(
                observation=Observation(
                    observed=operation.observed,
                    reason=f"{row.operation} itself is {operation.observed}: {operation.reason}",
                    decided_by=DecidedBy.OPERATION,
                ),
                exchanges=(),
                seconds=0.0,
            )
        probe = PROBES[row.id]
        sighting = _together(
            [self.steadiness.observe(lambda: self._attempts(probe)) for _ in range(self._repeat)]
        )
        self._gone = self._gone or self.steadiness.given_up
        return replace(sighting, seconds=time.monotonic() - started)

    def _attempts(self, probe: Probe) -> Sighting:
        """Probe until the endpoint has answered every request, with fresh subjects each time.

        A server error decides only if it comes again: it may be the moment's and not the row's.
        """
        erred = False
        cuts = Cuts()
        for attempt in count():
            bench = Workbench(self._sandbox, cuts)
            try:
                observation = observation_of(probe, bench)
                self._unanswered = 0
            except NoAnswer as trouble:
                observation = Observation(
                    observed=Observed.UNKNOWN,
                    reason=str(trouble),
                    decided_by=DecidedBy.NOTHING,
                )
                cut = isinstance(trouble, Cut)
                limit = ATTEMPTS_CUT * (1 + len(cuts)) if cut else ATTEMPTS
                if self._alive(str(trouble), bench.exchanges, cut=cut) and attempt + 1 < limit:
                    continue
            finally:
                bench.close(again=not self._sandbox.client.incidents.doubtful)
            if erred or self._gone or not any(map(_is_server_error, bench.exchanges)):
                break
            erred = True
        return Sighting(observation=observation, exchanges=tuple(bench.exchanges), seconds=0.0)

    def _alive(self, trouble: str, exchanges: Sequence[Exchange], *, cut: bool) -> bool:
        """Whether it is worth while to go on after a request that was not answered.

        A connection that is closed at once may be the server's way with that one request.
        """
        with self._lock:
            self._unanswered += not cut
            silent = self._unanswered >= UNANSWERED
        if self._gone is None and (silent or not answers(self._sandbox.client)):
            last = exchanges[-1]["request"] if exchanges else None
            asked = [f"{last['method']} {last['url']}"] if last else []
            self._give_up(f"the endpoint stopped answering ({trouble})", asked)
        return self._gone is None


def _together(sightings: Sequence[Sighting]) -> Sighting:
    """Several sightings of one row as one, with the evidence of each word that was seen."""
    if len(sightings) == 1:
        return sightings[0]
    first: dict[Observed, Sighting] = {}
    for sighting in sightings:
        first.setdefault(sighting.observation.observed, sighting)
    return Sighting(
        observation=settle([it.observation for it in sightings]),
        exchanges=tuple(exchange for it in first.values() for exchange in it.exchanges),
        seconds=0.0,
        repeats=tuple(it.observation for it in sightings),
    )


def _is_server_error(exchange: Exchange) -> bool:
    response = exchange["response"]
    return response is not None and response["status"] in UNSTEADY


def observation_of(probe: Probe, bench: Workbench) -> Observation:
    """Run a probe once.

    Raises:
        NoAnswer: the endpoint did not answer a request.
    """
    recorder = bench.declare(probe.checks)
    try:
        probe.run(bench)
    except Decided as decision:
        text = f"the row was decided before: {decision.observation.reason}"
        observation = replace(decision.observation, checks=recorder.results(text))
    except (Undecided, Unavailable) as trouble:
        if not recorder.decides:
            checks = recorder.results(str(trouble))
            return Observation(
                observed=Observed.UNKNOWN,
                reason=str(trouble),
                decided_by=DecidedBy.NOTHING,
                checks=checks,
            )
        observation = observation_from(recorder.results(str(trouble)))
    else:
        observation = observation_from(recorder.results(NOT_ASKED))
    if probe.security and observation.observed is Observed.IGNORED and observation.hazard is None:
        return replace(observation, hazard=Hazard.SILENT)
    return observation
