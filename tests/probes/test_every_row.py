"""What holds for every probe there is: nothing is supported by a server that has nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import probes
from conformance.matrix import load
from conformance.probing import PROBES
from conformance.s3.endpoint import Endpoint
from tests.probes.conftest import Observe
from tests.probes.fakes import empty, refusing

SPECS = Path(__file__).parents[2] / "specs"

probes.load_all()


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_row_of_every_matrix_has_a_probe(path: Path) -> None:
    assert [row.id for row in load(path).rows if row.id not in PROBES] == []


@pytest.mark.parametrize("row", PROBES)
def test_a_promise_is_one_sentence(row: str) -> None:
    assert PROBES[row].promise.strip()


@pytest.fixture(scope="module")
def nothing() -> Iterator[Endpoint]:
    with refusing() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def yes() -> Iterator[Endpoint]:
    with empty() as endpoint:
        yield endpoint


@pytest.mark.parametrize("row", PROBES)
def test_a_server_that_refuses_everything_has_nothing(
    nothing: Endpoint, observe: Observe, row: str
) -> None:
    assert observe(nothing, row).observed in ("rejected", "unknown")


@pytest.mark.parametrize("row", PROBES)
def test_a_server_that_answers_an_empty_200_has_nothing(
    yes: Endpoint, observe: Observe, row: str
) -> None:
    assert observe(yes, row).observed not in ("supported", "partial")
