"""XML that a server sent, read within limits: its size, depth, elements, attributes and names.

Expat is used without its namespaces, for it writes a namespace's whole URI before each name: a
document of one long URI and a million short elements would fill the memory. Of an element's name
the part behind the prefix is kept, and of an attribute's name also the URI.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

# A listing of 1,000 keys of 1,024 bytes, each percent-encoded, is 3 MiB.
DOCUMENT_LIMIT: Final = 4 * 2**20
# 10,000 buckets, the most that an account may have, of five elements each.
ELEMENTS: Final = 60_000
DEPTH: Final = 64
ATTRIBUTES: Final = 32
NAME: Final = 256
NAMESPACES: Final = 64


class _Refused(Exception):
    """The document is outside the limits, or is none."""


def read_xml(body: bytes) -> Element | None:
    """The root of an XML document, namespaces dropped; None where it is none that is read here.

    No entity is expanded and no DTD is read: the server is not trusted.
    """
    if len(body) > DOCUMENT_LIMIT or not body.lstrip().startswith(b"<"):
        return None
    try:
        return _Reader().read(body)
    except (_Refused, expat.ExpatError, ValueError, LookupError):
        return None


# The last few only: a tree takes twenty times the memory of its text.
read_large_xml: Final = lru_cache(maxsize=3)(read_xml)


class _Reader:
    """Builds the tree of one document from expat's events."""

    def __init__(self) -> None:
        self._tree = TreeBuilder()
        self._elements = 0
        self._prefixes: list[dict[str, str]] = [{"xml": "http://www.w3.org/XML/1998/namespace"}]

    def read(self, body: bytes) -> Element:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._tree.data
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.Parse(body, True)
        return self._tree.close()

    def _start(self, name: str, pairs: list[str]) -> None:
        self._elements += 1
        if (
            self._elements > ELEMENTS
            or len(self._prefixes) > DEPTH
            or len(pairs) > 2 * ATTRIBUTES
            or len(name) > NAME
        ):
            raise _Refused
        attributes = dict(zip(pairs[::2], pairs[1::2], strict=True))
        known = self._prefixes[-1]
        declared = {
            key.removeprefix("xmlns:"): uri
            for key, uri in attributes.items()
            if key.startswith("xmlns:")
        }
        if declared:
            known = {**known, **declared}
            if len(known) > NAMESPACES or any(len(uri) > NAME for uri in declared.values()):
                raise _Refused
        self._prefixes.append(known)
        prefix, colon, local = name.rpartition(":")
        if colon and prefix not in known:
            raise _Refused
        self._tree.start(
            local,
            {
                self._expanded(key): value
                for key, value in attributes.items()
                if key != "xmlns" and not key.startswith("xmlns:")
            },
        )

    def _end(self, name: str) -> None:
        self._prefixes.pop()
        self._tree.end(name.rpartition(":")[2])

    def _expanded(self, key: str) -> str:
        prefix, colon, local = key.rpartition(":")
        if len(key) > NAME:
            raise _Refused
        if not colon:
            return key
        if prefix not in self._prefixes[-1]:
            raise _Refused
        return f"{{{self._prefixes[-1][prefix]}}}{local}"

    def _refuse_doctype(self, *_: object) -> None:
        raise _Refused
