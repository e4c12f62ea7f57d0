"""Configurations by id: told apart, listed, and listed in pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance import probes
from conformance.s3.endpoint import Endpoint
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    Answer,
    Request,
    proxy,
    refusing_flags,
    replacing,
    spoiling,
    stripping,
)

probes.load_all()
Ask = Callable[[Request], Answer]

# moto has inventories.

INVENTORY = "ListBucketInventoryConfigurations"


def test_list_when_root_element_is_another_is_partial(moto: Endpoint, observe: Observe) -> None:
    """The root element is moto's own, which loses one member too."""

    def spoil(_: Request, answer: Answer) -> Answer:
        wrong, right = (
            b"ListBucketInventoryConfigurationsResponse",
            b"ListInventoryConfigurationsResult",
        )
        kept = b"<IncludedObjectVersions>Current</IncludedObjectVersions></InventoryConfiguration>"
        answer = replacing(answer, b"</InventoryConfiguration>", kept)
        return replacing(answer, wrong, right)

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, INVENTORY).observed == "supported"
    failed = {check.id for check in observe(moto, INVENTORY).failed}
    assert failed == {"root-element", "every-member"}


def test_list_when_refused_unknown_or_without_put(moto: Endpoint, observe: Observe) -> None:
    with refusing_flags(moto, "inventory") as endpoint:
        assert observe(endpoint, INVENTORY).observed == "rejected"
    with stripping(moto, "inventory") as endpoint:
        assert observe(endpoint, INVENTORY).observed == "ignored"
    with refusing_flags(moto, "inventory", methods=["PUT"]) as endpoint:
        assert observe(endpoint, INVENTORY).observed == "unproven"


def test_get_when_id_is_ignored_is_partial(moto: Endpoint, observe: Observe) -> None:
    row = "GetBucketInventoryConfiguration/id"
    assert observe(moto, row).observed == "supported"

    first: dict[str, str] = {}

    def respond(request: Request, ask: Ask) -> Answer:
        """Whatever the id, the first configuration of the bucket."""
        if "inventory" in request.flags and request.method in ("GET", "PUT"):
            target = first.setdefault(request.path, request.target)
            if request.method == "GET":
                return ask(replace(request, target=target))
        return ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "partial"
    with refusing_flags(moto, "inventory", methods=["PUT"]) as endpoint:
        assert observe(endpoint, row).observed == "unproven"


def test_put_when_id_is_the_configurations_own_is_supported(
    moto: Endpoint, observe: Observe
) -> None:
    row = "PutBucketInventoryConfiguration/id"
    assert observe(moto, row).observed == "ignored"  # it goes by the document's

    def respond(request: Request, ask: Ask) -> Answer:
        asked = next((pair for pair in request.query if pair.startswith("id=")), "id=")
        named = f"<Id>{asked.removeprefix('id=')}</Id>".encode()
        if request.method == "PUT" and "inventory" in request.flags and named not in request.body:
            return Answer(status=400, body=b"<Error><Code>InvalidArgument</Code></Error>")
        return ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "supported"


def test_list_when_paged_is_supported(moto: Endpoint, observe: Observe) -> None:
    row = f"{INVENTORY}/continuation-token"
    assert observe(moto, row).observed == "ignored"  # all are one page
    with proxy(moto, _paged(lambda token: int(token.removeprefix("p")))) as endpoint:
        assert observe(endpoint, row).observed == "supported"
    with proxy(moto, _paged(lambda _: 0)) as endpoint:
        assert observe(endpoint, row).observed == "ignored"
    with refusing_flags(moto, "continuation-token") as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def _paged(start_of: Callable[[str], int]) -> Callable[[Request, Ask], Answer]:
    """Lists in pages of 40; what a token says of where to go on is `start_of`'s."""

    def respond(request: Request, ask: Ask) -> Answer:
        if request.method != "GET" or "inventory" not in request.flags or "id" in request.flags:
            return ask(request)
        token = next((q.partition("=")[2] for q in request.query if "token" in q), "p0")
        try:
            start = start_of(token)
        except ValueError:
            return Answer(status=400, body=b"<Error><Code>InvalidArgument</Code></Error>")
        answer = ask(request.without("continuation-token"))
        one = b"</InventoryConfiguration>"
        head, _, rest = answer.body.partition(b"<InventoryConfiguration>")
        found = [b"<InventoryConfiguration>" + each + one for each in rest.split(one)[:-1]]
        found = [
            each.replace(b"<InventoryConfiguration>" * 2, b"<InventoryConfiguration>")
            for each in found
        ]
        more = start + 40 < len(found)
        body = head.replace(b"false", b"") + b"".join(found[start : start + 40])
        body += b"<IsTruncated>%s</IsTruncated>" % (b"true" if more else b"false")
        body += (
            f"<NextContinuationToken>p{start + 40}</NextContinuationToken>".encode()
            if more
            else b""
        )
        return replace(answer, body=body + b"</ListBucketInventoryConfigurationsResponse>")

    return respond
