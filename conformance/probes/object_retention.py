"""Which version a retention is put on, and who may shorten it.

Everything is retained in GOVERNANCE mode and for minutes, so that clean-up can remove it.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html
"""

from __future__ import annotations

from typing import Final, NoReturn

from conformance.probing import (
    ERRORS,
    Observed,
    Outcome,
    Stored,
    Undecided,
    Workbench,
    api,
    content_md5,
    core,
    decide,
    detail,
    guide,
    holds,
    is_refusal,
    probe,
    promise,
    refused,
)
from conformance.subjects import locked_versions, object_locks

BYPASS: Final = "x-amz-bypass-governance-retention"
OPERATION: Final = "PutObjectRetention"
RETENTION: Final = object_locks.LOCKS["Retention"]
PUT: Final = api(OPERATION)
PAGE: Final = guide("object-lock")

BYPASS_CHECKS: Final = (
    core("shortened", "an earlier date to be taken and returned with the header", PUT),
    promise("without-header", "a refusal of an earlier date without the header", PAGE),
    detail("without-header-code", "403 AccessDenied without the header", ERRORS),
    promise("value-false", "a refusal where the value is false", PUT),
    detail("removed", "the version to be deleted once an empty retention was put so", PAGE),
)


@probe(f"{OPERATION}/{BYPASS}", checks=BYPASS_CHECKS, security=True)
def bypass_of_put(bench: Workbench) -> None:
    """Shorten or remove a retention in GOVERNANCE mode, which without the header is refused."""
    subject, shorter = locked_versions.lockable(bench), locked_versions.sooner()
    longer = locked_versions.until()
    put = bench.put_on(subject, RETENTION.put(subject, longer))
    if put is None:
        _nothing_to_bypass(bench, "the document overwrote the object")
    if not put.ok:
        _nothing_to_bypass(bench, f"{OPERATION} without the header: {put.describe()}")
    call = RETENTION.put(subject, shorter)

    without = bench.control(call)
    if without.ok and _date(bench, subject) != longer:
        _nothing_to_bypass(bench, "a retention was shortened without it")
    bench.check("without-header", refused(without))
    bench.check("without-header-code", refused(without, 403, codes=("AccessDenied",)))
    false = bench.effect(call.plus(headers={BYPASS: "false"}))
    bench.check("value-false", refused(false))
    if false.ok:
        bench.setup(RETENTION.put(subject, longer))
    answer = bench.treat(call.plus(headers=locked_versions.BYPASSING))
    if not (answer.ok or answer.denied):
        _taken(bench)
    told = _date(bench, subject)
    right = answer.ok and told == shorter
    text = f"{answer.describe()}, then RetainUntilDate {told or 'missing'}"
    same = not answer.ok or told == longer
    otherwise = Outcome.IGNORED if same else Outcome.WRONG
    bench.check("shortened", holds(right, text, answer, otherwise=otherwise))
    empty = RETENTION.put(subject, "", **dict.fromkeys(RETENTION.says, ""))
    removed = bench.effect(empty.plus(headers=locked_versions.BYPASSING))
    head = bench.effect(subject.call("HeadObject"))
    gone = bench.effect(locked_versions.delete_version(bench, head))
    text = f"{removed.describe()}, and for the deletion {gone.describe()}"
    bench.check("removed", holds(removed.ok and gone.ok, text, removed, gone))


def _date(bench: Workbench, subject: Stored) -> str:
    """The date that is returned of an object, to the second."""
    told = bench.effect(RETENTION.get(subject)).text("RetainUntilDate") or ""
    return f"{told[:19]}Z" if told else ""


def _taken(bench: Workbench) -> None:
    """Whether the header is taken at all, shown by a first retention, which needs none."""
    plain = RETENTION.put(locked_versions.lockable(bench), locked_versions.until())
    answer = bench.treat(plain.plus(headers=locked_versions.BYPASSING))
    bench.accepted(answer, BYPASS)


def _nothing_to_bypass(bench: Workbench, why: str) -> NoReturn:
    if bench.sandbox.user_buckets and "400" in why:
        raise Undecided(f"{why}: the bucket given is perhaps without object lock")
    _taken(bench)
    decide(Observed.IGNORED, f"served, though there is nothing it could bypass: {why}")


VERSION_CHECKS: Final = (
    core("kept", "a refusal to delete the version that is named, and no other", PUT),
    promise("get", "its retention for its id, and none without an id", api("GetObjectRetention")),
    promise("another-s", "a refusal of the id of another object's version", PUT),
    detail("another-s-code", "404 NoSuchVersion for it", ERRORS),
)


@probe(f"{OPERATION}/versionId", checks=VERSION_CHECKS, security=True)
def retention_of_version(bench: Workbench) -> None:
    """Retain the version that the id names, and no other."""
    older, date, body = locked_versions.lockable(bench), locked_versions.until(), bench.text()
    if not older.version:
        raise Undecided("PutObject returned no version")
    bench.put(body, bucket=older.bucket, key=older.key, headers=content_md5(body))
    put, query = RETENTION.put(older, date), {"versionId": older.version}

    bench.accepted(bench.treat(put.plus(query=query)), "versionId")
    named = bench.effect(RETENTION.get(older).plus(query=query))
    latest = bench.effect(RETENTION.get(older))
    told = [object_locks.says(RETENTION, each, date) for each in (named, latest)]
    text = f"{told[0][1]} for its id, {told[1][1]} without one"
    bench.check("get", holds(told[0][0] and not told[1][0], text, named, latest))
    # The latest one first: once the other is gone there is nothing to tell apart.
    heads = [bench.effect(older.call("HeadObject", query=it)) for it in ({}, query)]
    other, gone = (bench.effect(locked_versions.delete_version(bench, it)) for it in heads)
    text = f"{gone.describe()} for the version that is named, {other.describe()} for the latest one"
    otherwise = Outcome.IGNORED if gone.ok else Outcome.WRONG
    right = is_refusal(gone) and other.ok
    bench.check("kept", holds(right, text, gone, other, otherwise=otherwise))
    spare = locked_versions.lockable(bench)
    strange = bench.effect(put.plus(query={"versionId": spare.version or ""}))
    bench.check("another-s", refused(strange))
    bench.check("another-s-code", refused(strange, 404, codes=("NoSuchVersion",)))
