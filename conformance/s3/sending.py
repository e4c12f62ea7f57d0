"""How a call is sent and waited for, and why it may have no answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import requests

from conformance.neutral import neutral
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
