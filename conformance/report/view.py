"""What the reports show, computed once from the documents for all renderings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance import results
from conformance.errors import ResultsError
from conformance.report.findings import RowGroup, findings, undecided
from conformance.report.tally import Column, Tally, relied_on, when
from conformance.report.vocabulary import DIFFERS
from conformance.results import Document, ResultRow
from conformance.verdict import HAZARDS_BY_URGENCY


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the matrix, and what each run found; None where a run has no such row."""

    claim: ResultRow
    cells: tuple[ResultRow | None, ...]

    @property
    def differs(self) -> bool:
        """Whether the endpoints do not all behave alike."""
        return len({cell["observed"] if cell else None for cell in self.cells}) > 1

    @property
    def diverges(self) -> bool:
        """Whether any of the runs found something else than is documented."""
        return any(cell and cell["divergence"] in DIFFERS for cell in self.cells)

    @property
    def relied_on(self) -> bool:
        """Whether a reader of the documentation would use it."""
        return relied_on(self.claim)

    @property
    def hazard(self) -> str | None:
        """The most urgent hazard that any of the runs found."""
        found = {cell["hazard"] for cell in self.cells if cell}
        return next((word for word in HAZARDS_BY_URGENCY if word in found), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything a rendering needs.

    Attributes:
        columns: the runs, in the order given.
        lines: the rows of all runs, joined by id, in the matrix's order.
    """

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    def ranked(self) -> View:
        """The same with its columns by what they support of what is documented as implemented."""
        order = sorted(range(len(self.columns)), key=lambda at: -self.columns[at].tally.share)
        return View(
            columns=tuple(self.columns[at] for at in order),
            lines=tuple(
                Line(claim=line.claim, cells=tuple(line.cells[at] for at in order))
                for line in self.lines
            ),
        )

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
    def hazards(self) -> list[RowGroup]:
        return findings(self.columns, self._order, lambda row: row["hazard"], HAZARDS_BY_URGENCY)

    @property
    def hurting(self) -> list[Line]:
        """The lines that are a hazard anywhere: most urgent, then what is relied on, first."""
        words: Sequence[str | None] = HAZARDS_BY_URGENCY
        found = [line for line in self.lines if line.hazard]
        return sorted(found, key=lambda line: (words.index(line.hazard), not relied_on(line.claim)))

    @property
    def divergences(self) -> list[RowGroup]:
        return findings(self.columns, self._order, lambda row: row["divergence"], DIFFERS)

    @property
    def _order(self) -> list[str]:
        return [line.claim["id"] for line in self.lines]

    @property
    def undecided(self) -> list[RowGroup]:
        return undecided(self.columns)


def build_view(documents: Sequence[Document]) -> View:
    """Join documents of one matrix into what a report shows.

    Raises:
        ResultsError: no document, an inconsistent one, or documents of different matrices.
    """
    if not documents:
        raise ResultsError("there are no results to report")
    for document, title in zip(documents, _titles(documents), strict=True):
        results.require_consistent(document, title)
    columns = tuple(
        Column(title=title, document=document, tally=Tally.of(document))
        for document, title in zip(documents, _titles(documents), strict=True)
    )
    return View(columns=columns, lines=_join(columns))


def _titles(documents: Sequence[Document]) -> list[str]:
    """Each endpoint's own name, with the run's start, then a number, where names repeat."""
    titles = [it["endpoint"]["label"] or it["endpoint"]["url"] for it in documents]
    if len(set(titles)) < len(titles):
        titles = [
            f"{title}, {when(it['run']['started'])}"
            for title, it in zip(titles, documents, strict=True)
        ]
    if len(set(titles)) < len(titles):
        titles = [f"{title} ({number})" for number, title in enumerate(titles, 1)]
    return titles


def _join(columns: Sequence[Column]) -> tuple[Line, ...]:
    first = columns[0].document["run"]["spec"]
    order: list[str] = []
    claims: dict[str, ResultRow] = {}
    for column in columns:
        spec = column.document["run"]["spec"]
        if spec["vendor"] != first["vendor"]:
            raise ResultsError(
                f"{column.title} is a run of {spec['vendor']}'s table, {columns[0].title} of "
                f"{first['vendor']}'s; one report shows one table"
            )
        place = 0
        for row in column.document["rows"]:
            known = claims.setdefault(row["id"], row)
            if known["documented"] != row["documented"]:
                raise ResultsError(
                    f"{row['id']} is documented {known['documented']} in one run and "
                    f"{row['documented']} in {column.title}; one report shows one table"
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
