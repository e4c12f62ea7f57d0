"""The importer on files: read a page, keep the notes of its earlier import, show the changes."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

from conformance.errors import ConformanceError
from conformance.matrix import load
from conformance.matrix.importer.columns import Columns, import_columns
from conformance.matrix.importer.imported import keep_notes
from conformance.matrix.importer.page import LARGEST
from conformance.matrix.importer.render import render
from conformance.matrix.importer.row_diff import diff_rows
from conformance.matrix.importer.tables import import_page
from conformance.matrix.matrix import parsed
from conformance.results import files


def run(
    page: Path,
    output: Path | None,
    *,
    vendor: str,
    source: str,
    published: date | None,
    retrieved: date | None,
    columns: Columns | None = None,
) -> str:
    """Import a page.

    With an output, the matrix is written there in one step, and an earlier one keeps its notes
    wherever their rows still exist (`keep_notes`); all else in it, comments too, is replaced.

    Args:
        page: the saved page.
        output: the matrix to write, or to update; None writes nothing.
        columns: how to read a table that has not the usual columns.

    Returns:
        The changed rows (`diff_rows`; all are new where there was no file), or, without an
        output, the YAML itself.

    Raises:
        PageError: the page is not understood; nothing is written.
        MatrixError: the earlier output is no matrix, so its notes cannot be kept.
        ResultsError: the output cannot be written.
        ConformanceError: the page cannot be read, or an argument is invalid.
    """
    reader = partial(import_columns, columns=columns) if columns else import_page
    matrix = reader(
        _read(page),
        path=str(page),
        vendor=vendor,
        source=source,
        published=published,
        retrieved=retrieved,
    )
    if output is None:
        return render(matrix)
    earlier = load(output).rows if output.exists() else ()
    text = render(keep_notes(matrix, {row.id: row.note for row in earlier if row.note}))
    rows = parsed(output, text.encode()).rows  # before it replaces a file that loads
    files.save(output, text)
    return diff_rows(earlier, rows)


def _read(page: Path) -> str:
    try:
        with page.open(encoding="utf-8") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise ConformanceError(f"{page} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConformanceError(f"{page} is not UTF-8 text") from error
