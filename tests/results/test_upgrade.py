"""Results of schema version 1, read as ones of version 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance import results
from conformance.errors import ResultsError
from conformance.results.upgrade import upgrade
from tests.golden.small import document


def first_version(**row: Any) -> dict[str, Any]:
    """A document of one row as version 1 had it: without checks, promise and quirks."""
    return {"schema_version": 1, "summary": {"rows": 1}, "rows": [{"observed": "ignored", **row}]}


@pytest.mark.parametrize(
    ("row", "decided_by"),
    [
        ({}, "request"),
        ({"implied": False}, "request"),
        ({"implied": True}, "operation"),
        ({"implied": True, "observed": "unknown"}, "operation"),
        ({"implied": 1}, "request"),
        ({"observed": "unknown"}, "nothing"),
        ({"observed": "unknown", "repeats": []}, "nothing"),
        ({"repeats": [{"observed": "ignored"}] * 2}, "request"),
        ({"repeats": [{"observed": "ignored"}, {"observed": "supported"}]}, "repeats"),
        ({"repeats": [{"observed": "ignored"}, "none"]}, "request"),
        ({"repeats": [{"observed": "ignored"}, {}]}, "repeats"),
        ({"repeats": [{"observed": []}, {"observed": []}]}, "request"),
        ({"repeats": 3}, "request"),
    ],
)
def test_upgrade_of_a_row_says_what_decided_it(row: dict[str, Any], decided_by: str) -> None:
    loaded = first_version(**row)
    upgrade(loaded)
    [made] = loaded["rows"]
    assert made["decided_by"] == decided_by
    assert (made["promise"], made["checks"], made["quirks"]) == (None, [], 0)
    assert "implied" not in made
    assert loaded["schema_version"] == 2
    assert loaded["summary"] == {"rows": 1, "quirks": 0}


@pytest.mark.parametrize("rest", [{}, {"rows": 3, "summary": []}, {"rows": {}}, {"rows": [3, []]}])
def test_upgrade_when_the_shape_is_wrong_leaves_it_for_the_schema(rest: dict[str, Any]) -> None:
    loaded = {"schema_version": 1, **rest}
    upgrade(loaded)
    assert loaded == {"schema_version": 2, **rest}


def test_read_when_the_version_is_the_previous_one_upgrades_the_document(tmp_path: Path) -> None:
    old: Any = document()
    old["schema_version"] = 1
    del old["summary"]["quirks"]
    for row in old["rows"]:
        del row["decided_by"], row["promise"], row["checks"], row["quirks"]
    path = tmp_path / "old.json"
    path.write_text(json.dumps(old), encoding="utf-8")
    read = results.read(path)
    assert read["schema_version"] == 2
    assert [row["id"] for row in read["rows"]] == [row["id"] for row in old["rows"]]


def test_read_when_a_previous_version_is_of_the_wrong_shape_refuses_it(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text('{"schema_version": 1, "rows": 3}', encoding="utf-8")
    with pytest.raises(ResultsError, match="not a results file"):
        results.read(path)
