"""The whole suite against the worst answers: `python -m tests.hostile [NAME…]`.

Each server answers ListBuckets and HeadBucket as S3 does, so that the run begins, and everything
else with one hostile answer. Printed for each: the exit status, the seconds, the peak of resident
memory, how long past its deadline a connection was held, and whether results were written.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.hostile.answers import ANSWERS, WORST, Script
from tests.hostile.server import send_all
from tests.servers import http, listening

ROOT: Final = Path(__file__).parents[2]
TIMEOUT: Final = 5
DEADLINE: Final = 3 * TIMEOUT
BUCKETS: Final = http(200, b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>")
GIVEN_UP: Final = 1200


def main() -> int:
    """Run, and print one line an answer; 1 where one of them hung."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("names", nargs="*", default=WORST, help=f"of {', '.join(ANSWERS)}")
    parser.add_argument("--jobs", default="16")
    parser.add_argument("--matrix", default=str(ROOT / "specs" / "r2.yaml"))
    options = parser.parse_args()
    hung = 0
    for name in options.names:
        hung += run(name, options.matrix, options.jobs)
    return int(bool(hung))


def run(name: str, matrix: str, jobs: str) -> bool:
    """Run the suite against one answer; whether it hung."""
    with tempfile.TemporaryDirectory() as folder, server(ANSWERS[name]) as (url, held):
        results = Path(folder, "results.json")
        command = [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", matrix,
            "--endpoint-url", url, "--jobs", jobs, "--timeout", str(TIMEOUT),
            "--results", str(results), "--tb=no", "--rootdir", folder,
        ]  # fmt: skip
        keys = {"AWS_ACCESS_KEY_ID": "fake-access", "AWS_SECRET_ACCESS_KEY": "fake-secret"}
        started = time.monotonic()
        with Path(folder, "log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **keys}, stdout=log, stderr=log
            )
            timer = threading.Timer(GIVEN_UP, process.kill)
            timer.start()
            _, status, usage = os.wait4(process.pid, 0)
            timer.cancel()
        seconds = time.monotonic() - started
        rows = len(json.loads(results.read_bytes())["rows"]) if results.exists() else 0
        past = max([0.0, *held]) - DEADLINE
        print(
            f"{name:28} exit {os.waitstatus_to_exitcode(status):3}  {seconds:6.0f} s  "
            f"{usage.ru_maxrss / 1024:5.0f} MB  {max(past, 0):5.2f} s past the deadline  "
            f"{len(held)} answers  {rows} rows written",
            flush=True,
        )
        return seconds >= GIVEN_UP


@contextmanager
def server(script: Script) -> Iterator[tuple[str, list[float]]]:
    """A server of one hostile answer; its URL, and how long each connection was held."""
    over = threading.Event()
    held: list[float] = []

    def serve(connection: socket.socket) -> None:
        head = connection.recv(65536).split(b"\r\n")[0]
        path = head.split(b" ")[1].split(b"?")[0] if b" " in head else b""
        if path == b"/":
            connection.sendall(BUCKETS)
            return
        started = time.monotonic()
        try:
            send_all(connection, script, over)
        finally:
            held.append(time.monotonic() - started)

    with listening(serve) as url:
        try:
            yield url, held
        finally:
            over.set()


if __name__ == "__main__":
    sys.exit(main())
