"""What a run shows in the terminal: failed rows, progress, durations, and what Ctrl-C keeps."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from conformance import probes
from conformance.plugin.hooks import SESSION
from conformance.plugin.items import node_id
from conformance.plugin.progress import EVERY, Progress, progress_line
from conformance.plugin.summary import cut

probes.load_all()  # before pytester remembers which modules to forget after each run

KEY = "x-amz-server-side-encryption-customer-key"
MATRIX = f"""\
s3-conformance: 1
vendor: Test
source: https://v.example/table
operations:
  object:
    HeadObject:
      status: implemented
      features:
        - members:
            Range: implemented
    GetObject:
      status: implemented
      features:
        - members:
            Range: implemented
            {KEY}: implemented
"""
ROWS = 5
FAILED = f"FAILED m.yaml::GetObject/{KEY} - ignored (silent hazard): 1 of 7 checks held; *"


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run pytest on a matrix of which the embedded endpoint fails one row."""
    monkeypatch.delenv("CI", raising=False)
    (pytester.path / "m.yaml").write_text(MATRIX)

    def start(*arguments: str, **more: Any) -> pytest.RunResult:
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments, **more)

    return start


class Reports:
    """How long pytest says that each row took."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "setup":
            self.seconds.append(report.duration)


def test_failed_row_by_default_is_one_line_with_its_verdict(run: Any, tmp_path: Path) -> None:
    reports = Reports()
    result = run("m.yaml", "--results", str(tmp_path / "r.json"), plugins=[reports])
    result.stdout.fnmatch_lines(["*short test summary info*", FAILED, "*1 failed, 4 passed*"])
    text = result.stdout.str()
    assert "FAILURES" not in text
    assert text.count("FAILED") == 1
    assert "curl" not in text
    rows = json.loads((tmp_path / "r.json").read_text())["rows"]
    assert reports.seconds == [row["seconds"] for row in rows]


@pytest.mark.parametrize(
    ("arguments", "shown", "hidden"),
    [
        (["--tb=line"], [f"m.yaml:16: GetObject/{KEY}: ignored*", FAILED], ["promise:", "curl"]),
        (["--tb=short"], ["ignored (silent*", "documented: implemented", FAILED], ["curl"]),
        (["--tb=no", "-rN"], ["*1 failed, 1 passed*"], ["ignored", "FAILED", "curl"]),
        (["-v"], [f"_* GetObject/{KEY} *", "*curl *", FAILED], ["…"]),
    ],
)
def test_failed_row_in_a_style_of_tb_is_as_long_as_that(
    run: Any, arguments: list[str], shown: list[str], hidden: list[str]
) -> None:
    result = run(
        f"m.yaml::GetObject/{KEY}", "m.yaml::HeadObject", "-k", f"HeadObject/Range or {KEY}",
        *arguments,
    )  # fmt: skip
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(shown)
    section = result.stdout.str().partition("collected")[2]
    assert [word for word in hidden if word in section] == []


@pytest.mark.parametrize(
    ("argument", "node"),
    [
        ("m.yaml::PutObject/If-Match", "m.yaml::PutObject::If-Match"),
        ("d/m.yml::Checksum/CRC32C/COMPOSITE", "d/m.yml::Checksum::CRC32C/COMPOSITE"),
        ("m.yaml::PutObject", "m.yaml::PutObject"),
        ("m.yaml::PutObject::If-Match", "m.yaml::PutObject::If-Match"),
        ("Checksum/m.yaml", "Checksum/m.yaml"),
        ("test_it.py::test[a/b]", "test_it.py::test[a/b]"),
    ],
)
def test_id_of_a_row_is_the_name_of_its_node(argument: str, node: str) -> None:
    assert node_id(argument) == node


@pytest.mark.parametrize(
    ("arguments", "count"),
    [(["m.yaml::GetObject/Range"], 1), (["m.yaml", "-k", "GetObject/Range"], 1),
     (["m.yaml", "--deselect", "m.yaml::GetObject/Range"], ROWS - 1)],
)  # fmt: skip
def test_id_of_a_row_selects_it(run: Any, arguments: list[str], count: int) -> None:
    lines = run("--collect-only", "-q", *arguments).outlines
    assert len([line for line in lines if line.startswith("m.yaml::")]) == count


class Interrupt:
    """Ctrl-C after the first row is told, when all others are observed."""

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        observer = self.config.stash[SESSION].observer
        end = time.monotonic() + 60
        while observer.done < ROWS and time.monotonic() < end:
            time.sleep(0.01)
        raise KeyboardInterrupt

    def pytest_configure(self, config: pytest.Config) -> None:
        self.config = config


def test_ctrl_c_keeps_the_rows_that_were_observed(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    result = run(
        "m.yaml", "--results", str(path), plugins=[Interrupt()], no_reraise_ctrlc=True
    )  # fmt: skip
    assert result.ret == pytest.ExitCode.INTERRUPTED
    document = json.loads(path.read_text())
    assert (document["complete"], document["run"]["interrupted"]) == (False, "interrupted")
    assert [row["observed"] for row in document["rows"]] == ["supported"] * 4 + ["ignored"]


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (80, "ignored (silent hazard): expected 412; got 200"),
        (34, "ignored (silent hazard): expected…"),
        (26, "ignored (silent hazard)"),
        (-9, "ignored (silent hazard)"),
    ],
)
def test_verdict_that_does_not_fit_keeps_its_word(room: int, shown: str) -> None:
    assert cut("ignored (silent hazard): expected 412; got 200", room) == shown


@pytest.mark.parametrize(
    ("done", "line"),
    [
        (0, "0 of 10 rows observed, 7 requests"),
        (4, "4 of 10 rows observed, 7 requests, about 1:30 left"),
        (10, "10 of 10 rows observed, 7 requests"),
    ],
)
def test_progress_says_rows_requests_and_the_time_left(done: int, line: str) -> None:
    assert progress_line(done, 10, 7, 60.0) == line


class Screen:
    """A terminal reporter of which only the text is of interest."""

    verbosity = 0
    fullwidth = 40
    width_of_current_line = 12

    def __init__(self, *, isatty: bool) -> None:
        self.isatty = isatty
        self.text = ""
        self._tw = self._file = self

    def write(self, text: str) -> None:
        self.text += text

    def write_line(self, text: str, *, flush: bool = False) -> None:
        self.text += f"{text}\n"

    def ensure_newline(self) -> None:
        self.text += "\n"

    def flush(self) -> None:
        pass


def test_progress_in_a_log_is_a_line_now_and_then() -> None:
    screen, now = Screen(isatty=False), [0.0]
    progress = Progress(screen, 10, lambda: now[0])
    for second in range(int(2 * EVERY) + 1):
        now[0] = float(second)
        progress.tell(4, second)
    assert screen.text.splitlines() == [
        "", "4 of 10 rows observed, 15 requests, about 0:22 left",
        "", "4 of 10 rows observed, 30 requests, about 0:45 left",
    ]  # fmt: skip


def test_progress_is_seen_while_pytest_captures_what_a_test_prints(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.plugin.progress.TICK", 0.001)
    monkeypatch.setattr("conformance.plugin.progress.EVERY", 0.0)
    result = run("m.yaml::HeadObject", "--capture=fd")
    result.stdout.fnmatch_lines(["* of 2 rows observed, * requests*", "*2 passed*"])


def test_progress_on_a_terminal_stands_below_the_cursor_and_goes_away() -> None:
    screen = Screen(isatty=True)
    progress = Progress(screen, 10, lambda: 0.0)
    with progress._erased():
        progress.tell(0, 7)
    line = "0 of 10 rows observed, 7 requests"
    assert screen.text == f"\n\r\x1b[2K{line}\x1b[1A\x1b[13G\n\r\x1b[2K\x1b[1A\x1b[13G"
