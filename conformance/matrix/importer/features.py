"""The second column of a table of operations: features, one a line, under headings with a colon.

Indentation is no guide: a scrape has none, and the source lacks it in places. So a trailing colon
makes a heading, and a name of several words without a colon is a heading without members, which
is a row of its own (`Object Lifecycle`): no header or parameter has a space in its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from conformance.matrix.importer.imported import Feature, Group
from conformance.matrix.importer.page import Page, Piece, plain
from conformance.verdict import Documented

_NAMED: Final = re.compile(r"(?P<name>[A-Za-z][\w-]*)(?: \((?P<remark>[^()]+)\))?", re.ASCII)
_HEADING: Final = re.compile(r"[A-Za-z][\w/&-]*(?: [\w/&-]+)*", re.ASCII)

# Values that a page lists as rows below the header that carries them:
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html, x-amz-storage-class.
_VALUES: Final = dict.fromkeys(
    (
        "STANDARD",
        "REDUCED_REDUNDANCY",
        "STANDARD_IA",
        "ONEZONE_IA",
        "INTELLIGENT_TIERING",
        "GLACIER",
        "DEEP_ARCHIVE",
        "OUTPOSTS",
        "GLACIER_IR",
        "SNOW",
        "EXPRESS_ONEZONE",
        "FSX_OPENZFS",
    ),
    "x-amz-storage-class",
)


@dataclass(slots=True, kw_only=True)
class _Block:
    """A group while it is being read; `piece` is its heading."""

    name: str | None = None
    documented: Documented | None = None
    piece: Piece | None = None
    first_depth: int = 0
    features: dict[str, Feature] = field(default_factory=dict)


def read_features(
    page: Page, pieces: Sequence[Piece], operation: str, own: Documented
) -> tuple[Group, ...]:
    """Sort an operation's features into the page's groups.

    Args:
        page: for messages.
        pieces: the cell, line by line.
        operation: whose features these are.
        own: the operation's own mark.

    Raises:
        PageError: an unknown or missing mark, a name that is none, a feature that is listed
            twice, a heading without members, a feature or value whose heading or header is not
            plain, or an implemented feature of an unimplemented operation.
    """
    reader = _FeatureReader(page, operation, own)
    for piece in pieces:
        reader.read(piece)
    return reader.groups()


class _FeatureReader:
    """Reads the features of one operation."""

    def __init__(self, page: Page, operation: str, own: Documented) -> None:
        self._page = page
        self._operation = operation
        self._own = own
        self._blocks: list[_Block] = []
        self._seen: dict[str, int] = {}
        self._memberless: str | None = None  # the heading without colon just passed

    def read(self, piece: Piece) -> None:
        """Take one line of the cell."""
        documented, marked = self._page.split_mark(piece)
        text = plain(marked)
        if text.endswith(":"):
            self._open(piece, text.removesuffix(":").rstrip(), documented)
            return
        if documented is None:
            raise self._page.problem(piece.line, f"{text!r} has no mark")
        if named := _NAMED.fullmatch(text):
            self._add(piece, named["name"], documented, named["remark"])
        elif _HEADING.fullmatch(text):
            self._add_memberless(piece, text, documented)
        else:
            raise self._page.problem(
                piece.line, f"{text!r} is neither a header, a parameter nor a heading"
            )

    def groups(self) -> tuple[Group, ...]:
        """All groups, once every line was taken."""
        self._refuse_empty()
        return tuple(
            Group(
                name=block.name,
                documented=block.documented,
                features=tuple(block.features.values()),
            )
            for block in self._blocks
        )

    def _refuse_empty(self) -> None:
        last = self._blocks[-1] if self._blocks else None
        if last and last.piece and not last.features:
            raise self._page.problem(
                last.piece.line, f"the heading '{last.name}:' has no features below it"
            )

    def _open(self, piece: Piece, name: str, documented: Documented | None) -> None:
        self._refuse_empty()
        if not _HEADING.fullmatch(name):
            raise self._page.problem(piece.line, f"'{name}:' is not a heading")
        self._memberless = None
        self._blocks.append(_Block(name=name, documented=documented, piece=piece))

    def _add_memberless(self, piece: Piece, name: str, documented: Documented) -> None:
        self._refuse_empty()
        self._memberless = None
        if not self._blocks or self._blocks[-1].name is not None:
            self._blocks.append(_Block())
        self._add(piece, name, documented, None)
        self._memberless = name

    def _add(self, piece: Piece, name: str, documented: Documented, remark: str | None) -> None:
        if self._memberless is not None:
            raise self._page.problem(
                piece.line, f"{name} follows '{self._memberless}', a heading without a colon"
            )
        if name in self._seen:
            raise self._page.problem(
                piece.line,
                f"{self._operation}/{name} is listed twice, first on line {self._seen[name]}",
            )
        if self._own is Documented.UNIMPLEMENTED and documented is not Documented.UNIMPLEMENTED:
            raise self._page.problem(
                piece.line,
                f"{name} is {documented} under {self._operation}, which is unimplemented",
            )
        if not self._blocks:
            self._blocks.append(_Block())
        block = self._blocks[-1]
        if not block.features:
            block.first_depth = piece.depth
        value_of = self._header_of(block, piece, name)
        self._seen[name] = piece.line
        block.features[name] = Feature(
            name=name, documented=documented, note=remark, value_of=value_of
        )

    def _header_of(self, block: _Block, piece: Piece, name: str) -> str | None:
        """The header whose value `name` is, if it is one."""
        header = _VALUES.get(name)
        if header is not None and header not in block.features:
            raise self._page.problem(piece.line, f"{name} is a value of {header}, not listed above")
        heading_depth = block.piece.depth if block.piece else 0
        if header is None and piece.depth > block.first_depth > heading_depth:
            raise self._page.problem(piece.line, f"{name} is indented like a value, but of what?")
        return header
