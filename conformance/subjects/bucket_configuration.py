"""What a bucket's configuration is: how it is written, and how one tells that it reads back.

What was written is compared with what is read leaf by leaf: a leaf is an XML element (or a JSON
member) without children, as its path below the root and its text. The leaves that differ between
two values of our own are the configuration's *marks*; an answer that shows them shows this write
and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from conformance.probing import Check, Comparison, Undecided, Workbench, holds, offered, promise
from conformance.s3.checksums import content_md5
from conformance.s3.operations import OPERATIONS, Call, OperationName, operation_named
from conformance.s3.response import Response
from conformance.s3.xml import Leaves, contains, element, is_json, leaves
from conformance.verdict import Outcome

LISTING: Final = "ListBucketResult"
# Refusals that may tell more of the bucket than of the operation, and those that do not.
UNPREPARED: Final = (400, 403, 404, 409)
OF_THE_REQUEST: Final = (
    "MalformedXML",
    "NotImplemented",
    # Of CreateBucket: the subresource was not seen.
    "BucketAlreadyExists",
    "BucketAlreadyOwnedByYou",
)
# Refusals that name what is missing.
MISSING: Final = {
    "AccessControlListNotSupported": "the bucket takes no ACLs",
    "InvalidTargetBucketForLogging": "no log may be written to the bucket",
    "XMinioAdminRemoteArnInvalid": "the destination must be registered with the server first",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A bucket that is ready to be configured, and what bodies need to know of it.

    Attributes:
        bucket: its name.
        owner: the canonical id of who owns it; only where a body needs it.
        destination: another bucket, to which this one may replicate, or the ARN of what its
            events may go to; only where needed.
        key_id: of a key of the server's, if one is given.
        lacks: what the bucket should have before it can be configured, and could not be given.
    """

    bucket: str
    owner: str = ""
    destination: str = ""
    key_id: str = ""
    lacks: str = ""


Body = Callable[[str, Place], bytes]
Preparation = Callable[[Workbench, Place], Place]
Default = Callable[[Workbench, Response], Comparison]


def _as_is(_: Workbench, place: Place) -> Place:
    return place


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One subresource of a bucket.

    Attributes:
        topic: the subresource's name in the query.
        name: what the operations' names have after their verb.
        body: of Put, from a value and the place; its root is that of Get's answer too.
        rich: the same with all members that the probe uses, several of each where there may be;
            None where `body` has them all.
        invalid: a body that has a value S3 does not know, and that value in words.
        invalid_is: the weight of refusing it.
        choices: the values there are, one that is not the default first; none where any nonce
            will do.
        operations: names that are not verb and name, by verb.
        by_id: Get, Put and Delete take an `id`, and List… lists all.
        security: ignoring it silently is a hazard.
        headers: of CreateBucket, for the bucket to be able to take it.
        prepare: what must be so before Put can be served; its failure is not fatal.
        default: what AWS answers of a bucket never configured, where that is no 404 and says
            something.
        fresh: how much of `default` is asked for where Put is served; all of it where None.
        absent: the code of Get's 404 where nothing is configured; empty where that is no 404.
        absent_is: the weight of that 404 after Delete.
        inborn: a new bucket may have a configuration of its own, and Get may return it.
        listing: the root element of what List… answers.
    """

    topic: str
    name: str
    body: Body
    rich: Body | None = None
    invalid: tuple[str, Body] | None = None
    invalid_is: Callable[[str, str, str], Check] = promise
    choices: tuple[str, str] | None = None
    operations: Mapping[str, str] = field(default_factory=dict)
    by_id: bool = False
    security: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    prepare: Preparation = _as_is
    default: Default | None = None
    fresh: Default | None = None
    absent: str = ""
    absent_is: Callable[[str, str, str], Check] = promise
    inborn: bool = False
    listing: str = ""

    def operation(self, verb: str) -> OperationName | None:
        """The operation's name, or None where there is none: `operation("Delete")`."""
        name = self.operations.get(verb, f"{verb}{self.name}")
        return operation_named(name) if name in OPERATIONS else None

    # Where and what to write.

    def lease(self, bench: Workbench) -> Place:
        """A bucket of one's own until the probe ends, ready for Put.

        Raises:
            Undecided: no such bucket can be had.
        """
        return self._place(bench, lambda headers: bench.lease(self.topic, headers))

    def disposable(self, bench: Workbench) -> Place:
        """A bucket that may be lost, ready for Put: some servers delete it on Delete….

        Of given buckets it is a leased one, which an object keeps from being deleted.

        Raises:
            Undecided: no such bucket can be had.
        """
        return (
            self.lease(bench)
            if bench.sandbox.user_buckets
            else self._place(bench, bench.new_bucket)
        )

    def _place(self, bench: Workbench, get: Callable[[dict[str, str] | None], str]) -> Place:
        place = self._bucket(get)
        prepared = self.prepare(bench, place)
        return replace(prepared, lacks=place.lacks or prepared.lacks)

    def _bucket(self, get: Callable[[dict[str, str] | None], str]) -> Place:
        if not self.headers:
            return Place(bucket=get(None))
        try:
            return Place(bucket=get(dict(self.headers)))
        except Undecided as trouble:
            lacks = f"the bucket was created without {', '.join(self.headers)}: {trouble}"
            return Place(bucket=get(None), lacks=lacks)

    def values(self, bench: Workbench) -> tuple[str, str]:
        """Two values to write: nobody has used them, unless there are only few."""
        return self.choices or (bench.nonce(), bench.nonce())

    # Requests.

    def _call(self, verb: str, place: Place, value: str) -> Call:
        operation = self.operation(verb)
        assert operation is not None, f"{verb} {self.topic}"
        query = {"id": value} if self.by_id and verb != "List" else {}
        return Call(operation=operation, bucket=place.bucket, query=query)

    def put(self, place: Place, value: str, body: bytes | None = None) -> Call:
        """Put with a body that carries the value, and the `Content-MD5` that AWS requires."""
        content = self.body(value, place) if body is None else body
        return self._call("Put", place, value).plus(headers=content_md5(content), body=content)

    def puts(self, place: Place, value: str) -> list[Call]:
        """Put with all members, and Put with the smallest body; the same one where that is all."""
        richest = [self.put(place, value, self.rich(value, place))] if self.rich else []
        return [*richest, self.put(place, value)]

    def get(self, place: Place, value: str = "") -> Call:
        return self._call("Get", place, value)

    def delete(self, place: Place, value: str) -> Call:
        return self._call("Delete", place, value)

    def listed(self, place: Place) -> Call:
        return self._call("List", place, "")

    # What an answer shows.

    @staticmethod
    def taken(place: Place, answer: Response) -> Response:
        """The answer to Put, if it was carried out.

        Raises:
            Decided: refused explicitly, or a server error.
            Undecided: denied, or refused for what the bucket lacks.
        """
        about_bucket = answer.status in UNPREPARED and answer.code not in OF_THE_REQUEST
        missing = MISSING.get(answer.code) or (place.lacks if about_bucket else "")
        if missing:
            raise Undecided(f"{answer.call.operation} answered {answer.describe()}: {missing}")
        return offered(answer)

    @property
    def root(self) -> str:
        """The root element of Put's body and of Get's answer; empty for a JSON document."""
        return element(self.body((self.choices or ("x",))[0], Place(bucket="x"))).tag

    def is_one(self, answer: Response) -> bool:
        """Whether the answer is a configuration of this kind, whatever it says."""
        return answer.ok and answer.root == self.root and (bool(self.root) or is_json(answer))

    def ignored(self, answer: Response) -> bool:
        """Whether the answer is one of a server that does not know the subresource."""
        return answer.ok and answer.root in ("", LISTING) and not self.is_one(answer)

    def shows(self, answer: Response, place: Place, value: str, other: str) -> Comparison:
        """Whether the answer carries the marks that tell `value` from `other`.

        One mark that nobody else can have written is enough; what is lost beside it is for
        `shows_all`. Where there are only few values all of their marks must be there.
        """
        marks = self._leaves(place, value) - self._leaves(place, other)
        seen = marks & leaves(answer.body) if answer.ok else frozenset()
        held = seen == marks if self.choices else bool(seen)
        text = answer.describe()
        if answer.ok:
            text += f" {answer.root or ('no XML' if self.root else 'nothing')}"
            text += f" with {_text(seen)}" if held else f" without {_text(marks)}"
        # Half of what was put is not nothing of it.
        wrong = Outcome.WRONG if answer.broke or seen else Outcome.IGNORED
        return holds(held, text, answer, otherwise=wrong)

    @staticmethod
    def shows_all(answer: Response, body: bytes) -> Comparison:
        """Whether the answer has every leaf of a body that was put."""
        lost = leaves(body) - leaves(answer.body)
        text = f"{answer.describe()} without {_text(lost)}" if lost else "all of them"
        if not lost and not contains(answer.body, body):
            text = f"{answer.describe()} with all of them, and some in another element"
            return holds(False, text, answer)
        return holds(not lost, text, answer)

    def _leaves(self, place: Place, value: str) -> Leaves:
        return leaves(self.body(value, place))


def _text(found: Leaves) -> str:
    """Leaves as a reader knows them: `Status=Enabled`, `EventBridgeConfiguration`."""
    named = ((path.rpartition("/")[2], text) for path, text in sorted(found))
    listed = ", ".join(f"{name}={text}" if text else name for name, text in named)
    return listed or "an empty document"
