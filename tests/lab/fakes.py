"""A server of a few lines, and ways in which it goes wrong."""

import fcntl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab.packages import Package
from lab.process import wait_until
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site

MAIN = Credentials(access_key="fake-main", secret_key="fake-main-secret")
ALT = Credentials(access_key="fake-alt", secret_key="fake-alt-secret")

PYTHON = sys.executable

ALIVE = "alive"
"""The file of the work directory that each living program of the fake holds locked."""

PROGRAM = f"""\
import fcntl, http.server, json, os, signal, subprocess, sys
port, status, *faults = sys.argv[1:]
lock = open("{ALIVE}.new", "w")
fcntl.flock(lock, fcntl.LOCK_SH)
os.rename("{ALIVE}.new", "{ALIVE}")
json.dump(dict(os.environ), open("environment.json", "w"))
if "deaf" in faults:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "parent" in faults:
    child = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"
    subprocess.Popen([sys.executable, "-c", child], pass_fds=[lock.fileno()])
if "doomed" in faults:
    sys.exit("no room for me here")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(status))
        self.end_headers()
        if "mortal" in faults:
            os._exit(7)
http.server.HTTPServer(("{HOST}", int(port)), Handler).serve_forever()
"""


@dataclass(frozen=True, slots=True)
class Nothing:
    """A package that needs no client; its word tells one from another."""

    word: str = "nothing"

    def install(self, folder: Path, log: Path) -> None:
        log.write_text(self.word, encoding="utf-8")
        (folder / self.word).touch()


def server(
    *faults: str,
    name: str = "fake",
    status: int = 403,
    patience: float = 10.0,
    packages: tuple[Package, ...] = (Nothing(),),
    launch: Callable[[Site], Running] | None = None,
) -> Server:
    """Declare the fake, as sound as its faults let it be."""

    def start(site: Site) -> Running:
        program = site.write("fake.py", PROGRAM)
        site.spawn([PYTHON, program, str(site.port), str(status), *faults])
        # Patience is for what a living program does, not for the start of an interpreter.
        assert wait_until((site.work_dir / ALIVE).exists, seconds=30)
        return Running(url=site.url, credentials=MAIN, alt=ALT)

    return Server(
        name=name,
        lineage="a fake",
        version="1.2",
        packages=packages,
        launch=launch or start,
        patience=patience,
    )


def nobody_lives(work_dir: Path) -> bool:
    """Say whether no program of the fake that ran in this directory is alive any more."""
    with (work_dir / ALIVE).open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
