"""One path for every request: signed, retried where that is right, recorded, bounded."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.s3 import client as module
from conformance.s3.client import Client, Cut, Deadlines, NoAnswer, Throttled
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.exchange import Exchange
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from tests.servers import closing, dripping, error, free_url, http, saying, silent

GET = Call(operation="GetObject", bucket="b", key="k")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_pause", lambda *_: 0.0)


def wire_to(url: str, **deadlines: float) -> Client:
    endpoint = Endpoint(
        url=url,
        region="us-east-1",
        credentials=Credentials(access_key="fake-access", secret_key="fake-secret"),
    )
    return Client(
        endpoint, Redactor(), Deadlines(**{"connect": 5, "read": 5, "total": 5} | deadlines)
    )


@pytest.mark.parametrize("status", [429, 503])
def test_throttling_is_waited_out(status: int) -> None:
    with saying(error(status, "SlowDown"), error(status, "SlowDown"), http(200, b"ours")) as url:
        client = wire_to(url)
        assert client.send(GET).body == b"ours"
        assert client.requests_sent == 3


def test_what_only_reads_is_asked_again_when_the_connection_is_cut() -> None:
    with saying(b"", b"", http(200, b"ours")) as url:
        assert wire_to(url).send(GET).body == b"ours"

    put = Call(operation="PutObject", bucket="b", key="k")
    with saying(b"", http(200)) as url, pytest.raises(Cut):
        wire_to(url).send(put)


def test_throttling_without_end_is_no_answer() -> None:
    with saying(error(503, "SlowDown")) as url, pytest.raises(Throttled, match="6 times"):
        wire_to(url).send(GET)


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_server_error_is_believed_the_third_time(status: int) -> None:
    with saying(error(status, "InternalError")) as url:
        client = wire_to(url)
        assert client.send(GET).status == status
        assert client.requests_sent == 3


@pytest.mark.parametrize("status", [400, 403, 412, 501])
def test_a_refusal_is_believed_at_once(status: int) -> None:
    with saying(error(status, "Refused")) as url:
        client = wire_to(url)
        assert client.send(GET).status == status
        assert client.requests_sent == 1


def test_no_redirect_is_followed() -> None:
    with saying(http(307, b"", "Location: http://127.0.0.1:1/")) as url:
        assert wire_to(url).send(GET).status == 307


def test_a_dead_endpoint_is_no_answer() -> None:
    with pytest.raises(NoAnswer, match="the connection failed"):
        wire_to(free_url()).send(GET)


def test_a_closed_connection_is_no_answer_and_recorded() -> None:
    record: list[Exchange] = []
    with closing() as url, pytest.raises(NoAnswer):
        wire_to(url).send(GET, record=record)
    assert record[0]["response"] is None
    assert record[0]["error"]


def test_silence_ends_at_the_deadline() -> None:
    with silent() as url, pytest.raises(NoAnswer, match="before the deadline"):
        wire_to(url, read=0.1).send(GET)


def test_a_body_that_drips_ends_at_the_deadline() -> None:
    """Each byte comes in time; all of them would take days."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 16000000\r\n\r\n"
    with dripping(head, 0.02) as url, pytest.raises(NoAnswer, match=r"longer than 0\.5 s"):
        wire_to(url, total=0.5).send(GET)


def test_a_body_in_chunks_is_whole() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with saying(head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") as url:
        assert wire_to(url).send(GET).body == b"abcde"
    with saying(head + b"3\r\nabc\r\n2\r\nd") as url, pytest.raises(NoAnswer):
        wire_to(url).send(GET)


def test_a_body_cut_short_is_no_answer() -> None:
    cut = http(200, b"0123456789")[:-4]
    with saying(cut) as url, pytest.raises(NoAnswer):
        wire_to(url).send(GET)


def test_a_body_without_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BODY_LIMIT", 100_000)
    with saying(http(200, b"x" * 400_000)) as url, pytest.raises(NoAnswer, match="longer than"):
        wire_to(url).send(GET)


def test_an_answer_of_headers_only_is_bounded() -> None:
    many = http(200, b"", *(f"x-{n}: y" for n in range(90)))
    with saying(many) as url:
        assert wire_to(url).send(GET).ok
    endless = http(200, b"", *(f"x-{n}: y" for n in range(2000)))
    with saying(endless) as url, pytest.raises(NoAnswer):
        wire_to(url).send(GET)


def test_what_is_asked_for_is_signed_whatever_the_sdk_knows() -> None:
    record: list[Exchange] = []
    call = GET.plus(headers={"x-amz-unheard-of": "1"}, query={"x": "a b/ü"})
    with saying(http(200)) as url:
        wire_to(url).send(call, record=record)
    request = record[0]["request"]
    assert request["url"].endswith("/b/k?x=a%20b%2F%C3%BC")
    assert ["Authorization", "[redacted]"] in request["headers"]
    assert "x-amz-unheard-of: 1" in record[0]["curl"]


def test_curl_is_given_the_query_as_it_is_signed() -> None:
    record: list[Exchange] = []
    call = GET.plus(query={"key": "b", "key-marker": "a", "acl": ""})
    with saying(http(200)) as url:
        wire_to(url).send(call, record=record)
    assert record[0]["curl"].endswith("/b/k?acl=&key=b&key-marker=a'")


def test_anonymous_requests_carry_no_signature() -> None:
    record: list[Exchange] = []
    with saying(http(200)) as url:
        wire_to(url).send(GET, record=record, anonymous=True)
    names = {name.lower() for name, _ in record[0]["request"]["headers"]}
    assert "authorization" not in names
    assert "--aws-sigv4" not in record[0]["curl"]


def test_credentials_of_netrc_never_replace_the_signature(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    received: list[bytes] = []
    with saying(http(200), received=received) as url:
        wire_to(url).send(GET)
    assert b"Authorization: AWS4-HMAC-SHA256 " in received[0]
