"""The layout of a saved page: headings, tables, cells and marks; not what the cells name.

Three layouts of one page are read: the text scraped from its HTML (one feature per line, no
indent), the rendered Markdown (`<br>`, `<a href>`, escaped underscores) and the MDX source
(`<br/>`, depth by leading spaces).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

from conformance.errors import PageError
from conformance.verdict import ICONS, Documented

# The marks of the pages that have this layout; `partial` and `no-effect` share theirs with others.
_MARKED: Final = (Documented.IMPLEMENTED, Documented.EXPERIMENTAL, Documented.UNIMPLEMENTED)
MARKS: Final = {ICONS[word]: word for word in _MARKED}

_COMMENTS: Final = (("<!--", "-->"), ("{/*", "*/}"))
# A page is some hundred lines. Patterns look at a line from each of its characters, so its length
# is bounded, and so are all of them.
LARGEST: Final = 2**20
LONGEST_LINE: Final = 5_000
_HEADING: Final = re.compile(r"(#{1,6})\s+(.*)$")
_RULE: Final = re.compile(r"\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?$")
_PIPE: Final = re.compile(r"(?<!\\)\|")
_BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG: Final = re.compile(r"</?(?!(?:a|br)\b)[A-Za-z]", re.IGNORECASE)
# A scrape puts prose straight below a table's last line, so a table must end without a blank one.
_PROSE: Final = re.compile(r"[\w`\"'*].*\s.*[.!?]$|Last updated\b")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_ZERO_WIDTH: Final = re.compile(r"[\u200b-\u200d\u2060\ufeff]")
_EMOJI_VARIANT: Final = re.compile(r"[\ufe00-\ufe0f]")
_SYMBOLS: Final = re.compile(r"[^\w\s\[\]<>()|`\"'*#\\.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One line of a cell, however the layout separates lines.

    Attributes:
        line: where it stands in the file, counted from 1.
        depth: how far it is indented; always 0 in a scrape.
        text: without the indent; never empty.
    """

    line: int
    depth: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row of a table: as many cells as the table has columns, each of any number of pieces."""

    line: int
    cells: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table below its headings.

    Attributes:
        line: where its header stands.
        headings: those it stands under, the nearest first.
        columns: the header's cells.
        rows: at least one.
    """

    line: int
    headings: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page taken apart.

    Attributes:
        path: as the user named it, for messages.
        tables: in the page's order.
        sections: the prose between two headings, as one text each.
    """

    path: str
    tables: tuple[Table, ...]
    sections: tuple[str, ...]

    def problem(self, line: int, text: str) -> PageError:
        """The error for one line of this page."""
        return PageError(self.path, line, text)

    def only(self, row: TableRow, column: int) -> Piece:
        """The one piece of a cell that holds exactly one.

        Raises:
            PageError: the cell is empty, or has several lines.
        """
        pieces = row.cells[column]
        if len(pieces) != 1:
            texts = ", ".join(repr(piece.text) for piece in pieces) or "nothing"
            raise self.problem(row.line, f"column {column + 1} needs one line, not {texts}")
        return pieces[0]

    def split_mark(self, piece: Piece) -> tuple[Documented | None, str]:
        """A piece's mark, None if it has none, and the text after it.

        Raises:
            PageError: the piece starts with a symbol that is no known mark.
        """
        symbols = _SYMBOLS.match(piece.text)
        if symbols is None:
            return None, piece.text
        mark = MARKS.get(_EMOJI_VARIANT.sub("", symbols[0]))
        if mark is None:
            known = " ".join(MARKS)
            raise self.problem(piece.line, f"the mark {symbols[0]} is not one of {known}")
        return mark, piece.text[symbols.end() :].strip()


def plain(text: str) -> str:
    """Text as a reader sees it: no escapes, code quotes, emoji variants or doubled spaces."""
    return " ".join(_EMOJI_VARIANT.sub("", _ESCAPED.sub(r"\1", text)).replace("`", "").split())


def read_page(text: str, *, path: str) -> Page:
    """Take a page apart.

    Raises:
        PageError: a table without rows, a row with too many or too few cells, or a table's line
            outside any table.
    """
    return _Layout(text, path).page()


class _Layout:
    """Walks once over the lines of a page."""

    def __init__(self, text: str, path: str) -> None:
        if len(text) > LARGEST:
            raise PageError(path, 1, f"the page is longer than {LARGEST >> 10} KiB")
        for opening, closing in _COMMENTS:
            text = _without_comments(text, opening, closing)
        self._lines = [line.rstrip() for line in _ZERO_WIDTH.sub("", text).split("\n")]
        for at, line in enumerate(self._lines, start=1):
            if len(line) > LONGEST_LINE:
                raise PageError(path, at, f"the line is longer than {LONGEST_LINE:,} characters")
        self._path = path
        self._headings: list[tuple[int, str]] = []
        self._tables: list[Table] = []
        self._sections: list[list[str]] = [[]]

    def page(self) -> Page:
        at = 0
        while at < len(self._lines):
            if self._starts_table(at):
                at = self._table(at)
                continue
            line = self._lines[at].strip()
            if heading := _HEADING.match(line):
                self._open_section(len(heading[1]), plain(heading[2].rstrip("# \t")))
            elif self._is_stray(line):
                raise PageError(self._path, at + 1, f"{line[:60]!r} stands outside any table")
            else:
                self._sections[-1].append(line)
            at += 1
        return Page(
            path=self._path,
            tables=tuple(self._tables),
            sections=tuple(plain(" ".join(section)) for section in self._sections),
        )

    def _open_section(self, depth: int, heading: str) -> None:
        while self._headings and self._headings[-1][0] >= depth:
            self._headings.pop()
        self._headings.append((depth, heading))
        self._sections.append([])

    def _starts_table(self, at: int) -> bool:
        if at + 1 >= len(self._lines):
            return False
        rule = self._lines[at + 1].strip()
        return "|" in self._lines[at] and "|" in rule and bool(_RULE.match(rule))

    def _is_stray(self, line: str) -> bool:
        """Whether a table's line has lost its table; the legend's marks stand before all tables."""
        marked = [cell.strip().startswith(tuple(MARKS)) for cell in _PIPE.split(line)]
        in_columns = line.startswith("|") or (len(marked) > 1 and any(marked))
        return in_columns or (marked[0] and bool(self._tables))

    def _table(self, start: int) -> int:
        """Read the table whose header is line `start`; return the first line after it."""
        columns = tuple(plain(cell) for cell in _cells(self._lines[start], 0))
        rows: list[tuple[int, list[list[Piece]]]] = []
        at = start + 2
        while at < len(self._lines) and not _ends_table(self._lines[at].strip()):
            line = self._lines[at]
            if _PIPE.search(line):
                cells = _cells(line, len(columns))
                if len(cells) != len(columns):
                    problem = f"{len(cells)} cells in a table of {len(columns)} columns"
                    raise PageError(self._path, at + 1, problem)
                rows.append((at + 1, [_pieces(cell, at + 1) for cell in cells]))
            elif rows:
                rows[-1][1][-1].extend(_pieces(line, at + 1))
            else:
                raise PageError(self._path, at + 1, f"{line[:60]!r} stands before the first row")
            at += 1
        if not rows:
            raise PageError(self._path, start + 1, "the table has no rows")
        self._tables.append(
            Table(
                line=start + 1,
                headings=tuple(heading for _, heading in reversed(self._headings)),
                columns=columns,
                rows=tuple(
                    TableRow(line=line, cells=tuple(map(tuple, cells))) for line, cells in rows
                ),
            )
        )
        return at


def _without_comments(text: str, opening: str, closing: str) -> str:
    """The text without its comments; their line ends stay, and so does one that is never closed."""
    kept, at = [], 0
    while (start := text.find(opening, at)) >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            break
        kept.append(text[at:start] + "\n" * text.count("\n", start, end))
        at = end + len(closing)
    return "".join([*kept, text[at:]])


def _ends_table(line: str) -> bool:
    if not line or _HEADING.match(line) or _TAG.match(line):
        return True
    return not _PIPE.search(line) and bool(_PROSE.match(line))


def _cells(line: str, columns: int) -> list[str]:
    """Split a row; the outer pipes are optional, so a last empty cell may be none."""
    cells = _PIPE.split(line)
    if not cells[0].strip():
        cells = cells[1:]
    if cells and len(cells) != columns and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _pieces(cell: str, line: int) -> list[Piece]:
    pieces = []
    for part in _BREAK.split(cell):
        text = html.unescape(part)
        if text.strip():
            depth = len(text) - len(text.lstrip())
            pieces.append(Piece(line=line, depth=depth, text=text.strip()))
    return pieces
