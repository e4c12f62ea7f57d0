"""What a schema cannot say of a results file: no row twice, counts and words that follow."""

from __future__ import annotations

from collections import Counter
from typing import Final

from conformance.errors import ResultsError
from conformance.results.counting import summarise
from conformance.results.shape import (
    Document,
    ResultRow,
    Summary,
)
from conformance.verdict import (
    DecidedBy,
    Documented,
    Observed,
    Outcome,
    Weight,
    divergence,
    quirks_of,
    word_of,
)

# What several observations that differ can amount to; see `judge.settle`.
SETTLED: Final = (Observed.PARTIAL, Observed.UNKNOWN)


def require_consistent(document: Document, name: str = "results") -> None:
    """Refuse a document that contradicts itself.

    Args:
        document: of the right shape.
        name: what to call it in the error, usually its path.

    Raises:
        ResultsError: a row is repeated, a row's divergence does not follow from its two words,
            its word not from its observations, or the summary does not match the rows.
    """
    for row_id, times in Counter(row["id"] for row in document["rows"]).items():
        if times > 1:
            raise ResultsError(f"{name}: row {row_id} occurs {times} times")
    for row in document["rows"]:
        due = divergence(
            Documented(row["documented"]), Observed(row["observed"]), refusal=row.get("refusal")
        )
        if row["divergence"] != due:
            raise ResultsError(
                f"{name}: row {row['id']} is {row['documented']} and {row['observed']}, "
                f"so its divergence must be {due}, not {row['divergence']}"
            )
        _require_consistent_checks(row, name)
        seen = {it["observed"] for it in row.get("repeats", ())} or {row["observed"]}
        if row["observed"] not in (seen if len(seen) == 1 else SETTLED):
            raise ResultsError(
                f"{name}: row {row['id']} is {row['observed']}, "
                f"which does not follow from its observations: {', '.join(sorted(seen))}"
            )
    counted = summarise(document["rows"])
    if document["summary"] != counted:
        raise ResultsError(f"{name}: {_mismatch(document['summary'], counted)}")


def _require_consistent_checks(row: ResultRow, name: str) -> None:
    """Refuse a row whose checks do not amount to its word, or to its quirks."""
    outcomes = [(Weight(it["weight"]), Outcome(it["outcome"])) for it in row["checks"]]
    if row["quirks"] != quirks_of(outcomes):
        raise ResultsError(
            f"{name}: row {row['id']} counts {row['quirks']} quirks, its checks "
            f"{quirks_of(outcomes)}"
        )
    if row["decided_by"] == DecidedBy.CHECKS and row["observed"] != (word := word_of(outcomes)):
        raise ResultsError(
            f"{name}: row {row['id']} is {row['observed']}, by its checks {word or 'undecided'}"
        )
    for check in row["checks"]:
        if any(place >= len(row["exchanges"]) for place in check["exchanges"] if row["exchanges"]):
            raise ResultsError(
                f"{name}: check {check['id']} of row {row['id']} refers to an exchange that the "
                "row does not have"
            )


def _mismatch(summary: Summary, counted: Summary) -> str:
    """Name the first count that is wrong."""
    pairs = [
        *((word, summary["observed"][word], due) for word, due in counted["observed"].items()),
        *((word, summary["divergence"][word], due) for word, due in counted["divergence"].items()),
        ("hazards", summary["hazards"], counted["hazards"]),
        ("quirks", summary["quirks"], counted["quirks"]),
        ("rows", summary["rows"], counted["rows"]),
    ]
    word, given, due = next(pair for pair in pairs if pair[1] != pair[2])
    return f"its summary counts {given} as {word}, its rows {due}"
