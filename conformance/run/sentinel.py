"""The sentinel: a request known to be served, which says whether an answer before it counts.

A store that refuses the sentinel refuses everything, for reasons that are no row's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from conformance.s3.client import NoAnswer
from conformance.s3.doubt import is_page
from conformance.s3.exchange import Role
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.sandbox.sandbox import Sandbox, Unavailable

BODY: Final = b"the sentinel: read after every row, and always the same"
# How often a sentinel is tried to be had, and how long one may be refused until the endpoint counts
# as gone.
TRIES: Final = 8
PAUSES: Final = (0.0, 0.25, 0.5, 1.0)
PATIENCE: Final = 90.0
FIRST_POLL: Final = 0.1
LAST_POLL: Final = 2.0


class Sentinel:
    """One process's sentinel: an object of its own, or the list of buckets where none can be had.

    Args:
        sandbox: lends the object's bucket, and sends.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._lock = threading.Lock()
        self._object: Call | None = None
        self._list = False
        self._tries = 0
        self._well = time.monotonic()
        self._ill = 0.0
        self.trouble = ""

    @property
    def last_well(self) -> float:
        """When it was asked for the last time that it was served, on the monotonic clock."""
        return self._well

    def refused_since(self, moment: float) -> bool:
        """Whether it was refused after that moment."""
        return self._ill > moment

    def prepare(self) -> None:
        """Store the object, or try again where that did not work before."""
        with self._lock:
            for pause in PAUSES:
                if self._object or self._tries > TRIES:
                    return
                if not self._list:  # else it can wait for the next row
                    time.sleep(pause)
                self._tries += 1
                begun = time.monotonic()
                self._object = self._stored()
                if not self._object:
                    self._sandbox.forget(begun)  # the bucket may not be there
                if not self._object and not self._list:
                    self._list = self._served(Call(operation="ListBuckets"), _is_list)
                if self._list:
                    return

    def _stored(self) -> Call | None:
        sandbox = self._sandbox
        if sandbox.may_configure and len(sandbox.user_buckets) == 1:
            return None  # rows may forbid reading there
        try:
            get = Call(operation="GetObject", bucket=sandbox.bucket(), key=sandbox.key())
        except (NoAnswer, Unavailable):
            return None
        put = Call(operation="PutObject", bucket=get.bucket, key=get.key, body=BODY)
        if not (self._served(put) and self._served(get, _is_object)):
            return None
        with suppress(NoAnswer):
            missing = replace(get, key=sandbox.key())
            answer = sandbox.send(missing, role=Role.SETUP, record=None)
            # What S3 says of a missing key is known to be XML with the code NoSuchKey.
            sandbox.client.hides_errors = not answer.ok and is_page(answer.body)
        return get

    def is_served(self, *, writing: bool = False) -> bool:
        """Ask for it, on the connection of this thread.

        Args:
            writing: store it anew, too: a request that writes was refused.
        """
        started = time.monotonic()
        call = self._object
        if call is None:
            served = not self._list or self._served(Call(operation="ListBuckets"), _is_list)
        else:
            served = self._served(call, _is_object)
            if served and writing:
                served = self._served(
                    Call(operation="PutObject", bucket=call.bucket, key=call.key, body=BODY)
                )
        with self._lock:
            if served:
                self._well = max(self._well, started)
            else:
                self._ill = time.monotonic()
        return served

    def wait(self, given_up: Callable[[], bool], *, writing: bool = False) -> bool:
        """Wait until it is served again.

        Args:
            given_up: whether to stop waiting.
            writing: see `is_served`.

        Returns:
            Whether it was.
        """
        until, pause = time.monotonic() + PATIENCE, FIRST_POLL
        while time.monotonic() < until and not given_up():
            if self.is_served(writing=writing):
                return True
            time.sleep(pause)
            pause = min(2 * pause, LAST_POLL)
        return False

    def _served(
        self, call: Call, right: Callable[[Response], bool] = lambda answer: answer.ok
    ) -> bool:
        client = self._sandbox.client
        try:
            answer = self._sandbox.send(call, role=Role.SETUP, record=None, idempotent=True)
        except (NoAnswer, Unavailable) as trouble:
            self.trouble = str(trouble)
            return False
        if right(answer):
            return True
        self.trouble = client.redactor.text(answer.describe())
        return False


def _is_object(answer: Response) -> bool:
    return answer.ok and answer.body == BODY


def _is_list(answer: Response) -> bool:
    return answer.ok and answer.root == "ListAllMyBucketsResult"
