"""Tables whose columns and words the user names: any vendor's, in Markdown, HTML or CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from conformance.errors import ConformanceError, PageError
from conformance.matrix.importer.grids import Grid, read_grids
from conformance.matrix.importer.imported import (
    Feature,
    Group,
    ImportedMatrix,
    ImportedOperation,
    Level,
)
from conformance.s3.operations import OPERATIONS, operation_named
from conformance.verdict import Documented

# What tables say, in lower case. The user's own words go before these.
WORDS: Final[Mapping[str, Documented]] = {
    **dict.fromkeys(
        ("✅", "✓", "✔", ":white_check_mark:", "yes", "y", "full", "supported",
         "implemented", "true"),
        Documented.IMPLEMENTED,
    ),
    **dict.fromkeys(
        ("❌", "✗", "✘", "✖", ":x:", "no", "n", "none", "unsupported", "not supported",
         "unimplemented", "not implemented", "missing", "false"),
        Documented.UNIMPLEMENTED,
    ),
    **dict.fromkeys(("partial", "partially", "limited", "⚠"), Documented.PARTIAL),
    **dict.fromkeys(("🚧", "experimental", "beta", "preview"), Documented.EXPERIMENTAL),
    **dict.fromkeys(("ignored", "no effect", "no-effect"), Documented.NO_EFFECT),
}  # fmt: skip
_NAME: Final = re.compile(r"([A-Za-z][\w*-]*)(?: \((?P<remark>[^()]+)\))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """How to read a table.

    Attributes:
        operation, status: names of columns, in any case.
        feature, note: names of columns that a table may have.
        words: what the status column says, in lower case.
    """

    operation: str
    status: str
    feature: str | None = None
    note: str | None = None
    words: Mapping[str, Documented] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class _Operation:
    line: int
    documented: Documented | None = None
    note: str | None = None
    features: dict[str, Feature] = field(default_factory=dict)


def parse_words(text: str) -> dict[str, Documented]:
    """Read `yes=implemented,no=unimplemented`.

    Raises:
        ConformanceError: a part is not of this form, or its right side is no documented word.
    """
    words = {}
    for part in text.split(","):
        said, separator, word = part.partition("=")
        if not separator or not said.strip() or word.strip() not in [*Documented]:
            known = ", ".join(Documented)
            raise ConformanceError(f"--words {part!r} is not WORD=MEANING; meanings are {known}")
        words[said.strip().lower()] = Documented(word.strip())
    return words


def import_columns(
    text: str,
    columns: Columns,
    *,
    path: str,
    vendor: str,
    source: str,
    published: date | None,
    retrieved: date | None,
) -> ImportedMatrix:
    """Read the tables that have the named columns; other tables are left out.

    Raises:
        PageError: no table has the columns, or a cell is not understood; with file and line.
    """
    found: dict[str, _Operation] = {}
    grids = read_grids(text, path)
    fitting = [grid for grid in grids if _place(grid, columns.operation) is not None]
    fitting = [grid for grid in fitting if _place(grid, columns.status) is not None]
    if not fitting:
        there = "; ".join(" | ".join(grid.columns) for grid in grids) or "no table at all"
        wanted = f"{columns.operation!r} and {columns.status!r}"
        raise PageError(path, 1, f"no table has the columns {wanted}; there is: {there}")
    for grid in fitting:
        _read(grid, columns, found, path)
    return ImportedMatrix(
        vendor=vendor,
        source=source,
        published=published,
        retrieved=retrieved,
        regions={},
        checksums={},
        operations=tuple(_operation(name, it, path) for name, it in found.items()),
    )


def _place(grid: Grid, column: str | None) -> int | None:
    names = [name.lower() for name in grid.columns]
    return names.index(column.lower()) if column and column.lower() in names else None


def _read(grid: Grid, columns: Columns, found: dict[str, _Operation], path: str) -> None:
    places = {
        "operation": _place(grid, columns.operation),
        "status": _place(grid, columns.status),
        "feature": _place(grid, columns.feature),
        "note": _place(grid, columns.note),
    }
    last = ""
    for line, cells in grid.rows:
        cell = {
            what: cells[at] if at is not None and at < len(cells) else ""
            for what, at in places.items()
        }
        # Where a cell spans rows, or is not repeated, the operation is that of the row above.
        named = cell["operation"]
        operation, remark = _named(named, line, path) if named else (last, "")
        if not operation:
            raise PageError(path, line, "the row names no operation, nor does one above it")
        last = operation
        documented = _word(cell["status"], columns.words, line, path)
        entry = found.setdefault(operation, _Operation(line=line))
        if cell["feature"]:
            feature, more = _named(cell["feature"], line, path)
            _add(entry, operation, feature, documented, more or cell["note"], line, path)
        elif entry.documented is not None:
            raise PageError(path, line, f"{operation} is listed twice, first on line {entry.line}")
        else:
            entry.documented, entry.note = documented, remark or cell["note"] or None


def _named(text: str, line: int, path: str) -> tuple[str, str]:
    named = _NAME.fullmatch(text)
    if named is None:
        raise PageError(path, line, f"{text!r} is not a name")
    return named[1], named["remark"] or ""


def _word(text: str, words: Mapping[str, Documented], line: int, path: str) -> Documented:
    said = text.lower().rstrip(".! ")
    for known in (words, WORDS):
        if said in known:
            return known[said]
    raise PageError(
        path, line, f"{text!r} is no known word; say what it means with --words '{said}=…'"
    )


def _add(
    entry: _Operation, operation: str, name: str, documented: Documented, note: str, line: int,
    path: str,
) -> None:  # fmt: skip
    if name in entry.features:
        raise PageError(path, line, f"{operation}/{name} is listed twice")
    entry.features[name] = Feature(name=name, documented=documented, note=note or None)


def _operation(name: str, entry: _Operation, path: str) -> ImportedOperation:
    """An operation that has no row of its own is implemented where one of its features is."""
    words = {it.documented for it in entry.features.values()}
    own = entry.documented or (
        Documented.UNIMPLEMENTED if words == {Documented.UNIMPLEMENTED} else Documented.IMPLEMENTED
    )
    if own is Documented.UNIMPLEMENTED and words - {own}:
        raise PageError(path, entry.line, f"{name} is unimplemented, but not all of its features")
    level: Level = "bucket"
    if name in OPERATIONS and OPERATIONS[operation_named(name)].target == "key":
        level = "object"
    group = Group(name=None, documented=None, features=tuple(entry.features.values()))
    return ImportedOperation(
        name=name,
        level=level,
        documented=own,
        docs=None,
        note=entry.note,
        groups=(group,) if entry.features else (),
    )
