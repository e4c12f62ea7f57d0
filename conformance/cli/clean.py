"""`s3-conformance clean`: remove what a killed run left behind."""

from __future__ import annotations

import argparse
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Final

from conformance.cli.commands import Commands
from conformance.errors import ConformanceError
from conformance.run import Settings, open_endpoint, spoken
from conformance.s3.client import Client
from conformance.s3.endpoint import parse_url, same_endpoint
from conformance.s3.redact import Redactor
from conformance.sandbox import ledger
from conformance.sandbox.abandoned import Abandoned, Search, names
from conformance.sandbox.cleanup import Cleaner
from conformance.sandbox.ledger import Created

LEFT: Final = 1
# For so many seconds after a run's last request an endpoint may still carry some of them out.
SETTLE: Final = 2.0
UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
AGE: Final = re.compile(rf"(\d{{1,6}})([{''.join(UNITS)}])")


def add_clean(commands: Commands) -> None:
    """Add `clean --endpoint-url URL`."""
    command = commands.add_parser(
        "clean",
        help="remove what a killed run left behind",
        description="Remove the buckets, objects, versions and uploads that earlier runs recorded "
        "in their ledgers on this machine and did not remove. Nothing else is deleted, and runs "
        "that are still active are left alone. For runs of another machine there is "
        "--prefix-older-than. Exit status: 0 if nothing is left, 1 if something is, 2 if the "
        "endpoint cannot be used.",
    )
    command.add_argument(
        "--endpoint-url", required=True, metavar="URL", help="the endpoint of the run"
    )
    command.add_argument(
        "--prefix-older-than",
        metavar="DURATION",
        type=_age,
        help="without ledgers: list the buckets named like a run's own (s3-conformance-RUN-N), and "
        "in buckets given with --bucket the keys under a run's prefix (s3-conformance-RUN/), that "
        "are older than this (90m, 12h, 7d, 2w); delete them only with --yes",
    )
    command.add_argument(
        "--bucket",
        metavar="NAME",
        action="append",
        default=[],
        help="with --prefix-older-than: a bucket that runs were given; repeatable",
    )
    command.add_argument(
        "--yes", action="store_true", help="with --prefix-older-than: delete what is listed"
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


def _age(text: str) -> timedelta:
    found = AGE.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is not a duration such as 90m, 12h, 7d or 2w")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def _clean(options: argparse.Namespace) -> int:
    by_age = options.prefix_older_than is not None
    for name in ("bucket", "yes"):
        if getattr(options, name) and not by_age:
            raise ConformanceError(f"--{name} needs --prefix-older-than")
    if options.ca_bundle and not Path(options.ca_bundle).is_file():
        raise ConformanceError(f"--ca-bundle {options.ca_bundle}: no such file")
    settings = Settings(
        endpoint_url=parse_url(options.endpoint_url),
        region=options.region,
        profile=options.profile,
        addressing=options.addressing,
        verify=options.ca_bundle or not options.no_verify_ssl,
    )
    return _by_age(options, settings) if by_age else _by_ledger(settings)


def _by_ledger(settings: Settings) -> int:
    """Remove what the ledgers of this machine name."""
    url = settings.endpoint_url or ""
    urls = [book.endpoint_url for book in ledger.left_behind()]
    left = [each for each in urls if same_endpoint(each, url)]
    elsewhere = [each for each in urls if each not in left]
    for other in sorted(set(elsewhere)):
        print(f"not cleaned: {elsewhere.count(other)} ledgers name another endpoint, {other}")
    if not left:
        print(
            f"nothing is left at {url} that a run on this machine recorded; what runs on other "
            "machines left can be found with --prefix-older-than"
        )
        return 0
    warnings: list[str] = []
    with open_endpoint(settings) as endpoint, ThreadPoolExecutor(max_workers=8) as pool:
        client = Client(endpoint, Redactor(), settings.deadlines)
        cleaner = Cleaner(client, pool)
        for book in ledger.left_behind():  # each is locked while it is worked on
            if not same_endpoint(book.endpoint_url, url):
                continue
            settle = max(0.0, SETTLE - (time.time() - book.path.stat().st_mtime))
            problems = cleaner.clean(
                book.entries, run=book.run, refused=book.refused, settle=min(settle, SETTLE)
            )
            if not problems:
                book.path.unlink(missing_ok=True)
            warnings += [spoken(text, client.redactor) for text in problems]
            print(f"run {book.run}: {len(book.entries)} entries, {len(problems)} not removed")
    return _told(warnings)


def _by_age(options: argparse.Namespace, settings: Settings) -> int:
    """List what is of our form and old, and remove it if the user says so."""
    with open_endpoint(settings) as endpoint, ThreadPoolExecutor(max_workers=8) as pool:
        client = Client(endpoint, Redactor(), settings.deadlines)
        active = {book.run for book in ledger.running()}
        search = Search(client=client, age=options.prefix_older_than, active=active)
        found = [each for bucket in options.bucket for each in search.keys(bucket)]
        if not options.bucket:
            found = [*search.buckets()]
        for line in names(found):
            print(spoken(line, client.redactor))
        if not found:
            print(f"nothing of that age is left at {endpoint.url}")
            return 0
        if not options.yes:
            print(f"{len(found)} found, nothing deleted; the same command with --yes deletes them")
            return LEFT
        cleaner = Cleaner(client, pool)
        problems = [text for each in found for text in _removed(cleaner, each)]
        warnings = [spoken(text, client.redactor) for text in problems]
        print(f"{len(found)} found, {len(warnings)} things not removed")
    return _told(warnings)


def _removed(cleaner: Cleaner, found: Abandoned) -> list[str]:
    if found.held:
        return cleaner.remove(found.held)
    return cleaner.clean([Created(bucket=found.bucket)])


def _told(warnings: list[str]) -> int:
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)
    return LEFT if warnings else 0
