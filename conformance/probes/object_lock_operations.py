"""Retention and legal hold of an object that is stored already: put and told.

What counts as proof. A version that was put under lock cannot be deleted, where others can; that
HeadObject then tells of the lock shows that it was stored, not that it is heeded. What is told is
shown by an object that was locked just before and by one that was not.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLegalHold.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from conformance.probing import (
    Proof,
    Seen,
    Stored,
    Undecided,
    Workbench,
    decide,
    judge,
    offered,
    operation,
    shows,
    stored,
)
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.xml import document
from conformance.subjects.listings import misnamed
from conformance.subjects.locked_versions import (
    HOLD,
    MODE,
    UNTIL,
    kept,
    lockable,
    lockable_bucket,
    same_date,
    told,
)
from conformance.subjects.locked_versions import until as near_date
from conformance.verdict import Observation, Observed

UNLOCKED: Final = ("NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """One way to keep a version.

    Attributes:
        root: the element that Put sends and Get answers.
        says: what Get's answer must hold, by element; `DATE` stands for the date.
        header: what HeadObject tells it by, and what.
    """

    root: str
    says: Mapping[str, str]
    header: tuple[str, str]

    def elements(self, date: str) -> dict[str, str]:
        """The elements with the date filled in."""
        return {name: text.replace(DATE, date) for name, text in self.says.items()}

    def put(self, subject: Stored, date: str) -> Call:
        """Put, with the digest that AWS requires."""
        elements = self.elements(date).items()
        body = document(self.root, "".join(f"<{name}>{text}</{name}>" for name, text in elements))
        return subject.call(f"PutObject{self.root}", headers=content_md5(body), body=body)

    def at_once(self, date: str) -> dict[str, str]:
        """The headers that lock an object as it is stored."""
        names = (MODE, UNTIL) if self.root == "Retention" else (HOLD,)
        return dict(zip(names, self.elements(date).values(), strict=True))


DATE: Final = "{date}"
LOCKS: Final = {
    "Retention": Lock(
        root="Retention",
        says={"Mode": "GOVERNANCE", "RetainUntilDate": DATE},
        header=(UNTIL, DATE),
    ),
    "LegalHold": Lock(root="LegalHold", says={"Status": "ON"}, header=(HOLD, "ON")),
}


def _of(name: str) -> Lock:
    return LOCKS[name.removeprefix("Put").removeprefix("Get").removeprefix("Object")]


@operation("PutObjectRetention", "PutObjectLegalHold", security=True)
def put(bench: Workbench, name: str) -> Observation:
    """Keep the object's version from being deleted from now on, and say so of it."""
    lock, date, subject = _of(name), near_date(), lockable(bench)

    answer = bench.treat(lock.put(subject, date))
    bench.unharmed(subject)
    _offered(bench, answer)
    head = bench.effect(subject.call("HeadObject"))
    header, value = lock.header

    return judge(kept(bench, head), also=[told(head, header, value.replace(DATE, date))])


@operation("GetObjectRetention", "GetObjectLegalHold", security=True)
def get(bench: Workbench, name: str) -> Observation:
    """Tell how the object is locked, and that another one is not."""
    lock, date, subject = _of(name), near_date(), lockable(bench)

    put = bench.put_on(subject, lock.put(subject, date))
    if not (put and put.ok):
        subject, put = _locked_at_once(bench, lock, date)
    answer = bench.treat(subject.call(name))
    if answer.code not in UNLOCKED:
        _offered(bench, answer)
    plain = bench.effect(lockable(bench).call(name))

    if not put.ok:
        _nothing_to_tell(lock, answer, put)
    return judge(_tells(lock, date, answer, plain), also=misnamed(answer, lock.root))


def _locked_at_once(bench: Workbench, lock: Lock, date: str) -> tuple[Stored, Response]:
    """An object that was to be locked as it was stored, and what that was answered."""
    body, headers = bench.text(), lock.at_once(date)
    call = Call(
        operation="PutObject",
        bucket=lockable_bucket(bench),
        key=bench.key(),
        headers={**headers, **content_md5(body)},
        body=body,
    )
    answer = bench.attempt(call)
    return (stored(answer) if answer.ok else lockable(bench)), answer


def _tells(lock: Lock, date: str, answer: Response, plain: Response) -> Proof:
    wanted = lock.elements(date)
    said = {name: answer.text(name) for name in wanted}
    right = all(
        same_date(said[name], text) if text == date else said[name] == text
        for name, text in wanted.items()
    )
    apart = plain.text(next(iter(wanted))) != next(iter(wanted.values()))
    shown = ", ".join(f"{name} {text}" for name, text in said.items() if text)
    seen = f"answers {answer.describe()} {shown or answer.root or 'no XML'}"
    if right and not apart:
        return shows(False, "", f"{seen}, and so of an object that is not locked")
    return shows(
        right,
        f"{seen}, and of an object that is not locked {plain.describe()}",
        seen,
        otherwise=Seen.WRONG if shown else Seen.ABSENT,
    )


def _offered(bench: Workbench, answer: Response) -> None:
    if (
        bench.sandbox.user_buckets
        and answer.status in (400, 409)
        and answer.code != "NotImplemented"
    ):
        raise Undecided(f"{answer.describe()}: the bucket given is perhaps without object lock")
    offered(answer)


def _nothing_to_tell(lock: Lock, answer: Response, put: Response) -> NoReturn:
    if answer.ok and answer.root != lock.root:
        decide(Observed.IGNORED, f"answers {answer.root or 'no XML'}: the subresource is not known")
    text = f"answers {answer.describe()}, but {put.call.operation} answered {put.describe()}"
    decide(Observed.UNPROVEN, text)
