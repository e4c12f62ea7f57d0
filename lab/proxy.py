"""A proxy between one client and one server that passes every byte on and notes each exchange.

It speaks TLS with the client even where the server does not: several SDKs send other bodies over
plain HTTP than they do to a real store.
"""

import asyncio
import contextlib
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from lab.exchanges import Exchange, error_code, kept_of_answer, request
from lab.http_tap import Message, Tap
from lab.site import HOST, free_port
from lab.tls import Certificate

CHUNK = 2**16
BODYLESS = (204, 304)
CLOSE_SECONDS = 5.0


class Recorder:
    """Notes the exchanges of one connection."""

    def __init__(self, exchanges: list[Exchange], step: str, prefix: str) -> None:
        self._exchanges = exchanges
        self._prefix = prefix
        self._step = step
        self._pending: deque[Exchange] = deque()
        self.requests = Tap(self._asked, lambda _: None)
        self.answers = Tap(
            self._answering, self._answered, has_body=self._has_body, until_close=True
        )

    def enter(self, step: str) -> None:
        """Say which step of the scenario the next requests belong to."""
        self._step = step

    def _asked(self, message: Message) -> None:
        exchange = request(self._step, message.line, message.headers)
        exchange.path = exchange.path.removeprefix(self._prefix)
        self._pending.append(exchange)
        self._exchanges.append(exchange)

    def _answering(self, message: Message) -> None:
        if not self._pending:
            raise ValueError("an answer to nothing")
        exchange = self._pending[0]
        if message.status < 200:
            exchange.interim.append(message.status)
            return
        if "expect" in exchange.values and not exchange.interim:
            self.requests.abandon_body()
        exchange.status = message.status
        exchange.answer = kept_of_answer({name.lower(): v for name, v in message.headers})

    def _answered(self, message: Message) -> None:
        if message.status >= 200:
            self._pending.popleft().code = error_code(bytes(message.body))

    def _has_body(self, message: Message) -> bool:
        bodyless = message.status < 200 or message.status in BODYLESS
        return not bodyless and self._pending[0].method != "HEAD"


class Proxy:
    """Passes bytes between clients and one server, and notes the exchanges.

    Attributes:
        exchanges: what was sent, in order of the requests' heads.
        step: the step of the scenario that is under way.
        path: what comes before the bucket in the server's URLs; exchanges leave it out.
    """

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self._host, self._port = parts.hostname or HOST, parts.port or 80
        self.path = parts.path.rstrip("/")
        self._tls = _trusting() if parts.scheme == "https" else None
        self.exchanges: list[Exchange] = []
        self.step = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        recorder = Recorder(self.exchanges, self.step, self.path)
        try:
            back_reader, back_writer = await asyncio.open_connection(
                self._host, self._port, ssl=self._tls
            )
        except OSError:
            writer.close()
            return

        async def ask() -> None:
            while data := await reader.read(CHUNK):
                recorder.enter(self.step)
                recorder.requests.feed(data)
                back_writer.write(data)
                await back_writer.drain()

        async def answer() -> None:
            while data := await back_reader.read(CHUNK):
                recorder.answers.feed(data)
                writer.write(data)
                await writer.drain()
            recorder.answers.close()

        tasks = [asyncio.ensure_future(ask()), asyncio.ensure_future(answer())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            return  # the proxy ends
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for each in (writer, back_writer):
                with contextlib.suppress(OSError, ssl.SSLError):
                    each.close()


@contextmanager
def recording(upstream: str, certificate: Certificate | None = None) -> Iterator[tuple[str, Proxy]]:
    """Run a proxy in a thread of its own: the URL for clients, and the proxy.

    Without a certificate it speaks plain HTTP.
    """
    proxy = Proxy(upstream)
    port = free_port()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    tls = None if certificate is None else _certified(certificate)
    server = asyncio.run_coroutine_threadsafe(
        asyncio.start_server(proxy.serve, HOST, port, ssl=tls), loop
    ).result()
    try:
        yield f"http{'s' if tls else ''}://{HOST}:{port}{proxy.path}", proxy
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(CLOSE_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


def _certified(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    return context


def _trusting() -> ssl.SSLContext:
    # The proxy stands for the client on this side, and both ends are of this machine.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
