"""What can go wrong with the headers that are stored with an object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    asking,
    headed,
    is_head,
    stored_differently,
    told_anyway,
    when,
    with_header,
)
from tests.mutants.object_faults import keeping

REDIRECT: Final = "x-amz-website-redirect-location"
DIRECTIVE: Final = "x-amz-metadata-directive"
NAMES: Final = (
    "Content-Type", "Cache-Control", "Content-Disposition", "Content-Language",
    "Content-Encoding", "Expires",
)  # fmt: skip
HAS_PARTS: Final = NAMES[:4]


def is_get(request: Request) -> bool:
    """Whether a request is GetObject."""
    return request.method == "GET" and not request.parameters


def _kept(name: str, change: Callable[[str], str]) -> Respond:
    """A header is stored after a change."""
    return asking(lambda r: with_header(r, name, change(r.header(name) or "")))


def _first(value: str) -> str:
    return value.partition(";")[0].partition(",")[0]


def _swapped(request: Request, behind: Behind) -> Answer:
    swap = {"COPY": "REPLACE", "REPLACE": "COPY"}
    by = swap.get(request.header(DIRECTIVE) or "", "COPY")
    return behind.ask(with_header(request, DIRECTIVE, by))


def _on_replace(**headers: str) -> Respond:
    """A copy that replaces metadata keeps some of the source's."""
    more = tuple((name.replace("_", "-"), value) for name, value in headers.items())

    def change(request: Request) -> Request:
        replaces = request.header(DIRECTIVE) == "REPLACE"
        return replace(request, headers=(*request.headers, *more)) if replaces else request

    return asking(change)


def _onto_itself(request: Request) -> bool:
    return (request.header("x-amz-copy-source") or "").lstrip("/") == request.path.lstrip("/")


def _empty_on_replace(request: Request, behind: Behind) -> Answer:
    """REPLACE stores the request's own, empty body."""
    answer = behind.ask(request)
    if request.header(DIRECTIVE) == "REPLACE" and answer.status < 300:
        behind.ask(request.without("x-amz-copy-source", DIRECTIVE))
    return answer


LINES: Final[tuple[Line, ...]] = (
    *((f".*/{name}", shown_by("stored", wrong("another value", stored_differently(name, value))))
      for name, value in (
          ("Content-Type", "text/plain"), ("Cache-Control", "no-store"),
          ("Content-Disposition", "inline"), ("Content-Language", "fr"),
          ("Content-Encoding", "br"), ("Expires", "Sun, 01 Dec 2041 16:00:00 GMT"))),
    *((f".*/{name}", shown_by("by-get", anywhere("by HEAD only", when(is_get, headed(name, None)))))
      for name in NAMES),
    (".*/Content-Type", shown_by("by-get", anywhere("GET has one type for all",
        when(is_get, headed("Content-Type", "binary/octet-stream"))))),
    *((f".*/{name}", shown_by("whole-value", wrong("the first part only", _kept(name, _first))))
      for name in HAS_PARTS),
    *((f".*/{name}", shown_by("whole-value", anywhere("the last letter is lost",
        headed(name, lambda v: v[:-1])))) for name in HAS_PARTS),
    (".*/Content-Disposition", shown_by("whole-value", wrong("decoded",
        _kept("Content-Disposition", lambda v: v.replace("%20", " "))))),
    (".*/Content-Disposition", shown_by("whole-value", wrong("without filename*",
        _kept("Content-Disposition", lambda v: v.partition("; filename*")[0])))),
    (".*/Expires", shown_by("format", anywhere("a date of RFC 850",
        headed("Expires", "Saturday, 01-Dec-40 16:00:00 GMT")))),
    *((f"PutObject/{name}", shown_by("overwritten", anywhere("the old object's header",
        keeping(name)))) for name in NAMES),
    ("PutObject/Expires", shown_by("zero", anywhere("0 is lost", headed(
        "Expires", lambda v: None if v == "0" else v)))),  # type: ignore[arg-type,return-value]
    ("PutObject/Content-Encoding", shown_by("several-codings", wrong("the first coding only",
        _kept("Content-Encoding", _first)))),
    (f".*/{REDIRECT}", shown_by("location", wrong("another location",
        stored_differently(REDIRECT, "/no")))),
    (f".*/{REDIRECT}", shown_by("location", anywhere("cut off",
        headed(REDIRECT, lambda v: v[:-1])))),
    (f".*/{REDIRECT}", shown_by("by-get", anywhere("by HEAD only", when(
        is_get, headed(REDIRECT, None))))),
    (f"PutObject/{REDIRECT}", shown_by("absolute", wrong("its fragment is lost",
        _kept(REDIRECT, lambda v: v.partition("#")[0])))),
    (f"PutObject/{REDIRECT}", shown_by("absolute", wrong("paths only", when(
        lambda r: (r.header(REDIRECT) or "").startswith("http"),
        lambda r, b: b.ask(r.without(REDIRECT)))))),
    (f"CopyObject/{REDIRECT}", shown_by("not-copied", anywhere("copied", when(
        is_head, told_anyway(REDIRECT, "/of-the-source"))))),
    *((f"CopyObject/{DIRECTIVE}", shown_by(check, damage)) for check, damage in (
        ("replaced", wrong("COPY for REPLACE", _swapped)),
        ("copy-keeps", wrong("COPY takes nothing", when(
            lambda r: r.header(DIRECTIVE) == "COPY",
            lambda r, b: b.ask(with_header(r.without("x-amz-meta-of-request"), DIRECTIVE,
                                           "REPLACE"))))),
        ("copy-keeps-headers", wrong("COPY takes no type", when(
            lambda r: r.header(DIRECTIVE) == "COPY",
            lambda r, b: b.ask(replace(with_header(r, DIRECTIVE, "REPLACE"), headers=(
                *with_header(r, DIRECTIVE, "REPLACE").without("x-amz-meta-of-request").headers,
                ("x-amz-meta-of-source", "yes"))))))),
        ("replace-drops", wrong("merged", _on_replace(x_amz_meta_of_source="yes"))),
        ("replace-drops-type", wrong("the source's type",
            _on_replace(Content_Type="application/x-s3-conformance"))),
        ("replace-drops-headers", wrong("the source's Cache-Control",
            _on_replace(Cache_Control="max-age=4711"))),
        ("replace-keeps-bytes", wrong("empty with REPLACE", _empty_on_replace)),
        ("onto-itself", wrong("onto itself without effect", when(_onto_itself,
            lambda r, b: Answer(status=200, body=b"<CopyObjectResult/>")))),
        ("onto-itself", wrong("onto itself refused", when(_onto_itself,
            another_status(200, 400)))),
        ("onto-itself-drops", wrong("onto itself merged", when(_onto_itself,
            _on_replace(x_amz_meta_of_source="yes")))),
        ("onto-itself-keeps-bytes", wrong("onto itself empty", when(_onto_itself,
            _empty_on_replace))),
    )),
)  # fmt: skip
