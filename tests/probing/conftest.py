"""What the tests of a probe's workplace share: benches at servers that answer from a script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from conformance.probing import Workbench
from tests.scripted import Script, ScriptedClient, ok, scripted


class Benches:
    """Makes workbenches, and closes their ledgers when the test ends."""

    def __init__(self) -> None:
        self.made: list[Workbench] = []

    def __call__(self, script: Script = ok, **how: Any) -> tuple[Workbench, ScriptedClient]:
        box, client = scripted(script, **how)
        self.made.append(Workbench(box))
        return self.made[-1], client


@pytest.fixture
def make() -> Iterator[Benches]:
    benches = Benches()
    yield benches
    for bench in benches.made:
        bench.sandbox.ledger.close(keep=False)
