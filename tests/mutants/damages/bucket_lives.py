"""What can go wrong where buckets are created again, deleted, or configured and not there."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.configuring import complete
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import Behind, Respond, another_status

KINDS: Final = ("cors", "tagging", "policy", "lifecycle")  # some delete the bucket for others


def _of_bucket(request: Request) -> bool:
    return "/" not in request.path.strip("/")


def _dropping(request: Request, behind: Behind, kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        drop = replace(request, method="DELETE", target=f"{request.path}?{kind}", body=b"")
        behind.ask(drop.without("Content-MD5"))


def _created_bare(request: Request, behind: Behind) -> Answer:
    """A bucket that is created again loses what it is configured with."""
    answer = behind.ask(request)
    if request.method == "PUT" and _of_bucket(request) and not request.parameters:
        if request.path in behind.memory:
            _dropping(request, behind, KINDS)
        behind.memory[request.path] = True
    return answer


def _remembered(request: Request, behind: Behind) -> Answer:
    """A bucket that is created anew has what one of its name was configured with."""
    known: list[Request] = behind.memory.setdefault(request.path, [])
    if request.method == "PUT" and request.parameters and _of_bucket(request):
        known.append(request)
    answer = behind.ask(request)
    if request.method == "PUT" and _of_bucket(request) and not request.parameters:
        for put in known:
            behind.ask(put)
    return answer


def _versions_lost(request: Request, behind: Behind) -> Answer:
    """A bucket in which no object is listed is deleted with all its versions."""
    answer = behind.ask(request)
    if answer.status != 409:
        return answer
    listing = replace(request, method="GET", target=f"{request.path}?list-type=2", body=b"")
    return answer if b"<Contents>" in behind.ask(listing).body else Answer(status=204)


def _half_a_body(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    half = request.body and not complete(request)
    return behind.ask(replace(request, body=b"")) if half else answer


def _others_too(request: Request, behind: Behind) -> Answer:
    """A deletion takes other configurations along."""
    answer = behind.ask(request)
    if answer.status < 300:
        _dropping(request, behind, tuple(k for k in KINDS if k not in request.parameters))
    return answer


def _emptied(request: Request, behind: Behind) -> Answer:
    """A deletion that is refused has removed the objects."""
    answer = behind.ask(request)
    if answer.status != 409:
        return answer
    listing = replace(request, method="GET", target=f"{request.path}?list-type=2", body=b"")
    for key in behind.ask(listing).body.split(b"<Key>")[1:]:
        name = key.partition(b"</Key>")[0].decode()
        behind.ask(replace(request, target=f"{request.path}/{name}"))
    return answer


def _anywhere(status: int) -> Respond:
    """A bucket that does not exist is configured all the same."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        missing = answer.status == 404 and b"NoSuchBucket<" in answer.body
        return Answer(status=status) if missing else answer

    return respond


LINES: Final[tuple[Line, ...]] = (
    ("HeadBucket", shown_by("status", wrong("204", another_status(200, 204)))),
    ("CreateBucket", shown_by("tags-kept", anywhere("bare again", _created_bare))),
    ("CreateBucket", shown_by("malformed-body", wrong("half a body is none", _half_a_body))),
    ("CreateBucket", shown_by("invalid-name", wrong("any letters", another_status(400, 200)))),
    ("DeleteBucket", shown_by("old-versions", wrong("older versions are none", _versions_lost))),
    ("DeleteBucket", shown_by("object-kept", wrong("refused, and emptied", _emptied))),
    ("DeleteBucket", shown_by("forgotten", anywhere("remembered", _remembered))),
    ("Put(Bucket(?!Meta)|PublicAccess|ObjectLockC)[^/]+", shown_by("missing-bucket", wrong(
        "of any bucket", _anywhere(200)))),
    ("Delete(Bucket(?!Meta)|PublicAccess)[^/]+", shown_by("missing-bucket", wrong(
        "of any bucket", _anywhere(204)))),
    ("Delete(Bucket(?!Meta)|PublicAccess)[^/]+", shown_by("other-topics-stay", wrong(
        "others too", _others_too))),
)  # fmt: skip
