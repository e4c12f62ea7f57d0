"""Ways to do a request wrongly that depend on what came before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from conformance.serve.http import Answer, Request
from tests.mutants.damaging import Behind, Respond

WRITES: Final = ("PUT", "POST")


def once(key: Callable[[Request], str] = lambda r: r.target) -> Respond:
    """What comes first stays: later requests of its kind are answered alike, and do nothing."""

    def respond(request: Request, behind: Behind) -> Answer:
        if key(request) not in behind.memory:
            behind.memory[key(request)] = behind.ask(request)
        answer: Answer = behind.memory[key(request)]
        return answer

    return respond


def stale(request: Request, behind: Behind) -> Answer:
    """What is read is how it was before it was last written."""
    if request.method in WRITES:
        get = replace(request, method="GET", body=b"").without("Content-MD5", "Content-Type")
        before, answer = behind.ask(get), behind.ask(request)
        if answer.status < 300:
            behind.memory[request.target] = before
        return answer
    kept: Answer | None = behind.memory.get(request.target)
    return kept or behind.ask(request)


def echoed(*names: str) -> Respond:
    """What was asked for is told of the object, and nothing else is done about it."""
    asked = {name.lower() for name in names}

    def respond(request: Request, behind: Behind) -> Answer:
        said = tuple((n, v) for n, v in request.headers if n.lower() in asked)
        if request.method in WRITES and said:
            behind.memory[request.path] = said
            return behind.ask(request.without(*names))
        answer = behind.ask(request)
        told = behind.memory.get(request.path) if request.method in ("GET", "HEAD") else None
        return replace(answer, headers=(*answer.headers, *told)) if told else answer

    return respond


def unguarded(*names: str, source: tuple[str, ...] = (), wrong: bool = False) -> Respond:
    """What was stored with a customer's key needs no key, or takes any.

    Args:
        names: the key's three headers.
        source: the same of a copy's source; the source is unguarded then.
        wrong: takes any key, but one there must be.
    """

    def respond(request: Request, behind: Behind) -> Answer:
        target = unquote(request.path).lstrip("/")
        held = {name: request.header(name) for name in names}
        if request.method in WRITES and all(held.values()) and target not in behind.memory:
            behind.memory[target] = held
            return behind.ask(request)
        used = source or names
        if source:
            target = unquote(request.header("x-amz-copy-source") or "").lstrip("/")
        kept = behind.memory.get(target)
        given = [name for name in used if request.header(name) is not None]
        if kept is None or bool(given) is not wrong:
            return behind.ask(request)
        headers = tuple(zip(used, kept.values(), strict=True))
        return behind.ask(replace(request, headers=(*request.without(*used).headers, *headers)))

    return respond
