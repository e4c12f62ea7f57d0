"""Where one server lives while it runs: its folders, its port and its processes."""

import contextlib
import http.client
import random
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from lab.errors import LabError
from lab.process import Process, last_line, run, uninterrupted, wait_until

HOST = "127.0.0.1"
PORTS = range(18000, 30000)
"""Below the range from which systems take the ports of outgoing connections."""
OWN_FOLDERS = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
"""The variables that tell programs where to leave what they keep."""
STAY_POLL_SECONDS = 0.5
GRACE_SECONDS = 5.0
"""What a server gets to stop by itself: it keeps nothing that is worth more."""


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port of the loopback now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind((HOST, port))
            return True
    return False


def answers(url: str) -> bool:
    """Say whether an HTTP server at this URL answers with anything but a server error."""
    parts = urlsplit(url)
    host = parts.hostname or HOST
    connection = http.client.HTTPConnection(host, parts.port, timeout=2)
    if parts.scheme == "https":
        # Whether it can be trusted is for clients to say; here it only has to be up.
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(host, parts.port, timeout=2, context=trusting)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    return False


class Site:
    """The ground a server is started on; leaving it stops all that was started there."""

    def __init__(self, *, install_dir: Path, work_dir: Path, log: Path, port: int) -> None:
        self.install_dir = install_dir.absolute()
        self.work_dir = work_dir.absolute()
        self.port = port
        self.url = f"http://{HOST}:{port}"
        self.secure_url = f"https://{HOST}:{port}"
        self.log = log.absolute()
        self._scratch = self.work_dir / "scratch"
        self._taken = {port}
        self._processes: list[Process] = []
        self._strays: list[Path] = []

    def program(self, name: str) -> Path:
        """Return the path of an installed program."""
        return self.install_dir / "bin" / name

    def jar(self, name: str) -> list[str | Path]:
        """Return the words that start an installed jar, with Java's own files kept off /tmp."""
        options = ["-XX:-UsePerfData", f"-Djava.io.tmpdir={self._scratch}"]
        return ["java", *options, "-jar", self.install_dir / "lib" / f"{name}.jar"]

    def folder(self, name: str) -> Path:
        """Return a new folder of the work directory."""
        path = self.work_dir / name
        path.mkdir(parents=True)
        return path

    def write(self, name: str, text: str) -> Path:
        """Write a configuration file into the work directory."""
        path = self.work_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def sweep(self, path: Path) -> None:
        """Note a file that a program leaves outside the work directory, to remove at the end."""
        self._strays.append(path)

    def free_port(self) -> int:
        """Return a port for a listener besides the S3 one, never the same twice."""
        port = free_port(besides=self._taken)
        self._taken.add(port)
        return port

    def spawn(self, argv: Sequence[str | Path], env: Mapping[str, str] | None = None) -> None:
        """Start a program that stays until the site is left."""
        environment = self._environment(env)
        with uninterrupted():
            process = Process(argv, log=self.log, cwd=self.work_dir, env=environment)
            self._processes.append(process)

    def run(
        self,
        argv: Sequence[str | Path],
        env: Mapping[str, str] | None = None,
        seconds: float = 60.0,
    ) -> None:
        """Run a command to its end, as long as the programs it may wait for live."""
        run(
            argv,
            seconds=seconds,
            log=self.log,
            cwd=self.work_dir,
            env=self._environment(env),
            watch=self.check,
        )

    def check(self) -> None:
        """Raise when a program that should be running has ended."""
        for process in self._processes:
            if process.ended():
                status = process.stop()
                words = last_line(self.log)
                raise LabError(
                    f"{process.name} ended with status {status}: {words} (log: {self.log})"
                )

    def wait_for(self, condition: Callable[[], bool], what: str, *, seconds: float) -> None:
        """Wait until a condition holds, no longer than given nor than the programs live."""

        def settled() -> bool:
            self.check()
            return condition()

        if not wait_until(settled, seconds=seconds):
            raise LabError(f"{what} did not happen within {seconds:g} s (log: {self.log})")

    def wait_for_answer(self, url: str, *, seconds: float) -> None:
        """Wait until an HTTP server answers at this URL."""
        self.wait_for(lambda: answers(url), f"an answer from {url}", seconds=seconds)

    def stay(self) -> NoReturn:
        """Wait until a program ends by itself, which is an error."""
        while True:
            self.check()
            time.sleep(STAY_POLL_SECONDS)

    def stop(self) -> None:
        """Stop every process group started here, the latest first, and remove the strays."""
        while self._processes:
            self._processes.pop().stop(grace=GRACE_SECONDS)
        for path in self._strays:
            path.unlink(missing_ok=True)

    def _environment(self, env: Mapping[str, str] | None) -> dict[str, str]:
        self._scratch.mkdir(exist_ok=True)
        # Caches, sockets and settings that a program would leave in the user's own folders.
        return {name: str(self._scratch) for name in OWN_FOLDERS} | dict(env or {})


def free_port(besides: set[int] | None = None) -> int:
    """Return a port of the loopback that nobody listens on."""
    candidates = [port for port in PORTS if port not in (besides or set())]
    random.shuffle(candidates)
    for port in candidates:
        if is_free(port):
            return port
    raise LabError(f"no free port between {PORTS.start} and {PORTS.stop} on {HOST}")
