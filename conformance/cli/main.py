"""`s3-conformance …`: a run of a matrix, and the commands beside it.

Exit status of `run`: pytest's. Of the others: 0 success; 1 differences were found or something is
left or missing (`gate`, `compare`, `merge`, `rows --require-probes`, `clean`); 2 invalid arguments
or files, or an endpoint that cannot be used.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from typing import Final

from conformance import __version__
from conformance.cli.clean import add_clean
from conformance.cli.compare import add_compare
from conformance.cli.gate import add_gate
from conformance.cli.matrix import add_import, add_propose, add_rows
from conformance.cli.merge import add_merge
from conformance.cli.promises import add_promises
from conformance.cli.report import add_report
from conformance.cli.running import add_list, add_run
from conformance.cli.schema import add_schema
from conformance.cli.serve import add_serve
from conformance.errors import ConformanceError

FAILED: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; print a user's error as one line on stderr."""
    options = build_parser().parse_args(arguments)
    try:
        status: int = options.command(options)
    except ConformanceError as error:
        print(f"s3-conformance: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # The reader closed the pipe; Python must not report that at exit.
        sys.stdout = None
        return 0
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return status


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="s3-conformance",
        description="Compares S3 endpoints with the compatibility tables their vendors publish. "
        "To run a matrix: s3-conformance run r2 --endpoint-url URL, or pytest FILE.yaml.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    add_run(subparsers)
    add_list(subparsers)
    add_report(subparsers)
    add_rows(subparsers)
    add_clean(subparsers)
    add_serve(subparsers)
    add_import(subparsers)
    add_gate(subparsers)
    add_compare(subparsers)
    add_merge(subparsers)
    add_propose(subparsers)
    add_promises(subparsers)
    add_schema(subparsers)
    return parser
