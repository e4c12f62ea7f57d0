"""Object lock: versions that cannot be deleted until a date, or while a legal hold is on.

Whatever is locked here is locked in GOVERNANCE mode and for minutes, so it can be removed with the
bypass header, or at worst a little later.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NoReturn

from conformance.digests import content_md5
from conformance.judge import Proof, Seen, Undecided, decide, judge, refuses, shows
from conformance.lab import Lab
from conformance.ledger import Entry
from conformance.operations import Call
from conformance.probing import family, probe
from conformance.response import Response
from conformance.smallest import create_bucket
from conformance.verdict import Observation, Observed
from conformance.writes import WRITES, write_call, written

ENABLED: Final = "x-amz-bucket-object-lock-enabled"
MODE: Final = "x-amz-object-lock-mode"
UNTIL: Final = "x-amz-object-lock-retain-until-date"
HOLD: Final = "x-amz-object-lock-legal-hold"
BYPASS: Final = "x-amz-bypass-governance-retention"
# What must be refused: a mode there is not, and a date without a mode.
REFUSED: Final[dict[str, tuple[str, dict[str, str | None]]]] = {
    MODE: ("with a mode there is not", {MODE: "WHIM"}),
    UNTIL: ("with a date and no mode", {MODE: None}),
}
# Longer than a probe takes, and than clocks usually differ.
RETENTION: Final = timedelta(minutes=3)


@probe(f"CreateBucket/{ENABLED}", security=True)
def object_lock_enabled(lab: Lab) -> Observation:
    """Create a bucket whose objects can be locked, and say so of it."""
    call = create_bucket(lab)
    lab.accepted(lab.treat(call.plus(headers={ENABLED: "true"})), ENABLED)

    locked, plain = _says_enabled(lab, call.bucket), _says_enabled(lab, lab.bucket)
    always = shows(not plain[0], "", f"of a plain bucket {plain[1]}")
    return judge(shows(locked[0] and not plain[0], locked[1], locked[1]), also=[always])


def _says_enabled(lab: Lab, bucket: str | None) -> tuple[bool, str]:
    answer = lab.effect(Call(operation="GetObjectLockConfiguration", bucket=bucket))
    found = answer.text("ObjectLockEnabled")
    said = found or answer.describe()
    return found == "Enabled", f"GetObjectLockConfiguration says {said}"


@family(MODE, UNTIL, operations=WRITES, security=True)
def retention(lab: Lab, operation: str, feature: str) -> Observation:
    """Keep the object's version from being deleted until the date, and say so of it."""
    asked = _retained()
    kept, told = _locked(lab, operation, feature, asked)
    what, changes = REFUSED[feature]
    wrong = {k: v for k, v in {**asked, **changes}.items() if v is not None}
    refusal = refuses(what, lab.effect(_write(lab, operation, wrong)))

    return judge(kept, also=[told, refusal])


@family(HOLD, operations=WRITES, security=True)
def legal_hold(lab: Lab, operation: str, feature: str) -> Observation:
    """Keep the object's version from being deleted while the hold is on, and say so of it."""
    kept, told = _locked(lab, operation, feature, {HOLD: "ON"})
    return judge(kept, also=[told])


def _retained() -> dict[str, str]:
    until = datetime.now(UTC) + RETENTION
    return {MODE: "GOVERNANCE", UNTIL: until.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _locked(
    lab: Lab, operation: str, feature: str, asked: Mapping[str, str]
) -> tuple[Proof, Proof]:
    """Whether an object that was stored so is locked, and told to be; the latter alone is none."""
    answer = lab.treat(_write(lab, operation, asked))
    if lab.sandbox.given and answer.status == 400:
        raise Undecided(f"{answer.describe()}: the bucket given is perhaps without object lock")
    lab.accepted(answer, *asked)
    head = lab.effect(written(lab, answer).call("HeadObject"))
    deleted = lab.effect(_delete(lab, head))

    kept = refuses("deleting its version", deleted)
    if not lab.shared("deleting a version that is not locked", _deletes).ok:
        kept = shows(False, "", "no version can be deleted, locked or not", otherwise=Seen.WRONG)
    return kept, _told(head, feature, asked[feature])


def _deletes(lab: Lab) -> Response:
    """What deleting a version is answered that nothing holds."""
    subject = written(lab, lab.setup(_write(lab, "PutObject", {})))
    return lab.control(_delete(lab, lab.setup(subject.call("HeadObject"))))


def _write(lab: Lab, operation: str, headers: Mapping[str, str]) -> Call:
    """AWS requires a digest of what PutObject stores locked."""
    call = write_call(lab, operation, headers, lab.shared("a bucket with object lock", _bucket))
    return call.plus(headers=content_md5(call.body)) if operation == "PutObject" else call


def _bucket(lab: Lab) -> str:
    """A bucket with object lock; where none can be created, one without.

    There S3 refuses the headers, so a server that takes them has ignored them.
    """
    try:
        return lab.new_bucket({ENABLED: "true"})
    except Undecided:
        return lab.bucket


def _delete(lab: Lab, head: Response, headers: Mapping[str, str] | None = None) -> Call:
    """DeleteObject of the version that HeadObject named, which the ledger is told of too."""
    bucket, key, version = head.call.bucket, head.call.key, head.header("x-amz-version-id")
    query = {"versionId": version} if version else {}
    if bucket and version:
        lab.sandbox.ledger.add(Entry(bucket=bucket, key=key, version=version))
    return Call(
        operation="DeleteObject", bucket=bucket, key=key, query=query, headers=headers or {}
    )


def _told(head: Response, header: str, value: str) -> Proof:
    """Dates are told with fractions of a second, or without."""
    found = head.header(header)
    told = (found or "")[:19] == value[:19]
    text = f"HeadObject says {header}: {found}{'' if told else f', not {value}'}"
    return shows(told, text, text, otherwise=Seen.WRONG if found else Seen.ABSENT)


def _one(lab: Lab, operation: str, head: Response) -> Call:
    """DeleteObject, or DeleteObjects of this one version."""
    delete = _delete(lab, head)
    if operation == "DeleteObject":
        return delete
    version = "".join(f"<VersionId>{v}</VersionId>" for v in delete.query.values())
    body = f"<Delete><Object><Key>{delete.key}</Key>{version}</Object></Delete>".encode()
    return Call(operation=operation, bucket=delete.bucket, headers=content_md5(body), body=body)


@family(BYPASS, operations=["DeleteObject", "DeleteObjects"], security=True)
def bypass(lab: Lab, operation: str, feature: str) -> Observation:
    """Delete a version that is retained in GOVERNANCE mode, which without the header is refused."""
    stored = lab.attempt(_write(lab, "PutObject", _retained()))
    if not stored.ok:
        _nothing_to_bypass(lab, operation, f"locking an object: {stored.describe()}")
    head = lab.setup(written(lab, stored).call("HeadObject"))
    call = _one(lab, operation, head)

    lab.control(call)
    if not _there(lab, head):
        _nothing_to_bypass(lab, operation, "a locked object was deleted without it")
    freed = lab.treat(call.plus(headers={feature: "true"}))
    if not (freed.ok or freed.denied):
        _accepted_on_plain(lab, operation)
    return judge(shows(not _there(lab, head), "the version is gone", "the version is still there"))


def _there(lab: Lab, head: Response) -> bool:
    delete = _delete(lab, head)
    call = Call(operation="HeadObject", bucket=delete.bucket, key=delete.key, query=delete.query)
    return lab.effect(call).ok


def _accepted_on_plain(lab: Lab, operation: str) -> None:
    """Whether the header is taken at all, shown on an object that is not locked.

    S3 refuses it in a bucket without object lock, so the bucket is one with it if there is any.
    """
    plain = written(lab, lab.setup(_write(lab, "PutObject", {})))
    head = lab.setup(plain.call("HeadObject"))
    answer = lab.treat(_one(lab, operation, head).plus(headers={BYPASS: "true"}))
    lab.accepted(answer, BYPASS)


def _nothing_to_bypass(lab: Lab, operation: str, why: str) -> NoReturn:
    if lab.sandbox.given and "400" in why:
        raise Undecided(f"{why}: the bucket given is perhaps without object lock")
    _accepted_on_plain(lab, operation)
    decide(Observed.IGNORED, f"served, though there is nothing it could bypass: {why}")
