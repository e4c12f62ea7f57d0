"""What a page's tables mean: operations with their features, checksum cells, regions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final, get_args
from urllib.parse import urlsplit

from conformance.errors import ConformanceError
from conformance.matrix import CHECKSUM_TYPES, REGION_USES
from conformance.matrix.importer.features import read_features
from conformance.matrix.importer.imported import Cells, ImportedMatrix, ImportedOperation, Level
from conformance.matrix.importer.page import Page, Piece, Table, TableRow, plain, read_page
from conformance.verdict import Documented

_OPERATION_COLUMNS: Final = (("api name", "feature"), ("api name", "features"))
_CHECKSUM_COLUMN: Final = "checksum algorithm"
_ALGORITHM: Final = re.compile(r".*\(([A-Z0-9]+)\)|([A-Z0-9]+)")
_LINKS: Final = (
    re.compile(r"\[(?P<text>[^]]+)\]\((?P<url>[^()\s]+)\)(?P<rest>.*)"),
    re.compile(r"<a\s[^>]*?href=\"(?P<url>[^\"]+)\"[^>]*>(?P<text>.*?)</a>(?P<rest>.*)"),
)
_ARROWS: Final = re.compile(r"[\u2190-\u21ff\u27f0-\u27ff\u2900-\u297f\u2b00-\u2bff]")
_OPERATION: Final = re.compile(r"[A-Z][A-Za-z0-9]+")
_REMARK: Final = re.compile(r"\((?P<remark>[^()]+)\)")

# The region paragraph is prose. It is known by the four facts it has to name; a page that names
# them in one section is taken to say what Cloudflare's says: two aliases, for both uses.
_REGION_FACTS: Final = tuple(
    re.compile(rf"\b{word}\b") for word in ("auto", "empty", "us-east-1", "LocationConstraint")
)
_REGIONS: Final = ("auto", "", "us-east-1")


def import_page(
    text: str,
    *,
    path: str,
    vendor: str,
    source: str,
    published: date | None,
    retrieved: date | None,
) -> ImportedMatrix:
    """Read a vendor's page.

    Args:
        text: the page as saved text, rendered Markdown or MDX source.
        path: where it was read, for messages.
        vendor: whose page it is.
        source: the page's URL.
        published: the date the page gives for itself.
        retrieved: the day it was saved.

    Raises:
        PageError: anything in a table that is not understood, with file and line; or a page
            without a table of operations.
        ConformanceError: no vendor, or a source that is no http(s) URL.
    """
    if not vendor.strip():
        raise ConformanceError("the vendor has no name")
    if not _is_url(source):
        raise ConformanceError(f"the source {source!r} is not an http(s) URL")
    return _Reader(read_page(text, path=path)).matrix(
        vendor=" ".join(vendor.split()), source=source, published=published, retrieved=retrieved
    )


class _Reader:
    """Reads the tables of one page."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def matrix(
        self, *, vendor: str, source: str, published: date | None, retrieved: date | None
    ) -> ImportedMatrix:
        checksums: dict[str, dict[str, Documented]] = {}
        operations: dict[str, ImportedOperation] = {}
        for table in self._page.tables:
            columns = tuple(column.lower() for column in table.columns)
            if columns in _OPERATION_COLUMNS:
                self._add_operations(table, operations)
            elif columns[0] == _CHECKSUM_COLUMN:
                self._add_checksums(table, checksums)
            else:
                header = " | ".join(table.columns)
                raise self._page.problem(
                    table.line, f"a table of {header!r} is neither of operations nor of checksums"
                )
        if not operations:
            raise self._page.problem(1, "the page has no table of 'API Name | Feature'")
        return ImportedMatrix(
            vendor=vendor,
            source=source,
            published=published,
            retrieved=retrieved,
            regions=_regions(self._page),
            checksums=checksums,
            operations=tuple(operations.values()),
        )

    def _add_operations(self, table: Table, operations: dict[str, ImportedOperation]) -> None:
        level = self._level(table)
        for row in table.rows:
            operation = self._operation(row, level)
            if operation.name in operations:
                raise self._page.problem(row.line, f"{operation.name} is listed twice")
            operations[operation.name] = operation

    def _level(self, table: Table) -> Level:
        """The level the nearest heading names that names one: `Bucket-level operations`."""
        for heading in table.headings:
            named: list[Level] = [level for level in get_args(Level) if level in heading.lower()]
            if len(named) == 1:
                return named[0]
        raise self._page.problem(
            table.line, "the table is under no heading that names either bucket or object"
        )

    def _operation(self, row: TableRow, level: Level) -> ImportedOperation:
        piece = self._page.only(row, 0)
        documented, text = self._page.split_mark(piece)
        if documented is None:
            raise self._page.problem(piece.line, f"{piece.text!r} has no mark")
        name, docs, note = self._link(piece, text)
        return ImportedOperation(
            name=name,
            level=level,
            documented=documented,
            docs=docs,
            note=note,
            groups=read_features(self._page, row.cells[1], name, documented),
        )

    def _link(self, piece: Piece, text: str) -> tuple[str, str, str | None]:
        """An operation's name, the link to its description, and its remark in parentheses."""
        link = next(filter(None, (form.fullmatch(text) for form in _LINKS)), None)
        if link is None:
            raise self._page.problem(piece.line, f"{text!r} is not an operation's name with a link")
        name = plain(_ARROWS.sub("", re.sub(r"<[^>]*>", "", link["text"])))
        if not _OPERATION.fullmatch(name):
            raise self._page.problem(piece.line, f"{name!r} is not an operation's name")
        if not _is_url(link["url"]):
            raise self._page.problem(
                piece.line, f"{name} links to {link['url']!r}, which is not an http(s) URL"
            )
        rest = plain(link["rest"])
        remark = _REMARK.fullmatch(rest)
        if rest and remark is None:
            raise self._page.problem(piece.line, f"{rest!r} after {name} is not understood")
        return name, link["url"], remark["remark"] if remark else None

    def _add_checksums(self, table: Table, checksums: dict[str, dict[str, Documented]]) -> None:
        kinds = table.columns[1:]
        if not kinds or not set(kinds) <= set(CHECKSUM_TYPES) or len(set(kinds)) != len(kinds):
            raise self._page.problem(
                table.line, f"checksum types {', '.join(kinds)} are not {', '.join(CHECKSUM_TYPES)}"
            )
        for row in table.rows:
            name = self._page.only(row, 0)
            algorithm = _ALGORITHM.fullmatch(plain(name.text))
            if algorithm is None:
                raise self._page.problem(name.line, f"{name.text!r} names no checksum algorithm")
            key = algorithm[1] or algorithm[2]
            if key in checksums:
                raise self._page.problem(name.line, f"{key} is listed twice")
            checksums[key] = dict(zip(kinds, self._checksum_cells(row), strict=True))

    def _checksum_cells(self, row: TableRow) -> Iterator[Documented]:
        for column in range(1, len(row.cells)):
            piece = self._page.only(row, column)
            documented, rest = self._page.split_mark(piece)
            if documented is None or rest:
                raise self._page.problem(piece.line, f"{piece.text!r} is not a mark alone")
            yield documented


def _regions(page: Page) -> Cells:
    stated = any(all(fact.search(text) for fact in _REGION_FACTS) for text in page.sections)
    if not stated:
        return {}
    return {region: dict.fromkeys(REGION_USES, Documented.IMPLEMENTED) for region in _REGIONS}


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:  # brackets that hold no IPv6 address
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
