"""The commands about results files: gate, compare, propose; and the schemas of all files.

Each is a parser and a function that returns the exit status.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final, TypeAlias

from conformance import matrix, report, results
from conformance.errors import ConformanceError
from conformance.gate import (
    Held,
    Policy,
    SilentIgnores,
    baseline,
    claims_of,
    hold,
    table_of,
    update,
)
from conformance.matrix import load
from conformance.matrix.propose import propose
from conformance.results import Document, files
from conformance.verdict import Documented

DIFFERS: Final = 1
SCHEMAS: Final = {
    "matrix": matrix.SCHEMA,
    "results": results.SCHEMA,
    "baseline": baseline.SCHEMA,
}

# argparse has no public name for what add_subparsers returns.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001


def add_gate(commands: Commands) -> None:
    """Add `gate RESULTS --baseline FILE`."""
    command = commands.add_parser(
        "gate",
        help="hold a results file against a baseline of known divergences",
        description="Hold a results file against a baseline. One line for each finding, the "
        "verdict last. Exit status: 0 as expected, 1 not, 2 a file or an option is no good.",
    )
    command.add_argument("results", metavar="RESULTS", help="a results file of the whole matrix")
    command.add_argument(
        "--baseline", required=True, type=Path, metavar="FILE.yaml", help="the known divergences"
    )
    command.add_argument(
        "--matrix", metavar="FILE.yaml", help="the matrix, where only some of its rows were run"
    )
    command.add_argument(
        "--strict",
        action="store_true",
        help="what is supported though documented as unimplemented needs an entry too",
    )
    command.add_argument(
        "--silent-ignores",
        type=SilentIgnores,
        choices=[*SilentIgnores],
        default=SilentIgnores.HAZARDS,
        help="which rows documented as unimplemented need an entry where they are accepted and "
        "ignored (default: hazards)",
    )
    command.add_argument(
        "--update-baseline",
        action="store_true",
        help="write the baseline anew first; reasons, links and comments stay",
    )
    command.set_defaults(command=_gate)


def _gate(options: argparse.Namespace) -> int:
    document = results.read(options.results)
    policy = Policy(strict=options.strict, silent_ignores=options.silent_ignores)
    claims = {row.id: row.documented for row in load(options.matrix).rows} if options.matrix else {}
    if options.update_baseline:
        _update(options.baseline, document, policy, claims)
    known = baseline.load(options.baseline)
    return _tell(hold(document, known, policy, claims or None))


def _update(path: Path, document: Document, policy: Policy, claims: dict[str, Documented]) -> None:
    claims = claims or claims_of(document["rows"])
    if not document["complete"]:
        raise ConformanceError(
            f"{path} is not updated: the run was cut short: {document['run']['interrupted']}"
        )
    if path.exists() and len(claims) < (before := baseline.load(path).table.rows):
        raise ConformanceError(
            f"{path} is not updated: it is of {before} rows, the results are of {len(claims)}; "
            "give the matrix they are of with --matrix"
        )
    update.update(
        path,
        document["rows"],
        policy,
        endpoint=document["endpoint"]["label"] or document["endpoint"]["url"],
        table=table_of(document, claims),
        claims=claims,
    )


def _tell(held: Held) -> int:
    for line in report.gate_lines(held):
        print(line)
    return 0 if held.opens else DIFFERS


def add_compare(commands: Commands) -> None:
    """Add `compare BEFORE AFTER`."""
    command = commands.add_parser(
        "compare",
        help="say what changed from one results file to another",
        description="Hold two results files against each other, row by row, whatever endpoints "
        "they are of. Exit status: 0 nothing changed, 1 something did, 2 a file is no good.",
    )
    command.add_argument("before", metavar="BEFORE", help="a results file")
    command.add_argument("after", metavar="AFTER", help="a later one, or of another endpoint")
    command.add_argument(
        "--markdown",
        action="store_true",
        help="for a comment on a pull request: what changed first, then how it fares now",
    )
    command.set_defaults(command=_compare)


def _compare(options: argparse.Namespace) -> int:
    before, after = results.read(options.before), results.read(options.after)
    if options.markdown:
        print(report.difference_markdown(before, after), end="")
    else:
        for line in report.difference_lines(before, after):
            print(line)
    return DIFFERS if report.differences(before, after) else 0


def add_propose(commands: Commands) -> None:
    """Add `propose RESULTS MATRIX`."""
    command = commands.add_parser(
        "propose",
        help="propose what a matrix should say instead, as a patch",
        description="Print a patch that makes a matrix say what was observed, for git apply. Only "
        "rows that were decided are touched, and of each only its word. Exit status: 0, or 2 if a "
        "file is no good.",
    )
    command.add_argument("results", metavar="RESULTS", help="a results file of that matrix")
    command.add_argument("matrix", type=Path, metavar="MATRIX", help="the YAML matrix")
    command.add_argument("-o", "--output", metavar="FILE", help="write the patch there")
    command.set_defaults(command=_propose)


def _propose(options: argparse.Namespace) -> int:
    found = propose(results.read(options.results), load(options.matrix))
    if options.output:
        files.save(options.output, found.patch)
    else:
        print(found.patch, end="")
    for text in found.left_out:
        print(f"left out: {text}", file=sys.stderr)
    print(f"proposed: {len(found.words)} rows", file=sys.stderr)
    return 0


def add_schema(commands: Commands) -> None:
    """Add `schema KIND`."""
    command = commands.add_parser(
        "schema",
        help="print the JSON Schema of a kind of file",
        description="Print a JSON Schema, for editors and for programs that read the files.",
    )
    command.add_argument("kind", choices=[*SCHEMAS], help="of which kind of file")
    command.set_defaults(command=_schema)


def _schema(options: argparse.Namespace) -> int:
    print(SCHEMAS[options.kind].read_text(encoding="utf-8"), end="")
    return 0
