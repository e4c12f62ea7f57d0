"""Every check has a fault that it must show: a damage that names it, or the row's own ignoring."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from conformance import probes
from conformance.matrix import TOPICS, load
from conformance.probing import PROBES
from conformance.verdict import Weight
from tests.mutants.damages import damages

probes.load_all()
SPECS = Path(__file__).parents[2] / "specs"
ROWS = [
    *(row.id for row in load(SPECS / "r2.yaml").rows),
    *(row for row in PROBES if row.partition("/")[0] in TOPICS),
]
# Checks of weight promise or detail that no damage names, and why none does. A core check may do
# without: the mutant that ignores the row shows it.
ONE_OF_TWO: Final = "of a choice between two values nothing is left out but all"
BEFORE_THE_BODY: Final = "what comes before a body is not the proxy's to change"
WITHOUT: Final[dict[str, dict[str, str]]] = {
    "behaviour_http": dict.fromkeys(("asked-for", "not-asked-for"), BEFORE_THE_BODY),
    "buckets": {"no-body": "the answer to a HEAD cannot have one"},
    "configurations_get": {"every-member": ONE_OF_TWO},
    "configurations_put": {"every-member": ONE_OF_TWO},
}


def test_every_promise_and_detail_has_a_damage_that_names_it() -> None:
    found: dict[str, set[str]] = {}
    for row in ROWS:
        named = {damage.check for damage in damages(row)}
        for check in PROBES[row].checks:
            if check.weight is not Weight.CORE and check.id not in named:
                found.setdefault(PROBES[row].topic, set()).add(check.id)
    assert found == {topic: {*checks} for topic, checks in WITHOUT.items()}


def test_every_damage_that_names_a_check_names_one_that_some_row_of_it_has() -> None:
    named: dict[tuple[str, str], bool] = {}
    for row in PROBES:
        known = {check.id for check in PROBES[row].checks}
        for damage in damages(row):
            if damage.check:
                key = (damage.name, damage.check)
                named[key] = named.get(key, False) or damage.check in known
    assert [key for key, exists in named.items() if not exists] == []
