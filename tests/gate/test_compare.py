"""What `compare` finds and counts, without the command line around it."""

from __future__ import annotations

from pathlib import Path

from conformance.gate import GateResult, Kind, Policy, compare
from conformance.gate.baseline import parsed
from conformance.results import Document
from conformance.verdict import Documented, Observed, divergence
from tests.baseline_text import BASELINE
from tests.golden.small import cut_short, document


def compared(found: Document, text: str = BASELINE) -> GateResult:
    for row in found["rows"]:
        row["divergence"] = divergence(
            Documented(row["documented"]), Observed(row["observed"])
        ).value
    return compare(found, parsed(Path("b.yaml"), text.encode()), Policy())


def unreached(found: Document, *rows: str) -> Document:
    """These rows as a run leaves them that ended before it came to them."""
    for row in found["rows"]:
        if row["id"] in rows:
            row["observed"], row["hazard"] = "unknown", None
    return found


def test_compare_when_the_run_is_incomplete_finds_no_undecided_rows() -> None:
    # One row is in the baseline, the other is not.
    found = unreached(cut_short(), "PutObject/If-Match", "ListBuckets")
    result = compared(found)
    assert [(it.kind, it.row) for it in result.findings] == [(Kind.INCOMPLETE, None)]


def test_compare_when_the_run_is_complete_finds_undecided_rows() -> None:
    result = compared(unreached(document(), "PutObject/If-Match", "ListBuckets"))
    assert [(it.kind, it.row) for it in result.findings] == [
        (Kind.UNDECIDED, "ListBuckets"),
        (Kind.UNDECIDED, "PutObject/If-Match"),
    ]


def test_compare_when_the_run_is_incomplete_still_finds_new_divergences() -> None:
    found = unreached(cut_short(), "PutObject/If-Match")
    next(row for row in found["rows"] if row["id"] == "ListBuckets")["observed"] = "rejected"
    kinds = [it.kind for it in compared(found).findings]
    assert kinds == [Kind.INCOMPLETE, Kind.NEW]


def test_compare_when_a_row_of_the_baseline_differs_does_not_count_it_as_known() -> None:
    assert compared(document()).known == 6
    assert compared(document(**{"ListBuckets/prefix": "rejected"})).known == 5  # changed
    assert compared(document(**{"ListBuckets/prefix": "supported"})).known == 5  # fixed
    assert compared(document(), BASELINE.replace("planned for 3.0", "TODO")).known == 5


def test_compare_when_an_incomplete_run_did_not_reach_a_row_does_not_count_it_as_known() -> None:
    assert compared(unreached(cut_short(), "PutObject/If-Match")).known == 5
