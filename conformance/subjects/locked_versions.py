"""Versions that cannot be deleted: a bucket that has them, and how it shows that they are kept.

Whatever is locked here is locked in GOVERNANCE mode and for minutes, so it can be removed with the
bypass header, or at worst a little later; in COMPLIANCE mode for seconds, for which clean-up waits.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from conformance.probing import Comparison, Stored, Undecided, Workbench, holds, refused, served
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.sandbox.ledger import Created
from conformance.subjects.listings import parsed_date
from conformance.verdict import Outcome

ENABLED: Final = "x-amz-bucket-object-lock-enabled"
MODE: Final = "x-amz-object-lock-mode"
UNTIL: Final = "x-amz-object-lock-retain-until-date"
BYPASSING: Final = {"x-amz-bypass-governance-retention": "true"}
HOLD: Final = "x-amz-object-lock-legal-hold"
# Longer than a probe takes, and than clocks usually differ.
RETENTION: Final = timedelta(minutes=3)
# Longer than three requests take, and no longer than clean-up waits for.
SHORT: Final = timedelta(seconds=4)


def until() -> str:
    """A date that is near, but not yet."""
    return _date(RETENTION)


def retained() -> dict[str, str]:
    """The headers that retain an object until `until`."""
    return {MODE: "GOVERNANCE", UNTIL: until()}


def held() -> dict[str, str]:
    """The header that holds an object."""
    return {HOLD: "ON"}


def lockable_bucket(bench: Workbench) -> str:
    """A bucket with object lock, shared; where none can be created, one without.

    There S3 refuses to lock anything, so a server that takes it has ignored it.
    """
    return bench.shared("a bucket with object lock", _bucket)


def _bucket(bench: Workbench) -> str:
    try:
        return bench.new_bucket({ENABLED: "true"})
    except Undecided:
        return bench.bucket


def lockable(bench: Workbench) -> Stored:
    """A fresh object in it, not locked; AWS requires a digest of what is stored there.

    Raises:
        Undecided: PutObject was not served.
    """
    body = bench.text()
    return bench.put(body, bucket=lockable_bucket(bench), headers=content_md5(body))


def kept(bench: Workbench, head: Response) -> Comparison:
    """Whether the version that HeadObject named cannot be deleted, as others can."""
    deleted = bench.effect(delete_version(bench, head))
    if not deletes(bench).ok:
        return holds(False, "a refusal to delete any version, locked or not", deleted)
    return refused(deleted).after("deleting its version")


def deletes(bench: Workbench) -> Response:
    """What deleting a version that nothing holds is answered."""
    return bench.shared("deleting a version that is not locked", _deletes)


def _deletes(bench: Workbench) -> Response:
    return bench.control(delete_version(bench, bench.setup(lockable(bench).call("HeadObject"))))


def delete_version(
    bench: Workbench, head: Response, headers: Mapping[str, str] | None = None
) -> Call:
    """DeleteObject of the version that HeadObject named, noted in the ledger too."""
    bucket, key, version = head.call.bucket, head.call.key, head.header("x-amz-version-id")
    query = {"versionId": version} if version else {}
    if bucket and version:
        bench.sandbox.ledger.add(Created(bucket=bucket, key=key, version=version))
    return Call(
        operation="DeleteObject", bucket=bucket, key=key, query=query, headers=headers or {}
    )


def same_date(seen: str | None, given: str) -> bool:
    """Dates are returned with fractions of a second, or without."""
    return (seen or "")[:19] == given[:19]


def shown(head: Response, header: str, value: str) -> Comparison:
    """Whether HeadObject or GetObject reports of the object how it is locked."""
    found = head.header(header)
    text = f"no {header}" if found is None else f"{header}: {found}"
    otherwise = Outcome.WRONG if found else Outcome.IGNORED
    return holds(same_date(found, value), text, head, otherwise=otherwise)


def later() -> str:
    """A date a little later than `until`, to extend a retention to."""
    return _date(2 * RETENTION)


def sooner() -> str:
    """A date a little before `until`, to shorten a retention to."""
    return _date(RETENTION / 2)


def passed() -> str:
    """A date that has passed, however clocks differ."""
    return _date(timedelta(days=-1))


def _date(ahead: timedelta) -> str:
    return written(datetime.now(UTC) + ahead)


def check_others(bench: Workbench, operation: OperationName, feature: str, locked: Stored) -> None:
    """Check that a lock is of one version: not of its key's next one, and not of a copy.

    Args:
        bench: the row's.
        operation: PutObject reports `newer-version`, CopyObject `not-copied`, others nothing.
        feature: the header that tells of the lock.
        locked: an object whose latest version is locked.
    """
    if operation == "PutObject":
        with bench.observing("newer-version"):
            body = bench.text()
            call = locked.call(operation, headers=content_md5(body), body=body)
            answer = bench.effect(call)
            seen = _unlocked(bench, answer, feature) if answer.ok else served(answer)
            bench.check("newer-version", seen)
    if operation == "CopyObject":
        with bench.observing("not-copied"):
            call = Call(
                operation=operation,
                bucket=locked.bucket,
                key=bench.key(),
                headers={"x-amz-copy-source": locked.source},
            )
            bench.check("not-copied", _unlocked(bench, bench.setup(call), feature))


def _unlocked(bench: Workbench, answer: Response, feature: str) -> Comparison:
    call = Call(operation="HeadObject", bucket=answer.call.bucket, key=answer.call.key)
    head = bench.effect(call)
    said = head.header(feature)
    return holds(head.ok and said in (None, "OFF"), f"{feature}: {said or 'none'}", head)


def there(bench: Workbench, head: Response) -> bool:
    """Whether the version that HeadObject named is there still."""
    delete = delete_version(bench, head)
    call = Call(operation="HeadObject", bucket=delete.bucket, key=delete.key, query=delete.query)
    return bench.effect(call).ok


def check_compliance(
    bench: Workbench, delete: Callable[[Response], Call], answer: Response
) -> None:
    """Report `compliance`: of a version that nobody may delete for some seconds.

    Args:
        bench: the row's.
        delete: the deletion of a version that HeadObject named, with what bypasses GOVERNANCE.
        answer: one of the server's, whose Date tells its time.
    """
    with bench.observing("compliance"):
        end = soon(answer)
        head = in_compliance(bench, end)
        deleted = bench.effect(delete(head))
        before(deleted, end)
        stays = there(bench, head)
        text = f"{deleted.describe()}, and the version {'stays' if stays else 'is gone'}"
        bench.check("compliance", holds(stays, text, deleted))


def check_mode(bench: Workbench, answer: Response) -> None:
    """Report `other-mode`: whether HeadObject tells of COMPLIANCE what it tells of GOVERNANCE.

    Args:
        bench: the row's.
        answer: as for `check_compliance`.
    """
    with bench.observing("other-mode"):
        head = in_compliance(bench, soon(answer))
        bench.check("other-mode", shown(head, MODE, "COMPLIANCE"))


def soon(answer: Response) -> datetime:
    """A time some seconds ahead by the clock of a server that answered this just now.

    Raises:
        Undecided: it told no Date.
    """
    now = parsed_date(answer.header("Date") or "")
    if now is None:
        raise Undecided("the server tells no Date")
    return now + SHORT


def in_compliance(bench: Workbench, end: datetime) -> Response:
    """HEAD of an object that was stored in COMPLIANCE mode until then."""
    body = bench.text()
    lock = {MODE: "COMPLIANCE", UNTIL: written(end), **content_md5(body)}
    subject = bench.put(body, bucket=lockable_bucket(bench), headers=lock)
    return bench.setup(subject.call("HeadObject"))


def before(answer: Response, end: datetime) -> None:
    """Make sure that an answer came before a time.

    Raises:
        Undecided: it came later, or may have.
    """
    told = parsed_date(answer.header("Date") or "")
    if told is None or told >= end - timedelta(seconds=1):
        raise Undecided(f"the retention was over before the answer: {answer.describe()}")


def written(time: datetime) -> str:
    """A date as headers and documents have it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def reports_deleted(answer: Response, head: Response) -> Comparison:
    """Whether a deletion reports the version that HeadObject named."""
    version = head.header("x-amz-version-id")
    if answer.call.operation == "DeleteObject":
        seen = answer.header("x-amz-version-id")
        right = answer.status == 204 and seen == version
    else:
        seen = answer.text("Deleted/VersionId")
        right = answer.ok and seen == version and answer.xml.find("Error") is None
    return holds(right, f"{answer.describe()}, version {seen}", answer)
