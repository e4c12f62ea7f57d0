"""What a ledger's file holds, and what is read of those that were left behind."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from conformance.errors import LedgerError
from conformance.sandbox import ledger
from conformance.sandbox.ledger import ENVIRONMENT, Created, Ledger, Left

WHOLE = Created(bucket="b", key="k", upload="u", version="v")


def lines(made: Ledger) -> list[object]:
    return [json.loads(line) for line in made.path.read_text(encoding="utf-8").splitlines()]


def test_ledger_when_an_entry_is_added_twice_writes_one_line_at_once() -> None:
    made = Ledger("run", "http://h")
    unnamed = Created(bucket="b", key="é", upload="")
    for entry in (Created(bucket="b"), unnamed, unnamed, WHOLE):
        made.add(entry)
    assert made.path == ledger.directory() / "run.jsonl"
    assert lines(made) == [
        {"run": "run", "endpoint": "http://h", "pid": os.getpid()},
        {"bucket": "b"},
        {"bucket": "b", "key": "é", "upload": ""},
        {"bucket": "b", "key": "k", "upload": "u", "version": "v"},
    ]
    assert {*made.entries} == {Created(bucket="b"), unnamed, WHOLE}
    made.close(keep=False)


def test_ledger_when_a_second_upload_of_a_key_is_not_answered_has_it_without_a_name() -> None:
    """The first had its answer, and the process was killed before that of the second."""
    made = Ledger("run", "http://h")
    unnamed, first = (Created(bucket="b", key="k", upload=upload) for upload in ("", "u"))
    for entry in (unnamed, first, unnamed):
        made.add(entry)
    assert {*made.entries} == {first, unnamed}
    made.close(keep=True)
    [left] = ledger.left_behind()
    assert {*left.entries} == {first, unnamed}


def test_ledger_when_an_upload_has_its_answer_has_its_name_alone() -> None:
    made = Ledger("run", "http://h")
    unnamed, first = (Created(bucket="b", key="k", upload=upload) for upload in ("", "u"))
    for entry in (unnamed, first):
        made.add(entry)
    assert made.entries == (first,)
    made.close(keep=True)
    [left] = ledger.left_behind()
    assert left.entries == (first,)


@pytest.mark.parametrize("keep", [True, False])
def test_close_when_something_is_left_keeps_the_file(keep: bool) -> None:
    made = Ledger("run", "http://h")
    made.close(keep=keep)
    assert made.path.exists() is keep
    assert made._file.closed


def test_close_when_the_file_is_gone_does_not_mind() -> None:
    made = Ledger("run", "http://h")
    made.path.unlink()
    made.close(keep=False)


def test_ledger_when_there_is_one_of_the_run_or_no_place_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Ledger("run", "http://h")
    made.close(keep=True)
    with pytest.raises(LedgerError) as taken:
        Ledger("run", "http://h")
    assert str(taken.value) == (
        f"the ledger {made.path} cannot be written: File exists; "
        f"set {ENVIRONMENT} to a directory that can"
    )
    (tmp_path / "file").touch()
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "file"))
    with pytest.raises(LedgerError, match="cannot be written: "):
        Ledger("run", "http://h")


def test_add_when_the_disk_is_full_says_so() -> None:
    made = Ledger("run", "http://h")

    class Full:
        def write(self, text: str) -> None:
            raise OSError(28, "No space left on device")

    file, made._file = made._file, Full()  # type: ignore[assignment]
    with pytest.raises(LedgerError) as full:
        made.add(Created(bucket="b"))
    assert str(full.value) == (f"the ledger {made.path} cannot be written: No space left on device")
    file.close()


def test_ledger_when_its_directory_is_missing_makes_it_and_those_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "one" / "two"))
    made = Ledger("run", "http://h")
    assert made.path == tmp_path / "one" / "two" / "run.jsonl"
    made.close(keep=False)


def test_directory_when_none_is_named_is_the_user_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT)
    assert ledger.directory().parts[-2:] == ("s3-conformance", "ledgers")


def test_left_behind_when_the_directory_is_missing_is_nothing() -> None:
    assert not ledger.directory().exists()
    assert not [*ledger.left_behind()]


def test_left_behind_when_ledgers_are_there_reads_them_in_the_order_of_their_names() -> None:
    for name in ("z", "a"):
        made = Ledger(name, f"http://{name}")
        made.add(WHOLE)
        made.add(Created(bucket="é", key="k", upload=""))
        made.close(keep=True)
    folder = ledger.directory()
    (folder / "notes.txt").write_text("no ledger")
    (folder / "m.jsonl").write_text('{"bucket": "b", "mood": "good"}\nno JSON\n{"other": 1}\n')
    entries = (WHOLE, Created(bucket="é", key="k", upload=""))
    pid = os.getpid()
    a, z = (folder / f"{name}.jsonl" for name in "az")
    assert [*ledger.left_behind()] == [
        Left(path=a, run="a", endpoint_url="http://a", entries=entries, pid=pid),
        Left(path=folder / "m.jsonl", run="m", endpoint_url="", entries=(Created(bucket="b"),)),
        Left(path=z, run="z", endpoint_url="http://z", entries=entries, pid=pid),
    ]


def test_left_behind_when_the_endpoint_ended_with_its_process_forgets_it() -> None:
    made = Ledger("run", "http://h", embedded=True)
    made.close(keep=True)
    assert [*ledger.left_behind()] == []
    assert not made.path.exists()


def test_left_behind_when_one_is_in_use_goes_on_with_the_next() -> None:
    held = Ledger("a", "http://a")
    Ledger("b", "http://b").close(keep=True)
    assert [left.run for left in ledger.left_behind()] == ["b"]
    held.close(keep=False)
