"""Object lock asked for with headers: of buckets, of objects as they are stored, of deletions.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NoReturn

from conformance.probing import (
    Proof,
    Undecided,
    Workbench,
    decide,
    family,
    judge,
    probe,
    refuses,
    shows,
)
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.locked_versions import (
    ENABLED,
    HOLD,
    MODE,
    UNTIL,
    delete_version,
    kept,
    lockable_bucket,
    told,
    until,
)
from conformance.subjects.smallest_requests import create_bucket
from conformance.subjects.writes import WRITES, write_call, written
from conformance.verdict import Observation, Observed

BYPASS: Final = "x-amz-bypass-governance-retention"
# What must be refused: a mode there is not, and a date without a mode.
REFUSED: Final[dict[str, tuple[str, dict[str, str | None]]]] = {
    MODE: ("with a mode there is not", {MODE: "WHIM"}),
    UNTIL: ("with a date and no mode", {MODE: None}),
}


@probe(f"CreateBucket/{ENABLED}", security=True)
def object_lock_enabled(bench: Workbench) -> Observation:
    """Create a bucket whose objects can be locked, and say so of it."""
    call = create_bucket(bench)
    bench.accepted(bench.treat(call.plus(headers={ENABLED: "true"})), ENABLED)

    locked, plain = _says_enabled(bench, call.bucket), _says_enabled(bench, bench.bucket)
    always = shows(not plain[0], "", f"of a plain bucket {plain[1]}")
    return judge(shows(locked[0] and not plain[0], locked[1], locked[1]), also=[always])


def _says_enabled(bench: Workbench, bucket: str) -> tuple[bool, str]:
    answer = bench.effect(Call(operation="GetObjectLockConfiguration", bucket=bucket))
    found = answer.text("ObjectLockEnabled")
    said = found or answer.describe()
    return found == "Enabled", f"GetObjectLockConfiguration says {said}"


@family(MODE, UNTIL, operations=WRITES, security=True)
def retention(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Keep the object's version from being deleted until the date, and say so of it."""
    asked = _retained()
    held, said = _locked(bench, operation, feature, asked)
    what, changes = REFUSED[feature]
    wrong = {k: v for k, v in {**asked, **changes}.items() if v is not None}
    refusal = refuses(what, bench.effect(_write(bench, operation, wrong)))

    return judge(held, also=[said, refusal])


@family(HOLD, operations=WRITES, security=True)
def legal_hold(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Keep the object's version from being deleted while the hold is on, and say so of it."""
    held, said = _locked(bench, operation, feature, {HOLD: "ON"})
    return judge(held, also=[said])


def _retained() -> dict[str, str]:
    return {MODE: "GOVERNANCE", UNTIL: until()}


def _locked(
    bench: Workbench, operation: OperationName, feature: str, asked: Mapping[str, str]
) -> tuple[Proof, Proof]:
    """Whether an object that was stored so is locked, and told to be; the latter alone is none."""
    answer = bench.treat(_write(bench, operation, asked))
    if bench.sandbox.user_buckets and answer.status == 400:
        raise Undecided(f"{answer.describe()}: the bucket given is perhaps without object lock")
    bench.accepted(answer, *asked)
    head = bench.effect(written(bench, answer).call("HeadObject"))
    return kept(bench, head), told(head, feature, asked[feature])


def _write(bench: Workbench, operation: OperationName, headers: Mapping[str, str]) -> Call:
    """AWS requires a digest of what PutObject stores locked."""
    call = write_call(bench, operation, headers, lockable_bucket(bench))
    return call.plus(headers=content_md5(call.body)) if operation == "PutObject" else call


def _one(bench: Workbench, operation: OperationName, head: Response) -> Call:
    """DeleteObject, or DeleteObjects of this one version."""
    delete = delete_version(bench, head)
    if operation == "DeleteObject":
        return delete
    version = "".join(f"<VersionId>{v}</VersionId>" for v in delete.query.values())
    body = f"<Delete><Object><Key>{delete.key}</Key>{version}</Object></Delete>".encode()
    return Call(operation=operation, bucket=delete.bucket, headers=content_md5(body), body=body)


@family(BYPASS, operations=["DeleteObject", "DeleteObjects"], security=True)
def bypass(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Delete a version that is retained in GOVERNANCE mode, which without the header is refused."""
    stored = bench.attempt(_write(bench, "PutObject", _retained()))
    if not stored.ok:
        _nothing_to_bypass(bench, operation, f"locking an object: {stored.describe()}")
    head = bench.setup(written(bench, stored).call("HeadObject"))
    call = _one(bench, operation, head)

    bench.control(call)
    if not _there(bench, head):
        _nothing_to_bypass(bench, operation, "a locked object was deleted without it")
    freed = bench.treat(call.plus(headers={feature: "true"}))
    if not (freed.ok or freed.denied):
        _accepted_on_plain(bench, operation)
    return judge(
        shows(not _there(bench, head), "the version is gone", "the version is still there")
    )


def _there(bench: Workbench, head: Response) -> bool:
    delete = delete_version(bench, head)
    call = Call(operation="HeadObject", bucket=delete.bucket, key=delete.key, query=delete.query)
    return bench.effect(call).ok


def _accepted_on_plain(bench: Workbench, operation: OperationName) -> None:
    """Whether the header is taken at all, shown on an object that is not locked.

    S3 refuses it in a bucket without object lock, so the bucket is one with it if there is any.
    """
    plain = written(bench, bench.setup(_write(bench, "PutObject", {})))
    head = bench.setup(plain.call("HeadObject"))
    answer = bench.treat(_one(bench, operation, head).plus(headers={BYPASS: "true"}))
    bench.accepted(answer, BYPASS)


def _nothing_to_bypass(bench: Workbench, operation: OperationName, why: str) -> NoReturn:
    if bench.sandbox.user_buckets and "400" in why:
        raise Undecided(f"{why}: the bucket given is perhaps without object lock")
    _accepted_on_plain(bench, operation)
    decide(Observed.IGNORED, f"served, though there is nothing it could bypass: {why}")
