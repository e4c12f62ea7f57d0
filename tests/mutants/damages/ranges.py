"""What can go wrong with ranges and parts of objects."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from conformance.subjects.multipart import PART as PART_SIZE
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    answering,
    asking,
    carrying,
    headed,
    parameter,
    shifted,
    told_anyway,
    when,
)
from tests.mutants.preconditions import value_as, when_status

GET: Final = "GetObject/Range"
HEAD: Final = "HeadObject/Range"
RANGE: Final = f"{GET}|{HEAD}"
PART: Final = "(Get|Head)Object/[Pp]artNumber"
KEY: Final = "x-amz-server-side-encryption-customer-key"


def _is(pattern: str) -> Callable[[Request], bool]:
    """Whether the range of a request is one of these."""
    return lambda request: re.fullmatch(pattern, request.header("Range") or "") is not None


def _without(request: Request, behind: Behind) -> Answer:
    return behind.ask(request.without("Range"))


def _refused(request: Request, _: Behind) -> Answer:
    answer = error(416, "InvalidRange")
    return replace(answer, body=b"") if request.method == "HEAD" else answer


def _if_large(respond: Respond) -> Respond:
    """Done to objects of several parts only."""

    def judge(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        total = (answer.header("Content-Range") or "").partition("/")[2]
        large = total.isdigit() and int(total) > PART_SIZE
        return respond(request, behind) if large else answer

    return judge


def _empty_is_served(request: Request, behind: Behind) -> Answer:
    head = behind.ask(replace(request.without("Range"), method="HEAD"))
    empty = head.header("Content-Length") == "0"
    return _without(request, behind) if empty else behind.ask(request)


def _head_of_two_only(request: Request, behind: Behind) -> Answer:
    """HEAD ignores ranges other than `bytes=a-b`."""
    two = _is(r"bytes=\d+-\d+")(request)
    return behind.ask(request) if two else _without(request, behind)


def without(name: str) -> Callable[[Request], Request]:
    """The same request less a header."""
    return lambda request: request.without(name)


def _place(answer: Answer) -> tuple[int, int, int] | None:
    """What Content-Range says: the first byte, the last one, and the size."""
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", answer.header("Content-Range") or "")
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _whole_is_200(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    place = _place(answer)
    whole = place is not None and place[:2] == (0, place[2] - 1)
    return replace(answer, status=200).with_headers(Content_Range=None) if whole else answer


def _at_most_a_mebibyte(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    place = _place(answer)
    if place is None or len(answer.body) <= 2**20:
        return answer
    cut = f"bytes {place[0]}-{place[0] + 2**20 - 1}/{place[2]}"
    short = answer.with_headers(Content_Length=None, Content_Range=cut)
    return replace(short, body=answer.body[: 2**20])


def _from_zero(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    place = _place(answer)
    if place is None:
        return answer
    return answer.with_headers(Content_Range=f"bytes 0-{place[1] - place[0]}/{place[2]}")


def _number(number: str) -> Callable[[Request], bool]:
    return lambda request: request.parameters.get("partNumber") == number


def _whole(request: Request, behind: Behind) -> Answer:
    return behind.ask(request.without("partNumber"))


def _small(answer: Answer) -> bool:
    """Whether an answer is about an object of one part."""
    return int(answer.header("Content-Length") or len(answer.body)) < PART_SIZE


def _plain_refused(request: Request, behind: Behind) -> Answer:
    whole = behind.ask(replace(request.without("partNumber"), method="HEAD"))
    refused = _small(whole) and request.parameters.get("partNumber") == "1"
    return _refused(request, behind) if refused else behind.ask(request)


def _plain_has_more(request: Request, behind: Behind) -> Answer:
    whole = behind.ask(replace(request.without("partNumber"), method="HEAD"))
    return _whole(request, behind) if _small(whole) else behind.ask(request)


def _cut(request: Request, behind: Behind) -> Answer:
    """A last part is no longer than the first."""
    answer = behind.ask(request)
    if request.parameters.get("partNumber") != "2" or _small(answer):
        return answer
    if request.method == "HEAD":
        return answer.with_headers(Content_Length=str(PART_SIZE))
    return replace(answer, body=answer.body[:PART_SIZE])


LINES: Final[tuple[Line, ...]] = (
    (GET, shown_by("middle", wrong("off by one", shifted))),
    (RANGE, shown_by("middle", wrong("another Content-Range",
        headed("Content-Range", "bytes 0-0/1")))),
    (RANGE, shown_by("start-beyond-object", wrong("206 for 416", another_status(416, 206)))),
    (HEAD, shown_by("middle", wrong("another length", headed("Content-Length", "48")))),
    (RANGE, shown_by("first-byte", wrong("0 for none, last",
        when(_is("bytes=0-0"), _without)))),
    (RANGE, shown_by("from-the-start", wrong("0 for none", when(_is(r"bytes=0-.+"), _without)))),
    (RANGE, shown_by("last-byte", wrong("the last byte is beyond",
        when(_is("bytes=47-47"), _refused)))),
    (RANGE, shown_by("end-beyond-object", wrong("416 for an end beyond",
        when(_is(r"bytes=\d+-999"), _refused)))),
    (RANGE, shown_by("suffix-longer-than-object", wrong("416 for a long suffix",
        when(_is("bytes=-999"), _refused)))),
    (RANGE, shown_by("start-at-length", wrong("nothing for 416",
        when(_is("bytes=48-"), lambda *_: Answer(status=206))))),
    (RANGE, shown_by("suffix", wrong("a suffix is ignored", when(_is(r"bytes=-\d+"), _without)))),
    (RANGE, shown_by("open-end", wrong("an open end is ignored",
        when(_is(r"bytes=\d+-"), _without)))),
    (HEAD, shown_by("open-end", wrong("two numbers only", _head_of_two_only))),
    (HEAD, shown_by("status-206", wrong("200 for 206", another_status(206, 200)))),
    (RANGE, shown_by("etag-on-206", wrong("206 without ETag",
        answering(lambda a: a.with_headers(ETag=None), 206)))),
    (RANGE, shown_by("headers-on-206", wrong("206 without metadata",
        answering(lambda a: a.with_headers(x_amz_meta_ranges=None), 206)))),
    (RANGE, shown_by("headers-on-206", wrong("another type with 206",
        answering(lambda a: a.with_headers(Content_Type="application/xml"), 206)))),
    (RANGE, shown_by("same-headers-on-206", wrong("206 without a date",
        answering(lambda a: a.with_headers(Last_Modified=None), 206)))),
    (RANGE, shown_by("same-headers-on-206", wrong("206 without Cache-Control",
        answering(lambda a: a.with_headers(Cache_Control=None), 206)))),
    (GET, shown_by("asked-for-checksums", wrong("the whole's checksum for who asks", when(
        carrying("x-amz-checksum-mode"), answering(
            lambda a: a.with_headers(x_amz_checksum_crc32="AAAAAA=="), 206))))),
    (RANGE, shown_by("accept-ranges", anywhere("no Accept-Ranges",
        answering(lambda a: a.with_headers(Accept_Ranges=None))))),
    (RANGE, shown_by("content-range-on-416", wrong("416 without Content-Range",
        when_status(416, lambda a: a.with_headers(Content_Range=None))))),
    (GET, shown_by("error-code", wrong("another code", when_status(
        416, lambda a: replace(a, body=a.body.replace(b"InvalidRange", b"InvalidArgument")))))),
    (GET, shown_by("over-the-seam", wrong("off by one in objects of parts", _if_large(shifted)))),
    (GET, shown_by("in-the-last-part", wrong("off by one in the last part",
        when(_is(rf"bytes={PART_SIZE}.*|bytes=52429\d\d-.*"), shifted)))),
    (HEAD, shown_by("over-the-seam", wrong("no range of objects of parts",
        _if_large(_without)))),
    (GET, shown_by("encrypted-object", wrong("decrypted from elsewhere",
        when(carrying(KEY), shifted)))),
    (GET, shown_by("encrypted-over-the-seam", wrong("decrypted from elsewhere in parts",
        when(carrying(KEY), _if_large(shifted))))),
    (GET, shown_by("several-ranges", wrong("the first of several",
        value_as("Range", lambda v: v.partition(",")[0])))),
    (GET, shown_by("reversed", wrong("turned round", when(_is("bytes=9-5"),
        value_as("Range", lambda _: "bytes=5-9"))))),
    (GET, shown_by("unknown-unit", wrong("any unit is bytes",
        value_as("Range", lambda v: v.replace("lines", "bytes"))))),
    (GET, shown_by("empty-suffix", wrong("no suffix is all",
        when(_is("bytes=-0"), _without)))),
    (GET, shown_by("empty-object", wrong("an empty object is served", _empty_is_served))),
    (GET, shown_by("whole-object", wrong("200 for all of it", _whole_is_200))),
    (GET, shown_by("long", wrong("1 MiB at most", _at_most_a_mebibyte))),
    (GET, shown_by("middle", wrong("no size in Content-Range", headed("Content-Range",
        lambda v: f"{v.rpartition('/')[0]}/*")))),
    (GET, shown_by("checksums-of-206", wrong("the whole's checksum", answering(
        lambda a: a.with_headers(x_amz_checksum_crc32="AAAAAA=="), 206)))),
    *((f"GetObject/{feature}", shown_by(check, wrong(f"{name} is ignored beside it",
        asking(without(name)))))
      for feature, check, name in (
          ("Range", "beside-false-if-match", "If-Match"),
          ("Range", "beside-own-if-none-match", "If-None-Match"),
          ("PartNumber", "beside-false-if-match", "If-Match"))),
    # Parts.
    ("GetObject/PartNumber", shown_by("encrypted-part", anywhere("not decrypted", when(
        lambda r: carrying(KEY)(r) and "partNumber" in r.parameters, shifted)))),
    ("GetObject/PartNumber", shown_by("plain-object-206", wrong("200 for part 1 of one", when(
        _number("1"), another_status(206, 200))))),
    ("GetObject/PartNumber", shown_by("second-part", wrong("a part's place from 0", _from_zero))),
    ("GetObject/PartNumber", shown_by("second-part", wrong("off by one", shifted))),
    (PART, shown_by("second-part", wrong("another part", parameter("partNumber", lambda _: "1")))),
    (PART, shown_by("first-part", wrong("all for part 1", when(_number("1"), _whole)))),
    (PART, shown_by("part-beyond", wrong("the last for any", parameter(
        "partNumber", lambda v: "2" if v == "3" else v)))),
    (PART, shown_by("parts-count", wrong("another count", headed("x-amz-mp-parts-count", "1")))),
    (PART, shown_by("etag", wrong("the part's ETag",
        headed("ETag", '"0123456789abcdef0123456789abcdef"')))),
    (PART, shown_by("plain-object", wrong("one part is none", _plain_refused))),
    (PART, shown_by("unasked-parts-count", anywhere("a count unasked",
        when(lambda r: r.method in ("GET", "HEAD"), told_anyway("x-amz-mp-parts-count", "2"))))),
    (PART, shown_by("longer-last-part", wrong("parts of one length", _cut))),
    (PART, shown_by("plain-object-part-2", wrong("more parts than one", _plain_has_more))),
    (PART, shown_by("part-0", wrong("part 0 is all", when(_number("0"), _whole)))),
    (PART, shown_by("with-range", wrong("the range decides",
        when(carrying("Range"), _whole)))),
    ("GetObject/PartNumber", shown_by("error-code", wrong("another code", when_status(
        416, lambda a: replace(a, body=a.body.replace(b"InvalidPartNumber", b"Invalid")))))),
    ("GetObject/PartNumber", shown_by("plain-object-count", wrong("a count of one", answering(
        lambda a: a.with_headers(x_amz_mp_parts_count="1") if _small(a) else a, 200, 206)))),
    ("GetObject/PartNumber", shown_by("not-a-number", wrong("any word is all", when(
        _number("one"), _whole)))),
    ("HeadObject/partNumber", shown_by("status-206", wrong("200 for 206",
        another_status(206, 200)))),
)  # fmt: skip
