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
    proxy,
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
class Checking:
    """A server that checks and computes the checksums of uploads of one part.

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
    uploads: dict[str, tuple[str, str]] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    objects: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __call__(self, request: Request, ask: Ask) -> Answer:
        algorithm, kind = request.header(ALGORITHM), request.header(TYPE)
        upload = parse_qs(urlsplit(request.target).query).get("uploadId", [""])[0]
        if request.method == "POST" and algorithm:
            answer = ask(request.without(ALGORITHM, TYPE))
            found = re.findall(rb"<UploadId>(.*?)</UploadId>", answer.body)
            heeded = kind if self.types and kind else "COMPOSITE"
            self.uploads[found[0].decode()] = (algorithm, heeded)
            return answer
        if request.method == "HEAD" and request.path in self.objects:
            return self._head(request, ask(request))
        if upload not in self.uploads:
            return ask(request)
        algorithm, heeded = self.uploads[upload]
        name = checksum_header(algorithm)
        value = request.header(name)
        body = request.body if request.method == "PUT" else self.bodies.get(request.path, b"")
        if self.verifies and value not in (None, self._value(algorithm, heeded, body, request)):
            return BAD
        if request.method == "PUT":
            self.bodies[request.path] = body
            self.given[request.path] = value or ""
        else:
            self.objects[request.path] = (algorithm, heeded)
        return ask(request.without(name, TYPE))

    def _value(self, algorithm: str, kind: str, body: bytes, request: Request) -> str:
        if request.method == "PUT" or kind == "FULL_OBJECT":
            return checksum(algorithm, body)
        return f"{composite(algorithm, [body])}-1"

    def _head(self, request: Request, answer: Answer) -> Answer:
        algorithm, kind = self.objects[request.path]
        value = self._value(algorithm, kind, self.bodies[request.path], request)
        shown = self.given[request.path] if self.echoes else value
        typed = ((TYPE, kind),) if self.names_type else ()
        return with_headers(answer, ((checksum_header(algorithm), shown), *typed))


@pytest.mark.parametrize("row", CELLS)
def test_a_server_that_checks_supports_every_cell(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    with proxy(moto, Checking()) as endpoint:
        assert observe(endpoint, row).observed is Observed.SUPPORTED


def test_a_good_server_supports_the_copy(observe: Observe, moto: Endpoint) -> None:
    assert observe(moto, COPY).observed is Observed.SUPPORTED


@pytest.mark.parametrize("row", [*CELLS, COPY])
def test_a_server_that_drops_the_headers_ignores_them(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    values = [checksum_header(name) for name in DIGESTS]
    with stripping(moto, ALGORITHM, TYPE, *values) as endpoint:
        assert observe(endpoint, row).observed is Observed.IGNORED


@pytest.mark.parametrize("row", [*SOME, COPY])
def test_a_server_that_refuses_the_algorithm_rejects(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    with refusing_flags(moto, ALGORITHM) as endpoint:
        assert observe(endpoint, row).observed is Observed.REJECTED


@pytest.mark.parametrize("row", FORBIDDEN)
def test_a_pair_that_is_refused_is_rejected(observe: Observe, moto: Endpoint, row: str) -> None:
    _, algorithm, kind = row.split("/")

    def refuse(request: Request, ask: Ask) -> Answer:
        pair = (request.header(ALGORITHM), request.header(TYPE))
        return BAD if pair == (algorithm, kind) else ask(request)

    with proxy(moto, refuse) as endpoint:
        assert observe(endpoint, row).observed is Observed.REJECTED


@pytest.mark.parametrize("row", SOME)
def test_a_part_that_is_refused_for_its_checksum_rejects(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    name = checksum_header(row.split("/")[1])

    def refuse(request: Request, ask: Ask) -> Answer:
        return BAD if request.method == "PUT" and request.header(name) else ask(request)

    with proxy(moto, refuse) as endpoint:
        assert observe(endpoint, row).observed is Observed.REJECTED


@pytest.mark.parametrize("row", SOME)
def test_a_server_that_does_not_check_is_not_supported(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    with proxy(moto, Checking(verifies=False)) as endpoint:
        assert observe(endpoint, row).observed is Observed.PARTIAL


@pytest.mark.parametrize("row", ["Checksum/CRC32C/COMPOSITE", "Checksum/SHA1/COMPOSITE"])
def test_a_server_that_gives_back_what_it_was_given_ignores_the_type(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    with proxy(moto, Checking(echoes=True)) as endpoint:
        assert observe(endpoint, row).observed is Observed.IGNORED


@pytest.mark.parametrize("row", SOME)
def test_a_server_with_one_type_supports_that_one(
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
def test_a_type_without_a_value_is_nothing(observe: Observe, moto: Endpoint, row: str) -> None:
    """Some servers give back any `x-amz-` header of the request."""
    values = [checksum_header(name) for name in DIGESTS]

    def typed(request: Request, ask: Ask) -> Answer:
        answer = ask(request.without(ALGORITHM, TYPE, *values))
        return with_headers(answer, ((TYPE, row.split("/")[2]),))

    with proxy(moto, typed) as endpoint:
        assert observe(endpoint, row).observed is Observed.IGNORED


def test_a_copy_with_a_wrong_checksum_is_broken(observe: Observe, moto: Endpoint) -> None:
    def spoil(request: Request, ask: Ask) -> Answer:
        answer = ask(request)
        head = request.method == "HEAD"
        return with_headers(answer, (("x-amz-checksum-sha256", "AAAA"),)) if head else answer

    with proxy(moto, spoil) as endpoint:
        assert observe(endpoint, COPY).observed is Observed.BROKEN


def test_a_checksum_that_every_object_has_shows_nothing(observe: Observe, moto: Endpoint) -> None:
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
