"""Configurations carried out: versioning, and what little is of tags, logs and websites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conformance.probing import (
    Comparison,
    Stored,
    Undecided,
    Workbench,
    detail,
    has_body,
    has_header,
    has_status,
    holds,
    promise,
)
from conformance.probing.sources import api, guide
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.xml import document, leaves
from conformance.subjects.bucket_configuration import Place
from conformance.subjects.carried_out_cors import DELETED_CORS, PUT_CORS
from conformance.subjects.carried_out_encryption import CARRIED_OUT_ENCRYPTION
from conformance.subjects.carried_out_lifecycle import CARRIED_OUT_LIFECYCLE
from conformance.subjects.carrying_out import ByOperation, CarriedOut
from conformance.subjects.configuration_bodies import put_versioning
from conformance.subjects.refused_bodies import MOST_TAGS
from conformance.subjects.versioned import MARKER, VERSION

VERSIONS: Final = guide("Versioning")
MARKERS: Final = guide("DeleteMarker")
REPLICATION: Final = guide("replication-requirements")
SUSPENDED: Final = guide("VersioningSuspended")


# Versioning.


def _versioning(bench: Workbench, place: Place) -> None:
    bench.setup(put_versioning(place.bucket, "Enabled"))
    first = bench.put(bucket=place.bucket)
    second = bench.put(bucket=place.bucket, key=first.key)

    ids = f"{first.version} and {second.version}"
    different = bool(first.version) and first.version != second.version
    bench.check("two-versions", holds(different, ids))
    bench.check("older-version", _read(bench, first, first))
    latest = bench.effect(first.call("GetObject"))
    bench.check("latest-version", has_body(latest, second.body))

    deleted = bench.effect(first.call("DeleteObject"))
    bench.check("delete-marker", has_header(deleted, MARKER, "true"))
    gone = bench.effect(first.call("GetObject"))
    bench.check("behind-marker", has_status(gone, 404))
    bench.check("marker-on-404", has_header(gone, MARKER, "true"))
    bench.check("kept-behind-marker", _read(bench, second, second))

    bench.setup(put_versioning(place.bucket, "Suspended"))
    third = bench.setup(first.call("PutObject", body=bench.text()))
    bench.check("null-version", _null(third))
    bench.check("kept-after-suspension", _read(bench, first, first))
    fourth = bench.setup(first.call("PutObject", body=bench.text()))
    bench.check("null-replaced", has_body(bench.effect(_of(first, "null")), fourth.call.body))


def _of(subject: Stored, version: str) -> Call:
    return subject.call("GetObject", query={"versionId": version})


def _read(bench: Workbench, subject: Stored, right: Stored) -> Comparison:
    answer = bench.effect(_of(subject, subject.version or "none"))
    return has_body(answer, right.body)


def _null(answer: Response) -> Comparison:
    version = answer.header(VERSION)
    return holds(version in (None, "null"), f"{VERSION}: {version or 'none'}", answer)


# Tags, of which nothing is carried out, but which are many, and in many letters.


def _tagging(bench: Workbench, place: Place) -> None:
    with bench.observing("letters-of-any-script"):
        value = f"{bench.nonce()} é漢"
        get = _tagged(bench, place, {"é漢": value})
        values = get.texts("TagSet/Tag/Value")
        seen = f"{get.describe()} with values {values}"
        bench.check("letters-of-any-script", holds(values == [value], seen, get))
    with bench.observing("fifty"):
        tags = {f"k{number}": f"v{number}" for number in range(MOST_TAGS)}
        get = _tagged(bench, place, tags)
        told = dict(zip(get.texts("TagSet/Tag/Key"), get.texts("TagSet/Tag/Value"), strict=False))
        seen = f"{get.describe()} with {len(told)} of them"
        bench.check("fifty", holds(told == tags, seen, get))
    with bench.observing("emptied"):
        get = _tagged(bench, place, {})
        left = len(get.texts("TagSet/Tag"))
        none = not left and (get.ok or get.status == 404)
        bench.check("emptied", holds(none, f"{get.describe()} with {left} tags", get))


def _tagged(bench: Workbench, place: Place, tags: Mapping[str, str]) -> Response:
    """GetBucketTagging once these are put, or the refusal."""
    each = (f"<Tag><Key>{key}</Key><Value>{value}</Value></Tag>" for key, value in tags.items())
    body = document("Tagging", f"<TagSet>{''.join(each)}</TagSet>")
    call = Call(
        operation="PutBucketTagging", bucket=place.bucket, headers=content_md5(body), body=body
    )
    answer = bench.effect(call)
    get = Call(operation="GetBucketTagging", bucket=place.bucket)
    return bench.effect(get) if answer.ok else answer


# Logs, of which some are only delivered hours later, but which can be switched off.


def _logging(bench: Workbench, place: Place) -> None:
    body = document("BucketLoggingStatus", "")
    bench.setup(
        Call(
            operation="PutBucketLogging",
            bucket=place.bucket,
            headers=content_md5(body),
            body=body,
        )
    )
    get = bench.effect(Call(operation="GetBucketLogging", bucket=place.bucket))
    there = get.xml.find("LoggingEnabled") is not None
    text = f"{get.describe()} {get.root}{' with LoggingEnabled' if there else ''}"
    bench.check("switched-off", holds(get.ok and not there, text, get))


def _website(bench: Workbench, place: Place) -> None:
    """The other form of a website, which has no documents of its own."""
    to = f"<HostName>{bench.nonce()}.example.com</HostName><Protocol>https</Protocol>"
    to = f"<RedirectAllRequestsTo>{to}</RedirectAllRequestsTo>"
    body = document("WebsiteConfiguration", to)
    answer = bench.effect(
        Call(
            operation="PutBucketWebsite",
            bucket=place.bucket,
            headers=content_md5(body),
            body=body,
        )
    )
    if not answer.ok:
        raise Undecided(f"RedirectAllRequestsTo is refused: {answer.describe()}")
    get = bench.effect(Call(operation="GetBucketWebsite", bucket=place.bucket))
    lost = sorted(path for path, _ in leaves(body) - leaves(get.body))
    text = f"{get.describe()} without {', '.join(lost)}" if lost else "all of it"
    bench.check("redirect-all", holds(not lost, text, get))


# Replication, which needs versions on both sides.


def _replication(bench: Workbench, place: Place) -> None:
    suspended = bench.effect(put_versioning(place.bucket, "Suspended"))
    bench.check("versioning-stays", holds(not suspended.ok, suspended.describe(), suspended))
    get = Call(operation="GetBucketReplication", bucket=place.bucket)
    put = bench.effect(get)
    with bench.observing("unversioned-source"):
        bench.setup(Call(operation="DeleteBucketReplication", bucket=place.bucket))
        bench.setup(put_versioning(place.bucket, "Suspended"))
        call = Call(
            operation="PutBucketReplication",
            bucket=place.bucket,
            headers=content_md5(put.body),
            body=put.body,
        )
        answer = bench.effect(call)
        bench.check("unversioned-source", holds(not answer.ok, answer.describe(), answer))
    bench.attempt(put_versioning(place.bucket))


CARRIED_OUT: Final[ByOperation] = {
    "PutBucketReplication": CarriedOut(
        observe=_replication,
        checks=(
            detail("versioning-stays", "a refusal to suspend versioning meanwhile", REPLICATION),
            detail("unversioned-source", "a refusal where versioning is suspended", REPLICATION),
        ),
    ),
    "PutBucketWebsite": CarriedOut(
        observe=_website,
        checks=(
            promise(
                "redirect-all", "RedirectAllRequestsTo to be returned", api("PutBucketWebsite")
            ),
        ),
    ),
    "PutBucketTagging": CarriedOut(
        observe=_tagging,
        checks=(
            detail(
                "letters-of-any-script",
                "a tag with letters outside of ASCII to be returned",
                guide("CostAllocTagging"),
            ),
            promise("fifty", f"{MOST_TAGS} tags to be returned", guide("CostAllocTagging")),
            detail("emptied", "no tag after an empty TagSet", api("PutBucketTagging")),
        ),
    ),
    "PutBucketLogging": CarriedOut(
        observe=_logging,
        checks=(
            promise(
                "switched-off", "no LoggingEnabled after an empty status", api("PutBucketLogging")
            ),
        ),
    ),
    **CARRIED_OUT_ENCRYPTION,
    **CARRIED_OUT_LIFECYCLE,
    "PutBucketCors": PUT_CORS,
    "DeleteBucketCors": DELETED_CORS,
    "PutBucketVersioning": CarriedOut(
        observe=_versioning,
        checks=(
            promise("two-versions", "two version ids for two objects of one key", VERSIONS),
            promise("older-version", "the first object for its version id", VERSIONS),
            promise("latest-version", "the second object without a version id", VERSIONS),
            promise("delete-marker", f"{MARKER}: true from DeleteObject", MARKERS),
            promise("behind-marker", "404 for the key after that", MARKERS),
            promise("kept-behind-marker", "the second object for its version id", MARKERS),
            promise("null-version", "version id null, or none, once it is suspended", SUSPENDED),
            promise("kept-after-suspension", "the first object for its version id", SUSPENDED),
            promise("null-replaced", "the last object for version id null", SUSPENDED),
            detail("marker-on-404", f"{MARKER}: true with that 404", api("GetObject")),
        ),
    ),
}
