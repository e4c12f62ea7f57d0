"""Tags of objects, as headers and as a subresource: kept, dropped, refused and misrouted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import conformance.probes.object_tagging_operations  # noqa: F401 - registers its probes
from conformance.probes.object_tagging_headers import DIRECTIVE
from conformance.s3.endpoint import Endpoint
from conformance.subjects.object_tags import COUNT, HEADER
from conformance.subjects.writes import WRITES
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    REFUSAL,
    Answer,
    Request,
    proxy,
    refusing_flags,
    replacing,
    spoiling,
    stripping,
    with_headers,
)

HEADERS = [*(f"{operation}/{HEADER}" for operation in WRITES), f"CopyObject/{DIRECTIVE}"]
OPERATIONS = ["GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging"]
Ask = Callable[[Request], Answer]


@pytest.mark.parametrize("row", HEADERS + OPERATIONS)
def test_kept(moto: Endpoint, observe: Observe, row: str) -> None:
    assert observe(moto, row).observed == "supported"


@pytest.mark.parametrize("row", HEADERS)
def test_header_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", HEADERS)
def test_header_refused(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_a_copy_that_cannot_replace_has_no_tags_of_its_own(
    moto: Endpoint, observe: Observe
) -> None:
    with refusing_flags(moto, DIRECTIVE) as endpoint:
        assert observe(endpoint, f"CopyObject/{HEADER}").observed in ("supported", "unknown")


@pytest.mark.parametrize("row", HEADERS)
def test_headers_where_everything_about_tags_is_refused(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with refusing_flags(moto, HEADER, DIRECTIVE, "tagging") as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_a_directive_where_there_are_no_tags(moto: Endpoint, observe: Observe) -> None:
    with refusing_flags(moto, HEADER, "tagging") as endpoint:
        assert observe(endpoint, f"CopyObject/{DIRECTIVE}").observed == "ignored"


@pytest.mark.parametrize("row", HEADERS[:2])
def test_other_tags(moto: Endpoint, observe: Observe, row: str) -> None:
    with spoiling(moto, lambda _, answer: replacing(answer, b"purpose", b"porpoise")) as endpoint:
        assert observe(endpoint, row).observed == "broken"


@pytest.mark.parametrize("row", HEADERS[:2])
def test_their_number_shows_where_they_cannot_be_read(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if "tagging" in request.flags:
            return REFUSAL
        answer = ask(request)
        told = (COUNT, "1")
        return with_headers(answer, [told]) if request.method == "HEAD" else answer

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "supported"


@pytest.mark.parametrize(
    ("row", "hazard"),
    [
        ("GetObjectTagging", None),
        ("PutObjectTagging", "destructive"),
        ("DeleteObjectTagging", "destructive"),
    ],
)
def test_carried_out_on_the_object(
    moto: Endpoint, observe: Observe, row: str, hazard: str | None
) -> None:
    """The subresource is dropped, so that its requests read, overwrite and delete the object."""
    with stripping(moto, "tagging") as endpoint:
        observation = observe(endpoint, row)
    assert (observation.observed, observation.hazard) == ("ignored", hazard)


@pytest.mark.parametrize("row", OPERATIONS)
def test_refused(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, "tagging") as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize(("row", "method"), [(OPERATIONS[1], "PUT"), (OPERATIONS[2], "DELETE")])
def test_nodded_at(moto: Endpoint, observe: Observe, row: str, method: str) -> None:
    """Served without any effect."""

    def respond(request: Request, ask: Ask) -> Answer:
        nod = "tagging" in request.flags and request.method == method
        return Answer(status=200) if nod else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


def test_put_that_adds(moto: Endpoint, observe: Observe) -> None:
    """The tags that were there before are still told."""
    tag = b"<Tag><Key>before</Key><Value>x</Value></Tag></TagSet>"
    with spoiling(moto, lambda _, answer: replacing(answer, b"</TagSet>", tag)) as endpoint:
        assert observe(endpoint, "PutObjectTagging").observed == "broken"


def test_a_stub_that_tells_of_no_tags(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if "tagging" not in request.flags:
            return ask(request.without(HEADER)) if not request.header(HEADER) else REFUSAL
        if request.method != "GET":
            return REFUSAL
        return Answer(status=200, body=b"<Tagging><TagSet/></Tagging>")

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, "GetObjectTagging").observed == "unproven"
