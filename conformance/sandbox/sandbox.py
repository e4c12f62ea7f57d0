"""Buckets and keys on loan, and nothing else ever touched.

Whatever may come into being is in the ledger first. Buckets given by the user are worked in under
one prefix and never created, deleted or, without leave, configured.
"""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, NamedTuple, Unpack

from conformance.s3.client import Client
from conformance.s3.exchange import Exchange, Role
from conformance.s3.operations import OPERATIONS, Call
from conformance.s3.response import Response
from conformance.s3.wire import SendOptions
from conformance.s3.xml import REGIONS_WITHOUT_CONSTRAINT, element, location_constraint
from conformance.sandbox.cleanup import Cleaner
from conformance.sandbox.ledger import LOGS, Created, Ledger
from conformance.sandbox.names import bucket_name, key_prefix, run_of_bucket

CONFIGURES: Final = "would change a given bucket's configuration; --allow-bucket-config lets it"
STOPPED: Final = "the run was stopped"
# Refusals that do not say that nothing was created: a conflict, and those of the moment.
UNDECIDED: Final = (408, 409, 425, 429)
# For how long an endpoint that never created a bucket is believed when it refuses to.
BELIEVED: Final = 10.0


class _Made(NamedTuple):
    """What was made once, when, and what is doubtful about it."""

    what: Any
    at: float
    doubts: tuple[str, ...]


class Unavailable(Exception):
    """A subject that a row needs cannot be had here; the text says why."""


def new_token() -> str:
    """An id that no other run has: eight hexadecimal digits."""
    return secrets.token_hex(4)


class Sandbox:
    """What one process creates on one endpoint.

    Args:
        client: sends the requests.
        given: buckets to stay inside; none may be created when there are any.
        may_configure: the given buckets' configuration may be changed.
        worker: tells processes of one run apart.
        token: the run's id, where several processes share it; by default a new one.
    """

    def __init__(
        self,
        client: Client,
        *,
        given: Sequence[str] = (),
        may_configure: bool = False,
        worker: str = "",
        token: str = "",
    ) -> None:
        self.client = client
        self.user_buckets = tuple(given)
        self.may_configure = may_configure
        self.run = f"{token or new_token()}{worker}"
        self.prefix = key_prefix(self.run)
        endpoint = client.endpoint
        self.ledger = Ledger(self.run, endpoint.url, embedded=endpoint.embedded)
        self._count = itertools.count()
        self._lock = threading.Lock()
        self._idle: dict[Any, list[str]] = defaultdict(list)
        self._given_locks = {name: threading.Lock() for name in self.user_buckets}
        self._memo: dict[str, Future[Any]] = {}
        self._created: set[str] = set()
        self._shared: set[str] = set()
        self._stopped = threading.Event()
        # When, by the monotonic clock, and how CreateBucket was refused by an endpoint that has
        # created none.
        self._refusal: tuple[float, str] | None = None

    def send(
        self,
        call: Call,
        *,
        role: Role,
        record: list[Exchange] | None,
        **options: Unpack[SendOptions],
    ) -> Response:
        """Send a call, noting in the ledger first what it may create.

        Any PUT or POST on a key may leave an object there, whatever the subresource says: several
        servers carry out an unknown one as PutObject. And any of them may create the bucket: an
        object's does on SeaweedFS, and an unknown subresource of it is read as CreateBucket.

        Raises:
            Unavailable: the call would create, delete or configure a bucket that is not ours, or
                the sandbox was stopped.
        """
        if self._stopped.is_set():
            raise Unavailable(STOPPED)
        self._protect(call)
        if self._may_create_bucket(call):
            self.ledger.add(Created(bucket=call.bucket))
        if OPERATIONS[call.operation].target == "key" and call.method in ("PUT", "POST"):
            self.ledger.add(Created(bucket=call.bucket, key=call.key))
            if call.operation == "CreateMultipartUpload":
                self.ledger.add(Created(bucket=call.bucket, key=call.key, upload=""))
        elif call.operation == "PutBucketLogging" and call.bucket in self.user_buckets:
            self._note_logs(call)
        if self._does_the_same_twice(call):
            options["may_repeat"] = True
        response = self.client.send(call, role=role, record=record, **options)
        self._note(call, response)
        return response

    def _does_the_same_twice(self, call: Call) -> bool:
        """A PutObject without a condition, in a bucket that keeps no versions for sure."""
        conditional = any(name.lower().startswith("if-") for name in call.headers)
        return call.operation == "PutObject" and call.bucket in self._shared and not conditional

    def _protect(self, call: Call) -> None:
        """Keep given buckets as they are, also from calls that a server may misread."""
        if call.bucket not in self.user_buckets or OPERATIONS[call.operation].target != "bucket":
            return
        if call.operation in ("CreateBucket", "DeleteBucket"):
            raise Unavailable(f"{call.operation} is not sent to a bucket given with --bucket")
        if call.method in ("PUT", "DELETE") and not self.may_configure:
            raise Unavailable(CONFIGURES)

    def _note(self, call: Call, response: Response) -> None:
        """Keep the names that only the answer gives: upload and version ids."""
        if self._may_create_bucket(call):
            self._note_bucket(call.bucket, response)
        if not response.ok or not call.key:
            return
        if call.operation == "CreateMultipartUpload" and (upload := response.text("UploadId")):
            self.ledger.add(Created(bucket=call.bucket, key=call.key, upload=upload))
        version = response.header("x-amz-version-id")
        if version and call.method in ("PUT", "POST", "DELETE"):
            self.ledger.add(Created(bucket=call.bucket, key=call.key, version=version))

    def _may_create_bucket(self, call: Call) -> bool:
        if call.bucket in self._created or call.bucket in self.user_buckets:
            return False
        ours = call.method in ("PUT", "POST") and run_of_bucket(call.bucket) == self.run
        return ours or call.operation == "CreateBucket"

    def _note_logs(self, call: Call) -> None:
        """A given bucket into which the server itself will write objects."""
        where = element(call.body)
        target = where.findtext("LoggingEnabled/TargetBucket")
        prefix = where.findtext("LoggingEnabled/TargetPrefix")
        if target and prefix:
            for bucket in {call.bucket, target}:
                self.ledger.add(Created(bucket=bucket, key=prefix, kind=LOGS))

    def _note_bucket(self, bucket: str, response: Response) -> None:
        """A bucket that was refused is none of ours, unless it was created before."""
        with self._lock:
            if response.ok:
                self._created.add(bucket)
            status = response.status
            refused = status == 501 or (400 <= status < 500 and status not in UNDECIDED)
            forget = refused and bucket not in self._created
        if forget:
            self.ledger.refuse(bucket)

    def stop(self) -> None:
        """Send nothing more but the deletions of `clean`; rows that go on end at once."""
        self._stopped.set()

    def key(self, suffix: str = "") -> str:
        """A key that nobody has used, under the run's prefix."""
        return f"{self.prefix}{next(self._count):05d}{suffix}"

    def bucket_name(self) -> str:
        """A bucket name that nobody has used (3-63 of a-z, 0-9 and hyphen)."""
        return bucket_name(self.run, next(self._count))

    def bucket(self, record: list[Exchange] | None = None) -> str:
        """The bucket rows share as long as they leave its configuration alone."""
        if self.user_buckets:
            return self.user_buckets[0]
        name: str = self.memo("bucket", lambda: self.create_bucket(record))
        self._shared.add(name)
        return name

    def second_bucket(self, record: list[Exchange] | None = None) -> str:
        """Another bucket of that kind, for what crosses buckets."""
        if self.user_buckets:
            return self.user_buckets[-1]
        name: str = self.memo("second bucket", lambda: self.create_bucket(record))
        self._shared.add(name)
        return name

    def create_bucket(
        self, record: list[Exchange] | None = None, headers: dict[str, str] | None = None
    ) -> str:
        """Create a bucket of our own.

        Raises:
            Unavailable: buckets are given, or the endpoint refuses.
        """
        if self.user_buckets:
            raise Unavailable("buckets are given with --bucket, so none is created")
        known = self._refusal
        if known and not self._created and time.monotonic() - known[0] < BELIEVED:
            raise Unavailable(known[1])
        name = self.bucket_name()
        call = Call(operation="CreateBucket", bucket=name, headers=headers or {})
        region = self.client.endpoint.region
        plain = region in REGIONS_WITHOUT_CONSTRAINT
        attempts = [call] if plain else [call.plus(body=location_constraint(region)), call]
        for attempt in attempts:
            response = self.send(attempt, role=Role.SETUP, record=record)
            if response.ok:
                return name
        refusal = f"CreateBucket answered {response.describe()}"
        if not headers:
            self._refusal = (time.monotonic(), refusal)
        raise Unavailable(refusal)

    def lease(
        self,
        topic: str,
        record: list[Exchange] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[str, Callable[..., None]]:
        """A bucket whose configuration may be changed, and how to give it back (lend it again?).

        It is nobody else's until it is given back, and then only for the same topic, so what one
        row leaves in it can only be seen by rows that write it anew.

        Raises:
            Unavailable: only given buckets may be used, and not for this.
        """
        if self.user_buckets:
            return self._lease_given(headers)
        pool = (topic, tuple(sorted((headers or {}).items())))
        with self._lock:
            idle = self._idle[pool]
            name = idle.pop() if idle else None
        if name is None:
            name = self.create_bucket(record, headers)
        bucket = name

        def give_back(*, again: bool = True) -> None:
            if again:
                with self._lock:
                    self._idle[pool].append(bucket)

        return bucket, give_back

    def _lease_given(self, headers: dict[str, str] | None) -> tuple[str, Callable[..., None]]:
        if headers:
            raise Unavailable("needs a bucket created for it, and buckets are given with --bucket")
        if not self.may_configure:
            raise Unavailable(CONFIGURES)
        bucket = self.user_buckets[-1]
        self.memo("guard", lambda: self._guard(bucket))
        # One lease at a time: the rows' own objects in the bucket do not mind its configuration.
        lock = self._given_locks[bucket]
        lock.acquire()
        return bucket, lambda **_: lock.release()

    def _guard(self, bucket: str) -> None:
        """An object that keeps the bucket from being deleted: some servers carry out the DELETE
        of a subresource they do not know as DeleteBucket.
        """
        call = Call(operation="PutObject", bucket=bucket, key=self.key(), body=b"guard")
        response = self.send(call, role=Role.SETUP, record=None)
        if not response.ok:
            raise Unavailable(f"PutObject, needed first, answered {response.describe()}")

    def memo(
        self, name: str, make: Callable[[], Any], keep: Callable[[Any], bool] = lambda _: True
    ) -> Any:
        """What `make` returned the first time.

        Of threads that ask at once one makes it and the others wait; where it fails, all of them
        fail with it, and who asks later tries again. What was made of doubtful answers is not kept,
        and whoever waited for it shares the doubt.

        Args:
            name: of what is made.
            make: makes it.
            keep: whether to keep what was made for who asks later.
        """
        with self._lock:
            found = self._memo.get(name)
            future = self._memo[name] = found or Future()
        if found is None:
            with self.client.incidents.watching() as watch:
                try:
                    made = make()
                except BaseException as error:
                    self._forget(name, future)
                    future.set_exception(error)
                    raise
            if watch.doubts or not keep(made):
                self._forget(name, future)
            future.set_result(_Made(made, time.monotonic(), tuple(watch.doubts)))
            return made
        held: _Made = future.result()
        for doubt in held.doubts:
            self.client.incidents.doubt(doubt)
        return held.what

    def _forget(self, name: str, future: Future[Any]) -> None:
        with self._lock:
            if self._memo.get(name) is future:
                del self._memo[name]

    def forget(self, since: float) -> None:
        """Make anew what was made after a moment of the monotonic clock, for whoever asks next.

        Buckets that are not lent are given up too.
        """
        with self._lock:
            done = {name: future for name, future in self._memo.items() if future.done()}
            for name, future in done.items():
                if future.exception() is None and future.result().at > since:
                    del self._memo[name]
            self._idle.clear()

    def clean(self, jobs: int = 8) -> list[str]:
        """Remove everything in the ledger and say what could not be removed."""
        with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="clean") as pool:
            warnings = Cleaner(self.client, pool).clean(
                self.ledger.entries,
                self.user_buckets,
                run=self.run,
                refused=self.ledger.refused,
            )
        self.ledger.close(keep=bool(warnings))
        return warnings
