"""What a matrix should say instead, as a patch: the words of rows that were observed otherwise.

A matrix is written by people. So nothing is proposed but another word in the place of one, and
nothing of a row that was not decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Final

from conformance.errors import MatrixError
from conformance.matrix import Matrix, Row
from conformance.results import Document, ResultRow, is_flaky
from conformance.verdict import NOT_WORKING, Divergence, Documented, Observed

_DECIDED: Final = (Divergence.MISSING, Divergence.PARTIAL, Divergence.UNDOCUMENTED)
_WORD: Final = {
    Observed.SUPPORTED: Documented.IMPLEMENTED,
    Observed.PARTIAL: Documented.PARTIAL,
    **dict.fromkeys(NOT_WORKING, Documented.UNIMPLEMENTED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A patch and what it is about.

    Attributes:
        patch: a unified diff; empty if there is nothing to propose.
        words: the words proposed, by row id.
        left_out: rows that differ but cannot be changed, each with its reason.
    """

    patch: str
    words: Mapping[str, Documented]
    left_out: tuple[str, ...]


def propose(document: Document, matrix: Matrix) -> Proposal:
    """Propose words for the rows that the endpoint does better or worse than documented.

    Raises:
        MatrixError: the results are of another vendor's page, or the file cannot be read again.
    """
    source = document["run"]["spec"]["source"]
    if source != matrix.source:
        raise MatrixError(
            matrix.path, 0, f"the matrix is for {matrix.source}, the results are for {source}"
        )
    rows = {row.id: row for row in matrix.rows}
    words: dict[str, Documented] = {}
    left_out = []
    for stored in document["rows"]:
        if stored["divergence"] not in _DECIDED:
            continue
        if problem := _unusable(stored, rows.get(stored["id"])):
            left_out.append(f"{stored['id']}: {problem}")
        else:
            words[stored["id"]] = _WORD[Observed(stored["observed"])]
    for row, problem in [*_contradictions(matrix, words)]:
        left_out.append(f"{row}: {problem}")
        del words[row]
    return Proposal(patch=_patch(matrix, words), words=words, left_out=tuple(left_out))


def _unusable(stored: ResultRow, row: Row | None) -> str | None:
    if row is None:
        return "the matrix has no such row"
    if row.documented != stored["documented"]:
        return f"documented {stored['documented']} in the results, {row.documented} in the matrix"
    if is_flaky(stored):
        return "its observations differ"
    return None


def _contradictions(matrix: Matrix, words: Mapping[str, Documented]) -> Iterator[tuple[str, str]]:
    """What no matrix can say: an implemented feature of an unimplemented operation."""
    for operation, (own, *features) in matrix.operations.items():
        if words.get(own.id, own.documented) is not Documented.UNIMPLEMENTED:
            continue
        there = [
            row
            for row in features
            if own.feature is None
            and words.get(row.id, row.documented) is not Documented.UNIMPLEMENTED
        ]
        if there and own.id in words:
            yield own.id, f"does not work, but its feature {there[0].feature} is implemented"
        elif there:
            for row in there:
                yield row.id, f"works, but {operation} itself is unimplemented"


def _patch(matrix: Matrix, words: Mapping[str, Documented]) -> str:
    try:
        text = matrix.path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MatrixError(matrix.path, 0, f"cannot be read as UTF-8: {error}") from error
    after = text
    for row in sorted(matrix.rows, key=lambda row: row.span, reverse=True):
        if row.id in words:
            start, stop = row.span
            after = f"{after[:start]}{words[row.id]}{after[stop:]}"
    name = _name(matrix.path)
    lines = unified_diff(_lines(text), _lines(after), f"a/{name}", f"b/{name}")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _name(path: Path) -> str:
    """As git names it, where the command is given at the top of the repository."""
    here = Path.cwd()
    full = path.resolve()
    return (full.relative_to(here) if full.is_relative_to(here) else Path(path.name)).as_posix()


def _lines(text: str) -> list[str]:
    """With their ends, as git sees them: a line feed ends a line, and nothing else does."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)
