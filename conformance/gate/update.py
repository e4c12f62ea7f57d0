"""Rewrites a baseline to match a run, and keeps everything that a person wrote.

Reasons, links, comments and order stay. Only the lines with the words are replaced.

The text is edited line by line: a YAML round trip (ruamel.yaml was tried) changes the layout of
untouched entries, and deletes the comments that stand before or after a key together with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Final

import yaml

from conformance.errors import BaselineError
from conformance.gate import baseline as baselines
from conformance.gate.baseline import MARKER, WORDS, Baseline, KnownDivergence, Table
from conformance.gate.entries import changed_checks, entry_for, is_as_recorded, names
from conformance.gate.gate import require_same_source
from conformance.gate.policy import STRICTEST, Policy, Quirks, needs_entry
from conformance.results import ResultRow, failed_checks, files, seen
from conformance.verdict import Documented, Hazard, Observed

_HEAD: Final = """\
# Known divergences. The gate opens only if the endpoint diverges exactly as these rows say.
# Each row needs a reason and a link; --update-baseline writes everything else.
"""
_KEY: Final = re.compile(r"(?P<indent> *)(?P<key>[a-z0-9]+):(?:\s|$)")
_TAIL: Final = re.compile(r"\s+#.*$")


def entry_after(
    row: ResultRow, entry: KnownDivergence | None, policy: Policy
) -> KnownDivergence | None:
    """The entry a row has once the baseline is updated; None where it needs none."""
    quirks = tuple(failed_checks(row, quirks=True)) if policy.quirks is Quirks.FAIL else ()
    if entry is not None and is_as_recorded(row, entry):
        if not (entry.flaky or quirks or needs_entry(row, STRICTEST)):
            return None
        added, gone = changed_checks(row, entry, policy)
        if not (added or gone):
            return entry
    elif not (quirks or needs_entry(row, policy if entry is None else STRICTEST)):
        return None
    words = dict.fromkeys([*(entry.observed if entry and entry.flaky else ()), *seen(row)])
    made = KnownDivergence(
        row=row["id"],
        documented=Documented(row["documented"]),
        observed=tuple(Observed(word) for word in words),
        checks=tuple(failed_checks(row)) or None,
        quirks=quirks,
        hazard=Hazard(row["hazard"]) if row["hazard"] else None,
        flaky=len(words) > 1,
    )
    return replace(made, reason=entry.reason, link=entry.link) if entry else made


def update(
    path: Path,
    rows: Sequence[ResultRow],
    policy: Policy,
    *,
    endpoint: str,
    table: Table,
    claims: Mapping[str, Documented],
) -> Baseline:
    """Write the baseline of a run; an earlier one at the same path keeps what a person wrote.

    Args:
        path: the file.
        rows: what was found; entries of rows that were not run stay as they are.
        policy: what needs an entry.
        endpoint: whose divergences they are, for a file that is new.
        table: the matrix.
        claims: of the whole matrix: entries of rows that are not among them go.

    Raises:
        BaselineError: what is there is no baseline, or is of another vendor's page.
        ResultsError: it cannot be written.
    """
    if path.exists():
        old = baselines.load(path)
        text = path.read_text(encoding="utf-8", errors="replace")
    else:
        text = _empty(endpoint, table)
        old = baselines.parsed(path, text.encode())
    require_same_source(old, table.source)
    found = {row["id"]: row for row in rows}
    own: dict[str, KnownDivergence] = {}
    families: dict[str, KnownDivergence] = {}
    for name in claims:
        entry = old.entries.get(name)
        if name in found:
            entry = entry_after(found[name], entry_for(found[name], old.entries), policy)
        if entry is not None:
            (families if entry.is_family else own)[entry.row] = entry
    for entry in old.entries.values():
        if entry.is_family and any(names(entry.row, it) for it in claims.keys() - found.keys()):
            families[entry.row] = entry  # some of its rows were not run
    wanted = {**families, **own}
    written = _updated(text, old, wanted, table)
    if written is None or not _says(path, written, wanted):
        raise BaselineError(path, 0, "its layout cannot be updated; write one key per line")
    files.save(path, written)
    return baselines.load(path)


def _empty(endpoint: str, table: Table) -> str:
    return (
        f"{_HEAD}{MARKER}: {baselines.FORMAT}\nendpoint: {_scalar(endpoint)}\nmatrix:\n"
        f"  name: {_scalar(table.name)}\n  source: {table.source}\n"
        f"  rows: {table.rows}\n  sha256: {_scalar(table.sha256)}\nrows: {{}}\n"
    )


def _says(path: Path, text: str, wanted: Mapping[str, KnownDivergence]) -> bool:
    """Read back what is about to be written; a layout that is not understood costs no file."""
    try:
        read = baselines.parsed(path, text.encode()).entries
    except BaselineError:
        return False
    return {name: replace(entry, line=1) for name, entry in read.items()} == {
        name: replace(entry, line=1) for name, entry in wanted.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """One entry's lines, and the comments and blank lines before it.

    Attributes:
        name: the row; empty for what stands behind the last entry.
        before: the lines before it, which stay when the entry goes.
        lines: the entry's own.
    """

    name: str
    before: tuple[str, ...]
    lines: tuple[str, ...]


def _updated(
    text: str, old: Baseline, wanted: Mapping[str, KnownDivergence], table: Table
) -> str | None:
    """The text brought up to date; None where its layout is not understood."""
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines) if re.match(r"rows *:", line)), None)
    if start is None:
        return None
    top = (n for n, line in enumerate(lines) if n > start and re.match(r"[^\s#]", line))
    stop = next(top, len(lines))
    blocks = [*_blocks(lines[start + 1 : stop], start + 2, old)]
    written = [
        *_table(lines[:start], table),
        "rows:" if wanted else "rows: {}",
        *_entries(blocks, old, wanted),
        *_table(lines[stop:], table),
    ]
    return "\n".join(written) + "\n"


def _table(lines: Sequence[str], table: Table) -> Iterator[str]:
    """The lines around the rows, with the matrix's own brought up to date."""
    values = {
        "name": _scalar(table.name),
        "rows": str(table.rows),
        "sha256": _scalar(table.sha256),
    }
    for line in lines:
        match = _KEY.match(line)
        key = match["key"] if match and match["indent"] else ""
        yield _with_value(line, values[key]) if key in values else line


def _blocks(lines: Sequence[str], first: int, old: Baseline) -> Iterator[_Block]:
    """Cut the lines below `rows:`, of which the first has that number in the file."""
    starts = {entry.line - first: name for name, entry in old.entries.items()}
    places = [*sorted(starts), len(lines)]
    before = [*lines[: places[0]]]
    for place, following in pairwise(places):
        own = [*lines[place:following]]
        loose: list[str] = []
        while _is_loose(own[-1], _indent(own[0])):
            loose.insert(0, own.pop())
        yield _Block(name=starts[place], before=tuple(before), lines=tuple(own))
        before = loose
    yield _Block(name="", before=tuple(before), lines=())


def _is_loose(line: str, indent: int) -> bool:
    """Whether a line behind an entry is no part of it: blank, or a comment no deeper than it."""
    return not line.strip() or (line.lstrip().startswith("#") and _indent(line) <= indent)


def _entries(
    blocks: Sequence[_Block], old: Baseline, wanted: Mapping[str, KnownDivergence]
) -> Iterator[str]:
    """The entries that are wanted: where they were, and a new one behind its forerunner."""
    indent = next((_indent(block.lines[0]) for block in blocks if block.lines), 2)
    placed = []
    for block in blocks:
        entry = wanted.get(block.name)
        if entry is None:  # its comments stay: they may be about what follows
            placed.append(replace(block, lines=()))
        elif entry == old.entries[block.name]:
            placed.append(block)
        else:
            placed.append(replace(block, lines=tuple(_rewritten(block.lines, entry))))
    place = 0
    for name, entry in wanted.items():
        at = next((n for n, block in enumerate(placed) if block.name == name), None)
        if at is None:
            at = place
            placed.insert(at, _Block(name=name, before=(), lines=tuple(_rendered(entry, indent))))
        place = at + 1
    for block in placed:
        yield from (*block.before, *block.lines)


def _rewritten(lines: Sequence[str], entry: KnownDivergence) -> Iterator[str]:
    """An entry's lines with other words; reason, link and comments as they were."""
    head, *body = lines
    if not body or _TAIL.sub("", head).rstrip()[-1:] != ":":  # on one line, in braces
        yield from _rendered(entry, _indent(head))
        return
    keys = [match for line in body if (match := _KEY.match(line))]
    values, indent, dropping = _values(entry), len(keys[0]["indent"]), False
    added = [key for key in values if key not in {match["key"] for match in keys}]
    yield head
    for line in body:
        match = _KEY.match(line)
        if match is None or _indent(line) != indent:
            if not dropping or line.lstrip().startswith("#"):
                yield line
            continue
        key = match["key"]
        dropping = key in WORDS
        if not dropping:
            yield line
        elif key in values:
            yield _with_value(line, values[key])
        if key == "observed":
            yield from (f"{' ' * indent}{new}: {values[new]}" for new in added)


def _rendered(entry: KnownDivergence, indent: int) -> Iterator[str]:
    values = {**_values(entry), "reason": _scalar(entry.reason), "link": _scalar(entry.link)}
    yield f"{' ' * indent}{_scalar(entry.row)}:"
    for key, value in values.items():
        yield f"{' ' * (indent + 2)}{key}: {value}"


def _values(entry: KnownDivergence) -> dict[str, str]:
    words = ", ".join(entry.observed)
    values = {
        "documented": entry.documented.value,
        "observed": f"[{words}]" if len(entry.observed) > 1 else words,
    }
    if entry.checks:
        values["checks"] = f"[{', '.join(entry.checks)}]"
    if entry.quirks:
        values["quirks"] = f"[{', '.join(entry.quirks)}]"
    if entry.hazard:
        values["hazard"] = entry.hazard.value
    if entry.flaky:
        values["flaky"] = "true"
    return values


def _with_value(line: str, value: str) -> str:
    key, _, rest = line.partition(":")
    comment = _TAIL.search(rest)
    return f"{key}: {value}{comment[0] if comment else ''}"


def _scalar(text: str) -> str:
    """A text as YAML: as it is where YAML, asked itself, takes it for what it is."""
    try:
        plain = yaml.safe_load(f"x: {text}") == {"x": text}
    except (yaml.YAMLError, ValueError):
        plain = False
    return text if plain else json.dumps(text, ensure_ascii=False)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
