"""Faults of behaviours, on a server that has them: each check is shown one that it must see."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from conformance import probes
from conformance.matrix import TOPICS, load
from conformance.probing import PROBES
from conformance.run.embedded import embedded
from conformance.s3.endpoint import Endpoint
from tests.families import EVERY_ROW
from tests.like_r2 import like_r2
from tests.mutants.backends import Backend
from tests.mutants.mutations import DAMAGE, Mutation
from tests.mutants.score import Fate, Outcome, mutations, observe_all, score
from tests.strict import strict

probes.load_all()
OF_S3 = {row.id for row in load(Path(__file__).parents[2] / "specs/s3-behaviour.yaml").rows}
# Topics of operations' rows that R2's pages alone promise.
R2_TOPICS = ("conditional_uploads", "r2_extensions")
ROWS = [row for row in PROBES if row.partition("/")[0] in TOPICS or PROBES[row].topic in R2_TOPICS]
SHARDS = 4
# What it writes moves Last-Modified, so which check shows it depends on when a second ends.
BY_THE_CLOCK = {"CopyObject/cf-copy-destination-if-modified-since: written and refused"}


def representative(chosen: Sequence[Mutation]) -> list[Mutation]:
    """Of the mutations that one check of a topic must show, the first, and of these one in four.

    Which of them does not change from run to run; `tox -e mutants` has all.
    """
    found: dict[tuple[str, str], Mutation] = {}
    for mutation in chosen:
        topic = PROBES[mutation.row].topic
        found.setdefault((topic, mutation.check or mutation.name), mutation)
    return [one for one in found.values() if EVERY_ROW or zlib.crc32(one.id.encode()) % 4 == 1]


def _outcomes(endpoint: Endpoint, rows: Sequence[str]) -> list[Outcome]:
    backend = Backend(endpoint=endpoint)
    clean = observe_all(backend, rows, jobs=4)
    chosen = representative(mutations(backend, clean, [DAMAGE]))
    return score(backend, clean, chosen, jobs=4, collateral=False)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_fault_of_a_behaviour_is_caught(shard: int) -> None:
    rows = ROWS[shard::SHARDS]
    with embedded() as moto, strict(moto) as endpoint, like_r2(endpoint) as of_r2:
        outcomes = [
            *_outcomes(endpoint, [row for row in rows if row in OF_S3]),
            *_outcomes(of_r2, [row for row in rows if row not in OF_S3]),
        ]

    missed = {f"{it.row}: {it.name}": it.reason for it in outcomes if it.fate != Fate.CAUGHT}
    assert {name: why for name, why in missed.items() if name not in BY_THE_CLOCK} == {}
    assert len(outcomes) > 5
