"""Two runs of one endpoint compared: what broke, what was fixed, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from conformance.report.tally import Column
from conformance.report.view import Line, View
from conformance.results import ResultRow, failed_checks
from conformance.verdict import Divergence


class Change(StrEnum):
    """What became of a row from one run to the next."""

    BROKEN = "broken"  # a documented feature no longer works, or a hazard is new
    FIXED = "fixed"  # the other way round
    CHANGED = "changed"  # otherwise, with no effect on users who rely on the documentation
    ADDED = "added"  # only in the later results
    REMOVED = "removed"  # only in the earlier results


# By change: what it means, for a reader of the report.
CHANGES: Final = {
    Change.BROKEN: "Is now missing, partial or a hazard, or fails one more check.",
    Change.FIXED: "Was missing, partial or a hazard and no longer is, or fails one check less.",
    Change.CHANGED: "Behaves differently, or was only decided (or run) in one of the two runs.",
}
_BAD: Final = (Divergence.MISSING, Divergence.PARTIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRow:
    """One row that is not as it was; None on the side where it was not run."""

    change: Change
    line: Line
    before: ResultRow | None
    after: ResultRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two runs of one endpoint.

    Attributes:
        before, after: the runs, the earlier one first.
        rows: those that changed; what broke first, then in the matrix's order.
    """

    before: Column
    after: Column
    rows: tuple[ChangedRow, ...]

    def of(self, change: Change | str) -> list[ChangedRow]:
        """The rows of one kind."""
        return [row for row in self.rows if row.change == change]

    @property
    def by_id(self) -> dict[str, Change]:
        """What became of each row that changed."""
        return {row.line.claim["id"]: row.change for row in self.rows}


def compare(view: View) -> Comparison | None:
    """Compare the two runs of a view; None unless it has two, both of one endpoint.

    The endpoint is its URL: a label may well say "before" and "after".
    """
    if len(view.columns) != 2 or len(_urls(view.columns)) > 1:
        return None
    order = sorted(range(2), key=lambda index: view.columns[index].document["run"]["started"])
    earlier, later = order
    found = []
    for line in view.lines:
        before, after = line.cells[earlier], line.cells[later]
        change = became(before, after)
        if change is not None:
            found.append(ChangedRow(change=change, line=line, before=before, after=after))
    kinds = list(Change)
    return Comparison(
        before=view.columns[earlier],
        after=view.columns[later],
        rows=tuple(sorted(found, key=lambda row: kinds.index(row.change))),
    )


def became(before: ResultRow | None, after: ResultRow | None) -> Change | None:
    """What became of one row; None where nothing did."""
    if before is None or after is None:
        return Change.CHANGED if before is not after else None
    if (before["observed"], before["hazard"]) == (after["observed"], after["hazard"]):
        return _of_checks(before, after)
    moves = {("good", "bad"): Change.BROKEN, ("bad", "good"): Change.FIXED}
    return moves.get((_state(before), _state(after)), Change.CHANGED)


def _of_checks(before: ResultRow, after: ResultRow) -> Change | None:
    """What became of a row whose word is the same, by its failed checks and quirks."""
    if not (before["checks"] and after["checks"]):
        return None  # results of an older version name none
    old, new = {*failed_checks(before)}, {*failed_checks(after)}
    if old != new:
        only_more, only_less = old < new, new < old
        if _state(after) == "bad" and (only_more or only_less):
            return Change.BROKEN if only_more else Change.FIXED
        return Change.CHANGED
    quirks = [{*failed_checks(row, quirks=True)} for row in (before, after)]
    return Change.CHANGED if quirks[0] != quirks[1] else None


def _state(row: ResultRow) -> str:
    if row["hazard"] or row["divergence"] in _BAD:
        return "bad"
    return "undecided" if row["divergence"] == Divergence.UNDECIDED else "good"


def _urls(columns: Sequence[Column]) -> set[str]:
    return {column.document["endpoint"]["url"] for column in columns}
