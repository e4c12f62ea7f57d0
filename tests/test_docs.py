"""The documentation agrees with the code: options, links, findings, rooms, versions, examples."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from conformance import __version__, matrix
from conformance.gate import Kind, SilentIgnores, baseline
from conformance.verdict import Documented
from tests.option_names import of_the_commands, of_the_plugin

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "lab/README.md")),
    *sorted(DOCS.rglob("*.md")),
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def anchors(text: str) -> set[str]:
    """The headings' ids, as GitHub and GitLab make them."""
    heads = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text()), link


def test_the_readme_links_every_page() -> None:
    text = (ROOT / "README.md").read_text()
    assert [page.name for page in DOCS.glob("*.md") if f"(docs/{page.name})" not in text] == []


def test_every_option_is_listed() -> None:
    text = (DOCS / "options.md").read_text()
    pytest_s, _, commands_s = text.partition("\n## s3-conformance\n")
    for name in of_the_plugin():
        assert f"`{name}" in pytest_s, name
    table = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in commands_s.splitlines()
        if line.startswith("| `-")
    ]
    for command, names in of_the_commands().items():
        listed = "".join(options for options, of, _ in table if of == f"`{command}`")
        for name in names:
            assert re.search(rf"`{name}\b", listed), f"{name} of {command}"
        assert f"| `{command} " in commands_s or f"| `{command}` " in commands_s


def test_no_option_is_listed_that_is_not_there() -> None:
    known = {*of_the_plugin(), *(it for options in of_the_commands().values() for it in options)}
    named = {*re.findall(r"(?<![\w-])--[a-z][a-z-]+", (DOCS / "options.md").read_text())}
    assert named - known == {"--junitxml", "--help", "--tb", "--durations"}


def test_every_finding_is_explained() -> None:
    text = (DOCS / "gate.md").read_text()
    assert re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE) == [kind.value for kind in Kind]
    for policy in SilentIgnores:
        assert policy.value in text


def test_the_baseline_shown_is_one() -> None:
    (shown,) = re.findall(r"```yaml\n(.*?)```", (DOCS / "gate.md").read_text(), re.DOTALL)
    entries = baseline.parsed(DOCS / "gate.md", shown.encode()).entries
    assert [entry.flaky for entry in entries.values()] == [False, True]


def test_the_matrix_shown_is_one(tmp_path: Path) -> None:
    """Head, operations, features, two tables and behaviours, one below the other as shown."""
    page = (DOCS / "writing-a-matrix.md").read_text()
    path = tmp_path / "m.yaml"
    path.write_text("".join(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)))
    assert {row.level for row in matrix.load(path).rows} == {
        "bucket",
        "object",
        "checksum",
        "region",
        "behaviour",
    }
    words = page.partition("`status` is one of")[2].partition("Leave")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", words, re.MULTILINE) == [*Documented]


def layers() -> list[set[str]]:
    """The rooms of each layer that import-linter enforces, the lowest first."""
    (contract,) = (
        it for it in PROJECT["tool"]["importlinter"]["contracts"] if it["type"] == "layers"
    )
    return [
        {name.strip().removeprefix("conformance.") for name in layer.split("|")}
        for layer in reversed(contract["layers"])
    ]


def test_table_of_rooms_equals_the_import_linter_layers() -> None:
    text = (DOCS / "architecture.md").read_text()
    listed: list[set[str]] = [set() for _ in layers()]
    for layer, room in re.findall(r"^\| (\d+) \| `(\w+)` \|", text, re.MULTILINE):
        assert room not in listed[int(layer) - 1]
        listed[int(layer) - 1].add(room)
    assert listed == layers()


def test_every_room_exists_and_every_module_is_in_a_room() -> None:
    package = ROOT / "conformance"
    found = {path.parent.name for path in package.glob("*/__init__.py")}
    found |= {path.stem for path in package.glob("*.py")} - {"__init__"}
    assert found == set().union(*layers())


def test_architecture_names_only_paths_that_exist() -> None:
    text = (DOCS / "architecture.md").read_text()
    paths = re.findall(r"`((?:conformance|lab|reports|specs|tests)/[\w/.]*)`", text)
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_changelog_has_unreleased_and_the_current_version() -> None:
    heads = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert heads[0] == "Unreleased"
    assert __version__ in heads
    assert PROJECT["project"]["version"] == __version__


def test_project_urls_lead_to_files_of_this_repository() -> None:
    urls = PROJECT["project"]["urls"]
    for url in urls.values():
        assert url.startswith(urls["Repository"])
        _, found, path = url.partition("/blob/main/")
        assert not found or (ROOT / path).exists(), url


def test_snippets_of_ci_are_yaml() -> None:
    for snippet in re.findall(r"```yaml\n(.*?)```", (DOCS / "ci.md").read_text(), re.DOTALL):
        assert yaml.safe_load(snippet)
    inputs = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    table = (DOCS / "ci.md").read_text().partition("| input |")[2].partition("| output |")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE) == [*inputs]
