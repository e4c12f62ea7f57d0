"""Importing onto files: what changed, which notes stay, what is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.errors import ConformanceError, MatrixError, PageError
from conformance.matrix import Row, load
from conformance.matrix.importer import diff_rows, run, update
from conformance.verdict import Documented

SCRAPE = Path(__file__).parent / "pages" / "scrape.md"
DOCS = "https://docs.example/API"


def run_on(page: Path, output: Path | None) -> str:
    """`run` without dates."""
    return run(
        page,
        output,
        vendor="Example Store",
        source="https://store.example/s3/",
        published=None,
        retrieved=None,
    )


def row(name: str, **changes: Any) -> Row:
    """A row of an operation or, with a slash in its id, of a feature."""
    operation, _, feature = name.partition("/")
    given: dict[str, Any] = {
        "id": name,
        "level": "object",
        "operation": operation,
        "group": None,
        "feature": feature or None,
        "documented": Documented.IMPLEMENTED,
        "note": None,
        "docs": "https://a.example/",
        "value_of": None,
        "line": 1,
    }
    return Row(**{**given, **changes})


UNIMPLEMENTED = {"documented": Documented.UNIMPLEMENTED}
CHANGES = {
    "nothing": ([row("A")], [row("A", line=9)], "no rows changed"),
    "added": ([row("A")], [row("A"), row("A/x", **UNIMPLEMENTED)], "+ A/x: unimplemented"),
    "removed": ([row("A"), row("A/x")], [row("A")], "- A/x: implemented"),
    "status": (
        [row("A")],
        [row("A", **UNIMPLEMENTED)],
        "~ A: implemented -> unimplemented",
    ),
    "status under a note": (
        [row("A/x", note="why")],
        [row("A/x", note="why", **UNIMPLEMENTED)],
        "~ A/x: implemented -> unimplemented (note kept: 'why')",
    ),
    "level": ([row("A")], [row("A", level="bucket")], "~ A: level object -> bucket"),
    "group": ([row("A/x")], [row("A/x", group="G")], "~ A/x: group none -> G"),
    "value": ([row("A/x")], [row("A/x", value_of="y")], "~ A/x: value of none -> y"),
    "docs": (
        [row("A"), row("A/x")],
        [row("A", docs="https://b.example/"), row("A/x", docs="https://b.example/")],
        "~ A: docs https://a.example/ -> https://b.example/",
    ),
    "note": ([row("A", note="old")], [row("A")], "~ A: note 'old' -> nothing"),
    "order": ([row("A"), row("B")], [row("B"), row("A")], "~ the rows stand in another order"),
    "several": (
        [row("A"), row("B"), row("C")],
        [row("D"), row("B", note="n"), row("C")],
        "- A: implemented\n+ D: implemented\n~ B: note nothing -> 'n'",
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), CHANGES.values(), ids=CHANGES)
def test_changes_are_told_line_by_line(old: list[Row], new: list[Row], expected: str) -> None:
    assert diff_rows(old, new) == expected


def test_first_run_writes_every_row(tmp_path: Path) -> None:
    output = tmp_path / "store.yaml"

    told = run_on(SCRAPE, output)

    rows = load(output).rows
    assert told.splitlines() == [f"+ {row.id}: {row.documented.value}" for row in rows]
    assert len(rows) == 33
    assert [path.name for path in tmp_path.iterdir()] == ["store.yaml"]


def test_second_run_keeps_notes_and_changes_nothing(tmp_path: Path) -> None:
    output = tmp_path / "store.yaml"
    run_on(SCRAPE, output)
    noted = output.read_text(encoding="utf-8").replace(
        "partNumber: implemented", "partNumber: {status: implemented, note: from 1}"
    )
    assert "from 1" in noted
    output.write_text(noted, encoding="utf-8")

    assert run_on(SCRAPE, output) == "no rows changed"
    assert output.read_text(encoding="utf-8") == noted


def test_run_on_a_changed_page_tells_the_change(tmp_path: Path) -> None:
    output, page = tmp_path / "store.yaml", tmp_path / "page.md"
    run_on(SCRAPE, output)
    page.write_text(
        SCRAPE.read_text(encoding="utf-8")
        .replace("❌ Object Lifecycle", "✅ Object Lifecycle")
        .replace("API_GetObjectTagging", "API_PutObjectTagging"),
        encoding="utf-8",
    )

    assert run_on(page, output).splitlines() == [
        "~ PutObject/Object Lifecycle: unimplemented -> implemented",
        f"~ GetObjectTagging: docs {DOCS}_GetObjectTagging.html -> {DOCS}_PutObjectTagging.html",
    ]


def test_run_without_output_gives_the_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert yaml.safe_load(run_on(SCRAPE, None))["vendor"] == "Example Store"
    assert list(tmp_path.iterdir()) == []


def test_page_that_is_not_understood_leaves_the_matrix_alone(tmp_path: Path) -> None:
    output, page = tmp_path / "store.yaml", tmp_path / "page.md"
    run_on(SCRAPE, output)
    before = output.read_bytes()
    text = SCRAPE.read_text(encoding="utf-8")
    page.write_text(text.replace("❌ x-amz-mfa", "⚠️ x-amz-mfa"), encoding="utf-8")

    with pytest.raises(PageError):
        run_on(page, output)

    assert output.read_bytes() == before


def test_output_that_is_no_matrix_is_left_alone(tmp_path: Path) -> None:
    output = tmp_path / "store.yaml"
    output.write_text("vendor: someone's own file\n", encoding="utf-8")

    with pytest.raises(MatrixError):
        run_on(SCRAPE, output)

    assert output.read_text(encoding="utf-8") == "vendor: someone's own file\n"


def test_run_when_the_rendered_matrix_does_not_load_keeps_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "store.yaml"
    run_on(SCRAPE, output)
    before = output.read_bytes()
    monkeypatch.setattr(update, "render", lambda _: "vendor: [")

    with pytest.raises(MatrixError):
        run_on(SCRAPE, output)

    assert output.read_bytes() == before


def test_missing_page_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConformanceError, match=r"none\.md cannot be read: No such file"):
        run_on(tmp_path / "none.md", None)


def test_page_in_another_encoding_is_one_sentence(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_bytes("✅".encode("utf-16"))

    with pytest.raises(ConformanceError, match=r"page\.md is not UTF-8 text"):
        run_on(page, None)


def test_output_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConformanceError, match=r"store\.yaml: cannot be written: No such file"):
        run_on(SCRAPE, tmp_path / "none" / "store.yaml")
