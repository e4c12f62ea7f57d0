"""What a probe works with: requests that are recorded, subjects on loan, and ways to decide."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from conformance.probing.judge import Decided, Undecided, decide
from conformance.s3.checksums import checksum, checksum_header, content_md5
from conformance.s3.exchange import Exchange, Role
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.sandbox.sandbox import Sandbox, Unavailable
from conformance.verdict import Hazard, Observed

T = TypeVar("T")
BAD_SIGNATURE: Final = "SignatureDoesNotMatch"
MD5: Final = "Content-MD5"
DIGESTS: Final = ("md5", "digest", "checksum")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An object we stored.

    Attributes:
        bucket: where.
        key: under which name.
        body: which bytes.
        etag: with its quotes, as PutObject answered it.
        version: `x-amz-version-id`, if PutObject answered one.
    """

    bucket: str
    key: str
    body: bytes
    etag: str
    version: str | None = None

    def call(
        self,
        operation: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Call:
        """A call to this object."""
        return Call(
            operation=operation,
            bucket=self.bucket,
            key=self.key,
            headers=headers or {},
            query=query or {},
            body=body,
        )

    @property
    def source(self) -> str:
        """The value of `x-amz-copy-source`."""
        return f"{self.bucket}/{self.key}"


class Workbench:
    """One probe's workplace; one thread uses it, once.

    Args:
        sandbox: lends buckets and keys, and sends.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.endpoint = sandbox.client.endpoint
        self.exchanges: list[Exchange] = []
        self._give_back: list[Callable[[], None]] = []

    def close(self) -> None:
        """Give back what was leased."""
        while self._give_back:
            self._give_back.pop()()

    # Requests. The role says what a request is for in the contrast; `how` is `Client.send`'s.

    def setup(self, call: Call, **how: Any) -> Response:
        """Prepare a subject.

        Raises:
            Undecided: the endpoint does not do what the preparation needs.
        """
        response = self._send(Role.SETUP, call, **how)
        if not response.ok:
            raise Undecided(f"{call.operation}, needed first, answered {response.describe()}")
        return response

    def attempt(self, call: Call, **how: Any) -> Response:
        """Prepare something that may fail; the answer tells."""
        return self._send(Role.SETUP, call, **how)

    def control(self, call: Call, **how: Any) -> Response:
        """The same request without the row's flag."""
        return self._send(Role.CONTROL, call, **how)

    def treat(self, call: Call, **how: Any) -> Response:
        """The request with the row's flag."""
        return self._send(Role.TREATMENT, call, **how)

    def effect(self, call: Call, **how: Any) -> Response:
        """A read-back, or the request that a server ignoring the flag gets wrong."""
        return self._send(Role.EFFECT, call, **how)

    def _send(self, role: Role, call: Call, *, as_is: bool = False, **how: Any) -> Response:
        """Send a call and return the answer.

        `Content-MD5`, which AWS requires of some requests, is no part of what they ask for. Where
        it is what is refused, a checksum goes in its place, or nothing.

        Args:
            role: what the request is for.
            call: what to ask.
            as_is: the digest is what the request is about.
            how: `Client.send`'s.
        """
        answer = self.sandbox.send(call, role=role, record=self.exchanges, **how)
        digest = content_md5(call.body)[MD5]
        if as_is or call.headers.get(MD5) != digest or not _of_digest(answer):
            return answer
        bare = call.without(MD5)
        summed = bare.plus(headers={checksum_header("CRC32"): checksum("CRC32", call.body)})
        for other in (summed, bare):
            again = self.sandbox.send(other, role=role, record=self.exchanges, **how)
            if not _of_digest(again):
                return again
        return answer

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
        bucket: str | None = None,
        key: str | None = None,
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
            bench = Workbench(self.sandbox)
            try:
                return make(bench), bench.exchanges
            except (Undecided, Decided) as trouble:
                return Undecided(f"{name} cannot be had: {trouble}"), bench.exchanges

        subject, exchanges = self.sandbox.memo(f"shared {name}", once)
        self.exchanges.extend(exchanges)
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
        """The answer to a request with the row's flag, if it was served.

        Args:
            answer: what came.
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
        if answer.status == 501 and plain.broke:
            text = f"{answer.describe()}; the same request without it fails otherwise"
            decide(Observed.REJECTED, f"{text}: {plain.describe()}")
        if not (plain.ok or plain.not_configured):
            raise Undecided(f"answered {answer.describe()}, but without it too: {plain.describe()}")
        if answer.code == BAD_SIGNATURE and (flags or control):
            text = f"{answer.describe()}: something on the way changed what was signed"
            raise Undecided(f"{text}; the same request without it is served")
        observed = Observed.BROKEN if answer.broke else Observed.REJECTED
        return decide(observed, f"{answer.describe()}; the same request without it is served")

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
        """
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


def _of_digest(answer: Response) -> bool:
    """Whether a request was refused, and it is a digest that is spoken of."""
    said = f"{answer.code} {answer.message}".lower()
    return answer.status in (400, 501) and any(word in said for word in DIGESTS)


def stored(response: Response) -> Stored:
    """What a served PutObject stored."""
    call = response.call
    assert call.bucket is not None
    assert call.key is not None
    return Stored(
        bucket=call.bucket,
        key=call.key,
        body=call.body,
        etag=response.etag,
        version=response.header("x-amz-version-id"),
    )
