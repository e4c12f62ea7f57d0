"""YAML with line numbers and without surprises.

PyYAML keeps the last of two equal keys and resolves anchors and tags. A matrix is a transcript,
and a baseline a list, so all three are refused here, each with its line. So is what would take long
or much to read: a file of many bytes, values in values without end, a number of many digits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import yaml
from yaml.composer import Composer

from conformance.neutral import neutral

# PyYAML without libyaml reads some 50 KiB a second; R2's matrix, the longest shipped, is 42 KB.
LARGEST: Final = 2**19
# A feature's note, the deepest of what a matrix has, is at nine.
DEPTH: Final = 24
# Keys and values; R2's matrix has 2,000, and a baseline of all its rows has 8,000.
NODES: Final = 20_000
# Digits of the longest number or date; PyYAML takes quadratic time for 1:1:1:…, which is one.
DIGITS: Final = 40


class YamlProblem(Exception):
    """What is wrong, and on which line (counted from 1)."""

    def __init__(self, line: int, text: str) -> None:
        self.line = line
        self.text = neutral(text)  # it quotes what the file says
        super().__init__(f"line {line}: {self.text}")


@dataclass(frozen=True, slots=True)
class Node:
    """A YAML value that knows its line.

    Attributes:
        value: a scalar, a `dict[str, Node]` or a `list[Node]`.
        line: where the value starts.
        key_line: where its key stands; the value's own line outside mappings.
        span: the first character of the value in the file's text, and the first behind it.
    """

    value: Any
    line: int
    key_line: int
    span: tuple[int, int]

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.value, dict)

    def problem(self, text: str) -> YamlProblem:
        return YamlProblem(self.key_line, text)

    def mapping(
        self, allowed: Sequence[str] | None = None, *, required: Sequence[str] = ()
    ) -> dict[str, Node]:
        """The value as a mapping with no key outside `allowed` and none of `required` missing."""
        if not isinstance(self.value, dict):
            raise self.problem(f"a mapping is needed here, not {_kind(self.value)}")
        if allowed is not None:
            for key, node in self.value.items():
                if key not in allowed:
                    raise node.problem(f"unknown key {key!r}; known here: {', '.join(allowed)}")
        for key in required:
            if key not in self.value:
                raise self.problem(f"key {key!r} is missing")
        return self.value

    def sequence(self) -> list[Node]:
        if not isinstance(self.value, list):
            raise self.problem(f"a list is needed here, not {_kind(self.value)}")
        return self.value

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.problem(f"text is needed here, not {_kind(self.value)}")
        return self.value

    def url(self) -> str:
        text = self.text()
        if urlsplit(text).scheme not in ("http", "https"):
            raise self.problem(f"{text!r} is not an http(s) URL")
        return text

    def date(self) -> dt.date:
        if type(self.value) is not dt.date:
            raise self.problem(f"a date (YYYY-MM-DD) is needed here, not {_kind(self.value)}")
        return self.value


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return repr(value)


# libyaml parses ten times as fast as Python; PyYAML may have been built without it.
_EVENTS: Final[Any] = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _Composer(Composer):
    """Composes nodes, and refuses the first that is a reference, has a tag or is too deep."""

    _depth = 0
    _nodes = 0
    peek_event: Callable[[], yaml.Event]

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()
        line = event.start_mark.line + 1 if event.start_mark else 1
        if getattr(event, "anchor", None):
            raise YamlProblem(line, "anchors and aliases are not used here")
        if getattr(event, "tag", None):
            raise YamlProblem(line, "tags are not used here")
        self._depth += 1
        self._nodes += 1
        if self._depth > DEPTH:
            raise YamlProblem(line, f"nested more than {DEPTH} deep")
        if self._nodes > NODES:
            raise YamlProblem(line, f"more than {NODES:,} keys and values")
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


class _Loader(_Composer, _EVENTS):  # type: ignore[misc]
    """Composes in Python what libyaml parses, for its own composer cannot be stopped."""

    def __init__(self, raw: bytes) -> None:
        _EVENTS.__init__(self, raw)
        Composer.__init__(self)


def parse(raw: bytes) -> Node:
    """Parse one YAML document.

    Raises:
        YamlProblem: not UTF-8, not YAML, empty, a repeated key, an anchor, an alias or a tag; or
            longer than `LARGEST`, deeper than `DEPTH`, of more than `NODES`, a number longer than
            `DIGITS`.
    """
    if len(raw) > LARGEST:
        raise YamlProblem(1, f"the file is longer than {LARGEST >> 10} KiB")
    try:
        loader = _Loader(raw)
        try:
            root = loader.get_single_node()
            if root is None:
                raise YamlProblem(1, "the file is empty")
            return _node(loader, root, root.start_mark.line + 1)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        text = error.problem or error.context or "not YAML"
        # What is missing at the end of the file is missed on the line after the last.
        line = min(mark.line + 1, len(raw.splitlines())) if mark else 1
        raise YamlProblem(line, f"not YAML: {text}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise YamlProblem(1, f"not YAML: {str(error).splitlines()[0]}") from error


def _node(loader: _Loader, node: yaml.Node, key_line: int) -> Node:
    line = node.start_mark.line + 1
    span = (node.start_mark.index, node.end_mark.index)
    if isinstance(node, yaml.MappingNode):
        entries: dict[str, Node] = {}
        for key_node, value_node in node.value:
            at = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise YamlProblem(at, "a key must be a word")
            # The key's text as written: `on` or `1` must stay the name the page prints.
            key = key_node.value
            if key in entries:
                raise YamlProblem(
                    at, f"key {key!r} stands twice, first on line {entries[key].key_line}"
                )
            entries[key] = _node(loader, value_node, at)
        return Node(entries, line, key_line, span)
    if isinstance(node, yaml.SequenceNode):
        items = [_node(loader, item, item.start_mark.line + 1) for item in node.value]
        return Node(items, line, key_line, span)
    if not node.tag.endswith((":str", ":null")) and len(node.value) > DIGITS:
        raise YamlProblem(line, f"a number or a date of more than {DIGITS} characters")
    try:
        return Node(loader.construct_object(node), line, key_line, span)
    except ValueError as error:  # 2026-02-30
        raise YamlProblem(line, f"not YAML: {error}") from error
