"""Every rendering of a small document, against the file that was read and found good."""

from __future__ import annotations

import pytest

from tests.golden.render import HERE, renderings

RENDERED = renderings()


@pytest.mark.parametrize("name", RENDERED)
def test_report_of_the_golden_results_is_the_golden_file(name: str) -> None:
    """After a change that is meant: `python -m tests.golden.render`, and read the diff."""
    assert RENDERED[name] == (HERE / name).read_text(encoding="utf-8")


def test_report_when_rendered_twice_has_the_same_bytes() -> None:
    assert renderings() == RENDERED
