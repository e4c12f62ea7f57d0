"""Badges: an SVG file that needs nothing else, and the JSON a shields.io endpoint reads."""

from __future__ import annotations

from typing import Final, TypedDict

from conformance.gate import GateResult
from conformance.report.rendering import environment, one_line, plural, shortened
from conformance.report.tally import Tally
from conformance.report.view import build_view
from conformance.results import Document

_TEXT: Final = 40
# Advances of Verdana at 11px, the face of badges, for what is not about as wide as an "n".
_NARROW: Final = dict.fromkeys("fijlrtI.,:;'|!()[] /-", 4.4)
_WIDE: Final = dict.fromkeys("mwMWGOQ%@", 9.4)
_USUAL: Final = 7.0
_PADDING: Final = 10


class Shields(TypedDict):
    """What https://shields.io/badges/endpoint-badge reads."""

    schemaVersion: int
    label: str
    message: str
    color: str
    isError: bool


def shields(document: Document, gate: GateResult | None = None) -> Shields:
    """A badge as shields.io draws it from a published JSON file.

    Args:
        document: the run.
        gate: its comparison with a baseline, whose verdict the badge then has.

    Raises:
        ResultsError: the document contradicts itself.
    """
    column = build_view([document]).columns[0]
    return {
        "schemaVersion": 1,
        "label": shortened(f"{document['run']['spec']['vendor']} table", _TEXT),
        "message": _message(column.tally, gate, complete=document["complete"]),
        "color": _color(column.tally, gate, complete=document["complete"]),
        "isError": not document["complete"],
    }


def badge(document: Document, gate: GateResult | None = None) -> str:
    """Render a badge as SVG: self-contained, and titled for who cannot see it.

    Args:
        document: the run.
        gate: its comparison with a baseline, whose verdict the badge then has.

    Raises:
        ResultsError: the document contradicts itself.
    """
    column = build_view([document]).columns[0]
    tally, text = column.tally, shields(document, gate)
    cut = "" if document["complete"] else "INCOMPLETE: "
    title = one_line(
        f"{cut}{shortened(column.title, 80)} against {text['label']}: {tally.agree} of "
        f"{plural(tally.rows, 'row')} as documented, {tally.differ} not, "
        f"{tally.undecided} undecided, {plural(tally.hazards, 'hazard')}"
        + (f"; {gate.verdict}" if gate else "")
    )
    left, right = _width(text["label"]), _width(text["message"])
    return (
        environment("html")
        .get_template("badge.svg")
        .render(title=title, text=text, left=left, right=right)
    )


def _message(tally: Tally, gate: GateResult | None, *, complete: bool) -> str:
    if not complete:
        return "incomplete"
    if gate is not None:
        known = plural(gate.known, "known divergence")
        return (
            f"as expected, {known}"
            if gate.opens
            else f"{plural(len(gate.findings), 'finding')} against the baseline"
        )
    hazards = f", {plural(tally.hazards, 'hazard')}" if tally.hazards else ""
    return f"{tally.agree}/{tally.rows} as documented{hazards}"


def _color(tally: Tally, gate: GateResult | None, *, complete: bool) -> str:
    """Dark enough for white text: red where it hurts, green only where all is as documented.

    With a baseline: green where the gate opens, red where it does not.
    """
    if not complete:
        return "#5d6875"
    if gate is not None:
        return "#1f7a4d" if gate.opens else "#b3261e"
    if tally.hazards:
        return "#b3261e"
    if tally.differ:
        return "#9a5b00"
    return "#5d6875" if tally.undecided else "#1f7a4d"


def _width(text: str) -> int:
    widths = _NARROW | _WIDE
    return round(sum(widths.get(letter, _USUAL) for letter in text)) + _PADDING
