"""A proxy that makes a server without SSE-C one that has it, as far as a client can see."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from conformance.s3.endpoint import Endpoint
from tests.probes.fakes import Answer, Request, proxy

PREFIX: Final = "x-amz-server-side-encryption-customer-"
SOURCE: Final = "x-amz-copy-source-server-side-encryption-customer-"
REFUSED: Final = Answer(
    status=400, body=b"<Error><Code>InvalidRequest</Code><Message>SSE-C</Message></Error>"
)


@dataclass
class Keys:
    """Which object or upload was begun with which key."""

    known: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, name: str) -> str | None:
        with self.lock:
            return self.known.get(name)

    def keep(self, name: str, key: str | None) -> None:
        with self.lock:
            self.known.pop(name, None)
            if key is not None:
                self.known[name] = key


class Bad(Exception):
    """The triple is incomplete or wrong."""


def triple(request: Request, prefix: str) -> str | None:
    """The key of a valid triple, or None where there is none."""
    algorithm, key, md5 = (
        request.header(prefix + name) for name in ("algorithm", "key", "key-MD5")
    )
    if algorithm is None and key is None and md5 is None:
        return None
    if algorithm != "AES256" or not key or not md5 or digest(key) != md5:
        raise Bad
    if len(base64.b64decode(key)) != 32:
        raise Bad
    return key


def digest(key: str) -> str:
    """The MD5 of a key, both in base64."""
    return base64.b64encode(
        hashlib.md5(base64.b64decode(key), usedforsecurity=False).digest()
    ).decode()


@contextmanager
def sealing(upstream: Endpoint) -> Iterator[Endpoint]:
    """A proxy that serves what was stored with a key to whoever has it, and nobody else."""
    keys = Keys()

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        try:
            return _respond(request, ask, keys)
        except Bad:
            return REFUSED

    with proxy(upstream, respond) as endpoint:
        yield endpoint


def _respond(request: Request, ask: Callable[[Request], Answer], keys: Keys) -> Answer:
    key = triple(request, PREFIX)
    upload = next((p for p in request.query if p.startswith("uploadId=")), None)
    source = request.header("x-amz-copy-source")
    if source is not None and keys.of("/" + unquote(source).lstrip("/")) != triple(request, SOURCE):
        raise Bad
    if upload is not None and request.method == "PUT" and keys.of(upload) != key:
        raise Bad
    if request.method in ("GET", "HEAD") and keys.of(request.path) != key:
        raise Bad
    answer = ask(request)
    if answer.status == 200 and request.method in ("PUT", "POST"):
        _note(request, answer, keys, key, upload)
    return answer


def _note(
    request: Request, answer: Answer, keys: Keys, key: str | None, upload: str | None
) -> None:
    if request.query == ["uploads"]:
        begun = answer.body.decode().partition("<UploadId>")[2].partition("<")[0]
        keys.keep(f"uploadId={begun}", key)
    elif upload is None:
        keys.keep(request.path, key)
    elif request.method == "POST":
        keys.keep(request.path, keys.of(upload))
