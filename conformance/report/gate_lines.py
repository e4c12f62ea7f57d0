"""What the gate found, as lines for a terminal or a log."""

from __future__ import annotations

from typing import Final

from conformance.gate import GateResult
from conformance.report.rendering import shortened

_LINE: Final = 400


def gate_lines(held: GateResult) -> list[str]:
    """One line for each finding, grouped by kind; the verdict last."""
    lines = [
        shortened(f"{finding.kind}: {_named(finding.row)}{finding.text}", _LINE)
        for finding in held.findings
    ]
    return [*lines, held.verdict]


def _named(row: str | None) -> str:
    return f"{row}: " if row else ""
