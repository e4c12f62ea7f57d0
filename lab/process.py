"""External programs, each in a process group of its own, so that nothing of it is left behind."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from lab.errors import LabError

POLL_SECONDS = 0.02
GRACE_SECONDS = 15.0
"""What a program gets between the request to stop and being killed."""


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Poll a condition and say whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def last_line(log: Path) -> str:
    """Return the last line of a log that says anything, for an error sentence."""
    with contextlib.suppress(OSError):
        lines = log.read_bytes()[-4096:].decode(errors="replace").splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "nothing")
    return "nothing"


class Process:
    """One program, the leader of its own process group, writing to a log or to our own output.

    It gets our environment, but for the caller's own AWS settings: they are none of its business.
    In a dialogue its standard input and output are pipes of bytes, and only its errors are logged.
    """

    def __init__(
        self,
        argv: Sequence[str | Path],
        *,
        log: Path | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        dialogue: bool = False,
    ) -> None:
        self.name = Path(argv[0]).name
        ours = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        with contextlib.ExitStack() as stack:
            sink = None if log is None else stack.enter_context(log.open("ab"))
            try:
                self._popen = subprocess.Popen(
                    [str(word) for word in argv],
                    stdin=subprocess.PIPE if dialogue else sink and subprocess.DEVNULL,
                    stdout=subprocess.PIPE if dialogue else sink,
                    stderr=sink if dialogue else sink and subprocess.STDOUT,
                    cwd=cwd,
                    env=ours | dict(env or {}),
                    start_new_session=True,
                )
            except FileNotFoundError:
                # A script that is there names an interpreter that is not: its folder was moved.
                moved = Path(argv[0]).is_file()
                where = (
                    "was installed in another folder"
                    if moved
                    else "is not installed on this machine"
                )
                raise LabError(f"{self.name} {where}") from None
            except PermissionError:
                raise LabError(f"{self.name} may not be run: permission denied") from None
        self.pid = self._popen.pid
        self.stdin, self.stdout = self._popen.stdin, self._popen.stdout

    def ended(self) -> bool:
        """Say whether the leader has ended, without releasing its id (see `stop`)."""
        if self._popen.returncode is not None:
            return True
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.pid, flags) is not None

    def stop(self, first: signal.Signals = signal.SIGTERM, grace: float = GRACE_SECONDS) -> int:
        """Ask the group to end, kill what is left of it, and return the leader's exit status.

        The leader is reaped last: until then no other process can be given its id, so the
        signals reach the group that was started here and no other.
        """
        if self._popen.returncode is None:
            if not self.ended():
                self._signal(first)
                wait_until(self.ended, seconds=grace)
            self._signal(signal.SIGKILL)
        return self._popen.wait()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


@contextlib.contextmanager
def started(
    start: Callable[[], Process],
    first: signal.Signals = signal.SIGTERM,
    grace: float = GRACE_SECONDS,
) -> Iterator[Process]:
    """Have a process that is stopped on leaving, come what may."""
    with contextlib.ExitStack() as stack:
        with uninterrupted():
            process = start()
            stack.callback(process.stop, first, grace)
        yield process


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold back what signals would raise, lest a program is started and nobody knows of it."""
    held: list[int] = []
    handlers = {
        number: handler
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if callable(handler := signal.getsignal(number))
    }
    for number in handlers:
        signal.signal(number, lambda received, _: held.append(received))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for received in held[:1]:
        signal.raise_signal(received)


def run(
    argv: Sequence[str | Path],
    *,
    seconds: float,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    watch: Callable[[], None] = lambda: None,
) -> None:
    """Run a command to its end, or raise when it fails, takes too long or the watch raises."""
    with started(lambda: Process(argv, log=log, cwd=cwd, env=env)) as process:

        def ended() -> bool:
            watch()
            return process.ended()

        in_time = wait_until(ended, seconds=seconds)
    status = process.stop()
    if not in_time:
        raise LabError(f"{process.name} did not finish within {seconds:g} s (log: {log})")
    if status:
        words = last_line(log)
        raise LabError(f"{process.name} failed with status {status}: {words} (log: {log})")
