"""Hazards as SARIF: what the standard requires, and where a code scanning service shows them."""

from __future__ import annotations

import json
from typing import Any

from conformance import report
from tests.golden.small import cut_short, document


def log(*documents: Any, **more: Any) -> Any:
    return json.loads(report.sarif(documents, **more))


def test_log_has_what_sarif_requires() -> None:
    """Sections 3.13 (log), 3.14 (run), 3.19 (component), 3.49 (rule), 3.27 (result), 3.11."""
    made = log(document(), cut_short())
    assert made["version"] == "2.1.0"
    assert len(made["runs"]) == 2
    assert [run["invocations"][0]["executionSuccessful"] for run in made["runs"]] == [True, False]
    for run in made["runs"]:
        driver = run["tool"]["driver"]
        assert driver["name"] == "s3-conformance"
        rules = [rule["id"] for rule in driver["rules"]]
        assert len({*rules}) == len(rules) == 3
        for result in run["results"]:
            assert result["message"]["text"]
            assert rules[result["ruleIndex"]] == result["ruleId"]
            assert result["level"] in ("error", "warning")


def test_each_hazard_is_a_result_at_its_line() -> None:
    (run,) = log(document(), path="a b/r2.yaml", lines={"PutObject/If-Match": 12})["runs"]
    found = {it["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]: it
             for it in run["results"]}  # fmt: skip
    assert {row: it["level"] for row, it in found.items()} == {
        "DeleteBucketTagging": "warning",
        "PutObject/If-Match": "error",
        "PutObject/Content-MD5": "error",
    }
    place = found["PutObject/If-Match"]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "a%20b/r2.yaml"},
        "region": {"startLine": 12},
    }
    text = found["PutObject/If-Match"]["message"]["text"]
    assert text.startswith("PutObject/If-Match is documented as implemented, observed ignored (")


def test_run_without_a_hazard_has_an_empty_list() -> None:
    """Without the list a scanning service would keep the hazards of the last run."""
    made = document(**{row["id"]: "rejected" for row in document()["rows"] if row["hazard"]})
    for row in made["rows"]:
        row["hazard"] = None
    assert log(made)["runs"][0]["results"] == []
