"""A certificate of the lab's own is one that clients can check."""

import http.server
import shutil
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from lab.site import HOST, Site, answers, free_port
from lab.tls import certify

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl")


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The URL of a server with a certificate, and the certificate."""
    site = Site(install_dir=tmp_path, work_dir=tmp_path, log=tmp_path / "log", port=free_port())
    tls = certify(site, tmp_path, certificate="public.crt", key="private.key")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    handler = http.server.SimpleHTTPRequestHandler
    with http.server.ThreadingHTTPServer((HOST, site.port), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield site.secure_url, tls.certificate
        server.shutdown()


def test_a_client_that_trusts_it_is_served(secured: tuple[str, Path]) -> None:
    url, certificate = secured
    assert requests.get(url, verify=str(certificate), timeout=10).ok


def test_nobody_else_trusts_it(secured: tuple[str, Path]) -> None:
    with pytest.raises(requests.exceptions.SSLError, match="certificate verify failed"):
        requests.get(secured[0], timeout=10)


def test_the_lab_only_asks_whether_it_is_up(secured: tuple[str, Path]) -> None:
    assert answers(secured[0])
