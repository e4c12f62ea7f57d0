"""What a results file may not say of itself: each contradiction in its own sentence."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance import results
from conformance.errors import ResultsError
from conformance.results import document as documents
from tests.golden.small import document

ROW = "PutObject/If-Match"


def row_of(made: Any) -> Any:
    return next(row for row in made["rows"] if row["id"] == ROW)


def check(weight: str, outcome: str, *exchanges: int) -> dict[str, Any]:
    return {
        "id": f"{weight}-{outcome}",
        "weight": weight,
        "outcome": outcome,
        "expected": "e",
        "observed": "o",
        "source": "RFC 9110",
        "hazard": None,
        "exchanges": [*exchanges],
    }


def checked(*checks: dict[str, Any], **changes: Any) -> Callable[[Any], object]:
    """A row that is decided by these checks."""

    def change(made: Any) -> None:
        row_of(made).update(decided_by="checks", checks=[*checks], **changes)
        made["summary"] = results.summarise(made["rows"])

    return change


def repeated(*words: str) -> Callable[[Any], object]:
    def change(made: Any) -> None:
        repeats = [{"observed": word, "hazard": None, "reason": "r"} for word in words]
        row_of(made)["repeats"] = repeats

    return change


CONTRADICTIONS: dict[str, tuple[Callable[[Any], object], str]] = {
    "rows miscounted": (
        lambda it: it["summary"].update(rows=11),
        "its summary counts 11 as rows, its rows 12",
    ),
    "quirks miscounted": (
        lambda it: it["summary"].update(quirks=1),
        "its summary counts 1 as quirks, its rows 0",
    ),
    "hazards miscounted": (
        lambda it: it["summary"].update(hazards=2),
        "its summary counts 2 as hazards, its rows 3",
    ),
    "quirks of a row miscounted": (
        checked(check("core", "ignored"), check("detail", "wrong"), quirks=2),
        f"row {ROW} counts 2 quirks, its checks 1",
    ),
    "a word that the checks do not give": (
        checked(check("core", "held")),
        f"row {ROW} is ignored, by its checks supported",
    ),
    "a word that no check gives": (
        checked(check("core", "not-observed")),
        f"row {ROW} is ignored, by its checks undecided",
    ),
    "an exchange behind the last": (
        checked(check("core", "ignored", 0, 4)),
        f"check core-ignored of row {ROW} refers to an exchange that the row does not have",
    ),
    "a word of no observation": (
        repeated("supported", "supported"),
        f"row {ROW} is ignored, which does not follow from its observations: supported",
    ),
    "a word of one of several": (
        repeated("supported", "ignored"),
        f"row {ROW} is ignored, which does not follow from its observations: ignored, supported",
    ),
    "a divergence of other words": (
        lambda it: row_of(it).update(divergence="partial"),
        f"row {ROW} is implemented and ignored, so its divergence must be missing, not partial",
    ),
    "a row three times": (
        lambda it: it["rows"].extend([row_of(it)] * 2),
        f"row {ROW} occurs 3 times",
    ),
}


@pytest.mark.parametrize(("change", "says"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_document_when_it_contradicts_itself_is_refused_with_its_name(
    change: Callable[[Any], object], says: str
) -> None:
    made: Any = document()
    change(made)
    with pytest.raises(ResultsError) as why:
        results.require_consistent(made)
    assert str(why.value) == f"results: {says}"
    with pytest.raises(ResultsError) as named:
        results.require_consistent(made, "r.json")
    assert str(named.value) == f"r.json: {says}"


CONSISTENT: dict[str, Callable[[Any], object]] = {
    "as it is": lambda it: None,
    "decided by a request, whatever its checks": lambda it: row_of(it).update(
        checks=[check("core", "held")]
    ),
    "checks with the last exchange": checked(check("core", "ignored", 0, 3)),
    "checks whose evidence was left out": checked(check("core", "ignored", 9), exchanges=[]),
    "quirks": checked(
        check("core", "ignored"),
        check("detail", "wrong"),
        check("detail", "ignored"),
        check("detail", "held"),
        check("promise", "wrong"),
        quirks=2,
    ),
    "observed the same twice": repeated("ignored", "ignored"),
    "no observation kept": repeated(),
}


@pytest.mark.parametrize("change", CONSISTENT.values(), ids=CONSISTENT)
def test_document_when_it_is_consistent_is_accepted(change: Callable[[Any], object]) -> None:
    made: Any = document()
    change(made)
    results.require_consistent(made)


@pytest.mark.parametrize("word", ["partial", "unknown"])
def test_document_when_observations_differ_may_settle_for(word: str) -> None:
    made: Any = document(**{ROW: word})
    repeated("supported", "ignored")(made)
    results.require_consistent(made)


def test_summary_when_rows_have_quirks_adds_them_up() -> None:
    made: Any = document()
    made["rows"][0]["quirks"], made["rows"][1]["quirks"] = 2, 3
    summary = results.summarise(made["rows"])
    assert (summary["quirks"], summary["hazards"], summary["rows"]) == (5, 3, 12)
    assert summary["observed"]["broken"] == 1


@pytest.mark.parametrize(
    ("quirks", "ids"), [(False, ["core-wrong", "promise-ignored"]), (True, ["detail-wrong"])]
)
def test_failed_checks_when_quirks_are_asked_for_are_those_alone(
    quirks: bool, ids: list[str]
) -> None:
    made: Any = document()
    row_of(made)["checks"] = [
        check("core", "wrong"),
        check("core", "held"),
        check("detail", "wrong"),
        check("detail", "not-observed"),
        check("promise", "ignored"),
        check("promise", "not-observed"),
    ]
    assert results.failed_checks(row_of(made), quirks=quirks) == ids
    assert results.failed_checks(row_of(made)) == ["core-wrong", "promise-ignored"]


@pytest.mark.parametrize(
    ("words", "seen", "flaky"),
    [
        ((), {"ignored": 1}, False),
        (("ignored", "ignored"), {"ignored": 2}, False),
        (("broken", "ignored", "broken"), {"broken": 2, "ignored": 1}, True),
    ],
)
def test_seen_when_a_row_was_repeated_counts_its_words(
    words: tuple[str, ...], seen: dict[str, int], flaky: bool
) -> None:
    made: Any = document()
    repeated(*words)(made)
    assert results.seen(row_of(made)) == seen
    assert results.is_flaky(row_of(made)) is flaky
    del row_of(made)["repeats"]
    assert results.seen(row_of(made)) == {"ignored": 1}


def test_assemble_when_interrupted_is_not_complete() -> None:
    made = document()
    run = {**made["run"], "interrupted": "stopped"}
    cut = results.assemble(run=run, endpoint=made["endpoint"], rows=tuple(made["rows"]))  # type: ignore[arg-type]
    assert cut == {**made, "run": run, "complete": False}
    assert made["complete"] is True
    assert made["schema_version"] == 2


@pytest.mark.parametrize(("length", "shown"), [(160, "x" * 160), (161, "x" * 160 + "…")])
def test_message_when_it_quotes_a_file_is_one_short_line(length: int, shown: str) -> None:
    assert documents._short("x" * length) == shown
    assert documents._short(" a\n  b ") == "a b"


def test_write_when_a_number_is_none_of_json_s_writes_nothing(tmp_path: Path) -> None:
    made = document()
    made["rows"][0]["seconds"] = math.nan
    with pytest.raises((ResultsError, ValueError)):
        results.write(tmp_path / "r.json", made)
    assert not [*tmp_path.iterdir()]


def test_write_when_read_by_people_has_one_field_a_line(tmp_path: Path) -> None:
    results.write(tmp_path / "r.json", document())
    assert (tmp_path / "r.json").read_text().startswith('{\n "schema_version": 2,\n')


@pytest.mark.parametrize("headers", [{}, "", [["a"]], ["ab"], [["a", 1]]])
def test_write_when_headers_are_no_pairs_is_refused(tmp_path: Path, headers: object) -> None:
    made: Any = document()
    row_of(made)["exchanges"][0]["request"]["headers"] = headers
    with pytest.raises(ResultsError, match="headers"):
        results.write(tmp_path / "r.json", made)
