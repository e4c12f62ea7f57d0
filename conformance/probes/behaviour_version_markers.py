"""Delete markers, null versions and deletions of versions, where clients stumble.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/VersioningSuspended.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html.
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Call,
    Hazard,
    Response,
    Undecided,
    Workbench,
    api,
    behaviour,
    content_md5,
    core,
    detail,
    document,
    equals,
    guide,
    has_body,
    has_header,
    has_status,
    holds,
    promise,
)
from conformance.subjects import multipart
from conformance.subjects.configuration_bodies import put_versioning
from conformance.subjects.versioned import MARKER, VERSION, put_version, versioned_bucket

MARKERS: Final = guide("DeleteMarker")
SUSPENDED: Final = guide("VersioningSuspended")
DELETE: Final = api("DeleteObject")
MANY: Final = api("DeleteObjects")
LIST: Final = api("ListObjectVersions")


def _id(answer: Response) -> str:
    found = answer.header(VERSION)
    if not found:
        raise Undecided(f"{answer.call.operation} returned no {VERSION}")
    return found


@behaviour(
    "Versioning",
    "marker-by-version-id",
    checks=(
        core("get", "405 to GetObject of a marker by its version id", MARKERS),
        promise("head", "405 to HeadObject of it", MARKERS),
        promise("told", f"{MARKER}: true with the 405", MARKERS),
        promise("without-id", f"404 with {MARKER}: true to HeadObject without an id", MARKERS),
        detail("allow", "Allow: DELETE with the 405", MARKERS),
        detail("code", "code MethodNotAllowed", MARKERS),
    ),
)
def marker(bench: Workbench, _: str) -> None:
    """Say of a marker that it can be deleted and nothing else."""
    subject = put_version(bench, versioned_bucket(bench))
    found = _id(bench.setup(subject.call("DeleteObject")))
    query = {"versionId": found}
    get = bench.effect(subject.call("GetObject", query=query))
    bench.check("get", has_status(get, 405))
    bench.check("told", has_header(get, MARKER, "true"))
    bench.check("allow", has_header(get, "Allow", "DELETE"))
    bench.check("code", equals("code", get.code, "MethodNotAllowed", get))
    bench.check("head", has_status(bench.effect(subject.call("HeadObject", query=query)), 405))
    plain = bench.effect(subject.call("HeadObject"))
    told = (plain.status, plain.header(MARKER))
    seen = f"{plain.describe()} with {MARKER}: {plain.header(MARKER) or 'none'}"
    bench.check("without-id", holds(told == (404, "true"), seen, plain))


@behaviour(
    "Versioning",
    "suspended-delete",
    checks=(
        core("hidden", "404 from GetObject after DeleteObject", SUSPENDED),
        core("kept", "the version from before the suspension", SUSPENDED),
        promise("null-gone", "no bytes of version null", SUSPENDED),
        promise("null-marker", "a DeleteMarker with version id null listed", SUSPENDED),
        promise("one-null", "one version null after another PutObject, and no marker", SUSPENDED),
        promise("one-marker", "one marker after a second DeleteObject", SUSPENDED),
        promise("completed", "the bytes of an upload that is completed over the marker", SUSPENDED),
        promise(
            "hidden-again",
            "404 once it is enabled, written, suspended and deleted again",
            SUSPENDED,
        ),
    ),
)
def suspended(bench: Workbench, _: str) -> None:
    """Put a marker null in the place of version null, and keep the others."""
    bucket = versioned_bucket(bench)
    first = put_version(bench, bucket)
    bench.setup(put_versioning(bucket, "Suspended"))
    bench.put(bucket=bucket, key=first.key)
    bench.setup(first.call("DeleteObject"))
    bench.setup(first.call("DeleteObject"))  # of which no second marker comes
    bench.check("hidden", has_status(bench.effect(first.call("GetObject")), 404))
    older = bench.effect(first.call("GetObject", query={"versionId": first.version or ""}))
    bench.check("kept", has_body(older, first.body).hurting(Hazard.DESTRUCTIVE))
    null = bench.effect(first.call("GetObject", query={"versionId": "null"}))
    bench.check("null-gone", has_status(null, 404, 405))
    query = {"prefix": first.key}
    listing = Call(operation="ListObjectVersions", bucket=bucket, query=query)
    answer = bench.effect(listing)
    marked = answer.texts("DeleteMarker/VersionId")
    bench.check("null-marker", equals("markers", marked, ["null"], answer))
    bench.setup(first.call("DeleteObject"))
    twice = bench.effect(listing)
    bench.check("one-marker", equals("markers", len(twice.texts("DeleteMarker")), 1, twice))
    with bench.observing("completed"):
        upload, body = multipart.begin_over(first, bench), bench.text()
        etag = bench.setup(upload.part(1, body)).etag
        bench.setup(upload.complete([etag]))
        bench.check("completed", multipart.assembled(bench.effect(upload.read), body))
    bench.put(bucket=bucket, key=first.key)
    again = bench.effect(listing)
    told = (again.texts("Version/VersionId").count("null"), again.texts("DeleteMarker/VersionId"))
    bench.check("one-null", holds(told == (1, []), f"{told[0]} null, markers {told[1]}", again))
    with bench.observing("hidden-again"):
        bench.setup(put_versioning(bucket, "Enabled"))
        bench.put(bucket=bucket, key=first.key)
        bench.setup(put_versioning(bucket, "Suspended"))
        bench.setup(first.call("DeleteObject"))
        bench.check("hidden-again", has_status(bench.effect(first.call("GetObject")), 404))


@behaviour(
    "Versioning",
    "delete-objects",
    checks=(
        core("version-gone", "404 for the version that DeleteObjects names", MANY),
        core("kept", "the version that it does not name", MANY),
        promise("marker", "DeleteMarker and DeleteMarkerVersionId for a key without an id", MANY),
        promise("echoed", "VersionId of the version that was deleted", MANY),
        promise("marker-removed", "the object once its marker is deleted so", MANY),
        promise("removal-told", "DeleteMarker and DeleteMarkerVersionId of that marker", MANY),
    ),
)
def delete_objects(bench: Workbench, _: str) -> None:
    """Delete the versions that one request names, and put markers for the other keys."""
    bucket = versioned_bucket(bench)
    first = put_version(bench, bucket)
    second = put_version(bench, bucket, first.key)
    other = put_version(bench, bucket)
    answer = bench.treat(_deletion(bucket, (first.key, first.version or ""), (other.key, "")))
    bench.accepted(answer, control=_deletion(bucket, (bench.key(), "")))
    gone = bench.effect(first.call("GetObject", query={"versionId": first.version or ""}))
    bench.check("version-gone", has_status(gone, 404))
    back = bench.effect(second.call("GetObject"))
    bench.check("kept", has_body(back, second.body).hurting(Hazard.DESTRUCTIVE))
    told = answer.texts("Deleted/VersionId")
    bench.check("echoed", holds(first.version in told, f"VersionId {told}", answer))
    markers = answer.texts("Deleted/DeleteMarkerVersionId")
    flags = answer.texts("Deleted/DeleteMarker")
    right = len(markers) == 1 and "true" in flags
    seen = f"DeleteMarker {flags}, {len(markers)} DeleteMarkerVersionId"
    if not bench.check("marker", holds(right, seen, answer)):
        bench.skip("marker-removed", "removal-told", because=seen)
        return
    removal = bench.effect(_deletion(bucket, (other.key, markers[0])))
    named = removal.texts("Deleted/DeleteMarkerVersionId")
    flagged = removal.texts("Deleted/DeleteMarker")
    seen = f"DeleteMarker {flagged}, DeleteMarkerVersionId {named}"
    bench.check("removal-told", holds((flagged, named) == (["true"], markers), seen, removal))
    bench.check("marker-removed", has_body(bench.effect(other.call("GetObject")), other.body))


def _deletion(bucket: str, *named: tuple[str, str]) -> Call:
    objects = "".join(
        f"<Object><Key>{key}</Key>{f'<VersionId>{it}</VersionId>' if it else ''}</Object>"
        for key, it in named
    )
    body = document("Delete", objects)
    return Call(operation="DeleteObjects", bucket=bucket, headers=content_md5(body), body=body)


@behaviour(
    "Versioning",
    "other-writes",
    checks=(
        core("kept", "the version from before a CompleteMultipartUpload and a CopyObject", LIST),
        promise("completion", f"{VERSION} on CompleteMultipartUpload", api(
            "CompleteMultipartUpload")),
        promise("copy", f"{VERSION} on CopyObject", api("CopyObject")),
        promise("three", "three versions of the key", LIST),
        promise("onto-itself", "a version more for a copy of the latest onto itself", api(
            "CopyObject")),
    ),
)  # fmt: skip
def other_writes(bench: Workbench, _: str) -> None:
    """Make a version of what an upload or a copy stores."""
    first = put_version(bench, versioned_bucket(bench))
    upload = multipart.begin_over(first, bench)
    etag = bench.setup(upload.part(1, bench.text())).etag
    done = bench.setup(upload.complete([etag]))
    copy = first.call("CopyObject", headers={"x-amz-copy-source": bench.plain.source})
    copied = bench.setup(copy)
    for check, answer in (("completion", done), ("copy", copied)):
        there = answer.header(VERSION) or "none"
        right = there not in ("none", "null", first.version)
        bench.check(check, holds(right, f"{VERSION}: {there}", answer))
    older = bench.effect(first.call("GetObject", query={"versionId": first.version or ""}))
    bench.check("kept", has_body(older, first.body).hurting(Hazard.DESTRUCTIVE))
    query = {"prefix": first.key}
    listing = Call(operation="ListObjectVersions", bucket=first.bucket, query=query)
    answer = bench.effect(listing)
    bench.check("three", equals("versions", len(answer.texts("Version/Key")), 3, answer))
    replaced = {"x-amz-copy-source": first.source, "x-amz-metadata-directive": "REPLACE"}
    itself = bench.effect(first.call("CopyObject", headers={**replaced, "x-amz-meta-again": "yes"}))
    back = bench.effect(first.call("GetObject"))
    seen = f"{itself.describe()}, then {back.describe()} with {VERSION}: {back.header(VERSION)}"
    new = back.header(VERSION) not in (None, copied.header(VERSION))
    right = itself.ok and back.body == bench.plain.body and new
    bench.check("onto-itself", holds(right, seen, itself, back))
