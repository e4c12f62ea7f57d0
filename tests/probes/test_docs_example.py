"""The probe that `docs/adding-a-probe.md` writes works, and its tests pass."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from conformance.probing import PROBES
from conformance.s3.endpoint import Endpoint
from tests.probes.conftest import Observe

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-probe.md"
ROW = "GetObject/response-content-type"


def test_the_example_s_tests_pass(
    moto: Endpoint, observe: Observe, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = PROBES.get(ROW)
    monkeypatch.delitem(PROBES, ROW, raising=False)
    probe, tests = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    try:
        exec(compile(probe, str(PAGE), "exec"), {})  # noqa: S102
        written: dict[str, Any] = {}
        exec(compile(tests, str(PAGE), "exec"), written)  # noqa: S102
        assert PROBES[ROW].promise.startswith("Answer with the Content-Type")
        found = [test for name, test in written.items() if name.startswith("test_")]
        assert len(found) == 3
        for test in found:
            test(moto, observe)
    finally:
        PROBES.pop(ROW)
        if before is not None:
            PROBES[ROW] = before
