"""A documented refusal against the one that was observed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.matrix import Row
from conformance.run import Sighting, stored_row
from conformance.verdict import DecidedBy, Documented, Observation, Observed

ROW = Row(
    id="PutObject/x-amz-acl", level="object", operation="PutObject", group=None,
    feature="x-amz-acl", documented=Documented.UNIMPLEMENTED, note=None, docs=None,
    value_of=None, line=1, refusal="501 NotImplemented",
)  # fmt: skip


def sighting(word: str, status: int, body: str) -> Sighting:
    exchange: Any = {
        "role": "treatment", "error": None, "curl": "curl",
        "request": {"method": "PUT", "url": "u", "headers": [], "body": "", "body_bytes": 0},
        "response": {"status": status, "reason": "", "headers": [], "body": body,
                     "body_bytes": len(body), "seconds": 0.0},
    }  # fmt: skip
    seen = Observation(observed=Observed(word), reason="r", decided_by=DecidedBy.REQUEST)
    return Sighting(observation=seen, exchanges=(exchange,), seconds=0.0)


@pytest.mark.parametrize(
    ("refusal", "status", "body", "outcome"),
    [
        ("501 NotImplemented", 501, "<Error><Code>NotImplemented</Code></Error>", "held"),
        ("501 NotImplemented", 400, "<Error><Code>InvalidArgument</Code></Error>", "wrong"),
        ("NotImplemented", 400, "<Error><Code>NotImplemented</Code></Error>", "held"),
        ("501", 501, "", "held"),
        ("501 NotImplemented", 501, "", "held"),  # HEAD
        ("NotImplemented", 501, "", None),
    ],
)
def test_refusal_is_a_check_of_weight_detail(
    refusal: str, status: int, body: str, outcome: str | None
) -> None:
    row = replace(ROW, refusal=refusal)
    stored = stored_row(row, sighting("rejected", status, body))

    assert (stored["divergence"], stored["refusal"]) == ("none", refusal)
    assert [it["outcome"] for it in stored["checks"]] == ([outcome] if outcome else [])
    assert stored["quirks"] == (outcome == "wrong")


def test_row_that_is_ignored_instead_of_refused_is_missing() -> None:
    stored = stored_row(ROW, sighting("ignored", 200, ""))
    assert (stored["divergence"], stored["checks"]) == ("missing", [])


def test_row_without_a_documented_refusal_has_no_such_check() -> None:
    stored = stored_row(replace(ROW, refusal=None), sighting("ignored", 200, ""))
    assert stored["divergence"] == "none"
    assert "refusal" not in stored
