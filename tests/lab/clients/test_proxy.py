"""The proxy between a client and a server."""

import http.client
import http.server
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from lab.exchanges import Exchange
from lab.proxy import Proxy, Recorder, recording
from lab.site import HOST

ERROR = b"<Error><Code>NoSuchKey</Code></Error>"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self._answer(200, body)

    def do_GET(self) -> None:
        self._answer(404, ERROR)

    def do_HEAD(self) -> None:
        self._answer(404, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) or 7))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def proxied() -> Iterator[tuple[http.client.HTTPConnection, Proxy]]:
    server = http.server.ThreadingHTTPServer((HOST, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with recording(f"http://{HOST}:{server.server_port}") as (url, proxy):
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
        with closing(connection):
            yield connection, proxy
    server.shutdown()
    server.server_close()


def test_proxy_when_the_server_is_below_a_path_notes_paths_without_it() -> None:
    with recording(f"http://{HOST}:1/below") as (url, proxy):
        recorder = Recorder(proxy.exchanges, "get", proxy.path)
        recorder.requests.feed(b"GET /below/bucket/key HTTP/1.1\r\n\r\n")

    assert url.endswith("/below")
    assert [each.path for each in proxy.exchanges] == ["/bucket/key"]


def send(
    connection: http.client.HTTPConnection, method: str, body: bytes | None = None
) -> tuple[int, bytes]:
    connection.request(method, "/bucket/key?partNumber=1", body, {"Expect": "100-continue"})
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_proxy_when_requests_share_a_connection_notes_each_under_its_step(
    proxied: tuple[http.client.HTTPConnection, Proxy],
) -> None:
    connection, proxy = proxied

    proxy.step = "put"
    put = send(connection, "PUT", b"x" * 300_000)
    proxy.step = "read"
    head, get = send(connection, "HEAD"), send(connection, "GET")

    assert (put, head, get) == ((200, b"x" * 300_000), (404, b""), (404, ERROR))
    noted = [(each.step, each.method, each.status, each.code) for each in proxy.exchanges]
    assert noted == [
        ("put", "PUT", 200, None),
        ("read", "HEAD", 404, None),
        ("read", "GET", 404, "NoSuchKey"),
    ]
    assert proxy.exchanges[0].interim == [100]


def test_recorder_when_the_answer_comes_before_the_body_reads_the_next_request() -> None:
    exchanges: list[Exchange] = []
    recorder = Recorder(exchanges, "put", "")
    head = b"PUT /b/k HTTP/1.1\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"

    for _ in range(2):
        recorder.requests.feed(head)
        recorder.answers.feed(b"HTTP/1.1 411 No\r\nContent-Length: 0\r\n\r\n")

    assert [each.status for each in exchanges] == [411, 411]


def test_proxy_when_the_server_is_gone_closes_the_connection() -> None:
    with recording(f"http://{HOST}:1") as (url, proxy):
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
        with closing(connection), pytest.raises((http.client.HTTPException, OSError)):
            send(connection, "GET")

    assert all(each.status is None for each in proxy.exchanges)
