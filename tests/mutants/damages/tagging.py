"""What can go wrong with the tags of objects."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from conformance.verdict import Observed
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damages.metadata import is_get
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    answering,
    asking,
    edited,
    empty_result,
    headed,
    plain,
    repeated,
    stored_differently,
    told_anyway,
    when,
    with_header,
)
from tests.mutants.object_faults import another_code
from tests.mutants.remembering import once

HEADER: Final = "x-amz-tagging"
COUNT: Final = "x-amz-tagging-count"
DIRECTIVE: Final = "x-amz-tagging-directive"
METADATA: Final = "x-amz-metadata-directive"
ELSE: Final = "carried out as something else, the row's own request was ignored"
TAG: Final = rb"<Tag><Key>(.*?)</Key><Value>(.*?)</Value></Tag>"


def _header(change: Respond) -> Respond:
    return when(lambda r: r.header(HEADER) is not None, change)


def _sent(pattern: str, by: str) -> Respond:
    """The header is read as another value."""
    return _header(asking(lambda r: with_header(r, HEADER, re.sub(pattern, by, r.header(HEADER)
                                                                  or ""))))  # fmt: skip


def _swapped(request: Request, behind: Behind) -> Answer:
    swap = {"COPY": "REPLACE", "REPLACE": "COPY"}
    by = swap.get(request.header(DIRECTIVE) or "", "COPY")
    return behind.ask(with_header(request, DIRECTIVE, by))


def _stored_first(request: Request, behind: Behind) -> Answer:
    """An object whose tags are refused is stored without them."""
    answer = behind.ask(request)
    if answer.status >= 400:
        behind.ask(request.without(HEADER))
    return answer


def _ten_of_eleven(request: Request, behind: Behind) -> Answer:
    """More than ten tags are cut off."""
    value = "&".join((request.header(HEADER) or "").split("&")[:10])
    return behind.ask(with_header(request, HEADER, value))


def _tags(count: int) -> Respond:
    """A document's tags after the first few are dropped."""

    def change(request: Request) -> Request:
        found = re.findall(rb"<Tag>.*?</Tag>", request.body)
        body = request.body
        for tag in found[count:]:
            body = body.replace(tag, b"")
        return replace(request, body=body)

    return asking(change)


def _last_of_a_name(request: Request, behind: Behind) -> Answer:
    """Of two tags of one name the last counts."""
    pairs = dict(re.findall(TAG, request.body))
    tags = b"".join(b"<Tag><Key>%s</Key><Value>%s</Value></Tag>" % pair for pair in pairs.items())
    body = re.sub(rb"<TagSet>.*</TagSet>", lambda _: b"<TagSet>%s</TagSet>" % tags, request.body)
    return behind.ask(replace(request, body=body))


def _merging(request: Request, behind: Behind) -> Answer:
    """Tags are added to those that were there."""
    if request.method == "PUT" and "tagging" in request.parameters:
        old = behind.memory.get(request.path, b"")
        tags = b"".join(re.findall(rb"<Tag>.*?</Tag>", request.body))
        behind.memory[request.path] = tags
        merged = request.body.replace(b"</TagSet>", old + b"</TagSet>")
        answer = behind.ask(replace(request, body=merged))
        return answer if answer.status < 400 else behind.ask(request)
    return behind.ask(request)


def _cleared(request: Request, behind: Behind) -> Answer:
    """A request that is refused has removed the tags all the same."""
    answer = behind.ask(request)
    if answer.status >= 400:
        behind.ask(replace(request, method="DELETE", body=b"").without("Content-MD5"))
    return answer


def _refuses(pattern: bytes) -> Respond:
    """Some tags are refused."""
    found = re.compile(pattern)
    return lambda request, behind: (
        error(400, "InvalidTag") if found.search(request.body) else behind.ask(request)
    )


def _keeps_tags(request: Request, behind: Behind) -> Answer:
    """An object that is stored over another keeps that one's tags."""
    if request.method == "PUT" and not request.parameters:
        old = behind.memory.get(request.path)
        if value := request.header(HEADER):
            behind.memory[request.path] = value
        elif old:
            return behind.ask(with_header(request, HEADER, old))
    return behind.ask(request)


def _all_tags_gone(request: Request, behind: Behind) -> Answer:
    """DeleteObjectTagging removes the tags of every object that it has heard of."""
    known = behind.memory.setdefault("paths", set())
    if request.method == "PUT" and "tagging" in request.parameters:
        known.add(request.path)
    answer = behind.ask(request)
    if request.method == "DELETE" and "tagging" in request.parameters:
        for path in sorted(known):
            behind.ask(replace(request, target=f"{path}?tagging"))
    # The next object is tagged after this one; it loses its tags when they are first read.
    if request.method == "GET" and "tagging" in request.parameters and behind.memory.get("gone"):
        return replace(answer, body=re.sub(rb"<Tag>.*?</Tag>", b"", answer.body, flags=re.DOTALL))
    if request.method == "DELETE" and "tagging" in request.parameters:
        behind.memory["gone"] = True
    return answer


LINES: Final[tuple[Line, ...]] = (
    (f".*/{HEADER}", shown_by("tagged", wrong("another value",
        stored_differently(HEADER, "purpose=x&second=2")))),
    (f".*/{HEADER}", shown_by("several", wrong("one tag more",
        asking(lambda r: with_header(r, HEADER, f"{r.header(HEADER)}&b=c"))))),
    (f".*/{HEADER}", shown_by("several", wrong("the first only", _sent("&.*", "")))),
    *((f"(Copy|Create).*/{HEADER}", shown_by("several", damage)) for damage in (
        wrong("spaces are lost", _sent("%20", "")),
        wrong("%2B is a space", _sent("%2B", "%20")),
    )),
    (f".*/{HEADER}", shown_by("count", anywhere("no count", headed(COUNT, None)))),
    (f".*/{HEADER}", shown_by("count", anywhere("a count of one", headed(COUNT, "1")))),
    *((f"PutObject/{HEADER}", shown_by(check, damage)) for check, damage in (
        ("decoded", wrong("%20 is kept", _sent("%20", "%2520"))),
        ("decoded", wrong("%2B is a space", _sent("%2B", "%20"))),
        ("decoded", wrong("%3D ends the value", _sent("%3D.*", ""))),
        ("non-ascii", wrong("read as Latin-1", _sent("%C3%A9", "%C3%83%C2%A9"))),
        ("empty-tag-value", wrong("tags without a value are dropped", _sent(
            r"(?<=&)\w+=(?=&)", "x=y"))),
        ("overwrite", anywhere("the old object's tags", _keeps_tags)),
        ("eleven-tags", wrong("ten of eleven", _ten_of_eleven)),
        ("name-twice", wrong("the last of a name", _sent("a=1&a=2", "a=2"))),
        ("refused-stores-nothing", wrong("refused, and stored", _stored_first)),
    )),
    *((f"CopyObject/{DIRECTIVE}", shown_by(check, damage)) for check, damage in (
        ("directive", wrong("COPY for REPLACE", _swapped)),
        ("default", anywhere("REPLACE by default", when(
            lambda r: r.header("x-amz-copy-source") is not None and r.header(DIRECTIVE) is None,
            asking(lambda r: with_header(r, DIRECTIVE, "REPLACE"))))),
        ("default", anywhere("REPLACE of metadata drops them", when(
            lambda r: r.header(METADATA) == "REPLACE" and r.header(DIRECTIVE) is None,
            asking(lambda r: with_header(r, DIRECTIVE, "REPLACE"))))),
        ("copy-ignores-tags", wrong("the request's tags with COPY", when(
            lambda r: r.header(DIRECTIVE) == "COPY" and r.header(HEADER) is not None,
            asking(lambda r: with_header(r, DIRECTIVE, "REPLACE"))))),
        ("replace-with", wrong("REPLACE with nothing", asking(lambda r: r.without(HEADER)))),
        ("source-kept", anywhere("the source's tags are gone", when(
            lambda r: r.header(DIRECTIVE) == "REPLACE",
            lambda r, b: (b.ask(r), b.ask(replace(r.without("x-amz-copy-source", DIRECTIVE, HEADER),
                method="DELETE", target=f"/{(r.header('x-amz-copy-source') or '').lstrip('/')}"
                "?tagging")))[0]))),
    )),
    *(("GetObjectTagging", shown_by(check, damage)) for check, damage in (
        ("tags", wrong("another value", edited(rb"\bn[0-9a-f]{9}\b", b"n000000000"))),
        ("tags", wrong("twice", repeated("Tag"))),
        ("several", wrong("all but the last", answering(
            lambda a: a if a.body.count(b"<Tag>") < 2 else replace(a, body=re.sub(
                rb"<Tag>(?:(?!<Tag>).)*?</Tag>(?=\s*</TagSet>)", b"", a.body, flags=re.DOTALL))))),
        ("root", wrong("another root", edited(b"Tagging", b"GetObjectTaggingOutput"))),
        ("none", wrong("404 without tags", answering(
            lambda a: a if b"<Tag>" in a.body else error(404, "NoSuchTagSet")))),
        ("missing-key", wrong("200 for 404", empty_result("Tagging", 404))),
        ("missing-key", wrong("another code", another_code(b"NoSuchKey", b"NoSuchTagSet"))),
    )),
    *(("PutObjectTagging", shown_by(check, damage)) for check, damage in (
        ("tagged", wrong("the first stays", once())),
        ("replaced", wrong("added", _merging)),
        ("several", wrong("the first only", _tags(1))),
        ("odd-tag", wrong("a plus is a space", asking(
            lambda r: replace(r, body=r.body.replace(b"a+b", b"a b"))))),
        ("non-ascii", wrong("no letters outside ASCII", _refuses("\u00e9".encode()))),
        ("empty-value", wrong("no empty values", _refuses(rb"<Value></Value>|<Value ?/>"))),
        ("ten-tags", wrong("nine tags", _tags(9))),
        ("eleven-tags", wrong("ten of eleven", _tags(10))),
        ("name-twice", wrong("the last of a name", _last_of_a_name)),
        ("unchanged", wrong("refused, and cleared", _cleared)),
        ("count", anywhere("no count", when(is_get, headed(COUNT, None)))),
        ("count", anywhere("a count of one", when(is_get, headed(COUNT, "1")))),
        ("missing-key", wrong("200 for 404", another_status(404, 200, b""))),
        ("same-etag", anywhere("another ETag", when(
            is_get, headed("ETag", '"0"')))),
    )),
    *(("DeleteObjectTagging", shown_by(check, damage)) for check, damage in (
        ("again", wrong("404 without tags", lambda r, b: (
            b.ask(r) if b"<Tag>" in b.ask(replace(r, method="GET")).body
            else error(404, "NoSuchTagSet")))),
        ("missing-key", wrong("204 for 404", another_status(404, 204, b""))),
        ("status", wrong("200 for 204", another_status(204, 200))),
        ("others-kept", anywhere("other objects' tags too", _all_tags_gone)),
    )),
    ("(Put|Delete)ObjectTagging", replace(wrong("the object instead",
        asking(plain)), words=(Observed.IGNORED,), why=ELSE)),
    ("PutObject/Object Lifecycle", shown_by("rule", anywhere("another rule",
        headed("x-amz-expiration", lambda v: re.sub(r"n[0-9a-f]{9}", "n000000000", v))))),
    ("PutObject/Object Lifecycle", shown_by("date", anywhere("another date", headed(
        "x-amz-expiration", lambda v: re.sub(r"20\d\d", "2020", v))))),
    ("PutObject/Object Lifecycle", shown_by("others", anywhere("said of every object", when(
        lambda r: r.method == "PUT" and "lifecycle" not in r.parameters,
        told_anyway("x-amz-expiration", 'rule-id="x"'))))),
)  # fmt: skip
