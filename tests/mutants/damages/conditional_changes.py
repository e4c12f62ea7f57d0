"""What can go wrong with conditions where there is no object, of deletions, and of versions."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    another_status,
    asking,
    carrying,
    done_all_the_same,
    edited,
    short,
    strict,
    when,
)
from tests.mutants.preconditions import created_where_missing, subject

DELETE: Final = "Consistency/delete-if-match|DeleteObject/If-Match"
COPY: Final = "Consistency/copy-if-match"
VERSIONS: Final = "Versioning/conditional-writes"


def _deletes(request: Request) -> bool:
    return request.method == "DELETE" and request.header("If-Match") is not None


def _copies(request: Request) -> bool:
    return request.header("x-amz-copy-source") is not None


def _any(request: Request) -> bool:
    return request.header("If-Match") == "*"


def _many(request: Request) -> bool:
    return "delete" in request.parameters and b"<ETag>" in request.body


def _without_etags(request: Request) -> Request:
    """DeleteObjects without the ETags of its objects."""
    return replace(request, body=re.sub(rb"<ETag>.*?</ETag>", b"", request.body))


def _nodded(request: Request, behind: Behind) -> Answer:
    """A deletion that may be carried out is not."""
    head = subject(request, behind)
    own = _any(request) or head.header("ETag") == request.header("If-Match")
    return Answer(status=204) if own else behind.ask(request)


def _marker_counts(request: Request, behind: Behind) -> Answer:
    """A delete marker is an object, to If-None-Match."""
    if carrying("If-None-Match")(request) and subject(request, behind).status == 404:
        return error(412, "PreconditionFailed")
    return behind.ask(request)


def _marker_stays(request: Request, behind: Behind) -> Answer:
    """What is written over a delete marker is not read."""
    if carrying("If-None-Match")(request) and subject(request, behind).status == 404:
        behind.memory[request.path] = True
    gone = request.path in behind.memory and request.method == "GET" and not request.parameters
    return error(404, "NoSuchKey") if gone else behind.ask(request)


LINES: Final[tuple[Line, ...]] = (
    *((f"GetObject/{name}", shown_by("missing-object", wrong(
        "a condition comes before the key", another_status(404, status, b""))))
      for name, status in (("If-Match", 412), ("If-None-Match", 304))),
    ("PutObject/If-None-Match", shown_by("own-etag", wrong("an ETag is not heeded", when(
        lambda r: r.header("If-None-Match") != "*", asking(
            lambda r: r.without("If-None-Match")))))),
    ("PutObject/If-None-Match", shown_by("beside-own-if-match", wrong("the first of two decides",
        when(carrying("If-Match"), asking(lambda r: r.without("If-None-Match")))))),
    (VERSIONS, shown_by("over-a-marker", wrong("a marker stays the latest", _marker_stays))),
    (DELETE, shown_by("other-etag", wrong("deleted whatever the ETag", when(_deletes, asking(
        lambda r: r.without("If-Match")))))),
    (DELETE, shown_by("kept", wrong("deleted and refused", when(_deletes,
        done_all_the_same("If-Match"))))),
    (DELETE, shown_by("own-etag", wrong("nodded at", when(_deletes, _nodded)))),
    (DELETE, shown_by("any-etag", wrong("* is no ETag", when(
        lambda r: _deletes(r) and _any(r), strict())))),
    (DELETE, shown_by("many-other-etag", wrong("many are deleted whatever the ETag",
        asking(_without_etags)))),
    (DELETE, shown_by("many-error", wrong("another code for many", edited(
        b"PreconditionFailed", b"InternalError")))),
    (DELETE, shown_by("many-own-etag", wrong("ETags of many are not known", when(
        _many, strict(400, "MalformedXML"))))),
    (COPY, shown_by("other-etag", wrong("If-Match is not heeded", when(_copies, asking(
        lambda r: r.without("If-Match")))))),
    (COPY, shown_by("existing", wrong("If-None-Match is not heeded", when(_copies, asking(
        lambda r: r.without("If-None-Match")))))),
    (COPY, shown_by("kept", wrong("copied and refused", when(_copies,
        done_all_the_same("If-Match", "If-None-Match"))))),
    (COPY, shown_by("own-etag", wrong("If-Match is never true", when(
        lambda r: _copies(r) and carrying("If-Match")(r), strict())))),
    (COPY, shown_by("new-object", wrong("nothing is new", when(
        lambda r: _copies(r) and carrying("If-None-Match")(r), strict())))),
    (VERSIONS, shown_by("kept", wrong("written and refused", when(
        lambda r: r.method == "PUT", done_all_the_same("If-Match", "If-None-Match"))))),
    (VERSIONS, shown_by("own-etag", wrong("never true", when(carrying("If-Match"), strict())))),
    (VERSIONS, shown_by("below-a-marker", wrong("written where there is a marker",
        created_where_missing))),
    (VERSIONS, shown_by("over-a-marker", wrong("a marker is an object", _marker_counts))),
    (VERSIONS, shown_by("versions-kept", wrong("cut", when(
        lambda r: "versionId" in r.parameters, short)))),
)  # fmt: skip
