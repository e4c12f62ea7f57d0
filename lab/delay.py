"""A proxy that counts answers and holds each back, as a server far away would."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from lab.site import HOST, free_port

CHUNK = 2**16


class DelayProxy:
    """Passes bytes on, holds each answer back, and counts them."""

    def __init__(self, upstream: str, delay: float) -> None:
        parts = urlsplit(upstream)
        self._host, self._port = parts.hostname or HOST, parts.port or 80
        self._delay = delay
        self.answers = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        back_reader, back_writer = await asyncio.open_connection(self._host, self._port)
        asked = asyncio.Event()
        try:
            await asyncio.gather(
                self._ask(reader, back_writer, asked), self._answer(back_reader, writer, asked)
            )
        except OSError:
            return
        finally:
            writer.close()
            back_writer.close()

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: asyncio.Event
    ) -> None:
        while chunk := await reader.read(CHUNK):
            asked.set()
            writer.write(chunk)
            await writer.drain()
        writer.close()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: asyncio.Event
    ) -> None:
        while chunk := await reader.read(CHUNK):
            if asked.is_set():
                asked.clear()
                self.answers += 1
                await asyncio.sleep(self._delay)
            writer.write(chunk)
            await writer.drain()
        writer.close()


@contextmanager
def delayed(upstream: str, delay: float) -> Iterator[tuple[str, DelayProxy]]:
    """A proxy in a thread of its own: its URL, and the proxy for its count."""
    proxy = DelayProxy(upstream, delay)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    port = free_port()
    start = asyncio.start_server(proxy.serve, HOST, port)
    server = asyncio.run_coroutine_threadsafe(start, loop).result()
    try:
        yield f"{urlsplit(upstream).scheme}://{HOST}:{port}{urlsplit(upstream).path}", proxy
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
