"""SIGTERM and Ctrl-C: the run ends, what it made is removed, and its results are written.

SIGTERM is what `kill`, container runtimes and CI systems send before they kill. Python's default
for it is to end at once, with everything left behind.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

NOTE: Final = "\nremoving what the run created; press Ctrl-C again to leave it there\n"

Handler = Callable[[int, FrameType | None], Any] | int | None


class Terminated(KeyboardInterrupt):
    """SIGTERM was received. pytest ends the session as it does for Ctrl-C."""


class Signals:
    """SIGTERM's handler during a run; what it was before is put back in the end.

    Args:
        quiet: write nothing; for xdist's workers, whose controller says it.

    Attributes:
        received: what ended the run, if anything did.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.received: str | None = None
        self._quiet = quiet
        self._before: Handler = None
        self._installed = False

    def install(self) -> None:
        """Turn the next SIGTERM into `Terminated`; once more of them change nothing.

        Only the main thread may do so, and only if nobody else has: a program that runs pytest may
        have a handler of its own.
        """
        if self._installed or threading.current_thread() is not threading.main_thread():
            return
        if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
            return
        self._before = signal.signal(signal.SIGTERM, self._terminate)
        self._installed = True

    def restore(self) -> None:
        """Put the handler back that was there before."""
        if self._installed:
            signal.signal(signal.SIGTERM, self._before)
            self._installed = False

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """Let the clean-up come to its end: SIGTERM is ignored, and the first Ctrl-C too.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed for the second time.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        pressed: list[int] = []

        def interrupt(number: int, _: FrameType | None) -> None:
            if pressed:
                raise KeyboardInterrupt
            pressed.append(number)
            if not self._quiet:
                sys.stderr.write(NOTE)

        before = signal.signal(signal.SIGINT, interrupt)
        if self._installed:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _terminate(self, _number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.received = "SIGTERM was received"
        raise Terminated
