"""The pytest options, and the settings made from them."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from typing import Final

import pytest

from conformance.errors import BaselineError
from conformance.gate import Policy, Quirks, SilentIgnores
from conformance.matrix import is_matrix
from conformance.plugin.baseline import Gate
from conformance.run import Settings
from conformance.s3.arns import ELEMENTS, service

DEFAULT_JOBS: Final = 8
SUFFIXES: Final = (".yaml", ".yml")


def add_options(group: pytest.OptionGroup) -> None:
    """Add every option of the suite to pytest's command line."""
    add = group.addoption
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
        help="time limit for the next byte of a response (default: 30)",
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
        choices=[policy.value for policy in SilentIgnores],
        help="with --baseline: which rows need an entry if they are documented as unimplemented "
        "but accepted and ignored (default: hazards)",
    )
    add(
        "--quirks",
        choices=[policy.value for policy in Quirks],
        default=Quirks.REPORT.value,
        help="failed checks of weight detail: fail makes a row that has any fail (with --baseline: "
        "unless its entry names them), ignore hides them in the terminal (default: report)",
    )
    add(
        "--require-probes",
        action="store_true",
        help="refuse a matrix that has rows without a probe (default: they are unknown)",
    )
    add("--label", metavar="TEXT", help="name of the endpoint in reports (default: its URL)")
    add("--results", metavar="FILE.json", help="write the results as JSON")
    add("--report", metavar="FILE.html", help="write the report as one self-contained HTML page")
    add("--markdown", metavar="FILE.md", help="write the report as Markdown, for a CI job summary")


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number between 1 and 256")
    return int(text)


def _arn(text: str) -> str:
    if service(text) not in ELEMENTS:
        wanted = ", ".join(ELEMENTS)
        raise argparse.ArgumentTypeError(f"{text} is not an ARN of one of these services: {wanted}")
    return text


def _seconds(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < (value := float(text)) <= 3600:
            return value
    raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above 0 and at most 3600")


def settings_from(config: pytest.Config) -> Settings:
    """The options as settings of a run.

    Raises:
        pytest.UsageError: two options contradict each other, or a file is missing.
    """
    option = config.option
    verify: bool | str = not option.no_verify_ssl
    if option.ca_bundle:
        if option.no_verify_ssl:
            raise pytest.UsageError("--ca-bundle and --no-verify-ssl exclude each other")
        if not Path(option.ca_bundle).is_file():
            raise pytest.UsageError(f"--ca-bundle {option.ca_bundle}: no such file")
        verify = str(option.ca_bundle)
    return Settings(
        endpoint_url=option.endpoint_url,
        region=option.region,
        profile=option.profile,
        alt_profile=option.alt_profile,
        account_id=option.account_id,
        kms_key_id=option.kms_key_id,
        destination_arn=option.destination_arn,
        buckets=tuple(dict.fromkeys(option.bucket)),
        allow_bucket_config=option.allow_bucket_config,
        addressing=option.addressing,
        verify=verify,
        timeout=option.timeout,
        jobs=option.jobs,
        repeat=option.repeat,
    )


def gate_from(config: pytest.Config) -> Gate | None:
    """The gate that the options describe; None without `--baseline`.

    Raises:
        pytest.UsageError: an option needs `--baseline`, or the baseline is invalid.
    """
    option = config.option
    if not option.baseline:
        for name in ("--update-baseline", "--silent-ignores"):
            if getattr(option, name[2:].replace("-", "_")):
                raise pytest.UsageError(f"{name} needs --baseline")
        return None
    policy = Policy(
        strict=is_strict(config),
        silent_ignores=SilentIgnores(option.silent_ignores or SilentIgnores.HAZARDS),
        quirks=Quirks(option.quirks),
    )
    try:
        return Gate(Path(option.baseline), policy, update=option.update_baseline)
    except BaselineError as error:
        raise pytest.UsageError(str(error)) from None


def is_strict(config: pytest.Config) -> bool:
    """As pytest itself decides whether an XPASS fails: `--strict`, or the `strict_xfail` option."""
    strict = config.getini("strict_xfail")
    return bool(config.getini("strict") if strict is None else strict)


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
