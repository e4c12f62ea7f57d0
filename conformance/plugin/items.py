"""Collection: a matrix is a module, an operation a node, a row an item.

Collection depends on the file alone, so every xdist worker collects the same items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from conformance.errors import MatrixError
from conformance.gate import ADVICE, Finding, Quirks, expected
from conformance.gate.baseline import KnownDivergence
from conformance.matrix import Matrix, Row
from conformance.neutral import neutral_lines
from conformance.plugin.baseline import GATE
from conformance.plugin.marker import SUFFIXES
from conformance.plugin.story import brief, story
from conformance.results import ResultRow, failed_checks
from conformance.run import Gone, Sighting, read_table, require_probes, stored_row
from conformance.verdict import Divergence

FAILED: Final = (Divergence.MISSING, Divergence.PARTIAL)
LEVELS_WITH_FEATURES: Final = ("bucket", "object")
OBSERVE: Final = pytest.StashKey[Callable[[Row], Sighting]]()


# Why matrices were refused: pytest ends as it does for a wrong option.
REFUSED: Final = pytest.StashKey[list[str]]()


class Diverged(Exception):
    """A row that diverges from its documentation; pytest shows the text unchanged."""


def read(path: Path, config: pytest.Config) -> Matrix:
    """Read a matrix as the options of a run want it.

    Raises:
        MatrixError: it is no matrix, a name in it is misspelt, or a row has no probe and must.
    """
    matrix = read_table(path)
    if config.option.s3_require_probes:
        require_probes(matrix)
    return matrix


class MatrixFile(pytest.File):
    """One matrix; its children are the operations, then `Checksum`, `Region` and topics."""

    def collect(self) -> Iterator[pytest.Collector]:
        try:
            matrix = read(self.path, self.config)
        except MatrixError as error:
            self.config.stash.setdefault(REFUSED, []).append(str(error))
            raise self.CollectError(str(error)) from None
        for name, rows in matrix.operations.items():
            yield OperationNode.from_parent(self, name=name, matrix=matrix, rows=rows)


class OperationNode(pytest.Collector):
    """One operation; its children are its own row and its features'."""

    def __init__(self, *, matrix: Matrix, rows: tuple[Row, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._matrix = matrix
        self._rows = rows

    def collect(self) -> Iterator[pytest.Item]:
        for row in self._rows:
            item = RowItem.from_parent(self, name=item_name(row), matrix=self._matrix, row=row)
            for marker in _markers(self.config, row):
                item.add_marker(getattr(pytest.mark, marker))
            item.extra_keyword_matches.add(row.id)
            yield item


def item_name(row: Row) -> str:
    """The item's name below its operation: `PutObject`, `If-Match`, `CRC32C/COMPOSITE`."""
    return row.id.removeprefix(f"{row.operation}/")


def node_id(argument: str) -> str:
    """A row named by its id, `m.yaml::PutObject/If-Match`, as pytest's own name of its node."""
    path, separator, row = argument.partition("::")
    if not separator or "::" in row or not path.endswith(SUFFIXES):
        return argument
    return f"{path}::{row.replace('/', '::', 1)}"


def _markers(config: pytest.Config, row: Row) -> Iterator[str]:
    yield row.documented.value.replace("-", "_")
    yield row.level
    if row.level not in LEVELS_WITH_FEATURES:
        return
    yield "operation" if row.feature is None else "feature"
    if row.group:
        slug = "".join(c if c.isalnum() else "_" for c in row.group.lower()).strip("_")
        config.addinivalue_line("markers", f"{slug}: rows of the group {row.group}")
        yield slug


class RowItem(pytest.Item):
    """One row of the matrix: setup observes it, the call judges it."""

    def __init__(self, *, matrix: Matrix, row: Row, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.matrix = matrix
        self.row = row
        self.stored: ResultRow | None = None
        self._entry: KnownDivergence | None = None
        self._finding: Finding | None = None

    def setup(self) -> None:
        try:
            stored = stored_row(self.row, self.config.stash[OBSERVE](self.row))
        except Gone as gone:
            self.session.shouldstop = str(gone)
            pytest.skip(str(gone))
        self.stored = stored
        self.user_properties += [
            ("documented", stored["documented"]),
            ("observed", stored["observed"]),
            ("divergence", stored["divergence"]),
            ("hazard", stored["hazard"] or "none"),
            ("reason", stored["reason"]),
            ("decided_by", stored["decided_by"]),
            ("failed_checks", " ".join(failed_checks(stored)) or "none"),
            ("quirks", str(stored["quirks"])),
        ]
        if GATE in self.config.stash:
            self._entry, self._finding = self.config.stash[GATE].finding_for(stored)
            self.user_properties.append(
                ("gate", self._finding.kind.value if self._finding else "as expected")
            )
        if stored["divergence"] == Divergence.UNDECIDED and self._finding is None:
            pytest.skip(f"{stored['observed']}: {stored['reason']}{_known(self._entry)}")

    def runtest(self) -> None:
        assert self.stored is not None
        if self._finding is not None:
            kind = self._finding.kind
            first, _, rest = self._story().partition("\n")
            said = f"baseline:   {expected(self._entry)}\n" if self._entry else ""
            raise Diverged(f"{kind}: {ADVICE[kind]}: {first}\n{said}{rest}")
        if self._entry is not None:
            pytest.xfail(f"{self.stored['observed']}{_known(self._entry)}")
        strict = self.config.option.s3_quirks == Quirks.FAIL and GATE not in self.config.stash
        if self.stored["divergence"] in FAILED or (strict and self.stored["quirks"]):
            raise Diverged(self._story())

    def _story(self) -> str:
        assert self.stored is not None
        if self.config.option.tbstyle == "short":
            return brief(self.stored)
        return story(self.stored, quirks=self.config.option.s3_quirks != Quirks.IGNORE)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **kwargs: Any
    ) -> Any:
        if isinstance(excinfo.value, Diverged):
            return str(excinfo.value)
        # What a probe failed at may quote the endpoint.
        return neutral_lines(str(super().repr_failure(excinfo, *args, **kwargs)))

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.row.line - 1, self.row.id


def _known(entry: KnownDivergence | None) -> str:
    return f"; known: {entry.reason} ({entry.link})" if entry else ""
