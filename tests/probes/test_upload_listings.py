"""The probes of upload and part listings tell a server that honours a parameter from all others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from urllib.parse import parse_qs, quote, urlsplit
from xml.sax.saxutils import escape, unescape

import pytest

import conformance.probes.part_listings
import conformance.probes.upload_listing_pages
import conformance.probes.upload_listings  # noqa: F401 - registers the probes
from conformance.s3.endpoint import Endpoint
from conformance.subjects import listed_uploads
from conformance.subjects.listed_uploads import SIBLINGS
from conformance.verdict import Observed
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    Answer,
    Request,
    empty,
    proxy,
    refusing,
    refusing_flags,
    replacing,
    stripping,
)

UPLOAD_FLAGS = (
    "ListMultipartUploads/delimiter",
    "ListMultipartUploads/encoding-type",
    "ListMultipartUploads/key-marker",
    "ListMultipartUploads/max-uploads",
    "ListMultipartUploads/prefix",
    "ListMultipartUploads/upload-id-marker",
)
PART_FLAGS = ("ListParts/max-parts", "ListParts/part-number-marker")
FLAGS = (*UPLOAD_FLAGS, *PART_FLAGS)
ROWS = ("ListMultipartUploads", "ListParts", *FLAGS)


Ask = Callable[[Request], Answer]


INVALID = Answer(status=400, body=b"<Error><Code>InvalidArgument</Code></Error>")
NO_UPLOAD = Answer(status=404, body=b"<Error><Code>NoSuchUpload</Code></Error>")


@pytest.fixture(autouse=True)
def _no_second_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listed_uploads, "SECOND", 0.0)


class Honouring:
    """The answers of moto as S3 would give them: of the parameters moto honours only `prefix`, and
    it mistakes a part's number for its place in the list.
    """

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}

    def __call__(self, request: Request, ask: Ask) -> Answer:
        if request.method == "POST" and "uploads" in request.flags:
            answer = ask(request)
            found = re.findall(r"<UploadId>(.*?)</UploadId>", answer.body.decode())
            self.keys.update(dict.fromkeys(found, request.path))
            return answer
        if request.method != "GET" or not {"uploads", "uploadid"} & request.flags:
            return ask(request)
        if "uploadid" in request.flags:
            known = self.keys.get(_parameter(request, "uploadId"))
            return _parts(request, ask) if known == request.path else NO_UPLOAD
        answer = ask(request)
        return _uploads(request, answer) if answer.status == 200 else answer


def _parameter(request: Request, name: str, default: str = "") -> str:
    return parse_qs(urlsplit(request.target).query).get(name, [default])[0]


def _parts(request: Request, ask: Ask) -> Answer:
    whole = ask(request.without("max-parts", "part-number-marker"))
    if whole.status != 200:
        return whole
    whole = replacing(whole, b"ListPartsResponse", b"ListPartsResult")
    numbers_asked = [
        _parameter(request, name, default)
        for name, default in (("part-number-marker", "0"), ("max-parts", "1000"))
    ]
    if not all(text.isdigit() for text in numbers_asked):
        return INVALID
    after, limit = map(int, numbers_asked)
    parts = re.findall(rb"<Part>.*?</Part>", whole.body, re.DOTALL)
    numbers = [int(re.findall(rb"<PartNumber>(\d+)", part)[0]) for part in parts]
    left = [(n, part) for n, part in zip(numbers, parts, strict=True) if n > after]
    page, cut = left[:limit], len(left) > limit
    body = re.sub(rb"<Part>.*</Part>", b"".join(part for _, part in page), whole.body)
    for name in (b"NextPartNumberMarker", b"PartNumberMarker", b"MaxParts"):
        body = re.sub(rb"<%s>.*?</%s>" % (name, name), b"", body)
    more = b"<IsTruncated>%s</IsTruncated>" % (b"true" if cut else b"false")
    more += b"<PartNumberMarker>%d</PartNumberMarker><MaxParts>%d</MaxParts>" % (after, limit)
    if cut and page:
        more += b"<NextPartNumberMarker>%d</NextPartNumberMarker>" % page[-1][0]
    return replace(whole, body=re.sub(rb"<IsTruncated>.*?</IsTruncated>", more, body))


def _uploads(request: Request, whole: Answer) -> Answer:
    entry = r"<Upload><UploadId>(.*?)</UploadId><Key>(.*?)</Key>"
    pairs = sorted((k, i) for i, k in re.findall(entry, whole.body.decode()))
    key, upload_id = (_parameter(request, name) for name in ("key-marker", "upload-id-marker"))
    encoding = _parameter(request, "encoding-type")
    asked = _parameter(request, "max-uploads", "1000")
    if not asked.isdigit() or encoding not in ("", "url"):
        return INVALID
    after = (key, upload_id) if upload_id else (key, "\uffff")
    left = [pair for pair in pairs if pair > after] if key else pairs
    prefix, delimiter = (_parameter(request, name) for name in ("prefix", "delimiter"))
    if delimiter and key.endswith(delimiter):  # the page before ended with a common prefix
        left = [pair for pair in left if not pair[0].startswith(key)]
    entries = _rolled(left, prefix, delimiter)
    page, cut = entries[: int(asked)], len(entries) > int(asked)
    folders, rest = [k for k, i in page if not i], [(k, i) for k, i in page if i]

    def spelt(text: str) -> str:
        return quote(text) if encoding else escape(text)

    body = "".join(
        f"<Upload><Key>{spelt(unescape(k))}</Key><UploadId>{i}</UploadId>"
        f"<Initiated>{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000Z}</Initiated></Upload>"
        for k, i in rest
    )
    body += "".join(
        f"<CommonPrefixes><Prefix>{spelt(f)}</Prefix></CommonPrefixes>" for f in folders
    )
    fields = {
        "Bucket": request.path.strip("/"),
        "Prefix": spelt(prefix),
        "Delimiter": spelt(delimiter),
        "KeyMarker": spelt(key),
        "UploadIdMarker": upload_id,
        "MaxUploads": asked,
        "IsTruncated": "true" if cut else "false",
        "EncodingType": encoding,
        "NextKeyMarker": spelt(page[-1][0]) if cut else "",
        "NextUploadIdMarker": page[-1][1] if cut else "",
    }
    body += "".join(f"<{name}>{text}</{name}>" for name, text in fields.items() if text)
    root = "ListMultipartUploadsResult"
    return replace(whole, body=f"<{root}>{body}</{root}>".encode())


def _rolled(pairs: Sequence[tuple[str, str]], prefix: str, delimiter: str) -> list[tuple[str, str]]:
    """Keys and upload ids, and each common prefix once without an id."""

    def entry(pair: tuple[str, str]) -> tuple[str, str]:
        head, found, _ = pair[0][len(prefix) :].partition(delimiter or "\0")
        return (prefix + head + found, "") if found else pair

    return [one for one, _ in groupby(pairs, entry)]


@contextmanager
def honouring(moto: Endpoint) -> Iterator[Endpoint]:
    """A server that honours every parameter of the two listings."""
    with proxy(moto, Honouring()) as endpoint:
        yield endpoint


@pytest.mark.parametrize("row", ROWS)
def test_row_when_the_server_is_good_is_supported(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    with honouring(moto) as good:
        seen = observe(good, row)
    assert seen.observed is Observed.SUPPORTED, seen.reason


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("fake", [refusing, empty])
def test_row_when_the_server_does_nothing_is_not_supported(
    observe: Observe, fake: type, row: str
) -> None:
    with fake() as endpoint:
        assert observe(endpoint, row).observed not in (Observed.SUPPORTED, Observed.PARTIAL)


@pytest.mark.parametrize("row", FLAGS)
def test_parameter_when_dropped_is_ignored(observe: Observe, moto: Endpoint, row: str) -> None:
    with honouring(moto) as good, stripping(good, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed is Observed.IGNORED


@pytest.mark.parametrize("row", FLAGS)
def test_parameter_when_refused_is_rejected(observe: Observe, moto: Endpoint, row: str) -> None:
    with honouring(moto) as good, refusing_flags(good, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed is Observed.REJECTED


def test_paging_when_no_prefix_lists_uploads_is_unknown(observe: Observe, moto: Endpoint) -> None:
    """Some stores list only the uploads of the one key that the prefix is."""

    def exact(request: Request, ask: Ask) -> Answer:
        folder = _parameter(request, "prefix").endswith("/") and "uploads" in request.flags
        return Answer(status=200, body=b"<ListMultipartUploadsResult/>") if folder else ask(request)

    with honouring(moto) as good, proxy(good, exact) as endpoint:
        assert observe(endpoint, "ListMultipartUploads/key-marker").observed is Observed.UNKNOWN
        assert observe(endpoint, "ListMultipartUploads/prefix").observed is Observed.PARTIAL
        assert observe(endpoint, "ListMultipartUploads/max-uploads").observed is Observed.SUPPORTED
        assert observe(endpoint, "ListMultipartUploads").observed is Observed.SUPPORTED


def test_uploads_when_objects_are_listed_instead_is_ignored(
    observe: Observe, moto: Endpoint
) -> None:
    def misread(request: Request, ask: Ask) -> Answer:
        return ask(request.without("uploads") if request.method == "GET" else request)

    with proxy(moto, misread) as endpoint:
        assert observe(endpoint, "ListMultipartUploads").observed is Observed.IGNORED


@pytest.mark.parametrize("later_first", [False, True])
def test_uploads_of_one_key_when_dates_are_in_seconds_are_begun_until_they_differ(
    observe: Observe, moto: Endpoint, later_first: bool
) -> None:
    begun: list[str] = []

    def entry(place: int) -> str:
        # The first five within one second.
        return f"<Upload><Initiated>2026-01-01T00:00:0{place // 5}Z</Initiated></Upload>"

    def respond(request: Request, ask: Ask) -> Answer:
        if request.method == "POST" and "uploads" in request.flags:
            begun.append(request.path)
        key = _parameter(request, "prefix")
        count = sum(path.endswith(f"/{key}") for path in begun) if key else 0
        if request.method == "GET" and "uploads" in request.flags and count >= SIBLINGS:
            entries = sorted(map(entry, range(count)), reverse=later_first)
            root = "ListMultipartUploadsResult"
            return Answer(status=200, body=f"<{root}>{''.join(entries)}</{root}>".encode())
        return ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, "ListMultipartUploads")
    failed = {check.id: check.observed for check in seen.failed}
    expected = "Initiated 2026-01-01T00:00:01 before 2026-01-01T00:00:00" if later_first else None
    assert failed.get("order-of-one-key") == expected
