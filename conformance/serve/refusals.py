"""A line for each request that was not served, and a count of them at the end."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from conformance.matrix import Matrix
from conformance.neutral import neutral
from conformance.serve.http import Answer, Request
from conformance.serve.messages import named
from conformance.serve.vendor import Refusal


class Refusals:
    """Tells of refused requests as they come, and counts those that the table refuses.

    Args:
        matrix: the table.
        write: takes one line, without its end.
        others: tables that say what the first does not.
    """

    def __init__(
        self, matrix: Matrix, write: Callable[[str], None], others: Sequence[Matrix] = ()
    ) -> None:
        self._matrices = (matrix, *others)
        self._write = write
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def __call__(self, request: Request, why: Refusal | Answer) -> None:
        """Tell of one request.

        Its query is left out, for that of a presigned URL holds a signature.
        """
        asked = neutral(f"{request.method} {request.path}")
        if isinstance(why, Answer):
            self._write(f"refused: {asked}: {why.status} {named(why)}")
            return
        what = _what(why.operation, why.feature)
        with self._lock:
            self._counts[why.operation, why.feature] += 1
        self._write(f"refused: {asked}: {what}: {self._where(why)}")

    def __len__(self) -> int:
        """How many requests the table refused."""
        return self._counts.total()

    def summary(self) -> Iterator[str]:
        """One line for each operation and feature, those refused most often first."""
        if not self._counts:
            yield "no request was refused"
            return
        yield f"{len(self)} requests were refused:"
        for (operation, feature), count in self._counts.most_common():
            yield f"{count:>6}  {_what(operation, feature)}"

    def _where(self, why: Refusal) -> str:
        if why.row is None:
            return f"not in {' or '.join(each.path.name for each in self._matrices)}"
        its = next(each for each in self._matrices if why.row in each.rows)
        said = f"documented as {why.row.documented.value} in {its.path.name}:{why.row.line}"
        return f"{said}, {why.row.docs or its.source}"


def _what(operation: str, feature: str) -> str:
    return neutral(" ".join(filter(None, (operation or "unknown operation", feature))))
