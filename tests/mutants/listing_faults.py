"""Ways to list wrongly: elements that are missing, added, sorted or spelt otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote_plus
from xml.sax.saxutils import escape

from conformance.serve.http import Answer, Request, error
from tests.mutants.damaging import Behind, Respond, answering, edited, parameter, when


def asked(text: str) -> Callable[[Request], bool]:
    """Whether the target of a request matches."""
    pattern = re.compile(text)
    return lambda request: pattern.search(request.target) is not None


def named(name: str, value: str = "") -> Callable[[Request], bool]:
    """Whether a parameter is there, with a value that matches from its beginning to its end."""
    return asked(rf"[?&]{name}=(?:{value or '[^&]*'})(?:&|$)")


def added(xml: str, last_of: str = "") -> Respond:
    """An element is there that should not be.

    Args:
        xml: the element; `{prefix}` stands for the text of Prefix.
        last_of: put at the end of each element of this name; of the root where none is given.
    """

    def change(answer: Answer) -> Answer:
        found = re.search(rb"<Prefix>([^<]*)</Prefix>", answer.body)
        text = xml.encode().replace(b"{prefix}", found[1] if found else b"")
        end = f"</{last_of}>".encode() if last_of else answer.body[answer.body.rfind(b"</") :]
        return replace(answer, body=answer.body.replace(end, text + end))

    return answering(change)


def missing(element: str) -> Respond:
    """All elements of this name are missing."""
    return edited(rf"<{element}(?: [^>]*)?>[^<]*</{element}>|<{element} ?/>".encode(), b"")


def text_of(element: str, by: str, *, first: bool = True) -> Respond:
    """An element that is there has another text."""
    pattern = rf"<{element}>[^<]*</{element}>|<{element} ?/>".encode()
    return edited(pattern, f"<{element}>{by}</{element}>".encode(), count=1 if first else 0)


def flipped(before: str, after: str) -> Respond:
    """IsTruncated is the other word."""
    return edited(f"<IsTruncated>{before}<".encode(), f"<IsTruncated>{after}<".encode())


def decoded(pattern: str) -> Respond:
    """A text that is to be URL-encoded is not; the pattern's group is the text."""
    compiled = re.compile(pattern.encode())

    def plain(match: re.Match[bytes]) -> bytes:
        text = escape(unquote_plus(match[1].decode())).encode()
        return match[0].replace(match[1], text)

    return answering(lambda a: replace(a, body=compiled.sub(plain, a.body)))


def sorted_by(element: str, rank: Callable[[str], object]) -> Respond:
    """Entries stand in the order of something else than their key's bytes."""
    one = re.compile(f"<{element}>.*?</{element}>".encode(), re.DOTALL)

    def key(entry: bytes) -> object:
        found = re.search(rb"<(?:Key|Prefix|PartNumber)>(.*?)<", entry)
        return rank(found[1].decode() if found else "")

    def change(answer: Answer) -> Answer:
        entries = iter(sorted(one.findall(answer.body), key=key))  # type: ignore[arg-type]
        return replace(answer, body=one.sub(lambda _: next(entries), answer.body))

    return answering(change)


def slash_first(key: str) -> str:
    return key.replace("/", "\x01")


def as_utf_16(key: str) -> bytes:
    return key.encode("utf-16-be")


def misread(name: str, value: str, by: str) -> Respond:
    """A parameter whose value matches is read as another value."""
    pattern = re.compile(value)
    return parameter(name, lambda text: pattern.sub(by, text))


def dropped(name: str, test: Callable[[Request], bool]) -> Respond:
    """A parameter is ignored in some requests."""
    return when(test, lambda request, behind: behind.ask(request.without(name)))


def refusing(test: Callable[[Request], bool], code: str = "InvalidArgument") -> Respond:
    """Some requests are refused."""
    return lambda request, behind: error(400, code) if test(request) else behind.ask(request)


def taken_for(name: str, value: str, by: str) -> Respond:
    """A value that must be refused is served as another."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        if answer.status < 400 or not named(name, value)(request):
            return answer
        target = request.target.replace(f"{name}={value}", f"{name}={by}")
        return behind.ask(replace(request, target=target))

    return respond


def same_token(request: Request, behind: Behind) -> Answer:
    """Every page but the first gives the token that it was asked with."""
    token = re.search(r"continuation-token=([^&]*)", request.target)
    text = unquote_plus(token[1].replace("+", "%2B")) if token else ""
    by = b"<NextContinuationToken>%s</NextContinuationToken>" % escape(text).encode()
    pattern = rb"<NextContinuationToken>[^<]*</NextContinuationToken>"
    if not token:
        return behind.ask(request)
    return answering(lambda a: replace(a, body=re.sub(pattern, lambda _: by, a.body)))(
        request, behind
    )


def once_only(name: str) -> Respond:
    """A value of a parameter is served the first time, and refused the second."""

    def respond(request: Request, behind: Behind) -> Answer:
        found = re.search(rf"[?&]{name}=([^&]*)", request.target)
        if found and found[1] in behind.memory:
            return error(400, "InvalidArgument")
        if found:
            behind.memory[found[1]] = True
        return behind.ask(request)

    return respond


def shared_by_buckets(request: Request, behind: Behind) -> Answer:
    """What was listed of one bucket is listed of the next: the bucket's name is no part of it."""
    answer = behind.ask(request)
    query = request.target.partition("?")[2]
    if answer.status != 200:
        return answer
    if b"<Contents>" in answer.body:
        behind.memory[query] = answer
    kept: Answer = behind.memory.get(query, answer)
    return kept


def first_skipped(element: str, limit: str) -> Respond:
    """A page begins with the second entry, and is as long as asked."""

    def respond(request: Request, behind: Behind) -> Answer:
        more = parameter(limit, lambda v: str(int(v) + 1) if v.isdigit() else v)(request, behind)
        body = re.sub(
            f"<{element}>.*?</{element}>".encode(), b"", more.body, count=1, flags=re.DOTALL
        )
        return replace(more, body=body)

    return respond
