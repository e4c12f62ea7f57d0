"""Reading a page and writing it as YAML: three layouts, every refusal, notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from conformance.errors import ConformanceError, PageError
from conformance.matrix import load
from conformance.matrix.importer import ImportedMatrix, import_page, keep_notes, render

PAGES = Path(__file__).parent / "pages"
SCRAPE = PAGES / "scrape.md"
SOURCE = "https://store.example/s3/"
REFUSED = yaml.safe_load((PAGES / "refused.yaml").read_text(encoding="utf-8"))


def imported(text: str) -> ImportedMatrix:
    """Import a page whose name in messages is `page.md`."""
    return import_page(
        text,
        path="page.md",
        vendor="Example Store",
        source=SOURCE,
        published=date(2026, 1, 2),
        retrieved=date(2026, 3, 4),
    )


def put_object(*features: str) -> str:
    """A page whose one operation has these features, the first of them on line 4."""
    rows = "\n".join(features)
    return (
        f"## Object\nAPI Name | Feature\n---|---\n✅ [PutObject](https://docs.example/) | {rows}\n"
    )


@pytest.mark.parametrize("name", ["rendered.md", "source.mdx"])
def test_layouts_of_one_page_agree(name: str) -> None:
    """What a page says does not depend on how it was saved."""
    text = (PAGES / name).read_text(encoding="utf-8")

    assert imported(text) == imported(SCRAPE.read_text(encoding="utf-8"))


def test_invisible_characters_change_nothing() -> None:
    """A byte order mark, Windows line ends, zero-width spaces."""
    text = SCRAPE.read_text(encoding="utf-8")
    noisy = text.replace("❌ x-amz-mfa", "\u200b❌ \u200bx-amz-mfa").replace("\n", "\r\n")

    assert imported("\ufeff" + noisy) == imported(text)


def test_level_is_that_of_the_nearest_heading() -> None:
    page = put_object("✅ x-amz-acl").replace("## Object", "# Object store\n## Buckets\n### Limits")

    assert imported(page).operations[0].level == "bucket"


def test_member_without_indent_before_one_with_it_is_no_header_of_it() -> None:
    """The source forgets indents, so depth alone makes no value."""
    page = put_object("✅ ACL: <br/> ✅ x-amz-acl <br/>   ✅ x-amz-grant-read")

    features = imported(page).operations[0].groups[0].features

    assert [(feature.name, feature.value_of) for feature in features] == [
        ("x-amz-acl", None),
        ("x-amz-grant-read", None),
    ]


def test_rendered_yaml_is_the_page() -> None:
    """Every key, in the order and style that a reviewer of a change relies on."""
    expected = (PAGES / "matrix.txt").read_text(encoding="utf-8")

    assert render(imported(SCRAPE.read_text(encoding="utf-8"))) == expected


def test_rendered_yaml_loads_with_every_row(tmp_path: Path) -> None:
    """8 operations, 15 features, 4 checksum cells, 6 uses of regions."""
    path = tmp_path / "matrix.yaml"
    path.write_text(render(imported(SCRAPE.read_text(encoding="utf-8"))), encoding="utf-8")

    assert len(load(path).rows) == 33


@pytest.mark.parametrize("word", ["`auto`", "empty", "`us-east-1`", "`LocationConstraint`"])
def test_no_region_rows_where_the_section_lacks_a_fact(word: str) -> None:
    text = SCRAPE.read_text(encoding="utf-8")
    assert word in text

    matrix = imported(text.replace(word, "something"))

    assert matrix.regions == {}
    assert "regions" not in yaml.safe_load(render(matrix))


@pytest.mark.parametrize("refused", REFUSED, ids=[refused["case"] for refused in REFUSED])
def test_refused_with_file_and_line(refused: dict[str, str]) -> None:
    """Nothing in a table is skipped: what is not understood is one sentence."""
    with pytest.raises(PageError) as error:
        imported(refused["page"])

    assert str(error.value) == refused["error"]


@pytest.mark.parametrize("source", ["", "store.example", "ftp://store.example/", "https://[x/"])
def test_source_must_be_a_url(source: str) -> None:
    with pytest.raises(ConformanceError, match="is not an http"):
        import_page(
            put_object("✅ x-amz-acl"),
            path="page.md",
            vendor="Example",
            source=source,
            published=None,
            retrieved=None,
        )


def test_vendor_must_have_a_name() -> None:
    with pytest.raises(ConformanceError, match="the vendor has no name"):
        import_page(
            put_object("✅ x-amz-acl"),
            path="page.md",
            vendor=" ",
            source=SOURCE,
            published=None,
            retrieved=None,
        )


def test_dates_that_are_not_known_are_not_written() -> None:
    matrix = replace(imported(put_object("✅ x-amz-acl")), published=None, retrieved=None)

    assert list(yaml.safe_load(render(matrix))) == [
        "s3-conformance",
        "vendor",
        "source",
        "operations",
    ]


@pytest.mark.parametrize(
    "note",
    [
        "plain words",
        "yes",
        "2026",
        "a, b",
        "a: b",
        "a #b",
        "{a}",
        "it's",
        '"quoted"',
        "❌ → ✅",
        "[",
        "",
    ],
)
@pytest.mark.parametrize("row", ["PutObject", "PutObject/x-amz-acl"])
def test_any_note_reads_back(note: str, row: str, tmp_path: Path) -> None:
    """Whatever a note holds, the loader finds it again, in block and in flow style."""
    matrix = keep_notes(imported(put_object("✅ x-amz-acl")), {row: note})
    path = tmp_path / "matrix.yaml"
    path.write_text(render(matrix), encoding="utf-8")

    assert {entry.id: entry.note for entry in load(path).rows}[row] == (note or None)


def test_only_what_needs_quotes_has_them() -> None:
    matrix = imported(put_object("✅ x-amz-acl", "✅ No", "✅ Range (first, last)"))
    text = render(keep_notes(matrix, {"PutObject": "bytes, not text"}))

    assert "            x-amz-acl: implemented\n" in text
    assert '            "No": implemented\n' in text
    assert '            Range: {status: implemented, note: "first, last"}\n' in text
    assert "      note: bytes, not text\n" in text


NOTES = {
    "kept": ("✅ Range", "ours", "ours"),
    "the page's": ("✅ Range (theirs)", None, "theirs"),
    "the page's before ours": ("✅ Range (theirs)", "ours", "theirs; ours"),
    "the page's already in ours": ("✅ Range (theirs)", "theirs; ours", "theirs; ours"),
    "none": ("✅ Range", None, None),
}


@pytest.mark.parametrize(("feature", "kept", "expected"), NOTES.values(), ids=NOTES)
def test_notes_are_merged(feature: str, kept: str | None, expected: str | None) -> None:
    matrix = keep_notes(
        imported(put_object(feature)), {"PutObject/Range": kept} if kept is not None else {}
    )

    assert matrix.operations[0].groups[0].features[0].note == expected
