"""Faults of behaviours, on a server that has them: each check is shown one that it must see."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from conformance import probes
from conformance.matrix import TOPICS
from conformance.probing import PROBES
from conformance.run.embedded import embedded
from tests.mutants.backends import Backend
from tests.mutants.mutations import Mutation
from tests.mutants.score import Fate, mutations, observe_all, score
from tests.strict import strict

probes.load_all()
ROWS = [row for row in PROBES if row.partition("/")[0] in TOPICS]
SHARDS = 4


def representative(chosen: Sequence[Mutation]) -> list[Mutation]:
    """Of the mutations that one check of a topic must show, the first; `tox -e mutants` has all."""
    found: dict[tuple[str, str], Mutation] = {}
    for mutation in chosen:
        topic = PROBES[mutation.row].topic
        found.setdefault((topic, mutation.check or mutation.name), mutation)
    return [*found.values()]


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_fault_of_a_behaviour_is_caught(shard: int) -> None:
    with embedded() as moto, strict(moto) as endpoint:
        backend = Backend(endpoint=endpoint)
        clean = observe_all(backend, ROWS[shard::SHARDS], jobs=4)
        chosen = representative(mutations(backend, clean))
        outcomes = score(backend, clean, chosen, jobs=4, collateral=False)

    assert [f"{it.row}: {it.name}: {it.reason}" for it in outcomes if it.fate != Fate.CAUGHT] == []
    assert len(outcomes) > 5
