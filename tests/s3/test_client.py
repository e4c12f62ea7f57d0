"""One path for every request: signed, retried where that is right, recorded, bounded."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from conformance.s3 import client as module
from conformance.s3.client import Client, Cut, Deadlines, NoAnswer, Throttled
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.exchange import Exchange
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from tests.servers import closing, dripping, error, free_url, http, saying, silent

GET = Call(operation="GetObjectAcl", bucket="b", key="k")


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the client would have waited, in order; no test waits."""
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    return waited


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
def test_send_when_throttled_sends_again(status: int) -> None:
    with saying(error(status, "SlowDown"), error(status, "SlowDown"), http(200, b"ours")) as url:
        client = wire_to(url)
        assert client.send(GET).body == b"ours"
        assert client.requests_sent == 3


PART = {"partNumber": "1", "uploadId": "u"}


@pytest.mark.parametrize(
    "call",
    [
        GET,
        Call(operation="PutBucketCors", bucket="b"),
        Call(operation="PutObjectTagging", bucket="b", key="k"),
        Call(operation="UploadPart", bucket="b", key="k", query=PART),
    ],
    ids=lambda call: call.operation,
)
def test_send_when_the_connection_is_cut_repeats_what_does_the_same_twice(call: Call) -> None:
    with saying(b"", b"", http(200, b"ours")) as url:
        assert wire_to(url).send(call).body == b"ours"


@pytest.mark.parametrize(
    "call",
    [
        Call(operation="CreateBucket", bucket="b"),
        Call(operation="PutObject", bucket="b", key="k"),
        Call(operation="RenameObject", bucket="b", key="k"),
        Call(operation="CompleteMultipartUpload", bucket="b", key="k", query={"uploadId": "u"}),
        Call(operation="AbortMultipartUpload", bucket="b", key="k", query={"uploadId": "u"}),
        Call(operation="DeleteBucketCors", bucket="b"),
    ],
    ids=lambda call: call.operation,
)
def test_send_when_the_connection_is_cut_does_not_repeat_other_writes(call: Call) -> None:
    with saying(b"", http(200)) as url, pytest.raises(Cut):
        wire_to(url).send(call)


@pytest.mark.parametrize(("after", "waited"), [("3", 3.0), ("9999", 20.0), ("0", 0.0)])
def test_send_when_throttled_with_retry_after_waits_so_long_but_never_over_the_limit(
    pauses: list[float], after: str, waited: float
) -> None:
    throttled = http(503, b"", f"Retry-After: {after}")
    with saying(throttled, throttled, http(200)) as url:
        assert wire_to(url).send(GET).ok
    assert pauses == [waited, waited]


@pytest.mark.parametrize("after", [(), ("Retry-After: Wed, 21 Oct 2026 07:28:00 GMT",)])
def test_send_when_throttled_without_seconds_waits_twice_as_long_each_time(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch, after: tuple[str, ...]
) -> None:
    monkeypatch.setattr(random, "random", lambda: 0.5)
    with saying(http(503, b"", *after)) as url, pytest.raises(Throttled):
        wire_to(url).send(GET)
    assert pauses == [0.25, 0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize(("chance", "waited"), [(0.0, 0.125), (1.0, 0.375)])
def test_send_when_throttled_varies_the_pause_by_half(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch, chance: float, waited: float
) -> None:
    monkeypatch.setattr(random, "random", lambda: chance)
    with saying(error(429, "SlowDown"), http(200)) as url:
        wire_to(url).send(GET)
    assert pauses == [waited]


def test_send_when_the_server_fails_waits_half_as_long_as_when_throttled(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "random", lambda: 0.5)
    with saying(error(500, "InternalError")) as url:
        wire_to(url).send(GET)
    assert pauses == [0.125, 0.25]


def test_send_when_always_throttled_raises_throttled() -> None:
    with saying(error(503, "SlowDown")) as url, pytest.raises(Throttled, match="6 times"):
        wire_to(url).send(GET)


@pytest.mark.parametrize("status", [500, 502, 504])
def test_send_when_the_server_fails_three_times_returns_the_third_error(status: int) -> None:
    with saying(error(status, "InternalError")) as url:
        client = wire_to(url)
        assert client.send(GET).status == status
        assert client.requests_sent == 3


@pytest.mark.parametrize("status", [400, 403, 412, 501])
def test_send_when_refused_asks_twice(status: int) -> None:
    with saying(error(status, "Refused")) as url:
        client = wire_to(url)
        assert client.send(GET).status == status
        assert client.requests_sent == 2


def test_send_when_redirected_returns_the_redirect() -> None:
    with saying(http(307, b"", "Location: http://127.0.0.1:1/")) as url:
        assert wire_to(url).send(GET).status == 307


def test_send_when_no_server_listens_raises_no_answer() -> None:
    with pytest.raises(NoAnswer, match="the connection failed"):
        wire_to(free_url()).send(GET)


def test_send_when_the_connection_is_closed_records_the_error() -> None:
    record: list[Exchange] = []
    with closing() as url, pytest.raises(NoAnswer):
        wire_to(url).send(GET, record=record)
    assert record[0]["response"] is None
    assert record[0]["error"]


def test_send_when_the_error_repeats_a_secret_redacts_it() -> None:
    """A server may echo the signed request where a status line should be."""
    record: list[Exchange] = []
    with saying(b"fake-secret fake-access\r\n\r\n") as url, pytest.raises(NoAnswer) as caught:
        wire_to(url).send(GET, record=record)
    assert "[redacted] [redacted]" in str(caught.value)
    assert "fake-" not in str(caught.value)
    assert record[0]["error"] == str(caught.value)


def test_send_when_the_server_is_silent_raises_at_the_deadline() -> None:
    with silent() as url, pytest.raises(NoAnswer, match="before the deadline"):
        wire_to(url, read=0.1).send(GET)


def test_send_when_the_body_drips_raises_at_the_deadline() -> None:
    """Each byte comes in time; all of them would take days."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 16000000\r\n\r\n"
    with dripping(head, 0.02) as url, pytest.raises(NoAnswer, match=r"longer than 0\.5 s"):
        wire_to(url, total=0.5).send(GET)


def test_send_when_the_body_is_chunked_returns_it_whole_or_raises() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with saying(head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") as url:
        assert wire_to(url).send(GET).body == b"abcde"
    with saying(head + b"3\r\nabc\r\n2\r\nd") as url, pytest.raises(NoAnswer):
        wire_to(url).send(GET)


def test_send_when_the_body_is_cut_raises_no_answer() -> None:
    cut = http(200, b"0123456789")[:-4]
    with saying(cut) as url, pytest.raises(NoAnswer):
        wire_to(url).send(GET)


def test_send_when_the_body_exceeds_the_limit_raises_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "BODY_LIMIT", 100_000)
    with saying(http(200, b"x" * 400_000)) as url, pytest.raises(NoAnswer, match="longer than"):
        wire_to(url).send(GET)


def test_send_when_headers_exceed_the_limit_raises_no_answer() -> None:
    many = http(200, b"", *(f"x-{n}: y" for n in range(90)))
    with saying(many) as url:
        assert wire_to(url).send(GET).ok
    endless = http(200, b"", *(f"x-{n}: y" for n in range(2000)))
    with saying(endless) as url, pytest.raises(NoAnswer):
        wire_to(url).send(GET)


def test_send_when_the_sdk_does_not_know_a_header_signs_it() -> None:
    record: list[Exchange] = []
    call = GET.plus(headers={"x-amz-unheard-of": "1"}, query={"x": "a b/ü"})
    with saying(http(200)) as url:
        wire_to(url).send(call, record=record)
    request = record[0]["request"]
    assert request["url"].endswith("/b/k?acl&x=a%20b%2F%C3%BC")
    assert ["Authorization", "[redacted]"] in request["headers"]
    assert "x-amz-unheard-of: 1" in record[0]["curl"]


def test_record_curl_command_has_the_query_as_signed() -> None:
    record: list[Exchange] = []
    call = GET.plus(query={"key": "b", "key-marker": "a", "acl": ""})
    with saying(http(200)) as url:
        wire_to(url).send(call, record=record)
    assert record[0]["curl"].endswith("/b/k?acl=&key=b&key-marker=a'")


def test_send_when_anonymous_adds_no_signature() -> None:
    record: list[Exchange] = []
    with saying(http(200)) as url:
        wire_to(url).send(GET, record=record, anonymous=True)
    names = {name.lower() for name, _ in record[0]["request"]["headers"]}
    assert "authorization" not in names
    assert "--aws-sigv4" not in record[0]["curl"]


def test_send_when_netrc_knows_the_host_keeps_the_signature(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    received: list[bytes] = []
    with saying(http(200), received=received) as url:
        wire_to(url).send(GET)
    assert b"Authorization: AWS4-HMAC-SHA256 " in received[0]
