"""The parameters of ListObjectVersions: read, not read, and refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

import pytest

from conformance.s3.endpoint import Endpoint
from tests.probes.conftest import Observe, failed
from tests.probes.fakes import Answer, Request, proxy, refusing_flags

LIST = "ListObjectVersions"
PARAMETERS = (
    "prefix", "delimiter", "key-marker", "version-id-marker", "max-keys", "encoding-type",
)  # fmt: skip
# What moto has not: it leaves out the first key after a marker that is no key.
LACKING = {
    "key-marker": {"after-no-key"},
    "version-id-marker": {"without-a-key"},
    "max-keys": {"not-a-number"},
}
ENCODED = re.compile(rb"(?<=<Key>)[^<]*|(?<=<Prefix>)[^<]*")
Ask = Callable[[Request], Answer]


def _versions(request: Request) -> bool:
    return "versions" in request.parameters


@pytest.mark.parametrize("parameter", [name for name in PARAMETERS if name != "encoding-type"])
def test_parameter_on_a_good_server_is_read(
    moto: Endpoint, observe: Observe, parameter: str
) -> None:
    seen = observe(moto, f"{LIST}/{parameter}")
    assert failed(seen) == LACKING.get(parameter, set())


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_parameter_when_dropped_is_ignored(
    moto: Endpoint, observe: Observe, parameter: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return ask(request.without(parameter) if _versions(request) else request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, f"{LIST}/{parameter}").observed == "ignored"


@pytest.mark.parametrize("parameter", ["prefix", "version-id-marker"])
def test_parameter_when_refused_is_rejected(
    moto: Endpoint, observe: Observe, parameter: str
) -> None:
    with refusing_flags(moto, parameter, methods=("GET",)) as endpoint:
        seen = observe(endpoint, f"{LIST}/{parameter}").observed
    # Nothing can be listed of the folder alone where no prefix is taken.
    assert seen == "rejected"


def test_encoding_type_on_a_server_that_encodes_is_supported(
    moto: Endpoint, observe: Observe
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if not _versions(request) or "encoding-type" not in request.parameters:
            return ask(request)
        if request.parameters["encoding-type"] != "url":
            return Answer(status=400, body=b"<Error><Code>InvalidArgument</Code></Error>")
        answer = ask(request)
        body = ENCODED.sub(lambda m: _quoted(m[0]), answer.body)
        said = b"<EncodingType>url</EncodingType></ListVersionsResult>"
        return replace(answer, body=body.replace(b"</ListVersionsResult>", said))

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, f"{LIST}/encoding-type")
    assert (seen.observed, failed(seen)) == ("supported", set()), seen.reason


def _quoted(text: bytes) -> bytes:
    plain = text.decode()
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        plain = plain.replace(entity, letter)
    return quote(plain, safe="/").encode()
