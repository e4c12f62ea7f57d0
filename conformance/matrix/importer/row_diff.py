"""Two matrices, compared row by row, for a person who reviews an import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from conformance.matrix import Row

UNCHANGED: Final = "no rows changed"


def diff_rows(old_rows: Sequence[Row], new_rows: Sequence[Row]) -> str:
    """Compare rows by id, one line for each change.

        - PutObject/Expires: implemented
        + PutObject/If-Match: implemented
        ~ PutObject/If-Match: unimplemented -> implemented
        ~ PutObject/If-Match: group Conditional -> Conditional Operations
        ~ PutBucketLogging: docs https://… -> https://…
        ~ HeadObject/Range: note 'has no effect' -> nothing

    Removed rows come first in their old order, then all others in their new one. Where a mark or
    link changed and the note did not, the line repeats the note: it may no longer hold.

    Returns:
        The lines without a final newline, or `no rows changed`.
    """
    old, new = ({row.id: row for row in rows} for rows in (old_rows, new_rows))
    lines = [f"- {row.id}: {row.documented.value}" for row in old_rows if row.id not in new]
    for row in new_rows:
        if row.id in old:
            lines += _changes(old[row.id], row)
        else:
            lines.append(f"+ {row.id}: {row.documented.value}")
    if [row.id for row in old_rows if row.id in new] != [
        row.id for row in new_rows if row.id in old
    ]:
        lines.append("~ the rows stand in another order")
    return "\n".join(lines) or UNCHANGED


def _changes(old: Row, new: Row) -> Iterator[str]:
    kept = f" (note kept: {new.note!r})" if new.note and new.note == old.note else ""
    if old.documented is not new.documented:
        yield f"~ {new.id}: {old.documented.value} -> {new.documented.value}{kept}"
    if old.level != new.level:
        yield f"~ {new.id}: level {old.level} -> {new.level}"
    if old.group != new.group:
        yield f"~ {new.id}: group {old.group or 'none'} -> {new.group or 'none'}"
    if old.value_of != new.value_of:
        yield f"~ {new.id}: value of {old.value_of or 'none'} -> {new.value_of or 'none'}"
    # A feature's link is its operation's, so it would only be the same change once more.
    if new.feature is None and old.docs != new.docs:
        yield f"~ {new.id}: docs {old.docs or 'none'} -> {new.docs or 'none'}{kept}"
    if old.note != new.note:
        yield f"~ {new.id}: note {_quoted(old.note)} -> {_quoted(new.note)}"


def _quoted(note: str | None) -> str:
    return "nothing" if note is None else repr(note)
