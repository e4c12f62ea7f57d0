"""ListBuckets by its parameters, on a server that knows all of them, or one less."""

from __future__ import annotations

import pytest

import conformance.probes.buckets  # noqa: F401 - registers its probes
from conformance.s3.endpoint import Endpoint
from tests.probes.conftest import Observe, failed
from tests.probes.fakes import Answer, Request, proxy, replacing

PARAMETERS = {"prefix", "prefix-echo", "region-listed", "page", "next-page", "other-region"}


def _listing(names: list[str], more: str = "") -> Answer:
    date = "<CreationDate>2026-01-01T00:00:00.000Z</CreationDate>"
    buckets = "".join(
        f"<Bucket><Name>{name}</Name>{date}<BucketRegion>us-east-1</BucketRegion></Bucket>"
        for name in names
    )
    root = "ListAllMyBucketsResult"
    xmlns = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
    body = f"<{root} {xmlns}><Buckets>{buckets}</Buckets>{more}</{root}>"
    return Answer(status=200, body=body.encode())


def _by_parameters(names: set[str], request: Request) -> Answer:
    """What S3 lists of these buckets."""
    asked = request.parameters
    if asked.get("bucket-region", "us-east-1") != "us-east-1":
        return _listing([])
    found = sorted(name for name in names if name.startswith(asked.get("prefix", "")))
    found = [name for name in found if name > asked.get("continuation-token", "")]
    page = found[: int(asked.get("max-buckets", "1000"))]
    more = f"<Prefix>{asked['prefix']}</Prefix>" if "prefix" in asked else ""
    if page != found:
        more += f"<ContinuationToken>{page[-1]}</ContinuationToken>"
    return _listing(page, more)


@pytest.mark.parametrize(
    ("unknown", "shown"),
    [
        ("", set()),
        ("prefix", {"prefix", "prefix-echo"}),
        ("max-buckets", {"page"}),
        ("continuation-token", {"next-page"}),
        ("bucket-region", {"other-region"}),
    ],
)
def test_list_buckets_when_a_parameter_is_unknown_shows_its_checks(
    moto: Endpoint, observe: Observe, unknown: str, shown: set[str]
) -> None:
    names: set[str] = set()

    def respond(request: Request, ask: object) -> Answer:
        assert callable(ask)
        if request.path != "/":
            if request.method == "PUT" and request.path.count("/") == 1:
                names.add(request.path.strip("/"))
            if request.method == "DELETE":
                names.discard(request.path.strip("/"))
            answer = ask(request)
            assert isinstance(answer, Answer)
            return answer
        if request.header("Authorization") is None:
            return Answer(status=403)
        return _by_parameters(names, request.without(unknown) if unknown else request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, "ListBuckets")
    assert failed(seen) & PARAMETERS == shown


def test_list_buckets_when_it_has_no_namespace_shows_that(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: object) -> Answer:
        assert callable(ask)
        return replacing(ask(request), b' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"', b"")

    with proxy(moto, respond) as endpoint:
        assert "namespace" in failed(observe(endpoint, "ListBuckets"))
