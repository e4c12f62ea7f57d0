"""Which files are matrices; every project's YAML is asked, so nothing is imported for it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

MARKER: Final = "s3-conformance"
SUFFIXES: Final = (".yaml", ".yml")


def is_matrix(path: Path) -> bool:
    """Whether a YAML file declares itself a matrix, by its first key; no YAML is parsed."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return False
    return any(line.startswith(MARKER.encode() + b":") for line in head.splitlines())
