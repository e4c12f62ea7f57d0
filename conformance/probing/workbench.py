"""What a probe works with: requests that are recorded, subjects on loan, and ways to decide."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TypeVar

from conformance.probing.checks import Decided, Undecided, decide
from conformance.probing.cuts import Cuts
from conformance.probing.requests import BAD_SIGNATURE, Requests
from conformance.probing.stored import Stored, stored
from conformance.s3.exchange import Exchange
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.sandbox.sandbox import Sandbox, Unavailable
from conformance.verdict import Hazard, Observed

T = TypeVar("T")


class Workbench(Requests):
    """One probe's workplace; one thread uses it, once.

    Args:
        sandbox: lends buckets and keys, and sends.
        cuts: what is known of the row's requests for which the connection was closed.
        scope: the shared subject that is prepared; empty for a probe's own requests.
    """

    def __init__(self, sandbox: Sandbox, cuts: Cuts | None = None, scope: str = "") -> None:
        super().__init__(sandbox, cuts, scope)
        self._give_back: list[Callable[..., None]] = []

    def close(self, *, again: bool = True) -> None:
        """Give back what was leased, and let go of the answers' bodies.

        Args:
            again: it may be lent again; not where an answer to its preparation may be wrong.
        """
        self._responses.clear()
        while self._give_back:
            self._give_back.pop()(again=again)

    # Subjects.

    @property
    def bucket(self) -> str:
        """The bucket that rows share; its configuration is left alone."""
        return self._available(lambda: self.sandbox.bucket(self.exchanges))

    @property
    def second_bucket(self) -> str:
        """Another such bucket; the same one where only one is given with --bucket."""
        return self._available(lambda: self.sandbox.second_bucket(self.exchanges))

    def lease(self, topic: str, headers: dict[str, str] | None = None) -> str:
        """A bucket of one's own until the probe ends, for rows that change its configuration.

        Args:
            topic: what is changed (a subresource's name); the bucket is lent to the same topic
                only, later, so write a value of your own before you read.
            headers: of CreateBucket.

        Raises:
            Undecided: buckets cannot be created, or not be configured, here.
        """
        bucket, give_back = self._available(
            lambda: self.sandbox.lease(topic, self.exchanges, headers)
        )
        self._give_back.append(give_back)
        return bucket

    def new_bucket(self, headers: dict[str, str] | None = None) -> str:
        """A bucket for this probe alone, never lent again; it may be deleted."""
        return self._available(lambda: self.sandbox.create_bucket(self.exchanges, headers))

    def bucket_name(self) -> str:
        """A name nobody has used, for a bucket that the probe itself creates.

        Raises:
            Undecided: buckets are given, so none may be created.
        """
        if self.sandbox.user_buckets:
            raise Undecided("buckets are given with --bucket, so none is created")
        return self.sandbox.bucket_name()

    def key(self, suffix: str = "") -> str:
        """A key nobody has used."""
        return self.sandbox.key(suffix)

    def text(self, length: int = 48) -> bytes:
        """Bytes nobody has stored: ASCII, and no stretch of them occurs twice."""
        seed = self.key().encode()
        return hashlib.shake_128(seed).hexdigest((length + 1) // 2)[:length].encode()

    def nonce(self) -> str:
        """Ten characters of a-z0-9 that nobody has used, beginning with a letter."""
        return f"n{self.text(9).decode()}"

    def put(
        self,
        body: bytes | None = None,
        *,
        bucket: str = "",
        key: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Stored:
        """Store an object as preparation.

        Raises:
            Undecided: PutObject was not served.
        """
        body = self.text() if body is None else body
        call = Call(
            operation="PutObject",
            bucket=bucket or self.bucket,
            key=key or self.key(),
            headers=headers or {},
            body=body,
        )
        return stored(self.setup(call))

    def shared(self, name: str, make: Callable[[Workbench], T]) -> T:
        """A subject that rows only read, made once a process.

        Its preparation stands in the evidence of every row that uses it. If it cannot be made,
        every such row learns why without asking again.

        Args:
            name: unique among subjects.
            make: makes it; must not decide, only raise `Undecided`.
        """

        def once() -> tuple[T | Undecided, list[Exchange]]:
            bench = Workbench(self.sandbox, self.cuts, name)
            try:
                return make(bench), bench.exchanges
            except (Undecided, Decided) as trouble:
                return Undecided(f"{name} cannot be had: {trouble}"), bench.exchanges

        incidents = self.sandbox.client.incidents
        subject, exchanges = self.sandbox.memo(
            f"shared {name}",
            once,
            # On an unsteady endpoint a failure is the moment's, and of a doubtful answer anything.
            keep=lambda made: (
                not incidents.doubtful
                and not (incidents.unsteady and isinstance(made[0], Undecided))
            ),
        )
        # Subjects of subjects: what several of them were made of stands there once.
        known = {*map(id, self.exchanges)}
        self.exchanges.extend(it for it in exchanges if id(it) not in known)
        if isinstance(subject, Undecided):
            raise subject
        made: T = subject
        return made

    @property
    def plain(self) -> Stored:
        """A small object that is only read."""
        return self.shared("a plain object", lambda bench: bench.put())

    # Decisions.

    def accepted(self, answer: Response, *flags: str, control: Call | None = None) -> Response:
        """The response to a request with the row's flag, if the server carried it out.

        Args:
            answer: the response.
            flags: the headers or parameters that make the difference.
            control: the same request without the flag, if leaving out `flags` is not enough.

        Raises:
            Decided: refused, or a server error, while the control is served; or refused as not
                implemented, while the control gets as far as a server error.
            Undecided: the control is not served either; or it is, and the signature was refused,
                which is no refusal of what was signed.
        """
        if answer.ok or answer.not_configured:
            return answer
        plain = self.control(control or answer.call.without(*flags))
        said = f"expected a 2xx response; got {answer.describe()}"
        if flags:
            said = f"with {', '.join(flags)}: {said}"
        if answer.status == 501 and plain.broke:
            decide(Observed.REJECTED, f"{said} (without it: {plain.describe()})")
        if not (plain.ok or plain.not_configured):
            raise Undecided(f"{said}, but without it too: {plain.describe()}")
        if answer.code == BAD_SIGNATURE and (flags or control):
            raise Undecided(
                f"{said} (without it: {plain.describe()}): something between client and"
                " server changed what was signed"
            )
        observed = Observed.BROKEN if answer.broke else Observed.REJECTED
        return decide(observed, f"{said} (without it: {plain.describe()})")

    def unharmed(self, subject: Stored) -> None:
        """Make sure that a request about an object has left the object as it was.

        Raises:
            Decided: it was deleted or overwritten; the request was carried out as something else.
        """
        answer = self.effect(subject.call("GetObject"))
        if answer.status == 404:
            decide(
                Observed.IGNORED,
                "the subresource was ignored and the object itself was deleted",
                Hazard.DESTRUCTIVE,
            )
        if answer.ok and answer.body != subject.body:
            decide(
                Observed.IGNORED,
                "the subresource was ignored and the object itself was overwritten",
                Hazard.DESTRUCTIVE,
            )

    def bucket_unharmed(self, bucket: str, answer: Response) -> None:
        """Make sure that a DELETE about a bucket has left the bucket there, and was meant to.

        Raises:
            Decided: the bucket is gone, or would be, had it been empty.
            Undecided: it was not there before.
        """
        if answer.code == "NoSuchBucket":
            raise Undecided(f"{answer.call.operation} returned {answer.describe()}")
        gone = self.effect(Call(operation="HeadBucket", bucket=bucket)).status == 404
        if gone or answer.code == "BucketNotEmpty":
            text = "the subresource was ignored, and the bucket itself was "
            end = "deleted" if gone else "to be deleted, had it been empty"
            decide(Observed.IGNORED, text + end, Hazard.DESTRUCTIVE)

    def put_on(self, subject: Stored, call: Call) -> Response | None:
        """Prepare a subresource of an object; None where that has overwritten the object.

        Then a server that does not know the subresource tells the document that was put, for it
        is the object now.
        """
        answer = self.attempt(call)
        if answer.ok and self.attempt(subject.call("GetObject")).body != subject.body:
            return None
        return answer

    @staticmethod
    def _available(get: Callable[[], T]) -> T:
        try:
            return get()
        except Unavailable as trouble:
            raise Undecided(str(trouble)) from trouble
