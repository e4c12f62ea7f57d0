"""Kept connections on which every answer is that to the request before it.

An answer that is sent twice would be taken for the answer to the next request. Bytes that nobody
asked for are looked for before a kept connection is used again, and informational responses (1xx,
RFC 9110, 15.2) before the final one are passed over.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from urllib3 import PoolManager
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from conformance.s3.transport import Adapter, Answer, Plain, Secure

BODILESS: Final = (204, 304)
INFORMATIONAL: Final = 20  # more of them before one answer are an answer without an end

Notice = Callable[[str], None]


class _Response(Answer):
    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(INFORMATIONAL):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 102 <= status < 200:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException("only informational responses")


def _has_bytes(sock: Any) -> bool:
    """Whether an idle connection that can be read has bytes, and was not just closed."""
    with suppress(OSError, ValueError, ssl.SSLError):
        sock.settimeout(0)
        return bool(sock.recv(1))
    return False


def _subresource(url: str) -> str:
    """What a request is about, without names and values: `?acl`."""
    names = [name for name in urlsplit(url).query.split("&") if name and "=" not in name]
    return f" ?{'&'.join(names)}" if names else ""


def _kept(base: type[Any], notice: Notice) -> type[Any]:
    """A connection that notices what nobody asked for; urllib3 then opens another."""

    class Kept(base):  # type: ignore[misc]
        response_class = _Response
        _asked = _about = ""

        def putrequest(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:
            self._asked, self._about = method, _subresource(url)
            super().putrequest(method, url, *args, **kwargs)

        @property
        def is_connected(self) -> bool:
            connected = bool(super().is_connected)
            # A body after HEAD, which some servers send, is no answer to anything.
            idle = not connected and self.sock is not None and self._asked != "HEAD"
            if idle and _has_bytes(self.sock):
                notice(f"{self._asked}{self._about}")
            return connected

    return Kept


class InStepAdapter(Adapter):
    """An adapter of requests with connections of this kind.

    Args:
        notice: called in the thread that finds bytes which nobody asked for, with the last request
            on their connection: `GET ?acl`.
    """

    def __init__(self, notice: Notice) -> None:
        self._classes = {
            "http": _pool(HTTPConnectionPool, _kept(Plain, notice)),
            "https": _pool(HTTPSConnectionPool, _kept(Secure, notice)),
        }
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self._watch(self.poolmanager)

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):  # those have connections of their own
            self._watch(manager)
        return manager

    def _watch(self, manager: PoolManager) -> None:
        manager.pool_classes_by_scheme = self._classes

    def settle(self) -> None:
        """Look at the kept connections; one with bytes that nobody asked for is not used again."""
        manager = self.poolmanager
        for key in manager.pools.keys():  # noqa: SIM118 - it has no other way to be read
            pool = manager.pools.get(key)
            waiting = [] if pool is None or pool.pool is None else [*pool.pool.queue]
            for connection in waiting:
                kept = connection is not None and connection.sock is not None
                if kept and not connection.is_connected:
                    connection.close()


def has_forbidden_body(answer: requests.Response) -> bool:
    """Whether a body was sent with a status that has none (RFC 9112, 6.3); it is not read."""
    length = answer.headers.get("Content-Length", "0")
    chunked = "Transfer-Encoding" in answer.headers
    return answer.status_code in BODILESS and (chunked or length != "0")


def _pool(base: type[Any], connection: type[Any]) -> type[Any]:
    return type(f"InStep{base.__name__}", (base,), {"ConnectionCls": connection})
