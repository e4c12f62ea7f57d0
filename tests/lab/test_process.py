"""A command runs to its end or is stopped, and what it said last is passed on."""

import signal
import sys
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.process import Process, last_line, run, started, wait_until


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_a_command_that_ends_well_is_silent(tmp_path: Path) -> None:
    log = tmp_path / "log"
    run(python("print('done')"), seconds=10, log=log)
    assert log.read_text(encoding="utf-8") == "done\n"


def test_a_command_that_fails_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"failed with status 3: last words \(log"):
        run(python("print('last words\\n'); raise SystemExit(3)"), seconds=10, log=tmp_path / "log")


def test_a_command_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"did not finish within 0.2 s"):
        run(python("import signal; signal.pause()"), seconds=0.2, log=tmp_path / "log")


def test_a_command_that_may_not_be_run_says_so(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.touch(mode=0o600)
    with pytest.raises(LabError, match="program may not be run"):
        run([program], seconds=10, log=tmp_path / "log")


def test_a_command_whose_interpreter_is_gone_says_that_it_was_moved(tmp_path: Path) -> None:
    command = tmp_path / "serve"
    command.write_text(f"#!{tmp_path}/gone/bin/python\n")
    command.chmod(0o755)
    with pytest.raises(LabError, match="serve was installed in another folder"):
        run([command], seconds=10, log=tmp_path / "log")


def test_the_last_line_is_the_last_that_says_anything(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert last_line(log) == "nothing"
    log.write_bytes(b"first\n\xff second \n \n\n")
    assert last_line(log) == "\ufffd second"


def test_a_process_may_be_stopped_twice_and_keeps_its_status(tmp_path: Path) -> None:
    process = Process(python("import signal; signal.pause()"), log=tmp_path / "log")
    assert not process.ended()
    assert process.stop() == -signal.SIGTERM
    assert process.ended()
    assert process.stop() == -signal.SIGTERM


def test_a_condition_is_polled_until_it_holds_or_time_is_up() -> None:
    answers = iter([False, False, True])
    assert wait_until(lambda: next(answers), seconds=10)
    assert not wait_until(lambda: False, seconds=0.05)


def test_an_interrupt_while_a_program_is_started_comes_when_it_can_be_stopped(
    tmp_path: Path,
) -> None:
    def start() -> Process:
        process = Process(python("import signal; signal.pause()"), log=tmp_path / "log")
        signal.raise_signal(signal.SIGINT)
        begun.append(process)
        return process

    begun: list[Process] = []
    with pytest.raises(KeyboardInterrupt), started(start):
        raise AssertionError
    assert begun[0].ended()
