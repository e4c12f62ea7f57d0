"""S3's XML documents: how bodies are written, and how the leaves of an answer are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element

from conformance.closed_json import parse_json
from conformance.s3.documents import DOCUMENT_LIMIT
from conformance.s3.operations import Call
from conformance.s3.response import Response

Leaves = frozenset[tuple[str, str]]


BOOLEANS: Final = ("true", "false")
MILLISECONDS: Final = re.compile(r"(?<=\d:\d\d)\.\d+Z$")


def document(root: str, content: str) -> bytes:
    """An XML document in S3's namespace."""
    return f'<{root} xmlns="{XMLNS}">{content}</{root}>'.encode()


def leaves(document: bytes) -> Leaves:
    """The leaves of an XML or a JSON document; none of anything else."""
    root = element(document)
    if len(document) > DOCUMENT_LIMIT:
        return frozenset()
    if root.tag:
        return frozenset(_of_xml(root, ""))
    try:
        return frozenset(_of_json(parse_json(document), ""))
    except ValueError:
        return frozenset()


def contains(whole: bytes, part: bytes, less: Leaves = frozenset()) -> bool:
    """Whether every element of one XML document is in another, below the same parent's like.

    Two documents with the same leaves may have them in other elements: the Status of one rule in
    another. What is no XML is in anything.

    Args:
        whole: the document that must have all.
        part: the one whose elements are looked for.
        less: leaves of it that need not be there.
    """
    wanted = element(part)
    return not wanted.tag or _within(element(whole), wanted, "", less)


def _within(whole: Element, part: Element, path: str, less: Leaves) -> bool:
    if not len(part):
        return len(whole) == 0 and _text(whole) == _text(part)
    wanted = [
        (child, f"{path}/{child.tag}")
        for child in part
        if not frozenset(_of_xml(child, f"{path}/{child.tag}")) <= less
    ]
    return all(
        any(_within(other, child, below, less) for other in whole if other.tag == child.tag)
        for child, below in wanted
    )


def _text(found: Element) -> str:
    return _plain((found.text or "").strip())


def is_json(answer: Response) -> bool:
    """Whether the body is a JSON object."""
    return answer.body.lstrip().startswith(b"{") and bool(leaves(answer.body))


def element(document: bytes) -> Element:
    """The root element of an XML document; an element without a name where it is none."""
    call = Call(operation="ListBuckets")
    return Response(call=call, status=200, headers={}, body=document, seconds=0).xml


def _of_xml(element: Element, path: str) -> Iterator[tuple[str, str]]:
    if not len(element):
        yield path, _text(element)
    for child in element:
        if isinstance(child.tag, str):
            yield from _of_xml(child, f"{path}/{child.tag}")


def _of_json(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _of_json(member, f"{path}/{name}")
    elif isinstance(value, list):
        for member in value:
            yield from _of_json(member, path)
    else:
        # To say that everybody is meant there are two forms, and stores keep one.
        yield (f"{path}/AWS" if path.endswith("/Principal") else path), str(value)


def _plain(text: str) -> str:
    """S3 writes booleans as `true` and as `TRUE`, and a date with or without milliseconds."""
    whole = MILLISECONDS.sub("Z", text)
    return whole.lower() if whole.lower() in BOOLEANS else whole


XMLNS: Final = "http://s3.amazonaws.com/doc/2006-03-01/"


REGIONS_WITHOUT_CONSTRAINT: Final = ("", "us-east-1", "auto")


def location_constraint(region: str) -> bytes:
    """The body of CreateBucket that asks for a region."""
    return (
        '<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
    ).encode()
