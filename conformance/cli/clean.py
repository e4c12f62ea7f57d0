"""`s3-conformance clean`: remove what a killed run left behind."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from conformance.cli.commands import Commands
from conformance.run import Settings, open_endpoint, spoken
from conformance.s3.client import Client
from conformance.s3.endpoint import parse_url
from conformance.s3.redact import Redactor
from conformance.sandbox import ledger
from conformance.sandbox.cleanup import Cleaner

LEFT: Final = 1


def add_clean(commands: Commands) -> None:
    """Add `clean --endpoint-url URL`."""
    command = commands.add_parser(
        "clean",
        help="remove what a killed run left behind",
        description="Remove the buckets, objects and uploads that earlier runs recorded in their "
        "ledgers on this machine and did not remove. Nothing else is deleted, and runs that are "
        "still active are left alone. Exit status: 0 if nothing is left, 1 if something is, 2 if "
        "the endpoint cannot be used.",
    )
    command.add_argument(
        "--endpoint-url", required=True, metavar="URL", help="the endpoint of the run"
    )
    command.add_argument(
        "--region", metavar="NAME", help="region for signing (default: as boto3 finds it)"
    )
    command.add_argument("--profile", metavar="NAME", help="AWS profile with the credentials")
    command.add_argument(
        "--addressing",
        choices=("path", "virtual"),
        default="path",
        help="as in the run (default: path)",
    )
    command.add_argument(
        "--no-verify-ssl", action="store_true", help="do not verify the TLS certificate"
    )
    command.add_argument("--ca-bundle", metavar="FILE", help="CA bundle for the TLS certificate")
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
        print(f"nothing is left at {url}")
        return 0
    warnings: list[str] = []
    with open_endpoint(settings) as endpoint, ThreadPoolExecutor(max_workers=8) as pool:
        client = Client(endpoint, Redactor(), settings.deadlines)
        cleaner = Cleaner(client, pool)
        for book in left:
            problems = cleaner.clean(book.entries)
            if not problems:
                book.path.unlink(missing_ok=True)
            warnings += [spoken(text, client.redactor) for text in problems]
            print(f"run {book.run}: {len(book.entries)} entries, {len(problems)} not removed")
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)
    return LEFT if warnings else 0
