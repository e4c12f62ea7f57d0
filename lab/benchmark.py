"""What the suite costs on a server: requests a row, wall time, memory.

    python -m lab.benchmark ceph_rgw

Each line is one run of the whole matrix. The last two go through a proxy that holds every answer
back for 50 ms, as a server far away would.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from lab import suite
from lab.cli import CACHE_DIR, MATRIX
from lab.server import Running, Server
from lab.servers import SERVERS
from lab.site import HOST, free_port

DELAY_SECONDS = 0.05
CHUNK = 2**16
DIRECT = (("--jobs", "1"), ("--jobs", "16"), ("-n", "2"))
DELAYED = (("--jobs", "1"), ("--jobs", "16"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run took.

    Attributes:
        seconds: wall time of the whole command.
        mebibytes: the largest resident set of any of its processes.
        rows: how many rows it observed.
    """

    seconds: float
    mebibytes: float
    rows: int


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
        yield f"http://{HOST}:{port}{urlsplit(upstream).path}", proxy
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def measure(server: Server, running: Running, folder: Path, options: Sequence[str]) -> Cost:
    """Hold the matrix against a server once."""
    results = folder / "results.json"
    results.unlink(missing_ok=True)
    words = suite.command(
        server, running, matrix=MATRIX, options=["-q", "--results", str(results), *options]
    )
    environment = {**os.environ, **suite.environment(running, folder)}
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, _, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    rows = len(json.loads(results.read_text())["rows"])
    return Cost(seconds=seconds, mebibytes=usage.ru_maxrss / 1024, rows=rows)


def main() -> None:
    """Print one line a run."""
    parser = argparse.ArgumentParser(prog="python -m lab.benchmark", description=__doc__)
    parser.add_argument("server", choices=SERVERS)
    server = SERVERS[parser.parse_args().server]
    server.install(CACHE_DIR)
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        started = server.start(CACHE_DIR, work / "server", work / "server.log", free_port())
        running, _ = stack.enter_context(started)
        for options in DIRECT:
            _print(options, "", measure(server, running, work, options))
        url, proxy = stack.enter_context(delayed(running.url, DELAY_SECONDS))
        for options in DELAYED:
            before = proxy.answers
            cost = measure(server, replace(running, url=url), work, options)
            requests = (proxy.answers - before) / cost.rows
            _print(options, f"50 ms later each, {requests:.2f} requests a row", cost)


def _print(options: Sequence[str], how: str, cost: Cost) -> None:
    line = f"{shlex.join(options):<10} {cost.seconds:7.1f} s {cost.mebibytes:6.0f} MiB  {how}"
    print(line.rstrip(), flush=True)


if __name__ == "__main__":
    main()
