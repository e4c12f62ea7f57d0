"""How long an answer that speaks of the moment is waited out before it is believed."""

from __future__ import annotations

import random
from typing import Final

from conformance.s3.doubt import UNSTEADY, of_the_moment
from conformance.s3.response import Response

THROTTLED: Final = (429, 503)
ATTEMPTS: Final = 6
UNSTEADY_ATTEMPTS: Final = 3
LONGEST_PAUSE: Final = 20.0


def throttled(answer: Response) -> bool:
    """Whether the endpoint asks to be asked later."""
    return answer.status in THROTTLED


def patience(attempt: int, answer: Response, *, momentary: bool = True) -> float | None:
    """Seconds to wait before asking again; None where the answer is to be believed.

    Args:
        attempt: counted from 0.
        answer: what was said.
        momentary: wait out codes of the moment too, and not only throttling and server errors.
    """
    waits = throttled(answer) or (momentary and of_the_moment(answer))
    if waits and attempt < ATTEMPTS - 1:
        return pause(attempt, answer)
    if answer.status in UNSTEADY and attempt < UNSTEADY_ATTEMPTS - 1:
        return pause(attempt, answer) / 2
    return None


def pause(attempt: int, answer: Response) -> float:
    """Seconds to wait: what the server asks for, else exponential with jitter."""
    asked = answer.header("Retry-After") or ""
    if asked.isdigit():
        return min(float(asked), LONGEST_PAUSE)
    return float(min(0.25 * 2**attempt, LONGEST_PAUSE)) * (0.5 + random.random())  # noqa: S311
