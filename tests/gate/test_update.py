"""Updating a baseline: what was found is written, what a person wrote stays."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from conformance import cli
from conformance.errors import BaselineError
from conformance.gate import baseline
from conformance.gate.baseline import PLACEHOLDER
from tests.baseline_text import BASELINE, HEADER, TAGGING, write
from tests.gate.scenarios import drop, hazard, repeated
from tests.golden.small import cut_short, document, settle

UPDATE = ["gate", "r.json", "--baseline", "b.yaml", "--update-baseline"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def changed(before: str, after: str) -> list[str]:
    """The lines that went and came."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in [*lines][2:] if not line.startswith("@@")]


def update(directory: Path, text: str = BASELINE, *options: str) -> tuple[int, str]:
    path = write(directory, text)
    status = cli.main([*UPDATE, *options])
    return status, path.read_text()


def test_update_when_nothing_changed_keeps_every_byte(tmp_path: Path) -> None:
    settle(document())
    assert update(tmp_path) == (0, BASELINE)


def test_update_when_there_is_no_baseline_lists_all_without_reasons(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settle(document())
    assert cli.main(UPDATE) == 1
    made = baseline.load("b.yaml")
    assert [*made.entries] == [*baseline.load(write(tmp_path)).entries]
    assert {entry.reason for entry in made.entries.values()} == {PLACEHOLDER}
    assert (made.endpoint, made.table.rows, made.table.name) == ("Store A", 12, "r2.yaml")
    assert capsys.readouterr().out.splitlines()[-1] == "gate: FAILED: 6 unexplained"


def test_first_baseline_when_explained_opens_the_gate(tmp_path: Path) -> None:
    settle(document())
    cli.main(UPDATE)
    path = tmp_path / "b.yaml"
    text = path.read_text().replace("link: TODO", "link: https://bugs.example/1")
    path.write_text(text.replace("reason: TODO", "reason: because"))
    assert cli.main([*UPDATE[:-1]]) == 0


def test_update_when_one_word_changed_changes_one_line(tmp_path: Path) -> None:
    settle(document(**{"ListBuckets/prefix": "rejected"}))
    status, after = update(tmp_path)
    assert status == 0
    assert changed(BASELINE, after) == ["-    observed: partial", "+    observed: rejected"]


def test_update_when_a_hazard_changed_drops_the_old_and_adds_the_new(tmp_path: Path) -> None:
    found = document(**{"PutObject/If-Match": "rejected"})
    hazard("ListBuckets/prefix", "corrupting")(found)
    settle(found)
    status, after = update(tmp_path)
    assert status == 0
    assert changed(BASELINE, after) == [
        "+    hazard: corrupting",
        "-    observed: ignored  # by the cache",
        "-    hazard: silent",
        "+    observed: rejected  # by the cache",
    ]


def test_update_when_a_row_is_fixed_drops_it_and_keeps_the_comments_before_it(
    tmp_path: Path,
) -> None:
    settle(document(**{"PutObject/If-Match": "supported", "ListBuckets/prefix": "supported"}))
    status, after = update(tmp_path)
    assert status == 0
    gone = changed(BASELINE, after)
    assert all(line.startswith("-  ") for line in gone)
    assert len(gone) == 5 + 7
    assert "  # Listing\n  DeleteBucketTagging:" in after
    assert "\n\n  # Security\n  PutObject/Content-MD5: {" in after


def test_update_when_an_entry_goes_keeps_the_comments_after_it(tmp_path: Path) -> None:
    settle(document(DeleteBucketTagging="rejected"))
    status, after = update(tmp_path)
    assert status == 0
    assert "https://bugs.example/1\n\n  # Security\n  PutObject/If-Match:" in after


def test_update_when_an_entry_is_in_flow_style_writes_it_anew_with_its_reason(
    tmp_path: Path,
) -> None:
    settle(document(**{"PutObject/Content-MD5": "rejected"}))
    status, after = update(tmp_path)
    assert status == 0
    entry = baseline.load("b.yaml").entries["PutObject/Content-MD5"]
    assert (entry.observed, entry.hazard) == (("rejected",), None)
    assert (entry.reason, entry.link) == ("the same", "https://bugs.example/3")
    assert "# since 2.1" in after


def test_update_when_a_row_is_new_inserts_it_in_matrix_order(tmp_path: Path) -> None:
    settle(document(ListBuckets="rejected", PutObject="broken"))
    status, after = update(tmp_path)
    assert status == 1
    assert [*baseline.load("b.yaml").entries][:4] == [
        "ListBuckets",
        "ListBuckets/prefix",
        "DeleteBucketTagging",
        "PutObject",
    ]
    assert all(line.startswith("+") for line in changed(BASELINE, after))


def test_update_when_strict_adds_undocumented_rows_and_keeps_them(tmp_path: Path) -> None:
    settle(document())
    status, after = update(tmp_path, BASELINE, "--strict")
    assert status == 1
    assert "PutObject/x-amz-tagging" in after
    explained = BASELINE.replace("# the end\n", TAGGING)
    assert update(tmp_path, explained) == (0, explained)


def test_update_when_a_row_is_not_in_the_matrix_drops_it(tmp_path: Path) -> None:
    found = document()
    drop(found)
    found["rows"].append({**document()["rows"][0], "id": "Region/eu/signing"})
    settle(found)
    status, after = update(tmp_path)
    assert status == 0
    assert "PutObject/If-Match" not in after
    assert "rows: 12" in after


def test_update_when_an_entry_is_stale_drops_it(tmp_path: Path) -> None:
    settle(document())
    stale = TAGGING.replace("/x-amz-tagging", "").replace("unimplemented", "implemented")
    assert update(tmp_path, BASELINE.replace("# the end\n", stale + "# the end\n")) == (0, BASELINE)


def test_update_when_a_row_is_flaky_lists_its_words(tmp_path: Path) -> None:
    found = document()
    repeated("ListBuckets/prefix", "supported", "rejected")(found)
    settle(found)
    status, after = update(tmp_path)
    assert status == 0
    assert changed(BASELINE, after) == [
        "-    observed: partial",
        "+    observed: [supported, rejected]",
        "+    flaky: true",
    ]
    settle(document(**{"ListBuckets/prefix": "broken"}))
    assert cli.main(UPDATE) == 0
    assert "observed: [supported, rejected, broken]" in (tmp_path / "b.yaml").read_text()


def test_update_when_all_is_fixed_leaves_an_empty_baseline_that_can_grow(tmp_path: Path) -> None:
    found = document()
    found["rows"] = [it for it in found["rows"] if it["divergence"] == "none"][:1]
    settle(found)
    header = HEADER.replace("rows: 12", "rows: 1")
    status, after = update(tmp_path, header + "rows:\n" + TAGGING + "# the end\n")
    assert status == 0
    assert after.endswith("rows: {}\n# the end\n")
    found["rows"][0]["observed"] = "rejected"
    settle(found)
    assert cli.main(UPDATE) == 1
    assert (tmp_path / "b.yaml").read_text().endswith("link: TODO\n# the end\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rows: {}", "b.yaml:1: key 's3-conformance-baseline' is missing"),
        (BASELINE.replace("rows:\n", '"rows":\n'), "b.yaml: its layout cannot be updated"),
        (BASELINE.replace("r2/api", "r3/api"), "b.yaml: the baseline is for the table at"),
        (BASELINE.replace("rows: 12", "rows: 13"), "name the matrix with --matrix"),
    ],
)
def test_update_when_the_file_cannot_be_updated_leaves_it_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, said: str
) -> None:
    settle(document(**{"ListBuckets/prefix": "rejected"}))
    assert update(tmp_path, text) == (2, text)
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1


def test_update_when_the_run_is_incomplete_changes_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settle(cut_short())
    assert update(tmp_path) == (2, BASELINE)
    assert "b.yaml is not updated: the run was cut short" in capsys.readouterr().err


def test_update_when_the_file_is_no_baseline_says_so(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="cannot be read"):
        baseline.load(tmp_path)
