"""The steps of the pages for contributors, executed as a newcomer types them, one process each."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FENCE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
# Where the page says that each of its files goes, in the order of its blocks.
FILES = (
    "conformance/probes/object_ownership.py",
    "tests/probes/test_object_ownership.py",
    "tests/mutants/damages/object_ownership.py",
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the steps need, so that nothing is written into the real one."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in (
        "conformance",
        "lab",
        "specs",
        "reports/templates",
        "tests/mutants",
        "tests/probes",
    ):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("conftest.py", "pyproject.toml", "tests/conftest.py"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def environment(folder: Path) -> dict[str, str]:
    """A newcomer's, with the suite installed."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(folder if (folder / "conformance").is_dir() else ROOT),
        "S3_CONFORMANCE_LEDGERS": str(folder / "ledgers"),
    }


def step(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """One line of a page, in a process of its own."""
    return subprocess.run(  # noqa: S602 - the line is typed as the page has it
        line,
        shell=True,
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )


def commands(blocks: list[tuple[str, str]]) -> Iterator[str]:
    for language, text in blocks:
        if language == "sh":
            yield from text.strip().splitlines()


def test_steps_of_adding_a_probe_work_as_typed(checkout: Path) -> None:
    blocks = FENCE.findall((DOCS / "adding-a-probe.md").read_text())
    python = [text for language, text in blocks if language == "python"]
    for name, text in zip(FILES, python, strict=True):
        (checkout / name).write_text(text)
    (checkout / "own.yaml").write_text(
        next(text for language, text in blocks if language == "yaml")
    )

    outputs = {line: step(checkout, line) for line in commands(blocks)}

    assert len(outputs) == 3
    for line, done in outputs.items():
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    tests, mutants, run = (done.stdout for done in outputs.values())
    assert "3 passed" in tests
    assert "caught 100.0% of 4 mutants" in mutants
    assert "2 passed" in run


def test_steps_of_writing_a_matrix_work_as_typed(tmp_path: Path) -> None:
    blocks = FENCE.findall((DOCS / "writing-a-matrix.md").read_text())
    text = "".join(text for language, text in blocks if language == "yaml")
    (tmp_path / "s3-table.yaml").write_text(text)
    rows, run, serve = (line.partition("#")[0].strip() for line in commands(blocks))

    listed, ran = step(tmp_path, rows), step(tmp_path, run)

    assert (listed.returncode, ran.returncode) == (0, 1), listed.stderr + ran.stdout + ran.stderr
    assert "PutObject/x-example-tier\timplemented\tno probe yet\n" in listed.stdout
    assert "against Example Storage's table: ✅" in ran.stdout
    assert "(1): no probe yet" in ran.stdout
    with subprocess.Popen(
        shlex.split(serve),
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        assert server.stdout.readline().startswith("Example Storage as documented: http://127.0")
        server.terminate()
