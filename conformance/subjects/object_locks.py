"""The two ways to lock an object that is stored: the documents that put and return them.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from conformance.probing import Stored, Workbench, holds, refused
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call, operation_named
from conformance.s3.response import Response
from conformance.s3.xml import document
from conformance.subjects import locked_versions

DATE: Final = "{date}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """One way to keep a version.

    Attributes:
        root: the element that Put sends and Get returns.
        says: what Get's response must hold, by element; `DATE` stands for the date.
        header: what HeadObject reports it by, and what.
    """

    root: str
    says: Mapping[str, str]
    header: tuple[str, str]

    def elements(self, date: str) -> dict[str, str]:
        """The elements with the date filled in."""
        return {name: text.replace(DATE, date) for name, text in self.says.items()}

    def put(self, subject: Stored, date: str, **changes: str) -> Call:
        """Put, with the digest that AWS requires; an element changed to nothing is left out."""
        elements = {**self.elements(date), **changes}.items()
        xml = "".join(f"<{name}>{text}</{name}>" for name, text in elements if text)
        body = document(self.root, xml)
        name = operation_named(f"PutObject{self.root}")
        return subject.call(name, headers=content_md5(body), body=body)

    def get(self, subject: Stored) -> Call:
        return subject.call(operation_named(f"GetObject{self.root}"))

    def at_once(self, date: str) -> dict[str, str]:
        """The headers that lock an object as it is stored."""
        names = (
            (locked_versions.MODE, locked_versions.UNTIL)
            if self.root == "Retention"
            else (locked_versions.HOLD,)
        )
        return dict(zip(names, self.elements(date).values(), strict=True))


LOCKS: Final = {
    "Retention": Lock(
        root="Retention",
        says={"Mode": "GOVERNANCE", "RetainUntilDate": DATE},
        header=(locked_versions.UNTIL, DATE),
    ),
    "LegalHold": Lock(root="LegalHold", says={"Status": "ON"}, header=(locked_versions.HOLD, "ON")),
}


def of(name: str) -> Lock:
    """The lock that an operation puts or returns."""
    return LOCKS[name.removeprefix("Put").removeprefix("Get").removeprefix("Object")]


def says(lock: Lock, answer: Response, date: str) -> tuple[bool, str]:
    """Whether a response reports this lock, and what it reports."""
    wanted = lock.elements(date)
    seen = {name: answer.text(name) for name in wanted}
    right = all(
        locked_versions.same_date(seen[name], text) if text == date else seen[name] == text
        for name, text in wanted.items()
    )
    reported = ", ".join(f"{name} {text}" for name, text in seen.items() if text)
    return right, f"{answer.describe()} {reported or answer.root or 'no XML'}"


def other(lock: Lock) -> Lock:
    """The lock that an object may have beside this one."""
    return next(each for each in LOCKS.values() if each is not lock)


def check_both(bench: Workbench, lock: Lock, subject: Stored, date: str, put: Call) -> None:
    """Put a lock on a version, and report `other-lock`: that the one it had stays on it.

    Args:
        bench: the row's.
        lock: the one to put.
        subject: a version that was stored with the other lock.
        date: of either.
        put: the request.
    """
    had = other(lock)
    get = had.get(subject).plus(query={"versionId": subject.version or ""})
    before = bench.attempt(get)
    bench.effect(put)
    if not says(had, before, date)[0]:
        because = f"{get.operation} returned {before.describe()} before"
        bench.skip("other-lock", because=because)
        return
    after = bench.effect(get)
    bench.check("other-lock", holds(*says(had, after, date), after))


def check_compliance(bench: Workbench, lock: Lock) -> None:
    """Report `compliance`: whether COMPLIANCE mode can be made shorter, or made GOVERNANCE.

    Args:
        bench: the row's.
        lock: the retention.
    """
    with bench.observing("compliance"):
        subject = locked_versions.lockable(bench)
        end = locked_versions.soon(bench.setup(subject.call("HeadObject")))
        shorter, longer, longest = (
            locked_versions.written(end + timedelta(seconds=n)) for n in (-1, 0, 1)
        )
        bench.setup(lock.put(subject, longer, Mode="COMPLIANCE"))
        put = lock.put(subject, shorter, Mode="COMPLIANCE")
        by_bypass = put.plus(headers=locked_versions.BYPASSING)
        for call, text in (
            (by_bypass, "an earlier date"),
            (lock.put(subject, longest), "GOVERNANCE until a later date"),
        ):
            refusal = bench.effect(call)
            locked_versions.before(refusal, end)
            bench.check("compliance", refused(refusal).after(text))
