"""Ways to do a request wrongly: what damages are made of.

Each is a function from a request, and the endpoint behind, to an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.serve.http import Answer, Request, error


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What stands behind the proxy.

    Attributes:
        ask: sends a request there, signed anew if it was changed.
        memory: what a damage keeps from one request to the next.
        region: of the endpoint.
        alt: the stranger's access key.
    """

    ask: Callable[[Request], Answer]
    memory: MutableMapping[str, Any]
    region: str = ""
    alt: str | None = None

    def foreign(self, request: Request) -> bool:
        """Whether a request comes from another account, or from nobody."""
        signature = request.header("Authorization")
        return signature is None or bool(self.alt and f"Credential={self.alt}/" in signature)


Respond = Callable[[Request, Behind], Answer]
Change = Callable[[Answer], Answer]


def other(text: str) -> str:
    """Text of the same length that is not the same."""
    return ("B" if text[:1] == "A" else "A") + text[1:]


# The answer is changed.


def answering(change: Change, *statuses: int) -> Respond:
    """An answer is changed, if it has one of these statuses; any 2xx where none is given."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        right = answer.status in statuses if statuses else 200 <= answer.status < 300
        return change(answer) if right else answer

    return respond


def shifted(request: Request, behind: Behind) -> Answer:
    """The right number of bytes, off by one."""
    return answering(lambda a: replace(a, body=a.body[1:] + a.body[:1]))(request, behind)


def short(request: Request, behind: Behind) -> Answer:
    """The last byte is missing."""
    return answering(lambda a: replace(a, body=a.body[:-1]))(request, behind)


def headed(name: str, value: str | Callable[[str], str] | None) -> Respond:
    """A header that is there has another value, or is missing."""

    def change(answer: Answer) -> Answer:
        told = answer.header(name)
        if told is None:
            return answer
        said = value(told) if callable(value) else value
        return answer.with_headers(**{name.replace("-", "_"): said})

    return answering(change)


def another_status(status: int, other: int, body: bytes | None = None) -> Respond:
    """The right outcome with the wrong status."""
    return answering(
        lambda a: replace(a, status=other, body=a.body if body is None else body), status
    )


def empty_result(root: str, status: int = 400) -> Respond:
    """What is refused is answered as if it had been done."""
    return another_status(status, 200, f"<{root}></{root}>".encode())


def told_anyway(header: str, value: str) -> Respond:
    """A header that an answer has not is there all the same."""
    return answering(
        lambda a: a if a.header(header) else replace(a, headers=(*a.headers, (header, value)))
    )


def edited(pattern: bytes, by: bytes, count: int = 0) -> Respond:
    """Something in the body is different."""
    compiled = re.compile(pattern, re.DOTALL)
    return answering(lambda a: replace(a, body=compiled.sub(by, a.body, count=count)))


def _elements(element: str) -> re.Pattern[bytes]:
    return re.compile(f"<{element}>(?:(?!<{element}>).)*?</{element}>".encode(), re.DOTALL)


def one_short(element: str) -> Respond:
    """The last of several elements is missing."""

    def change(answer: Answer) -> Answer:
        found = [*_elements(element).finditer(answer.body)]
        if not found:
            return answer
        last = found[-1]
        return replace(answer, body=answer.body[: last.start()] + answer.body[last.end() :])

    return answering(change)


def repeated(element: str) -> Respond:
    """The first of several elements comes twice."""
    return edited(f"(<{element}>.*?</{element}>)".encode(), rb"\1\1", count=1)


def unsorted(element: str) -> Respond:
    """The first two of several elements change places."""
    one = f"(<{element}>(?:(?!<{element}>).)*?</{element}>)".encode()
    return edited(one + rb"(\s*)" + one, rb"\3\2\1", count=1)


# The request is changed.


def asking(change: Callable[[Request], Request]) -> Respond:
    """Another request is carried out."""
    return lambda request, behind: behind.ask(change(request))


def with_header(request: Request, name: str, value: str) -> Request:
    """The same request with this header in place of its own."""
    return replace(request, headers=(*request.without(name).headers, (name, value)))


def tolerated(change: Callable[[Request], Request]) -> Respond:
    """Another request is carried out, if the server takes it."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(change(request))
        return answer if answer.status < 400 else behind.ask(request)

    return respond


def stored_differently(name: str, value: str | None = None) -> Respond:
    """The header is stored with another value: stale, or somebody else's."""
    return asking(lambda r: with_header(r, name, value or other(r.header(name) or "")))


def truncated(request: Request, behind: Behind) -> Answer:
    """The last byte of the body is not stored."""
    return behind.ask(replace(request, body=request.body[:-1]))


def parameter(name: str, change: Callable[[str], str]) -> Respond:
    """A parameter is read as another value."""
    pattern = re.compile(rf"(?<=[?&]){name}=([^&]*)", re.IGNORECASE)
    return asking(
        lambda r: replace(r, target=pattern.sub(lambda m: f"{name}={change(m[1])}", r.target))
    )


def all_but_last(element: str) -> Respond:
    """Of several elements in the request the last is not heeded."""
    one = f"<{element}>(?:(?!<{element}>).)*?</{element}>".encode()
    pattern = re.compile(rb"(%s)%s" % (one, one), re.DOTALL)
    return tolerated(lambda r: replace(r, body=pattern.sub(rb"\1", r.body)))


def inclusive(name: str) -> Respond:
    """A marker lists what it names as well: it is read as the name just before."""
    return parameter(name, lambda v: v[:-1] + chr(ord(v[-1]) - 1) if v else v)


def plain(request: Request) -> Request:
    """The same method and path, the query left out."""
    return replace(request, target=request.path)


# Two requests are carried out, or one of two.


def lenient(*flags: str) -> Respond:
    """A value that must be refused is served as if nothing had been said."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        return behind.ask(request.without(*flags)) if answer.status >= 400 else answer

    return respond


def unchecked(header: str, digest: Callable[[bytes], str]) -> Respond:
    """A digest that must be refused is taken for the right one."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        if answer.status < 400 or request.header(header) is None:
            return answer
        # The digest of a whole upload is not that of the request, so it is left out.
        whole = request.method == "POST" and "uploadId" in request.parameters
        right = with_header(request, header, digest(request.body))
        return behind.ask(request.without(header) if whole else right)

    return respond


def strict(status: int = 412, code: str = "PreconditionFailed") -> Respond:
    """What must be served is refused."""
    return answering(lambda _: error(status, code))


def done_all_the_same(*flags: str) -> Respond:
    """What is refused is carried out."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        if answer.status >= 400:
            behind.ask(request.without(*flags))
        return answer

    return respond


def also(make: Callable[[Request], Request]) -> Respond:
    """Another request is carried out too, once this one was served."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        if answer.status < 300:
            behind.ask(make(request))
        return answer

    return respond


def when(test: Callable[[Request], bool], respond: Respond) -> Respond:
    """Done to some requests only."""
    return lambda request, behind: (
        respond(request, behind) if test(request) else behind.ask(request)
    )


def carrying(header: str) -> Callable[[Request], bool]:
    """Whether a request has a header."""
    return lambda request: request.header(header) is not None


def is_head(request: Request) -> bool:
    return request.method == "HEAD"


def reads(request: Request) -> bool:
    return request.method in ("GET", "HEAD")


def strangers(respond: Respond) -> Respond:
    """Done to whoever is not the owner."""
    return lambda request, behind: (
        respond(request, behind) if behind.foreign(request) else behind.ask(request)
    )


def denied(request: Request, behind: Behind) -> Answer:
    """Access denied to any bucket."""
    return error(403, "AccessDenied") if request.path != "/" else behind.ask(request)
