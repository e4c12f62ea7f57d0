"""Rows with the same finding, grouped into one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.report.tally import Column, relied_on
from conformance.results import ResultRow
from conformance.verdict import DecidedBy, Divergence

# A feature on at least this many operations is shown as one group.
_FAMILY: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGroup:
    """Rows of one run with the same finding.

    Attributes:
        word: the hazard, the divergence, or the reason they share.
        column: whose run.
        row: the first of them in the matrix's order.
        also: the others.
        family: the feature's name, where the rows are one feature on many operations.
    """

    word: str
    column: Column
    row: ResultRow
    also: tuple[ResultRow, ...] = ()
    family: str | None = None

    @property
    def count(self) -> int:
        return 1 + len(self.also)

    @property
    def relied_on(self) -> bool:
        """Whether it affects users who use only what is documented as working."""
        return relied_on(self.row)


def findings(
    columns: Sequence[Column],
    order: Sequence[str],
    word_of: Callable[[ResultRow], str | None],
    words: Sequence[str],
) -> list[RowGroup]:
    """What there is to say of the rows that have one of the words.

    Args:
        columns: the runs.
        order: ids of the rows of all runs, in the matrix's order.
        word_of: a row's word.
        words: those that are asked for. In their order, and within a word, features documented as
            supported come first, since users rely on them.
    """
    found = []
    for word in words:
        for column in columns:
            rows = [row for row in column.document["rows"] if word_of(row) == word]
            found += _folded(word, column, rows)
    place = {row_id: number for number, row_id in enumerate(order)}
    return sorted(
        found,
        key=lambda it: (words.index(it.word), not relied_on(it.row), place[it.row["id"]]),
    )


def undecided(columns: Sequence[Column]) -> list[RowGroup]:
    """Undecided rows by their reason, the most frequent first."""
    found = []
    for column in columns:
        rows = [row for row in column.document["rows"] if row["divergence"] == Divergence.UNDECIDED]
        for reason, same in _grouped(rows, lambda row: row["reason"]).items():
            found.append(RowGroup(word=reason, column=column, row=same[0], also=tuple(same[1:])))
    return sorted(found, key=lambda finding: -finding.count)


def _folded(word: str, column: Column, rows: list[ResultRow]) -> list[RowGroup]:
    """Say once what holds for an operation and all it implies, or for a feature everywhere."""
    operations = {row["operation"] for row in rows if row["feature"] is None}
    families = _grouped(rows, _alike)
    grouped: dict[tuple[str, str | None], list[ResultRow]] = {}
    key: tuple[str, str | None]
    for row in rows:
        family = families[_alike(row)]
        if row["decided_by"] == DecidedBy.OPERATION and row["operation"] in operations:
            key = (row["operation"], None)
        elif row["feature"] is not None and len({it["operation"] for it in family}) >= _FAMILY:
            key = (family[0]["id"], row["feature"])
        else:
            key = (row["id"], None)
        grouped.setdefault(key, []).append(row)
    return [
        RowGroup(word=word, column=column, row=same[0], also=tuple(same[1:]), family=family)
        for (_, family), same in grouped.items()
    ]


def _alike(row: ResultRow) -> str:
    return f"{row['documented']} {row['observed']} {row['feature']}"


def _grouped(
    rows: Iterable[ResultRow], key: Callable[[ResultRow], str]
) -> dict[str, list[ResultRow]]:
    grouped: dict[str, list[ResultRow]] = {}
    for row in rows:
        grouped.setdefault(key(row), []).append(row)
    return grouped
