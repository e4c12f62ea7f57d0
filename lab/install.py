"""Installing what a declaration names, once, into a folder of its own."""

import contextlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from lab.errors import LabError
from lab.packages import Package

STAMP = "installed"
"""The file of a folder that says which packages it holds."""


def install(name: str, packages: Sequence[Package], folder: Path) -> None:
    """Install packages into a folder, unless it holds exactly these.

    Raises:
        LabError: a package client is missing or failed.
    """
    if is_installed(packages, folder):
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for package in packages:
        try:
            package.install(folder, folder / "install.log")
        except LabError as error:
            raise LabError(f"{name} could not be installed: {error}") from error
    (folder / STAMP).write_text(repr(packages), encoding="utf-8")


def is_installed(packages: Sequence[Package], folder: Path) -> bool:
    """Say whether a folder holds exactly these packages."""
    with contextlib.suppress(FileNotFoundError):
        return (folder / STAMP).read_text(encoding="utf-8") == repr(packages)
    return False
