"""What can go wrong where a listing begins, and where its pages end."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    asking,
    edited,
)
from tests.mutants.listing_faults import misread

BASE: Final = "ListObjects(V2)?"
STARTS: Final = ("marker", "start-after", "key-marker")


def _line(row: str, check: str, name: str, respond: Respond) -> Line:
    return row, shown_by(check, wrong(name, respond))


def _nothing_before(request: Request, behind: Behind) -> Answer:
    """A marker that does not begin with the prefix lists nothing, though it sorts before it."""
    query = request.parameters
    start = next((query[name] for name in STARTS if name in query), "")
    prefix = query.get("prefix", "")
    before = bool(start) and start < prefix
    entries = edited(rb"<(Contents|Upload|Version|DeleteMarker)>.*</\1>", b"")
    return entries(request, behind) if before else behind.ask(request)


def _inside_a_group(request: Request, behind: Behind) -> Answer:
    """Where a page ends with a common prefix of several keys, the next begins with it again."""
    if "delimiter" not in request.parameters:
        return behind.ask(request)
    last: bytes = behind.memory.pop("last", b"")
    goes_on = any(name in request.parameters for name in (*STARTS, "continuation-token"))
    again = bool(last) and goes_on and _several(last, request, behind)
    answer = behind.ask(request)
    names = re.findall(rb"<Key>([^<]*)<", answer.body)
    groups = re.findall(rb"<CommonPrefixes><Prefix>([^<]*)<", answer.body)
    if b"<IsTruncated>true<" in answer.body and groups and groups[-1] > max(names, default=b""):
        behind.memory["last"] = groups[-1]
    return (
        _with(answer, b"<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>" % last)
        if (again)
        else answer
    )


def _several(group: bytes, request: Request, behind: Behind) -> bool:
    listed = next((it for it in ("uploads", "versions") if it in request.parameters), "list-type=2")
    target = f"{request.path}?{listed}&prefix={quote(group.decode(), safe='')}"
    return behind.ask(replace(request, target=target)).body.count(b"<Key>") > 1


def _with(answer: Answer, more: bytes) -> Answer:
    """A listing with more entries."""
    end = answer.body.rfind(b"</")
    return replace(answer, body=answer.body[:end] + more + answer.body[end:])


def _any_markers(request: Request, behind: Behind) -> Answer:
    """The prefix selects versions, and no delete markers."""
    answer = behind.ask(request)
    if "versions" not in request.parameters or "max-keys" in request.parameters:
        return answer
    whole = behind.ask(request.without("prefix"))
    markers = re.findall(rb"<DeleteMarker>.*?</DeleteMarker>", whole.body, re.DOTALL)
    more = b"".join(each for each in markers if each not in answer.body)
    return _with(answer, more)


LINES: Final[tuple[Line, ...]] = (
    *(_line(row, "before-the-prefix", "nothing before the prefix", _nothing_before)
      for row in (f"{BASE}/(marker|start-after)", "ListMultipartUploads/key-marker",
                  "Versioning/list-over-keys")),
    _line(f"{BASE}/delimiter|ListMultipartUploads/delimiter", "pages",
          "a page ends inside a group", _inside_a_group),
    _line("Versioning/list-over-keys", "pages-of-folders", "a page ends inside a group",
          _inside_a_group),
    _line("ListObjects/marker", "after-a-common-prefix", "what sorts beside a group is left out",
          misread("marker", "%2F$", "~")),
    _line("Versioning/list-over-keys", "prefix", "markers of any key", _any_markers),
    _line("Versioning/list-over-keys", "encoding-type", "encoding-type is ignored",
          asking(lambda r: r.without("encoding-type"))),
    _line("ListObjectVersions", "within-prefix", "prefix forgotten",
          asking(lambda r: r.without("prefix"))),
)  # fmt: skip
