"""Retention and legal hold of an object that is stored already: put, changed and returned.

What counts. A version that was put under lock cannot be deleted, where others can; that HeadObject
then reports the lock shows that it was stored, not that it is applied. What is returned counts if
it is right of an object that was locked just before, and not said of one that was not.
"""

from __future__ import annotations

from typing import Final, NoReturn

from conformance.probing import (
    ERRORS,
    Call,
    Check,
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
    equals,
    guide,
    has_status,
    holds,
    is_refusal,
    offered,
    operation,
    promise,
    refused,
    stored,
)
from conformance.subjects import delete_markers, locked_versions, object_locks

UNLOCKED: Final = ("NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError")
PAGE: Final = guide("object-lock")


# By operation: what must be refused, by check; and the elements that are changed for it.
REFUSED: Final[dict[str, dict[str, tuple[str, dict[str, str]]]]] = {
    "PutObjectRetention": {
        "unknown-mode": ("a mode that does not exist", {"Mode": "WHIM"}),
        "mode-without-date": ("a mode without a date", {"RetainUntilDate": ""}),
        "date-without-mode": ("a date without a mode", {"Mode": ""}),
        "passed-date": ("a date that has passed", {"RetainUntilDate": object_locks.DATE}),
        "mode-case": ("a mode in lower case", {"Mode": "governance"}),
    },
    "PutObjectLegalHold": {
        "unknown-status": ("a status that does not exist", {"Status": "MAYBE"}),
        "status-case": ("a status in lower case", {"Status": "on"}),
    },
}


def _put_checks(name: str, _: str) -> list[Check]:
    page, lock = api(name), object_locks.of(name)
    checks = [
        core("version-kept", "a refusal to delete the version", PAGE),
        promise("head", f"{lock.header[0]} as it was put, of HeadObject", api("HeadObject")),
        promise("get", f"what was put, of GetObject{lock.root}", api(f"GetObject{lock.root}")),
        promise("by-version", "a lock of the version that versionId names alone", page),
        detail("status", "200", page),
        detail("refusal-code", "403 AccessDenied for deleting the version", PAGE),
        *(
            (detail if check.endswith("-case") else promise)(check, f"a refusal of {it}", page)
            for check, (it, _) in REFUSED[name].items()
        ),
        promise("malformed-body", "a refusal of a body that ends early", ERRORS),
        promise("other-lock", "a hold beside a retention, and the other way round", PAGE),
        delete_markers.CHECK,
        detail("malformed-code", "400 MalformedXML or InvalidArgument for them", ERRORS),
        promise("missing-object", "404 for a key that does not exist", page),
        promise("bucket-without-lock", "a refusal in a bucket without object lock", PAGE),
        detail("bucket-without-lock-code", "400 InvalidRequest in such a bucket", ERRORS),
    ]
    if lock.root == "LegalHold":
        return [*checks, promise("off", "the version to be deleted after Status OFF", page)]
    return [
        *checks,
        promise("extended", "a later date to be taken and returned", PAGE),
        promise("not-shortened", "a refusal of an earlier date, and the date to stay", PAGE),
        promise("shortened-by-bypass", "an earlier date to be taken with the bypass header", PAGE),
        promise(
            "compliance",
            "a refusal, in COMPLIANCE mode, of an earlier date and of GOVERNANCE",
            PAGE,
        ),
        detail("removed-by-bypass", "no retention after an empty one with that header", PAGE),
    ]


@operation("PutObjectRetention", "PutObjectLegalHold", checks=_put_checks, security=True)
def put_object_lock(bench: Workbench, name: OperationName) -> None:
    """Keep the object's version from being deleted from now on, until the lock is taken off it."""
    lock, date, subject = (
        object_locks.of(name),
        locked_versions.until(),
        locked_versions.lockable(bench),
    )

    answer = bench.treat(lock.put(subject, date))
    bench.unharmed(subject)
    _offered(bench, answer)
    bench.check("status", has_status(answer, 200))
    head = bench.effect(subject.call("HeadObject"))
    header, value = lock.header
    bench.check("head", locked_versions.shown(head, header, value.replace(object_locks.DATE, date)))
    _check_returned(bench, "get", lock, subject, date)
    held = locked_versions.kept(bench, head)
    bench.check("version-kept", held)
    if held.held:
        bench.check("refusal-code", refused(held.responses[0], 403, codes=("AccessDenied",)))
    else:
        bench.skip("refusal-code", because="the version was not kept")

    _check_refusals(bench, lock, name, date)
    missing = Stored(bucket=subject.bucket, key=bench.key(), body=b"", etag="")
    bench.check("missing-object", refused(bench.effect(lock.put(missing, date)), 404))
    _check_plain_bucket(bench, lock, date)
    _check_put_by_version(bench, lock, date)
    if not held.held:
        checks = ["off"] if lock.root == "LegalHold" else [*DATES, "compliance"]
        bench.skip(*checks, because="nothing is kept")
    elif lock.root == "LegalHold":
        off = bench.effect(lock.put(subject, date, Status="OFF"))
        gone = bench.effect(locked_versions.delete_version(bench, head))
        text = f"{off.describe()}, and for the deletion {gone.describe()}"
        bench.check("off", holds(off.ok and gone.ok, text, off, gone))
    else:
        _check_dates(bench, lock, subject)
        object_locks.check_compliance(bench, lock)


def _check_refusals(
    bench: Workbench, lock: object_locks.Lock, name: OperationName, date: str
) -> None:
    """Put what must be refused on an object, and what is not refused on no other one."""
    spare = locked_versions.lockable(bench)
    for check, (_, changes) in REFUSED[name].items():
        wrong = {
            element: text.replace(object_locks.DATE, locked_versions.passed())
            for element, text in changes.items()
        }
        refusal = bench.effect(lock.put(spare, date, **wrong))
        bench.check(check, refused(refusal))
        if is_refusal(refusal):
            codes = ("MalformedXML", "InvalidArgument", "InvalidRequest")
            bench.check("malformed-code", refused(refusal, 400, codes=codes))
        if refusal.ok:
            spare = locked_versions.lockable(bench)
    put = lock.put(spare, date)
    cut = put.body[:-2]
    short = bench.effect(put.plus(headers=content_md5(cut), body=cut))
    seen = holds(not short.ok, short.describe(), short, otherwise=Outcome.IGNORED)
    bench.check("malformed-body", seen)


def _check_put_by_version(bench: Workbench, lock: object_locks.Lock, date: str) -> None:
    """Lock an older version: it is the one that is locked, and the latest is not."""
    with bench.observing("by-version", "other-lock"):
        older, body = locked_versions.lockable(bench), bench.text()
        given = object_locks.other(lock).at_once(date)
        again = bench.attempt(
            older.call("PutObject", headers={**given, **content_md5(body)}, body=body)
        )
        older = stored(again) if again.ok else older
        if not older.version:
            raise Undecided("PutObject returned no version")
        bench.put(body, bucket=older.bucket, key=older.key, headers=content_md5(body))
        put = lock.put(older, date)
        named = put.plus(query={"versionId": older.version})
        object_locks.check_both(bench, lock, older, date, named)
        _judge_versions(bench, lock, older, date)
        delete_markers.check_marker(bench, put.operation, put.body, put.headers, older.bucket)


DATES: Final = ("extended", "not-shortened", "shortened-by-bypass", "removed-by-bypass")


def _check_dates(bench: Workbench, lock: object_locks.Lock, subject: Stored) -> None:
    """Check that a retention is extended by whoever puts it, and shortened by nobody else."""
    longer, shorter = locked_versions.later(), locked_versions.sooner()
    answer = bench.effect(lock.put(subject, longer))
    if answer.ok:
        _check_returned(bench, "extended", lock, subject, longer)
    else:
        bench.check("extended", holds(False, answer.describe(), answer))
        bench.skip(*DATES, because="the date was not extended")
        return
    answer = bench.effect(lock.put(subject, shorter))
    bench.check("not-shortened", refused(answer))
    if not answer.ok:
        _check_returned(bench, "not-shortened", lock, subject, longer)
    answer = bench.effect(lock.put(subject, shorter).plus(headers=locked_versions.BYPASSING))
    if answer.ok:
        _check_returned(bench, "shortened-by-bypass", lock, subject, shorter)
    else:
        bench.check("shortened-by-bypass", holds(False, answer.describe(), answer))
        bench.skip("removed-by-bypass", because="not even the date was changed")
        return
    empty = lock.put(subject, "", **dict.fromkeys(lock.says, ""))
    answer = bench.effect(empty.plus(headers=locked_versions.BYPASSING))
    after = bench.effect(lock.get(subject))
    text = f"{answer.describe()}, then {object_locks.says(lock, after, longer)[1]}"
    right = answer.ok and not after.text("RetainUntilDate")
    bench.check("removed-by-bypass", holds(right, text, answer, after))


def _check_plain_bucket(bench: Workbench, lock: object_locks.Lock, date: str) -> None:
    checks = ("bucket-without-lock", "bucket-without-lock-code")
    if locked_versions.lockable_bucket(bench) == bench.bucket:
        bench.skip(*checks, because="no bucket with object lock can be had")
        return
    answer = bench.effect(lock.put(bench.put(), date))
    bench.check(checks[0], refused(answer))
    if is_refusal(answer):
        bench.check(checks[1], refused(answer, 400, codes=("InvalidRequest",)))
    else:
        bench.skip(checks[1], because="nothing was refused")


def _check_returned(
    bench: Workbench, check: str, lock: object_locks.Lock, subject: Stored, date: str
) -> None:
    answer = bench.effect(lock.get(subject))
    right, text = object_locks.says(lock, answer, date)
    bench.check(check, holds(right, text, answer))


def _get_checks(name: str, _: str) -> list[Check]:
    page, lock = api(name), object_locks.of(name)
    return [
        core("locked", "what was put just before", page),
        promise("not-locked", "nothing of the kind of an object that is not locked", page),
        promise("by-version", "what is true of the version that versionId names", page),
        promise("root-element", f"{lock.root} as root element", page),
        promise("missing-object", "404 for a key that does not exist", page),
        detail("not-locked-status", "404 of such an object", ERRORS),
        detail("not-locked-code", "404 NoSuchObjectLockConfiguration of such an object", ERRORS),
        detail("missing-object-code", "404 NoSuchKey for a key that does not exist", ERRORS),
        detail("bucket-without-lock", "400 InvalidRequest in a bucket without object lock", ERRORS),
        detail("media-type", "application/xml as Content-Type", page),
        delete_markers.CHECK,
    ]


@operation("GetObjectRetention", "GetObjectLegalHold", checks=_get_checks, security=True)
def get_object_lock(bench: Workbench, name: OperationName) -> None:
    """Return how the object's version is locked, and nothing of one that is not."""
    lock, date, subject = (
        object_locks.of(name),
        locked_versions.until(),
        locked_versions.lockable(bench),
    )

    put = bench.put_on(subject, lock.put(subject, date))
    if not (put and put.ok):
        subject, put = _locked_at_once(bench, lock, date)
    answer = bench.treat(subject.call(name))
    if answer.code not in UNLOCKED:
        _offered(bench, answer)
    plain = bench.effect(locked_versions.lockable(bench).call(name))
    if not put.ok:
        _nothing_to_return(lock, answer, put)

    right, text = object_locks.says(lock, answer, date)
    first = next(iter(lock.says))
    otherwise = Outcome.WRONG if answer.text(first) else Outcome.IGNORED
    if right and plain.text(first) == answer.text(first):
        right, text = False, f"{text}, and so of an object that is not locked"
        otherwise = Outcome.IGNORED
    bench.check("locked", holds(right, text, answer, otherwise=otherwise))
    unlocked = plain.text(first) in (None, "OFF")
    bench.check("not-locked", holds(unlocked, object_locks.says(lock, plain, date)[1], plain))
    bench.check("not-locked-status", refused(plain, 404))
    bench.check("not-locked-code", refused(plain, 404, codes=UNLOCKED[:1]))
    bench.check("root-element", equals("root element", answer.root, lock.root, answer))
    media = (answer.header("Content-Type") or "").partition(";")[0]
    bench.check("media-type", equals("Content-Type", media, "application/xml", answer))
    missing = bench.effect(Call(operation=name, bucket=subject.bucket, key=bench.key()))
    bench.check("missing-object", refused(missing, 404))
    bench.check("missing-object-code", refused(missing, 404, codes=("NoSuchKey",)))
    if subject.bucket == bench.bucket:
        bench.skip("bucket-without-lock", because="no bucket with object lock can be had")
    else:
        seen = bench.effect(bench.plain.call(name))
        bench.check("bucket-without-lock", refused(seen, 400, codes=("InvalidRequest",)))
    delete_markers.check_marker(bench, name, bucket=subject.bucket)
    with bench.observing("by-version"):
        _check_by_version(bench, lock, subject, date)


def _check_by_version(
    bench: Workbench, lock: object_locks.Lock, subject: Stored, date: str
) -> None:
    """Check that a newer version, which is not locked, hides nothing of the older one."""
    if not subject.version:
        raise Undecided("PutObject returned no version")
    body = bench.text()
    bench.put(body, bucket=subject.bucket, key=subject.key, headers=content_md5(body))
    _judge_versions(bench, lock, subject, date)


def _judge_versions(bench: Workbench, lock: object_locks.Lock, subject: Stored, date: str) -> None:
    newer = bench.effect(lock.get(subject))
    older = bench.effect(lock.get(subject).plus(query={"versionId": subject.version or ""}))
    right, text = object_locks.says(lock, older, date)
    wrong, new_text = object_locks.says(lock, newer, date)
    text = f"{text} of the locked version, {new_text} of the newer one"
    bench.check("by-version", holds(right and not wrong, text, older, newer))


def _locked_at_once(
    bench: Workbench, lock: object_locks.Lock, date: str
) -> tuple[Stored, Response]:
    """An object that was to be locked as it was stored, and what that was answered."""
    body, headers = bench.text(), lock.at_once(date)
    call = Call(
        operation="PutObject",
        bucket=locked_versions.lockable_bucket(bench),
        key=bench.key(),
        headers={**headers, **content_md5(body)},
        body=body,
    )
    answer = bench.attempt(call)
    return (stored(answer) if answer.ok else locked_versions.lockable(bench)), answer


def _offered(bench: Workbench, answer: Response) -> None:
    if (
        bench.sandbox.user_buckets
        and answer.status in (400, 409)
        and answer.code != "NotImplemented"
    ):
        raise Undecided(f"{answer.describe()}: the bucket given is perhaps without object lock")
    offered(answer)


def _nothing_to_return(lock: object_locks.Lock, answer: Response, put: Response) -> NoReturn:
    if answer.ok and answer.root != lock.root:
        text = f"returned {answer.root or 'no XML'}: the subresource is not known"
        decide(Observed.IGNORED, text)
    text = f"returned {answer.describe()}, but {put.call.operation} returned {put.describe()}"
    decide(Observed.UNPROVEN, text)
