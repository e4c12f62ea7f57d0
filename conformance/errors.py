"""Everything a user can be told is wrong, one sentence each.

    ConformanceError
    ├── MatrixError        a YAML matrix, with file and line
    ├── BaselineError      a baseline of known divergences, with file and line
    ├── PageError          a vendor's page, with file and line
    ├── ResultsError       a results file, or an output path
    ├── EndpointError      the endpoint as given cannot be used
    └── LedgerError        the ledger of created buckets and keys cannot be kept

A server that contradicts its vendor is a value (`verdict.Observation`), never an exception.
"""

from __future__ import annotations

from pathlib import Path


class ConformanceError(Exception):
    """Base of all errors whose text is meant for the user as it stands."""


class _AtLine(ConformanceError):
    """An error that belongs to one line of one file.

    Args:
        path: the file, as the user named it.
        line: counted from 1; 0 where no line is to blame.
        problem: what is wrong, without file and line.
    """

    def __init__(self, path: Path | str, line: int, problem: str) -> None:
        place = f"{path}:{line}" if line else f"{path}"
        super().__init__(f"{place}: {problem}")
        self.path = str(path)
        self.line = line
        self.problem = problem


class MatrixError(_AtLine):
    """A matrix that does not follow the closed schema of `spec`."""


class BaselineError(_AtLine):
    """A baseline that does not follow the closed schema of `baseline`."""


class PageError(_AtLine):
    """A vendor's page that the importer does not understand."""


class ResultsError(ConformanceError):
    """A results file that cannot be read, or an output that cannot be written."""


class EndpointError(ConformanceError):
    """An endpoint, a bucket or credentials with which nothing can be observed."""


class LedgerError(ConformanceError):
    """The ledger on disk cannot be written or read, so nothing may be created."""
