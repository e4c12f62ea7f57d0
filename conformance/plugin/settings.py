"""The settings and the gate that the options of a run describe."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.errors import BaselineError
from conformance.gate import Policy, Quirks, SilentIgnores
from conformance.neutral import neutral
from conformance.plugin.baseline import Gate
from conformance.plugin.options import dest_of
from conformance.results import Product
from conformance.run import Settings


def settings_from(config: pytest.Config) -> Settings:
    """The options as settings of a run.

    Raises:
        pytest.UsageError: two options contradict each other, or a file is missing.
    """
    option = config.option
    verify: bool | str = not option.s3_no_verify_ssl
    if option.s3_ca_bundle:
        if option.s3_no_verify_ssl:
            raise pytest.UsageError("--ca-bundle and --no-verify-ssl exclude each other")
        if not Path(option.s3_ca_bundle).is_file():
            raise pytest.UsageError(f"--ca-bundle {option.s3_ca_bundle}: no such file")
        verify = str(option.s3_ca_bundle)
    return Settings(
        endpoint_url=option.s3_endpoint_url,
        region=option.s3_region,
        profile=option.s3_profile,
        alt_profile=option.s3_alt_profile,
        account_id=option.s3_account_id,
        kms_key_id=option.s3_kms_key_id,
        destination_arn=option.s3_destination_arn,
        buckets=tuple(dict.fromkeys(option.s3_bucket)),
        allow_bucket_config=option.s3_allow_bucket_config,
        addressing=option.s3_addressing,
        verify=verify,
        timeout=option.s3_timeout,
        wait=option.s3_wait,
        jobs=option.s3_jobs,
        repeat=option.s3_repeat,
    )


def product_from(config: pytest.Config) -> Product:
    """What the options say of the product; only what they say.

    Raises:
        pytest.UsageError: an option is given and empty.
    """
    option = config.option
    product: Product = {}
    if option.s3_vendor is not None:
        product["vendor"] = _said("--vendor", option.s3_vendor)
    if option.s3_product is not None:
        product["name"] = _said("--product", option.s3_product)
    if option.s3_product_version is not None:
        product["version"] = _said("--product-version", option.s3_product_version)
    if option.s3_contact is not None:
        product["contact"] = _said("--contact", option.s3_contact)
    return product


def _said(name: str, text: str) -> str:
    if said := neutral(text):
        return said
    raise pytest.UsageError(f"{name} is empty")


def gate_from(config: pytest.Config) -> Gate | None:
    """The gate that the options describe; None without `--baseline`.

    Raises:
        pytest.UsageError: an option needs `--baseline`, or the baseline is invalid.
    """
    option = config.option
    if not option.s3_baseline:
        for name in ("--update-baseline", "--silent-ignores"):
            if getattr(option, dest_of(name)):
                raise pytest.UsageError(f"{name} needs --baseline")
        return None
    policy = Policy(
        strict=is_strict(config),
        silent_ignores=SilentIgnores(option.s3_silent_ignores or SilentIgnores.HAZARDS),
        quirks=Quirks(option.s3_quirks),
    )
    try:
        return Gate(Path(option.s3_baseline), policy, update=option.s3_update_baseline)
    except BaselineError as error:
        raise pytest.UsageError(str(error)) from None


def is_strict(config: pytest.Config) -> bool:
    """As pytest itself decides whether an XPASS fails: `--strict`, or the `strict_xfail` option.

    pytest 8 calls the latter `xfail_strict`, and its `--strict` means markers only; here it means
    what pytest 9 means by it.
    """
    try:
        strict = config.getini("strict_xfail")
    except (KeyError, ValueError):
        return bool(config.getini("xfail_strict") or config.getoption("strict", default=False))
    return bool(config.getini("strict") if strict is None else strict)
