"""A conversation with the program that plays a scenario: one line in, one line out.

In go a step's name and its argument, with a tab between them; out comes JSON with an `outcome`
(`works`, `fails` or `not offered`), a `detail`, and the `url` that a step may be about.
"""

import contextlib
import json
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from lab.process import Process, started

GRACE_SECONDS = 2.0


class Ended(Exception):
    """The program ended, or did not answer in time; the message is for a person."""


class Dialogue:
    """One running program."""

    def __init__(self, process: Process) -> None:
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        assert process.stdin is not None  # noqa: S101 - of a process in a dialogue
        assert process.stdout is not None  # noqa: S101
        self._stdin, self._stdout = process.stdin, process.stdout
        self._reader = threading.Thread(target=_read, args=(self._stdout, self._lines), daemon=True)
        self._reader.start()

    def ask(self, step: str, argument: str = "", *, seconds: float) -> dict[str, str]:
        """Have one step played.

        Raises:
            Ended: no answer came; the program is of no more use.
        """
        try:
            self._stdin.write(f"{step}\t{argument}\n".encode())
            self._stdin.flush()
        except OSError:
            raise Ended("the program has ended") from None
        while True:
            try:
                line = self._lines.get(timeout=seconds)
            except queue.Empty:
                raise Ended(f"no end within {seconds:g} s") from None
            if line is None:
                self._lines.put(None)  # for whoever asks again
                raise Ended("the program ended by itself")
            answer = _answer(line)
            if answer is not None:
                return answer

    def close(self) -> None:
        """Close the pipes of a program that has ended."""
        self._reader.join(GRACE_SECONDS)
        for pipe in (self._stdin, self._stdout):
            with contextlib.suppress(OSError):
                pipe.close()


@contextlib.contextmanager
def dialogue(
    argv: Sequence[str | Path], *, log: Path, cwd: Path, env: Mapping[str, str]
) -> Iterator[Dialogue]:
    """Start a program, and stop it on leaving."""

    def start() -> Process:
        return Process(argv, log=log, cwd=cwd, env=env, dialogue=True)

    with contextlib.ExitStack() as stack:
        process = stack.enter_context(started(start, grace=GRACE_SECONDS))
        conversation = Dialogue(process)
        try:
            yield conversation
        finally:
            stack.close()  # the program ends first, so that the pipe has an end to read
            conversation.close()


def _read(stdout: IO[bytes], lines: "queue.Queue[bytes | None]") -> None:
    with contextlib.suppress(ValueError, OSError):
        for line in stdout:
            lines.put(line)
    lines.put(None)


def _answer(line: bytes) -> dict[str, str] | None:
    # Libraries print, too.
    with contextlib.suppress(ValueError):
        answer = json.loads(line)
        if isinstance(answer, dict) and "outcome" in answer:
            return {str(name): str(value) for name, value in answer.items()}
    return None
