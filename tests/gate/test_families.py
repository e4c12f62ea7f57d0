"""Entries for families of rows: one reason for many, and still compared in both directions."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.errors import BaselineError
from conformance.gate import Kind, Policy, baseline, claims_of, compare, table_of, update
from conformance.results import Document
from tests.baseline_text import HEADER, write
from tests.golden.small import document

LINES = "    reason: r\n    link: https://bugs.example/1\n"
# All that diverges in the small document, but for the rows of the families below.
OWN = f"""\
  ListBuckets/prefix:
    documented: implemented
    observed: partial
{LINES}  DeleteBucketTagging:
    documented: unimplemented
    observed: ignored
    hazard: destructive
{LINES}  PutObject/If-Match:
    documented: implemented
    observed: ignored
    hazard: silent
{LINES}  PutObject/Content-MD5:
    documented: implemented
    observed: broken
    hazard: corrupting
{LINES}"""
PAYER = f"""\
  PutObject/x-amz-*:
    documented: unimplemented
    observed: [unproven, unknown]
{LINES}"""
ACL = f"""\
  "*/x-amz-acl":
    documented: experimental
    observed: unknown
{LINES}"""


def findings(folder: Path, rows: str, made: Document | None = None) -> list[tuple[str, str | None]]:
    made = made or document()
    known = baseline.load(write(folder, f"{HEADER}rows:\n{rows}"))
    result = compare(made, known, Policy(), claims_of(document()["rows"]))
    return [(it.kind.value, it.row) for it in result.findings]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (PAYER + ACL, []),
        # Its reason is its own, and the family's says nothing of it.
        (PAYER + ACL + PAYER.replace("x-amz-*", "x-amz-request-payer")
         .replace("[unproven, unknown]", "unproven").replace("reason: r", "reason: TODO"),
         [("stale", "PutObject/x-amz-*"), ("unexplained", "PutObject/x-amz-request-payer")]),
        (PAYER, [("undecided", "PutObject/x-amz-acl")]),
        (PAYER + ACL.replace("unknown", "[unknown, ignored]"), []),
        (PAYER + ACL.replace("unknown", "ignored"),
         [("undecided", "PutObject/x-amz-acl"), ("stale", "*/x-amz-acl")]),
        (PAYER + ACL + ACL.replace('"*/x-amz-acl"', "GetBucketAcl*"), [("stale", "GetBucketAcl*")]),
        (PAYER + ACL + ACL.replace('"*/', '"*/no-'), [("unknown-row", "*/no-x-amz-acl")]),
        (PAYER + ACL.replace("reason: r", "reason: TODO"),
         [("unexplained", "PutObject/x-amz-acl")]),
    ],
)  # fmt: skip
def test_family_excuses_the_rows_that_diverge_as_it_says(
    tmp_path: Path, rows: str, found: list[tuple[str, str]]
) -> None:
    assert findings(tmp_path, OWN + rows) == found


def test_family_whose_rows_diverge_otherwise_or_no_more_closes_the_gate(tmp_path: Path) -> None:
    """A hazard is never excused by an entry that does not name it."""
    changed = document(**{"PutObject/x-amz-request-payer": "rejected"})
    assert findings(tmp_path, OWN + PAYER + ACL, changed) == [("stale", "PutObject/x-amz-*")]
    changed["rows"][10]["hazard"] = "silent"
    assert findings(tmp_path, OWN + PAYER + ACL, changed) == [
        ("new", "PutObject/x-amz-request-payer"),
        ("stale", "PutObject/x-amz-*"),
    ]


def test_family_of_rows_that_were_not_all_run_is_not_stale(tmp_path: Path) -> None:
    made = document()
    del made["rows"][10]
    assert findings(tmp_path, OWN + PAYER + ACL, made) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[unproven, unknown]", "[unproven]", "observed of several rows must list at least two"),
        ("[unproven, unknown]", "[unproven, none]", "'none' is not one of"),
        ("    reason", "    flaky: true\n    reason", "a flaky row needs an entry of its own"),
    ],
)
def test_family_when_malformed_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(BaselineError, match=said):
        baseline.load(write(tmp_path, f"{HEADER}rows:\n{PAYER.replace(old, new)}"))


def test_update_keeps_a_family_that_is_needed_and_adds_no_entry_for_its_rows(
    tmp_path: Path,
) -> None:
    stale = ACL.replace('"*/x-amz-acl"', "GetBucketAcl*")
    path = write(tmp_path, f"{HEADER}rows:\n{OWN}{PAYER}{stale}{ACL}")
    made = document()
    claims = claims_of(made["rows"])
    table = table_of(made, claims)
    update.update(path, made["rows"], Policy(), endpoint="e", table=table, claims=claims)
    assert path.read_text() == f"{HEADER}rows:\n{OWN}{PAYER}{ACL}"
    # A family of rows that were not run stays.
    update.update(path, made["rows"][:3], Policy(), endpoint="e", table=table, claims=claims)
    assert path.read_text() == f"{HEADER}rows:\n{OWN}{PAYER}{ACL}"


def test_finding_of_a_stale_family_names_its_line(tmp_path: Path) -> None:
    known = baseline.load(write(tmp_path, f"{HEADER}rows:\n{OWN}{PAYER}{ACL}{stale_family()}"))
    (found,) = compare(document(), known, Policy()).findings
    assert found.kind is Kind.STALE
    assert "b.yaml:" in found.text
    assert found.text.endswith("none of its 2 rows diverges as it says; remove the entry")


def stale_family() -> str:
    return ACL.replace('"*/x-amz-acl"', "GetBucketAcl*")
