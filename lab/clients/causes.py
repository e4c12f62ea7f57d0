"""Why a step fails: each failure of the published table, traced to rows of the matrices.

Each entry was written after reading the recorded request and its answer.
"""

from dataclasses import dataclass

EVERY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause.

    Attributes:
        rows: the rows of `specs/r2.yaml`, `specs/r2-pages.yaml` or `specs/s3-behaviour.yaml`
            that tell of it; none if no row does.
        note: what the server or the client does, in a sentence without its full stop.
        server, clients, steps: where it is seen; `*` is every one.
    """

    rows: tuple[str, ...]
    note: str
    server: str = EVERY
    clients: tuple[str, ...] = (EVERY,)
    steps: tuple[str, ...] = (EVERY,)

    def holds(self, server: str, client: str, step: str) -> bool:
        """Say whether a failure is of this cause."""
        return (
            self.server in {EVERY, server}
            and not {EVERY, client}.isdisjoint(self.clients)
            and not {EVERY, step}.isdisjoint(self.steps)
        )


CAUSES: tuple[Cause, ...] = ()
"""In order: the first that holds is the one."""


def cause_of(server: str, client: str, step: str) -> Cause | None:
    """Return the cause of a failure, or None."""
    return next((cause for cause in CAUSES if cause.holds(server, client, step)), None)
