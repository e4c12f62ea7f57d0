"""`run` and `list`: matrices by the names under which they are shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance import cli
from conformance.matrix import load
from conformance.matrix.shipped import find, folder, shipped

ROOT = Path(__file__).parents[2]


def test_list_has_every_matrix_with_its_head(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(
        (path.stem for path in folder().glob("*.yaml")), key=lambda name: f"{name}.yaml"
    )
    assert any(line.startswith("r2-2026-07-31  2026-07-31  Cloudflare R2  http") for line in lines)


@pytest.mark.parametrize("name", ["r2", "mega-s4", "yandex"])
def test_head_of_a_shipped_matrix_is_what_the_loader_reads(name: str) -> None:
    it = next(it for it in shipped() if it.name == name)
    matrix = load(find(name))
    assert (it.vendor, it.source) == (matrix.vendor, matrix.source)
    assert it.published == (str(matrix.published) if matrix.published else None)


def test_file_goes_before_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "r2").write_text("mine")
    monkeypatch.chdir(tmp_path)
    assert find("r2") == Path("r2")


@pytest.mark.parametrize(("command", "status"), [("run", 4), ("rows", 2), ("serve", 2)])
def test_unknown_name_is_one_sentence(
    command: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([command, "r3"]) == status
    said = "s3-conformance: r3: is no file, and no matrix of that name is shipped; did you mean r2?"
    assert capsys.readouterr().err == f"{said}\n"


def test_run_is_pytest_without_the_folder_s_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (tmp_path / "conftest.py").write_text("raise RuntimeError\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    status = cli.main(["run", "noobaa::HeadObject", "--collect-only", "-q", "--label", "x"])

    assert status == 0
    assert "noobaa.yaml::HeadObject::HeadObject" in capfd.readouterr().out.splitlines()
    assert not (tmp_path / "specs").exists()


def test_run_ends_with_the_status_of_pytest(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert cli.main(["run", "noobaa", "--endpoint-url", "example.com", "-k", "HeadObject"]) == 4
    assert "is not an http:// or https:// URL" in capfd.readouterr().err


def test_embedded_endpoint_that_is_not_installed_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("conformance.run.embedded.find_spec", lambda _: None)
    assert cli.main(["serve", "noobaa"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "no --endpoint-url is given" in said
    assert "pip install 's3-conformance[embedded]'" in said
