"""Headers that all answers of an endpoint have: one that lacks them may be a proxy's."""

from __future__ import annotations

import threading
from typing import Final

from conformance.s3.response import Response

# RFC 9110, 6.6.1: an origin server with a clock sends Date with every answer that is no server
# error. The request's id is S3's own: RESTCommonResponseHeaders of the API reference.
USUAL: Final = ("date", "x-amz-request-id")
# How many answers tell what is usual, and which share of them must have a header.
FEWEST: Final = 5
SHARE: Final = 0.8


class Marks:
    """Counts headers over many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers = 0
        self._having = dict.fromkeys(USUAL, 0)

    def lacking(self, answer: Response) -> str | None:
        """Count an answer, and say which usual header it lacks.

        A write that a proxy answers with success in place of the server looks like one that the
        server ignores, but for this.

        Returns:
            None where it has what others have, or is refused: refusals are asked for again anyway.
        """
        with self._lock:
            before = self._answers
            usual = [
                name for name, times in self._having.items() if times >= max(SHARE * before, 1)
            ]
            self._answers += 1
            for name in USUAL:
                self._having[name] += answer.header(name) is not None
        if before < FEWEST or not answer.ok:
            return None
        lacked = (name for name in usual if answer.header(name) is None)
        return next((f"an answer without {name}, which others have" for name in lacked), None)
