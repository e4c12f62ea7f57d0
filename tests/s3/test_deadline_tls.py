"""One deadline covers an answer over TLS, and through a proxy, however slowly it comes."""

from __future__ import annotations

import gc
import shutil
import socket
import ssl
import subprocess
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.s3.client import Client, Deadlines, NoAnswer
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from tests.servers import listening

TOTAL = 0.4
# What the server drips for; without a deadline the request lasts as long.
LONGEST = 20.0
WITHIN = 10.0
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Of 127.0.0.1, and its key, in PEM."""

    public: Path
    key: Path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl")
    folder = tmp_path_factory.mktemp("tls")
    made = Certificate(public=folder / "public.crt", key=folder / "private.key")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(made.key), "-out", str(made.public)]
    argv = ["openssl", "req", "-x509", *curve, "-days", "2", *subject, *files]
    subprocess.run(argv, check=True, capture_output=True)
    return made


def _drip(connection: socket.socket, over: threading.Event, first: bytes, piece: bytes) -> None:
    connection.recv(65536)
    connection.sendall(first)
    end = time.monotonic() + LONGEST
    while time.monotonic() < end and not over.wait(0.05):
        connection.sendall(piece)


@contextmanager
def serving(drip: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    over = threading.Event()
    with listening(lambda connection: drip(connection, over)) as url:
        try:
            yield url
        finally:
            over.set()


@contextmanager
def secure(certificate: Certificate, first: bytes, piece: bytes) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.public, certificate.key)

    def drip(connection: socket.socket, over: threading.Event) -> None:
        with context.wrap_socket(connection, server_side=True) as inner:
            _drip(inner, over, first, piece)

    with serving(drip) as url:
        yield url.replace("http:", "https:")


def ask(url: str, *, verify: bool | str) -> None:
    """Send one request that never has an answer.

    Raises:
        NoAnswer: as it has to.
    """
    keys = Credentials(access_key="fake-access", secret_key="fake-secret")
    endpoint = Endpoint(url=url, region="us-east-1", credentials=keys, verify=verify)
    client = Client(endpoint, Redactor(), Deadlines(connect=WITHIN, read=WITHIN, total=TOTAL))
    client.send(Call(operation="PutBucketTagging", bucket="b"))  # what only reads is sent again


def in_time(url: str, *, verify: bool | str = True) -> bool:
    begun = time.monotonic()
    with pytest.raises(NoAnswer, match=r"longer than 0\.4 s"):
        ask(url, verify=verify)
    return time.monotonic() - begun < WITHIN


DRIPS = {
    "status line": (b"HTTP/1.1 200 O", b"K"),
    "header": (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "body": (HEAD, b"x"),
}


@pytest.mark.parametrize(("first", "piece"), DRIPS.values(), ids=DRIPS)
def test_send_over_tls_when_the_answer_drips_ends_by_the_deadline(
    certificate: Certificate, first: bytes, piece: bytes
) -> None:
    with secure(certificate, first, piece) as url:
        assert in_time(url, verify=str(certificate.public))


@pytest.mark.parametrize(("first", "piece"), DRIPS.values(), ids=DRIPS)
def test_send_through_a_proxy_when_the_answer_drips_ends_by_the_deadline(
    monkeypatch: pytest.MonkeyPatch, first: bytes, piece: bytes
) -> None:
    with serving(lambda connection, over: _drip(connection, over, first, piece)) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert in_time("http://store.example:9000")


def test_send_over_tls_when_the_proxy_drips_ends_by_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proxy answers CONNECT before there is TLS."""
    first, piece = DRIPS["header"]
    with serving(lambda connection, over: _drip(connection, over, first, piece)) as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert in_time("https://store.example:9000")
    with warnings.catch_warnings():
        # Python begins TLS on the socket that was cut, and leaves it open when that fails.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
