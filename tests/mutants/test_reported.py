"""Every fault that was reported of a server is rebuilt by a damage, which its row must show."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

from conformance import probes
from conformance.probing import PROBES
from tests.mutants.damages import damages

probes.load_all()
FILES: Final = sorted(Path(__file__).parent.glob("reported_*.yaml"))
# The row's own mutant of this kind is the fault: the row has no damage of the name.
IGNORED: Final = "ignored"


def _reported() -> list[tuple[str, str, str]]:
    """Row, damage and fault of each line."""
    families = [yaml.safe_load(file.read_text()) for file in FILES]
    lines = [line for family in families for lines in family.values() for line in lines]
    return [(row, damage, fault) for row, damage, fault in lines]


def test_every_reported_fault_has_a_damage_that_its_row_must_show() -> None:
    reported = _reported()
    known = {row: {damage.name for damage in damages(row)} | {IGNORED} for row in PROBES}
    assert len(reported) > 150
    assert [line for line in reported if line[1] not in known.get(line[0], ())] == []


def test_no_fault_is_reported_twice() -> None:
    faults = [(row, fault) for row, _, fault in _reported()]
    assert sorted(faults) == sorted({*faults})
