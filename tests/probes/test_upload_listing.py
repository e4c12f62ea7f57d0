"""The probes of upload and part listings tell a server that honours a parameter from all others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from urllib.parse import parse_qs, quote, urlsplit

import pytest

import conformance.probes.upload_listings  # noqa: F401 - registers the probes
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Observed
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    Answer,
    Request,
    proxy,
    refusing_flags,
    replacing,
    spoiling,
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


def _honoured(request: Request, ask: Ask) -> Answer:
    """The answer of moto as S3 would give it: moto heeds only `prefix` and mistakes a part's number
    for its place in the list.
    """
    if request.method != "GET" or not {"uploads", "uploadid"} & request.flags:
        return ask(request)
    if "uploadid" in request.flags:
        return _parts(request, ask)
    return _uploads(request, ask(request))


def _parameter(request: Request, name: str, default: str = "") -> str:
    return parse_qs(urlsplit(request.target).query).get(name, [default])[0]


def _parts(request: Request, ask: Ask) -> Answer:
    whole = replacing(
        ask(request.without("max-parts", "part-number-marker")),
        b"ListPartsResponse",
        b"ListPartsResult",
    )
    after = int(_parameter(request, "part-number-marker", "0"))
    limit = int(_parameter(request, "max-parts", "1000"))
    parts = re.findall(rb"<Part>.*?</Part>", whole.body, re.DOTALL)
    numbers = [int(re.findall(rb"<PartNumber>(\d+)", part)[0]) for part in parts]
    left = [(n, part) for n, part in zip(numbers, parts, strict=True) if n > after]
    page, cut = left[:limit], len(left) > limit
    body = re.sub(rb"<Part>.*</Part>", b"".join(part for _, part in page), whole.body)
    body = re.sub(rb"<NextPartNumberMarker>.*?</NextPartNumberMarker>", b"", body)
    more = b"<IsTruncated>%s</IsTruncated>" % (b"true" if cut else b"false")
    if cut:
        more += b"<NextPartNumberMarker>%d</NextPartNumberMarker>" % page[-1][0]
    return replace(whole, body=re.sub(rb"<IsTruncated>.*?</IsTruncated>", more, body))


def _uploads(request: Request, whole: Answer) -> Answer:
    entry = r"<Upload><UploadId>(.*?)</UploadId><Key>(.*?)</Key>"
    pairs = sorted((k, i) for i, k in re.findall(entry, whole.body.decode()))
    key, upload_id = (_parameter(request, name) for name in ("key-marker", "upload-id-marker"))
    after = (key, upload_id) if upload_id else (key, "\uffff")
    left = [pair for pair in pairs if pair > after] if key else pairs
    limit = int(_parameter(request, "max-uploads", "1000"))
    page = left[:limit]
    folders, rest = _rolled(page, _parameter(request, "prefix"), _parameter(request, "delimiter"))
    encoded = "encoding-type" in request.flags
    spelt = [(quote(k) if encoded else k, i) for k, i in rest]
    body = "".join(
        f"<Upload><Key>{k}</Key><UploadId>{i}</UploadId></Upload>" for k, i in spelt
    ) + "".join(f"<CommonPrefixes><Prefix>{f}</Prefix></CommonPrefixes>" for f in folders)
    body += "<EncodingType>url</EncodingType>" if encoded else ""
    if len(left) > limit:
        body += (
            f"<IsTruncated>true</IsTruncated><NextKeyMarker>{page[-1][0]}</NextKeyMarker>"
            f"<NextUploadIdMarker>{page[-1][1]}</NextUploadIdMarker>"
        )
    root = "ListMultipartUploadsResult"
    return replace(whole, body=f"<{root}>{body}</{root}>".encode())


def _rolled(
    page: Sequence[tuple[str, str]], prefix: str, delimiter: str
) -> tuple[list[str], list[tuple[str, str]]]:
    def folder(pair: tuple[str, str]) -> str:
        head, found, _ = pair[0][len(prefix) :].partition(delimiter or "\0")
        return prefix + head + found if found else ""

    folders = [name for name, _ in groupby(page, folder) if name]
    return folders, [pair for pair in page if not folder(pair)]


@contextmanager
def honouring(moto: Endpoint) -> Iterator[Endpoint]:
    """A server that heeds every parameter of the two listings."""
    with proxy(moto, _honoured) as endpoint:
        yield endpoint


@pytest.mark.parametrize("row", ROWS)
def test_a_good_server_supports_every_row(observe: Observe, moto: Endpoint, row: str) -> None:
    with honouring(moto) as good:
        assert observe(good, row).observed is Observed.SUPPORTED


@pytest.mark.parametrize("row", FLAGS)
def test_a_parameter_that_is_dropped_is_ignored(observe: Observe, moto: Endpoint, row: str) -> None:
    with honouring(moto) as good, stripping(good, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed is Observed.IGNORED


@pytest.mark.parametrize("row", FLAGS)
def test_a_parameter_that_is_refused_is_rejected(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    with honouring(moto) as good, refusing_flags(good, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed is Observed.REJECTED


# A damage to the listing, the row it hits, and what that row is then.
DAMAGES = (
    (rb"<Size>\d+", b"<Size>7", "ListParts", Observed.PARTIAL),
    (rb"<ETag>.*?</ETag>", b"", "ListParts", Observed.PARTIAL),
    (rb"<PartNumber>2", b"<PartNumber>3", "ListParts", Observed.BROKEN),
    (rb"<NextPartNumberMarker>.*?<", b"<NextPartNumberMarker>0<", PART_FLAGS[0], Observed.PARTIAL),
    (rb"<IsTruncated>true", b"<IsTruncated>false", UPLOAD_FLAGS[3], Observed.PARTIAL),
    (rb"<NextUploadIdMarker>.*?<", b"<NextUploadIdMarker><", UPLOAD_FLAGS[3], Observed.PARTIAL),
    (rb"<CommonPrefixes>.*</CommonPrefixes>", b"", UPLOAD_FLAGS[0], Observed.PARTIAL),
    (rb"<EncodingType>url</EncodingType>", b"", UPLOAD_FLAGS[1], Observed.PARTIAL),
    (rb"%C3%A4", "ä".encode(), UPLOAD_FLAGS[1], Observed.SUPPORTED),
    (rb"a%20%C3%A4%2B.txt", "a ä+.txt".encode(), UPLOAD_FLAGS[1], Observed.BROKEN),
    (rb"<UploadId>.*?</UploadId>", b"", "ListMultipartUploads", Observed.BROKEN),
)


@pytest.mark.parametrize(("old", "new", "row", "observed"), DAMAGES)
def test_a_damaged_listing_is_seen(
    observe: Observe, moto: Endpoint, old: bytes, new: bytes, row: str, observed: Observed
) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        lists = request.method == "GET"
        return replace(answer, body=re.sub(old, new, answer.body)) if lists else answer

    with honouring(moto) as good, spoiling(good, spoil) as endpoint:
        assert observe(endpoint, row).observed is observed


def test_a_marker_that_is_listed_itself_is_partly_heeded(observe: Observe, moto: Endpoint) -> None:
    def inclusive(request: Request, ask: Ask) -> Answer:
        earlier = request.target.replace("b%2F1", "b%2F")
        return ask(replace(request, target=earlier) if "key-marker" in request.flags else request)

    with honouring(moto) as good, proxy(good, inclusive) as endpoint:
        assert observe(endpoint, "ListMultipartUploads/key-marker").observed is Observed.PARTIAL


def test_uploads_that_no_prefix_lists_cannot_be_paged(observe: Observe, moto: Endpoint) -> None:
    """Some stores list only the uploads of the one key that the prefix is."""

    def exact(request: Request, ask: Ask) -> Answer:
        folder = _parameter(request, "prefix").endswith("/") and "uploads" in request.flags
        return Answer(status=200, body=b"<ListMultipartUploadsResult/>") if folder else ask(request)

    with honouring(moto) as good, proxy(good, exact) as endpoint:
        assert observe(endpoint, "ListMultipartUploads/key-marker").observed is Observed.UNKNOWN
        assert observe(endpoint, "ListMultipartUploads/prefix").observed is Observed.PARTIAL
        assert observe(endpoint, "ListMultipartUploads/max-uploads").observed is Observed.SUPPORTED


def test_an_upload_that_stays_listed_is_partly_right(observe: Observe, moto: Endpoint) -> None:
    def keep(request: Request, ask: Ask) -> Answer:
        return Answer(status=204) if request.method == "DELETE" else ask(request)

    with honouring(moto) as good, proxy(good, keep) as endpoint:
        assert observe(endpoint, "ListMultipartUploads").observed is Observed.PARTIAL


def test_a_list_of_objects_is_no_list_of_uploads(observe: Observe, moto: Endpoint) -> None:
    def misread(request: Request, ask: Ask) -> Answer:
        return ask(request.without("uploads") if request.method == "GET" else request)

    with proxy(moto, misread) as endpoint:
        assert observe(endpoint, "ListMultipartUploads").observed is Observed.IGNORED
