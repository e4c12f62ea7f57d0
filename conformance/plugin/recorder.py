"""Gathers the rows in the controlling process and writes the outputs at the end of the run."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from conformance import __version__, report, results
from conformance.errors import ConformanceError, MatrixError
from conformance.gate import Quirks
from conformance.matrix import Matrix, Row
from conformance.plugin.baseline import Gate
from conformance.plugin.items import item_name
from conformance.plugin.settings import product_from
from conformance.results import (
    Document,
    EndpointInfo,
    Product,
    ResultRow,
    Run,
    Unsteady,
    files,
)
from conformance.run import (
    NO_PROBE,
    Observer,
    Settings,
    libraries,
    not_observed,
    now,
    region_of,
    require_usable,
    spec_of,
    stored_row,
    ways_out,
)
from conformance.verdict import Observed

NOT_REACHED = "the run ended before this row was observed"
# The outputs of a run, by the option that names their file.
WRITERS: Final[dict[str, Callable[[Path, Document, Matrix], None]]] = {
    "results": lambda path, document, _: results.write(path, document),
    "report": lambda path, document, _: files.save(path, report.html([document])),
    "markdown": lambda path, document, _: files.save(path, report.markdown([document])),
    "sarif": lambda path, document, matrix: files.save(path, _sarif(document, matrix)),
    "curl": lambda path, document, _: files.save(path, report.curl_script(document)),
}


class Recorder:
    """Gathers rows from wherever they were observed; only the controlling process has one.

    Attributes:
        rows: by id, as they arrive.
        warnings: notes about the run that belong to no row.
        unsteady: what each process noted of an unsteady endpoint.
        interrupted: why the run was cut short, if it was.
        opens: whether the run matches the baseline; true without one.
        blind: whether not one row of a run that was not cut short could be observed.
    """

    def __init__(self, config: pytest.Config, settings: Settings, gate: Gate | None) -> None:
        self.rows: dict[str, ResultRow] = {}
        self.warnings: list[str] = []
        self.unsteady: list[Unsteady] = []
        self.interrupted: str | None = None
        self.opens = True
        self.blind = False
        self._settings = settings
        self._gate = gate
        self._outputs = {kind: getattr(config.option, f"s3_{kind}") for kind in WRITERS}
        self._product = product_from(config)
        self._label: str | None = config.option.s3_label or _title(self._product)
        self._shard: tuple[int, int] | None = config.option.s3_shard
        self._quirks = config.option.s3_quirks != Quirks.IGNORE
        self._matrix: Matrix | None = None
        self._expected: list[Row] = []
        self._server: str | None = None
        self._started = now()
        self._clock = time.monotonic()
        self._lines: list[str] = []

    def begin(self, matrices: Sequence[Matrix]) -> None:
        """Before the first row, check for one matrix, writable outputs and a usable endpoint.

        Raises:
            ConformanceError: one of these checks failed.
        """
        if self._matrix is not None:
            return
        if len(matrices) > 1:
            raise MatrixError(
                matrices[1].path,
                1,
                f"a run takes one matrix, and {matrices[0].path.name} is given too",
            )
        for path in self._outputs.values():
            if path:
                files.ensure_writable(path)
        if self._gate is not None:
            self._gate.begin(matrices[0])
        self._server = require_usable(self._settings)
        self._matrix = matrices[0]

    @property
    def began(self) -> bool:
        """Whether the endpoint was found usable, so that rows may have been observed."""
        return self._matrix is not None

    def expect(self, rows: Sequence[Row]) -> None:
        """Name the rows that were selected; what is never observed of them is `unknown`."""
        self._expected = list(rows)

    def expect_ids(self, ids: Sequence[str]) -> None:
        """Name the rows by node id, as an xdist worker collected them."""
        selected = {node.partition("::")[2] for node in ids}
        if self._matrix is not None:
            self._expected = [
                row for row in self._matrix.rows if f"{row.operation}::{item_name(row)}" in selected
            ]

    def add(self, row: ResultRow) -> None:
        self.rows[row["id"]] = row

    def complete_from(self, observer: Observer) -> None:
        """Take the rows that were observed ahead and that pytest did not come to."""
        for row in self._expected:
            if row.id not in self.rows and (sighting := observer.known(row)):
                self.add(stored_row(row, sighting))

    def finish(self) -> str | None:
        """Write the outputs.

        Returns:
            Why one of them could not be written, if one could not.
        """
        if self._matrix is None or not self._expected:
            return None
        try:
            if self._gate is None and (said := self._nothing_observed()):
                self.blind = True
                self.warnings.append(said)
            document = self._document(self._matrix)
            self._lines = report.terminal(document, quirks=self._quirks)
            self._lines += self._write(document, self._matrix)
            if self._gate is not None:
                result, written = self._gate.close(document, self._matrix)
                self.opens = result.opens
                self._lines += [*([written] if written else []), *report.gate_lines(result)]
        except ConformanceError as error:
            return str(error)
        return None

    def save(self) -> None:
        """Write the outputs as they are, before a clean-up that may not come to its end."""
        if self._matrix is not None and not self._expected:
            self._expected = list(self._matrix.rows)  # the run ended before they were selected
        if self._matrix is None or not self._expected:
            return
        with suppress(ConformanceError):  # which `finish` tells
            self._write(self._document(self._matrix), self._matrix)

    def _nothing_observed(self) -> str | None:
        """One sentence for a run in which not one row was observed."""
        seen = [row for row in self.rows.values() if row["reason"] != NO_PROBE]
        if self.interrupted or not seen or any(it["observed"] != Observed.UNKNOWN for it in seen):
            return None
        ((reason, count),) = Counter(row["reason"] for row in seen).most_common(1)
        url = self._settings.endpoint_url or "the embedded endpoint"
        often = f" ({count} of {len(seen)} rows)" if len(seen) > 1 else ""
        return f"nothing was observed at {url}: {reason}{often}{ways_out(self._settings)}"

    def _document(self, matrix: Matrix) -> Document:
        missing = [row for row in self._expected if row.id not in self.rows]
        if missing and self.interrupted is None:
            self.interrupted = f"{len(missing)} rows were not reached"
        reason = f"{NOT_REACHED}: {self.interrupted}"
        rows = [
            self.rows.get(row.id) or stored_row(row, not_observed(reason)) for row in self._expected
        ]
        settings = self._settings
        run: Run = {
            "suite_version": __version__,
            "libraries": libraries(),
            "started": self._started,
            "seconds": round(time.monotonic() - self._clock, 3),
            "spec": spec_of(matrix),
            "interrupted": self.interrupted,
            "warnings": self._noted(),
        }
        if unsteady := results.together(self.unsteady):
            run["unsteady"] = unsteady
        endpoint: EndpointInfo = {
            "url": settings.endpoint_url or "http://127.0.0.1",
            "server": self._server,
            "region": region_of(settings),
            "label": self._label or (None if settings.endpoint_url else _moto()),
        }
        if self._shard:
            run["shard"] = {"index": self._shard[0], "count": self._shard[1]}
        if self._product:
            endpoint["product"] = self._product
        return results.assemble(run=run, endpoint=endpoint, rows=rows)

    def _write(self, document: Document, matrix: Matrix) -> list[str]:
        lines = []
        for kind, path in self._outputs.items():
            if path:
                WRITERS[kind](Path(path), document, matrix)
                lines.append(f"{kind}: {path}")
        return lines

    def summary(self) -> list[str]:
        """The lines for the terminal at the end."""
        return [*self._lines, *(f"warning: {text}" for text in self._noted())]

    def _noted(self) -> list[str]:
        """The warnings, that the endpoint was unsteady first."""
        unsteady = results.together(self.unsteady)
        return [*([results.sentence(unsteady)] if unsteady else []), *self.warnings]


def _sarif(document: Document, matrix: Matrix) -> str:
    """The hazards, each at its line of the matrix."""
    here = Path.cwd()
    below = matrix.path.is_relative_to(here)
    path = matrix.path.relative_to(here).as_posix() if below else None
    lines = {row.id: row.line for row in matrix.rows}
    return report.sarif([document], path=path, lines=lines)


def _title(product: Product) -> str | None:
    """A product's name and version, as a label."""
    if "name" not in product:
        return None
    return " ".join(filter(None, (product["name"], product.get("version"))))


def _moto() -> str:
    return f"moto {libraries(('moto',)).get('moto', '')}, embedded".replace(" ,", ",")
