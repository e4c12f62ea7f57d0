"""Versions and delete markers, as a client sees them.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    Call,
    Comparison,
    Hazard,
    Stored,
    Undecided,
    Workbench,
    api,
    behaviour,
    core,
    detail,
    equals,
    guide,
    has_body,
    has_header,
    has_status,
    holds,
    promise,
    refused,
    served,
)
from conformance.subjects import multipart
from conformance.subjects.configuration_bodies import put_versioning
from conformance.subjects.versioned import (
    MARKER,
    VERSION,
    of_version,
    put_version,
    versioned_bucket,
)

NUMBER: Final = "x-amz-meta-number"
PAGE: Final = guide("Versioning")
MARKERS: Final = guide("DeleteMarker")
MANAGED: Final = guide("ManagingDelMarkers")
SUSPENDED: Final = guide("VersioningSuspended")
RESTORING: Final = guide("RestoringPreviousVersions")
LIST: Final = api("ListObjectVersions")


def _two(bench: Workbench, size: int = 48) -> tuple[Stored, Stored]:
    """An object and the one that overwrites it; each has metadata of its own.

    Raises:
        Undecided: PutObject returns no version ids.
    """
    bucket = versioned_bucket(bench)
    first = put_version(bench, bucket, headers={NUMBER: "1"})
    second = put_version(bench, bucket, first.key, bench.text(size), {NUMBER: "2"})
    return first, second


def _bytes(bench: Workbench, subject: Stored) -> Comparison:
    return has_body(bench.effect(of_version(subject)), subject.body)


def _current(bench: Workbench, subject: Stored) -> Comparison:
    return has_body(bench.effect(subject.call("GetObject")), subject.body)


@behaviour(
    "Versioning",
    "two-versions",
    checks=(
        core("older", "the first bytes for the first version id", PAGE),
        core("current", "the second bytes without a version id", PAGE),
        promise("told", f"{VERSION} of the current version on GetObject", api("GetObject")),
        promise("head", "the first object's ETag and length from HeadObject", api("HeadObject")),
        promise("metadata", "the first object's x-amz-meta- with its bytes", api("GetObject")),
        promise(
            "range",
            "bytes of the first object for its ETag in If-Match and a Range",
            api("GetObject"),
        ),
        promise("folder", f"{VERSION} of an object whose key ends with a slash", PAGE),
    ),
)
def two_versions(bench: Workbench, _: str) -> None:
    """Keep what is overwritten, and serve it by its version id."""
    first, second = _two(bench, 60)
    older = bench.effect(of_version(first))
    bench.check("older", has_body(older, first.body))
    bench.check("metadata", has_header(older, NUMBER, "1"))
    part = {"If-Match": first.etag, "Range": "bytes=4-9"}
    bench.check(
        "range", has_body(bench.effect(of_version(first).plus(headers=part)), first.body[4:10])
    )
    back = bench.effect(second.call("GetObject"))
    bench.check("current", has_body(back, second.body))
    bench.check("told", has_header(back, VERSION, second.version))
    head = bench.effect(of_version(first, "HeadObject"))
    told = (head.etag, head.header("Content-Length"))
    bench.check("head", equals("ETag, length", told, (first.etag, str(len(first.body))), head))
    folder = bench.effect(replace(first.call("PutObject"), key=bench.key("/")))
    told_id = folder.header(VERSION)
    seen = f"{folder.describe()} with {VERSION}: {told_id or 'none'}"
    bench.check("folder", holds(folder.ok and told_id not in (None, "null"), seen, folder))


@behaviour(
    "Versioning",
    "delete-marker",
    checks=(
        core("hidden", "404 from GetObject after DeleteObject", MARKERS),
        core("kept", "the bytes for the version id after it", MARKERS),
        promise("on-delete", f"{MARKER}: true and its version id on DeleteObject", MARKERS),
        promise("on-404", f"{MARKER}: true with the 404", MARKERS),
        detail("id-on-404", f"{VERSION} of the marker with the 404", MARKERS),
        promise("on-removal", f"{MARKER}: true and its version id when it is deleted", MARKERS),
        promise("removed", "the object once the marker is deleted by its version id", MARKERS),
        promise("unlisted", "no key in ListObjectsV2 while the marker is there", MARKERS),
        promise("no-prefix", "no common prefix of deleted keys alone in ListObjectsV2", MARKERS),
        promise("latest", "IsLatest on the newest version once the marker is deleted", LIST),
        promise("again", "a second marker for a second DeleteObject", MANAGED),
    ),
)
def delete_marker(bench: Workbench, _: str) -> None:
    """Put a marker in the place of what is deleted, and keep the versions below it."""
    first, second = _two(bench)
    answer = bench.setup(first.call("DeleteObject"))
    marker = answer.header(VERSION)
    right = answer.header(MARKER) == "true" and marker not in (None, first.version, second.version)
    seen = f"{MARKER}: {answer.header(MARKER)}, {VERSION}: {marker}"
    bench.check("on-delete", holds(right, seen, answer))
    gone = bench.effect(first.call("GetObject"))
    bench.check("hidden", has_status(gone, 404))
    bench.check("on-404", has_header(gone, MARKER, "true"))
    bench.check("id-on-404", has_header(gone, VERSION, marker))
    bench.check("kept", _bytes(bench, second))
    query = {"prefix": first.key}
    listing = bench.effect(Call(operation="ListObjectsV2", bucket=first.bucket, query=query))
    bench.check("unlisted", equals("keys", listing.texts("Contents/Key"), [], listing))
    with bench.observing("no-prefix"):
        bench.check("no-prefix", _folder(bench, first.bucket))
    if not marker:
        needless = ("removed", "latest", "on-removal", "again")
        bench.skip(*needless, because="the marker has no version id")
        return
    removal = bench.effect(of_version(first, "DeleteObject", marker))
    told = (removal.header(MARKER), removal.header(VERSION))
    seen = f"{MARKER}: {told[0]}, {VERSION}: {told[1]}"
    bench.check("on-removal", holds(told == ("true", marker), seen, removal))
    bench.check("removed", _current(bench, second))
    versions = bench.effect(Call(operation="ListObjectVersions", bucket=first.bucket, query=query))
    latest = dict(
        zip(versions.texts("Version/VersionId"), versions.texts("Version/IsLatest"), strict=False)
    )
    right = latest == {second.version: "true", first.version: "false"}
    bench.check("latest", holds(right, f"IsLatest {[*latest.values()]}", versions))
    one, two = (bench.effect(first.call("DeleteObject")) for _ in range(2))
    markers = [each.header(VERSION) for each in (one, two)]
    seen = f"{two.describe()}, and {VERSION} {markers[0]} and {markers[1]}"
    bench.check("again", holds(two.ok and markers[0] != markers[1], seen, one, two))


def _folder(bench: Workbench, bucket: str) -> Comparison:
    """No common prefix for a folder whose one object is deleted, where there was one before."""
    prefix = bench.key("/")
    inside = bench.put(bucket=bucket, key=f"{prefix}below/it")
    query = {"prefix": prefix, "delimiter": "/"}
    listing = Call(operation="ListObjectsV2", bucket=bucket, query=query)
    before = bench.setup(listing).texts("CommonPrefixes/Prefix")
    if before != [f"{prefix}below/"]:
        raise Undecided(f"common prefixes {before} while the object was there")
    bench.setup(inside.call("DeleteObject"))
    answer = bench.effect(listing)
    return equals("common prefixes", answer.texts("CommonPrefixes/Prefix"), [], answer)


@behaviour(
    "Versioning",
    "delete-version",
    checks=(
        core("gone", "404 for the deleted version id", api("DeleteObject")),
        core("previous", "the version below it as the current one", api("DeleteObject")),
        promise("told", f"{VERSION} of what was deleted", api("DeleteObject")),
        promise("no-marker", f"no {MARKER} on DeleteObject", api("DeleteObject")),
        promise(
            "again",
            "the version below it after the same version id is deleted again",
            api("DeleteObject"),
        ),
    ),
)
def delete_version(bench: Workbench, _: str) -> None:
    """Delete one version for good when it is named."""
    first, second = _two(bench)
    answer = bench.setup(of_version(second, "DeleteObject"))
    bench.check("told", has_header(answer, VERSION, second.version))
    told = answer.header(MARKER)
    bench.check("no-marker", holds(told in (None, "false"), f"{MARKER}: {told}", answer))
    bench.check("gone", has_status(bench.effect(of_version(second)), 404))
    bench.check("previous", _current(bench, first))
    bench.attempt(of_version(second, "DeleteObject"))
    bench.check("again", _current(bench, first).hurting(Hazard.DESTRUCTIVE))


@behaviour(
    "Versioning",
    "suspended",
    checks=(
        core("null-replaced", "the last bytes alone for version id null", SUSPENDED),
        core("kept", "the versions from before the suspension", SUSPENDED),
        promise("no-id", f"{VERSION}: null, or none, on PutObject", SUSPENDED),
    ),
)
def suspended(bench: Workbench, _: str) -> None:
    """Keep one version null while versioning is suspended, and all versions from before."""
    first, second = _two(bench)
    bench.setup(put_versioning(first.bucket, "Suspended"))
    bench.put(bucket=first.bucket, key=first.key)
    last = bench.put(bucket=first.bucket, key=first.key)
    bench.check("no-id", holds(last.version in (None, "null"), f"{VERSION}: {last.version}"))
    bench.check(
        "null-replaced", has_body(bench.effect(of_version(last, version="null")), last.body)
    )
    for each in (first, second):
        bench.check("kept", _bytes(bench, each))


@behaviour(
    "Versioning",
    "list-versions",
    checks=(
        core("all", "each version id of the key once", LIST),
        promise("newest-first", "the newest version first", LIST),
        promise("is-latest", "IsLatest on the newest one alone", LIST),
        promise("marker", "a DeleteMarker that is the latest, after DeleteObject", LIST),
        promise("pages", "the same versions, one on each page", LIST),
    ),
)
def list_versions(bench: Workbench, _: str) -> None:
    """List every version of a key, the newest first."""
    first, second = _two(bench)
    third = bench.put(bucket=first.bucket, key=first.key)
    right = [each.version for each in (third, second, first)]
    listing = Call(operation="ListObjectVersions", bucket=first.bucket, query={"prefix": first.key})
    answer = bench.effect(listing)
    found = answer.texts("Version/VersionId")
    bench.check("all", equals("versions", sorted(found), sorted(map(str, right)), answer))
    bench.check("newest-first", equals("versions", found, right, answer))
    latest = answer.texts("Version/IsLatest")
    bench.check("is-latest", equals("IsLatest", latest, ["true", "false", "false"], answer))
    with bench.observing("pages"):
        bench.check("pages", equals("versions", _pages(bench, listing, len(right)), right))
    bench.attempt(first.call("DeleteObject"))
    again = bench.effect(listing)
    marked = again.texts("DeleteMarker/IsLatest")
    bench.check("marker", equals("IsLatest of markers", marked, ["true"], again))


def _pages(bench: Workbench, listing: Call, count: int) -> list[str]:
    """The version ids of so many pages of one each."""
    found: list[str] = []
    query = {"max-keys": "1"}
    for _page in range(count):
        page = bench.effect(listing.plus(query=query))
        found += page.texts("Version/VersionId")
        if page.text("IsTruncated") != "true":
            break
        query |= {
            "key-marker": page.text("NextKeyMarker") or "",
            "version-id-marker": page.text("NextVersionIdMarker") or "",
        }
    return found


@behaviour(
    "Versioning",
    "copy-version",
    checks=(
        core("older", "the first bytes on a copy of the first version", api("CopyObject")),
        promise("told", "x-amz-copy-source-version-id of it", api("CopyObject")),
        promise("metadata", "the first version's x-amz-meta- with the copy", api("CopyObject")),
        promise("restored", "the first version as the latest, copied onto its own key", RESTORING),
        promise("part", "the first bytes in a part that is copied of it", api("UploadPartCopy")),
        detail("part-told", "x-amz-copy-source-version-id of that", api("UploadPartCopy")),
        promise("missing", "a refusal to copy a version that was deleted", api("CopyObject")),
    ),
)
def copy_version(bench: Workbench, _: str) -> None:
    """Copy the version that the source names."""
    first, _second = _two(bench)
    source = f"{first.source}?versionId={first.version}"
    copy = replace(first.call("CopyObject"), key=bench.key())
    answer = bench.treat(copy.plus(headers={"x-amz-copy-source": source}))
    bench.accepted(answer, control=copy.plus(headers={"x-amz-copy-source": first.source}))
    back = bench.effect(replace(copy, operation="GetObject"))
    bench.check("older", has_body(back, first.body))
    bench.check("metadata", has_header(back, NUMBER, "1"))
    bench.check("told", has_header(answer, "x-amz-copy-source-version-id", first.version))
    with bench.observing("part", "part-told"):
        upload = multipart.begin(bench)
        part = bench.setup(upload.copy(1, first, {"x-amz-copy-source": source}))
        version = has_header(part, "x-amz-copy-source-version-id", first.version)
        bench.check("part-told", version)
        bench.setup(upload.complete([part.text("ETag") or part.etag]))
        bench.check("part", multipart.assembled(bench.effect(upload.read), first.body))
    # Not before: then the latest version has the first one's bytes.
    over = bench.effect(first.call("CopyObject", headers={"x-amz-copy-source": source}))
    bench.check("restored", _current(bench, first) if over.ok else served(over))
    bench.setup(of_version(first, "DeleteObject"))
    gone = bench.effect(replace(copy, key=bench.key()).plus(headers={"x-amz-copy-source": source}))
    bench.check("missing", refused(gone))
