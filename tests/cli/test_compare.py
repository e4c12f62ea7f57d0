"""Two results files compared: the output, its order and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance import cli, report, results
from conformance.results import Document
from tests.baseline_text import write
from tests.gate.scenarios import documented, row_of
from tests.golden.small import cut_short, document, settle

CHANGED = {
    "PutObject/If-Match": "supported",
    "ListBuckets": "rejected",
    "PutObject/x-amz-request-payer": "rejected",
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def compare(before: Document, after: Document, *options: str) -> int:
    for name, it in (("a.json", before), ("b.json", after)):
        settle(it).rename(name)
    return cli.main(["compare", "a.json", "b.json", *options])


def later() -> Document:
    found = document(started="2026-11-29T12:00:00Z", **CHANGED)
    row_of(found, "PutObject/x-amz-tagging")["id"] = "PutObject/x-amz-tags"
    documented("GetBucketAcl", "experimental")(found)
    return found


def test_compare_prints_one_line_a_row_with_broken_rows_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert compare(document(), later()) == 1
    head, *lines = capsys.readouterr().out.splitlines()
    assert head == "from Store A (2026-11-22 12:00 UTC) to Store A (2026-11-29 12:00 UTC)"
    assert [line.partition(" (documented")[0] for line in lines] == [
        "broken: ListBuckets: supported",
        "fixed: PutObject/If-Match: ignored",
        "changed: GetBucketAcl: rejected",
        "changed: PutObject/x-amz-request-payer: unproven",
        "added: PutObject/x-amz-tags: no such row -> supported",
        "removed: PutObject/x-amz-tagging: supported",
        "1 broken, 1 fixed, 2 changed, 1 added, 1 removed",
    ]


def test_compare_when_nothing_changed_has_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(document(), document(started="2026-11-29T12:00:00Z", url="http://b")) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "nothing changed"


def test_compare_when_a_hazard_is_new_calls_the_row_broken() -> None:
    after = document()
    row_of(after, "PutObject")["hazard"] = "corrupting"
    documented("Region/auto/signing", "experimental")(after)
    after["rows"][0]["divergence"] = "none"
    after["summary"] = results.summarise(after["rows"])
    assert [(it.became, it.row) for it in report.differences(document(), after)] == [
        ("broken", "PutObject"),
        ("changed", "Region/auto/signing"),
    ]


def test_compare_markdown_has_changes_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(document(), later(), "--markdown") == 1
    text = capsys.readouterr().out
    assert text.startswith("## 1 broken, 1 fixed, 2 changed, 1 added, 1 removed\n")
    rows = [line for line in text.splitlines() if line.startswith("| **")][:6]
    assert [row.split("**")[1] for row in rows] == [
        "broken", "fixed", "changed", "changed", "added", "removed",
    ]  # fmt: skip
    assert text.index("removed") < text.index("Cloudflare R2 as documented")


def test_compare_when_a_run_is_incomplete_says_so_first(capsys: pytest.CaptureFixture[str]) -> None:
    compare(document(), cut_short())
    assert capsys.readouterr().out.startswith("INCOMPLETE (the endpoint went away")
    compare(document(), cut_short(), "--markdown")
    assert capsys.readouterr().out.startswith("## INCOMPLETE (the endpoint went away")


def test_compare_markdown_when_the_server_sends_markup_keeps_its_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    after = document(ListBuckets="rejected")
    row_of(after, "ListBuckets")["reason"] = "501 | </td> @all\n| x | [a](http://evil)"
    compare(document(), after, "--markdown")
    table = capsys.readouterr().out.split("Cloudflare R2 as documented")[0]
    assert len([line for line in table.splitlines() if line.startswith("| ")]) == 2
    assert "</td>" not in table
    assert "[a](http://evil)" not in table


def test_compare_markdown_names_hazards(capsys: pytest.CaptureFixture[str]) -> None:
    compare(document(**{"PutObject/If-Match": "supported"}), document())
    assert (
        capsys.readouterr()
        .out.splitlines()[1]
        .startswith(
            "broken: PutObject/If-Match: supported (documented implemented) -> "
            "ignored (documented implemented, silent hazard): "
        )
    )


def test_compare_markdown_when_over_200_rows_changed_counts_the_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before, after = document(), document()
    for number in range(300):
        after["rows"].append({**document()["rows"][0], "id": f"Region/r{number}/signing"})
    compare(before, after, "--markdown")
    table = capsys.readouterr().out.split("Cloudflare R2 as documented")[0]
    assert len([line for line in table.splitlines() if line.startswith("| **")]) == 200
    assert "\nand 100 rows more.\n" in table


def test_badges_of_the_command_line() -> None:
    settle(document())
    arguments = ["report", "r.json", "-o", "r.html", "--badge", "b.svg", "--shields", "s.json"]
    assert cli.main(arguments) == 0
    assert Path("b.svg").read_text() == report.badge(document())
    assert json.loads(Path("s.json").read_text()) == report.shields(document())
    assert Path("r.html").read_text() == report.html([document()])


def test_badge_and_comment_with_a_baseline_have_the_verdict_of_the_gate(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(Path())
    badges = ["--badge", "b.svg", "--shields", "s.json", "-o", "r.md", "--baseline", "b.yaml"]
    for made, status, message, color in (
        (document(), 0, "as expected, 6 known divergences", "#1f7a4d"),
        (document(**{"PutObject/x-amz-acl": "ignored"}), 1, "1 finding against the", "#b3261e"),
    ):
        assert compare(document(), made, "--markdown", "--baseline", "b.yaml") == status
        comment = capsys.readouterr().out
        assert comment.startswith(f"## {'❌' if status else '✅'} gate: ")
        assert ("- changed: PutObject/x-amz-acl" in comment) == bool(status)
        assert "Cloudflare R2 as documented" in comment
        assert compare(document(), made, "--baseline", "b.yaml") == status
        assert "\ngate: " in capsys.readouterr().out

        assert cli.main(["report", "b.json", *badges]) == 0
        shields = json.loads(Path("s.json").read_text())
        assert shields["message"].startswith(message)
        assert shields["color"] == color
        assert f'fill="{color}"' in Path("b.svg").read_text()
        assert Path("r.md").read_text().startswith("## ✅" if not status else "## ❌")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["report", "r.json"], "nothing to write: give -o or one of --sarif, --badge, --shields"),
        (
            ["report", "r.json", "r.json", "--badge", "b.svg"],
            "--badge takes exactly one results file",
        ),
        (
            ["report", "r.json", "r.json", "-o", "r.html", "--baseline", "b.yaml"],
            "--baseline takes exactly one results file",
        ),
        (["report", "r.json", "-o", "r.md", "--baseline", "n.yaml"], "n.yaml: cannot be read"),
        (["merge", "r.json", "r.json", "-o", "o.json"], "a results file is named twice"),
        (["merge", "r.json", "-o", "o.json"], "r.json: is no shard"),
        (["report", "r.json", "-o", "r.pdf"], "r.pdf: the name must end in .html, .md or"),
        (["report", "r.json", "--shields", "no/s.json"], "no/s.json: cannot be written"),
        (["compare", "r.json", "none.json"], "none.json: cannot be read"),
        (["propose", "r.json", "none.yaml"], "none.yaml: cannot be read"),
        (["gate", "none.json", "--baseline", "b.yaml"], "none.json: cannot be read"),
    ],
)
def test_command_when_its_input_is_wrong_is_one_sentence_and_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    settle(document())
    assert cli.main(arguments) == 2
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1
    assert [it.name for it in Path().iterdir()] == ["r.json"]
