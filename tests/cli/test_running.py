"""`run` and `list`: matrices by the names under which they are shipped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import cli, results
from conformance.matrix import load
from conformance.matrix.shipped import find, folder, shipped
from conformance.run.embedded import embedded

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


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two profiles, each with the same endpoint by another name; the folder to work in."""
    keys = "aws_access_key_id = {0}\naws_secret_access_key = {0}-secret\nregion = us-east-1\n"
    with embedded() as endpoint:
        urls = {"one": endpoint.url, "other/two": endpoint.url.replace("127.0.0.1", "localhost")}
        (tmp_path / "config").write_text(
            "".join(
                f"[profile {name}]\n{keys.format('test')}endpoint_url = {url}\n"
                for name, url in urls.items()
            )
        )
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        monkeypatch.chdir(tmp_path)
        yield tmp_path


def test_run_of_several_profiles_compares_their_endpoints(
    profiles: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    given = ["--profiles", "one,other/two", "-q", "--output", "out"]

    assert cli.main(["run", "noobaa::ListBuckets", *given]) == 0

    out = profiles / "out"
    assert {path.name for path in out.iterdir()} == {
        "comparison.html",
        "one.json",
        "other_two.json",
    }
    labels = [
        results.read(out / name)["endpoint"]["label"] for name in ("one.json", "other_two.json")
    ]
    assert labels == ["one", "other/two"]
    assert capfd.readouterr().out.count(": http://") >= len(labels)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--profiles", "one,other/two"], "--profiles needs --output DIR"),
        (["--profiles", "one,one", "--output", "out"], "'one' stands there twice"),
        (["--profiles", "one,", "--output", "out"], "'' stands there twice, or is empty"),
        (
            ["--profiles", "three", "--output", "out"],
            "--profiles three: The config profile",
        ),
        (["--profiles", "one", "--output", "out", "--label=x"], "--label cannot be given beside"),
    ],
)
def test_run_of_profiles_that_cannot_be_is_one_sentence(
    profiles: Path, capsys: pytest.CaptureFixture[str], given: list[str], said: str
) -> None:
    assert cli.main(["run", "noobaa", *given]) == 4
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert not [*profiles.glob("out/*.json")]


def test_embedded_endpoint_that_is_not_installed_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("conformance.run.embedded.find_spec", lambda _: None)
    assert cli.main(["serve", "noobaa"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "no --endpoint-url is given" in said
    assert "pip install 's3-conformance[embedded]'" in said
