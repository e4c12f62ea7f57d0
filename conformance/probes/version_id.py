"""The version that a request names, where the same request without one is of the latest.

What counts. An older version is named and the latest one stays out of it. Where no bucket keeps
versions, an id that names nothing must be refused; a server that serves it has ignored it.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NoReturn

from conformance.probing import (
    ERRORS,
    Call,
    Check,
    Comparison,
    Hazard,
    Observed,
    OperationName,
    Outcome,
    Response,
    Stored,
    Undecided,
    Workbench,
    api,
    core,
    decide,
    detail,
    family,
    guide,
    has_body,
    has_header,
    has_status,
    holds,
    promise,
    refused,
)
from conformance.subjects import acl_buckets, object_acls
from conformance.subjects.configuration_bodies import put_versioning
from conformance.subjects.grantees import grants_of, named
from conformance.subjects.versioned import MARKER, VERSION, of_version, put_version

Grant = Callable[[OperationName, Stored, str, str], Call]

ID: Final = "versionId"
READS: Final[tuple[OperationName, ...]] = ("GetObject", "HeadObject")
ACLS: Final[tuple[OperationName, ...]] = ("GetObjectAcl", "PutObjectAcl")
PAGE: Final = guide("Versioning")
GRANT: Final = "READ_ACP"
# Of the form that S3's ids have, and nobody's.
NONE_SUCH: Final = "s3conformance0XroDTDmJxrmSpXd3dI"
UNSUPPORTED: Final = (405, 501)


def _missing_checks(page: str) -> list[Check]:
    return [
        promise("another-s", "a refusal of the id of another object's version", page),
        detail("another-s-code", "404 NoSuchVersion for it", ERRORS),
    ]


def _read_checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    what = "bytes" if operation == "GetObject" else "ETag and length"
    return [
        core("older", f"the {what} of the older version for its id", page),
        promise("latest", f"the {what} of the latest version without an id", PAGE),
        promise("told", f"{VERSION} of the version that is named", page),
        *_missing_checks(page),
    ]


@family(ID, operations=READS, checks=_read_checks)
def read_version(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Return the version that the id names, not the latest one."""
    try:
        older, latest, other = bench.shared("two versions to read", _versions)
    except Undecided as trouble:
        _without_versions(bench, operation, str(trouble))

    answer = bench.treat(of_version(older, operation))
    bench.accepted(answer, feature)
    otherwise = Outcome.IGNORED if _is(answer, latest).held else Outcome.WRONG
    seen = _is(answer, older)
    bench.check("older", holds(seen.held, seen.text, answer, otherwise=otherwise))
    bench.check("latest", _is(bench.effect(latest.call(operation)), latest))
    bench.check("told", has_header(answer, VERSION, older.version))
    _check_another_s(bench, of_version(older, operation, other.version))


DELETE: Final = api("DeleteObject")
DELETE_CHECKS: Final = (
    core("that-version", "the version gone that is named, and the latest one there", DELETE),
    promise("told", f"{VERSION} of what was deleted", DELETE),
    promise("no-marker", f"no {MARKER} in the response", DELETE),
    promise("another-s", "the object as before for the id of another's version", DELETE),
    detail("status", "204", DELETE),
)


@family(ID, operations=["DeleteObject"], checks=DELETE_CHECKS)
def delete_named_version(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Delete the version that the id names for good, and leave the latest one there."""
    try:
        older, latest, other = _versions(bench)
    except Undecided as trouble:
        _without_versions(bench, operation, str(trouble))

    strange = bench.effect(of_version(older, operation, other.version))
    still = bench.effect(latest.call("GetObject"))
    seen = has_body(still, latest.body).after(f"{strange.describe()}, then")
    bench.check("another-s", seen.hurting(Hazard.DESTRUCTIVE))
    if not still.ok:
        older, latest, other = _versions(bench)
    by_read = has_body(bench.attempt(of_version(older)), older.body).held
    answer = bench.treat(of_version(older, operation))
    bench.accepted(answer, feature)
    gone, shown = _gone(bench, older, by_read=by_read)
    current = bench.effect(latest.call("GetObject"))
    there = has_body(current, latest.body)
    text = f"the version {'gone' if gone else 'there'}, {current.describe()} for the latest one"
    otherwise = Outcome.WRONG if gone else Outcome.IGNORED
    seen = holds(gone and there.held, text, shown, current, otherwise=otherwise)
    bench.check("that-version", seen if there.held else seen.hurting(Hazard.DESTRUCTIVE))
    bench.check("told", has_header(answer, VERSION, older.version))
    told = answer.header(MARKER)
    bench.check("no-marker", holds(told in (None, "false"), f"{MARKER}: {told}", answer))
    bench.check("status", has_status(answer, 204))


def _gone(bench: Workbench, older: Stored, *, by_read: bool) -> tuple[bool, Response]:
    """Whether a version is gone: by reading it where that worked before, or else by a listing."""
    if by_read:
        answer = bench.effect(of_version(older))
        return answer.status == 404, answer
    query = {"prefix": older.key}
    listing = Call(operation="ListObjectVersions", bucket=older.bucket, query=query)
    answer = bench.effect(listing)
    if not answer.ok:
        raise Undecided(f"versions are neither read nor listed: {answer.describe()}")
    return older.version not in answer.texts("Version/VersionId"), answer


def _acl_checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    return [
        core("older", "the grant of the older version for its id, and not without one", page),
        *_missing_checks(page),
    ]


@family(ID, operations=ACLS, checks=_acl_checks, security=True)
def acl_of_version(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Return or replace what is granted on the version that the id names, and on no other."""
    bucket = acl_buckets.bucket_with_acls(bench)
    bench.setup(put_versioning(bucket))
    older, other = (put_version(bench, bucket) for _ in range(2))
    get = older.call("GetObjectAcl")
    owner = bench.setup(get).text("Owner/ID") or ""
    grant = bench.shared("a way to grant a permission", _way)
    call = grant("PutObjectAcl", older, GRANT, owner)
    query = {ID: older.version or ""}
    if operation == "GetObjectAcl":
        bench.setup(call)  # the latest version still: no id is needed
        put_version(bench, bucket, older.key)
        answer = bench.treat(get.plus(query=query))
        bench.accepted(answer, feature)
        call = get
    else:
        put_version(bench, bucket, older.key)
        bench.accepted(bench.treat(call.plus(query=query)), feature)
        answer = bench.effect(get.plus(query=query))
    latest = bench.effect(get)
    seen = [(owner, GRANT) in grants_of(each) for each in (answer, latest)]
    text = f"{named(grants_of(answer))}; of the latest {named(grants_of(latest))}"
    same = seen[0] == seen[1] or seen == [False, True]
    otherwise = Outcome.IGNORED if answer.ok and latest.ok and same else Outcome.WRONG
    bench.check("older", holds(seen == [True, False], text, answer, latest, otherwise=otherwise))
    _check_another_s(bench, call.plus(query={ID: other.version or ""}))


def _way(bench: Workbench) -> Grant:
    """A document or headers, whichever grants what it says.

    Raises:
        Undecided: neither does.
    """
    subject = bench.put(bucket=acl_buckets.bucket_with_acls(bench))
    get = subject.call("GetObjectAcl")
    owner = bench.setup(get).text("Owner/ID") or ""
    for way in (object_acls.put, object_acls.granting):
        answer = bench.attempt(way("PutObjectAcl", subject, GRANT, owner))
        if answer.ok and (owner, GRANT) in grants_of(bench.attempt(get)):
            return way
    raise Undecided(f"no grant shows without an id: PutObjectAcl {answer.describe()}")


def _check_another_s(bench: Workbench, call: Call) -> None:
    """Check an id that is well-formed and names no version of this key."""
    answer = bench.effect(call)
    bench.check("another-s", refused(answer))
    bench.check("another-s-code", refused(answer, 404, codes=("NoSuchVersion",)))


def _versions(bench: Workbench) -> tuple[Stored, Stored, Stored]:
    """An object, what it was overwritten by, and another object; each has a version id.

    Raises:
        Undecided: the bucket keeps no versions.
    """
    bucket = bench.shared("a bucket that keeps versions", _bucket)
    older = put_version(bench, bucket)
    latest = put_version(bench, bucket, older.key, bench.text(60))
    return older, latest, put_version(bench, bucket)


def _bucket(bench: Workbench) -> str:
    bucket = bench.new_bucket()
    bench.setup(put_versioning(bucket))
    return bucket


def _is(answer: Response, subject: Stored) -> Comparison:
    """Whether GetObject or HeadObject is of this version."""
    if answer.call.operation == "GetObject":
        return has_body(answer, subject.body)
    told = (answer.etag, answer.header("Content-Length"))
    right = answer.ok and told == (subject.etag, str(len(subject.body)))
    return holds(right, f"{answer.describe()}, ETag {told[0]}, length {told[1]}", answer)


def _without_versions(bench: Workbench, operation: OperationName, why: str) -> NoReturn:
    """Whether the parameter is read at all where no versions are kept."""
    subject = bench.put()
    answer = bench.treat(of_version(subject, operation, NONE_SUCH))
    if operation == "DeleteObject":
        lost = bench.effect(subject.call("GetObject")).status == 404
        if answer.ok and lost:
            text = "deleted the object, of which the id names no version"
            decide(Observed.IGNORED, text, Hazard.DESTRUCTIVE)
    elif answer.ok:
        decide(Observed.IGNORED, f"{answer.describe()} for an id that names nothing; {why}")
    if answer.status in UNSUPPORTED:
        bench.accepted(answer, ID)
    raise Undecided(f"{answer.describe()} for an id that names nothing; {why}")
