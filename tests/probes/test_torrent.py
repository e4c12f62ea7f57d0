"""Torrent files: of the object, of others, not known, and refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

import conformance.probes.torrent  # noqa: F401 - registers its probes
from conformance.s3.endpoint import Endpoint
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    Answer,
    Request,
    proxy,
    refusing_flags,
    replacing,
    stripping,
)

ROW = "GetObjectTorrent"
Ask = Callable[[Request], Answer]


def torrent(request: Request, ask: Ask) -> Answer:
    answer = ask(request.without("torrent"))
    if "torrent" not in request.flags or answer.status != 200:
        return answer
    pieces = hashlib.sha1(answer.body, usedforsecurity=False).digest()
    info = b"d6:lengthi%de4:name3:key12:piece lengthi262144e6:pieces20:%be" % (
        len(answer.body),
        pieces,
    )
    return Answer(status=200, body=b"d8:announce4:http4:info" + info + b"e")


def test_of_the_object(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, torrent) as endpoint:
        seen = observe(endpoint, ROW)
    assert seen.observed == "supported", seen.reason


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (b"6:lengthi4", b"6:lengthi5", "broken"),
        (b"6:pieces20:", b"6:pieces20:x", "broken"),
        (b"d8:announce", b"x8:announce", "ignored"),
    ],
)
def test_of_other_bytes(
    moto: Endpoint, observe: Observe, old: bytes, new: bytes, word: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return replacing(torrent(request, ask), old, new)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, ROW).observed == word


def test_of_a_key_that_has_no_object(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        answer = torrent(request, ask)
        missing = "torrent" in request.flags and answer.status == 404
        return Answer(status=200, body=b"d4:infodee") if missing else answer

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, ROW).observed == "partial"


def test_the_object_is_answered_instead(moto: Endpoint, observe: Observe) -> None:
    with stripping(moto, "torrent") as endpoint:
        assert observe(endpoint, ROW).observed == "ignored"


def test_refused(moto: Endpoint, observe: Observe) -> None:
    with refusing_flags(moto, "torrent") as endpoint:
        assert observe(endpoint, ROW).observed == "rejected"
