"""The matrices that come with the package, by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from conformance.errors import MatrixError

_PACKAGE: Final = Path(__file__).parents[1]
_KEY: Final = re.compile(r"^(vendor|source|published): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """A matrix that comes with the package.

    Attributes:
        name: of its file, without the suffix.
        vendor: whose table it is.
        source: the page's URL.
        published: the date the page gives for itself, if any.
    """

    name: str
    vendor: str
    source: str
    published: str | None


def folder() -> Path:
    """In a wheel the matrices are part of the package; in a checkout they have a folder."""
    installed = _PACKAGE / "specs"
    return installed if installed.is_dir() else _PACKAGE.parent / "specs"


def shipped() -> Iterator[Shipped]:
    """All of them, by name. Only the head of each file is read."""
    for path in sorted(folder().glob("*.yaml")):
        head = path.read_text(encoding="utf-8").partition("\noperations:")[0]
        keys = {key: value.strip("\"'") for key, value in _KEY.findall(head)}
        yield Shipped(
            name=path.stem,
            vendor=keys["vendor"],
            source=keys["source"],
            published=keys.get("published"),
        )


def find(name: str) -> Path:
    """The file of a matrix: one that is there, or one that is shipped under this name.

    Raises:
        MatrixError: neither is.
    """
    path = Path(name)
    if path.is_file():
        return path
    names = [it.stem for it in folder().glob("*.yaml")]
    if name in names:
        return folder() / f"{name}.yaml"
    near = get_close_matches(name, names, 1, 0.5)
    meant = f"did you mean {near[0]}?" if near else "s3-conformance list prints the names"
    raise MatrixError(name, 0, f"is no file, and no matrix of that name is shipped; {meant}")
