"""Ways to do a request about a bucket's configuration wrongly."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from conformance.serve.http import Answer, Request, error
from tests.mutants.damaging import Behind, Respond, when

Test = Callable[[Request], bool]


def of(method: str, topic: str) -> Test:
    """Requests of a method about a subresource of a bucket."""
    return lambda request: request.method == method and topic in request.parameters


def gets(topic: str, respond: Respond) -> Respond:
    """Done to what Get… answers, whichever row asks."""
    return when(of("GET", topic), respond)


def coded(code: str, change: Callable[[Answer], Answer]) -> Respond:
    """An error with this code is answered otherwise."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        return change(answer) if f"<Code>{code}<".encode() in answer.body else answer

    return respond


def instead(status: int, body: bytes = b"") -> Callable[[Answer], Answer]:
    """Another answer."""
    return lambda _: Answer(status=status, body=body)


def recoded(code: str = "Other") -> Callable[[Answer], Answer]:
    """The same error with another code."""
    return lambda answer: replace(
        answer, body=re.sub(rb"<Code>[^<]*<", b"<Code>%s<" % code.encode(), answer.body)
    )


def complete(request: Request) -> bool:
    """Whether the body is a whole document."""
    if not request.body.startswith(b"{"):
        return request.body.rstrip().endswith(b">")
    return request.body.count(b"{") == request.body.count(b"}")


def taken(test: Test) -> Respond:
    """A body that must be refused is served, and not stored."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        refused = request.method == "PUT" and answer.status >= 400
        return Answer(status=200) if refused and test(request) else answer

    return respond


def emptied(request: Request, behind: Behind) -> Answer:
    """A body that is refused removes what is configured."""
    answer = behind.ask(request)
    if request.method == "PUT" and answer.status >= 400:
        behind.ask(replace(request, method="DELETE", body=b"").without("Content-MD5"))
    return answer


def merged(element: str) -> Respond:
    """What is put is added to what is there."""
    pattern = re.compile(rb"<%b>.*?</%b>" % (element.encode(), element.encode()), re.DOTALL)

    def respond(request: Request, behind: Behind) -> Answer:
        if request.method != "PUT" or not complete(request):
            return behind.ask(request)
        kept: list[bytes] = behind.memory.setdefault(request.target, [])
        new = [each for each in pattern.findall(request.body) if each not in kept]
        body = request.body.replace(new[0], b"".join(kept) + new[0], 1) if new else request.body
        answer = behind.ask(replace(request, body=body).without("Content-MD5"))
        if answer.status < 300:
            kept.extend(new)
        return answer

    return respond


def alone(request: Request, behind: Behind) -> Answer:
    """Of configurations with ids the last one put stays alone."""
    answer = behind.ask(request)
    if request.method == "PUT" and answer.status < 300:
        last: str | None = behind.memory.get(request.path)
        if last and last != request.target:
            drop = replace(request, method="DELETE", target=last, body=b"")
            behind.ask(drop.without("Content-MD5"))
        behind.memory[request.path] = request.target
    return answer


def all_deleted(request: Request, behind: Behind) -> Answer:
    """Delete of one configuration deletes those with other ids too."""
    known: set[str] = behind.memory.setdefault(request.path, set())
    if request.method == "PUT":
        known.add(request.target)
    answer = behind.ask(request)
    if request.method == "DELETE":
        for target in known:
            behind.ask(replace(request, target=target))
    return answer


def after_first(method: str, respond: Respond) -> Respond:
    """Done to requests of a method from the second on, per target."""

    def later(request: Request, behind: Behind) -> Answer:
        seen = behind.memory.setdefault(f"{method} {request.target}", [])
        if request.method == method:
            seen.append(1)
        again = request.method == method and len(seen) > 1
        return respond(request, behind) if again else behind.ask(request)

    return later


def after_delete(method: str, respond: Respond) -> Respond:
    """Done to requests of a method once the same target was deleted."""

    def later(request: Request, behind: Behind) -> Answer:
        if request.method == "DELETE":
            behind.memory[f"deleted {request.target}"] = True
        gone = request.method == method and f"deleted {request.target}" in behind.memory
        return respond(request, behind) if gone else behind.ask(request)

    return later


def nodded(status: int = 200) -> Respond:
    """Answered, and nothing is done."""
    return lambda _, __: Answer(status=status)


def refused(status: int, code: str) -> Respond:
    """Refused, and nothing is done."""
    return lambda _, __: error(status, code)


def inserted(after: bytes, more: bytes) -> Respond:
    """An answer has one element more, unless it has it already."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        if answer.status >= 300 or more in answer.body:
            return answer
        return replace(answer, body=re.sub(after, rb"\g<0>" + more, answer.body, count=1))

    return respond
