"""A server is installed once, as declared, through the client of its registry."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab import packages
from lab.clients import CLIENTS
from lab.errors import LabError
from lab.packages import CargoProgram, DebianPackages, GoProgram, MavenJar, Package
from lab.servers import SERVERS
from tests.lab import fakes

README = Path(__file__).parents[2] / "lab" / "README.md"


@dataclass(frozen=True, slots=True)
class Broken:
    """A package that leaves something and fails."""

    def install(self, folder: Path, log: Path) -> None:
        (folder / "half").touch()
        raise LabError(f"no such version (log: {log})")


@pytest.fixture
def clients(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put fake programs before all others; each logs its words and the environment it is given."""
    folder = tmp_path / "clients"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")

    def add(*names: str, says: str = 'echo "${0##*/} $*"; echo "GOBIN=$GOBIN"') -> None:
        for name in names:
            program = folder / name
            program.write_text(f"#!/bin/sh\n{says}\n", encoding="utf-8")
            program.chmod(0o755)

    return add


def install(package: Package, folder: Path) -> list[str]:
    """Install one package and return what its client said."""
    log = folder / "log"
    log.touch()
    package.install(folder, log)
    return log.read_text(encoding="utf-8").splitlines()


def test_what_is_installed_is_not_installed_again(tmp_path: Path) -> None:
    fake = fakes.server()
    assert not fake.is_installed(tmp_path)
    fake.install(tmp_path)
    assert fake.is_installed(tmp_path)
    (tmp_path / "fake" / "mark").touch()
    fake.install(tmp_path)
    assert (tmp_path / "fake" / "mark").exists()


def test_another_version_starts_from_nothing(tmp_path: Path) -> None:
    fakes.server().install(tmp_path)
    newer = fakes.server(packages=(fakes.Nothing("newer"),))
    assert not newer.is_installed(tmp_path)
    newer.install(tmp_path)
    assert not (tmp_path / "fake" / "nothing").exists()
    assert (tmp_path / "fake" / "newer").exists()


def test_what_fails_half_way_is_not_installed(tmp_path: Path) -> None:
    broken = fakes.server(packages=(fakes.Nothing(), Broken()))
    with pytest.raises(LabError, match="fake could not be installed: no such version"):
        broken.install(tmp_path)
    assert not broken.is_installed(tmp_path)


def test_go_builds_the_pinned_module_into_the_folder(
    tmp_path: Path, clients: Callable[..., None]
) -> None:
    clients("go")
    said = install(GoProgram("example.org/server", "v1.2.3"), tmp_path)
    assert said == [
        "go install -p=1 -trimpath example.org/server@v1.2.3",
        f"GOBIN={tmp_path}/bin",
    ]


def test_cargo_builds_the_pinned_crate_as_it_was_locked(
    tmp_path: Path, clients: Callable[..., None]
) -> None:
    clients("cargo")
    said = install(CargoProgram("server", "1.2.3", features=("binary",)), tmp_path)
    pinned = "--version 1.2.3 --locked --features binary server"
    assert said[0] == f"cargo install --jobs=1 --root {tmp_path} {pinned}"


def test_maven_copies_the_pinned_jar(tmp_path: Path, clients: Callable[..., None]) -> None:
    clients("mvn")
    said = install(MavenJar("org.example:server:1.2.3:jar:exec"), tmp_path)
    assert "-Dartifact=org.example:server:1.2.3:jar:exec" in said[0].split()
    assert f"-DoutputDirectory={tmp_path}/lib" in said[0].split()


def test_a_client_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match="mvn is not installed on this machine"):
        install(MavenJar("org.example:server:1.2.3:jar:exec"), tmp_path)


def test_packages_of_the_system_are_left_alone_when_they_are_there(
    tmp_path: Path, clients: Callable[..., None]
) -> None:
    clients("served", "apt-get")
    clients("dpkg-query", says="printf 16.2.15+ds")
    assert install(DebianPackages(("served",), ("served",), version="16.2"), tmp_path) == []


def test_packages_of_the_system_in_another_version_are_refused(
    tmp_path: Path, clients: Callable[..., None]
) -> None:
    clients("served")
    clients("dpkg-query", says="printf 18.2.7")
    with pytest.raises(LabError, match=r"served is 18\.2\.7, not 16\.2"):
        install(DebianPackages(("served",), ("served",), version="16.2"), tmp_path)


def test_packages_of_the_system_need_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LabError, match=r"needs root on a Debian system: apt-get install .* served"):
        install(DebianPackages(("served",), ("no-such-program",)), tmp_path)


def test_root_installs_what_is_missing(
    tmp_path: Path, clients: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clients("apt-get")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    said = install(DebianPackages(("served",), ("no-such-program",)), tmp_path)
    commands = [line for line in said if line.startswith("apt-get")]
    assert [line.split()[1] for line in commands] == ["update", "install"]
    assert "served" in commands[1].split()


def test_every_declared_server_has_its_own_name_and_a_version() -> None:
    for name, server in SERVERS.items():
        assert name == server.name
        assert any(digit in server.version for digit in "0123456789"), name
        assert server.packages, name


def test_every_declared_package_names_its_version() -> None:
    for name, server in SERVERS.items():
        for package in server.packages:
            assert package is packages.JAVA or any(map(str.isdigit, repr(package))), name


def listed_in(title: str) -> list[tuple[str, str]]:
    section = README.read_text(encoding="utf-8").partition(f"\n{title}\n")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("| `")]
    return [(row[1].strip(" `"), row[3].strip()) for row in rows]


def test_readme_when_it_lists_clients_has_those_there_are_in_their_order() -> None:
    assert listed_in("## Real clients") == [(each.name, each.version) for each in CLIENTS.values()]


def test_the_readme_lists_the_servers_there_are_in_their_order() -> None:
    listed = listed_in("## Servers")
    declared = [(server.name, server.version.partition(" (")[0]) for server in SERVERS.values()]
    assert listed == declared
