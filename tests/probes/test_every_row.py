"""What holds for every probe there is: nothing is supported by a server that has nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import probes
from conformance.matrix import load
from conformance.probing import PROBES
from conformance.s3.endpoint import Endpoint
from tests.families import one_of_each
from tests.probes.conftest import Observe
from tests.probes.fakes import empty, refusing
from tests.vendor_tables import SHIPPED

SPECS = Path(__file__).parents[2] / "specs"

probes.load_all()
ROWS = one_of_each(PROBES)


# Of the others, `tests/vendor_tables` says how many rows have none yet.
PROBED = [path for path in sorted(SPECS.glob("*.yaml")) if path.stem not in SHIPPED]


@pytest.mark.parametrize("path", PROBED, ids=lambda path: path.stem)
def test_every_row_of_every_matrix_has_a_probe(path: Path) -> None:
    assert [row.id for row in load(path).rows if row.id not in PROBES] == []


def test_promise_of_every_probe_is_one_sentence() -> None:
    """It begins with a capital and ends with the only full stop before a space."""
    sentence = re.compile(r"[A-Z](?:[^.\n]|\.(?=\S))*\.")
    promises = {row: probe.promise for row, probe in PROBES.items()}
    assert {row: it for row, it in promises.items() if not sentence.fullmatch(it)} == {}


@pytest.fixture(scope="module")
def nothing() -> Iterator[Endpoint]:
    with refusing() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def yes() -> Iterator[Endpoint]:
    with empty() as endpoint:
        yield endpoint


@pytest.mark.parametrize("row", ROWS)
def test_a_server_that_refuses_everything_has_nothing(
    nothing: Endpoint, observe: Observe, row: str
) -> None:
    assert observe(nothing, row).observed in ("rejected", "unknown")


@pytest.mark.parametrize("row", ROWS)
def test_a_server_that_answers_an_empty_200_has_nothing(
    yes: Endpoint, observe: Observe, row: str
) -> None:
    assert observe(yes, row).observed not in ("supported", "partial")
