"""Region names: taken for the store's own, refused, or not looked at."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import pytest

from conformance.probes.regions import REGIONS
from conformance.s3.endpoint import Endpoint
from conformance.subjects.strange_region import NOWHERE
from conformance.verdict import Observation
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, proxy

SIGNING = [f"Region/{name}/signing" for name in REGIONS]
CONSTRAINT = [f"Region/{name}/LocationConstraint" for name in REGIONS]
Ask = Callable[[Request], Answer]
DENIED = Answer(status=403, body=b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
INVALID = Answer(status=400, body=b"<Error><Code>InvalidLocationConstraint</Code></Error>")


def _seen(observation: Observation, check: str) -> str:
    return next(it.observed for it in observation.checks if it.id == check)


def _region(request: Request) -> str:
    return (request.header("Authorization") or "").split("/")[2]


def _signature(request: Request, secret: str) -> str:
    """The signature a request must have, as AWS's documentation says it is made."""
    told = request.header("Authorization") or ""
    scope = told.partition("Credential=")[2].partition(",")[0].partition("/")[2]
    names = told.partition("SignedHeaders=")[2].partition(",")[0]
    payload = request.header("x-amz-content-sha256") or ""
    path, _, query = request.target.partition("?")
    pairs = "&".join(sorted(p if "=" in p else f"{p}=" for p in query.split("&") if p))
    headers = "".join(f"{n}:{(request.header(n) or '').strip()}\n" for n in names.split(";"))
    canonical = f"{request.method}\n{path}\n{pairs}\n{headers}\n{names}\n{payload}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    date = request.header("X-Amz-Date") or ""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{digest}".encode(), "sha256").hex()


def _verifying(secret: str) -> Callable[[Request, Ask], Answer]:
    """A server that takes any region, and no signature but the right one."""

    def respond(request: Request, ask: Ask) -> Answer:
        told = (request.header("Authorization") or "").rpartition("=")[2]
        return ask(request) if told == _signature(request, secret) else DENIED

    return respond


def _knowing(*regions: str) -> Callable[[Request, Ask], Answer]:
    """A server that looks at the region and at no signature."""
    return lambda request, ask: ask(request) if _region(request) in regions else DENIED


@pytest.mark.parametrize("row", SIGNING)
def test_signing_when_no_signature_is_verified_is_unproven(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    assert observe(moto, row).observed == "unproven"


@pytest.mark.parametrize("row", SIGNING)
def test_signing_when_signatures_are_verified_is_supported(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with proxy(moto, _verifying(moto.credentials.secret_key)) as endpoint:
        observation = observe(endpoint, row)
    assert observation.observed == "supported"
    assert "403 SignatureDoesNotMatch for a wrong signature" in _seen(observation, "signature")


@pytest.mark.parametrize("row", SIGNING)
def test_signing_when_only_the_region_is_checked_is_supported(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with proxy(moto, _knowing("auto", "", "us-east-1")) as endpoint:
        assert observe(endpoint, row).observed == "supported"


@pytest.mark.parametrize("row", SIGNING[:2])
def test_signing_when_the_region_is_refused_is_rejected(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with proxy(moto, _knowing("us-east-1")) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def _constraint(request: Request) -> bytes | None:
    _, found, rest = request.body.partition(b"<LocationConstraint>")
    return rest.partition(b"<")[0] if found else None


def _constrained(*known: bytes) -> Callable[[Request, Ask], Answer]:
    """A server that takes these constraints for none, and no other."""

    def respond(request: Request, ask: Ask) -> Answer:
        asked = _constraint(request)
        if asked is None:
            return ask(request)
        plain = Request(
            method=request.method, target=request.target, headers=request.headers, body=b""
        )
        return ask(plain) if asked in known else INVALID

    return respond


@pytest.mark.parametrize("row", CONSTRAINT)
def test_constraint_when_only_known_regions_are_accepted_is_supported(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with proxy(moto, _constrained(b"auto", b"", b"us-east-1")) as endpoint:
        assert observe(endpoint, row).observed == "supported"


@pytest.mark.parametrize("row", CONSTRAINT)
def test_constraint_when_the_region_is_refused_is_rejected(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with proxy(moto, _constrained(b"eu-west-1")) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", CONSTRAINT)
def test_constraint_when_any_region_is_accepted_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with proxy(moto, _constrained(b"auto", b"", b"us-east-1", NOWHERE.encode())) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


def test_constraint_when_any_region_is_kept_is_supported(moto: Endpoint, observe: Observe) -> None:
    """Any name is served, and GetBucketLocation tells it."""
    assert observe(moto, CONSTRAINT[0]).observed == "supported"


@pytest.mark.parametrize("row", CONSTRAINT)
def test_constraint_when_no_bucket_is_created_is_partial(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        asked = _constraint(request)
        if asked is None:
            return ask(request)
        return INVALID if asked == NOWHERE.encode() else Answer(status=200)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "partial"
