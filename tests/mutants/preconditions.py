"""Ways to get a precondition wrong: of a read, of a write, of a copy's source."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from conformance.subjects.preconditions import FEATURES
from tests.mutants.damaging import Behind, Respond, with_header

SOURCE: Final = "x-amz-copy-source"
ALL: Final = (*FEATURES, *(f"{SOURCE}-{name.lower()}" for name in FEATURES))
# How long a writer that checks first and writes later takes in between.
BETWEEN: Final = 0.2


def named(request: Request, feature: str) -> str:
    """The header of a precondition in a request: a copy's source has names of its own."""
    return f"{SOURCE}-{feature.lower()}" if request.header(SOURCE) is not None else feature


def subject(request: Request, behind: Behind) -> Answer:
    """HeadObject of what the preconditions of a request are about."""
    source = request.header(SOURCE)
    head = replace(
        request.without(*ALL, SOURCE, "uploadId", "partNumber", "Content-MD5", "Range"),
        method="HEAD",
        body=b"",
    )
    if source is not None:
        head = replace(head, target=f"/{source.lstrip('/')}")
    return behind.ask(head)


def unmet(request: Request, feature: str, head: Answer) -> Answer:
    """The response to a request whose precondition is false."""
    reads = request.method in ("GET", "HEAD")
    if reads and feature in ("If-None-Match", "If-Modified-Since"):
        return Answer(status=304, headers=(("ETag", head.header("ETag") or ""),))
    answer = error(412, "PreconditionFailed")
    return replace(answer, body=b"") if request.method == "HEAD" else answer


def judged(feature: str, met: Callable[[str, str, str], bool | None]) -> Respond:
    """A precondition is judged by `met(value, etag, last_modified)`; None leaves it alone."""

    def respond(request: Request, behind: Behind) -> Answer:
        name = named(request, feature)
        value = request.header(name)
        if value is None:
            return behind.ask(request)
        head = subject(request, behind)
        right = met(value, head.header("ETag") or "", head.header("Last-Modified") or "")
        if right is None:
            return behind.ask(request)
        return behind.ask(request.without(name)) if right else unmet(request, feature, head)

    return respond


def ignoring_beside(ignored: str, beside: str) -> Respond:
    """A precondition is ignored in requests that have another one too."""

    def respond(request: Request, behind: Behind) -> Answer:
        both = request.header(named(request, beside)) is not None
        return behind.ask(request.without(named(request, ignored)) if both else request)

    return respond


def all_of_them(request: Request, behind: Behind) -> Answer:
    """A request is carried out only where each of its preconditions alone is true."""
    sent = [name for name in ALL if request.header(name) is not None]
    for name in sent[1:]:
        answer = behind.ask(request.without(*(other for other in sent if other != name)))
        if answer.status in (304, 412):
            return answer
    return behind.ask(request.without(*sent[1:]))


def checked_before(feature: str, may_write: Callable[[Answer, str], bool]) -> Respond:
    """The condition of a write is looked at first, and the object is written some time later."""

    def respond(request: Request, behind: Behind) -> Answer:
        value = request.header(feature)
        if value is None:
            return behind.ask(request)
        if not may_write(subject(request, behind), value):
            return behind.ask(request)
        time.sleep(BETWEEN)
        return behind.ask(request.without(feature))

    return respond


def created_where_missing(request: Request, behind: Behind) -> Answer:
    """A write on the condition of an ETag is carried out where there is no object."""
    missing = subject(request, behind).status == 404
    return behind.ask(request.without("If-Match") if missing else request)


def deleted_counts(request: Request, behind: Behind) -> Answer:
    """A key that had an object once has one for ever, to If-None-Match."""
    if request.path in behind.memory:
        return unmet(request, "If-None-Match", Answer(status=404))
    answer = behind.ask(request)
    if answer.status == 412:
        behind.memory[request.path] = True
    return answer


def when_status(status: int, change: Callable[[Answer], Answer]) -> Respond:
    """Responses with this status are different."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        return change(answer) if answer.status == status else answer

    return respond


def value_as(name: str, change: Callable[[str], str]) -> Respond:
    """A header is read as another value."""

    def respond(request: Request, behind: Behind) -> Answer:
        value = request.header(name)
        return behind.ask(request if value is None else with_header(request, name, change(value)))

    return respond
