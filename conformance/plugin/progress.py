"""How far a run is, told while pytest waits for a row.

Rows are observed ahead and reported in the matrix's order, so pytest's own progress may stand still
while dozens of rows are done. On a terminal the line below the cursor says how far they are and
goes away; elsewhere a line is printed now and then.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final

from conformance.matrix import Row
from conformance.run import ObservingSession

TICK: Final = 0.5
EVERY: Final = 15.0
# With no request for so long the run stands still, which the observer knows how to tell.
STILL: Final = 60.0
_UNDER: Final = "\n\r\x1b[2K"


class Progress:
    """Tells how far a run is.

    Args:
        reporter: pytest's terminal reporter; None where there is none.
        rows: how many rows are to be observed.
        clock: seconds, monotonic.
        uncaptured: in its context what is written reaches the terminal, though a test is running.
    """

    def __init__(
        self,
        reporter: Any,
        rows: int,
        clock: Callable[[], float] = time.monotonic,
        uncaptured: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._reporter = reporter
        self._uncaptured = uncaptured
        self._rows = rows
        self._clock = clock
        self._began = self._told = clock()
        self._drawn = False

    def wait_for(self, row: Row, session: ObservingSession) -> None:
        """Wait until a row is observed, and tell meanwhile how far the run is."""
        sent, since = session.client.requests_sent, self._clock()
        with self._erased():
            while not session.observer.settled(row, TICK):
                self.tell(session.observer.done, session.client.requests_sent)
                if sent != session.client.requests_sent:
                    sent, since = session.client.requests_sent, self._clock()
                elif self._clock() - since > STILL:
                    return

    def tell(self, done: int, requests: int) -> None:
        """Say how many rows are done, and how many requests that took."""
        if self._reporter is None or self._reporter.verbosity < -1:
            return
        line = progress_line(done, self._rows, requests, self._clock() - self._began)
        if self._reporter.isatty:
            self._draw(line)
        elif self._clock() - self._told >= EVERY:
            self._told = self._clock()
            with self._uncaptured():
                self._reporter.ensure_newline()
                self._reporter.write_line(line, flush=True)

    def _draw(self, line: str) -> None:
        shown = line[: self._reporter._tw.fullwidth - 1]  # noqa: SLF001 - it has no other name
        self._put(f"{_UNDER}{shown}")
        self._drawn = True

    @contextmanager
    def _erased(self) -> Iterator[None]:
        try:
            yield
        finally:
            if self._drawn:
                self._put(_UNDER)
                self._drawn = False

    def _put(self, text: str) -> None:
        """Write below the cursor, and put it back: pytest goes on where it was."""
        terminal = self._reporter._tw  # noqa: SLF001 - pytest's own writer knows the column
        column = terminal.width_of_current_line + 1
        with self._uncaptured():
            terminal._file.write(f"{text}\x1b[1A\x1b[{column}G")  # noqa: SLF001 - not its text
            terminal.flush()


def progress_line(done: int, rows: int, requests: int, seconds: float) -> str:
    """How far a run is, in words, with the time left if rows go on as they did."""
    line = f"{done} of {rows} rows observed, {requests} requests"
    if not 0 < done < rows:
        return line
    left = round(seconds / done * (rows - done))
    return f"{line}, about {left // 60}:{left % 60:02} left"
