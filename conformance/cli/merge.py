"""`s3-conformance merge`: the results files of shards of one run as one file."""

from __future__ import annotations

import argparse
import sys

from conformance import results
from conformance.cli.commands import DIFFERS, Commands
from conformance.errors import ConformanceError
from conformance.neutral import SENTENCE, neutral


def add_merge(commands: Commands) -> None:
    """Add `merge RESULTS… -o FILE`."""
    command = commands.add_parser(
        "merge",
        help="merge the results files of shards of one run",
        description="Merge results files that were made with --shard. They must be of one matrix, "
        "one endpoint and one version, and have no row in common. Exit status: 0, 1 if the merged "
        "file is not complete because a shard is missing or was cut short, 2 for an invalid file.",
    )
    command.add_argument("results", nargs="+", metavar="RESULTS", help="results files of shards")
    command.add_argument(
        "-o", "--output", required=True, metavar="FILE.json", help="the results file to write"
    )
    command.set_defaults(command=_merge)


def _merge(options: argparse.Namespace) -> int:
    if len({*options.results}) < len(options.results):
        raise ConformanceError("a results file is named twice")
    merged = results.merge({path: results.read(path) for path in options.results})
    results.write(options.output, merged)
    if merged["complete"]:
        return 0
    why = neutral(str(merged["run"]["interrupted"]), SENTENCE)
    print(f"{options.output}: not complete: {why}", file=sys.stderr)
    return DIFFERS
