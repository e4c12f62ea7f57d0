"""The pytest options. Every project registers them, so nothing is imported for it.

Each has a name with the prefix `--s3-`, and one without where no other plugin has taken that.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Protocol

import pytest

from conformance.plugin.marker import SUFFIXES, is_matrix

DEFAULT_JOBS: Final = 8
PREFIX: Final = "--s3-"
MATRIX: Final = "--s3-matrix"


class Add(Protocol):
    """Takes the name and the attributes of one option."""

    def __call__(self, name: str, **attributes: Any) -> None: ...


def dest_of(name: str) -> str:
    """Where pytest keeps an option's value: no other plugin's option is called so."""
    return f"s3_{name.removeprefix(PREFIX).removeprefix('--').replace('-', '_')}"


def add_options(parser: pytest.Parser) -> None:
    """Add every option of the suite to pytest's command line."""
    group = parser.getgroup("s3-conformance", "S3 conformance")
    groups = [parser._anonymous, *parser._groups]  # noqa: SLF001 - pytest 8 tells in no other way
    taken = {name for each in groups for option in each.options for name in option.names()}

    def add(name: str, **attributes: Any) -> None:
        prefixed = name if name.startswith(PREFIX) else f"{PREFIX}{name[2:]}"
        names = [it for it in dict.fromkeys((name, prefixed)) if it not in taken]
        group.addoption(*names, dest=dest_of(name), **attributes)

    declare(add)


def values_in(arguments: Sequence[str]) -> set[str]:
    """What follows the options that take a value."""
    takers: set[str] = set()

    def note(name: str, **attributes: Any) -> None:
        if attributes.get("action") != "store_true":
            takers.update((name, f"{PREFIX}{name[2:]}"))

    declare(note)
    pairs = pairwise(arguments)
    return {value for name, value in pairs if name in takers}


def shipped_matrix(arguments: Sequence[str]) -> Path | None:
    """The file of the matrix that `--s3-matrix` names.

    Raises:
        pytest.UsageError: no matrix of that name is shipped.
    """
    line = [part for it in arguments for part in it.split("=", 1)]
    if MATRIX not in line[:-1]:
        return None
    from conformance.errors import MatrixError  # noqa: PLC0415 - only if used
    from conformance.matrix.shipped import find  # noqa: PLC0415

    try:
        return find(line[line.index(MATRIX) + 1])
    except MatrixError as error:
        raise pytest.UsageError(str(error)) from None


def declare(add: Add) -> None:
    """Name every option."""
    add(
        MATRIX,
        metavar="NAME",
        help="the matrix to run, by the name that s3-conformance list prints, or its file",
    )
    add("--endpoint-url", metavar="URL", help="the S3 endpoint to test (default: embedded moto)")
    add("--region", metavar="NAME", help="region for signing (default: as boto3 finds it)")
    add("--profile", metavar="NAME", help="AWS profile with the credentials")
    add(
        "--alt-profile",
        metavar="NAME",
        help="AWS profile of a second account, for rows that need another account's requests",
    )
    add(
        "--account-id",
        metavar="ID",
        help="id of the main account, for x-amz-expected-bucket-owner",
    )
    add(
        "--kms-key-id",
        metavar="ID",
        help="a key in the endpoint's KMS, for SSE-KMS rows",
    )
    add(
        "--destination-arn",
        metavar="ARN",
        type=_arn,
        help="a topic, queue or function that may receive events, for notification rows",
    )
    add(
        "--bucket",
        metavar="NAME",
        action="append",
        default=[],
        help="use only this existing bucket, under one key prefix; repeatable",
    )
    add(
        "--allow-bucket-config",
        action="store_true",
        help="allow changing the configuration of the buckets given with --bucket; use disposable "
        "buckets only",
    )
    add(
        "--addressing",
        choices=("path", "virtual"),
        default="path",
        help="put the bucket in the URL's path or in the host name (default: path)",
    )
    add("--no-verify-ssl", action="store_true", help="do not verify the endpoint's TLS certificate")
    add("--ca-bundle", metavar="FILE", help="CA bundle for the endpoint's TLS certificate")
    add(
        "--timeout",
        type=_seconds,
        default=30.0,
        metavar="SECONDS",
        help="time limit for the next byte of a response, thrice for all of it (default: 30)",
    )
    add(
        "--wait",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="wait so long for an endpoint that is still starting (default: 0)",
    )
    add(
        "--shard",
        type=_shard,
        metavar="K/N",
        help="run only the K-th of N parts of the rows; s3-conformance merge makes one results "
        "file of all parts",
    )
    add(
        "--jobs",
        type=_count,
        default=DEFAULT_JOBS,
        metavar="N",
        help=f"rows tested at the same time in each process (default: {DEFAULT_JOBS})",
    )
    add(
        "--repeat",
        type=_count,
        default=1,
        metavar="N",
        help="observe each row N times; a row whose verdicts differ is flaky (default: 1)",
    )
    add(
        "--baseline",
        metavar="FILE.yaml",
        help="known divergences; the run passes only if it finds exactly these",
    )
    add(
        "--update-baseline",
        action="store_true",
        help="rewrite the baseline to match this run; keeps reasons, links and comments",
    )
    add(
        "--silent-ignores",
        choices=("all", "hazards", "none"),
        help="with --baseline: which rows need an entry if they are documented as unimplemented "
        "but accepted and ignored (default: hazards)",
    )
    add(
        "--quirks",
        choices=("fail", "ignore", "report"),
        default="report",
        help="failed checks of weight detail: fail makes a row that has any fail (with --baseline: "
        "unless its entry names them), ignore hides them in the terminal (default: report)",
    )
    add(
        "--require-probes",
        action="store_true",
        help="refuse a matrix that has rows without a probe (default: they are unknown)",
    )
    add("--label", metavar="TEXT", help="name of the endpoint in reports (default: its URL)")
    add("--vendor", metavar="NAME", help="who makes what is tested, for a results file to publish")
    add("--product", metavar="NAME", help="what is tested; it is the label if none is given")
    add("--product-version", metavar="VERSION", help="its version")
    add("--contact", metavar="TEXT", help="who answers for the results: a URL or an address")
    add("--results", metavar="FILE.json", help="write the results as JSON")
    add("--report", metavar="FILE.html", help="write the report as one self-contained HTML page")
    add("--markdown", metavar="FILE.md", help="write the report as Markdown, for a CI job summary")
    add("--sarif", metavar="FILE.sarif", help="write the hazards as SARIF 2.1.0")
    add(
        "--curl",
        metavar="FILE.sh",
        help="write the requests of each row as a shell script of curl commands",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number between 1 and 256")
    return int(text)


def _shard(text: str) -> tuple[int, int]:
    index, _, count = text.partition("/")
    if index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count) <= 1000:
        return int(index), int(count)
    raise argparse.ArgumentTypeError(f"{text} is not K/N with 1 <= K <= N <= 1000, such as 2/5")


def _arn(text: str) -> str:
    from conformance.s3.arns import ELEMENTS, service  # noqa: PLC0415 - only if used

    if service(text) not in ELEMENTS:
        wanted = ", ".join(ELEMENTS)
        raise argparse.ArgumentTypeError(f"{text} is not an ARN of one of these services: {wanted}")
    return text


def _seconds(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < (value := float(text)) <= 3600:
            return value
    raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above 0 and at most 3600")


def named_matrices(config: pytest.Config) -> list[Path]:
    """The matrices among the command line's arguments, without looking into directories."""
    return [path for path in _named_yaml(config).values() if is_matrix(path)]


def named_without_marker(config: pytest.Config) -> list[str]:
    """YAML files among the command line's arguments that do not declare themselves matrices."""
    return [name for name, path in _named_yaml(config).items() if not is_matrix(path)]


def _named_yaml(config: pytest.Config) -> dict[str, Path]:
    """Each file once, as it was named."""
    named = dict.fromkeys(str(argument).partition("::")[0] for argument in config.args)
    base = config.invocation_params.dir
    files = {(base / name).resolve(): name for name in named if name.endswith(SUFFIXES)}
    return {name: path for path, name in files.items() if path.is_file()}
