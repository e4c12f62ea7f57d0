"""`s3-conformance compare`: two results files, row by row."""

from __future__ import annotations

import argparse

from conformance import report, results
from conformance.cli.commands import DIFFERS, Commands


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
