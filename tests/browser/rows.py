"""What a reader sees of the rows."""

from __future__ import annotations

from typing import Any

SHOWN = """() => [...document.querySelectorAll('tr[data-cells]')]
    .filter((row) => !row.hidden && !row.matches('.context') && row.getClientRects().length)
    .map((row) => row.id)"""


def shown(page: Any) -> list[str]:
    """The rows that can be seen and are meant by the filters."""
    found: list[str] = page.evaluate(SHOWN)
    return found
