"""`s3-conformance schema`: the JSON Schemas of matrices, results files and baselines."""

from __future__ import annotations

import argparse
from typing import Final

from conformance import matrix, results
from conformance.cli.commands import Commands
from conformance.gate import baseline

SCHEMAS: Final = {
    "matrix": matrix.SCHEMA,
    "results": results.SCHEMA,
    "baseline": baseline.SCHEMA,
}


def add_schema(commands: Commands) -> None:
    """Add `schema KIND`."""
    command = commands.add_parser(
        "schema",
        help="print the JSON Schema of matrices, results files or baselines",
        description="Print the JSON Schema of one kind of file, for editors and other programs.",
    )
    command.add_argument("kind", choices=[*SCHEMAS], help="the kind of file")
    command.set_defaults(command=_schema)


def _schema(options: argparse.Namespace) -> int:
    print(SCHEMAS[options.kind].read_text(encoding="utf-8"), end="")
    return 0
