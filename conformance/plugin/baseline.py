"""`--baseline`: compares each row, and at the end the whole run, with a baseline.

Every process compares its own rows; only the controlling one compares the run and updates the file.
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
    entry_for,
    finding_for,
    require_same_source,
    table_of,
    update,
)
from conformance.gate.baseline import Baseline, KnownDivergence
from conformance.matrix import Matrix
from conformance.results import Document, ResultRow, files


class Gate:
    """A baseline during a run.

    Args:
        path: the baseline.
        policy: what needs an entry.
        update: the baseline is rewritten, so each row is compared with the entry it will have.

    Raises:
        BaselineError: the file is not a baseline, or does not exist and `update` is false.
    """

    def __init__(self, path: Path, policy: Policy, *, update: bool) -> None:
        self._path = path
        self._policy = policy
        self._update = update
        self._known: Baseline | None = None
        if path.exists() or not update:
            self._known = baseline.load(path)

    def begin(self, matrix: Matrix) -> None:
        """Before the first row, check that the baseline is for this matrix and can be written.

        Raises:
            ConformanceError: one of these checks failed.
        """
        if self._known is not None:
            require_same_source(self._known, matrix.source)
        if self._update:
            files.ensure_writable(self._path)

    def finding_for(self, row: ResultRow) -> tuple[KnownDivergence | None, Finding | None]:
        """The row's entry, and the finding if the row is not as expected."""
        entry = entry_for(row, self._known.entries) if self._known else None
        if self._update:
            entry = update.entry_after(row, entry, self._policy)
        return entry, finding_for(row, entry, self._policy)

    def close(self, document: Document, matrix: Matrix) -> tuple[GateResult, str | None]:
        """After the last row, update the baseline if asked to, and compare the run with it.

        Returns:
            The result, and one line about the updated file if an update was asked for.

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
        return f"baseline: {self._path} is not updated, because the run was cut short"


GATE: Final = pytest.StashKey[Gate]()
