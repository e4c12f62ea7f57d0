"""Installed is not imposed: what another project notices of the plugin."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.plugin.marker import MARKER, is_matrix
from conformance.plugin.options import declare, dest_of
from tests.option_names import of_the_plugin
from tests.plugin.test_plugin import MATRIX, run

ROOT = Path(__file__).parents[2]
# What the plugin may load in a project without a matrix.
LIGHT = {
    "conformance",
    "conformance.plugin",
    "conformance.plugin.marker",
    "conformance.plugin.options",
}
OTHER = """
def pytest_addoption(parser):
    group = parser.getgroup("other")
    groups = [parser._anonymous, *parser._groups]
    taken = {{name for each in groups for option in each.options for name in option.names()}}
    for name in sorted({{*{names!r}}} - taken):
        group.addoption(name, default="theirs")


def pytest_report_header(config):
    names = ["timeout", "endpoint_url", "s3_timeout", "s3_endpoint_url"]
    return [f"{{name}} is {{getattr(config.option, name, None)}}" for name in names]
"""


def test_only_pytest_is_imported_where_there_is_no_matrix(tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(
        "import sys\n\n\ndef test_theirs():\n"
        f"    ours = {{name for name in sys.modules if name.startswith('conformance')}}\n"
        f"    assert ours == {LIGHT!r}\n"
        "    heavy = {'boto3', 'botocore', 'jsonschema_rs', 'requests', 'yaml'}\n"
        "    assert not heavy & {*sys.modules}\n"
    )
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    alone = {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        (sys.executable, "-m", "pytest", "-q", "-p", "conformance.plugin"), cwd=tmp_path,
        env={**os.environ, **alone}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_collecting_a_matrix_imports_nothing_that_only_a_run_needs(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(MATRIX)
    (tmp_path / "conftest.py").write_text(
        "import sys\n\n\ndef pytest_collection_finish():\n"
        "    assert not {'boto3', 'jinja2', 'jsonschema_rs', 'moto'} & {*sys.modules}\n"
    )
    alone = {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        (sys.executable, "-m", "pytest", "-p", "conformance.plugin", "--collect-only", "m.yaml"),
        cwd=tmp_path, env={**os.environ, **alone}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("how", ["plugin", "conftest"])
def test_option_of_another_plugin_wins_and_ours_keeps_its_prefixed_name(
    pytester: pytest.Pytester, how: str
) -> None:
    """Every name of ours is taken by another plugin, or by the project's conftest."""
    (pytester.path / "m.yaml").write_text(MATRIX)
    names = [name for name in of_the_plugin() if not name.startswith("--s3-")]
    text = OTHER.format(names=names)
    if how == "plugin":
        pytester.makepyfile(other=text)
        pytester.syspathinsert()
    else:
        pytester.makeconftest(text)

    result = run(
        pytester,
        "m.yaml",
        # The real ones, if they are installed, would clash with `other`.
        *(["-p", "other", "-p", "no:timeout", "-p", "no:profiling"] if how == "plugin" else []),
        "--collect-only",
        "--timeout=5",
        "--s3-timeout=7",
        "--s3-endpoint-url=http://127.0.0.1:1",
    )

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "timeout is 5*",
            "endpoint_url is theirs",
            "s3_timeout is 7.0",
            "s3_endpoint_url is http://127.0.0.1:1",
        ]
    )


def test_option_has_both_names_where_no_other_plugin_has_one(pytester: pytest.Pytester) -> None:
    result = run(pytester, "--help")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*--endpoint-url*--s3-endpoint-url*"])


def test_value_of_an_option_is_no_file_to_test(pytester: pytest.Pytester) -> None:
    """A folder with a conftest that is only written to: pytest must not load it."""
    (pytester.path / "m.yaml").write_text(MATRIX)
    written = pytester.mkdir("written")
    (written / "conftest.py").write_text("raise RuntimeError('loaded')\n")
    (written / "r.json").write_text("{}")
    result = run(pytester, "m.yaml", "--collect-only", "-q", "--results", "written/r.json")
    assert result.ret == pytest.ExitCode.OK


def test_markers_are_registered_only_with_a_matrix(pytester: pytest.Pytester) -> None:
    (pytester.path / "m.yaml").write_text(MATRIX)
    assert "@pytest.mark.bucket" not in run(pytester, "--markers").stdout.str()
    assert "@pytest.mark.bucket" in run(pytester, "--markers", "m.yaml").stdout.str()


def test_matrix_in_a_folder_is_collected_with_strict_markers(pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("tables")
    (folder / "m.yaml").write_text(MATRIX)
    result = run(pytester, "tables", "--collect-only", "-q", "--strict-markers", "-m", "feature")
    assert result.ret == pytest.ExitCode.OK
    assert "tables/m.yaml::HeadObject::Range" in result.outlines


def test_shipped_matrix_is_run_by_its_name(pytester: pytest.Pytester) -> None:
    result = run(pytester, "--s3-matrix", "storj", "--noconftest", "--collect-only", "-q")
    assert result.ret == pytest.ExitCode.OK
    assert len([line for line in result.outlines if "storj.yaml::" in line]) == 106


def test_matrix_that_is_not_shipped_is_refused_with_a_suggestion(
    pytester: pytest.Pytester,
) -> None:
    result = run(pytester, "--s3-matrix=storjj")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    said = "storjj: is no file, and no matrix of that name is shipped; did you mean storj?"
    assert said in result.stderr.str()


def test_destinations_are_ours_alone() -> None:
    dests: list[str] = []

    def note(name: str, **_: object) -> None:
        dests.append(dest_of(name))

    declare(note)
    assert all(dest.startswith("s3_") for dest in dests)
    assert len({*dests}) == len(dests)


def test_marker_is_the_first_key_of_the_format(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(MATRIX)
    assert is_matrix(path)
    assert MATRIX.startswith(f"{MARKER}: 1\n")
