"""A server that judges preconditions as RFC 9110 and the API reference say, in front of moto."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from conformance.s3.endpoint import Endpoint
from conformance.subjects.copies import SOURCE
from conformance.subjects.preconditions import FEATURES
from tests.probes.fakes import Answer, Request, proxy

CONDITIONS: Final = {f"{SOURCE}-{name.lower()}": name for name in FEATURES}
REFUSAL: Final = Answer(
    status=412,
    headers=(("Content-Type", "application/xml"),),
    body=b"<Error><Code>PreconditionFailed</Code></Error>",
)
Ask = Callable[[Request], Answer]


@contextmanager
def judging(moto: Endpoint) -> Iterator[Endpoint]:
    """moto, with all four preconditions of reads, of copies' sources and of writes by date."""
    with proxy(moto, judged) as endpoint:
        yield endpoint


def judged(request: Request, ask: Ask) -> Answer:
    """The response of a server that judges the preconditions of a request."""
    copies = request.header(SOURCE) is not None
    names = CONDITIONS if copies else {name: name for name in FEATURES}
    asked = {
        feature: value
        for name, feature in names.items()
        if (value := request.header(name)) is not None
    }
    by_date = any(feature.endswith("Since") for feature in asked)
    if not asked or (request.method == "PUT" and not copies and not by_date):
        return ask(request)  # moto judges writes by ETag itself, and atomically
    head = ask(_head(request))
    if head.status != 200 or _true(asked, head):
        return ask(request.without(*names))
    fresh = "If-None-Match" in asked or "If-Modified-Since" in asked
    if request.method in ("GET", "HEAD") and fresh:
        told = (("ETag", _header(head, "ETag")), ("Cache-Control", _header(head, "Cache-Control")))
        return Answer(status=304, headers=told)
    return REFUSAL if request.method != "HEAD" else replace(REFUSAL, body=b"")


def _head(request: Request) -> Request:
    bare = request.without(*FEATURES, *CONDITIONS, SOURCE, "uploadId", "partNumber")
    source = request.header(SOURCE)
    target = bare.target if source is None else f"/{source.lstrip('/')}"
    return replace(bare, method="HEAD", target=target, body=b"")


def _header(answer: Answer, name: str) -> str:
    return next((v for n, v in answer.headers if n.lower() == name.lower()), "")


def _true(asked: Mapping[str, str], head: Answer) -> bool:
    etag, modified = _header(head, "ETag"), _date(_header(head, "Last-Modified"))
    assert modified is not None
    before = _date(asked.get("If-Unmodified-Since", ""))
    if "If-Match" in asked:
        if not _matches(asked["If-Match"], etag):
            return False
    elif before is not None and modified > before:
        return False
    if "If-None-Match" in asked:
        return not _matches(asked["If-None-Match"], etag)
    since = _date(asked.get("If-Modified-Since", ""))
    return since is None or modified > since


def _matches(value: str, etag: str) -> bool:
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in value.split(",")}
    return value == "*" or etag.strip('"') in tags


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date.replace(tzinfo=date.tzinfo or UTC)
