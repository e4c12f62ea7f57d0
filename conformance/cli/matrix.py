"""`s3-conformance propose`, `rows` and `import`: the commands that read or write a matrix."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from conformance import results
from conformance.cli.commands import DIFFERS, Commands
from conformance.errors import ConformanceError
from conformance.matrix import importer, load
from conformance.matrix.propose import propose
from conformance.matrix.shipped import find
from conformance.results import files
from conformance.run import NO_PROBE, read_table, without_probe


def add_propose(commands: Commands) -> None:
    """Add `propose RESULTS MATRIX`."""
    command = commands.add_parser(
        "propose",
        help="print a patch that makes a matrix say what was observed",
        description="Print a patch for git apply that makes a matrix say what was observed. It "
        "changes only the word of decided rows. Exit status: 0, or 2 for an invalid file.",
    )
    command.add_argument("results", metavar="RESULTS", help="a results file of that matrix")
    command.add_argument("matrix", type=Path, metavar="MATRIX", help="the YAML matrix")
    command.add_argument(
        "-o", "--output", metavar="FILE", help="write the patch to FILE (default: standard output)"
    )
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
        help="list the rows of a matrix",
        description="List the rows of a matrix, one per line: id, documented word, and whether "
        "the row has no probe yet. Exit status: 0, 1 with --require-probes if a row has no probe, "
        "2 for an invalid file or a misspelt name.",
    )
    command.add_argument("matrix", metavar="MATRIX", help="a YAML matrix, or a name of list")
    command.add_argument("--json", action="store_true", help="print a JSON list of objects")
    command.add_argument(
        "--without-probe", action="store_true", help="list only the rows that have no probe yet"
    )
    command.add_argument(
        "--require-probes", action="store_true", help="exit with status 1 if a row has no probe"
    )
    command.set_defaults(command=_rows)


def _rows(options: argparse.Namespace) -> int:
    matrix = read_table(find(options.matrix))
    missing = without_probe(matrix)
    rows = missing if options.without_probe else matrix.rows
    if options.json:
        flat = [{**row.flat(), "probe": row not in missing} for row in rows]
        print(json.dumps(flat, indent=1, ensure_ascii=False))
    else:
        for row in rows:
            print(row.id, row.documented, *([NO_PROBE] if row in missing else []), sep="\t")
    if missing:
        count = f"{len(missing)} of {len(matrix.rows)} rows have no probe yet"
        print(f"{options.matrix}: {count}", file=sys.stderr)
    return DIFFERS if missing and options.require_probes else 0


def add_import(commands: Commands) -> None:
    """Add `import PAGE`."""
    command = commands.add_parser(
        "import",
        help="make a matrix from a vendor's page",
        description="Read a saved compatibility page (text, Markdown, MDX, HTML or CSV), write the "
        "matrix, and print which rows changed. Notes in an existing matrix are kept.",
    )
    command.add_argument("page", type=Path, metavar="PAGE", help="the saved page")
    command.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="the matrix to write (default: print it)"
    )
    command.add_argument("--vendor", required=True, metavar="NAME", help="the vendor of the table")
    command.add_argument("--source", required=True, metavar="URL", help="URL of the page")
    command.add_argument(
        "--published", type=date.fromisoformat, metavar="DATE", help="date on the page, YYYY-MM-DD"
    )
    command.add_argument(
        "--retrieved", type=date.fromisoformat, metavar="DATE", help="date of the copy, YYYY-MM-DD"
    )
    for name, what in (
        ("operation", "names the operation"),
        ("status", "says whether it is supported"),
        ("feature", "names a header or parameter, if the table has one"),
        ("note", "has remarks, if the table has one"),
    ):
        command.add_argument(
            f"--{name}-column",
            metavar="NAME",
            help=f"for a Markdown, HTML or CSV table of another layout: the column that {what}",
        )
    command.add_argument(
        "--words",
        metavar="WORD=MEANING,…",
        help="what the status column says, such as yes=implemented,no=unimplemented,some=partial; "
        "yes, no, partial, ✅, ❌ and their like are known",
    )
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
            columns=_columns(options),
        )
    )
    return 0


def _columns(options: argparse.Namespace) -> importer.Columns | None:
    """The layout of the table; None for the usual one."""
    if options.operation_column and options.status_column:
        return importer.Columns(
            operation=options.operation_column,
            status=options.status_column,
            feature=options.feature_column,
            note=options.note_column,
            words=importer.parse_words(options.words) if options.words else {},
        )
    if any((options.operation_column, options.status_column, options.feature_column,
            options.note_column, options.words)):  # fmt: skip
        raise ConformanceError("give both --operation-column and --status-column")
    return None
