"""Two results files compared row by row; they may be of different endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from conformance import results
from conformance.report.brief import markdown
from conformance.report.changes import Change, became
from conformance.report.rendering import escape_markdown, one_line, plural, shortened
from conformance.report.tally import when
from conformance.results import Document, ResultRow

# A comment on a pull request has an end; the results files have all.
_ROWS: Final = 200
_REASON: Final = 240
_TITLE: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One row that is not as it was; None on the side that does not have it."""

    became: Change
    row: str
    before: ResultRow | None
    after: ResultRow | None


def differences(before: Document, after: Document) -> list[Difference]:
    """The rows that differ: what broke first, then in the matrix's order.

    Raises:
        ResultsError: a document contradicts itself.
    """
    for document in (before, after):
        results.require_consistent(document, _title(document))
    old = {row["id"]: row for row in before["rows"]}
    new = {row["id"]: row for row in after["rows"]}
    found = [
        Difference(became=what, row=row, before=old.get(row), after=new.get(row))
        for row in dict.fromkeys([*new, *old])
        if (what := _became(old.get(row), new.get(row)))
    ]
    order = list(Change)
    return sorted(found, key=lambda it: order.index(it.became))


def difference_lines(before: Document, after: Document) -> list[str]:
    """For a terminal: what is compared, one line for each row that differs, and the counts."""
    found = differences(before, after)
    lines = [f"{_cut(before, after)}from {_title(before)} to {_title(after)}"]
    for it in found:
        reason = f": {shortened(it.after['reason'], _REASON)}" if it.after else ""
        lines.append(f"{it.became}: {it.row}: {_word(it.before)} -> {_word(it.after)}{reason}")
    return [one_line(line) for line in [*lines, _counts(found)]]


def difference_markdown(before: Document, after: Document) -> str:
    """For a pull request comment: what changed, then the summary of the later run."""
    return "\n".join([*_markdown(before, after), "", markdown([after])])


def _markdown(before: Document, after: Document) -> Iterator[str]:
    found = differences(before, after)
    yield f"## {escape_markdown(_cut(before, after))}{_counts(found)}"
    yield ""
    yield f"From {escape_markdown(_title(before))} to {escape_markdown(_title(after))}."
    yield ""
    if found:
        yield "| | Row | Before | After | What was seen |"
        yield "|---|---|---|---|---|"
    for it in found[:_ROWS]:
        reason = shortened(it.after["reason"], _REASON) if it.after else ""
        cells = (_word(it.before), _word(it.after), reason)
        shown = " | ".join(str(escape_markdown(cell)) for cell in cells)
        yield f"| **{it.became}** | <code>{escape_markdown(it.row)}</code> | {shown} |"
    if len(found) > _ROWS:
        yield f"\nand {plural(len(found) - _ROWS, 'row')} more."


def _became(before: ResultRow | None, after: ResultRow | None) -> Change | None:
    if before is None:
        return Change.ADDED
    if after is None:
        return Change.REMOVED
    change = became(before, after)
    if change is None:
        return Change.CHANGED if before["documented"] != after["documented"] else None
    return change


def _word(row: ResultRow | None) -> str:
    if row is None:
        return "no such row"
    hazard = f", {row['hazard']} hazard" if row["hazard"] else ""
    return f"{row['observed']} (documented {row['documented']}{hazard})"


def _counts(found: Sequence[Difference]) -> str:
    counts = [(sum(it.became is word for it in found), word) for word in Change]
    return ", ".join(f"{count} {word}" for count, word in counts if count) or "nothing changed"


def _cut(*documents: Document) -> str:
    cut = [document for document in documents if not document["complete"]]
    return f"INCOMPLETE ({cut[0]['run']['interrupted']}): " if cut else ""


def _title(document: Document) -> str:
    endpoint = document["endpoint"]["label"] or document["endpoint"]["url"]
    return f"{shortened(endpoint, _TITLE)} ({when(document['run']['started'])})"
