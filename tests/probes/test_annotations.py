"""Annotations of objects: kept, told, nodded at, refused and misrouted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import conformance.probes.annotations  # noqa: F401 - registers its probes
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Hazard
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    REFUSAL,
    Answer,
    Request,
    proxy,
    refusing_flags,
    stripping,
)

PUT, GET, DELETE = (f"{verb}ObjectAnnotation" for verb in ("Put", "Get", "Delete"))
LIST = "ListObjectAnnotations"
ROWS = [PUT, GET, LIST, DELETE]
NOTHING = Answer(status=404, body=b"<Error><Code>NoSuchAnnotation</Code></Error>")
Ask = Callable[[Request], Answer]


class Keeping:
    """Keeps annotations beside moto's objects."""

    def __init__(self) -> None:
        self.texts: dict[str, bytes] = {}

    def __call__(self, request: Request, ask: Ask) -> Answer:
        if "annotation" not in request.flags:
            return ask(request)
        if request.method == "PUT":
            self.texts[request.target] = request.body
            return Answer(status=200)
        if request.method == "DELETE":
            self.texts.pop(request.target, None)
            return Answer(status=204)
        if "annotationname" in request.flags:
            text = self.texts.get(request.target)
            return NOTHING if text is None else Answer(status=200, body=text)
        names = [target.rpartition("=")[2] for target in self.texts if request.path in target]
        told = "".join(f"<AnnotationName>{name}</AnnotationName>" for name in names)
        body = f"<ListObjectAnnotationsResult>{told}</ListObjectAnnotationsResult>"
        return Answer(status=200, body=body.encode())


@pytest.mark.parametrize("row", ROWS)
def test_kept(moto: Endpoint, observe: Observe, row: str) -> None:
    with proxy(moto, Keeping()) as endpoint:
        seen = observe(endpoint, row)
    assert seen.observed == "supported", seen.reason


@pytest.mark.parametrize("row", ROWS)
def test_the_subresource_is_not_known(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, "annotation", "annotationName") as endpoint:
        seen = observe(endpoint, row)
    hazard = Hazard.DESTRUCTIVE if row in (PUT, DELETE) else None
    assert (seen.observed, seen.hazard) == ("ignored", hazard), seen.reason


@pytest.mark.parametrize(("row", "method"), [(PUT, "PUT"), (DELETE, "DELETE")])
def test_nodded_at(moto: Endpoint, observe: Observe, row: str, method: str) -> None:
    keep = Keeping()

    def respond(request: Request, ask: Ask) -> Answer:
        nod = request.method == method and "annotation" in request.flags
        return Answer(status=200) if nod else keep(request, ask)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", None), seen.reason


@pytest.mark.parametrize("row", [GET, LIST])
def test_told_wrongly(moto: Endpoint, observe: Observe, row: str) -> None:
    keep = Keeping()

    def respond(request: Request, ask: Ask) -> Answer:
        answer = keep(request, ask)
        get = request.method == "GET" and "annotation" in request.flags
        return Answer(status=200, body=b"<X><AnnotationName/></X>") if get else answer

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "broken"


def test_only_the_first_is_kept(moto: Endpoint, observe: Observe) -> None:
    keep = Keeping()

    def respond(request: Request, ask: Ask) -> Answer:
        again = request.method == "PUT" and request.target in keep.texts
        return Answer(status=200) if again else keep(request, ask)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, PUT).observed == "partial"


def test_only_the_next_is_kept(moto: Endpoint, observe: Observe) -> None:
    keep, seen = Keeping(), set[str]()

    def respond(request: Request, ask: Ask) -> Answer:
        first = request.method == "PUT" and "annotation" in request.flags
        if first and request.target not in seen:
            seen.add(request.target)
            return Answer(status=200)
        return keep(request, ask)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, PUT).observed == "partial"


def test_any_name_will_do(moto: Endpoint, observe: Observe) -> None:
    keep = Keeping()

    def respond(request: Request, ask: Ask) -> Answer:
        answer = keep(request, ask)
        other = request.method == "GET" and answer is NOTHING
        return Answer(status=200, body=b"".join(keep.texts.values())) if other else answer

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, GET).observed == "partial"


@pytest.mark.parametrize(("row", "method"), [(GET, "GET"), (LIST, "GET"), (DELETE, "DELETE")])
def test_only_this_is_refused(moto: Endpoint, observe: Observe, row: str, method: str) -> None:
    keep = Keeping()

    def respond(request: Request, ask: Ask) -> Answer:
        refused = request.method == method and "annotation" in request.flags
        return REFUSAL if refused else keep(request, ask)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_all_are_deleted(moto: Endpoint, observe: Observe) -> None:
    keep = Keeping()

    def respond(request: Request, ask: Ask) -> Answer:
        answer = keep(request, ask)
        if request.method == "DELETE" and "annotation" in request.flags:
            keep.texts.clear()
        return answer

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, DELETE).observed == "partial"


def test_what_was_put_cannot_be_read(moto: Endpoint, observe: Observe) -> None:
    keep = Keeping()

    def respond(request: Request, ask: Ask) -> Answer:
        get = request.method == "GET" and "annotation" in request.flags
        return REFUSAL if get else keep(request, ask)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, PUT).observed == "unproven"


@pytest.mark.parametrize("row", [GET, LIST, DELETE])
def test_a_stub_where_nothing_can_be_put(moto: Endpoint, observe: Observe, row: str) -> None:
    keep = Keeping()

    def respond(request: Request, ask: Ask) -> Answer:
        put = request.method == "PUT" and "annotation" in request.flags
        return REFUSAL if put else keep(request, ask)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "unproven"


@pytest.mark.parametrize("row", ROWS)
def test_refused(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, "annotation") as endpoint:
        assert observe(endpoint, row).observed == "rejected"
