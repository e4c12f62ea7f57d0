"""`s3-conformance report`: results files as an HTML page, a Markdown summary or a badge."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from conformance import report, results
from conformance.cli.commands import Commands
from conformance.errors import ConformanceError
from conformance.results import Document, ResultRow, files
from conformance.verdict import Divergence

Rendering: TypeAlias = Callable[[Sequence[Document]], str]


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
        "--curl",
        metavar="FILE.sh",
        help="write the requests as a shell script of curl commands (one results file only)",
    )
    command.set_defaults(command=_report)


def _report(options: argparse.Namespace) -> int:
    keep = EVIDENCE[options.evidence]
    documents = [results.without_evidence(results.read(path), keep) for path in options.results]
    outputs: list[tuple[str, Rendering]] = []
    if options.output:
        outputs.append((options.output, _rendering(options.output, len(documents))))
    for name, rendering in OF_ONE.items():
        path = getattr(options, name)
        if path and len(documents) > 1:
            raise ConformanceError(f"--{name} takes exactly one results file")
        if path:
            outputs.append((path, rendering))
    if not outputs:
        named = ", ".join(f"--{name}" for name in OF_ONE)
        raise ConformanceError(f"nothing to write: give -o or one of {named}")
    for path, rendering in outputs:
        files.save(path, rendering(documents))
    return 0


def _rendering(path: str, count: int) -> Rendering:
    """The rendering that belongs to a file's suffix."""
    renderings = {".html": report.html, ".htm": report.html, ".md": report.markdown}
    if count == 1:
        renderings[".svg"] = _badge
    suffix = Path(path).suffix
    if suffix not in renderings:
        raise ConformanceError(
            f"{path}: the name must end in .html, .md or (for one results file) .svg"
        )
    return renderings[suffix]


def _badge(documents: Sequence[Document]) -> str:
    return report.badge(documents[0])


def _shields(documents: Sequence[Document]) -> str:
    return json.dumps(report.shields(documents[0]), indent=1) + "\n"


def _curl(documents: Sequence[Document]) -> str:
    return report.curl_script(documents[0])


# What is written of one results file only, by the option that names the file.
OF_ONE: Final[dict[str, Rendering]] = {"badge": _badge, "shields": _shields, "curl": _curl}
