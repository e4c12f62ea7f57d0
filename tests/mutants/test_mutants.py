"""The probes say the right word of every mutant of the embedded endpoint, and the score adds up."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from conformance import probes
from conformance.matrix import TOPICS, load
from conformance.probing import PROBES
from tests.families import EVERY_ROW
from tests.mutants import backends, every, runs
from tests.mutants.merge import Merged, Scored, verdict
from tests.mutants.mutations import DAMAGE, IGNORE, REFUSE, Mutation
from tests.mutants.score import Fate, Outcome, mutations, observe_all, score

probes.load_all()
R2 = load(Path(__file__).parents[2] / "specs" / "r2.yaml")
# Behaviours have a backend of their own, in test_behaviours.py.
ROWS = [
    row
    for row in dict.fromkeys([*(row.id for row in R2.rows if row.id in PROBES), *PROBES])
    if row.partition("/")[0] not in TOPICS
]
SHARDS = 4
NOT_WRONG = (Fate.CAUGHT, Fate.IDLE)
# moto ignores three of the four conditions on a copy's source, of which the faults of the fourth
# are made: other backends show these.
NOT_ON_MOTO = "conditional_copies"
# moto leaves these faults without effect: it refuses no completion that would end the upload,
# and shows a hold where there is none. Ceph and LocalStack show them.
WITHOUT_EFFECT_ON_MOTO = {
    "damage CompleteMultipartUpload: a refusal ends the upload",
    "damage GetObjectLegalHold: every object is held",
}


def representative(chosen: Sequence[Mutation]) -> list[Mutation]:
    """Of the mutations that one check of a topic must show, the first; of damages, one in eight.

    Which of them does not change from run to run.
    """
    found: dict[tuple[str, ...], Mutation] = {}
    for mutation in chosen:
        topic = PROBES[mutation.row].topic
        found.setdefault((topic, mutation.kind, mutation.check or mutation.name), mutation)
    return [
        one
        for one in found.values()
        if one.kind != DAMAGE or EVERY_ROW or zlib.crc32(one.id.encode()) % 8 == 1
    ]


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_mutant_is_caught(shard: int) -> None:
    """One row of each family on moto, in parts that run side by side; `tox -e mutants` has all."""
    with backends.named(backends.EMBEDDED) as backend:
        topics = {row: PROBES[row].topic for row in ROWS if PROBES[row].topic != NOT_ON_MOTO}
        rows = [row for row in topics if zlib.crc32(topics[row].encode()) % SHARDS == shard]
        clean = observe_all(backend, rows, jobs=4)
        chosen = representative(mutations(backend, clean))
        outcomes = score(backend, clean, chosen, jobs=4, collateral=False)

    assert len(outcomes) > 20
    wrong = [f"{one.kind} {one.row}: {one.name}" for one in outcomes if one.fate not in NOT_WRONG]
    assert [name for name in wrong if name not in WITHOUT_EFFECT_ON_MOTO] == []
    assert len([one for one in outcomes if one.fate is Fate.IDLE]) < len(outcomes) / 20


def test_no_verdict_spills_over() -> None:
    """What strips or refuses one row's flag leaves the verdicts of all other rows alone."""
    with backends.named(backends.EMBEDDED) as backend:
        clean = observe_all(backend, ROWS[:: 2 * SHARDS], jobs=4)
        chosen = representative(mutations(backend, clean, (IGNORE, REFUSE)))
        outcomes = score(backend, clean, chosen, jobs=4)

    assert len(outcomes) > 20
    assert [one for one in outcomes if one.collateral] == []


@pytest.mark.parametrize("kind", ["ignore", "refuse"])
def test_where_every_feature_is_broken_none_is_supported(kind: str) -> None:
    rows = ROWS[:: 2 * SHARDS]
    with backends.named(backends.EMBEDDED) as backend:
        still, broken = every.supported(backend, rows, kind)
    assert (still, broken > 30) == ([], True)


def test_a_vendor_as_documented_diverges_only_where_the_backend_does() -> None:
    with backends.named(backends.EMBEDDED) as backend:
        held = runs.held(backend, R2)

    assert held.unexplained == []
    assert held.decided >= 0.95
    assert len(held.found) == len(R2.rows)


def outcome(row: str, fate: Fate, kind: str = "ignore", *collateral: str) -> Outcome:
    return Outcome(
        row=row, kind=kind, name="", fate=fate, observed="?", reason="why", collateral=collateral
    )


def scored(name: str, *outcomes: Outcome, rows: tuple[str, ...] = ("A", "B", "C")) -> Scored:
    ours = {one.row for one in outcomes}
    clean = {row: "supported" if row in ours else "rejected" for row in rows}
    return Scored(name=name, clean=clean, outcomes=outcomes)


def test_a_mutant_is_caught_if_it_is_on_every_backend() -> None:
    one = scored("one", outcome("A", Fate.CAUGHT), outcome("B", Fate.CAUGHT))
    two = scored("two", outcome("A", Fate.OTHER_WORD), outcome("A", Fate.CAUGHT, "refuse"))
    merged = Merged.of([one, two])

    assert merged.caught(("B", "ignore", ""))
    assert not merged.caught(("A", "ignore", ""))
    assert merged.pairs == (3, 2)
    assert merged.share == 2 / 3
    assert merged.unproved == ["C"]
    assert verdict(merged) == 1
    text = "\n".join(merged.lines())
    assert "other word two: ignore A: ?: why" in text
    assert "unproved   C" in text


def test_some_rows_of_a_score() -> None:
    some = scored("one", outcome("A", Fate.CAUGHT), outcome("B", Fate.SURVIVED)).only({"A", "C"})

    assert Merged.of([some]).pairs == (1, 1)
    assert Merged.of([some]).rows == ["A", "C"]


def test_a_mutant_that_changed_nothing_counts_for_nothing() -> None:
    merged = Merged.of([scored("one", outcome("A", Fate.IDLE), outcome("B", Fate.CAUGHT))])

    assert merged.share == 1
    assert merged.idle == [("A", "ignore", "")]
    assert verdict(merged) == 0


def test_a_verdict_that_spills_over_fails_the_score() -> None:
    spilling = outcome("A", Fate.CAUGHT, "ignore", "B: supported → broken")
    merged = Merged.of([scored("one", spilling)])

    assert merged.spilled == ["one: ignore A: B: supported → broken"]
    assert verdict(merged) == 1


def test_scores_are_read_as_they_were_written(tmp_path: Path) -> None:
    before = scored("one", outcome("A", Fate.SURVIVED, "ignore", "B: supported → broken"))
    before.write(tmp_path / "deep" / "one.json")

    after = Scored.read(tmp_path / "deep" / "one.json")

    assert after.outcomes == list(before.outcomes)
    assert (after.name, after.clean) == (before.name, before.clean)
