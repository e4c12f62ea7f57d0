"""Documents of the previous schema version, read as ones of this."""

from __future__ import annotations

import json
from typing import Any, Final

from conformance.verdict import (
    DecidedBy,
    Observed,
)

SCHEMA_VERSION: Final = 2


PREVIOUS_VERSION: Final = 1


def upgrade(loaded: dict[str, Any]) -> None:
    """Make of a document of the previous version one of this: its rows have no named checks.

    What is not of the right shape is left as it is, for the schema to refuse.
    """
    loaded["schema_version"] = SCHEMA_VERSION
    rows, summary = loaded.get("rows"), loaded.get("summary")
    if isinstance(summary, dict):
        summary["quirks"] = 0
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            row["decided_by"] = _decided_by(row)
            row["promise"], row["checks"], row["quirks"] = None, [], 0


def _decided_by(row: dict[str, Any]) -> str:
    if row.pop("implied", False) is True:
        return DecidedBy.OPERATION
    if row.get("observed") == Observed.UNKNOWN:
        return DecidedBy.NOTHING
    repeats = row.get("repeats")
    words = (
        {json.dumps(it.get("observed")) for it in repeats if isinstance(it, dict)}
        if (isinstance(repeats, list))
        else set()
    )
    return DecidedBy.REPEATS if len(words) > 1 else DecidedBy.REQUEST
