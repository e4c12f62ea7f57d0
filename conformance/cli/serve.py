"""`s3-conformance serve`: S3 as a vendor documents it."""

from __future__ import annotations

import argparse
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

from conformance.cli.commands import Commands
from conformance.errors import ConformanceError
from conformance.matrix import load
from conformance.matrix.shipped import find
from conformance.run import known_keys
from conformance.run.embedded import embedded
from conformance.s3.endpoint import parse_url
from conformance.serve.vendor import serving_documented


def add_serve(commands: Commands) -> None:
    """Add `serve MATRIX`."""
    command = commands.add_parser(
        "serve",
        help="serve an S3 endpoint that does exactly what a matrix documents",
        description="Serve S3 on 127.0.0.1 as a vendor documents it: requests for implemented "
        "features are forwarded to the upstream endpoint, all others are refused with 501. An "
        "application can be tested against the vendor's limits before it goes to production.",
    )
    command.add_argument("matrix", metavar="MATRIX", help="a YAML matrix, or a name of list")
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
    command.set_defaults(command=_serve)


def _serve(options: argparse.Namespace) -> int:
    matrix = load(find(options.matrix))
    if options.ca_bundle and not Path(options.ca_bundle).is_file():
        raise ConformanceError(f"--ca-bundle {options.ca_bundle}: no such file")
    with ExitStack() as stack:
        if options.endpoint_url:
            upstream = parse_url(options.endpoint_url)
        else:
            upstream = stack.enter_context(embedded()).url
        documented = serving_documented(
            matrix, upstream, options.port, known_keys(), options.ca_bundle
        )
        address = stack.enter_context(documented)
        with suppress(KeyboardInterrupt):
            print(f"{matrix.vendor} as documented: {address} (upstream: {upstream})", flush=True)
            threading.Event().wait()
    return 0
