"""Every collected table is taken whole, and those that are shipped say what their source says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.run import read_table, without_probe
from conformance.verdict import Documented
from tests.vendor_tables import SHIPPED, TABLES, made

SPECS = Path(__file__).parents[2] / "specs"
# Rows that have no probe yet; the other shipped matrices have none.
WITHOUT_PROBE = {
    "ibm-cos": 37,
    "mega-s4": 17,
    "ontap": 2,
    "otc-obs": 29,
    "ovhcloud": 1,
    "storagegrid": 10,
    "storj": 1,
    "yandex": 13,
}


def marks(source: Any) -> dict[str, str]:
    """The source's own words by row id."""
    found = {}
    for name, entry in source["operations"].items():
        found[name] = entry.get("claim", entry)["status"]
        for feature, said in entry.get("features", {}).items():
            found[f"{name}/{feature}"] = said.partition(":")[0]
    return found


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_table_is_taken_whole(table: Path, tmp_path: Path) -> None:
    path = tmp_path / table.name
    path.write_text(made(table), encoding="utf-8")
    source = marks(yaml.safe_load(table.read_text(encoding="utf-8")))

    rows = read_table(path).rows

    assert len(rows) == len(source)
    moved = {row.documented for row in rows if source[row.id] != row.documented}
    assert moved <= {"no-effect"}


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_matrix_is_what_its_source_becomes(name: str) -> None:
    text = (SPECS / f"{name}.yaml").read_text(encoding="utf-8")
    assert text == made(TABLES[0].parent / SHIPPED[name]), "run python -m tests.vendor_tables"


@pytest.mark.parametrize("name", SHIPPED)
def test_rows_without_a_probe_are_as_many_as_known(name: str) -> None:
    missing = without_probe(read_table(SPECS / f"{name}.yaml"))
    assert len(missing) == WITHOUT_PROBE.get(name, 0), [row.id for row in missing]


def test_remarks_of_storagegrid_became_claims() -> None:
    rows = read_table(SPECS / "storagegrid.yaml").rows
    assert Counter(row.documented for row in rows)[Documented.NO_EFFECT] == 6
    assert {row.refusal for row in rows} == {None, "XNotImplemented"}
    assert {row.value_of for row in rows} == {None, "x-amz-storage-class"}
