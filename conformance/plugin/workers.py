"""xdist's workers: what they observe ahead, and how they end.

At the end of a run they clean up themselves, or it is done in their place.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import Final

import pytest

from conformance.run import Settings, clean_up_after
from conformance.sandbox import ledger

# What a worker that is told to stop gets to remove what it created. xdist itself kills after 10 s.
PATIENCE: Final = 60.0
POLL: Final = 0.1


def queued(session: pytest.Session) -> list[pytest.Item]:
    """What xdist has given this worker and pytest has not begun yet; nothing if it hides that.

    xdist's worker keeps it in a queue that can be looked at under its lock.
    """
    for plugin in session.config.pluginmanager.get_plugins():
        queue = getattr(plugin, "torun", None)
        if queue is not None and hasattr(queue, "lock"):
            with queue.lock() as places:
                return [session.items[place] for place in places if isinstance(place, int)]
    return []


def tell_workers(token: str) -> bool:
    """Send SIGTERM to the workers of a run that have created anything; whether there are any.

    Args:
        token: the run's id, with which the ids of its workers begin.
    """
    found = False
    for book in ledger.running():
        if book.run.startswith(token) and book.pid not in (None, os.getpid()):
            found = True
            with suppress(ProcessLookupError):
                os.kill(book.pid or 0, signal.SIGTERM)
    return found


def end_workers(settings: Settings, token: str) -> list[str]:
    """Have the workers of a run clean up, and remove what those that ended left.

    After a run that came to its end all of them are gone or about to go, and this does nothing.

    Args:
        settings: of the run.
        token: the run's id.

    Returns:
        One sentence for each thing that could not be removed.
    """
    deadline = time.monotonic() + PATIENCE
    while tell_workers(token) and time.monotonic() < deadline:
        time.sleep(POLL)
    return clean_up_after(settings, token)
