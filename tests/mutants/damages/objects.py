"""What can go wrong with objects and their tags: bytes, conditions, ranges, metadata, copies."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from conformance.verdict import Observed
from tests.mutants.damages.damage import Line, anywhere, or_ignored, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    all_but_last,
    also,
    another_status,
    asking,
    edited,
    empty_result,
    headed,
    is_head,
    plain,
    reads,
    repeated,
    shifted,
    short,
    stored_differently,
    told_anyway,
    truncated,
    when,
    with_header,
)
from tests.mutants.remembering import once

ELSE: Final = "carried out as something else, the row's own request was ignored"


def _longer(request: Request) -> Request:
    """The same of another key, which begins like the one named."""
    return replace(request, target=f"{request.path}-longer")


def _all_deleted(request: Request, _: Behind) -> Answer:
    """DeleteObjects that names all as deleted, and deletes none."""
    keys = re.findall(rb"<Key>[^<]*</Key>", request.body)
    told = b"".join(b"<Deleted>%s</Deleted>" % key for key in keys)
    return Answer(status=200, body=b"<DeleteResult>%s</DeleteResult>" % told)


def _swapped(header: str) -> Respond:
    swap = {"COPY": "REPLACE", "REPLACE": "COPY"}
    return asking(lambda r: with_header(r, header, swap[r.header(header) or "COPY"]))


LINES: Final[tuple[Line, ...]] = (
    ("GetObject", wrong("off by one", shifted)),
    ("GetObject", wrong("a byte short", short)),
    ("GetObject", wrong("another ETag", headed("ETag", '"0"'))),
    ("GetObject", wrong("200 for 404", another_status(404, 200, b""))),
    ("HeadObject", wrong("another length", headed("Content-Length", "1"))),
    ("HeadObject", wrong("another ETag", headed("ETag", '"0"'))),
    ("HeadObject", wrong("200 for 404", another_status(404, 200))),
    ("PutObject", wrong("a byte short", truncated)),
    ("PutObject", wrong("the first stays", once(lambda r: r.path))),
    ("PutObject", wrong("no ETag", headed("ETag", None))),
    ("CopyObject", wrong("other bytes",
        also(lambda r: replace(r.without("x-amz-copy-source"), body=b"other bytes")))),
    ("DeleteObject", wrong("deletes more", also(_longer))),
    ("DeleteObjects", wrong("the last stays", all_but_last("Object"))),
    ("DeleteObjects", or_ignored(
        "all are said to be deleted, and nothing is", wrong("deletes nothing", _all_deleted))),
    *((f".*/{name}", wrong("another value", stored_differently(name, value)))
      for name, value in (
          ("Content-Type", "text/plain"), ("Cache-Control", None), ("Content-Disposition", None),
          ("Content-Language", None), ("Content-Encoding", "br"),
          ("Expires", "Sun, 01 Dec 2041 16:00:00 GMT"), ("x-amz-website-redirect-location", "/no"),
          ("x-amz-tagging", None))),
    *((f".*/{name}", anywhere("only a part of it", when(reads, headed(name, lambda v: v[:-1]))))
      for name in ("Content-Type", "Cache-Control", "Content-Disposition", "Content-Language",
                   "Content-Encoding", "Expires", "x-amz-website-redirect-location")),
    (".*/x-amz-tagging", wrong("one tag more",
        asking(lambda r: with_header(r, "x-amz-tagging", f"{r.header('x-amz-tagging')}&b=c")))),
    ("CopyObject/x-amz-metadata-directive", wrong("COPY for REPLACE",
        _swapped("x-amz-metadata-directive"))),
    ("CopyObject/x-amz-tagging-directive", wrong("COPY for REPLACE",
        _swapped("x-amz-tagging-directive"))),
    (".*/(STANDARD_IA|ONEZONE_IA|INTELLIGENT.*|GLACIER_IR|REDUCED.*)", anywhere("another class",
        headed("x-amz-storage-class", "GLACIER"))),
    (".*/(STANDARD|x-amz-storage-class)", anywhere("says another class", when(is_head,
        told_anyway("x-amz-storage-class", "GLACIER")))),
    ("GetObjectTagging", wrong("another value",
        edited(rb"\bn[0-9a-f]{9}\b", b"n000000000"))),
    ("GetObjectTagging", wrong("200 for 404", empty_result("Tagging", 404))),
    ("GetObjectTagging", wrong("twice", repeated("Tag"))),
    ("PutObjectTagging", wrong("the first stays", once())),
    ("(Put|Delete)ObjectTagging", replace(wrong("the object instead",
        asking(plain)), words=(Observed.IGNORED,), why=ELSE)),
    ("PutObject/Object Lifecycle", anywhere("another rule",
        headed("x-amz-expiration", lambda v: re.sub(r"n[0-9a-f]{9}", "n000000000", v)))),
    ("PutObject/Object Lifecycle", anywhere("said of every object", when(
        lambda r: r.method == "PUT" and "lifecycle" not in r.parameters,
        told_anyway("x-amz-expiration", 'rule-id="x"')))),
)  # fmt: skip
