"""The work of the plugin: a matrix is a test module, an operation a node, a row an item.

A row that agrees with its documentation passes, a missing or partial one fails, one that works
although documented as unimplemented is an XPASS (a failure under `--strict`), and an undecided one
is skipped with its reason. With `--baseline`, a known divergence is an xfail, and every difference
from the baseline fails.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Final

import pytest

from conformance.errors import ConformanceError
from conformance.matrix import Row
from conformance.plugin.baseline import GATE
from conformance.plugin.items import OBSERVE, REFUSED, RowItem, node_id, read
from conformance.plugin.options import named_matrices
from conformance.plugin.progress import Progress
from conformance.plugin.recorder import Recorder
from conformance.plugin.settings import gate_from, is_strict, settings_from
from conformance.plugin.shards import left_out
from conformance.plugin.signals import Signals
from conformance.plugin.summary import FailedRows, hide_rows, note_failure
from conformance.plugin.workers import end_workers, queued, tell_workers
from conformance.run import ObservingSession, Sighting
from conformance.sandbox import new_token
from conformance.verdict import Divergence

SESSION: Final = pytest.StashKey[ObservingSession]()
RECORDER: Final = pytest.StashKey[Recorder]()
SIGNALS: Final = pytest.StashKey[Signals]()
TOKEN: Final = pytest.StashKey[str]()
PROGRESS: Final = pytest.StashKey[Progress]()
MARKERS: Final = {
    "implemented": "rows the vendor documents as implemented",
    "experimental": "rows the vendor documents as experimental",
    "partial": "rows the vendor documents as partly implemented",
    "no_effect": "rows the vendor documents as accepted without effect",
    "unimplemented": "rows the vendor documents as unimplemented",
    "bucket": "rows of bucket-level operations",
    "object": "rows of object-level operations",
    "checksum": "cells of the checksum table",
    "region": "region aliases",
    "behaviour": "what is promised beyond operations",
    "operation": "rows of operations themselves",
    "feature": "rows of an operation's features",
}


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    config.args[:] = map(node_id, config.args)
    config.option.deselect = [*map(node_id, config.option.deselect or ())] or None
    config.stash[OBSERVE] = lambda row: _observe(config, row)
    gate = gate_from(config)
    if gate is not None:
        config.stash[GATE] = gate
    if not _is_worker(config):
        recorder = Recorder(config, settings_from(config), gate)
        config.stash[RECORDER] = recorder
        config.stash[TOKEN] = new_token()
        config.pluginmanager.register(
            _Listener(recorder, config.stash[TOKEN]), "s3-conformance-listener"
        )
        config.pluginmanager.register(FailedRows(), "s3-conformance-failed-rows")
    config.stash[SIGNALS] = Signals(quiet=_is_worker(config))


def pytest_unconfigure(config: pytest.Config) -> None:
    if SIGNALS in config.stash:
        config.stash[SIGNALS].restore()


def pytest_report_header(config: pytest.Config) -> str | None:
    if not named_matrices(config):
        return None
    url = settings_from(config).endpoint_url
    return f"endpoint: {url or 'embedded moto (no --endpoint-url given)'}"


# How many rows a worker begins for each of its threads.
ENOUGH: Final = 4

# The run. Under xdist the controller checks once and gathers; each worker has its own session.


def pytest_sessionstart(session: pytest.Session) -> None:
    config = session.config
    distributed = config.getoption("numprocesses", None) or config.getoption("tx", None)
    if _is_worker(config) or not distributed or config.option.collectonly:
        return
    matrices = named_matrices(config)
    if matrices:
        config.stash[SIGNALS].install()
        with _as_usage_error():
            config.stash[RECORDER].begin([read(path, config) for path in matrices])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if shard := config.option.s3_shard:
        left = left_out(items, *shard)
        items[:] = [item for item in items if item not in {*left}]
        config.hook.pytest_deselected(items=left)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    config = session.config
    refused = config.stash.get(REFUSED, ())
    if refused and not config.option.continue_on_collection_errors:
        raise pytest.UsageError("; ".join(refused))
    items = [item for item in session.items if isinstance(item, RowItem)]
    if not items or config.option.collectonly or session.testsfailed:
        return
    rows = [item.row for item in items]
    config.stash[SIGNALS].install()
    with _as_usage_error():
        if not _is_worker(config):
            recorder = config.stash[RECORDER]
            recorder.begin(list({item.matrix.path: item.matrix for item in items}.values()))
            recorder.expect(rows)
        observer = _session(config).observer
    observer.learn(items[0].matrix.rows)
    if not _is_worker(config):
        observer.start(rows)
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        capture = config.pluginmanager.get_plugin("capturemanager")
        uncaptured = capture.global_and_fixture_disabled if capture else nullcontext
        config.stash[PROGRESS] = Progress(reporter, len(rows), uncaptured=uncaptured)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each worker its share of the rows at once, so that it can observe them ahead.

    By default xdist keeps most of them back until a worker is nearly done.
    """
    if config.getoption("dist") != "load" or not named_matrices(config):
        return None
    from xdist.scheduler import WorkStealingScheduling  # noqa: PLC0415 - only with -n

    return WorkStealingScheduling(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Begin the next of the rows that xdist has given this worker."""
    if not _is_worker(item.config) or not isinstance(item, RowItem):
        return
    given = [item, nextitem, *queued(item.session)]
    session = _session(item.config)
    # No more than keep its threads busy: xdist may give the last of them to another worker.
    enough = ENOUGH * session.jobs
    session.observer.start([it.row for it in given if isinstance(it, RowItem)][:enough])


@contextmanager
def _as_usage_error() -> Iterator[None]:
    """Turn our errors into pytest's usage error: one line, and exit status 4."""
    try:
        yield
    except ConformanceError as error:
        raise pytest.UsageError(str(error)) from None


def _session(config: pytest.Config) -> ObservingSession:
    """The session of this process, created when the first row is observed."""
    if SESSION not in config.stash:
        given = getattr(config, "workerinput", {})
        token = given.get("s3_conformance_token") or config.stash.get(TOKEN, "")
        config.stash[SESSION] = ObservingSession(
            settings_from(config), worker=given.get("workerid", ""), token=token
        )
    return config.stash[SESSION]


def _observe(config: pytest.Config, row: Row) -> Sighting:
    session = _session(config)
    if PROGRESS in config.stash:
        config.stash[PROGRESS].wait_for(row, session)
    return session.observer.result(row)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not isinstance(item, RowItem) or item.stored is None:
        return report
    if call.when == "setup":
        # Text, because reports cross process borders under xdist.
        vars(report)["s3_conformance_row"] = json.dumps(item.stored)
        # What pytest measured is how long it waited for a row that was observed ahead.
        report.duration = item.stored["seconds"]
    if report.skipped and isinstance(report.longrepr, tuple):
        report.longrepr = (str(item.path), item.row.line, report.longrepr[2])
    if (
        call.when == "call"
        and report.passed
        and item.stored["divergence"] == Divergence.UNDOCUMENTED
    ):
        seen = f"documented as {item.row.documented}, observed {item.stored['observed']}: "
        seen += item.stored["reason"]
        if is_strict(item.config):
            report.outcome, report.longrepr = "failed", f"[XPASS(strict)] {seen}"
        else:
            report.wasxfail = seen
    if call.when == "call" and report.failed:
        note_failure(report, item)
    return report


class _Listener:
    """Receives the reports that reach the controlling process, its own and its workers'."""

    def __init__(self, recorder: Recorder, token: str) -> None:
        self._recorder = recorder
        self._token = token

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["s3_conformance_token"] = self._token

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # Taken away: pytest keeps its reports, and the evidence would be in memory twice.
        stored = vars(report).pop("s3_conformance_row", None)
        if stored is not None:
            self._recorder.add(json.loads(stored))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:  # noqa: ARG002
        self._recorder.expect_ids(ids)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        output = getattr(node, "workeroutput", {})
        found = output.get("s3_conformance_warnings", [])
        self._recorder.warnings.extend(it for it in found if it not in self._recorder.warnings)
        self._recorder.unsteady.extend(output.get("s3_conformance_unsteady", []))
        if error:
            self._recorder.interrupted = f"worker {node.gateway.id} ended: {error}"


# Innermost, so that it comes after xdist has ended its workers and before the terminal's summary.
@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_sessionfinish(
    session: pytest.Session, exitstatus: int
) -> Generator[None, object, object]:
    config = session.config
    with config.stash[SIGNALS].held_back():
        observing = config.stash.get(SESSION, None)
        noted = observing.unsteady if observing else None
        unsteady = [noted] if noted else []
        if _is_worker(config):
            config.workeroutput |= {  # type: ignore[attr-defined]
                "s3_conformance_warnings": _close(config),
                "s3_conformance_unsteady": unsteady,
            }
            return (yield)
        recorder = config.stash[RECORDER]
        recorder.unsteady.extend(unsteady)
        if isinstance(session.shouldstop, str):
            recorder.interrupted = session.shouldstop
        elif exitstatus == pytest.ExitCode.INTERRUPTED and recorder.interrupted is None:
            recorder.interrupted = config.stash[SIGNALS].received or "interrupted"
        if observing:
            recorder.complete_from(observing.observer)
        if exitstatus == pytest.ExitCode.INTERRUPTED:
            if observing:
                observing.stop()
            tell_workers(config.stash[TOKEN])
            recorder.save()
        recorder.warnings.extend(_close(config))
        result = yield
    if problem := recorder.finish():
        recorder.warnings.append(problem)
        session.exitstatus = pytest.ExitCode.USAGE_ERROR
    elif (recorder.blind or not recorder.opens) and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    return result


def _close(config: pytest.Config) -> list[str]:
    """End this process's session, and its workers'; what could not be removed."""
    observing = config.stash.get(SESSION, None)
    try:
        if observing:
            return observing.close()
        if not _is_worker(config) and config.stash[RECORDER].began:
            return end_workers(settings_from(config), config.stash[TOKEN])
    except KeyboardInterrupt:
        url = settings_from(config).endpoint_url
        command = f"s3-conformance clean --endpoint-url {url}"
        return [f"the clean-up was interrupted; later, run: {command}"] if url else []
    return []


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if RECORDER in config.stash and (lines := config.stash[RECORDER].summary()):
        terminalreporter.section("S3 conformance")
        for line in lines:
            terminalreporter.write_line(line)
    hide_rows(terminalreporter)


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")
