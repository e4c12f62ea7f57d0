"""What the gate found, as lines for a terminal or a log, and as Markdown."""

from __future__ import annotations

from typing import Final

from conformance.gate import GateResult
from conformance.report.rendering import escape_markdown, plural, shortened

_LINE: Final = 400
# A comment on a pull request has an end.
_SHOWN: Final = 50


def gate_lines(held: GateResult) -> list[str]:
    """One line for each finding, grouped by kind; the verdict last."""
    lines = [
        shortened(f"{finding.kind}: {_named(finding.row)}{finding.text}", _LINE)
        for finding in held.findings
    ]
    return [*lines, held.verdict]


def gate_markdown(held: GateResult) -> str:
    """A heading with the verdict, and a list of the findings."""
    *findings, verdict = gate_lines(held)
    lines = [f"## {'✅' if held.opens else '❌'} {escape_markdown(verdict)}", ""]
    lines += [f"- {escape_markdown(line)}" for line in findings[:_SHOWN]]
    if len(findings) > _SHOWN:
        lines.append(f"- and {plural(len(findings) - _SHOWN, 'finding')} more")
    return "\n".join(lines) + ("\n" if findings else "")


def _named(row: str | None) -> str:
    return f"{row}: " if row else ""
