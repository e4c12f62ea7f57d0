"""A conversation with the program that plays a scenario."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.dialogue import Dialogue, Ended, dialogue

PROGRAM = """
import sys, time
for line in sys.stdin:
    name, _, argument = line.rstrip("\\n").partition("\\t")
    if name == "ends":
        sys.exit("no more")
    if name == "hangs":
        time.sleep(60)
    print("a library's own words")
    print('{"outcome": "works", "detail": "%s of %s"}' % (name, argument), flush=True)
"""


@contextmanager
def program(folder: Path) -> Iterator[Dialogue]:
    argv = [sys.executable, "-c", PROGRAM]
    with dialogue(argv, log=folder / "log", cwd=folder, env=dict(os.environ)) as started:
        yield started


def test_dialogue_when_asked_returns_the_answer_and_not_other_lines(tmp_path: Path) -> None:
    with program(tmp_path) as playing:
        answers = [playing.ask(name, "key", seconds=30) for name in ("a", "b")]

    assert [each["detail"] for each in answers] == ["a of key", "b of key"]


@pytest.mark.parametrize(
    ("step", "seconds", "words"),
    [("ends", 30, "ended by itself"), ("hangs", 0.2, "no end within 0.2 s")],
)
def test_dialogue_when_no_answer_comes_says_so(
    tmp_path: Path, step: str, seconds: float, words: str
) -> None:
    with program(tmp_path) as playing, pytest.raises(Ended, match=words):
        playing.ask(step, seconds=seconds)


def test_dialogue_when_the_program_has_ended_says_so_again(tmp_path: Path) -> None:
    with program(tmp_path) as playing:
        with pytest.raises(Ended):
            playing.ask("ends", seconds=30)
        with pytest.raises(Ended, match="ended"):
            playing.ask("a", seconds=30)
