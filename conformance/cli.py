"""`s3-conformance …`: what is not a test. Running a matrix is pytest's: `pytest specs/r2.yaml`.

Exit status: 0 done; 1 something is left to do (`clean`); 2 the command could not be carried out.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

from conformance import __version__, commands, report, results
from conformance.commands import Commands
from conformance.errors import ConformanceError
from conformance.matrix import importer, load
from conformance.results import Document, Row, files
from conformance.run import Settings, known_keys, open_endpoint
from conformance.run.embedded import embedded
from conformance.s3.client import Wire
from conformance.s3.endpoint import parse_url
from conformance.s3.redact import Redactor
from conformance.sandbox import ledger
from conformance.sandbox.cleanup import Cleaner
from conformance.serve.vendor import serving_documented
from conformance.verdict import Divergence

LEFT: Final = 1
FAILED: Final = 2

Rendering: TypeAlias = Callable[[Sequence[Document]], str]

EVIDENCE: Final[dict[str, Callable[[Row], bool]]] = {
    "all": lambda _: True,
    "differences": lambda row: row["divergence"] != Divergence.NONE or row["hazard"] is not None,
    "hazards": lambda row: row["hazard"] is not None,
    "none": lambda _: False,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a user's error is one line on stderr."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.command(options)
    except ConformanceError as error:
        print(f"s3-conformance: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # The reader of our output has seen enough; Python must not complain at exit.
        sys.stdout = None
        return 0
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="s3-conformance",
        description="Holds S3 endpoints against the compatibility tables their vendors publish. "
        "A matrix is run with pytest: pytest specs/r2.yaml --endpoint-url URL.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_report(subparsers)
    _add_rows(subparsers)
    _add_clean(subparsers)
    _add_serve(subparsers)
    _add_import(subparsers)
    commands.add_gate(subparsers)
    commands.add_compare(subparsers)
    commands.add_propose(subparsers)
    commands.add_schema(subparsers)
    return parser


def _add_report(commands: Commands) -> None:
    command = commands.add_parser(
        "report",
        help="render results files",
        description="Render results files as one page; of several, one column each.",
    )
    command.add_argument("results", nargs="+", metavar="RESULTS", help="results files")
    command.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="FILE.html for a self-contained page, FILE.md for Markdown, FILE.svg for a badge",
    )
    command.add_argument(
        "--evidence",
        choices=EVIDENCE,
        default="all",
        help="rows whose exchanges are in the page; they are most of its size (default: all)",
    )
    command.add_argument("--badge", metavar="FILE.svg", help="write a badge, of one results file")
    command.add_argument(
        "--shields", metavar="FILE.json", help="write what a shields.io endpoint badge reads"
    )
    command.set_defaults(command=_report)


def _report(options: argparse.Namespace) -> int:
    keep = EVIDENCE[options.evidence]
    documents = [results.without_evidence(results.read(path), keep) for path in options.results]
    if len(documents) > 1 and (options.badge or options.shields):
        raise ConformanceError("--badge and --shields are of one results file")
    outputs: list[tuple[str, Rendering]] = []
    if options.output:
        outputs.append((options.output, _rendering(options.output, len(documents))))
    if options.badge:
        outputs.append((options.badge, _badge))
    if options.shields:
        outputs.append((options.shields, _shields))
    if not outputs:
        raise ConformanceError("nothing to write: give -o, --badge or --shields")
    for path, rendering in outputs:
        files.save(path, rendering(documents))
    return 0


def _rendering(path: str, count: int) -> Rendering:
    """What a file of that name holds."""
    renderings = {".html": report.html, ".htm": report.html, ".md": report.markdown}
    if count == 1:
        renderings[".svg"] = _badge
    suffix = Path(path).suffix
    if suffix not in renderings:
        raise ConformanceError(
            f"{path}: give a name that ends in .html or .md (or .svg for one file)"
        )
    return renderings[suffix]


def _badge(documents: Sequence[Document]) -> str:
    return report.badge(documents[0])


def _shields(documents: Sequence[Document]) -> str:
    return json.dumps(report.shields(documents[0]), indent=1) + "\n"


def _add_rows(commands: Commands) -> None:
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


def _add_clean(commands: Commands) -> None:
    command = commands.add_parser(
        "clean",
        help="remove what a killed run left behind",
        description="Remove the buckets, objects and uploads that earlier runs noted in their "
        "ledgers on this machine and could not remove. Nothing else is touched, and runs that "
        "are still going on are left alone.",
    )
    command.add_argument("--endpoint-url", required=True, metavar="URL", help="as given to the run")
    command.add_argument("--region", metavar="NAME", help="region to sign for")
    command.add_argument("--profile", metavar="NAME", help="profile to take keys from")
    command.add_argument(
        "--addressing", choices=("path", "virtual"), default="path", help="as given to the run"
    )
    command.add_argument("--no-verify-ssl", action="store_true", help="do not verify certificates")
    command.add_argument("--ca-bundle", metavar="FILE", help="verify certificates against this")
    command.set_defaults(command=_clean)


def _clean(options: argparse.Namespace) -> int:
    url = parse_url(options.endpoint_url)
    settings = Settings(
        endpoint_url=url,
        region=options.region,
        profile=options.profile,
        addressing=options.addressing,
        verify=options.ca_bundle or not options.no_verify_ssl,
    )
    left = [book for book in ledger.left_behind() if book.endpoint_url == url]
    if not left:
        print(f"nothing is left behind at {url}")
        return 0
    warnings: list[str] = []
    with open_endpoint(settings) as endpoint, ThreadPoolExecutor(max_workers=8) as pool:
        cleaner = Cleaner(Wire(endpoint, Redactor(), settings.deadlines), pool)
        for book in left:
            problems = cleaner.clean(book.entries)
            if not problems:
                book.path.unlink(missing_ok=True)
            warnings += problems
            print(f"run {book.run}: {len(book.entries)} entries, {len(problems)} not removed")
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)
    return LEFT if warnings else 0


def _add_serve(commands: Commands) -> None:
    command = commands.add_parser(
        "serve",
        help="serve an S3 endpoint that does what a matrix documents, and no more",
        description="Serve S3 on 127.0.0.1 as a vendor documents it: what is implemented is passed "
        "on to the endpoint behind, what is not is refused with 501, so that an application meets "
        "the vendor's limits before production does.",
    )
    command.add_argument("matrix", metavar="MATRIX", help="a YAML matrix")
    command.add_argument(
        "--endpoint-url", metavar="URL", help="the endpoint behind (default: embedded moto)"
    )
    command.add_argument("--port", type=int, default=0, metavar="N", help="0, the default: any")
    command.add_argument("--ca-bundle", metavar="FILE", help="verify that endpoint against this")
    command.set_defaults(command=_serve)


def _serve(options: argparse.Namespace) -> int:
    matrix = load(options.matrix)
    if options.ca_bundle and not Path(options.ca_bundle).is_file():
        raise ConformanceError(f"--ca-bundle {options.ca_bundle}: there is no such file")
    with ExitStack() as stack:
        if options.endpoint_url:
            behind = parse_url(options.endpoint_url)
        else:
            behind = stack.enter_context(embedded()).url
        documented = serving_documented(
            matrix, behind, options.port, known_keys(), options.ca_bundle
        )
        address = stack.enter_context(documented)
        with suppress(KeyboardInterrupt):
            print(f"{matrix.vendor} as documented: {address} (behind it: {behind})", flush=True)
            threading.Event().wait()
    return 0


def _add_import(commands: Commands) -> None:
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


if __name__ == "__main__":
    sys.exit(main())
