"""The gate: results compared with a baseline, in both directions.

It opens only if the endpoint diverges exactly as the baseline says. A new divergence closes it. So
does a fixed one: an entry that is no longer needed would hide the next regression of its row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from conformance.errors import BaselineError
from conformance.gate.baseline import Baseline, KnownDivergence, Table, digest
from conformance.gate.entries import changed_checks, entry_for, expected, is_as_recorded, names
from conformance.gate.policy import STRICTEST, Policy, needs_entry
from conformance.results import Document, ResultRow, is_flaky, seen
from conformance.verdict import Divergence, Documented


class Kind(StrEnum):
    """Why the gate does not open, in the order of the output."""

    INCOMPLETE = "incomplete"  # the run was cut short
    MATRIX = "matrix"  # the rows are not those the baseline was made for
    NEW = "new"  # a divergence without an entry in the baseline
    FLAKY = "flaky"  # verdicts that differ between observations of one run
    UNDECIDED = "undecided"  # not decided, although the baseline expects a decision
    CHANGED = "changed"  # a known divergence whose word or hazard differs from its entry
    FIXED = "fixed"  # a known divergence that no longer exists
    UNKNOWN_ROW = "unknown-row"  # an entry for a row that the matrix does not have
    STALE = "stale"  # an entry for a row that no longer diverges
    UNEXPLAINED = "unexplained"  # an entry without its reason or its link


# By kind of a row's finding: what is wrong or what to do, shown with the row's own failure.
ADVICE: Final = {
    Kind.NEW: "not in the baseline",
    Kind.FLAKY: "verdicts differ between observations, and the baseline does not say so",
    Kind.UNDECIDED: "not decided, and the baseline does not say so",
    Kind.CHANGED: "differs from its entry in the baseline",
    Kind.FIXED: "no longer diverges as recorded; update the baseline",
    Kind.STALE: "no longer diverges; remove its entry from the baseline",
    Kind.UNEXPLAINED: "its entry needs a reason and a link",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reason why the gate does not open.

    Attributes:
        kind: what kind of finding.
        row: the row's id; None if the finding belongs to no row.
        text: what is wrong, for the reader; parts of it may be a server's words.
    """

    kind: Kind
    row: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """The outcome of comparing results with a baseline.

    Attributes:
        findings: why the gate does not open; none if it does.
        known: how many rows diverge exactly as the baseline says.
        rows: how many were compared.
    """

    findings: tuple[Finding, ...]
    known: int
    rows: int

    @property
    def opens(self) -> bool:
        return not self.findings

    @property
    def verdict(self) -> str:
        """One line: how it ended, and why."""
        counts = Counter(finding.kind for finding in self.findings)
        if self.opens:
            return f"gate: as expected (rows: {self.rows}, known divergences: {self.known})"
        counted = ", ".join(f"{counts[kind]} {kind}" for kind in Kind if counts[kind])
        return f"gate: FAILED: {counted}"


def compare(
    document: Document,
    baseline: Baseline,
    policy: Policy,
    claims: Mapping[str, Documented] | None = None,
) -> GateResult:
    """Compare results with a baseline.

    Args:
        document: the results.
        baseline: what is known.
        policy: what else needs to be known.
        claims: of the whole matrix, where it is at hand; else the results must have all its rows.

    Raises:
        BaselineError: the baseline is of another vendor's page.
    """
    of = claims if claims is not None else claims_of(document["rows"])
    require_same_source(baseline, document["run"]["spec"]["source"])
    findings = [*_whole(document), *_same_table(baseline, table_of(document, of))]
    known = 0
    for row in document["rows"]:
        entry = entry_for(row, baseline.entries)
        finding = _placed(finding_for(row, entry, policy), baseline, entry)
        known += entry is not None and finding is None
        # Rows that a run did not reach are covered by the finding that it is incomplete.
        if finding and (document["complete"] or finding.kind is not Kind.UNDECIDED):
            findings.append(finding)
    findings += _unknown_rows(baseline, of)
    findings += _stale_families(baseline, document, of)
    kinds = list(Kind)
    return GateResult(
        findings=tuple(sorted(findings, key=lambda finding: kinds.index(finding.kind))),
        known=known,
        rows=len(document["rows"]),
    )


def _placed(
    finding: Finding | None, baseline: Baseline, entry: KnownDivergence | None
) -> Finding | None:
    """A finding about an entry, rather than about its row, says where the entry stands."""
    if finding is None or entry is None or finding.kind not in (Kind.STALE, Kind.UNEXPLAINED):
        return finding
    return replace(finding, text=f"{baseline.path}:{entry.line}: {finding.text}")


def claims_of(rows: Iterable[ResultRow]) -> dict[str, Documented]:
    """What the rows of results say the matrix claims."""
    return {row["id"]: Documented(row["documented"]) for row in rows}


def table_of(document: Document, claims: Mapping[str, Documented]) -> Table:
    """The matrix of a run, as a baseline has it."""
    spec = document["run"]["spec"]
    return Table(name=spec["name"], source=spec["source"], rows=len(claims), sha256=digest(claims))


def require_same_source(baseline: Baseline, source: str) -> None:
    """Refuse a baseline of another vendor's page, which says nothing of these rows."""
    if baseline.table.source != source:
        raise BaselineError(
            baseline.path,
            0,
            f"the baseline is for the table at {baseline.table.source}, "
            f"the results are for {source}",
        )


def finding_for(row: ResultRow, entry: KnownDivergence | None, policy: Policy) -> Finding | None:
    """Compare one row with its entry; None if it is as expected."""
    kind = _kind(row, entry, policy)
    if kind is None:
        return None
    text = _described(row)
    added, gone = changed_checks(row, entry, policy) if entry else ([], [])
    if added and kind is Kind.NEW:
        text = f"the baseline does not name the failed check {', '.join(added)} ({text})"
    elif gone and kind is Kind.FIXED:
        text = f"no longer fails {', '.join(gone)}; update the baseline ({text})"
    elif kind is Kind.FIXED:
        text = f"no longer diverges as recorded; update the baseline ({text})"
    elif kind is Kind.STALE:
        text = f"this row no longer diverges; remove the entry ({text})"
    elif kind is Kind.UNEXPLAINED:
        text = "the entry needs a reason and a link"
    elif entry is not None:
        text += f"; the baseline expects {expected(entry)}"
    return Finding(kind=kind, row=row["id"], text=text)


def _kind(row: ResultRow, entry: KnownDivergence | None, policy: Policy) -> Kind | None:
    if entry is not None:
        return _kind_of_known(row, entry, policy)
    if is_flaky(row):
        return Kind.FLAKY
    if not needs_entry(row, policy):
        return None
    return Kind.UNDECIDED if row["divergence"] == Divergence.UNDECIDED else Kind.NEW


def _kind_of_known(row: ResultRow, entry: KnownDivergence, policy: Policy) -> Kind | None:
    excusable = needs_entry(row, STRICTEST)
    if is_as_recorded(row, entry):
        added, gone = changed_checks(row, entry, policy)
        if added or gone:
            return Kind.NEW if added else Kind.FIXED
        if not (excusable or entry.flaky or entry.quirks):
            return Kind.STALE
        return Kind.UNEXPLAINED if entry.unexplained else None
    if is_flaky(row):
        return Kind.CHANGED if entry.flaky else Kind.FLAKY
    if row["divergence"] == Divergence.UNDECIDED:
        return Kind.UNDECIDED
    return Kind.CHANGED if excusable else Kind.FIXED


def _described(row: ResultRow) -> str:
    words = seen(row)
    if len(words) > 1:
        observed = ", ".join(f"{word} ({count})" for word, count in words.items())
    else:
        observed = row["observed"]
    hazard = f" ({row['hazard']} hazard)" if row["hazard"] else ""
    return f"documented {row['documented']}, observed {observed}{hazard}: {row['reason']}"


def _whole(document: Document) -> Sequence[Finding]:
    if document["complete"]:
        return ()
    text = f"the run was cut short: {document['run']['interrupted']}"
    return (Finding(kind=Kind.INCOMPLETE, row=None, text=text),)


def _same_table(baseline: Baseline, table: Table) -> Sequence[Finding]:
    if baseline.table.sha256 == table.sha256:
        return ()
    text = (
        f"the rows of {table.name} ({table.rows}) are not those of the baseline "
        f"({baseline.table.rows}): the matrix has changed, or only some of its rows were run"
    )
    return (Finding(kind=Kind.MATRIX, row=None, text=text),)


def _unknown_rows(baseline: Baseline, claims: Mapping[str, Documented]) -> Sequence[Finding]:
    unknown = [row for row in claims if row not in baseline.entries]
    return [
        Finding(
            kind=Kind.UNKNOWN_ROW,
            row=row,
            text=f"{baseline.path}:{entry.line}: the matrix has no such row{_alike(row, unknown)}",
        )
        for row, entry in baseline.entries.items()
        if row not in claims and not (entry.is_family and any(names(row, it) for it in claims))
    ]


def _stale_families(
    baseline: Baseline, document: Document, claims: Mapping[str, Documented]
) -> Iterator[Finding]:
    """Families of which no row diverges as they say, where all their rows were run."""
    found = {row["id"]: row for row in document["rows"]}
    used = {id(entry_for(row, baseline.entries)) for row in found.values()}
    for entry in baseline.entries.values():
        if not entry.is_family or id(entry) in used or not document["complete"]:
            continue
        rows = {it for it in claims if names(entry.row, it)}
        if rows and rows <= found.keys():
            text = f"{baseline.path}:{entry.line}: none of its {len(rows)} rows diverges as it says"
            yield Finding(kind=Kind.STALE, row=entry.row, text=f"{text}; remove the entry")


def _alike(row: str, others: Sequence[str]) -> str:
    """The row that may have been meant: one with a similar name."""
    near = get_close_matches(row, others, 1, 0.8)
    return f"; did you mean {near[0]}?" if near else ""
