"""A vendor's table as YAML, read into frozen rows.

The file is a transcript: the vendor's order, the vendor's vocabulary, words for glyphs. Its
schema is closed; whatever is not understood is one sentence with file and line.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from conformance.closed_yaml import LARGEST, Node, YamlProblem, parse
from conformance.errors import MatrixError
from conformance.matrix.behaviours import TOPICS, similar_topic
from conformance.verdict import Documented

FORMAT: Final = 1
SCHEMA: Final = Path(__file__).with_name("matrix.schema.json")
MARKER: Final = "s3-conformance"
LEVELS: Final = ("bucket", "object")
CHECKSUM_TYPES: Final = ("FULL_OBJECT", "COMPOSITE")
REGION_USES: Final = ("signing", "LocationConstraint")
EMPTY_REGION: Final = "empty"
# A status, an error code, or both: `501 NotImplemented`.
_REFUSAL: Final = re.compile(r"[45]\d\d|([45]\d\d )?[A-Z][A-Za-z0-9.]+", re.ASCII)
SECTIONS: Final = ("regions", "checksums", "operations", "behaviours")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One claim of the table.

    Attributes:
        id: unique in its matrix: `PutObject`, `PutObject/If-Match`, `Checksum/CRC32C/COMPOSITE`,
            `Region/us-east-1/signing`, `Key/double-slash`.
        level: `bucket` or `object` as the page sorts it, `checksum`, `region` or `behaviour`.
        operation: S3's operation name; `Checksum`, `Region` or the topic for the other levels.
        group: the heading the page puts the feature under, if any.
        feature: header, query parameter, cell or behaviour; None on an operation's own row.
        documented: the table's word.
        note: a remark of the page, or of the transcriber.
        docs: where the operation, or the behaviour, is described.
        value_of: the header whose value this row is (`STANDARD` of `x-amz-storage-class`).
        line: where the row stands in the YAML file.
        span: where its word stands in the file's text: the first character, and the one behind.
        refusal: the documented refusal: a status, an error code, or both (`501 NotImplemented`).
        extension: the name is the vendor's own, not S3's.
    """

    id: str
    level: str
    operation: str
    group: str | None
    feature: str | None
    documented: Documented
    note: str | None
    docs: str | None
    value_of: str | None
    line: int
    span: tuple[int, int] = (0, 0)
    refusal: str | None = None
    extension: bool = False

    def flat(self) -> dict[str, str | None]:
        """The row as the first seven fields of a results row."""
        return {
            "id": self.id,
            "level": self.level,
            "operation": self.operation,
            "group": self.group,
            "feature": self.feature,
            "documented": self.documented.value,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """One vendor's table.

    Attributes:
        path: the file it was read from.
        vendor: whose table it is.
        source: the page's URL.
        published: the date the page gives for itself.
        retrieved: the day the page was read.
        sha256: hex digest of the file's bytes.
        rows: in the file's order, an operation's own row before its features.
    """

    path: Path
    vendor: str
    source: str
    published: date | None
    retrieved: date | None
    sha256: str
    rows: tuple[Row, ...]

    def joined(self, *others: Matrix) -> Matrix:
        """The rows of this table, and of the others each row that none before has."""
        rows = {row.id: row for each in reversed((self, *others)) for row in each.rows}
        order = dict.fromkeys(row.id for each in (self, *others) for row in each.rows)
        return replace(self, rows=tuple(rows[name] for name in order))

    @property
    def operations(self) -> dict[str, tuple[Row, ...]]:
        """Rows by operation, both in the page's order."""
        grouped: dict[str, list[Row]] = {}
        for row in self.rows:
            grouped.setdefault(row.operation, []).append(row)
        return {operation: tuple(rows) for operation, rows in grouped.items()}


def load(path: Path | str) -> Matrix:
    """Read a matrix.

    Raises:
        MatrixError: the file cannot be read, is not YAML, or breaks the schema.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise MatrixError(path, 0, f"cannot be read: {error.strerror}") from error
    return parsed(path, raw)


def parsed(path: Path, raw: bytes) -> Matrix:
    """Read a matrix from the contents of its file.

    Raises:
        MatrixError: the contents are not YAML, or break the schema.
    """
    try:
        return _Reader(parse(raw)).matrix(path, hashlib.sha256(raw).hexdigest())
    except YamlProblem as problem:
        raise MatrixError(path, problem.line, problem.text) from problem


class _Reader:
    """Turns one YAML document into a `Matrix`, or raises `YamlProblem` at a line."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def matrix(self, path: Path, sha256: str) -> Matrix:
        keys = ("vendor", "source", "published", "retrieved", *SECTIONS)
        top = self._root.mapping((MARKER, *keys), required=(MARKER, "vendor", "source"))
        if top[MARKER].value != FORMAT:
            raise top[MARKER].problem(
                f"{MARKER} is {top[MARKER].value!r}; this version reads format {FORMAT}"
            )
        sections = {
            "operations": self._operations,
            "checksums": self._checksums,
            "regions": self._regions,
            "behaviours": self._behaviours,
        }
        rows = tuple(row for key in top if key in sections for row in sections[key](top[key]))
        if not rows:
            raise self._root.problem("no rows: give operations, checksums, regions or behaviours")
        self._refuse_repeated(rows)
        return Matrix(
            path=path,
            vendor=top["vendor"].text(),
            source=top["source"].url(),
            published=top["published"].date() if "published" in top else None,
            retrieved=top["retrieved"].date() if "retrieved" in top else None,
            sha256=sha256,
            rows=rows,
        )

    def _refuse_repeated(self, rows: tuple[Row, ...]) -> None:
        counts = Counter(row.id for row in rows)
        for row in rows:
            if counts[row.id] > 1:
                raise YamlProblem(row.line, f"row {row.id} stands {counts[row.id]} times")

    def _operations(self, section: Node) -> Iterator[Row]:
        for level, operations in section.mapping(LEVELS).items():
            for name, node in operations.mapping().items():
                yield from self._operation(level, name, node)

    def _operation(self, level: str, name: str, node: Node) -> Iterator[Row]:
        keys = ("status", "docs", "note", *_CLAIM, "features")
        entry = node.mapping(keys, required=("status",))
        own = Row(
            id=name,
            level=level,
            operation=name,
            group=None,
            feature=None,
            documented=_status(entry["status"]),
            note=entry["note"].text() if "note" in entry else None,
            docs=entry["docs"].url() if "docs" in entry else None,
            value_of=None,
            line=node.key_line,
            span=entry["status"].span,
            **_more(entry),
        )
        yield own
        for block in entry["features"].sequence() if "features" in entry else ():
            yield from self._group(own, block)

    def _group(self, own: Row, block: Node) -> Iterator[Row]:
        entry = block.mapping(("group", "status", "members"), required=("members",))
        if "status" in entry:
            if "group" not in entry:
                raise entry["status"].problem("a status belongs to a group; give the group's name")
            _status(entry["status"])
        group = entry["group"].text() if "group" in entry else None
        members = entry["members"].mapping()
        for name, node in members.items():
            yield self._feature(own, group, name, node, members)

    def _feature(
        self, own: Row, group: str | None, name: str, node: Node, members: dict[str, Node]
    ) -> Row:
        if node.is_mapping:
            entry = node.mapping(("status", "note", "value-of", *_CLAIM), required=("status",))
        else:
            entry = {"status": node}
        documented = _status(entry["status"])
        orphan = own.documented is Documented.UNIMPLEMENTED
        if orphan and documented is not Documented.UNIMPLEMENTED:
            raise node.problem(
                f"{own.id}/{name} is {documented} under {own.id}, which is unimplemented"
            )
        if "value-of" in entry and entry["value-of"].text() not in members:
            raise entry["value-of"].problem(
                f"value-of names {entry['value-of'].text()!r}, which is not in the same group"
            )
        return Row(
            id=f"{own.operation}/{name}",
            level=own.level,
            operation=own.operation,
            group=group,
            feature=name,
            documented=documented,
            note=entry["note"].text() if "note" in entry else None,
            docs=own.docs,
            value_of=entry["value-of"].text() if "value-of" in entry else None,
            line=node.key_line,
            span=entry["status"].span,
            **_more(entry),
        )

    def _checksums(self, section: Node) -> Iterator[Row]:
        for algorithm, cells in section.mapping().items():
            for kind, cell in cells.mapping(CHECKSUM_TYPES).items():
                yield _cell("checksum", "Checksum", algorithm, kind, cell)

    def _behaviours(self, section: Node) -> Iterator[Row]:
        for topic, behaviours in section.mapping().items():
            if topic not in TOPICS:
                known = f"{similar_topic(topic)}; known here: {', '.join(TOPICS)}"
                raise behaviours.problem(f"unknown topic {topic!r}{known}")
            for name, node in behaviours.mapping().items():
                yield _behaviour(topic, name, node)

    def _regions(self, section: Node) -> Iterator[Row]:
        for region, uses in section.mapping().items():
            for use, cell in uses.mapping(REGION_USES).items():
                yield _cell("region", "Region", region or EMPTY_REGION, use, cell)


_CLAIM: Final = ("refused-with", "extension")


def _more(entry: dict[str, Node]) -> dict[str, Any]:
    """The keys that an operation and a feature have in common, as fields of their rows."""
    found: dict[str, Any] = {}
    if refused := entry.get("refused-with"):
        found["refusal"] = str(refused.value)
        if refused.value is True or not _REFUSAL.fullmatch(found["refusal"]):
            raise refused.problem(
                f"refused-with {refused.value!r} is neither a status (400 to 599) nor an error code"
            )
        if _status(entry["status"]) is not Documented.UNIMPLEMENTED:
            raise refused.problem("refused-with belongs to a row that is unimplemented")
    if extension := entry.get("extension"):
        if extension.value is not True:
            raise extension.problem("extension is true, or is left out")
        found["extension"] = True
    return found


def _cell(level: str, operation: str, group: str, feature: str, node: Node) -> Row:
    return Row(
        id=f"{operation}/{group}/{feature}",
        level=level,
        operation=operation,
        group=group,
        feature=feature,
        documented=_status(node),
        note=None,
        docs=None,
        value_of=None,
        line=node.key_line,
        span=node.span,
    )


def _behaviour(topic: str, name: str, node: Node) -> Row:
    if not _NAME.fullmatch(name):
        raise node.problem(f"{name!r} is no name of a behaviour: letters, digits, '.', '_', '-'")
    entry = {"status": node}
    if node.is_mapping:
        entry = node.mapping(("status", "docs", "note", *_CLAIM), required=("status",))
    return Row(
        id=f"{topic}/{name}",
        level="behaviour",
        operation=topic,
        group=None,
        feature=name,
        documented=_status(entry["status"]),
        note=entry["note"].text() if "note" in entry else None,
        docs=entry["docs"].url() if "docs" in entry else None,
        value_of=None,
        line=node.key_line,
        span=entry["status"].span,
        **_more(entry),
    )


def _status(node: Node) -> Documented:
    value: Any = node.value
    try:
        return Documented(value)
    except ValueError:
        words = ", ".join(word.value for word in Documented)
        raise node.problem(f"status {value!r} is not one of {words}") from None
