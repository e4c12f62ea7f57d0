"""`s3-conformance gate`: a results file compared with a baseline of known divergences."""

from __future__ import annotations

import argparse
from pathlib import Path

from conformance import report, results
from conformance.cli.commands import DIFFERS, Commands
from conformance.errors import ConformanceError
from conformance.gate import (
    GateResult,
    Policy,
    Quirks,
    SilentIgnores,
    baseline,
    claims_of,
    compare,
    table_of,
    update,
)
from conformance.matrix import load
from conformance.results import Document
from conformance.verdict import Documented


def add_baseline(command: argparse.ArgumentParser, *, required: bool = False) -> None:
    """Add `--baseline` and what decides which rows need an entry in it."""
    command.add_argument(
        "--baseline",
        required=required,
        type=Path,
        metavar="FILE.yaml",
        help="known divergences" if required else "compare with these known divergences",
    )
    command.add_argument(
        "--matrix", metavar="FILE.yaml", help="the matrix; needed if only some of its rows were run"
    )
    command.add_argument(
        "--strict",
        action="store_true",
        help="a row that works although documented as unimplemented needs an entry too",
    )
    command.add_argument(
        "--silent-ignores",
        type=SilentIgnores,
        choices=[*SilentIgnores],
        default=SilentIgnores.HAZARDS,
        help="which rows need an entry if they are documented as unimplemented but accepted and "
        "ignored (default: hazards)",
    )
    command.add_argument(
        "--quirks",
        type=Quirks,
        choices=[*Quirks],
        default=Quirks.REPORT,
        help="failed checks of weight detail: with fail, each needs an entry that names it "
        "(default: report)",
    )


def policy_of(options: argparse.Namespace) -> Policy:
    """What needs an entry, as the options say."""
    return Policy(
        strict=options.strict, silent_ignores=options.silent_ignores, quirks=options.quirks
    )


def claims_from(options: argparse.Namespace) -> dict[str, Documented]:
    """What the matrix that is named claims; nothing if none is."""
    if not options.matrix:
        return {}
    return {row.id: row.documented for row in load(options.matrix).rows}


def gate_of(document: Document, options: argparse.Namespace) -> GateResult | None:
    """Results compared with the baseline that is named; None if none is.

    Raises:
        ConformanceError: the baseline or the matrix cannot be read.
    """
    if not options.baseline:
        return None
    known = baseline.load(options.baseline)
    return compare(document, known, policy_of(options), claims_from(options) or None)


def add_gate(commands: Commands) -> None:
    """Add `gate RESULTS --baseline FILE`."""
    command = commands.add_parser(
        "gate",
        help="compare a results file with a baseline of known divergences",
        description="Compare a results file with a baseline. Prints one line per finding, the "
        "verdict last. Exit status: 0 if the results match the baseline, 1 if not, 2 for an "
        "invalid file or option.",
    )
    command.add_argument("results", metavar="RESULTS", help="a results file of the whole matrix")
    add_baseline(command, required=True)
    command.add_argument(
        "--update-baseline",
        action="store_true",
        help="first rewrite the baseline to match the results; keeps reasons, links and comments",
    )
    command.set_defaults(command=_gate)


def _gate(options: argparse.Namespace) -> int:
    document = results.read(options.results)
    if options.update_baseline:
        _update(options.baseline, document, policy_of(options), claims_from(options))
    result = gate_of(document, options)
    assert result is not None  # the baseline is required
    return _print(result)


def _update(path: Path, document: Document, policy: Policy, claims: dict[str, Documented]) -> None:
    claims = claims or claims_of(document["rows"])
    if not document["complete"]:
        raise ConformanceError(
            f"{path} is not updated: the run was cut short: {document['run']['interrupted']}"
        )
    if path.exists() and len(claims) < (before := baseline.load(path).table.rows):
        raise ConformanceError(
            f"{path} is not updated: it covers {before} rows, the results only {len(claims)}; "
            "name the matrix with --matrix"
        )
    update.update(
        path,
        document["rows"],
        policy,
        endpoint=document["endpoint"]["label"] or document["endpoint"]["url"],
        table=table_of(document, claims),
        claims=claims,
    )


def _print(result: GateResult) -> int:
    for line in report.gate_lines(result):
        print(line)
    return 0 if result.opens else DIFFERS
