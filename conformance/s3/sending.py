"""How a call is sent and waited for, and why it may have no answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import requests

from conformance.neutral import neutral
from conformance.s3.doubt import EXPIRED, of_the_moment
from conformance.s3.patience import ATTEMPTS, throttled
from conformance.s3.response import Response
from conformance.s3.transport import HeadTooLong

FAILED: Final = "the connection failed"


class NoAnswer(Exception):
    """The endpoint gave no answer that could be judged; the text says what happened."""


class Cut(NoAnswer):
    """The connection was refused or cut off, at once and not for lack of time."""


class Throttled(NoAnswer):
    """The endpoint went on asking to be asked later."""


class Momentary(NoAnswer):
    """The endpoint went on refusing for reasons of the moment, the credentials or the clock.

    Args:
        why: the text.
        answer: the last one.
    """

    def __init__(self, why: str, answer: Response) -> None:
        super().__init__(why)
        self.answer = answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long to wait, in seconds: for a connection, between two bytes, for a whole answer."""

    connect: float = 10.0
    read: float = 30.0
    total: float = 90.0


def explain(error: Exception) -> str:
    """The innermost cause of a connection error, in one line."""
    seen: BaseException = error
    while seen.__cause__ or seen.__context__:
        seen = seen.__cause__ or seen.__context__  # type: ignore[assignment]
    if isinstance(seen, HeadTooLong):
        return str(seen)
    late = requests.exceptions.Timeout | TimeoutError
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "no connection before the deadline"
    if isinstance(error, late) or isinstance(seen, late):
        return "no answer before the deadline"
    if isinstance(error, requests.exceptions.SSLError):
        return f"TLS failed: {neutral(str(seen))}"
    if isinstance(error, requests.exceptions.ProxyError):
        return f"the proxy failed: {neutral(str(seen))}"
    return f"{FAILED}: {neutral(str(seen))}"


def require_lasting(response: Response, *, momentary: bool) -> None:
    """Refuse an answer that speaks of the moment.

    Raises:
        Throttled: it asks to be asked later.
        Momentary: it speaks of the moment, the credentials or the clock, and these count.
    """
    if throttled(response):
        raise Throttled(f"throttled {ATTEMPTS} times: {response.describe()}")
    if momentary and of_the_moment(response):
        why = "the credentials have expired: " if response.code in EXPIRED else ""
        raise Momentary(f"{why}refused {ATTEMPTS} times: {response.describe()}", response)
