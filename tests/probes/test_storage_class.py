"""Storage classes: chosen, not heeded, not known, and told back unchecked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.probes.storage_class import HEADER, NONE_SUCH, STANDARD
from conformance.s3.endpoint import Endpoint
from conformance.subjects.writes import WRITES
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, proxy, refusing_flags, spoiling, stripping

CHOSEN = [f"{operation}/{name}" for operation in WRITES for name in (HEADER, STANDARD)]
OTHER = [f"{operation}/STANDARD_IA" for operation in WRITES]
Ask = Callable[[Request], Answer]


@pytest.mark.parametrize("row", CHOSEN + OTHER)
def test_class_on_a_good_server_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    assert observe(moto, row).observed == "supported"


@pytest.mark.parametrize("row", CHOSEN + OTHER)
def test_class_when_dropped_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, HEADER) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", CHOSEN + OTHER)
def test_class_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, HEADER) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def _renamed(request: Request, old: str, new: str) -> Request:
    headers = tuple(
        (name, new if name.lower() == HEADER and value == old else value)
        for name, value in request.headers
    )
    return replace(request, headers=headers)


@pytest.mark.parametrize("row", [f"PutObject/{HEADER}", "PutObject/STANDARD"])
def test_unknown_class_when_stored_as_standard_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return ask(_renamed(request, NONE_SUCH, STANDARD))

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize(
    ("row", "observed"), [(f"PutObject/{HEADER}", "partial"), ("PutObject/STANDARD", "supported")]
)
def test_unknown_class_when_returned_shows_the_header_was_read(
    moto: Endpoint, observe: Observe, row: str, observed: str
) -> None:
    """The class there is not is stored as one there is, and returned under its own name."""

    def respond(request: Request, ask: Ask) -> Answer:
        answer = ask(_renamed(request, NONE_SUCH, "GLACIER_IR"))
        headers = tuple(
            (name, NONE_SUCH if value == "GLACIER_IR" else value) for name, value in answer.headers
        )
        return replace(answer, headers=headers)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == observed


@pytest.mark.parametrize("row", OTHER)
def test_class_when_another_is_returned_is_broken(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        headers = tuple(
            (name, "GLACIER" if value == "STANDARD_IA" else value) for name, value in answer.headers
        )
        return replace(answer, headers=headers)

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "broken"


@pytest.mark.parametrize("row", OTHER)
def test_class_when_only_listed_is_partial(moto: Endpoint, observe: Observe, row: str) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        silent = tuple((n, v) for n, v in answer.headers if n.lower() != HEADER)
        return replace(answer, headers=silent) if request.method == "HEAD" else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "partial"
