"""With `--baseline`, the baseline says what is expected of each row, and what is not told by one.

Every process judges its own rows; only the controlling one holds the whole run, and updates.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from conformance.gate import (
    Finding,
    GateResult,
    Policy,
    baseline,
    compare,
    finding_for,
    require_same_source,
    table_of,
    update,
)
from conformance.gate.baseline import Baseline, KnownDivergence
from conformance.matrix import Matrix
from conformance.results import Document, ResultRow, files


class Gate:
    """A baseline, and what a run has to do with it.

    Args:
        path: the baseline.
        policy: what needs an entry.
        update: the baseline is written anew, so each row is held against the entry it will have.

    Raises:
        BaselineError: what is there is no baseline, or nothing is there and none is to be made.
    """

    def __init__(self, path: Path, policy: Policy, *, update: bool) -> None:
        self._path = path
        self._policy = policy
        self._update = update
        self._known: Baseline | None = None
        if path.exists() or not update:
            self._known = baseline.load(path)

    def begin(self, matrix: Matrix) -> None:
        """Before the first row: is the baseline of this matrix, and can it be written?

        Raises:
            ConformanceError: no to one of these.
        """
        if self._known is not None:
            require_same_source(self._known, matrix.source)
        if self._update:
            files.ensure_writable(self._path)

    def finding_for(self, row: ResultRow) -> tuple[KnownDivergence | None, Finding | None]:
        """The row's entry, and why the row is not as expected, if it is not."""
        entry = self._known.entries.get(row["id"]) if self._known else None
        if self._update:
            entry = update.entry_after(row, entry, self._policy)
        return entry, finding_for(row, entry, self._policy)

    def close(self, document: Document, matrix: Matrix) -> tuple[GateResult, str | None]:
        """After the last row: update the baseline, and hold the run against it.

        Returns:
            What came of it, and what was written, in a few words if anything was to be.

        Raises:
            ConformanceError: the baseline cannot be written.
        """
        claims = {row.id: row.documented for row in matrix.rows}
        table = table_of(document, claims)
        if self._update and document["complete"]:
            self._known = update.update(
                self._path,
                document["rows"],
                self._policy,
                endpoint=document["endpoint"]["label"] or document["endpoint"]["url"],
                table=table,
                claims=claims,
            )
        known = self._known or Baseline(path=self._path, endpoint="", table=table, entries={})
        return compare(document, known, self._policy, claims), self._written(document)

    def _written(self, document: Document) -> str | None:
        if not self._update:
            return None
        if document["complete"]:
            return f"baseline: {self._path}"
        return f"baseline: {self._path} is not updated, since the run was cut short"


GATE: Final = pytest.StashKey[Gate]()
