"""One run among those a report shows, and how far it agrees with its documentation."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.errors import ResultsError
from conformance.results import Document, ResultRow
from conformance.verdict import NOT_WORKING, UNUSED, Divergence, Documented, Observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How far one run agrees with its documentation, in rows.

    Attributes:
        present: works as documented.
        absent: documented as unsupported, and does not work.
        missing, partial, undocumented, undecided: rows of that divergence.
        hazards: rows that are dangerous whatever the documentation says.
        quirks: failed checks of weight detail.
        trusted: hazards in what users rely on, since it is not documented as unimplemented.
        implemented: documented as implemented.
        supported: documented as implemented, and observed to be supported.
        rows: all of them.
        checked: some row has checks; a run of a version before checks looked less deep.
    """

    present: int
    absent: int
    missing: int
    partial: int
    undocumented: int
    undecided: int
    hazards: int
    quirks: int
    trusted: int
    implemented: int
    supported: int
    rows: int
    checked: bool

    @property
    def agree(self) -> int:
        return self.present + self.absent

    @property
    def differ(self) -> int:
        return self.missing + self.partial + self.undocumented

    @property
    def untrusted(self) -> int:
        """Hazards in what is documented as unimplemented, which few users will meet."""
        return self.hazards - self.trusted

    @property
    def share(self) -> float:
        """What endpoints are ranked by: an absent feature never counts in favour of one."""
        return self.supported / self.implemented if self.implemented else 0.0

    @classmethod
    def of(cls, document: Document) -> Tally:
        """Count a document's rows.

        Raises:
            ResultsError: agree, differ and undecided do not sum to the rows.
        """
        count = document["summary"]["divergence"]
        absent = sum(mark(row) == "absent" for row in document["rows"])
        implemented = [
            row for row in document["rows"] if row["documented"] == Documented.IMPLEMENTED
        ]
        tally = cls(
            present=count[Divergence.NONE] - absent,
            absent=absent,
            missing=count[Divergence.MISSING],
            partial=count[Divergence.PARTIAL],
            undocumented=count[Divergence.UNDOCUMENTED],
            undecided=count[Divergence.UNDECIDED],
            hazards=document["summary"]["hazards"],
            quirks=document["summary"]["quirks"],
            trusted=sum(bool(row["hazard"]) and relied_on(row) for row in document["rows"]),
            implemented=len(implemented),
            supported=sum(row["observed"] == Observed.SUPPORTED for row in implemented),
            rows=len(document["rows"]),
            checked=any(row["checks"] for row in document["rows"]),
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


def mark(row: ResultRow | None) -> str:
    """The word by which a row is drawn: its divergence, `none` split into present and absent."""
    if row is None:
        return "gone"
    if row["divergence"] != Divergence.NONE:
        return row["divergence"]
    return "absent" if row["observed"] in NOT_WORKING else "present"


def relied_on(row: ResultRow) -> bool:
    """Whether a reader of the documentation would use what the row names."""
    return Documented(row["documented"]) not in UNUSED


def when(started: str) -> str:
    """A run's start to the minute; the results file has it in UTC."""
    return f"{started[:10]} {started[11:16]} UTC"
