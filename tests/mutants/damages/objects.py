"""What can go wrong with objects and their tags: bytes, conditions, ranges, metadata, copies."""

from __future__ import annotations

from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, wrong
from tests.mutants.damaging import (
    Behind,
    another_status,
    done_all_the_same,
    empty_result,
    headed,
    parameter,
    part_off_by_one,
    shifted,
    strict,
)

ELSE: Final = "carried out as something else, the row's own request was ignored"


def _part_one(request: Request, behind: Behind) -> Answer:
    return parameter("partNumber", lambda _: "1")(request, behind)


LINES: Final[tuple[Line, ...]] = (
    ("GetObject/Range", wrong("off by one", shifted)),
    ("(Get|Head)Object/Range", wrong("another Content-Range",
        headed("Content-Range", "bytes 0-0/1"))),
    ("(Get|Head)Object/Range", wrong("206 for 416", another_status(416, 206))),
    ("HeadObject/Range", wrong("another length", headed("Content-Length", "48"))),
    ("GetObject/PartNumber", wrong("off by one", shifted)),
    ("(Get|Head)Object/[Pp]artNumber", wrong("another part", _part_one)),
    ("(Get|Head)Object/If-(Match|Unmodified-Since)", wrong("304 for 412",
        another_status(412, 304))),
    ("(Get|Head)Object/If-(None-Match|Modified-Since)", wrong("412 for 304",
        another_status(304, 412))),
    ("(Get|Head)Object/If-.*", wrong("refused though true", strict())),
    ("PutObject/If-.*", wrong("304 for 412", another_status(412, 304))),
    *(("PutObject/" + name, wrong("412, and written", done_all_the_same(name)))
      for name in ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")),
    (".*/x-amz-copy-source-if-.*", wrong("304 for 412", another_status(412, 304))),
    (".*/x-amz-copy-source-if-.*", wrong("refused though true", strict())),
    *(("CopyObject/x-amz-copy-source-if-" + name, wrong("412, and copied",
        done_all_the_same("x-amz-copy-source-if-" + name)))
      for name in ("match", "none-match", "modified-since", "unmodified-since")),
    (".*Copy.*/x-amz-copy-source", wrong("200 for 404",
        empty_result("CopyObjectResult", 404))),
    ("UploadPartCopy/x-amz-copy-source-range", wrong("off by one", part_off_by_one)),
)  # fmt: skip
