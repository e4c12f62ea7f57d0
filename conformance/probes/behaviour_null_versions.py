"""The version null: of an object from before versioning, and of a bucket that never had it.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html.
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Call,
    Hazard,
    Workbench,
    api,
    behaviour,
    core,
    detail,
    equals,
    guide,
    has_body,
    has_status,
    holds,
    offered,
    promise,
    refused,
)
from conformance.subjects.configuration_bodies import put_versioning
from conformance.subjects.versioned import VERSION, of_version, put_version

# In the form that some stores' have, and none gives to an object.
NO_VERSION: Final = "abcdefABCDEF0123456789abcdefABCD"
PAGE: Final = guide("Versioning")
MARKERS: Final = guide("DeleteMarker")
LIST: Final = api("ListObjectVersions")


@behaviour(
    "Versioning",
    "object-from-before",
    checks=(
        core("kept", "the bytes of an object from before for version id null", PAGE),
        core("current", "the bytes that overwrote it", PAGE),
        promise("deleted", "404 once such an object is deleted", MARKERS),
        promise("unlisted", "no key in ListObjectsV2 then", MARKERS),
        promise("still-there", "its bytes for version id null then", MARKERS),
        promise("listed", "the version null below the new one in ListObjectVersions", LIST),
        promise("current-again", "its bytes without an id once the new version is deleted", PAGE),
    ),
)
def from_before(bench: Workbench, _: str) -> None:
    """Keep an object from before versioning as the version null."""
    bucket = bench.new_bucket()
    before, other = bench.put(bucket=bucket), bench.put(bucket=bucket)
    offered(bench.treat(put_versioning(bucket, "Enabled")))
    after = put_version(bench, bucket, before.key)
    back = bench.effect(of_version(before, version="null"))
    bench.check("kept", has_body(back, before.body))
    bench.check("current", has_body(bench.effect(after.call("GetObject")), after.body))
    versions = Call(operation="ListObjectVersions", bucket=bucket, query={"prefix": before.key})
    told = bench.effect(versions)
    ids = told.texts("Version/VersionId")
    bench.check("listed", equals("versions", ids, [after.version, "null"], told))
    bench.attempt(other.call("DeleteObject"))
    bench.check("deleted", has_status(bench.effect(other.call("GetObject")), 404))
    query = {"prefix": other.key}
    listing = bench.effect(Call(operation="ListObjectsV2", bucket=bucket, query=query))
    bench.check("unlisted", equals("keys", listing.texts("Contents/Key"), [], listing))
    null = bench.effect(of_version(other, version="null"))
    bench.check("still-there", has_body(null, other.body))
    with bench.observing("current-again"):
        bench.setup(of_version(after, "DeleteObject"))
        again = bench.effect(before.call("GetObject"))
        bench.check("current-again", has_body(again, before.body))


@behaviour(
    "Versioning",
    "never-enabled",
    checks=(
        core("replaced", "the second bytes alone, by version id null too", PAGE),
        promise("listed-once", "one version, null, in ListObjectVersions", LIST),
        promise(
            "gone",
            "404 after DeleteObject of version id null, and no marker listed",
            api("DeleteObject"),
        ),
        promise(
            "other-id",
            "a refusal of GetObject with a version id that nothing has",
            api("GetObject"),
        ),
        promise(
            "other-id-kept",
            "the object after DeleteObject with such a version id",
            api("DeleteObject"),
        ),
        detail("no-id", f"no {VERSION} on PutObject", api("PutObject")),
    ),
)
def never_enabled(bench: Workbench, _: str) -> None:
    """Keep one version, null, in a bucket that has never had versioning."""
    bucket = bench.new_bucket()
    first = bench.put(bucket=bucket)
    second = bench.put(bucket=bucket, key=first.key)
    bench.check("replaced", has_body(bench.effect(of_version(first, version="null")), second.body))
    bench.check("no-id", holds(not first.version, f"{VERSION}: {first.version or 'none'}"))
    bench.check("other-id", refused(bench.effect(of_version(second, version=NO_VERSION))))
    bench.attempt(of_version(second, "DeleteObject", NO_VERSION))
    kept = bench.effect(second.call("GetObject"))
    same = has_body(kept, second.body)
    lost = kept.status == 404
    bench.check("other-id-kept", same.hurting(Hazard.DESTRUCTIVE) if lost else same)
    if lost:  # what comes next is about an object that is there
        second = bench.put(second.body, bucket=bucket, key=second.key)
    listing = Call(operation="ListObjectVersions", bucket=bucket)
    answer = bench.effect(listing)
    found = answer.texts("Version/VersionId")
    bench.check("listed-once", equals("versions", found, ["null"], answer))
    bench.attempt(of_version(first, "DeleteObject", "null"))
    gone = bench.effect(first.call("GetObject"))
    markers = bench.effect(listing).texts("DeleteMarker/VersionId")
    seen = f"{gone.describe()} with {len(markers)} markers"
    bench.check("gone", holds(gone.status == 404 and not markers, seen, gone))
