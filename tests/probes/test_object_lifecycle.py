"""Lifecycle rules: told of the object concerned, of every object, of none; and refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from conformance.probes.object_lifecycle import DAYS, EXPIRATION
from conformance.s3.endpoint import Endpoint
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, proxy, refusing_flags, with_headers

ROW = "PutObject/Object Lifecycle"
Ask = Callable[[Request], Answer]


class Rules:
    """Tells of the rule last put, as AWS does, in front of a server that does not."""

    def __init__(
        self, *, everywhere: bool = False, rule: str | None = None, days: int = DAYS
    ) -> None:
        self.days = days
        self.everywhere = everywhere
        self.rule = rule
        self.told = ""
        self.prefix = ""

    def __call__(self, request: Request, ask: Ask) -> Answer:
        answer = ask(request)
        if "lifecycle" in request.flags:
            rule = re.search(rb"<ID>(.*?)</ID>.*?<Prefix>(.*?)</Prefix>", request.body)
            assert rule is not None
            self.told, self.prefix = (part.decode() for part in rule.groups())
        elif self.told and (self.everywhere or f"/{self.prefix}" in request.path):
            date = f"{datetime.now(UTC) + timedelta(days=self.days):%a, %d %b %Y 00:00:00 GMT}"
            said = f'expiry-date="{date}", rule-id="{self.rule or self.told}"'
            return with_headers(answer, [(EXPIRATION, said)])
        return answer


@pytest.mark.parametrize(
    ("rules", "observed"),
    [
        (Rules(), "supported"),
        (Rules(everywhere=True), "partial"),
        (Rules(rule="another"), "broken"),
        (Rules(days=30), "partial"),
    ],
    ids=["as AWS", "everywhere", "another rule", "another date"],
)
def test_expiration_when_returned_is_judged(
    moto: Endpoint, observe: Observe, rules: Rules, observed: str
) -> None:
    with proxy(moto, rules) as endpoint:
        assert observe(endpoint, ROW).observed == observed


def test_expiration_when_not_returned_is_ignored(moto: Endpoint, observe: Observe) -> None:
    assert observe(moto, ROW).observed == "ignored"


def test_expiration_when_rules_are_refused_is_rejected(moto: Endpoint, observe: Observe) -> None:
    with refusing_flags(moto, "lifecycle") as endpoint:
        assert observe(endpoint, ROW).observed == "rejected"
