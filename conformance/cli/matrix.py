"""`s3-conformance propose`, `rows` and `import`: what is done with a matrix."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from conformance import results
from conformance.cli.commands import Commands
from conformance.matrix import importer, load
from conformance.matrix.propose import propose
from conformance.results import files


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


def add_rows(commands: Commands) -> None:
    """Add `rows MATRIX`."""
    command = commands.add_parser(
        "rows",
        help="list a matrix's rows",
        description="List the rows of a matrix, one line each: id, and what is documented.",
    )
    command.add_argument("matrix", metavar="MATRIX", help="a YAML matrix")
    command.add_argument("--json", action="store_true", help="as a JSON list of objects")
    command.set_defaults(command=_rows)


def _rows(options: argparse.Namespace) -> int:
    rows = [row.flat() for row in load(options.matrix).rows]
    if options.json:
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return 0
    for row in rows:
        print(f"{row['id']}\t{row['documented']}")
    return 0


def add_import(commands: Commands) -> None:
    """Add `import PAGE`."""
    command = commands.add_parser(
        "import",
        help="make a matrix from a vendor's page",
        description="Read a saved compatibility page (text, Markdown or MDX), write the matrix, "
        "and print which rows changed. Notes of the matrix that is replaced are kept.",
    )
    command.add_argument("page", type=Path, metavar="PAGE", help="the saved page")
    command.add_argument("-o", "--output", type=Path, metavar="FILE", help="the matrix to write")
    command.add_argument("--vendor", required=True, metavar="NAME", help="whose table it is")
    command.add_argument("--source", required=True, metavar="URL", help="where the page stands")
    command.add_argument("--published", type=date.fromisoformat, metavar="DATE", help="YYYY-MM-DD")
    command.add_argument("--retrieved", type=date.fromisoformat, metavar="DATE", help="YYYY-MM-DD")
    command.set_defaults(command=_import)


def _import(options: argparse.Namespace) -> int:
    print(
        importer.run(
            options.page,
            options.output,
            vendor=options.vendor,
            source=options.source,
            published=options.published,
            retrieved=options.retrieved,
        )
    )
    return 0
