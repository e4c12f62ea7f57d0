"""Whether a verdict stays the same: on an unsteady way to the endpoint, and in any order."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.matrix import Row
from conformance.serve.http import Answer, Request, error
from tests.mutants.backends import Backend
from tests.mutants.runs import Between, between, run

SLOW_DOWN: Final = error(503, "SlowDown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What happens to requests on their way.

    Attributes:
        throttled: the share that is answered with 503 SlowDown.
        reset: the share whose connection is reset, half of these after the request was carried out.
        jitter: the longest delay, in seconds.
    """

    throttled: float = 0.2
    reset: float = 0.05
    jitter: float = 0.2


ROUGH: Final = Weather()


def unsteady(weather: Weather, seed: int) -> Between:
    """A way on which some requests are throttled, some are cut off, and all are late."""
    chance, lock = random.Random(seed), threading.Lock()

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        with lock:
            fate, late = chance.random(), chance.random()
        time.sleep(late * weather.jitter)
        if fate < weather.throttled:
            return SLOW_DOWN
        if fate < weather.throttled + weather.reset:
            if fate < weather.throttled + weather.reset / 2:
                ask(request)
            raise ConnectionResetError
        return ask(request)

    return respond


def words(backend: Backend, rows: Sequence[Row], jobs: int) -> dict[str, str]:
    """Each row's verdict."""
    found = run(backend, rows, jobs)
    return {row: str(seen.observed) for row, seen in found.items()}


def differing(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The rows whose verdict is another one, with both."""
    return [
        f"{row}: {word} → {after.get(row, 'none')}"
        for row, word in before.items()
        if after.get(row) != word
    ]


def shaken(
    backend: Backend, rows: Sequence[Row], jobs: int, weather: Weather, seed: int
) -> list[str]:
    """The rows whose verdict changes with the weather."""
    before = words(backend, rows, jobs)
    with between(backend, unsteady(weather, seed)) as behind:
        return differing(before, words(behind, rows, jobs))


def repeated(
    backend: Backend, rows: Sequence[Row], jobs: int, times: int, seed: int
) -> Iterator[list[str]]:
    """For each repetition in another order, the rows whose verdict is not that of the first."""
    chance = random.Random(seed)
    before = words(backend, rows, jobs)
    for _ in range(times):
        order = [*rows]
        chance.shuffle(order)
        yield differing(before, words(backend, order, jobs))
