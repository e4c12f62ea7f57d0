"""xdist's workers: which rows they have, and what they may begin."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.plugin.workers import queued

MATRIX = """\
s3-conformance: 1
vendor: Test
source: https://v.example/table
operations:
  object:
    GetObject: {status: implemented}
"""


class Queue:
    """The queue of an xdist worker: places of items, and an end mark."""

    def __init__(self, *places: object) -> None:
        self._places = deque(places)
        self._lock = threading.Lock()

    @contextmanager
    def lock(self) -> Iterator[deque[object]]:
        with self._lock:
            yield self._places


@pytest.mark.parametrize(
    ("plugins", "names"),
    [
        ([object(), SimpleNamespace(torun=Queue(2, 0, "end"))], ["c", "a"]),
        ([SimpleNamespace(torun=Queue())], []),
        ([SimpleNamespace(torun=deque([1]))], []),  # of another xdist
        ([object()], []),
    ],
)
def test_queued_has_the_items_that_wait(plugins: list[Any], names: list[str]) -> None:
    manager = SimpleNamespace(get_plugins=lambda: plugins)
    session: Any = SimpleNamespace(
        config=SimpleNamespace(pluginmanager=manager), items=["a", "b", "c"]
    )
    assert [*map(str, queued(session))] == names


@pytest.mark.parametrize(
    ("arguments", "scheduler"),
    [
        (["m.yaml", "-n", "2"], "WorkStealingScheduling"),
        (["m.yaml", "-n", "2", "--dist", "loadfile"], "None"),
        (["test_theirs.py", "-n", "2"], "None"),
    ],
)
def test_rows_are_dealt_out_at_once_unless_another_way_is_asked_for(
    pytester: pytest.Pytester, arguments: list[str], scheduler: str
) -> None:
    (pytester.path / "m.yaml").write_text(MATRIX)
    pytester.makepyfile(test_theirs="def test_it(): pass")
    pytester.makeconftest(
        """
        import pytest

        @pytest.hookimpl(trylast=True)
        def pytest_configure(config):
            from conformance.plugin.hooks import pytest_xdist_make_scheduler
            from xdist.remote import Producer
            made = pytest_xdist_make_scheduler(config, Producer("log", enabled=False))
            pytest.exit(f"scheduler: {type(made).__name__.removesuffix('Type')}", 0)
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)
    result.stdout.fnmatch_lines([f"*scheduler: {scheduler}*"])
