"""Every rendering of a small document, against the file that was read and found good."""

from __future__ import annotations

import pytest

from tests.golden.render import HERE, renderings

RENDERED = renderings()


@pytest.mark.parametrize("name", RENDERED)
def test_rendering(name: str) -> None:
    """After a change that is meant: `python -m tests.golden.render`, and read the diff."""
    assert RENDERED[name] == (HERE / name).read_text(encoding="utf-8")


def test_same_documents_same_bytes() -> None:
    assert renderings() == RENDERED
