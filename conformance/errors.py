"""Every error that is reported to the user, one sentence each.

    ConformanceError
    ├── MatrixError        a YAML matrix, with file and line
    ├── BaselineError      a baseline of known divergences, with file and line
    ├── PageError          a vendor's saved page, with file and line
    ├── ResultsError       a results file, or an output path
    ├── EndpointError      the given endpoint cannot be used
    └── LedgerError        the ledger of created buckets and keys cannot be written or read

A server that contradicts its vendor's documentation is a value (`verdict.Observation`), never an
exception.
"""

from __future__ import annotations

from pathlib import Path


class ConformanceError(Exception):
    """Base of all errors whose text is shown to the user unchanged."""


class _AtLine(ConformanceError):
    """An error that belongs to one line of one file.

    Args:
        path: the file, as the user named it.
        line: counted from 1; 0 if the error has no line.
        problem: what is wrong, without file and line.
    """

    def __init__(self, path: Path | str, line: int, problem: str) -> None:
        place = f"{path}:{line}" if line else f"{path}"
        super().__init__(f"{place}: {problem}")
        self.path = str(path)
        self.line = line
        self.problem = problem


class MatrixError(_AtLine):
    """A matrix that cannot be read or breaks the closed schema of `matrix`."""


class BaselineError(_AtLine):
    """A baseline that cannot be read or breaks the closed schema of `gate.baseline`."""


class PageError(_AtLine):
    """A vendor's page that the importer does not understand."""


class ResultsError(ConformanceError):
    """A results file that cannot be read, or an output that cannot be written."""


class EndpointError(ConformanceError):
    """An endpoint, a bucket or credentials that make observation impossible."""


class LedgerError(ConformanceError):
    """The ledger on disk cannot be written or read, so nothing may be created."""
