"""What is confirmed: a failure of some servers, and the requests that show it."""

from collections.abc import Callable
from dataclasses import dataclass

from lab.confirming.raw import Answer, Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one try showed.

    Attributes:
        answer: to the request that counts.
        fails: the server does what the row says it must not.
        told: what is wrong with the answer, where its status does not say so.
    """

    answer: Answer
    fails: bool
    told: str = ""

    @property
    def line(self) -> str:
        """The request and the answer, on one line."""
        said = f"{self.answer}: {self.told}" if self.told else str(self.answer)
        return f"`{self.answer.request}` → {said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One failure.

    Attributes:
        row: of `specs/s3-behaviour.yaml`.
        servers: on which the suite has found it.
        right: what a server must do, in a few words.
        show: sends the requests.
    """

    row: str
    servers: tuple[str, ...]
    right: str
    show: Callable[[Raw], Seen]
