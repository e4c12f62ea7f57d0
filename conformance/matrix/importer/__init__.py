"""A vendor's published compatibility page, turned into a matrix for `specs/`.

    page.py      text to headings, tables and cells: the layouts a page is saved in
    tables.py    tables to operations, features, checksum cells and regions: what they mean
    grids.py     tables of Markdown, HTML and CSV files, as plain cells
    columns.py   those tables, with columns and words that the user names
    imported.py  the result, and the notes it keeps from an earlier import
    render.py    the result as YAML, in the closed schema of `conformance.matrix`
    row_diff.py  two matrices, compared row by row
    update.py    all of it on files: `s3-conformance import`

Only facts are taken from a page: names, marks, links, regions, and the few words a row may carry
in parentheses. Its sentences stay where they are.
"""

from conformance.matrix.importer.columns import Columns, import_columns, parse_words
from conformance.matrix.importer.imported import ImportedMatrix, keep_notes
from conformance.matrix.importer.render import render
from conformance.matrix.importer.row_diff import diff_rows
from conformance.matrix.importer.tables import import_page
from conformance.matrix.importer.update import run

__all__ = [
    "Columns",
    "ImportedMatrix",
    "diff_rows",
    "import_columns",
    "import_page",
    "keep_notes",
    "parse_words",
    "render",
    "run",
]
