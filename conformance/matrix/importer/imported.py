"""What an import yields: one vendor's table, nested the way the page nests it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

from conformance.verdict import Documented

Level: TypeAlias = Literal["bucket", "object"]
Cells: TypeAlias = Mapping[str, Mapping[str, Documented]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A header, a query parameter, a header's value, or a heading that stands for itself.

    Attributes:
        name: as the page spells it, without remark.
        documented: the row's mark.
        note: the remark the page adds in parentheses, or a transcriber's note.
        value_of: the header in the same group whose value this is.
    """

    name: str
    documented: Documented
    note: str | None = None
    value_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Features under one heading of the page; never empty.

    Attributes:
        name: the heading without its colon; None for rows outside any heading.
        documented: the heading's own mark, if it has one.
        features: in the page's order.
    """

    name: str | None
    documented: Documented | None
    features: tuple[Feature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedOperation:
    """One line of the table's first column, with all that its second column holds."""

    name: str
    level: Level
    documented: Documented
    docs: str | None
    note: str | None
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedMatrix:
    """A page's tables, in the page's order.

    Attributes:
        regions: region name (may be empty) to `signing` and `LocationConstraint`.
        checksums: algorithm to `FULL_OBJECT` and `COMPOSITE`.
    """

    vendor: str
    source: str
    published: date | None
    retrieved: date | None
    regions: Cells
    checksums: Cells
    operations: tuple[ImportedOperation, ...]


def keep_notes(matrix: ImportedMatrix, notes: Mapping[str, str]) -> ImportedMatrix:
    """Carry notes over from an earlier import.

    A note is kept as long as its row exists, even if the row's mark or link has changed
    (`diff_rows` points that out). Where the page itself has a remark that the note lacks, the
    remark is put before the note. A remark that the page has dropped stays, as a note.

    Args:
        matrix: what the page says now.
        notes: note by row id (`PutObject`, `PutObject/If-Match`); other ids are dropped.
    """
    return replace(
        matrix, operations=tuple(_with_notes(operation, notes) for operation in matrix.operations)
    )


def _with_notes(operation: ImportedOperation, notes: Mapping[str, str]) -> ImportedOperation:
    def noted(feature: Feature) -> Feature:
        kept = notes.get(f"{operation.name}/{feature.name}")
        return replace(feature, note=_joined(feature.note, kept))

    return replace(
        operation,
        note=_joined(operation.note, notes.get(operation.name)),
        groups=tuple(
            replace(group, features=tuple(noted(feature) for feature in group.features))
            for group in operation.groups
        ),
    )


def _joined(remark: str | None, kept: str | None) -> str | None:
    if remark is None or kept is None:
        return remark or kept
    return kept if remark in kept else f"{remark}; {kept}"
