"""A baseline that names failed checks: one more or one less closes the gate."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pytest

from conformance import results
from conformance.errors import BaselineError
from conformance.gate import Kind, Policy, Quirks, baseline, claims_of, compare, table_of, update
from conformance.results import Document
from tests.golden.small import document

ROW = "PutObject"
CHECK: Final[dict[str, Any]] = {
    "expected": "e",
    "observed": "o",
    "source": "s",
    "hazard": None,
    "exchanges": [],
}


def run_with(failed: str = "", quirks: str = "") -> Document:
    """One implemented row, partial for these checks, or supported with these quirks."""
    made = document()
    made["rows"] = [row for row in made["rows"] if row["id"] == ROW]
    row: Any = made["rows"][0]
    ids: Any = [
        {**CHECK, "id": "core-one", "weight": "core", "outcome": "held"},
        *({**CHECK, "id": it, "weight": "promise", "outcome": "wrong"} for it in failed.split()),
        *({**CHECK, "id": it, "weight": "detail", "outcome": "wrong"} for it in quirks.split()),
    ]
    word = "partial" if failed else "supported"
    row.update(
        documented="implemented", observed=word, decided_by="checks", checks=ids, hazard=None,
        divergence="partial" if failed else "none", quirks=len(quirks.split()),
    )  # fmt: skip
    made["summary"] = results.summarise(made["rows"])
    results.require_consistent(made)
    return made


def updated(path: Path, made: Document, policy: Policy) -> baseline.Baseline:
    claims = claims_of(made["rows"])
    known = update.update(
        path, made["rows"], policy, endpoint="x", table=table_of(made, claims), claims=claims
    )
    path.write_text(path.read_text().replace("TODO", "https://bugs.example/1"))
    return baseline.load(path) if known else known


def kinds(made: Document, known: baseline.Baseline, policy: Policy) -> list[Kind]:
    return [finding.kind for finding in compare(made, known, policy).findings]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("a b", "a b", []),
        ("a b", "b a", []),
        ("a", "a b", [Kind.NEW]),
        ("a b", "a", [Kind.FIXED]),
        ("a", "b", [Kind.NEW]),
    ],
)
def test_baseline_that_names_failed_checks_expects_just_these(
    tmp_path: Path, before: str, after: str, found: list[Kind]
) -> None:
    known = updated(tmp_path / "b.yaml", run_with(before), Policy())
    assert known.entries[ROW].checks == tuple(before.split())
    assert kinds(run_with(after), known, Policy()) == found


def test_finding_names_the_check_that_is_new(tmp_path: Path) -> None:
    known = updated(tmp_path / "b.yaml", run_with("a"), Policy())
    (finding,) = compare(run_with("a b"), known, Policy()).findings
    assert "does not name the failed check b" in finding.text


def test_baseline_without_checks_excuses_any_of_a_partial_row(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    updated(path, run_with("a"), Policy())
    path.write_text(re.sub(r" +checks:.*\n", "", path.read_text()))
    assert kinds(run_with("a b"), baseline.load(path), Policy()) == []


def test_update_of_changed_checks_keeps_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    updated(path, run_with("a"), Policy())
    entry = updated(path, run_with("a b"), Policy()).entries[ROW]
    assert (entry.checks, entry.link) == (("a", "b"), "https://bugs.example/1")


@pytest.mark.parametrize(
    ("quirks", "found"),
    [(Quirks.IGNORE, []), (Quirks.REPORT, []), (Quirks.FAIL, [Kind.NEW])],
)
def test_quirk_closes_the_gate_only_where_quirks_fail(
    tmp_path: Path, quirks: Quirks, found: list[Kind]
) -> None:
    known = updated(tmp_path / "b.yaml", run_with(), Policy())
    assert kinds(run_with(quirks="q"), known, Policy(quirks=quirks)) == found


def test_update_where_quirks_fail_names_them_and_opens_the_gate(tmp_path: Path) -> None:
    policy = Policy(quirks=Quirks.FAIL)
    known = updated(tmp_path / "b.yaml", run_with(quirks="q r"), policy)
    assert known.entries[ROW].quirks == ("q", "r")
    assert kinds(run_with(quirks="q r"), known, policy) == []
    assert kinds(run_with(quirks="q r"), known, Policy()) == []
    assert kinds(run_with(quirks="q"), known, policy) == [Kind.FIXED]
    assert kinds(run_with(quirks="q r s"), known, policy) == [Kind.NEW]


@pytest.mark.parametrize("text", ["[]", "[a, a]", "a", "[1]"])
def test_checks_that_are_no_list_of_ids_are_refused_with_the_line(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "b.yaml"
    updated(path, run_with("a"), Policy())
    path.write_text(path.read_text().replace("checks: [a]", f"checks: {text}"))
    with pytest.raises(BaselineError, match=r"b\.yaml:\d+: "):
        baseline.load(path)


def test_gate_where_quirks_fail_compares_checks_and_quirks_together(tmp_path: Path) -> None:
    policy = Policy(quirks=Quirks.FAIL)
    known = updated(tmp_path / "b.yaml", run_with("a b", quirks="q r"), policy)
    assert known.entries[ROW].checks == ("a", "b")
    assert kinds(run_with("a b", quirks="q r"), known, policy) == []
    assert kinds(run_with("a b", quirks="q"), known, policy) == [Kind.FIXED]
    assert kinds(run_with("a b c", quirks="q r"), known, policy) == [Kind.NEW]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ("a b c d", "the baseline does not name the failed check c, d ("),
        ("c d", "the baseline does not name the failed check c, d ("),
        ("b c", "the baseline does not name the failed check c ("),
        ("", "no longer fails a, b; update the baseline ("),
    ],
)
def test_finding_when_several_checks_differ_names_them_all(
    tmp_path: Path, after: str, said: str
) -> None:
    known = updated(tmp_path / "b.yaml", run_with("a b"), Policy())
    [finding] = compare(run_with(after), known, Policy()).findings
    assert finding.text.startswith(said)
