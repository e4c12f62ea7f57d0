"""`s3-conformance promises`: what each row is held to, as pages."""

from __future__ import annotations

import argparse
from pathlib import Path

from conformance import probes
from conformance.cli.commands import Commands
from conformance.errors import ConformanceError
from conformance.report.promises import promise_pages
from conformance.results import files


def add_promises(commands: Commands) -> None:
    """Add `promises --output DIR`."""
    command = commands.add_parser(
        "promises",
        help="write what each row is held to, as Markdown pages",
        description="Write a page for each family of rows: every named check with its weight, what "
        "is expected, and where the expectation comes from.",
    )
    command.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="an existing folder"
    )
    command.set_defaults(command=_promises)


def _promises(options: argparse.Namespace) -> int:
    if not options.output.is_dir():
        raise ConformanceError(f"--output {options.output}: no such folder")
    probes.load_all()
    pages = promise_pages()
    for name, text in pages.items():
        files.save(options.output / name, text)
    print(f"{len(pages)} pages in {options.output}")
    return 0
