"""`s3-conformance serve`: S3 as a vendor documents it."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

import boto3

from conformance.cli.commands import DIFFERS, Commands
from conformance.errors import ConformanceError
from conformance.matrix import load
from conformance.matrix.shipped import find
from conformance.run import known_keys
from conformance.run.embedded import embedded
from conformance.run.session import DEFAULT_REGION
from conformance.s3.endpoint import parse_url
from conformance.serve.refusals import Refusals
from conformance.serve.vendor import serving_documented


def add_serve(commands: Commands) -> None:
    """Add `serve MATRIX…`."""
    command = commands.add_parser(
        "serve",
        help="serve an S3 endpoint that does exactly what a matrix documents",
        description="Serve S3 on 127.0.0.1 as a vendor documents it: requests for implemented "
        "features are forwarded to the upstream endpoint, all others are refused with 501, named "
        "on stderr and counted in the end. An application can be tested against the vendor's "
        "limits before it goes to production. Signatures are verified with the credentials that "
        "boto3 finds; requests of other access keys are passed on as they came.",
    )
    command.add_argument(
        "matrix",
        nargs="+",
        metavar="MATRIX",
        help="a YAML matrix, or a name of list; of several the first that has a row counts",
    )
    command.add_argument(
        "--endpoint-url", metavar="URL", help="the upstream endpoint (default: embedded moto)"
    )
    command.add_argument(
        "--port",
        type=int,
        default=0,
        metavar="N",
        help="port to listen on (default: any free port)",
    )
    command.add_argument(
        "--ca-bundle", metavar="FILE", help="CA bundle for the upstream endpoint's certificate"
    )
    command.add_argument(
        "--region",
        metavar="NAME",
        help="region of the upstream endpoint, for which requests for the vendor's own region "
        "names are signed again (default: as boto3 finds it)",
    )
    command.add_argument(
        "--fail-on-refusal",
        action="store_true",
        help="exit with status 1 in the end if any request was refused, for CI",
    )
    command.set_defaults(command=_serve)


def _serve(options: argparse.Namespace) -> int:
    matrix, *others = (load(find(name)) for name in options.matrix)
    if options.ca_bundle and not Path(options.ca_bundle).is_file():
        raise ConformanceError(f"--ca-bundle {options.ca_bundle}: no such file")
    refusals = Refusals(matrix, _complain, others)
    with ExitStack() as stack:
        if options.endpoint_url:
            upstream = parse_url(options.endpoint_url)
        else:
            upstream = stack.enter_context(embedded()).url
        documented = serving_documented(
            matrix.joined(*others),
            upstream,
            options.port,
            known_keys(),
            options.ca_bundle,
            region=_region(options),
            refused=refusals,
        )
        address = stack.enter_context(documented)
        stack.enter_context(_ended_by_sigterm())
        with suppress(KeyboardInterrupt):
            print(f"{matrix.vendor} as documented: {address} (upstream: {upstream})", flush=True)
            threading.Event().wait()
    for line in refusals.summary():
        _complain(line)
    return DIFFERS if options.fail_on_refusal and refusals else 0


def _region(options: argparse.Namespace) -> str:
    """The upstream endpoint's region; the embedded one has but one."""
    if options.region is not None:
        return str(options.region)
    if not options.endpoint_url:
        return DEFAULT_REGION
    found = boto3.Session().region_name
    return str(found) if found else DEFAULT_REGION


def _complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends the command as Ctrl-C does, with its summary."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
