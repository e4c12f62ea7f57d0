"""The results file: what is written can be read, and what cannot be trusted is one sentence."""

from __future__ import annotations

import copy
import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance import results
from conformance.errors import ResultsError
from conformance.report.view import build_view
from conformance.results import files
from tests.golden.small import cut_short, document


def refused(path: Path) -> str:
    """The one sentence with which a file is refused."""
    with pytest.raises(ResultsError) as caught:
        results.read(path)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert str(path) in sentence
    assert len(sentence) < 400
    return sentence


def stored(tmp_path: Path, change: Callable[[Any], object]) -> Path:
    """A results file with one thing changed behind the back of `write`."""
    loaded: Any = copy.deepcopy(document())
    change(loaded)
    path = tmp_path / "results.json"
    path.write_text(json.dumps(loaded), encoding="utf-8")
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    for number, made in enumerate((document(), cut_short())):
        path = tmp_path / f"{number}.json"
        results.write(path, made)
        assert results.read(path) == made


def test_the_summary_counts_every_word() -> None:
    summary = document()["summary"]
    assert summary["rows"] == sum(summary["observed"].values()) == 12
    assert summary["divergence"] == {
        "none": 6, "missing": 2, "partial": 1, "undocumented": 1, "undecided": 2,
    }  # fmt: skip
    assert summary["hazards"] == 3


def test_a_lone_surrogate_is_spelled_out(tmp_path: Path) -> None:
    made = document()
    made["rows"][0]["reason"] = "said \udcff"
    results.write(tmp_path / "r.json", made)
    assert results.read(tmp_path / "r.json")["rows"][0]["reason"] == "said \udcff"


@pytest.mark.parametrize("version", [0, 3, 99])
def test_another_schema_version(tmp_path: Path, version: int) -> None:
    path = stored(tmp_path, lambda it: it.update(schema_version=version))
    assert refused(path) == (
        f"{path}: schema version {version} is not supported; "
        "this s3-conformance reads versions 1 and 2"
    )


@pytest.mark.parametrize("kept", [0, 1, 100, 5000])
def test_a_truncated_file(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "results.json"
    results.write(path, document())
    path.write_bytes(path.read_bytes()[:kept])
    assert "not JSON, or truncated" in refused(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe\xfa", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"null", "not a results file"),
        (b"[]", "not a results file"),
        (b"{}", "not a results file"),
        (b'{"schema_version": "1"}', "not a results file"),
        (b'{"\\ud800": 1}', "not a results file"),
        (b'{"schema_version": NaN}', "NaN is not a JSON number"),
        (b'{"schema_version": 1e999}', "1e999 is out of range"),
        (b'{"schema_version": ' + b"9" * 5000 + b"}", "not JSON"),
    ],
)
def test_what_is_no_results_file(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "results.json"
    path.write_bytes(content)
    assert says in refused(path)


def _twice(loaded: Any) -> None:
    loaded["rows"].append(loaded["rows"][0])
    loaded["summary"] = results.summarise(loaded["rows"])


CONTRADICTIONS: dict[str, tuple[Callable[[Any], object], str]] = {
    "a row twice": (_twice, "row Region/auto/signing occurs 2 times"),
    "observed miscounted": (
        lambda it: it["summary"]["observed"].update(supported=5),
        "its summary counts 5 as supported, its rows 4",
    ),
    "divergence miscounted": (
        lambda it: it["summary"]["divergence"].update(missing=0),
        "its summary counts 0 as missing, its rows 2",
    ),
    "hazards miscounted": (
        lambda it: it["summary"].update(hazards=0),
        "its summary counts 0 as hazards, its rows 3",
    ),
    "a row lost": (
        lambda it: it["rows"].pop(),
        "its summary counts 1 as unknown, its rows 0",
    ),
    "a verdict changed": (
        lambda it: it["rows"][7].update(divergence="none"),
        "row PutObject/If-Match is implemented and ignored, so its divergence must be missing",
    ),
    "an unknown word": (lambda it: it["rows"][0].update(observed="fine"), "at rows[0].observed"),
    "an unknown key": (lambda it: it["rows"][0].update(mood="good"), "at rows[0]"),
    "a key left out": (lambda it: it["run"].pop("spec"), '"spec" is a required property'),
    "complete, and interrupted": (lambda it: it["run"].update(interrupted="no"), "interrupted"),
    "cut short, and not told why": (lambda it: it.update(complete=False), "interrupted"),
    "credentials in the URL": (
        lambda it: it["endpoint"].update(url="https://key:secret@store.example"),
        "endpoint.url",
    ),
    "a script for a URL": (
        lambda it: it["endpoint"].update(url="javascript:alert(1)"),
        "endpoint.url",
    ),
    "headers that are no pairs": (
        lambda it: it["rows"][7]["exchanges"][0]["request"].update(headers=[["a"]]),
        "headers",
    ),
    "a very long wrong value": (lambda it: it.update(rows="x" * 10_000), "at rows"),
}


@pytest.mark.parametrize(("change", "says"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_contradiction(tmp_path: Path, change: Callable[[Any], object], says: str) -> None:
    assert says in refused(stored(tmp_path, change))


def test_what_could_not_be_read_is_not_written(tmp_path: Path) -> None:
    made = document()
    made["rows"].append(made["rows"][0])
    with pytest.raises(ResultsError, match=r"at|counts|times"):
        results.write(tmp_path / "r.json", made)
    assert not list(tmp_path.iterdir())


def test_a_compressed_file(tmp_path: Path) -> None:
    made, path = document(), tmp_path / "r.json.gz"
    results.write(path, made)
    assert path.read_bytes().startswith(results.GZIP_MAGIC)
    assert results.read(path) == made
    first = path.read_bytes()
    results.write(path, made)
    assert path.read_bytes() == first


@pytest.mark.parametrize("cut", [3, 40, -9])
def test_a_compressed_file_that_is_cut_short(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "r.json.gz"
    results.write(path, document())
    path.write_bytes(path.read_bytes()[:cut])
    if cut == -9:  # of the whole text only the digest is missing
        assert results.read(path) == document()
    else:
        assert "not JSON, or truncated" in refused(path)


def test_a_compressed_file_that_unpacks_to_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.results.document.LARGEST", 2**20)
    path = tmp_path / "r.json.gz"
    path.write_bytes(gzip.compress(b" " * 2**21))
    assert "it holds more than 1 MiB" in refused(path)


def test_evidence_is_kept_of_the_rows_that_are_named() -> None:
    made = document()
    first = next(row["id"] for row in made["rows"] if row["exchanges"])
    less = results.without_evidence(made, lambda row: row["id"] != first)
    assert not next(row for row in less["rows"] if row["id"] == first)["exchanges"]
    assert results.without_evidence(made, lambda row: row["id"] == first) == made
    results.require_consistent(less)


def test_paths_that_cannot_be_read(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.json").endswith("cannot be read: No such file or directory")
    assert "Is a directory" in refused(tmp_path)


UNWRITABLE: dict[str, Callable[[Path], Path]] = {
    "no such directory": lambda at: at / "none" / "r.json",
    "a directory": lambda at: at,
    "below a file": lambda at: Path(__file__) / "r.json",
    "a name too long": lambda at: at / ("x" * 300),
}


@pytest.mark.parametrize("made", UNWRITABLE.values(), ids=UNWRITABLE)
def test_paths_that_cannot_be_written(tmp_path: Path, made: Callable[[Path], Path]) -> None:
    path = made(tmp_path)
    with pytest.raises(ResultsError, match="cannot be written: ") as before:
        files.ensure_writable(path)
    with pytest.raises(ResultsError, match="cannot be written: ") as after:
        results.write(path, document())
    assert str(before.value) == str(after.value)
    assert "\n" not in str(after.value)


def test_a_failed_write_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "r.json"
    path.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ResultsError, match="No space left on device"):
        files.save(path, "after")
    assert [it.name for it in tmp_path.iterdir()] == ["r.json"]
    assert path.read_text() == "before"


def test_a_symlink_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("before")
    (tmp_path / "link").symlink_to("real")
    files.save(tmp_path / "link", "after")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "after"


def test_a_symlink_that_leads_nowhere_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    files.save(tmp_path / "loop", "after")
    assert (tmp_path / "loop").read_text() == "after"


def test_a_device_is_written_into() -> None:
    files.ensure_writable(os.devnull)
    files.save(os.devnull, "text")
    assert not Path(os.devnull).is_file()


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    files.ensure_writable(tmp_path / "r.json")
    assert not list(tmp_path.iterdir())


def test_documents_of_two_tables_are_not_merged() -> None:
    other = document(label="Other")
    other["run"]["spec"]["vendor"] = "Another"
    with pytest.raises(ResultsError, match="one report shows one table"):
        build_view([document(), other])
    changed = document(label="Other")
    changed["rows"][0]["documented"] = "experimental"
    with pytest.raises(ResultsError, match="one report shows one table"):
        build_view([document(), changed])


def test_runs_of_some_rows_are_merged_in_the_matrix_s_order() -> None:
    """Rows one run did not select stand where the other has them."""
    whole, first, last = document(), document(label="First"), document(label="Last")
    first["rows"], last["rows"] = first["rows"][::2], last["rows"][1::2]
    for part in (first, last):
        part["summary"] = results.summarise(part["rows"])
    order = [row["id"] for row in whole["rows"]]
    assert [line.claim["id"] for line in build_view([first, whole]).lines] == order
    joined = build_view([last, first, whole])
    assert {line.claim["id"] for line in joined.lines} == set(order)
    assert all(None in line.cells[:2] and line.cells[2] for line in joined.lines)


def test_no_document_is_no_report() -> None:
    with pytest.raises(ResultsError, match="no results"):
        build_view([])
