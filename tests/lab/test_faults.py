"""A proxy that does one kind of harm, and none where no fault is declared."""

import http.client
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from conformance.serve.http import Answer, serving
from lab.faults import FAULTS, Fault, between
from lab.faults.kinds import Deed

BODY = b"0123456789"


@pytest.fixture(scope="module")
def behind() -> Iterator[str]:
    with serving(lambda _: Answer(status=200, headers=(("ETag", '"x"'),), body=BODY)) as url:
        yield url


def ask(url: str, method: str = "GET") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request(method, "/b/k")
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def raw(url: str) -> bytes:
    """What the proxy sends until it closes the connection or nothing more comes."""
    host, _, port = urlsplit(url).netloc.partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET /b/k HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        seen = b""
        while more := connection.recv(65536):
            seen += more
    return seen


def test_between_without_a_fault_passes_everything_on(behind: str) -> None:
    with between(behind, None) as (url, chance):
        assert ask(url) == (200, BODY)
        assert ask(url, "HEAD") == (200, b"")
    assert chance.met == 0


def test_between_when_a_fault_answers_the_server_is_not_asked(behind: str) -> None:
    fault = Fault(deed=Deed.ANSWER, status=403, code="AccessDenied", methods=("GET",))
    with between(behind, fault) as (url, chance):
        status, body = ask(url)
        assert ask(url, "PUT")[0] == 200
    assert (status, b"<Code>AccessDenied</Code>" in body) == (403, True)
    assert chance.met == 1


def test_between_when_bodies_are_cut_to_fit_the_length_matches(behind: str) -> None:
    with between(behind, Fault(deed=Deed.CUT_TO_FIT)) as (url, _):
        assert ask(url) == (200, BODY[:5])


def test_between_when_bodies_are_cut_the_length_does_not_match(behind: str) -> None:
    with (
        between(behind, Fault(deed=Deed.CUT)) as (url, _),
        pytest.raises(http.client.HTTPException),
    ):
        ask(url)


def test_between_when_connections_are_reset_nothing_is_answered(behind: str) -> None:
    with between(behind, Fault(deed=Deed.RESET)) as (url, _), pytest.raises(OSError):  # noqa: PT011
        ask(url)


@pytest.mark.parametrize(
    ("deed", "times", "before"),
    [
        (Deed.TWICE, 2, b""),
        (Deed.CONTINUE, 1, b"HTTP/1.1 100 Continue\r\n\r\n"),
        (Deed.EARLY_HINTS, 1, b"HTTP/1.1 103 Early Hints\r\n"),
    ],
)
def test_between_when_the_stream_is_harmed_sends_it(
    behind: str, deed: Deed, times: int, before: bytes
) -> None:
    with between(behind, Fault(deed=deed)) as (url, _):
        seen = raw(url)
    assert seen.startswith(before)
    assert seen.count(BODY) == times


def test_faults_by_name_are_more_than_forty_and_each_has_a_share() -> None:
    assert len(FAULTS) > 40
    assert all(0 < fault.share <= 1 for fault in FAULTS.values())
