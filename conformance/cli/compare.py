"""`s3-conformance compare`: two results files, row by row."""

from __future__ import annotations

import argparse

from conformance import report, results
from conformance.cli.commands import DIFFERS, Commands
from conformance.cli.gate import add_baseline, gate_of


def add_compare(commands: Commands) -> None:
    """Add `compare BEFORE AFTER`."""
    command = commands.add_parser(
        "compare",
        help="list what changed between two results files",
        description="Compare two results files row by row; they may be of different endpoints. "
        "Exit status: 0 if nothing changed, 1 if something did, 2 for an invalid file. With "
        "--baseline it is the gate's: 0 if AFTER matches the baseline, 1 if not.",
    )
    command.add_argument("before", metavar="BEFORE", help="a results file")
    command.add_argument(
        "after", metavar="AFTER", help="a later results file, or one of another endpoint"
    )
    command.add_argument(
        "--markdown",
        action="store_true",
        help="as Markdown for a pull request: the changes, then the summary of AFTER",
    )
    add_baseline(command)
    command.set_defaults(command=_compare)


def _compare(options: argparse.Namespace) -> int:
    before, after = results.read(options.before), results.read(options.after)
    result = gate_of(after, options)
    if options.markdown:
        if result:
            print(report.gate_markdown(result))
        print(report.difference_markdown(before, after), end="")
    else:
        for line in report.difference_lines(before, after):
            print(line)
        for line in report.gate_lines(result) if result else ():
            print(line)
    if result:
        return 0 if result.opens else DIFFERS
    return DIFFERS if report.differences(before, after) else 0
