"""Answers of servers that are right in another way, or stand behind something that is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.matrix import Row
from conformance.run import Observer
from conformance.s3.client import Client
from conformance.s3.endpoint import Endpoint
from conformance.s3.redact import Redactor
from conformance.sandbox.sandbox import Sandbox
from conformance.serve.http import error
from conformance.verdict import Documented
from tests.probes.conftest import Observe
from tests.probes.fakes import REFUSAL, Answer, Request, proxy

Ask = Callable[[Request], Answer]


@pytest.mark.parametrize("row", ["PutBucketLogging", "GetBucketLogging"])
def test_logging_when_a_bucket_may_not_be_its_own_target_is_as_where_it_may(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """Ceph takes another bucket alone."""

    def respond(request: Request, ask: Ask) -> Answer:
        bucket = request.path.split("/")[1]
        own = f"<TargetBucket>{bucket}</TargetBucket>".encode() in request.body
        return error(400, "InvalidTargetBucketForLogging") if own else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == observe(moto, row).observed != "rejected"


def _no_policies(request: Request, ask: Ask) -> Answer:
    policy = request.method == "PUT" and "policy" in request.parameters
    return REFUSAL if policy else ask(request)


def _with_pages(request: Request, ask: Ask) -> Answer:
    """A front that puts a page of its own in the place of every error."""
    answer = _no_policies(request, ask)
    if answer.status < 400 or request.method == "HEAD":
        return answer
    page = b"<!DOCTYPE html><html><body>Sorry</body></html>"
    return Answer(status=answer.status, headers=(("Content-Type", "text/html"),), body=page)


@pytest.mark.parametrize(
    ("respond", "word", "hidden"),
    [(_no_policies, "unproven", False), (_with_pages, "unknown", True)],
)
def test_missing_configuration_when_a_front_hides_the_code_is_no_refusal(
    moto: Endpoint,
    respond: Callable[[Request, Ask], Answer],
    word: str,
    hidden: bool,
) -> None:
    row = Row(
        id="GetBucketPolicy", level="bucket", operation="GetBucketPolicy", group=None,
        feature=None, documented=Documented.IMPLEMENTED, note=None, docs=None, value_of=None,
        line=1,
    )  # fmt: skip
    with proxy(moto, respond) as endpoint:
        client = Client(endpoint, Redactor())
        sandbox = Sandbox(client)
        observer = Observer(sandbox)
        try:
            seen = observer.result(row).observation
        finally:
            observer.close()
            sandbox.ledger.close(keep=False)

    assert (seen.observed, client.hides_errors) == (word, hidden), seen.reason


@pytest.mark.parametrize("row", ["GetObject/PartNumber", "HeadObject/partNumber"])
def test_part_number_when_every_object_has_one_part_is_no_refusal(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """The whole object for part 1, and 416 for any other."""

    def respond(request: Request, ask: Ask) -> Answer:
        number = request.parameters.get("partNumber")
        if number is None or request.method not in ("GET", "HEAD"):
            return ask(request)
        if number != "1":
            refusal = error(416, "InvalidPartNumber")
            return replace(refusal, body=b"") if request.method == "HEAD" else refusal
        return ask(request.without("partNumber"))

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed in ("partial", "ignored", "broken")
