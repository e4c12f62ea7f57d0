"""The short renderings: Markdown for a job summary, three lines for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from conformance.report.changes import CHANGES, compare
from conformance.report.findings import RowGroup
from conformance.report.rendering import environment, one_line, plural, shortened
from conformance.report.tally import Tally
from conformance.report.view import Line, View, build_view
from conformance.report.vocabulary import DIFFERS
from conformance.results import Document, failed_checks
from conformance.verdict import HAZARDS_BY_URGENCY, Divergence, Documented, Observed

# How many names stand in a line of a terminal before "and 12 more".
_NAMED: Final = 3
_TITLE: Final = 80
_WHERE: Final = "each row's evidence: -v, or --report FILE.html"


def markdown(documents: Sequence[Document]) -> str:
    """Render one run, or several with one column each, for a CI job's summary.

    Args:
        documents: as `results.read` gives them; of one vendor's table.

    Raises:
        ResultsError: no document, an inconsistent one, or documents of different tables.
    """
    view = build_view(documents)
    return (
        environment("md")
        .get_template("summary.md")
        .render(
            view=view,
            several=len(view.columns) > 1,
            comparison=compare(view),
            changes=CHANGES,
            tallied=_tallied,
            topics=view.levels.get("behaviour", {}),
            share=_share,
        )
    )


def _tallied(lines: Sequence[Line], index: int) -> str:
    """How many features of an operation agree or diverge in one run, in a few words."""
    counts = Counter(
        "as documented" if word == Divergence.NONE else word
        for line in lines
        if (cell := line.cells[index])
        for word in [Divergence(cell["divergence"])]
    )
    return ", ".join(f"{count} {word}" for word, count in counts.most_common())


def _share(lines: Sequence[Line], index: int) -> str:
    """How many rows of a topic one run supports, of those that are documented as implemented."""
    cells = [cell for line in lines if (cell := line.cells[index])]
    promised = [cell for cell in cells if cell["documented"] == Documented.IMPLEMENTED]
    supported = sum(cell["observed"] == Observed.SUPPORTED for cell in promised)
    return f"{supported} of {len(promised)}"


def terminal(document: Document, *, quirks: bool = True) -> list[str]:
    """Three lines: how far the endpoint diverges, its hazards, and where to look next.

    Args:
        document: as `results.read` gives it.

    Raises:
        ResultsError: the document contradicts itself.
    """
    view = build_view([document])
    column = view.columns[0]
    lines = [
        _distance(column.tally, document, column.title),
        _hazards(view, column.tally),
        *(_quirks(view, column.tally) if quirks else ()),
        _next(view, column.tally),
    ]
    return [one_line(line) for line in lines]


def _distance(tally: Tally, document: Document, title: str) -> str:
    vendor = shortened(document["run"]["spec"]["vendor"], _TITLE)
    differ = ", ".join(f"{count} {word}" for word in DIFFERS if (count := getattr(tally, word)))
    parts = [
        f"✅ {tally.agree} of {plural(tally.rows, 'row')} {_do(tally.agree, 'agree')}",
        f"❌ {tally.differ} {_do(tally.differ, 'differ')}" + (f" ({differ})" if differ else ""),
        f"❔ {tally.undecided} undecided",
    ]
    line = f"{shortened(title, _TITLE)} against {vendor}'s table: {', '.join(parts)}"
    if document["complete"]:
        return line
    return f"INCOMPLETE ({document['run']['interrupted']}): {line}"


def _hazards(view: View, tally: Tally) -> str:
    if not tally.hazards:
        return "hazards: none" + (" among the decided rows" if tally.undecided else "")
    found = []
    for word in HAZARDS_BY_URGENCY:
        of_word = [finding for finding in view.hazards if finding.word == word]
        if of_word:
            count = sum(finding.count for finding in of_word)
            found.append(f"{count} {word} ({_names(of_word)})")
    trusted = f" ({tally.trusted} in features documented as supported)" if tally.trusted else ""
    return f"hazards: ❗ {tally.hazards}{trusted}: {'; '.join(found)}"


def _quirks(view: View, tally: Tally) -> list[str]:
    """How many quirks there are, and the checks that fail most often."""
    if not tally.quirks:
        return []
    counts = Counter(
        check
        for row in view.columns[0].document["rows"]
        for check in failed_checks(row, quirks=True)
    )
    named = ", ".join(f"{check} on {count}" for check, count in counts.most_common(_NAMED))
    return [f"quirks: {tally.quirks} in details that change no verdict: {named}"]


def _next(view: View, tally: Tally) -> str:
    if tally.undecided:
        reasons = Counter(
            row["reason"]
            for row in view.columns[0].document["rows"]
            if row["divergence"] == Divergence.UNDECIDED
        )
        reason, count = reasons.most_common(1)[0]
        return f"undecided most often ({count}): {shortened(reason, 120).rstrip('.')}; {_WHERE}"
    return _WHERE


def _names(found: Sequence[RowGroup]) -> str:
    """The first rows of some findings by name, the others as a number."""
    rows = [row for finding in found for row in (finding.row, *finding.also)]
    named = [
        shortened(
            f"{finding.family} on {plural(finding.count, 'operation')}"
            if finding.family
            else finding.row["id"],
            _TITLE,
        )
        for finding in found[:_NAMED]
    ]
    named_rows = sum(finding.count if finding.family else 1 for finding in found[:_NAMED])
    left = len(rows) - named_rows
    return ", ".join(named) + (f" and {left} more" if left else "")


def _do(count: int, verb: str) -> str:
    return f"{verb}s" if count == 1 else verb
