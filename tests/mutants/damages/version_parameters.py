"""What can go wrong with the parameters of ListObjectVersions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import (
    Respond,
    asking,
    edited,
    inclusive,
    lenient,
    one_short,
    parameter,
    when,
)

LIST: Final = "ListObjectVersions"


def _element(name: str, value: bytes = b"x") -> Respond:
    """The first element of this name has another text."""
    tag = name.encode()
    return edited(b"<%s>[^<]*</%s>" % (tag, tag), b"<%s>%s</%s>" % (tag, value, tag), count=1)


def _ends(name: str, end: str) -> Callable[[Request], bool]:
    return lambda request: request.parameters.get(name, "").endswith(end)


def _has(name: str) -> Callable[[Request], bool]:
    return lambda request: name in request.parameters


def _unasked(request: Request) -> bool:
    return _has("versions")(request) and not _has("encoding-type")(request)


def _begun_later(request: Request) -> Request:
    """The listing begins behind the first key."""
    start = quote(f"{request.parameters.get('prefix', '')}B", safe="")
    return replace(request, target=f"{request.target}&key-marker={start}")


def _without(*names: str) -> Respond:
    return asking(lambda request: request.without(*names))


def _nothing(*_: object) -> Answer:
    return Answer(status=200, body=b"<ListVersionsResult></ListVersionsResult>")


def _line(name: str, check: str, fault: str, respond: Respond) -> Line:
    return f"{LIST}/{name}", shown_by(check, wrong(fault, respond))


LINES: Final[tuple[Line, ...]] = (
    _line("prefix", "part-of-a-name", "a key short", when(_ends("prefix", "b"),
        one_short("Version"))),
    _line("prefix", "no-key", "the folder's name too", when(_ends("prefix", "B/x"),
        parameter("prefix", lambda v: re.sub(r"(%2F|/)x$", "", v)))),
    _line("prefix", "echo", "another prefix", _element("Prefix")),
    _line("delimiter", "other-delimiter", "only a slash", when(_ends("delimiter", "-"),
        _without("delimiter"))),
    _line("delimiter", "inside-a-folder", "a key short", when(_ends("prefix", "a/"),
        one_short("Version"))),
    _line("delimiter", "echo", "another delimiter", _element("Delimiter")),
    _line("key-marker", "after-the-last", "all over again", when(_ends("key-marker", "é"),
        _without("key-marker"))),
    _line("key-marker", "within-prefix", "the prefix is forgotten", _without("prefix")),
    _line("key-marker", "pages", "the marker's key again", when(_has("max-keys"),
        inclusive("key-marker"))),
    _line("key-marker", "echo", "another marker", _element("KeyMarker")),
    (f"{LIST}/version-id-marker", shown_by("pages", anywhere("no next version",
        _element("NextVersionIdMarker", b"")))),
    _line("version-id-marker", "echo", "another marker", _element("VersionIdMarker")),
    _line("version-id-marker", "without-a-key", "it is ignored without a key", when(
        lambda r: not _has("key-marker")(r), lenient("version-id-marker"))),
    _line("max-keys", "truncated", "not truncated", edited(
        b"<IsTruncated>true", b"<IsTruncated>false")),
    _line("max-keys", "next-key", "no next key", _element("NextKeyMarker", b"")),
    _line("max-keys", "first-keys", "the second page", when(_ends("max-keys", "2"),
        asking(_begun_later))),
    _line("max-keys", "exact", "always truncated", edited(
        b"<IsTruncated>false", b"<IsTruncated>true")),
    _line("max-keys", "with-delimiter", "one more with folders", when(_has("delimiter"),
        parameter("max-keys", lambda v: str(int(v) + 1)))),
    _line("max-keys", "echo", "another number", _element("MaxKeys")),
    _line("max-keys", "zero", "all for none", when(_ends("max-keys", "0"),
        _without("max-keys"))),
    _line("max-keys", "not-a-number", "any word", when(_ends("max-keys", "two"), _nothing)),
    _line("encoding-type", "encoding-type", "another type", _element("EncodingType")),
    _line("encoding-type", "prefix", "another prefix", _element("Prefix")),
    _line("encoding-type", "common-prefixes", "no common prefixes", edited(
        b"<CommonPrefixes>.*</CommonPrefixes>", b"")),
    _line("encoding-type", "odd-names", "a key short", when(_has("delimiter"),
        one_short("Version"))),
    _line("encoding-type", "other-value", "any value", when(_ends("encoding-type", "xml"),
        _without("encoding-type"))),
    (f"{LIST}/encoding-type", shown_by("unasked", anywhere("always said", when(_unasked,
        edited(b"</MaxKeys>", b"</MaxKeys><EncodingType>url</EncodingType>"))))),
)  # fmt: skip
