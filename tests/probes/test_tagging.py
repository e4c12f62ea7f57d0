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


# Of what a row promises, moto does not refuse two tags of one name, stores an object whose tags it
# refuses, and breaks at a key that does not exist and at a set of no tags.
MOTO_LACKS = {
    f"PutObject/{HEADER}": {"name-twice", "refused-stores-nothing"},
    f"CreateMultipartUpload/{HEADER}": {"name-twice"},
    f"CopyObject/{HEADER}": {"name-twice"},
    "PutObjectTagging": {"name-twice", "empty-set"},
    "DeleteObjectTagging": {"missing-key"},
}


@pytest.mark.parametrize("row", HEADERS + OPERATIONS)
def test_row_on_a_good_server_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    failed = {check.id for check in observe(moto, row).failed if check.weight != "detail"}
    assert failed == MOTO_LACKS.get(row, set())


@pytest.mark.parametrize("row", HEADERS)
def test_header_when_dropped_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", HEADERS)
def test_header_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_header_of_a_copy_when_the_directive_is_refused_is_not_ignored(
    moto: Endpoint, observe: Observe
) -> None:
    with refusing_flags(moto, DIRECTIVE) as endpoint:
        assert observe(endpoint, f"CopyObject/{HEADER}").observed in ("supported", "unknown")


@pytest.mark.parametrize("row", HEADERS)
def test_header_when_all_tagging_is_refused_is_rejected(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with refusing_flags(moto, HEADER, DIRECTIVE, "tagging") as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_directive_when_no_object_can_be_tagged_is_ignored(
    moto: Endpoint, observe: Observe
) -> None:
    with refusing_flags(moto, HEADER, "tagging") as endpoint:
        assert observe(endpoint, f"CopyObject/{DIRECTIVE}").observed == "ignored"


@pytest.mark.parametrize("row", HEADERS[:2])
def test_header_when_other_tags_are_read_is_broken(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with spoiling(moto, lambda _, answer: replacing(answer, b"purpose", b"porpoise")) as endpoint:
        assert observe(endpoint, row).observed == "broken"


@pytest.mark.parametrize("row", HEADERS[:2])
def test_header_when_only_the_count_can_be_read_has_the_tags(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if "tagging" in request.flags:
            return REFUSAL
        answer = ask(request)
        counted = (COUNT, "2")
        return with_headers(answer, [counted]) if request.method == "HEAD" else answer

    with proxy(moto, respond) as endpoint:
        checks = {check.id: check.outcome for check in observe(endpoint, row).checks}
    assert (checks["tagged"], checks["several"]) == ("held", "held")


@pytest.mark.parametrize(
    ("row", "hazard"),
    [
        ("GetObjectTagging", None),
        ("PutObjectTagging", "destructive"),
        ("DeleteObjectTagging", "destructive"),
    ],
)
def test_operation_when_carried_out_on_the_object_is_destructive(
    moto: Endpoint, observe: Observe, row: str, hazard: str | None
) -> None:
    """The subresource is dropped, so that its requests read, overwrite and delete the object."""
    with stripping(moto, "tagging") as endpoint:
        observation = observe(endpoint, row)
    assert (observation.observed, observation.hazard) == ("ignored", hazard)


@pytest.mark.parametrize("row", OPERATIONS)
def test_operation_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, "tagging") as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize(("row", "method"), [(OPERATIONS[1], "PUT"), (OPERATIONS[2], "DELETE")])
def test_operation_when_without_effect_is_ignored(
    moto: Endpoint, observe: Observe, row: str, method: str
) -> None:
    """Served without any effect."""

    def respond(request: Request, ask: Ask) -> Answer:
        nod = "tagging" in request.flags and request.method == method
        return Answer(status=200) if nod else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


def test_put_object_tagging_when_old_tags_stay_is_partial(moto: Endpoint, observe: Observe) -> None:
    """The tags that were there before are still told."""
    tag = b"<Tag><Key>before</Key><Value>x</Value></Tag></TagSet>"
    with spoiling(moto, lambda _, answer: replacing(answer, b"</TagSet>", tag)) as endpoint:
        seen = observe(endpoint, "PutObjectTagging")
    assert seen.observed == "partial"
    assert "several" in {check.id for check in seen.failed}


def test_get_object_tagging_when_nothing_can_be_tagged_is_unproven(
    moto: Endpoint, observe: Observe
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if "tagging" not in request.flags:
            return ask(request.without(HEADER)) if not request.header(HEADER) else REFUSAL
        if request.method != "GET":
            return REFUSAL
        return Answer(status=200, body=b"<Tagging><TagSet/></Tagging>")

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, "GetObjectTagging").observed == "unproven"
