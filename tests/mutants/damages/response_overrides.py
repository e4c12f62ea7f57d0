"""What can go wrong with the headers that a request asks for in its response."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from conformance.serve.http import Answer, Request
from conformance.subjects.response_overrides import OVERRIDES
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import Behind, Respond, carrying, headed, reads, short, when


def _kept(parameter: str, header: str, value: str) -> Respond:
    """What was asked for once is returned to everybody from then on."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        if parameter in request.parameters:
            behind.memory[request.path] = True
        elif behind.memory.get(request.path) and reads(request):
            return answer.with_headers(**{header.replace("-", "_"): value})
        return answer

    return respond


def _another(header: str) -> str:
    return "Content-Language" if header == "Cache-Control" else "Cache-Control"


def _in_parts(parameter: str) -> Respond:
    return when(carrying("Range"), lambda request, behind: behind.ask(request.without(parameter)))


def _longer(end: str) -> Callable[[str], str]:
    return lambda value: value + end


LINES: Final[tuple[Line, ...]] = (
    *((f"(Get|Head)Object/{parameter}", damage)
      for parameter, (header, value) in OVERRIDES.items() for damage in (
        shown_by("takes-effect", wrong("another value", headed(header, "x-other"))),
        shown_by("to-the-letter", wrong("a semicolon more", headed(header, _longer(";")))),
        shown_by("this-once", anywhere("kept for the next request",
            _kept(parameter, header, value))),
        shown_by("other-headers", wrong("another header is lost", headed(_another(header), None))),
        shown_by("in-a-range", wrong("not with a part of the object", _in_parts(parameter))),
    )),
    ("(Get|Head)Object/response-content-disposition", shown_by("to-the-letter", wrong(
        "a plus sign is a space", headed("Content-Disposition", lambda v: v.replace("+", " "))))),
    ("GetObject/response-.*", shown_by("bytes", wrong("the last byte is lost", short))),
)  # fmt: skip
