"""Servers for the tests of probes: one that refuses, one that nods, and proxies that spoil moto.

Each is a context manager that yields an `Endpoint` on 127.0.0.1 and a free port. moto verifies no
signature, so a proxy may change a request without signing it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from conformance.s3.endpoint import Credentials, Endpoint
from conformance.serve import http
from conformance.serve.http import Answer, Request
from conformance.serve.upstream import Upstream

__all__ = [
    "REFUSAL",
    "Answer",
    "Request",
    "empty",
    "proxy",
    "refusing",
    "refusing_flags",
    "replacing",
    "serving",
    "spoiling",
    "stripping",
    "with_headers",
]

METHODS: Final = ("GET", "HEAD", "PUT", "POST", "DELETE")
REFUSAL: Final = http.error(501, "NotImplemented", "Not implemented.")


@contextmanager
def serving(respond: Callable[[Request], Answer]) -> Iterator[Endpoint]:
    """A server that answers every request with what `respond` returns."""
    with http.serving(respond) as url:
        yield Endpoint(
            url=url,
            region="us-east-1",
            credentials=Credentials(access_key="fake-access", secret_key="fake-secret"),
        )


@contextmanager
def refusing() -> Iterator[Endpoint]:
    """A server that answers 501 NotImplemented to everything."""
    with serving(lambda _: REFUSAL) as endpoint:
        yield endpoint


@contextmanager
def empty() -> Iterator[Endpoint]:
    """A server that answers 200 with an empty body to everything."""
    with serving(lambda _: Answer(status=200)) as endpoint:
        yield endpoint


@contextmanager
def proxy(
    upstream: Endpoint, respond: Callable[[Request, Callable[[Request], Answer]], Answer]
) -> Iterator[Endpoint]:
    """A server in front of another.

    Args:
        upstream: the server behind.
        respond: `(request, ask)` to answer; `ask(request)` is the answer of the server behind.
    """
    with (
        Upstream(upstream.url) as behind,
        http.serving(lambda request: respond(request, behind.ask)) as url,
    ):
        yield replace(upstream, url=url, embedded=False)


@contextmanager
def stripping(
    upstream: Endpoint, *flags: str, methods: Sequence[str] = METHODS
) -> Iterator[Endpoint]:
    """A proxy that drops these headers and parameters: a server that ignores them."""

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        return ask(request.without(*flags) if request.method in methods else request)

    with proxy(upstream, respond) as endpoint:
        yield endpoint


@contextmanager
def refusing_flags(
    upstream: Endpoint, *flags: str, methods: Sequence[str] = METHODS
) -> Iterator[Endpoint]:
    """A proxy that answers 501 to requests with one of these headers or parameters."""
    refused = {flag.lower() for flag in flags}

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        met = refused & request.flags and request.method in methods
        return REFUSAL if met else ask(request)

    with proxy(upstream, respond) as endpoint:
        yield endpoint


@contextmanager
def spoiling(upstream: Endpoint, spoil: Callable[[Request, Answer], Answer]) -> Iterator[Endpoint]:
    """A proxy that changes answers: `spoil(request, answer)` is what goes out."""
    with proxy(upstream, lambda request, ask: spoil(request, ask(request))) as endpoint:
        yield endpoint


def replacing(answer: Answer, old: bytes, new: bytes) -> Answer:
    """The same answer with other text in its body."""
    return replace(answer, body=answer.body.replace(old, new))


def with_headers(answer: Answer, headers: Sequence[tuple[str, str]]) -> Answer:
    """The same answer with these headers instead of its own of the same names."""
    names = {name.lower() for name, _ in headers}
    kept = tuple((n, v) for n, v in answer.headers if n.lower() not in names)
    return replace(answer, headers=(*kept, *headers))
