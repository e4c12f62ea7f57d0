"""What the reports show, worked out from the documents once for all renderings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from conformance import results
from conformance.errors import ResultsError
from conformance.results import Document, Row
from conformance.verdict import ABSENT, Divergence, Hazard

DIFFERS: Final = (Divergence.MISSING, Divergence.PARTIAL, Divergence.UNDOCUMENTED)
# Most urgent first.
HAZARDS: Final = (Hazard.DESTRUCTIVE, Hazard.CORRUPTING, Hazard.SILENT)
# From how many operations on one sentence about a feature reads better than one on each.
_FAMILY: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How far one run agrees with its documentation, in rows.

    Attributes:
        present: documented as there, and found there.
        absent: documented as not there, and found so.
        missing, partial, undocumented, undecided: rows of that divergence.
        hazards: rows that hurt whatever the documentation says.
        rows: all of them.
    """

    present: int
    absent: int
    missing: int
    partial: int
    undocumented: int
    undecided: int
    hazards: int
    rows: int

    @property
    def agree(self) -> int:
        return self.present + self.absent

    @property
    def differ(self) -> int:
        return self.missing + self.partial + self.undocumented

    @classmethod
    def of(cls, document: Document) -> Tally:
        """Count a document's rows.

        Raises:
            ResultsError: agree, differ and undecided do not sum to the rows.
        """
        count = document["summary"]["divergence"]
        absent = sum(mark(row) == "absent" for row in document["rows"])
        tally = cls(
            present=count[Divergence.NONE] - absent,
            absent=absent,
            missing=count[Divergence.MISSING],
            partial=count[Divergence.PARTIAL],
            undocumented=count[Divergence.UNDOCUMENTED],
            undecided=count[Divergence.UNDECIDED],
            hazards=document["summary"]["hazards"],
            rows=len(document["rows"]),
        )
        if tally.agree + tally.differ + tally.undecided != tally.rows:
            raise ResultsError(
                f"{tally.agree} rows agree, {tally.differ} differ, {tally.undecided} are "
                f"undecided, but there are {tally.rows}"
            )
        return tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One run among those a report shows; its title tells it from the others."""

    title: str
    document: Document
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the matrix, and what each run found; None where a run has no such row."""

    claim: Row
    cells: tuple[Row | None, ...]

    @property
    def differs(self) -> bool:
        """Whether the endpoints do not all behave alike."""
        return len({cell["observed"] if cell else None for cell in self.cells}) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Rows of one run of which the same is to be said.

    Attributes:
        word: the hazard, the divergence, or the reason they share.
        column: whose run.
        row: the first of them in the matrix's order.
        also: the others.
        family: the feature's name, where the rows are one feature on many operations.
    """

    word: str
    column: Column
    row: Row
    also: tuple[Row, ...] = ()
    family: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything a rendering needs.

    Attributes:
        columns: the runs, in the order given.
        lines: the rows of all runs, joined by id, in the matrix's order.
    """

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    @property
    def levels(self) -> dict[str, dict[str, tuple[Line, ...]]]:
        """Lines by level and operation, both in the matrix's order."""
        levels: dict[str, dict[str, list[Line]]] = {}
        for line in self.lines:
            operations = levels.setdefault(line.claim["level"], {})
            operations.setdefault(line.claim["operation"], []).append(line)
        return {
            level: {name: tuple(lines) for name, lines in operations.items()}
            for level, operations in levels.items()
        }

    @property
    def hazards(self) -> list[Finding]:
        return self._findings(lambda row: row["hazard"], HAZARDS)

    @property
    def divergences(self) -> list[Finding]:
        return self._findings(lambda row: row["divergence"], DIFFERS)

    @property
    def undecided(self) -> list[Finding]:
        """Undecided rows by their reason, the most frequent first."""
        found = []
        for column in self.columns:
            undecided = _where(column, lambda row: row["divergence"], Divergence.UNDECIDED)
            for reason, rows in _by(undecided, lambda row: row["reason"]).items():
                found.append(
                    Finding(word=reason, column=column, row=rows[0], also=tuple(rows[1:]))
                )
        return sorted(found, key=lambda finding: -len(finding.also))

    def _findings(
        self, word_of: Callable[[Row], str | None], words: Sequence[str]
    ) -> list[Finding]:
        order = {line.claim["id"]: place for place, line in enumerate(self.lines)}
        found = [
            finding
            for word in words
            for column in self.columns
            for finding in _fold(word, column, _where(column, word_of, word))
        ]
        return sorted(found, key=lambda it: (words.index(it.word), order[it.row["id"]]))


def look(documents: Sequence[Document]) -> View:
    """Join documents of one matrix into what a report shows.

    Raises:
        ResultsError: there is none, one contradicts itself, or they are of different matrices.
    """
    if not documents:
        raise ResultsError("there are no results to report")
    for document, title in zip(documents, _titles(documents), strict=True):
        results.check(document, title)
    columns = tuple(
        Column(title=title, document=document, tally=Tally.of(document))
        for document, title in zip(documents, _titles(documents), strict=True)
    )
    return View(columns=columns, lines=_join(columns))


def mark(row: Row | None) -> str:
    """The word by which a row is drawn: its divergence, `none` split into present and absent."""
    if row is None:
        return "gone"
    if row["divergence"] != Divergence.NONE:
        return row["divergence"]
    return "absent" if row["observed"] in ABSENT else "present"


def _titles(documents: Sequence[Document]) -> list[str]:
    """Each endpoint's own name, with the run's start, then a number, where names repeat."""
    titles = [it["endpoint"]["label"] or it["endpoint"]["url"] for it in documents]
    if len(set(titles)) < len(titles):
        titles = [
            f"{title}, {it['run']['started']}"
            for title, it in zip(titles, documents, strict=True)
        ]
    if len(set(titles)) < len(titles):
        titles = [f"{title} ({number})" for number, title in enumerate(titles, 1)]
    return titles


def _join(columns: Sequence[Column]) -> tuple[Line, ...]:
    first = columns[0].document["run"]["spec"]
    order: list[str] = []
    claims: dict[str, Row] = {}
    for column in columns:
        spec = column.document["run"]["spec"]
        if spec["vendor"] != first["vendor"]:
            raise ResultsError(
                f"{column.title} was held against {spec['vendor']}'s table, "
                f"{columns[0].title} against {first['vendor']}'s; a report shows one table"
            )
        place = 0
        for row in column.document["rows"]:
            known = claims.setdefault(row["id"], row)
            if known["documented"] != row["documented"]:
                raise ResultsError(
                    f"{row['id']} is documented {known['documented']} in one run and "
                    f"{row['documented']} in {column.title}; a report shows one table"
                )
            if known is row:
                order.insert(place, row["id"])
                place += 1
            else:
                place = order.index(row["id"], 0) + 1
    cells = [{row["id"]: row for row in column.document["rows"]} for column in columns]
    return tuple(
        Line(claim=claims[row_id], cells=tuple(of.get(row_id) for of in cells)) for row_id in order
    )


def _where(column: Column, word_of: Callable[[Row], str | None], word: str) -> list[Row]:
    return [row for row in column.document["rows"] if word_of(row) == word]


def _by(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(key(row), []).append(row)
    return grouped


def _fold(word: str, column: Column, rows: list[Row]) -> list[Finding]:
    """Say once what holds for an operation and all it implies, or for a feature everywhere."""
    operations = {row["operation"] for row in rows if row["feature"] is None}
    families = _by(rows, lambda row: f"{row['observed']} {row['feature']}")
    grouped: dict[tuple[str, str | None], list[Row]] = {}
    for row in rows:
        family = families[f"{row['observed']} {row['feature']}"]
        if row["implied"] and row["operation"] in operations:
            key = (row["operation"], None)
        elif row["feature"] is not None and len(family) >= _FAMILY:
            key = (family[0]["id"], row["feature"])
        else:
            key = (row["id"], None)
        grouped.setdefault(key, []).append(row)
    return [
        Finding(word=word, column=column, row=same[0], also=tuple(same[1:]), family=family)
        for (_, family), same in grouped.items()
    ]
