"""Ways to do wrongly what an account grants to others, and what others do with it."""

from __future__ import annotations

from collections.abc import Callable

from conformance.serve.http import Answer, Request, error
from tests.mutants.damaging import Behind, Respond, with_header

ACL = "x-amz-acl"


def unsigned(request: Request) -> bool:
    return request.header("Authorization") is None


def asks_acl(request: Request) -> bool:
    """Whether a request returns an ACL."""
    return "acl" in request.parameters and request.method == "GET"


def writes_acl(request: Request) -> bool:
    return any(name == ACL or name.startswith("x-amz-grant-") for name in request.names)


def admitting(test: Callable[[Request, Behind], bool]) -> Respond:
    """Somebody who must be refused is served with something."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        if answer.status in (401, 403) and test(request, behind):
            return Answer(status=200, body=b"<ListBucketResult></ListBucketResult>")
        return answer

    return respond


def granted_things(test: Callable[[Request, Behind], bool]) -> Respond:
    """The same, of objects and buckets whose ACL was written with the row's headers only."""
    admit = admitting(test)

    def respond(request: Request, behind: Behind) -> Answer:
        bucket = "/".join(request.path.split("/")[:2])
        if not behind.foreign(request) and writes_acl(request):
            behind.memory[request.path] = True
        if not behind.foreign(request):
            return behind.ask(request)
        known = request.path in behind.memory or bucket in behind.memory
        return admit(request, behind) if known else behind.ask(request)

    return respond


def valued(name: str, old: str, new: str | None) -> Respond:
    """One value of a header is read as another, or as if the header were not there."""

    def respond(request: Request, behind: Behind) -> Answer:
        if request.header(name) != old:
            return behind.ask(request)
        bare = request.without(name)
        return behind.ask(bare if new is None else with_header(bare, name, new))

    return respond


def instead(test: Callable[[Request], bool], answer: Answer) -> Respond:
    """Some requests are answered and not carried out."""
    return lambda request, behind: answer if test(request) else behind.ask(request)


def refusing(test: Callable[[Request, Behind], bool]) -> Respond:
    """Somebody is refused."""
    return lambda request, behind: (
        error(403, "AccessDenied") if test(request, behind) else behind.ask(request)
    )


def recoded(*statuses: int) -> Respond:
    """A refusal has another status and code."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        return error(409, "OperationFailed") if answer.status in statuses else answer

    return respond
