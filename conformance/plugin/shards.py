"""`--shard K/N`: of the rows that are selected every N-th, beginning with the K-th.

The rows are counted in the matrix's order, whatever their order in the run, so that shards of one
selection have no row in common and together have all.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from conformance.plugin.items import RowItem


def left_out(items: Sequence[pytest.Item], index: int, count: int) -> list[pytest.Item]:
    """The rows of other shards; items that are no rows belong to every shard."""
    rows = [item for item in items if isinstance(item, RowItem)]
    rows.sort(key=lambda item: (str(item.path), item.matrix.rows.index(item.row)))
    return [item for place, item in enumerate(rows) if place % count != index - 1]
