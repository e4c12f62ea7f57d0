"""Patches to a matrix: they apply, they touch words alone, and the divergences are gone."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conformance import cli, results
from conformance.matrix import load
from conformance.results import Document
from conformance.verdict import Divergence, Documented, Observed, divergence
from tests.golden.make_results import make

R2 = Path(__file__).parents[2] / "specs" / "r2.yaml"


@pytest.fixture
def matrix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """R2's matrix in a git repository of its own."""
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "-q"], check=True)  # noqa: S607
    path = tmp_path / "specs" / "r2.yaml"
    path.parent.mkdir()
    path.write_bytes(R2.read_bytes())
    return path


def observed(matrix: Path, **words: str) -> Document:
    """Results of a matrix in which all is as documented but for these rows."""
    claims: list[Any] = [row.flat() for row in load(matrix).rows]
    document = make(claims, "Store")
    for row in document["rows"]:
        there = row["documented"] != "unimplemented"
        word = words.get(row["id"], "supported" if there else "rejected")
        row["observed"], row["hazard"], row["decided_by"] = word, None, "request"
        row["exchanges"] = []  # which take most of the time to write and to read
        row["divergence"] = divergence(Documented(row["documented"]), Observed(word)).value
    document["summary"] = results.summarise(document["rows"])
    return document


def propose(document: Document, *options: str) -> int:
    results.write("r.json", document)
    return cli.main(["propose", "r.json", "specs/r2.yaml", *options])


def apply(patch: str) -> None:
    done = subprocess.run(
        ["git", "apply", "--verbose", "-"],  # noqa: S607
        input=patch, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def divergences(matrix: Path, document: Document) -> dict[str, str]:
    """What is left to say once the matrix is patched."""
    now = {row.id: row.documented for row in load(matrix).rows}
    return {
        row["id"]: due
        for row in document["rows"]
        if (due := divergence(now[row["id"]], Observed(row["observed"]))) != Divergence.NONE
    }


BETTER_AND_WORSE = {
    "PutObject/x-amz-tagging": "supported",
    "PutObject/Content-MD5": "ignored",
    "ListObjects/prefix": "partial",
    "Checksum/CRC32/FULL_OBJECT": "supported",
    "Checksum/CRC32/COMPOSITE": "rejected",
    "Region/empty/LocationConstraint": "rejected",
    "GetBucketTagging": "supported",
    "HeadObject/Range": "broken",
}


def test_a_patch_applies_and_leaves_no_divergence(
    matrix: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = {row.id for row in load(matrix).rows}
    words = {row: word for row, word in BETTER_AND_WORSE.items() if row in rows}
    assert len(words) >= 6
    document = observed(matrix, **words)
    assert propose(document) == 0
    output = capsys.readouterr()
    apply(output.out)
    assert f"proposed: {len(words)} rows" in output.err
    assert divergences(matrix, document) == {}
    before, after = R2.read_text(), matrix.read_text()
    word = re.compile(r"\b(un)?implemented\b|\bexperimental\b|\bpartial\b")
    assert word.sub("?", before) == word.sub("?", after), "words alone are touched"


def test_the_words_of_made_up_results(matrix: Path) -> None:
    """Of a whole run, whatever can be said is said, and the rest is left out by name."""
    claims: list[Any] = [row.flat() for row in load(matrix).rows]
    document = make(claims, "Store")
    assert propose(document, "-o", "p.diff") == 0
    apply(Path("p.diff").read_text())
    left = divergences(matrix, document)
    assert {*left.values()} <= {"undecided", "missing", "undocumented", "partial"}
    decided = {row for row, due in left.items() if due != "undecided"}
    assert len(decided) < 10


def test_what_no_matrix_can_say_is_left_out(
    matrix: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = {"PutObject": "broken", "GetBucketTagging": "rejected"}
    feature = next(
        row.id for row in load(matrix).rows if row.operation == "GetBucketTagging" and row.feature
    )
    assert propose(observed(matrix, **words, **{feature: "supported"})) == 0
    output = capsys.readouterr()
    assert output.out == ""
    assert "left out: PutObject: does not work, but its feature " in output.err
    assert f"left out: {feature}: works, but GetBucketTagging itself" in output.err
    assert "proposed: 0 rows" in output.err


def test_flaky_undecided_and_outdated_rows_are_left_alone(
    matrix: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = observed(matrix, PutObject="unknown", **{"GetObject/Range": "partial"})
    rows: dict[str, Any] = {row["id"]: row for row in document["rows"]}
    rows["GetObject/Range"]["repeats"] = [
        {"observed": word, "hazard": None, "reason": "r"} for word in ("supported", "ignored")
    ]
    rows["HeadObject"].update(documented="unimplemented", divergence="undocumented")
    rows["HeadBucket"].update(id="HeadBocket", observed="rejected", divergence="missing")
    document["summary"] = results.summarise(document["rows"])
    assert propose(document) == 0
    output = capsys.readouterr()
    assert output.out == ""
    assert [
        line.partition(", implemented in the matrix")[0] for line in output.err.splitlines()
    ] == [
        "left out: HeadBocket: the matrix has no such row",
        "left out: HeadObject: documented unimplemented in the results",
        "left out: GetObject/Range: its observations differ",
        "proposed: 0 rows",
    ]


@pytest.mark.parametrize("ending", ["", "\r\n"])
def test_any_ending_of_a_file(
    matrix: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    text = R2.read_text().rstrip("\n")
    data = text.replace("\n", "\r\n") + ending if ending else text
    matrix.write_bytes(data.encode())
    last = load(matrix).rows[-1]
    document = observed(matrix, **{last.operation: "supported", last.id: "supported"})
    assert propose(document) == 0
    patch = capsys.readouterr().out
    done = subprocess.run(["git", "apply", "-"], input=patch.encode(), check=False)  # noqa: S607
    assert done.returncode == 0
    assert divergences(matrix, document) == {}


def test_results_of_another_table(matrix: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = observed(matrix)
    document["run"]["spec"]["source"] = "https://other.example"
    assert propose(document) == 2
    assert "specs/r2.yaml: the matrix is for https://dev" in capsys.readouterr().err


def test_a_patch_changes_the_word_of_a_behaviour(
    matrix: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = matrix.read_text()
    claims = (
        "behaviours:\n  Key:\n    double-slash: {status: implemented, note: n}\n"
        "    dot: implemented\n"
    )
    matrix.write_text(f"{text}{claims}")
    document = observed(matrix, **{"Key/double-slash": "broken", "Key/dot": "ignored"})

    assert propose(document) == 0
    apply(capsys.readouterr().out)

    changed = claims.replace(": implemented", ": unimplemented")
    assert matrix.read_text() == f"{text}{changed}"
