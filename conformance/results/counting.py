"""What can be counted of a results file's rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from conformance.results.shape import (
    ResultRow,
    Summary,
)
from conformance.verdict import (
    FAILURES,
    Divergence,
    Observed,
    Weight,
)


def summarise(rows: Sequence[ResultRow]) -> Summary:
    """Count the rows by observed, by divergence, those that are hazards, and all quirks."""
    observed = Counter(row["observed"] for row in rows)
    divergences = Counter(row["divergence"] for row in rows)
    return {
        "observed": {word.value: observed[word.value] for word in Observed},
        "divergence": {word.value: divergences[word.value] for word in Divergence},
        "hazards": sum(row["hazard"] is not None for row in rows),
        "quirks": sum(row["quirks"] for row in rows),
        "rows": len(rows),
    }


def failed_checks(row: ResultRow, *, quirks: bool = False) -> list[str]:
    """The ids of the checks that did not hold; those of weight detail only where asked for."""
    return [
        check["id"]
        for check in row["checks"]
        if check["outcome"] in FAILURES and (check["weight"] == Weight.DETAIL) is quirks
    ]


def seen(row: ResultRow) -> dict[str, int]:
    """The words a row was observed with, and how often each."""
    return dict(Counter(it["observed"] for it in row.get("repeats", ()))) or {row["observed"]: 1}


def is_flaky(row: ResultRow) -> bool:
    """Whether a row's observations differ."""
    return len(seen(row)) > 1
