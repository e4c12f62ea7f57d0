"""A baseline: the divergences of one endpoint that are known, each with its reason and a link.

People and `--update-baseline` (`gate.update`) write the file. Its schema is closed, as a matrix's
is; an invalid file is reported in one sentence with file and line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from conformance.closed_yaml import LARGEST, Node, YamlProblem, parse
from conformance.errors import BaselineError
from conformance.verdict import Documented, Hazard, Observed

FORMAT: Final = 1
SCHEMA: Final = Path(__file__).with_name("baseline.schema.json")
MARKER: Final = "s3-conformance-baseline"
# A reason or a link that is still missing; the gate does not open until it is replaced.
PLACEHOLDER: Final = "TODO"
WORDS: Final = ("documented", "observed", "checks", "quirks", "hazard", "flaky")
KEYS: Final = (*WORDS, "reason", "link")

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDivergence:
    """One known divergence.

    Attributes:
        row: the row's id, or a family of rows: a pattern in which `*` stands for any text.
        documented: the table's word when the entry was made.
        observed: the expected word; several if the row is flaky, or if each row of a family has
            one of them.
        checks: the checks that are known to fail; None where the entry names none, so that any may.
        quirks: the failed checks of weight detail that are known, for `--quirks fail`.
        hazard: the known hazard, if there is one.
        flaky: verdicts differ between observations.
        reason: why the divergence is accepted.
        link: an issue, a decision or a page that says so.
        line: of the row's id in the file.
    """

    row: str
    documented: Documented
    observed: tuple[Observed, ...]
    checks: tuple[str, ...] | None = None
    quirks: tuple[str, ...] = ()
    hazard: Hazard | None = None
    flaky: bool = False
    reason: str = PLACEHOLDER
    link: str = PLACEHOLDER
    line: int = 1

    @property
    def is_family(self) -> bool:
        """Whether it is about the rows that a pattern names and that have no entry of their own."""
        return "*" in self.row

    @property
    def unexplained(self) -> bool:
        """Whether its reason or its link is still missing."""
        return any(text.startswith(PLACEHOLDER) for text in (self.reason, self.link))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The matrix a baseline was made for.

    Attributes:
        name: its file's name.
        source: the vendor's page.
        rows: how many there are.
        sha256: of what they claim (`digest`), so that a note or a date changes nothing.
    """

    name: str
    source: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What is known of one endpoint.

    Attributes:
        path: the file it was read from.
        endpoint: whose divergences they are, for the reader.
        table: the matrix they diverge from.
        entries: by row id, in the file's order.
    """

    path: Path
    endpoint: str
    table: Table
    entries: Mapping[str, KnownDivergence]


def digest(claims: Mapping[str, Documented]) -> str:
    """What a matrix claims, as one hex digest: its row ids and their words, in order."""
    text = "".join(f"{row} {documented}\n" for row, documented in claims.items())
    return hashlib.sha256(text.encode()).hexdigest()


def load(path: Path | str) -> Baseline:
    """Read a baseline.

    Raises:
        BaselineError: the file cannot be read, is not YAML, or breaks the schema.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise BaselineError(path, 0, f"cannot be read: {error.strerror}") from error
    return parsed(path, raw)


def parsed(path: Path, raw: bytes) -> Baseline:
    """Read a baseline from what its file holds, or is about to.

    Raises:
        BaselineError: it is not YAML, or breaks the schema.
    """
    try:
        return _baseline(path, parse(raw))
    except YamlProblem as problem:
        raise BaselineError(path, problem.line, problem.text) from problem


def _baseline(path: Path, root: Node) -> Baseline:
    keys = (MARKER, "endpoint", "matrix", "rows")
    top = root.mapping(keys, required=keys)
    if top[MARKER].value != FORMAT:
        raise top[MARKER].problem(
            f"{MARKER} is {top[MARKER].value!r}; this version reads format {FORMAT}"
        )
    table = top["matrix"].mapping(
        ("name", "source", "rows", "sha256"), required=("name", "source", "rows", "sha256")
    )
    if type(table["rows"].value) is not int:
        raise table["rows"].problem(f"a number is needed here, not {table['rows'].value!r}")
    return Baseline(
        path=path,
        endpoint=top["endpoint"].text(),
        table=Table(
            name=table["name"].text(),
            source=table["source"].url(),
            rows=table["rows"].value,
            sha256=table["sha256"].text(),
        ),
        entries={row: _entry(row, node) for row, node in top["rows"].mapping().items()},
    )


def _entry(row: str, node: Node) -> KnownDivergence:
    entry = node.mapping(KEYS, required=("documented", "observed", "reason", "link"))
    flaky = "flaky" in entry
    if flaky and entry["flaky"].value is not True:
        raise entry["flaky"].problem("flaky must be true or absent")
    family = "*" in row
    if family and flaky:
        raise entry["flaky"].problem("a flaky row needs an entry of its own, without *")
    link = _given(entry["link"], row)
    return KnownDivergence(
        row=row,
        documented=_word(entry["documented"], Documented),
        observed=_observed(entry["observed"], flaky=flaky, family=family),
        checks=_ids(entry["checks"]) if "checks" in entry else None,
        quirks=_ids(entry["quirks"]) if "quirks" in entry else (),
        hazard=_word(entry["hazard"], Hazard) if "hazard" in entry else None,
        flaky=flaky,
        reason=_given(entry["reason"], row),
        link=link if link.startswith(PLACEHOLDER) else entry["link"].url(),
        line=node.key_line,
    )


def _given(node: Node, row: str) -> str:
    if not node.value:
        raise node.problem(f"{row} needs a reason and a link, and one of them is empty")
    return node.text()


def _observed(node: Node, *, flaky: bool, family: bool) -> tuple[Observed, ...]:
    if not flaky and not (family and isinstance(node.value, list)):
        return (_word(node, Observed),)
    words = tuple(_word(item, Observed) for item in node.sequence())
    if len(set(words)) < 2 or len(set(words)) < len(words):
        what = "a flaky row" if flaky else "several rows"
        raise node.problem(f"observed of {what} must list at least two different words")
    return words


def _ids(node: Node) -> tuple[str, ...]:
    """Ids of checks, each once."""
    ids = tuple(item.text() for item in node.sequence())
    if not ids or len({*ids}) < len(ids):
        raise node.problem("a list of different check ids is needed here")
    return ids


def _word(node: Node, words: type[Word]) -> Word:
    try:
        return words(node.value)
    except (ValueError, TypeError):
        known = ", ".join(words)
        raise node.problem(f"{node.value!r} is not one of {known}") from None
