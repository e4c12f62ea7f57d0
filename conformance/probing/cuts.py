"""Requests for which a server closes the connection each time, as one that fails over them does.

A connection is cut by networks, too, but not for one request of a row and no other, again and
again, while the endpoint answers in between.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

# How often in all a request has to be cut until that counts as what the endpoint does with it, and
# how often once it did so with another request of the row.
LASTING: Final = 8
LASTING_BESIDES: Final = 3


class Place(NamedTuple):
    """A request of a probe, the same in each attempt at its row.

    Attributes:
        scope: the shared subject that it prepares; empty for the probe's own.
        number: how many requests of that scope came before.
        operation: what is asked for.
    """

    scope: str
    number: int
    operation: str


class Cuts:
    """Those of one row, over all attempts at it."""

    def __init__(self) -> None:
        self._times: Counter[Place] = Counter()
        self._lasting: set[Place] = set()

    def __len__(self) -> int:
        return len(self._lasting)

    def lasts(self, place: Place) -> bool:
        """Note that a request was cut; whether that is known to last."""
        if place in self._lasting:
            return True
        self._times[place] += 1
        if self._times[place] >= (LASTING_BESIDES if self._lasting else LASTING):
            self._lasting.add(place)
        return False
