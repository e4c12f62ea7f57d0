"""Tables of any layout: columns and words named by the user."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance import cli
from conformance.matrix import load

MARKDOWN = """\
# Compatibility

| Feature area | Since |
|---|---|
| Everything | 1.0 |

| API | Header | Supported? | Remarks |
|:---|:---|:---:|---|
| [`GetObject`](https://v.example/get) | | **Yes** | |
| | Range | some | one range only |
| | `If-Match` | No | |
| CreateBucket | | ❌ | |
"""
HTML = """\
<table><tr><th>Other</th></tr><tr><td>x</td></tr></table>
<table>
<thead><tr><th>API</th><th>Header</th><th>Supported?</th><th>Remarks</th></tr></thead>
<tr><td rowspan="3"><a href="/get"><code>GetObject</code></a></td>
<td></td><td>Yes</td><td></td></tr>
<tr><td>Range</td><td>some</td><td>one range only</td></tr>
<tr><td>If-Match</td><td>No</td><td></td></tr>
<tr><td>CreateBucket</td><td></td><td>no<td></tr>
</table>
"""
CSV = """\
API,Header,Supported?,Remarks
GetObject,,Yes,
GetObject,Range,some,one range only
GetObject,If-Match,No,
CreateBucket,,no,
"""
OPTIONS = (
    "--vendor=V", "--source=https://v.example/", "--operation-column=api",
    "--status-column=Supported?", "--feature-column=Header", "--note-column=Remarks",
    "--words=some=partial",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"), [("p.md", MARKDOWN), ("p.html", HTML), ("p.csv", CSV),
                       ("p.tsv", CSV.replace(",", "\t"))],
)  # fmt: skip
def test_table_is_read_by_the_names_of_its_columns(tmp_path: Path, name: str, text: str) -> None:
    page, output = tmp_path / name, tmp_path / "m.yaml"
    page.write_text(text, encoding="utf-8")

    assert cli.main(["import", str(page), "-o", str(output), *OPTIONS]) == 0

    rows = {row.id: (row.level, row.documented.value, row.note) for row in load(output).rows}
    assert rows == {
        "CreateBucket": ("bucket", "unimplemented", None),
        "GetObject": ("object", "implemented", None),
        "GetObject/Range": ("object", "partial", "one range only"),
        "GetObject/If-Match": ("object", "unimplemented", None),
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Supported?", "State", "p.csv:1: no table has the columns 'api' and 'Supported?'; there "),
        ("some", "maybe", "p.csv:3: 'maybe' is no known word; say what it means with --words"),
        ("CreateBucket", "GetObject", "p.csv:5: GetObject is listed twice, first on line 2"),
        ("If-Match", "Range", "p.csv:4: GetObject/Range is listed twice"),
        ("GetObject,,Yes", ",,Yes", "p.csv:2: the row names no operation"),
        ("GetObject,,Yes", "GetObject,,No", "p.csv:2: GetObject is unimplemented, but not all"),
        ("Range", "Range of bytes", "p.csv:3: 'Range of bytes' is not a name"),
        ("Range", '"Range', "not CSV: "),
    ],
)
def test_table_that_is_not_understood_is_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    old: str,
    new: str,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.csv").write_text(CSV.replace(old, new))
    assert cli.main(["import", "p.csv", *OPTIONS]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--operation-column=API"], "give both --operation-column and --status-column"),
        ([*OPTIONS[2:4], "--words=yes"], "--words 'yes' is not WORD=MEANING; meanings are impl"),
        ([*OPTIONS[2:4], "--words=yes=good"], "--words 'yes=good' is not WORD=MEANING"),
    ],
)
def test_options_that_contradict_each_other_are_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    page = tmp_path / "p.csv"
    page.write_text(CSV)
    assert cli.main(["import", str(page), *OPTIONS[:2], *options]) == 2
    assert said in capsys.readouterr().err
