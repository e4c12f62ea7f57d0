"""The tables of a Markdown, HTML or CSV file, as rows of plain cells under named columns."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from conformance.errors import PageError

_RULE: Final = re.compile(r"\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?$")
_PIPE: Final = re.compile(r"(?<!\\)\|")
_LINK: Final = re.compile(r"!?\[([^]]*)\]\([^)]*\)")
_TAG: Final = re.compile(r"<[^>]*>")
_DECORATION: Final = re.compile(r"[`*\\\ufe00-\ufe0f\u200b-\u200d\u2060\ufeff]")


@dataclass(slots=True, kw_only=True)
class Grid:
    """One table.

    Attributes:
        columns: the header's cells.
        rows: each with the line that it stands on, and its cells; they may be fewer than columns.
    """

    columns: list[str]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


def read_grids(text: str, path: str) -> list[Grid]:
    """The tables of a file: .csv, .tsv, .html or .htm by its name, else Markdown.

    Raises:
        PageError: a CSV file that is none.
    """
    suffix = Path(path).suffix.lower()
    if suffix in (".csv", ".tsv"):
        return _csv(text, path, "\t" if suffix == ".tsv" else ",")
    if suffix in (".html", ".htm"):
        parser = _Tables()
        parser.feed(text)
        parser.close()
        return parser.grids
    return [*_markdown(text.splitlines())]


def plain_cell(text: str) -> str:
    """A cell as a reader sees it: no links, tags, emphasis, code quotes or doubled spaces."""
    text = html.unescape(_TAG.sub(" ", _LINK.sub(r"\1", text)))
    return " ".join(_DECORATION.sub("", text).split())


def _csv(text: str, path: str, delimiter: str) -> list[Grid]:
    reader = csv.reader(text.lstrip("\ufeff").splitlines(), delimiter=delimiter, strict=True)
    grid: Grid | None = None
    try:
        for cells in reader:
            plain = [plain_cell(cell) for cell in cells]
            if grid is None:
                grid = Grid(columns=plain)
            elif any(plain):
                grid.rows.append((reader.line_num, plain))
    except csv.Error as error:
        raise PageError(path, reader.line_num, f"not CSV: {error}") from error
    return [grid] if grid else []


def _markdown(lines: list[str]) -> Iterator[Grid]:
    grid: Grid | None = None
    for at, line in enumerate(lines, 1):
        following = lines[at].strip() if at < len(lines) else ""
        if not _PIPE.search(line):
            grid = None
        elif grid is None:
            if "|" in following and _RULE.match(following):
                grid = Grid(columns=_cells(line))
                yield grid
        elif not _RULE.match(line.strip()):
            grid.rows.append((at, _cells(line)))


def _cells(line: str) -> list[str]:
    return [plain_cell(cell) for cell in _PIPE.split(line.strip().removeprefix("|"))]


class _Tables(HTMLParser):
    """Gathers the tables of a page; a cell that spans rows stands in the first of them."""

    def __init__(self) -> None:
        super().__init__()
        self.grids: list[Grid] = []
        self._spans: dict[int, int] = {}
        self._row: list[str] | None = None
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.grids.append(Grid(columns=[]))
            self._spans = {}
        elif tag == "tr" and self.grids:
            self._row = []
        elif tag in ("td", "th") and self._row is not None:
            self._end_cell()
            self._skip_spanned()
            rows = dict(attrs).get("rowspan") or ""
            if rows.isdecimal() and int(rows) > 1:
                self._spans[len(self._row)] = int(rows) - 1
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr" and self._row is not None:
            self._end_cell()
            self._skip_spanned()
            grid, row, self._row = self.grids[-1], self._row, None
            if not grid.columns:
                grid.columns = row
            elif any(row):
                grid.rows.append((self.getpos()[0], row))

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None:
            self._row.append(plain_cell(html.escape("".join(self._cell))))
        self._cell = None

    def _skip_spanned(self) -> None:
        while self._row is not None and self._spans.get(len(self._row), 0):
            self._spans[len(self._row)] -= 1
            self._row.append("")
