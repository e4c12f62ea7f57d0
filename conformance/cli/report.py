"""`s3-conformance report`: results files as an HTML page, a Markdown summary or a badge."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from conformance import report, results
from conformance.cli.commands import Commands
from conformance.cli.gate import add_baseline, gate_of
from conformance.errors import ConformanceError
from conformance.gate import GateResult
from conformance.results import Document, ResultRow, files
from conformance.verdict import Divergence

EVIDENCE: Final[dict[str, Callable[[ResultRow], bool]]] = {
    "all": lambda _: True,
    "differences": lambda row: row["divergence"] != Divergence.NONE or row["hazard"] is not None,
    "hazards": lambda row: row["hazard"] is not None,
    "none": lambda _: False,
}


def add_report(commands: Commands) -> None:
    """Add `report RESULTS…`."""
    command = commands.add_parser(
        "report",
        help="render results files",
        description="Render results files as one page, with one column per file.",
    )
    command.add_argument("results", nargs="+", metavar="RESULTS", help="results files")
    command.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="FILE.html: a self-contained page; FILE.md: Markdown; FILE.svg: a badge",
    )
    command.add_argument(
        "--evidence",
        choices=EVIDENCE,
        default="all",
        help="include the requests and responses of these rows, which make up most of the page's "
        "size (default: all)",
    )
    command.add_argument(
        "--badge", metavar="FILE.svg", help="write an SVG badge (one results file only)"
    )
    command.add_argument(
        "--shields",
        metavar="FILE.json",
        help="write JSON for a shields.io endpoint badge (one results file only)",
    )
    command.add_argument(
        "--sarif", metavar="FILE.sarif", help="write the hazards as SARIF 2.1.0, a run each"
    )
    command.add_argument(
        "--curl",
        metavar="FILE.sh",
        help="write the requests as a shell script of curl commands (one results file only)",
    )
    add_baseline(command)
    command.set_defaults(command=_report)


def _report(options: argparse.Namespace) -> int:
    keep = EVIDENCE[options.evidence]
    single = [f"--{name}" for name in ("baseline", *OF_ONE) if getattr(options, name)]
    if single and len(options.results) > 1:
        raise ConformanceError(f"{single[0]} takes exactly one results file")
    documents = [results.without_evidence(results.read(path), keep) for path in options.results]
    gate = gate_of(documents[0], options)
    outputs: list[tuple[str, Callable[[], str]]] = []
    if options.output:
        outputs.append((options.output, _rendering(options.output, documents, gate)))
    if options.sarif:
        outputs.append((options.sarif, lambda: report.sarif(documents)))
    outputs += [
        (path, partial(rendering, documents[0], gate))
        for name, rendering in OF_ONE.items()
        if (path := getattr(options, name))
    ]
    if not outputs:
        named = ", ".join(f"--{name}" for name in ("sarif", *OF_ONE))
        raise ConformanceError(f"nothing to write: give -o or one of {named}")
    for path, rendering in outputs:
        files.save(path, rendering())
    return 0


def _rendering(
    path: str, documents: Sequence[Document], gate: GateResult | None
) -> Callable[[], str]:
    """The rendering that belongs to a file's suffix."""
    renderings: dict[str, Callable[[], str]] = {
        ".html": lambda: report.html(documents),
        ".htm": lambda: report.html(documents),
        ".md": lambda: _markdown(documents, gate),
    }
    if len(documents) == 1:
        renderings[".svg"] = lambda: report.badge(documents[0], gate)
    suffix = Path(path).suffix
    if suffix not in renderings:
        raise ConformanceError(
            f"{path}: the name must end in .html, .md or (for one results file) .svg"
        )
    return renderings[suffix]


def _markdown(documents: Sequence[Document], gate: GateResult | None) -> str:
    text = report.markdown(documents)
    return f"{report.gate_markdown(gate)}\n{text}" if gate else text


def _shields(document: Document, gate: GateResult | None) -> str:
    return json.dumps(report.shields(document, gate), indent=1) + "\n"


def _curl(document: Document, _: GateResult | None) -> str:
    return report.curl_script(document)


# What is written of one results file only, by the option that names the file.
OF_ONE: Final[dict[str, Callable[[Document, GateResult | None], str]]] = {
    "badge": report.badge,
    "shields": _shields,
    "curl": _curl,
}
