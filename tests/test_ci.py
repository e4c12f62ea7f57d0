"""What others copy into their repositories: the action, its workflow, the example, the snippets."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance import cli
from tests.option_names import of_the_commands, of_the_plugin

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "docs" / "example-vendor"
BIN = Path(sys.executable).parent
# Of pytest itself; that they exist is shown by running them.
PYTEST_S = {"--junitxml", "--strict"}


@pytest.fixture(scope="module")
def action() -> Any:
    return yaml.safe_load((ROOT / "action.yml").read_text())


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example vendor's repository."""
    shutil.copytree(EXAMPLE, tmp_path / "vendor")
    monkeypatch.chdir(tmp_path / "vendor")
    return tmp_path / "vendor"


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command, env={**os.environ, "PATH": path, **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def commands(text: str) -> list[list[str]]:
    """The commands of a text's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines if line.startswith(("pytest ", "s3-conformance "))]


def test_the_example_s_commands_end_as_it_says(vendor: Path) -> None:
    shown = commands((vendor / "README.md").read_text())
    assert len(shown) == 3
    for command in shown:
        done = run(*command)
        assert done.returncode == 0, done.stdout + done.stderr
    for name in ("results.json", "report.html", "summary.md", "badge.svg", "badge.json"):
        assert (vendor / name).stat().st_size > 100


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("baseline", "  GetObjectTagging:", "  GetObjectTags:", "new: GetObjectTagging:"),
        ("table", "unimplemented", "implemented", "fixed: GetObjectTagging:"),
    ],
)
def test_one_word_otherwise_and_the_gate_is_closed(
    vendor: Path, file: str, old: str, new: str, said: str
) -> None:
    path = vendor / f"s3-{file}.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    first, second, _ = commands((vendor / "README.md").read_text())
    for command in (first, second):
        done = run(*command)
        assert done.returncode == 1, done.stdout + done.stderr
        assert f"\n{said}" in f"\n{done.stdout}"


def test_the_example_s_files_are_listed_and_found(vendor: Path) -> None:
    text = (vendor / "README.md").read_text()
    for name in re.findall(r"`([\w./-]+\.ya?ml)`", text):
        assert (vendor / name).is_file()
    assert cli.main(["rows", "s3-table.yaml"]) == 0


def test_the_action_s_inputs_are_described_and_used(action: Any) -> None:
    text = (ROOT / "action.yml").read_text()
    used = set(re.findall(r"inputs\.([\w-]+)", text))
    assert used == {*action["inputs"]}
    for name, entry in action["inputs"].items():
        assert entry["description"].endswith("."), name
        assert entry.get("required") or "default" in entry, name
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), "an input is never part of a script"
        assert "uses" in step or step["shell"] == "bash"


def test_every_option_in_the_action_exists(action: Any) -> None:
    known = {*of_the_plugin(), *(it for options in of_the_commands().values() for it in options)}
    script = "\n".join(step.get("run", "") for step in action["runs"]["steps"])
    named = {*re.findall(r"--[a-z][a-z-]+", script)} - {"--quiet"}
    assert named - known <= PYTEST_S


def test_actions_of_others_are_pinned_by_digest() -> None:
    pages = (
        ROOT / "action.yml",
        EXAMPLE / ".github/workflows/s3-conformance.yml",
        ROOT / "docs/ci.md",
    )
    used = [it for page in pages for it in re.findall(r"uses: (\S+)", page.read_text())]
    assert len(used) > 3
    for it in used:
        if not it.startswith("s3-conformance/"):
            assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", it), it


def test_the_workflow_gives_inputs_that_there_are(action: Any) -> None:
    workflow = yaml.safe_load((EXAMPLE / ".github/workflows/s3-conformance.yml").read_text())
    steps = workflow["jobs"]["conformance"]["steps"]
    given = next(step for step in steps if "/s3-conformance@" in step.get("uses", ""))["with"]
    assert {*given} <= {*action["inputs"]}
    assert {name for name, it in action["inputs"].items() if it.get("required")} <= {*given}
    for name in ("matrix", "baseline"):
        assert (EXAMPLE / given[name]).is_file()


def test_the_pipeline_gives_options_that_there_are() -> None:
    pipeline = yaml.safe_load((EXAMPLE / ".gitlab-ci.yml").read_text())
    script = " ".join(pipeline["s3-conformance"]["script"])
    assert {*re.findall(r"--[a-z][a-z-]+", script)} - PYTEST_S <= {*of_the_plugin()}
    kept = pipeline["s3-conformance"]["artifacts"]
    for name in [*kept["paths"], kept["reports"]["junit"]]:
        assert name in script


@pytest.fixture
def runner(tmp_path: Path) -> dict[str, str]:
    """A runner's environment, with the suite installed."""
    if not shutil.which("bash"):
        pytest.skip("bash is not installed")
    installed = tmp_path / "s3-conformance" / "bin"
    installed.mkdir(parents=True)
    for name in ("pytest", "s3-conformance"):
        (installed / name).symlink_to(BIN / name)
    return {
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }


@pytest.mark.parametrize(
    ("inputs", "status", "said"),
    [
        ({"STRICT": "true"}, 0, "gate: as expected (rows: 9, known divergences: 2)"),
        ({"SILENT_IGNORES": "all", "REPEAT": "2", "LABEL": "a b"}, 0, "a b against Example Sto"),
        ({"BASELINE": ""}, 1, "1 missing"),
        ({"ARGUMENTS": "-k Range --jobs 1"}, 0, "gate: as expected (rows: 1,"),
        (
            {"ENDPOINT_URL": "http://127.0.0.1:1", "REGION": "r", "BUCKETS": "a b", "WAIT": "1"},
            4,
            "no results, exit status 4:\nERROR: no credentials",
        ),
        ({"MATRIX": "none.yaml"}, 4, "ERROR: file or directory not found: none.yaml"),
        ({"ARGUMENTS": "--jobs none"}, 4, "--s3-jobs: none is not a whole number"),
        ({"SHARD": "1/2"}, 0, "gate: as expected (rows: 5, known divergences: 1)"),
    ],
)
def test_the_action_s_script(
    action: Any,
    vendor: Path,
    runner: dict[str, str],
    inputs: dict[str, str],
    status: int,
    said: str,
) -> None:
    step = next(step for step in action["runs"]["steps"] if step.get("id") == "run")
    defaults = {
        name: str(action["inputs"][re.findall(r"inputs\.([\w-]+)", value)[0]].get("default", ""))
        for name, value in step["env"].items()
    }
    given = {"MATRIX": "s3-table.yaml", "BASELINE": "s3-baseline.yaml", **inputs}
    shell = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"])
    done = run(*shell, **runner, **{**defaults, **given})
    assert done.returncode == status, done.stdout + done.stderr
    summary = Path(runner["GITHUB_STEP_SUMMARY"]).read_text()
    assert said in summary
    assert summary.count("```") % 2 == 0
    report = Path(runner["RUNNER_TEMP"], "s3-conformance-report", "report.html")
    assert report.exists() == (status != 4)
    assert Path(runner["GITHUB_OUTPUT"]).read_text().count("\n") == 3
    badge = Path(runner["RUNNER_TEMP"], "s3-conformance-report", "badge.json")
    if status == 0 and "SHARD" not in inputs:
        assert json.loads(badge.read_text())["message"].startswith("as expected, ")
