"""Object lock asked for with headers: of buckets, of objects as they are stored, of deletions.

What counts. A version that is locked cannot be deleted, where others can; that HeadObject then
reports the lock shows that it was stored, not that it is applied. Everything is locked in
GOVERNANCE mode and for minutes, so that clean-up can remove it; or in COMPLIANCE mode for seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, NoReturn

from conformance.probing import (
    ERRORS,
    Call,
    Check,
    Comparison,
    Observed,
    OperationName,
    Outcome,
    Response,
    Stored,
    Undecided,
    Workbench,
    api,
    content_md5,
    core,
    decide,
    detail,
    family,
    guide,
    holds,
    is_refusal,
    probe,
    promise,
    refused,
)
from conformance.subjects import configuration_bodies, locked_versions, smallest_requests, writes

BYPASS: Final = "x-amz-bypass-governance-retention"
PAGE: Final = guide("object-lock")
DELETIONS: Final[tuple[OperationName, ...]] = ("DeleteObject", "DeleteObjects")

BUCKET_CHECKS: Final = (
    core("enabled", "ObjectLockEnabled of GetObjectLockConfiguration to be Enabled", PAGE),
    promise("plain-bucket", "no object lock of a bucket created without the header", PAGE),
    promise("versioning", "GetBucketVersioning with Status Enabled", PAGE),
    promise("not-suspended", "a refusal to suspend versioning of the bucket", PAGE),
    promise("locks", "an object stored there with a legal hold to be kept", PAGE),
    detail("false", "no object lock of a bucket created with the value false", api("CreateBucket")),
    detail("suspended-code", "409 InvalidBucketState for that", ERRORS),
    detail("plain-bucket-code", "404 ObjectLockConfigurationNotFoundError of a plain one", ERRORS),
)


@probe(f"CreateBucket/{locked_versions.ENABLED}", checks=BUCKET_CHECKS, security=True)
def object_lock_enabled(bench: Workbench) -> None:
    """Create a bucket whose objects can be locked and whose versions stay."""
    call = smallest_requests.create_bucket(bench)
    answer = bench.treat(call.plus(headers={locked_versions.ENABLED: "true"}))
    bench.accepted(answer, locked_versions.ENABLED)

    locked, plain = _configuration(bench, call.bucket), _configuration(bench, bench.bucket)
    seen, without = locked.text("ObjectLockEnabled"), plain.text("ObjectLockEnabled")
    text = f"{locked.describe()} {seen or ''}".rstrip()
    if without == "Enabled":
        text += ", and the same of a bucket created without the header"
    right = seen == "Enabled" and without != "Enabled"
    bench.check("enabled", holds(right, text, locked, plain, otherwise=Outcome.IGNORED))
    bench.check("plain-bucket", holds(not without, plain.describe(), plain))
    codes = ("ObjectLockConfigurationNotFoundError",)
    bench.check("plain-bucket-code", refused(plain, 404, codes=codes))
    versioning = bench.effect(Call(operation="GetBucketVersioning", bucket=call.bucket))
    status = versioning.text("Status")
    bench.check("versioning", holds(status == "Enabled", f"Status {status}", versioning))
    with bench.observing("locks"):
        body = bench.text()
        headers = {locked_versions.HOLD: "ON", **content_md5(body)}
        held = bench.put(body, bucket=call.bucket, headers=headers)
        bench.check("locks", locked_versions.kept(bench, bench.setup(held.call("HeadObject"))))
    suspended = bench.effect(configuration_bodies.put_versioning(call.bucket, "Suspended"))
    bench.check("not-suspended", refused(suspended))
    bench.check("suspended-code", refused(suspended, 409, codes=("InvalidBucketState",)))
    with bench.observing("false"):
        other = smallest_requests.create_bucket(bench)
        if bench.effect(other.plus(headers={locked_versions.ENABLED: "false"})).ok:
            answer = _configuration(bench, other.bucket)
            text = answer.text("ObjectLockEnabled") or answer.describe()
            bench.check("false", holds(text != "Enabled", text, answer))
        else:
            bench.skip("false", because="the value was refused")


def _configuration(bench: Workbench, bucket: str) -> Response:
    return bench.effect(Call(operation="GetObjectLockConfiguration", bucket=bucket))


# What must be refused beside one row or the other, and why.
REFUSED: Final[dict[str, dict[str, tuple[str, dict[str, str | None]]]]] = {
    locked_versions.MODE: {
        "unknown-mode": ("a mode that does not exist", {locked_versions.MODE: "WHIM"}),
        "mode-without-date": ("a mode without a date", {locked_versions.UNTIL: None}),
    },
    locked_versions.UNTIL: {
        "date-without-mode": ("a date without a mode", {locked_versions.MODE: None}),
        "malformed-date": ("a date that is none", {locked_versions.UNTIL: "tomorrow"}),
        "passed-date": ("a date that has passed", {locked_versions.UNTIL: ""}),
    },
    locked_versions.HOLD: {
        "unknown-status": ("a status that does not exist", {locked_versions.HOLD: "MAYBE"})
    },
}


def _lock_checks(operation: str, feature: str) -> list[Check]:
    page = api(operation)
    get = "GetObjectLegalHold" if feature == locked_versions.HOLD else "GetObjectRetention"
    checks = [
        core("version-kept", "a refusal to delete the version", PAGE),
        promise("head", f"{feature} as it was sent, of HeadObject", api("HeadObject")),
        promise("get", f"what was sent, of {get}", api(get)),
        detail("refusal-code", "403 AccessDenied for deleting the version", PAGE),
        *(
            promise(check, f"a refusal of {what}", page)
            for check, (what, _) in REFUSED[feature].items()
        ),
        promise("bucket-without-lock", "a refusal in a bucket without object lock", PAGE),
        detail("bucket-without-lock-code", "400 InvalidRequest in such a bucket", ERRORS),
    ]
    if feature == locked_versions.HOLD:
        checks.append(promise("off", "the version to be deleted where the hold is OFF", page))
    if operation == "PutObject":
        checks += [
            promise("get-object", f"{feature} of GetObject too", api("GetObject")),
            promise("newer-version", "no lock of the key's next version", PAGE),
        ]
    if operation == "CopyObject":
        checks.append(promise("not-copied", "no lock of a copy of the locked object", page))
    if operation == "PutObject" and feature != locked_versions.HOLD:
        checks.append(detail("refused-code", "400 InvalidArgument for what is refused", ERRORS))
    if operation == "PutObject" and feature != locked_versions.UNTIL:
        text = "a DELETE without a version to be served, and the version to stay"
        checks.append(promise("delete-marker", text, PAGE))
    if operation == "PutObject" and feature == locked_versions.MODE:
        checks.append(promise("other-mode", "COMPLIANCE too as it was sent", page))
    return checks


@family(
    locked_versions.MODE,
    locked_versions.UNTIL,
    locked_versions.HOLD,
    operations=writes.WRITES,
    checks=_lock_checks,
    security=True,
)
def object_lock(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Keep the object's version from being deleted, until the date or the end of the hold."""
    asked = (
        {locked_versions.HOLD: "ON"}
        if feature == locked_versions.HOLD
        else locked_versions.retained()
    )
    answer = bench.treat(_write(bench, operation, asked))
    if bench.sandbox.user_buckets and answer.status == 400:
        raise Undecided(f"{answer.describe()}: the bucket given is perhaps without object lock")
    bench.accepted(answer, *asked)
    subject = writes.written(bench, answer)
    head = bench.effect(subject.call("HeadObject"))
    bench.check("head", locked_versions.shown(head, feature, asked[feature]))
    bench.check("get", _reported(bench, subject, feature, asked))
    if operation == "PutObject":
        answer = bench.effect(subject.call("GetObject"))
        bench.check("get-object", locked_versions.shown(answer, feature, asked[feature]))
        if feature == locked_versions.MODE:
            locked_versions.check_mode(bench, answer)
    held = locked_versions.kept(bench, head)
    bench.check("version-kept", held)
    if held.held:
        code = refused(held.responses[0], 403, codes=("AccessDenied",))
        bench.check("refusal-code", code)
    else:
        bench.skip("refusal-code", because="the version was not kept")

    for check, (_, changes) in REFUSED[feature].items():
        changed = {**asked, **changes}
        if check == "passed-date":
            changed[locked_versions.UNTIL] = locked_versions.passed()
        wrong = {name: value for name, value in changed.items() if value is not None}
        refusal = bench.effect(_write(bench, operation, wrong))
        bench.check(check, refused(refusal))
        if is_refusal(refusal) and operation == "PutObject" and feature != locked_versions.HOLD:
            bench.check("refused-code", refused(refusal, 400, codes=("InvalidArgument",)))
    _check_plain_bucket(bench, operation, asked)
    locked_versions.check_others(bench, operation, feature, subject)
    if feature == locked_versions.HOLD:
        with bench.observing("off"):
            free = writes.written(
                bench, bench.setup(_write(bench, operation, {locked_versions.HOLD: "OFF"}))
            )
            version = bench.setup(free.call("HeadObject"))
            seen = bench.effect(locked_versions.delete_version(bench, version))
            bench.check("off", holds(seen.ok, seen.describe(), seen))
    if operation == "PutObject" and feature != locked_versions.UNTIL:
        _check_delete_marker(bench, subject, head, kept=held.held)


def _check_plain_bucket(
    bench: Workbench, operation: OperationName, asked: Mapping[str, str]
) -> None:
    checks = ("bucket-without-lock", "bucket-without-lock-code")
    if locked_versions.lockable_bucket(bench) == bench.bucket:
        bench.skip(*checks, because="no bucket with object lock can be had")
        return
    answer = bench.effect(_write(bench, operation, asked, bench.bucket))
    bench.check(checks[0], refused(answer))
    if is_refusal(answer):
        bench.check(checks[1], refused(answer, 400, codes=("InvalidRequest",)))
    else:
        bench.skip(checks[1], because="nothing was refused")


def _check_delete_marker(bench: Workbench, subject: Stored, head: Response, *, kept: bool) -> None:
    if not kept:
        bench.skip("delete-marker", because="the version was not kept")
        return
    answer = bench.effect(subject.call("DeleteObject"))
    there = locked_versions.there(bench, head)
    text = f"{answer.describe()}, and the version is {'there' if there else 'gone'}"
    bench.check("delete-marker", holds(answer.ok and there, text, answer))


def _reported(
    bench: Workbench, subject: Stored, feature: str, asked: Mapping[str, str]
) -> Comparison:
    """What the operation that asks for the lock returns of it."""
    if feature == locked_versions.HOLD:
        answer = bench.effect(subject.call("GetObjectLegalHold"))
        name, right = "Status", answer.text("Status") == "ON"
    else:
        answer = bench.effect(subject.call("GetObjectRetention"))
        name = "Mode" if feature == locked_versions.MODE else "RetainUntilDate"
        right = locked_versions.same_date(answer.text(name), asked[feature])
    return holds(right, f"{answer.describe()} {name} {answer.text(name)}", answer)


def _write(
    bench: Workbench, operation: OperationName, headers: Mapping[str, str], bucket: str = ""
) -> Call:
    """AWS requires a digest of what PutObject stores locked."""
    bucket = bucket or locked_versions.lockable_bucket(bench)
    call = writes.write_call(bench, operation, headers, bucket)
    return call.plus(headers=content_md5(call.body)) if operation == "PutObject" else call


def _one(bench: Workbench, operation: OperationName, head: Response) -> Call:
    """DeleteObject, or DeleteObjects of this one version."""
    return _delete(operation, locked_versions.delete_version(bench, head))


def _delete(operation: OperationName, delete: Call) -> Call:
    """DeleteObject, or DeleteObjects, of what a call names."""
    if operation == "DeleteObject":
        return replace(delete, operation=operation)
    version = "".join(f"<VersionId>{v}</VersionId>" for v in delete.query.values())
    body = f"<Delete><Object><Key>{delete.key}</Key>{version}</Object></Delete>".encode()
    return Call(operation=operation, bucket=delete.bucket, headers=content_md5(body), body=body)


def _bypass_checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    denied = "403 AccessDenied" if operation == "DeleteObject" else "an Error AccessDenied"
    refusal = "a refusal" if operation == "DeleteObject" else "an Error in the response"
    return [
        core("freed", "a version retained in GOVERNANCE mode to be deleted", page),
        promise("without-header", f"{refusal} without the header", PAGE),
        detail("without-header-code", f"{denied} without the header", PAGE),
        promise("value-false", "the version to stay where the value is false", page),
        promise("legal-hold", "the version to stay where a legal hold is on it", PAGE),
        promise("compliance", "the version to stay where it is retained in COMPLIANCE mode", PAGE),
        detail("answer", "the response to report the version as deleted", page),
        detail("bucket-without-lock", "400 InvalidArgument in a bucket without object lock", page),
    ]


@family(BYPASS, operations=DELETIONS, checks=_bypass_checks, security=True)
def bypass(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Delete a version that is retained in GOVERNANCE mode, which without the header is refused."""
    stored = bench.attempt(_write(bench, "PutObject", locked_versions.retained()))
    if not stored.ok:
        _nothing_to_bypass(bench, operation, f"locking an object: {stored.describe()}")
    head = bench.setup(writes.written(bench, stored).call("HeadObject"))
    call = _one(bench, operation, head)

    without = bench.control(call)
    if not locked_versions.there(bench, head):
        _nothing_to_bypass(bench, operation, "a locked object was deleted without it")
    code = without.code or without.text("Error/Code") or ""
    right = is_refusal(without) if operation == "DeleteObject" else bool(code)
    text = f"{without.status} {code}".rstrip()
    bench.check("without-header", holds(right, text, without))
    bench.check("without-header-code", holds(code == "AccessDenied", text, without))
    bench.effect(call.plus(headers={feature: "false"}))
    there = locked_versions.there(bench, head)
    bench.check("value-false", holds(there, f"the version {'stays' if there else 'is gone'}"))
    if not there:
        again = bench.setup(_write(bench, "PutObject", locked_versions.retained()))
        head = bench.setup(writes.written(bench, again).call("HeadObject"))
        call = _one(bench, operation, head)
    freed = bench.treat(call.plus(headers={feature: "true"}))
    if not (freed.ok or freed.denied):
        _accepted_on_plain(bench, operation)
    gone = not locked_versions.there(bench, head)
    text = f"{freed.describe()}, and the version is {'gone' if gone else 'there'}"
    bench.check("freed", holds(gone, text, freed, otherwise=Outcome.IGNORED))
    bench.check("answer", locked_versions.reports_deleted(freed, head))
    if locked_versions.lockable_bucket(bench) == bench.bucket:
        bench.skip("bucket-without-lock", because="no bucket with object lock can be had")
    else:
        nothing = Call(operation="HeadObject", bucket=bench.bucket, key=bench.key())
        answer = bench.effect(_delete(operation, nothing).plus(headers={feature: "true"}))
        bench.check("bucket-without-lock", refused(answer, 400, codes=("InvalidArgument",)))
    with bench.observing("legal-hold"):
        held = bench.setup(_write(bench, "PutObject", {locked_versions.HOLD: "ON"}))
        head = bench.setup(writes.written(bench, held).call("HeadObject"))
        answer = bench.effect(_one(bench, operation, head).plus(headers={feature: "true"}))
        there = locked_versions.there(bench, head)
        text = f"{answer.describe()}, and the version {'stays' if there else 'is gone'}"
        bench.check("legal-hold", holds(there, text, answer))
        delete = lambda head: _one(bench, operation, head).plus(headers={feature: "true"})  # noqa: E731
        locked_versions.check_compliance(bench, delete, answer)


def _accepted_on_plain(bench: Workbench, operation: OperationName) -> None:
    """Whether the header is taken at all, shown on an object that is not locked.

    S3 refuses it in a bucket without object lock, so the bucket is one with it if there is any.
    """
    plain = writes.written(bench, bench.setup(_write(bench, "PutObject", {})))
    head = bench.setup(plain.call("HeadObject"))
    answer = bench.treat(_one(bench, operation, head).plus(headers={BYPASS: "true"}))
    bench.accepted(answer, BYPASS)


def _nothing_to_bypass(bench: Workbench, operation: OperationName, why: str) -> NoReturn:
    if bench.sandbox.user_buckets and "400" in why:
        raise Undecided(f"{why}: the bucket given is perhaps without object lock")
    _accepted_on_plain(bench, operation)
    decide(Observed.IGNORED, f"served, though there is nothing it could bypass: {why}")
