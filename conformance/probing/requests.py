"""How a probe sends requests, each with its role in the contrast, and reports its checks."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Final, Unpack

from conformance.probing.checks import Check, Comparison, Undecided
from conformance.probing.cuts import Cuts, Place
from conformance.probing.recording import CheckRecorder
from conformance.s3.checksums import checksum, checksum_header, content_md5
from conformance.s3.doubt import READS
from conformance.s3.exchange import Exchange, Role
from conformance.s3.operations import Call
from conformance.s3.response import Response, closed
from conformance.s3.sending import Cut
from conformance.s3.wire import SendOptions
from conformance.sandbox.sandbox import Sandbox

BAD_SIGNATURE: Final = "SignatureDoesNotMatch"
MISSING: Final = 404
LOST_RACE: Final = (409, 412)
MD5: Final = "Content-MD5"
DIGEST_WORDS: Final = ("md5", "digest", "checksum")


class BenchOptions(SendOptions, total=False):
    """How one call of a probe is sent, where it is not sent as usual.

    Attributes:
        keep_digest: `Content-MD5` is what the request is about: never send it without.
    """

    keep_digest: bool


class Requests:
    """Sends a probe's requests, keeps them as evidence, and takes what its checks showed.

    Args:
        sandbox: sends, and notes in its ledger what a request may create.
        cuts: what is known of the row's requests for which the connection was closed.
        scope: the shared subject that is prepared; empty for a probe's own requests.
    """

    def __init__(self, sandbox: Sandbox, cuts: Cuts | None = None, scope: str = "") -> None:
        self.sandbox = sandbox
        self.cuts = Cuts() if cuts is None else cuts
        self._scope = scope
        self._sent = 0
        self.endpoint = sandbox.client.endpoint
        self.exchanges: list[Exchange] = []
        self.recorder = CheckRecorder((), self._position)
        self._responses: list[tuple[Response, int]] = []

    # Checks.

    def declare(self, checks: Sequence[Check]) -> CheckRecorder:
        """Take reports of these checks, and return what keeps them."""
        self.recorder = CheckRecorder(checks, self._position)
        return self.recorder

    def check(self, check: str, comparison: Comparison) -> bool:
        """Report what a check showed; of one reported several times the first failure counts.

        Returns:
            Whether it held.
        """
        return self.recorder.record(check, comparison)

    def observing(self, *checks: str) -> AbstractContextManager[None]:
        """A block that observes these checks and leaves the others alone if it cannot.

        Inside of it `Undecided` makes those of them *not observed* that were not reported yet, and
        `Decided` makes them fail. The probe goes on after the block.
        """
        return self.recorder.block(checks)

    def skip(self, *checks: str, because: str) -> None:
        """Say why checks cannot be observed here."""
        self.recorder.skip(checks, because)

    def _position(self, response: Response) -> int | None:
        return next((place for other, place in self._responses if other is response), None)

    # Requests. The role says what a request is for in the contrast.

    def setup(self, call: Call, **options: Unpack[BenchOptions]) -> Response:
        """Prepare a subject.

        Raises:
            Undecided: the endpoint does not do what the preparation needs.
        """
        response = self._send(Role.SETUP, call, **options)
        if not response.ok:
            raise Undecided(
                f"{call.operation}, which must come first, returned {response.describe()}"
            )
        return response

    def attempt(self, call: Call, **options: Unpack[BenchOptions]) -> Response:
        """Prepare something that may fail; the response says whether it did."""
        return self._send(Role.SETUP, call, **options)

    def control(self, call: Call, **options: Unpack[BenchOptions]) -> Response:
        """The same request without the row's flag."""
        return self._send(Role.CONTROL, call, **options)

    def treat(self, call: Call, **options: Unpack[BenchOptions]) -> Response:
        """The request with the row's flag."""
        return self._send(Role.TREATMENT, call, **options)

    def effect(self, call: Call, **options: Unpack[BenchOptions]) -> Response:
        """A read-back, or the request that a server ignoring the flag gets wrong."""
        return self._send(Role.EFFECT, call, **options)

    def at_once(self, calls: Sequence[Call]) -> list[Response]:
        """Send calls at the same moment, one thread each, and return the responses in order.

        Raises:
            NoAnswer: one of them was not answered.
        """
        barrier = threading.Barrier(len(calls))
        records: list[list[Exchange]] = [[] for _ in calls]

        def send(call: Call, record: list[Exchange]) -> Response:
            barrier.wait()
            # Of those that write, only one may win; asked again, another would. What a reader sees
            # while others write may be gone a moment later.
            options: SendOptions = (
                {"asked_once": True} if call.method in READS else {"as_answered": True}
            )
            answer = self.sandbox.send(call, role=Role.EFFECT, record=record, **options)
            if call.method in READS and not answer.ok and answer.status != MISSING:
                # No race leads to this refusal, but a firewall may.
                answer = self.sandbox.send(call, role=Role.EFFECT, record=record)
            return answer

        with ThreadPoolExecutor(max_workers=len(calls)) as pool:
            try:
                responses = list(pool.map(send, calls, records))
            finally:
                for record in records:
                    self.exchanges.extend(record)
        place = len(self.exchanges) - sum(map(len, records))
        for answer, record in zip(responses, records, strict=True):
            place += len(record)  # the last of them is the answer that counts
            self._responses.append((answer, place - 1))
        for answer in responses:
            if not answer.ok and answer.status not in LOST_RACE:
                self.sandbox.client.incidents.doubt(f"{answer.describe()} at once with others")
        return responses

    def _send(
        self, role: Role, call: Call, *, keep_digest: bool = False, **options: Unpack[SendOptions]
    ) -> Response:
        """Send a call and return the response.

        `Content-MD5`, which AWS requires of some requests, is no part of what they ask for. Where
        the server refuses it, the call goes with a checksum in its place, or with nothing.

        Args:
            role: what the request is for.
            call: what to ask.
            keep_digest: the digest is what the request is about.
            options: how it is sent, where not as usual.
        """
        answer = self._once(role, call, **options)
        digest = content_md5(call.body)[MD5]
        if keep_digest or call.headers.get(MD5) != digest or not _of_digest(answer):
            return answer
        bare = call.without(MD5)
        summed = bare.plus(headers={checksum_header("CRC32"): checksum("CRC32", call.body)})
        for other in (summed, bare):
            again = self._once(role, other, **options)
            if not _of_digest(again):
                return again
        return answer

    def _once(self, role: Role, call: Call, **options: Unpack[SendOptions]) -> Response:
        place = Place(self._scope, self._sent, call.operation)
        self._sent += 1
        try:
            answer = self.sandbox.send(call, role=role, record=self.exchanges, **options)
        except Cut:
            if not self.cuts.lasts(place):
                raise
            answer = closed(call)
        self._responses.append((answer, len(self.exchanges) - 1))
        return answer


def _of_digest(answer: Response) -> bool:
    """Whether a request was refused, and it is a digest that is spoken of."""
    said = f"{answer.code} {answer.message}".lower()
    return answer.status in (400, 501) and any(word in said for word in DIGEST_WORDS)
