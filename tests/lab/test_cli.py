"""The command line: what each command does, returns and cleans up after."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab import cli
from lab.process import wait_until
from lab.server import Server
from lab.servers import SERVERS
from lab.site import answers
from tests.lab import fakes

ROOT = Path(__file__).parents[2]

UP = """\
import sys
from pathlib import Path
from lab import cli
from lab.servers import SERVERS
from tests.lab import fakes
cache, faults, *words = sys.argv[1:]
cli.CACHE_DIR = Path(cache)
status = 503 if "mute" in faults else 403
SERVERS["fake"] = fakes.server(*faults.split(), status=status, patience=60)
sys.exit(cli.main(words))
"""
"""The command line in a process of its own, with the fake among its servers."""

PYTEST = """\
#!{python}
import json, os, signal, sys
json.dump([sys.argv[1:], dict(os.environ)], open("{record}", "w"))
{then}
"""

LONG_RUN = """\
try:
    open("{running}", "w")
    signal.pause()
except KeyboardInterrupt:
    open("{cleaned}", "w")
"""


@pytest.fixture
def declare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Server], None]:
    """Put servers among those there are, with a cache of the test's own."""
    monkeypatch.setattr(cli, "CACHE_DIR", tmp_path / "cache")

    def add(server: Server) -> None:
        monkeypatch.setitem(SERVERS, server.name, server)

    return add


@pytest.fixture
def pytest_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Have the suite's run played by a script; return where it records how it was called."""

    def play(then: str) -> Path:
        program, record = tmp_path / "python", tmp_path / "record.json"
        text = PYTEST.format(python=sys.executable, record=record, then=then)
        program.write_text(text, encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(program))
        return record

    return play


@contextlib.contextmanager
def command_line(folder: Path, *words: str, faults: str = "") -> Iterator[subprocess.Popen[str]]:
    """Run the command line beside us, and have it gone in the end."""
    argv = [sys.executable, "-c", UP, str(folder / "cache"), faults, *words]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    with subprocess.Popen(
        argv,
        env=environment,
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_list_says_what_is_installed(
    declare: Callable[[Server], None], capsys: pytest.CaptureFixture[str]
) -> None:
    declare(fakes.server())
    lines = [["fake", "-", "1.2", "a", "fake"], ["fake", "installed", "1.2", "a", "fake"]]
    for expected in lines:
        assert cli.main(["list"]) == 0
        assert expected in [line.split() for line in capsys.readouterr().out.splitlines()]
        cli.main(["install", "fake"])


def test_an_unknown_name_is_answered_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["run", "fakee"])
    assert caught.value.code == 2
    assert "unknown server 'fakee'; known servers: ceph_rgw, " in capsys.readouterr().err


@pytest.mark.parametrize("status", [0, 1])
def test_a_run_hands_the_suite_all_it_needs(
    status: int,
    tmp_path: Path,
    declare: Callable[[Server], None],
    pytest_that: Callable[[str], Path],
) -> None:
    declare(fakes.server())
    record, output = pytest_that(f"sys.exit({status})"), tmp_path / "output"
    assert cli.main(["run", "fake", "--output", str(output), "--", "-k", "Get"]) == 0
    words, environment = json.loads(record.read_text(encoding="utf-8"))
    assert words[:4] == ["-m", "pytest", "specs/r2.yaml", "--endpoint-url"]
    assert words[words.index("--label") + 1] == "a fake 1.2"
    assert words[words.index("--results") + 1] == str(output / "fake.json")
    assert words[words.index("--report") + 1] == str(output / "fake.html")
    assert words[-2:] == ["-k", "Get"]
    assert environment["AWS_ACCESS_KEY_ID"] == fakes.MAIN.access_key
    assert not answers(words[4])
    assert not Path(environment["AWS_SHARED_CREDENTIALS_FILE"]).exists()


def test_a_run_that_names_no_server_is_of_all(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pytest_that: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    servers = [fakes.server(name=name) for name in ("one", "other")]
    monkeypatch.setattr(cli, "CACHE_DIR", tmp_path / "cache")
    monkeypatch.setattr(cli, "SERVERS", {server.name: server for server in servers})
    pytest_that("sys.exit(0)")
    assert cli.main(["run", "--output", str(tmp_path / "output")]) == 0
    answered = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert answered == ["one", "other"]


def test_a_run_that_did_not_come_to_its_end_is_trouble(
    tmp_path: Path,
    declare: Callable[[Server], None],
    pytest_that: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    declare(fakes.server())
    pytest_that("sys.exit(4)")
    assert cli.main(["run", "fake", "--output", str(tmp_path / "output")]) == 1
    assert "the run against fake ended with pytest's status 4" in capsys.readouterr().err


def test_a_run_that_takes_too_long_is_asked_to_clean_up(
    tmp_path: Path,
    declare: Callable[[Server], None],
    pytest_that: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def time_is_up(_: Callable[[], bool], *, seconds: float) -> bool:
        assert seconds == 60
        return not wait_until(running.exists, seconds=20)

    declare(fakes.server())
    running, cleaned = tmp_path / "running", tmp_path / "cleaned"
    pytest_that(LONG_RUN.format(running=running, cleaned=cleaned))
    monkeypatch.setattr(cli, "wait_until", time_is_up)
    assert cli.main(["run", "fake", "--timeout", "60", "--output", str(tmp_path / "output")]) == 1
    assert "the run against fake took more than 60 s" in capsys.readouterr().err
    assert cleaned.exists()


def test_one_server_in_trouble_does_not_keep_the_next_from_its_run(
    tmp_path: Path,
    declare: Callable[[Server], None],
    pytest_that: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    declare(fakes.server("doomed", name="doomed"))
    declare(fakes.server())
    record = pytest_that("sys.exit(0)")
    assert cli.main(["run", "doomed", "fake", "--output", str(tmp_path / "output")]) == 1
    assert "lab: doomed could not be started: " in capsys.readouterr().err
    assert "fake.json" in record.read_text(encoding="utf-8")
    assert "no room" in (tmp_path / "output" / "doomed.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_is_up_goes_down_on_a_signal(number: signal.Signals, tmp_path: Path) -> None:
    work_dir = tmp_path / "work"
    with command_line(tmp_path, "up", "fake", "--work-dir", str(work_dir)) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("fake is up: env AWS_ACCESS_KEY_ID=fake-main ")
        assert not fakes.nobody_lives(work_dir)
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
    assert fakes.nobody_lives(work_dir)


def test_an_interrupt_while_starting_leaves_nobody(tmp_path: Path) -> None:
    work_dir = tmp_path / "work"
    words = ["up", "fake", "--work-dir", str(work_dir)]
    with command_line(tmp_path, *words, faults="mute") as process:
        assert wait_until((work_dir / fakes.ALIVE).exists, seconds=20)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 128 + signal.SIGINT
    assert fakes.nobody_lives(work_dir)


def test_a_temporary_work_directory_goes_with_the_server(tmp_path: Path) -> None:
    with command_line(tmp_path, "up", "fake") as process:
        assert process.stdout
        assert process.stdout.readline()
        assert list(tmp_path.glob("lab-fake-*"))
        process.terminate()
        assert process.wait(timeout=20) == 0
    assert not list(tmp_path.glob("lab-fake-*"))


def test_a_server_that_could_not_be_started_leaves_its_log(tmp_path: Path) -> None:
    with command_line(tmp_path, "up", "fake", faults="doomed") as process:
        words, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    log = Path(words.rpartition("(log: ")[2].rstrip(")\n"))
    assert "no room for me here" in log.read_text(encoding="utf-8")
