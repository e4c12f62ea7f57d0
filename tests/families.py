"""Which rows stand for the others of their family in tests that would ask the same of every row."""

from __future__ import annotations

import os
from collections.abc import Iterable

from conformance.probing import PROBES

# `tox -e chaos` takes every row, which needs a quarter of an hour.
EVERY_ROW = os.environ.get("TEST_ROWS") == "all"


def one_of_each(rows: Iterable[str]) -> list[str]:
    """The first row of each topic and promise, or all rows where the environment asks for them."""
    families: dict[tuple[str, str], str] = {}
    for row in rows:
        probe = PROBES[row]
        families.setdefault((probe.topic, row if EVERY_ROW else probe.promise), row)
    return [*families.values()]
