"""What can go wrong with responses to requests that are refused."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damaging import Behind, Change, Respond, is_head, when

ANY: Final = "Error/(?!BucketAlreadyOwnedByYou).*"
OWNED: Final = "Error/BucketAlreadyOwnedByYou"


def refusing(change: Change) -> Respond:
    """A refusal is another."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        return change(answer) if 400 <= answer.status < 500 else answer

    return respond


def _without(element: str) -> Respond:
    pattern = re.compile(f"<{element}>.*?</{element}>".encode(), re.DOTALL)
    return refusing(lambda answer: replace(answer, body=pattern.sub(b"", answer.body)))


def _is_bucket(request: Request) -> bool:
    return not request.path.strip("/").partition("/")[2]


def _again(respond: Respond) -> Respond:
    """Done to a CreateBucket of a bucket that is there."""

    def judge(request: Request, behind: Behind) -> Answer:
        if request.method == "PUT" and _is_bucket(request):
            known = behind.memory.setdefault("buckets", set())
            if request.path in known:
                return respond(request, behind)
            known.add(request.path)
        elif request.method == "PUT":
            behind.memory.setdefault("objects", []).append(request)
        return behind.ask(request)

    return judge


def _emptied(request: Request, behind: Behind) -> Answer:
    for stored in behind.memory.get("objects", ()):
        if stored.path.startswith(f"{request.path.rstrip('/')}/"):
            behind.ask(replace(stored, method="DELETE", body=b""))
    return behind.ask(request)


LINES: Final[tuple[Line, ...]] = (
    (ANY, shown_by("refused", wrong("served", refusing(lambda a: Answer(status=200))))),
    (ANY, shown_by("status", wrong("418", refusing(lambda a: replace(a, status=418))))),
    (ANY, shown_by("code", wrong("one code for all", refusing(lambda a: replace(
        a, body=re.sub(rb"<Code>.*?</Code>", b"<Code>Error</Code>", a.body)))))),
    (ANY, shown_by("media-type", wrong("text", refusing(
        lambda a: a.with_headers(Content_Type="text/plain"))))),
    (ANY, shown_by("request-id", wrong("no id", _without("RequestId")))),
    (ANY, shown_by("message", wrong("no message", _without("Message")))),
    (ANY, shown_by("head", wrong("403 to HEAD", when(is_head,
        refusing(lambda a: replace(a, status=403)))))),
    (OWNED, shown_by("answer", wrong("forbidden",
        _again(lambda *_: error(403, "AccessDenied"))))),
    (OWNED, shown_by("bucket-stays", wrong("emptied", _again(_emptied)))),
)  # fmt: skip
