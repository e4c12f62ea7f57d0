"""The words of findings, and the lines that an update writes into a baseline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.errors import BaselineError
from conformance.gate import Kind, Policy, compare, expected
from conformance.gate.baseline import Baseline, KnownDivergence, Table, parsed
from conformance.gate.update import _scalar, update
from conformance.verdict import Documented, Hazard, Observed
from tests.baseline_text import BASELINE, HEADER, write
from tests.golden.small import document

SOURCE = "https://developers.cloudflare.com/r2/api/s3/api/"
KNOWN = KnownDivergence(
    row="PutObject", documented=Documented.IMPLEMENTED, observed=(Observed.IGNORED,)
)


def read(text: str) -> Baseline:
    return parsed(Path("b.yaml"), text.encode())


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (KNOWN, "implemented, ignored"),
        (replace(KNOWN, hazard=Hazard.SILENT), "implemented, ignored (silent hazard)"),
        (
            replace(KNOWN, flaky=True, observed=(Observed.IGNORED, Observed.BROKEN)),
            "implemented, flaky: ignored or broken",
        ),
    ],
)
def test_expected_when_told_names_all_words_of_the_entry(
    entry: KnownDivergence, words: str
) -> None:
    assert expected(entry) == words


@pytest.mark.parametrize(
    ("reason", "link", "unexplained"),
    [
        ("why", "https://h", False),
        ("TODO", "https://h", True),
        ("why", "TODO: ask", True),
        ("not TODO", "https://h", False),
    ],
)
def test_entry_when_reason_or_link_is_missing_is_unexplained(
    reason: str, link: str, unexplained: bool
) -> None:
    assert replace(KNOWN, reason=reason, link=link).unexplained is unexplained


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("PutObject/If-Matsch", "; did you mean PutObject/If-Match?"),
        ("PutObject/x-amz-match", ""),
    ],
)
def test_unknown_row_when_its_name_is_alike_suggests_the_row(name: str, hint: str) -> None:
    text = BASELINE.replace("PutObject/If-Match:", f"{name}:")
    findings = compare(document(), read(text), Policy()).findings
    [finding] = [it for it in findings if it.kind is Kind.UNKNOWN_ROW]
    line = text.splitlines().index(f"  {name}:  # since 2.1") + 1
    assert finding.row == name
    assert finding.text == f"b.yaml:{line}: the matrix has no such row{hint}"


@pytest.mark.parametrize("ids", ["[]", "[a, a]"])
@pytest.mark.parametrize("key", ["checks", "quirks"])
def test_baseline_when_a_list_of_checks_is_empty_or_repeats_one_is_refused(
    key: str, ids: str
) -> None:
    text = BASELINE.replace("    observed: partial", f"    observed: partial\n    {key}: {ids}")
    with pytest.raises(BaselineError) as why:
        read(text)
    assert str(why.value).endswith("a list of different check ids is needed here")


def test_baseline_when_its_table_has_an_unknown_key_is_refused_with_the_line() -> None:
    with pytest.raises(BaselineError, match=r"^b\.yaml:6: unknown key 'mood'"):
        read(BASELINE.replace("  source:", "  mood: good\n  source:"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain", "plain"),
        ("two words", "two words"),
        ("with: colon", '"with: colon"'),
        ("a # comment", '"a # comment"'),
        ("yes", '"yes"'),
        ("12", '"12"'),
        ("", '""'),
        ("2026-01-01", '"2026-01-01"'),
        ("2026-99-99", '"2026-99-99"'),
        ("[open", '"[open"'),
        ('say "é"\n', '"say \\"é\\"\\n"'),
    ],
)
def test_scalar_when_yaml_would_take_it_for_another_is_quoted(text: str, line: str) -> None:
    assert _scalar(text) == line
    assert yaml.safe_load(f"x: {line}") == {"x": text}


def updated(directory: Path, text: str, table: Table) -> str:
    """The baseline's text after a run of the small results as those of another table."""
    found = document()
    claims = {row["id"]: Documented(row["documented"]) for row in found["rows"]}
    path = write(directory, text)
    update(path, found["rows"], Policy(), endpoint="x", table=table, claims=claims)
    return path.read_text(encoding="utf-8")


def test_update_when_the_matrix_changed_writes_its_lines_and_keeps_their_comments(
    tmp_path: Path,
) -> None:
    text = BASELINE.replace("rows: 12\n", "rows: 12  # all of them\n")
    after = updated(tmp_path, text, Table(name="r3.yaml", source=SOURCE, rows=13, sha256="12"))
    head, _, rest = after.partition("\nrows:\n")
    assert head == (
        "# Kept by the storage team.\n"
        "s3-conformance-baseline: 1\n"
        "endpoint: Store A\n"
        "matrix:\n"
        "  name: r3.yaml\n"
        f"  source: {SOURCE}\n"
        "  rows: 13  # all of them\n"
        '  sha256: "12"'
    )
    assert rest == BASELINE.partition("\nrows:\n")[2]


def test_update_when_the_matrix_stands_behind_the_rows_writes_its_lines(tmp_path: Path) -> None:
    start = HEADER.index("matrix:")
    text = HEADER[:start] + BASELINE.removeprefix(HEADER) + HEADER[start:]
    after = updated(tmp_path, text, Table(name="r3.yaml", source=SOURCE, rows=13, sha256="ab"))
    assert after.endswith(
        f"# the end\nmatrix:\n  name: r3.yaml\n  source: {SOURCE}\n  rows: 13\n  sha256: ab\n"
    )


def test_update_when_there_is_no_baseline_writes_one_that_is_read(tmp_path: Path) -> None:
    found: Any = document()
    claims = {row["id"]: Documented(row["documented"]) for row in found["rows"]}
    table = Table(name="yes", source=SOURCE, rows=12, sha256="123")
    path = tmp_path / "new.yaml"
    made = update(path, found["rows"], Policy(), endpoint="a: b", table=table, claims=claims)
    assert (made.endpoint, made.table, made.path) == ("a: b", table, path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Known divergences. The gate opens only if")
    assert 'endpoint: "a: b"\nmatrix:\n  name: "yes"\n' in text
    assert (
        "  PutObject/If-Match:\n"
        "    documented: implemented\n"
        "    observed: ignored\n"
        "    hazard: silent\n"
        "    reason: TODO\n"
        "    link: TODO\n"
    ) in text
