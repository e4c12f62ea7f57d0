"""A matrix as pytest and the commands take it: whole, with its names checked."""

from __future__ import annotations

from pathlib import Path

from conformance import probes
from conformance.errors import MatrixError
from conformance.matrix import Matrix, Row, load
from conformance.matrix.names import require_known_names
from conformance.probing import PROBES


def read_table(path: Path | str) -> Matrix:
    """Read a matrix whose rows are to be observed, or listed with what can be observed of them.

    Raises:
        MatrixError: the file is no matrix, or a name in it is misspelt.
    """
    matrix = load(path)
    probes.load_all()
    require_known_names(matrix, PROBES.keys())
    return matrix


def without_probe(matrix: Matrix) -> tuple[Row, ...]:
    """The rows that cannot be observed yet, in the file's order."""
    return tuple(row for row in matrix.rows if row.id not in PROBES)


def require_probes(matrix: Matrix) -> None:
    """Refuse a matrix with rows that have no probe, for a project that has one for each.

    Raises:
        MatrixError: names all of these rows, at the line of the first.
    """
    missing = without_probe(matrix)
    if missing:
        named = ", ".join(f"{row.id} (line {row.line})" for row in missing)
        raise MatrixError(
            matrix.path, missing[0].line, f"{len(missing)} rows have no probe yet: {named}"
        )
