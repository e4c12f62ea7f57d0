"""`s3-conformance schema`: the schemas of the files that people write and read."""

from __future__ import annotations

import argparse
from typing import Final

from conformance import matrix, results
from conformance.cli.commands import Commands
from conformance.gate import (
    baseline,
)

SCHEMAS: Final = {
    "matrix": matrix.SCHEMA,
    "results": results.SCHEMA,
    "baseline": baseline.SCHEMA,
}


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
