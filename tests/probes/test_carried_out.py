"""Configurations that are returned and not carried out, or carried out wrongly."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance import probes
from conformance.s3.endpoint import Endpoint
from conformance.serve.http import Headers
from conformance.verdict import Outcome
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, proxy, spoiling, with_headers

probes.load_all()
Ask = Callable[[Request], Answer]
ORIGIN = "Access-Control-Allow-Origin"
SSE = "x-amz-server-side-encryption"
EXPIRATION = "x-amz-expiration"


def outcomes(observe: Observe, endpoint: Endpoint, row: str) -> dict[str, Outcome]:
    return {check.id: check.outcome for check in observe(endpoint, row).checks}


def failed(observe: Observe, endpoint: Endpoint, row: str) -> set[str]:
    return {check.id for check in observe(endpoint, row).failed}


def _silent(answer: Answer) -> Answer:
    """The answer without what moto tells every browser."""
    kept = tuple((n, v) for n, v in answer.headers if not n.lower().startswith("access-control"))
    return replace(answer, headers=kept)


class Browsing:
    """Carries out the CORS rules that moto keeps, except for what is left out.

    Args:
        without: names of headers that are not returned, or `rules`: everything is allowed.
    """

    def __init__(self, *without: str) -> None:
        self._without = without

    def __call__(self, request: Request, ask: Ask) -> Answer:
        origin = request.header("Origin")
        if origin is None:
            return ask(request)
        preflight = request.method == "OPTIONS"
        method = request.header("Access-Control-Request-Method") or request.method
        asked = (request.header("Access-Control-Request-Headers") or "").lower()
        plain = _silent(ask(request.without("Origin")))
        allowed = self._headers(self._rules(request, ask), origin, method, asked)
        if allowed is None:
            return Answer(status=403) if preflight else plain
        kept = [(n, v) for n, v in allowed if n not in self._without]
        return with_headers(Answer(status=200) if preflight else plain, kept)

    def _rules(self, request: Request, ask: Ask) -> list[bytes]:
        bucket = request.path.split("/")[1]
        get = replace(request, method="GET", target=f"/{bucket}?cors", body=b"")
        answer = ask(get.without("Origin", "Content-MD5"))
        return re.findall(rb"<CORSRule>(.*?)</CORSRule>", answer.body, re.DOTALL)

    def _headers(self, rules: list[bytes], origin: str, method: str, asked: str) -> Headers | None:
        for rule in rules:
            origins = re.findall(rb"<AllowedOrigin>([^<]*)", rule)
            patterns = [re.escape(each.decode()).replace(r"\*", ".*") for each in origins]
            methods = [each.decode() for each in re.findall(rb"<AllowedMethod>([^<]*)", rule)]
            ages = re.findall(rb"<MaxAgeSeconds>([^<]*)", rule)
            headers = [
                each.decode().lower() for each in re.findall(rb"<AllowedHeader>([^<]*)", rule)
            ]
            known = any(re.fullmatch(pattern, origin) for pattern in patterns)
            named = [each.strip() for each in asked.split(",") if each]
            allowed = [re.escape(each).replace(r"\*", ".*") for each in headers]
            right = known and method in methods
            right &= all(any(re.fullmatch(one, each) for one in allowed) for each in named)
            if right or "rules" in self._without:
                return (
                    (ORIGIN, origin),
                    ("Access-Control-Allow-Methods", ", ".join([*methods, method])),
                    ("Access-Control-Allow-Headers", asked),
                    ("Access-Control-Max-Age", ages[0].decode() if ages else ""),
                    ("Access-Control-Expose-Headers", "ETag"),
                    ("Vary", "Origin"),
                )
        return None


CORS = {
    "preflight",
    "preflight-headers",
    "preflight-max-age",
    "wildcard-origin",
    "header-case",
    "header-list",
    "any-origin",
    "bucket",
    "longer-origin",
    "other-origin",
    "other-method",
    "other-rule",
    "other-header",
    "rule-without-headers",
    "simple-request",
    "expose-headers",
    "simple-request-of-other",
}


def test_cors_when_rules_are_carried_out_holds(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, Browsing()) as endpoint:
        seen = outcomes(observe, endpoint, "PutBucketCors")
        assert {check for check in CORS if seen[check] is not Outcome.HELD} == set()
        assert outcomes(observe, endpoint, "DeleteBucketCors")["preflight-after"] is Outcome.HELD


@pytest.mark.parametrize(
    ("without", "shown"),
    [
        ("Access-Control-Allow-Headers", {"preflight-headers", "header-list"}),
        ("Access-Control-Max-Age", {"preflight-max-age"}),
        ("Access-Control-Expose-Headers", {"expose-headers"}),
        ("rules", {"other-origin", "other-method", "other-rule", "other-header"}
         | {"simple-request-of-other", "longer-origin", "rule-without-headers"}),
    ],
)  # fmt: skip
def test_cors_when_part_of_it_is_missing_is_partial(
    moto: Endpoint, observe: Observe, without: str, shown: set[str]
) -> None:
    with proxy(moto, Browsing(without)) as endpoint:
        assert failed(observe, endpoint, "PutBucketCors") & CORS == shown


def test_cors_when_no_rule_is_carried_out_is_partial(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if request.method == "OPTIONS":
            return Answer(status=403)
        return _silent(ask(request.without("Origin")))

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, "PutBucketCors")
    assert seen.observed == "partial"
    assert {"preflight", "simple-request"} <= {check.id for check in seen.failed}


def test_versioning_when_no_version_is_kept_is_partial(moto: Endpoint, observe: Observe) -> None:
    """Enabled is returned, and each object replaces the one before."""
    states: dict[str, bytes] = {}

    def respond(request: Request, ask: Ask) -> Answer:
        if "versioning" not in request.flags:
            return ask(request)
        if request.method == "PUT":
            states[request.path] = request.body
            return Answer(status=200)
        return Answer(status=200, body=states.get(request.path, b"<VersioningConfiguration/>"))

    with proxy(moto, respond) as endpoint:
        seen = failed(observe, endpoint, "PutBucketVersioning")
    assert {"two-versions", "older-version", "delete-marker"} <= seen


def test_default_encryption_when_never_applied_is_partial(moto: Endpoint, observe: Observe) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        kept = tuple((n, v) for n, v in answer.headers if n.lower() != SSE)
        return replace(answer, headers=kept) if request.method == "HEAD" else answer

    with spoiling(moto, spoil) as endpoint:
        seen = failed(observe, endpoint, "PutBucketEncryption")
    assert {"aes256-applied", "kms-applied", "request-wins"} <= seen


@pytest.mark.parametrize(
    ("only", "shown"),
    [
        ("on/", set()),
        ("", {"expiration-elsewhere", "expiration-disabled"}),
        ("nowhere", {"expiration"}),
    ],
)
def test_lifecycle_when_expiration_is_shown_elsewhere_is_partial(
    moto: Endpoint, observe: Observe, only: str, shown: set[str]
) -> None:
    rules: list[str] = []

    def respond(request: Request, ask: Ask) -> Answer:
        answer = ask(request)
        if request.method == "PUT" and "lifecycle" in request.flags:
            rules[:] = re.findall(r"<ID>([^<]* rule)<", request.body.decode()) or rules
        of_object = request.path.count("/") > 1 and request.method in ("HEAD", "PUT")
        # Of a key that has the rule's prefix in its middle a prefix is not told.
        _, _, first, *others = [*request.path.split("/"), "", ""]
        elsewhere = only not in request.path or (only and first in others)
        if not (of_object and rules) or elsewhere:
            return answer
        rule = rules[0].replace(" ", "%20")
        end = f'expiry-date="Fri, 23 Dec 2050 00:00:00 GMT", rule-id="{rule}"'
        return with_headers(answer, [(EXPIRATION, end)])

    names = {"expiration", "expiration-elsewhere", "expiration-disabled"}
    with proxy(moto, respond) as endpoint:
        assert failed(observe, endpoint, "PutBucketLifecycleConfiguration") & names == shown
