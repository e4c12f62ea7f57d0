"""The checksum probes tell what is checked and computed from what is merely given back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest

import conformance.probes.checksums  # noqa: F401 - registers the probes
from conformance.s3.checksums import DIGESTS, checksum, checksum_header, composite
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Observed
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    Answer,
    Request,
    empty,
    proxy,
    refusing,
    refusing_flags,
    stripping,
    with_headers,
)

ALGORITHM, TYPE = "x-amz-checksum-algorithm", "x-amz-checksum-type"
COPY = "CopyObject/x-amz-checksum-algorithm"
CELLS = tuple(
    f"Checksum/{name}/{kind}" for name in DIGESTS for kind in ("FULL_OBJECT", "COMPOSITE")
)
# Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
FORBIDDEN = (
    "Checksum/CRC64NVME/COMPOSITE",
    "Checksum/SHA1/FULL_OBJECT",
    "Checksum/SHA256/FULL_OBJECT",
)
# Where one algorithm is as good as another.
SOME = ("Checksum/CRC64NVME/FULL_OBJECT", "Checksum/CRC32/FULL_OBJECT", "Checksum/SHA256/COMPOSITE")

BAD = Answer(status=400, body=b"<Error><Code>BadDigest</Code></Error>")
Ask = Callable[[Request], Answer]


@dataclass(slots=True, kw_only=True)
class Made:
    """What is known of an upload, or of an object."""

    algorithm: str
    type: str
    parts: dict[int, bytes] = field(default_factory=dict)
    given: str = ""


@dataclass(slots=True, kw_only=True)
class Checking:
    """A server that checks and computes the checksums of uploads and of objects.

    Attributes:
        verifies: it refuses what does not match.
        types: it heeds the type; else everything is COMPOSITE.
        echoes: it shows the value it was given instead of its own.
        names_type: HeadObject says the type.
    """

    verifies: bool = True
    types: bool = True
    echoes: bool = False
    names_type: bool = True
    uploads: dict[str, Made] = field(default_factory=dict)
    objects: dict[str, Made] = field(default_factory=dict)

    def __call__(self, request: Request, ask: Ask) -> Answer:
        algorithm, kind = request.header(ALGORITHM), request.header(TYPE)
        query = parse_qs(urlsplit(request.target).query)
        upload = query.get("uploadId", [""])[0]
        if request.method == "POST" and algorithm:
            answer = ask(request.without(ALGORITHM, TYPE))
            found = re.findall(rb"<UploadId>(.*?)</UploadId>", answer.body)
            heeded = kind if self.types and kind else "COMPOSITE"
            self.uploads[found[0].decode()] = Made(algorithm=algorithm, type=heeded)
            return answer
        if request.method in ("GET", "HEAD") and request.path in self.objects:
            return self._read(request, ask(request))
        if upload in self.uploads and request.method == "PUT":
            number = int(query["partNumber"][0])
            return self._part(request, ask, self.uploads[upload], number)
        if upload in self.uploads and request.method == "POST":
            return self._complete(request, ask, self.uploads[upload])
        return self._put(request, ask) if request.method == "PUT" and not upload else ask(request)

    def _put(self, request: Request, ask: Ask) -> Answer:
        named = [name for name in DIGESTS if request.header(checksum_header(name))]
        if not named:
            return ask(request)
        made = Made(algorithm=named[0], type="FULL_OBJECT", parts={1: request.body})
        value = request.header(checksum_header(named[0]))
        if self.verifies and value != checksum(named[0], request.body):
            return BAD
        self.objects[request.path] = made
        return ask(request.without(checksum_header(named[0])))

    def _part(self, request: Request, ask: Ask, made: Made, number: int) -> Answer:
        name, body = checksum_header(made.algorithm), request.body
        if (source := request.header("x-amz-copy-source")) is not None:
            whole = ask(Request(method="GET", target=f"/{source}", headers=(), body=b"")).body
            last = (request.header("x-amz-copy-source-range") or "-").rpartition("-")[2]
            body = whole[: int(last) + 1] if last else whole
        value = request.header(name)
        if self.verifies and value not in (None, checksum(made.algorithm, body)):
            return BAD
        made.parts[number], made.given = body, value or ""
        return ask(request.without(name))

    def _complete(self, request: Request, ask: Ask, made: Made) -> Answer:
        name = checksum_header(made.algorithm)
        if self.verifies and request.header(name) not in (None, self._value(made)):
            return BAD
        self.objects[request.path] = made
        return ask(request.without(name, TYPE))

    def _value(self, made: Made) -> str:
        bodies = [made.parts[number] for number in sorted(made.parts)]
        if made.type == "FULL_OBJECT":
            return checksum(made.algorithm, b"".join(bodies))
        return f"{composite(made.algorithm, bodies)}-{len(bodies)}"

    def _read(self, request: Request, answer: Answer) -> Answer:
        made = self.objects[request.path]
        shown = made.given if self.echoes else self._value(made)
        typed = ((TYPE, made.type),) if self.names_type else ()
        return with_headers(answer, ((checksum_header(made.algorithm), shown), *typed))


@pytest.mark.parametrize("row", CELLS)
def test_cell_when_checked_is_supported(observe: Observe, moto: Endpoint, row: str) -> None:
    with proxy(moto, Checking()) as endpoint:
        assert observe(endpoint, row).observed is Observed.SUPPORTED


def test_copy_when_computed_is_supported(observe: Observe, moto: Endpoint) -> None:
    assert observe(moto, COPY).observed is Observed.SUPPORTED


@pytest.mark.parametrize("row", [*CELLS, COPY])
@pytest.mark.parametrize("fake", [refusing, empty])
def test_cell_when_nothing_is_done_is_not_supported(observe: Observe, fake: type, row: str) -> None:
    with fake() as endpoint:
        assert observe(endpoint, row).observed not in (Observed.SUPPORTED, Observed.PARTIAL)


@pytest.mark.parametrize("row", [*CELLS, COPY])
def test_cell_when_headers_are_dropped_is_ignored(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    values = [checksum_header(name) for name in DIGESTS]
    with stripping(moto, ALGORITHM, TYPE, *values) as endpoint:
        assert observe(endpoint, row).observed is Observed.IGNORED


@pytest.mark.parametrize("row", [*SOME, COPY])
def test_cell_when_the_algorithm_is_refused_is_rejected(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    with refusing_flags(moto, ALGORITHM) as endpoint:
        assert observe(endpoint, row).observed is Observed.REJECTED


@pytest.mark.parametrize("row", FORBIDDEN)
def test_cell_when_the_pair_is_refused_is_rejected(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    _, algorithm, kind = row.split("/")

    def refuse(request: Request, ask: Ask) -> Answer:
        pair = (request.header(ALGORITHM), request.header(TYPE))
        return BAD if pair == (algorithm, kind) else ask(request)

    with proxy(moto, refuse) as endpoint:
        assert observe(endpoint, row).observed is Observed.REJECTED


@pytest.mark.parametrize("row", SOME)
def test_cell_when_the_part_is_refused_is_rejected(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    name = checksum_header(row.split("/")[1])

    def refuse(request: Request, ask: Ask) -> Answer:
        return BAD if request.method == "PUT" and request.header(name) else ask(request)

    with proxy(moto, refuse) as endpoint:
        assert observe(endpoint, row).observed is Observed.REJECTED


@pytest.mark.parametrize("row", SOME)
def test_cell_when_nothing_is_compared_is_partial(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    with proxy(moto, Checking(verifies=False)) as endpoint:
        assert observe(endpoint, row).observed is Observed.PARTIAL


@pytest.mark.parametrize("row", ["Checksum/CRC32C/COMPOSITE", "Checksum/SHA1/COMPOSITE"])
def test_cell_when_the_value_is_echoed_is_ignored(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    with proxy(moto, Checking(echoes=True)) as endpoint:
        assert observe(endpoint, row).observed is Observed.IGNORED


@pytest.mark.parametrize("row", SOME)
def test_cell_when_all_is_composite_follows_the_type(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    with proxy(moto, Checking(types=False)) as endpoint:
        observed = observe(endpoint, row).observed
    # The whole object's value is refused where that of the parts is expected.
    whole = row.endswith("FULL_OBJECT")
    assert observed is (Observed.REJECTED if whole else Observed.SUPPORTED)


@pytest.mark.parametrize("row", SOME)
def test_a_value_without_its_type_is_part_of_the_promise(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    with proxy(moto, Checking(names_type=False)) as endpoint:
        assert observe(endpoint, row).observed is Observed.PARTIAL


@pytest.mark.parametrize("row", [CELLS[0], CELLS[-1]])
def test_cell_when_only_the_type_is_shown_is_ignored(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    """Some servers give back any `x-amz-` header of the request."""
    values = [checksum_header(name) for name in DIGESTS]

    def typed(request: Request, ask: Ask) -> Answer:
        answer = ask(request.without(ALGORITHM, TYPE, *values))
        return with_headers(answer, ((TYPE, row.split("/")[2]),))

    with proxy(moto, typed) as endpoint:
        assert observe(endpoint, row).observed is Observed.IGNORED


def test_copy_when_the_value_is_wrong_is_broken(observe: Observe, moto: Endpoint) -> None:
    def spoil(request: Request, ask: Ask) -> Answer:
        answer = ask(request)
        head = request.method == "HEAD"
        return with_headers(answer, (("x-amz-checksum-sha256", "AAAA"),)) if head else answer

    with proxy(moto, spoil) as endpoint:
        assert observe(endpoint, COPY).observed is Observed.BROKEN


def test_cell_when_every_object_has_a_checksum_is_ignored(observe: Observe, moto: Endpoint) -> None:
    """A server computes one of its own, and looks at none that it is given."""
    bodies: dict[str, bytes] = {}
    values = [checksum_header(name) for name in DIGESTS]

    def respond(request: Request, ask: Ask) -> Answer:
        if request.method == "PUT":
            bodies[request.path] = request.body
        answer = ask(request.without(ALGORITHM, TYPE, *values))
        if request.method != "HEAD" or request.path not in bodies:
            return answer
        own = checksum("CRC64NVME", bodies[request.path])
        told = (checksum_header("CRC64NVME"), own), (TYPE, "FULL_OBJECT")
        return with_headers(answer, told)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, "Checksum/CRC64NVME/FULL_OBJECT")
    assert seen.observed is Observed.IGNORED, seen.reason
