"""ListObjects, ListObjectsV2, ListObjectVersions, and in which form they list.

Which keys they list is in `object_listing_selection`, page by page in `object_listing_pages`.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Check,
    Comparison,
    OperationName,
    Outcome,
    Response,
    Undecided,
    Workbench,
    api,
    core,
    detail,
    guide,
    holds,
    offered,
    operation,
    probe,
    promise,
)
from conformance.subjects import listed_objects, listings

V1: Final = "ListObjects"
V2: Final = "ListObjectsV2"
KEYS_GUIDE: Final = guide("object-keys")
OWNER_ID: Final = "the account, as ListBuckets has it, as Owner"


def _entry_checks(page: str) -> list[Check]:
    return [
        core("entries", "every key that is stored under the prefix", page),
        promise("order", "keys in the order of their UTF-8 bytes, each once", page),
        promise("sizes", "the Size of each object", page),
        promise("etags", "the ETag of each object", page),
        promise("dates", "LastModified of each object, an ISO 8601 date", page),
        promise("replaced-object", "an object that replaced another with its own Size", page),
        promise("deleted-object", "no key of an object that was deleted", page),
        detail("storage-class", "StorageClass STANDARD of each object", page),
        detail("quoted-etags", "each ETag in quotes", page),
        detail("namespace", "the namespace of S3's documents on the root element", page),
    ]


def _listing_checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    checks = [
        *_entry_checks(page),
        promise("root", "the root element ListBucketResult", page),
        promise("is-truncated", "IsTruncated false where all is listed", page),
        promise("no-common-prefixes", "no CommonPrefixes without delimiter", page),
        promise("bucket-name", "the bucket's name in Name", page),
        promise("odd-names", "keys with spaces, &, < and % as they were put", KEYS_GUIDE),
        promise("wide-characters", "U+FF5E before U+1F600, as in UTF-8", page),
        promise("object-of-parts", "Size and ETag that HEAD returns of an object of parts", page),
        detail("checksum-algorithm", "ChecksumAlgorithm CRC32 of an object with one", page),
        promise("nothing-found", "an empty listing of another bucket", page),
        promise("open-upload", "no key of an upload that is not completed", page),
        promise("missing-bucket", "404 NoSuchBucket for a bucket that does not exist", ERRORS),
        detail("date-of-head", "the LastModified that HEAD returns", page),
        detail("default-max-keys", "MaxKeys 1000 where the request has no max-keys", page),
        detail("media-type", "Content-Type: application/xml", page),
    ]
    if operation == V2:
        return [*checks, promise("key-count", "KeyCount equal to the keys listed", page)]
    return [
        *checks,
        detail("owner", "the Owner of each object", page),
        detail("owner-id", OWNER_ID, page),
        detail("no-key-count", "no KeyCount, which ListObjectsV2 has", page),
    ]


@operation(V1, V2, checks=_listing_checks)
def list_objects(bench: Workbench, name: OperationName) -> None:
    """List the bucket's keys in order, with their sizes, ETags and dates."""
    ours = listed_objects.folder(bench)

    answer = offered(bench.treat(ours.listing(name)))
    others = [key for key in answer.texts(listed_objects.KEY) if not key.startswith(ours.prefix)]
    if others and answer.text("IsTruncated") == "true":
        raise Undecided("the page is full of other keys, for the server ignores prefix")
    _check_entries(bench, ours, answer, "Contents", "ListBucketResult")
    bench.check("root", listings.has_root(answer, "ListBucketResult"))
    bench.check("is-truncated", listings.has_element(answer, "IsTruncated", "false"))
    bench.check(
        "no-common-prefixes",
        listings.lists(answer, answer.texts(listed_objects.PREFIXES), [], of="prefix"),
    )
    unfinished = [key for key in ours.seen(answer) if key == listed_objects.UNFINISHED]
    bench.check("open-upload", listings.lists(answer, unfinished, []))
    bench.check("bucket-name", listings.has_element(answer, "Name", ours.bucket))
    bench.check("default-max-keys", listings.has_element(answer, "MaxKeys", "1000"))
    bench.check("media-type", _is_xml(answer))
    if name == V2:
        bench.check("key-count", counted(answer))
    else:
        owners = answer.texts("Contents/Owner/ID")
        bench.check("owner", _owned(answer, owners, ours.names))
        bench.check("no-key-count", listings.has_element(answer, "KeyCount", None))
        listings.check_owner_id(bench, answer, "Contents/Owner/ID")

    with bench.observing("odd-names", "wide-characters"):
        odd = listed_objects.odd_folder(bench)
        strange = bench.effect(odd.listing(name))
        *names, first, second = odd.names
        seen = odd.seen(strange)
        others = [key for key in seen if key not in (first, second)]
        bench.check("odd-names", listings.lists(strange, others, names))
        wide = listings.in_order(strange, seen, [first, second])
        both = {first, second} <= set(seen)
        bench.check("wide-characters", wide if both else listings.lists(strange, seen, odd.names))
    with bench.observing("object-of-parts", "date-of-head", "checksum-algorithm"):
        _check_object_of_parts(bench, name)

    second_bucket = bench.second_bucket
    if second_bucket == ours.bucket:
        bench.skip("nothing-found", because="there is one bucket only")
    else:
        call = ours.listing(name)
        elsewhere = bench.effect(Call(operation=name, bucket=second_bucket, query=call.query))
        nothing = listings.lists(elsewhere, ours.seen(elsewhere), [])
        bench.check("nothing-found", nothing)
        bench.check("is-truncated", listings.has_element(elsewhere, "IsTruncated", "false"))
        if name == V2:
            bench.check("key-count", counted(elsewhere))
    bench.check("missing-bucket", listings.in_missing_bucket(bench, name))


def _check_entries(
    bench: Workbench, ours: listed_objects.Folder, answer: Response, element: str, root: str
) -> None:
    """The checks of `_entry_checks`."""
    keys = ours.seen(answer, f"{element}/Key")
    bench.check("namespace", listings.has_namespace(answer))
    # A key that is listed twice is a matter of their order.
    here = sorted({key for key in keys if key in ours.names}, key=str.encode)
    entries = listings.lists(
        answer, here, ours.names, unasked=None if answer.root == root else here
    )
    bench.check("entries", entries)
    bench.check("order", listings.in_order(answer, keys, ours.names))
    sizes = {item.key: str(len(item.body)) for item in ours.objects}
    replaced = {key: size for key, size in sizes.items() if key.endswith(listed_objects.REPLACED)}
    others = {key: size for key, size in sizes.items() if key not in replaced}
    etags = {item.key: item.etag for item in ours.objects}
    bench.check("sizes", listings.fields_are(answer, element, "Key", "Size", others))
    bench.check("replaced-object", listings.fields_are(answer, element, "Key", "Size", replaced))
    bench.check("etags", listings.fields_are(answer, element, "Key", "ETag", etags))
    bench.check("quoted-etags", listings.quoted(answer, f"{element}/ETag"))
    dates = listings.has_dates(answer, f"{element}/LastModified")
    enough = len(answer.texts(f"{element}/LastModified")) >= len(keys)
    bench.check("dates", dates if enough else holds(False, "an entry without it", answer))
    bench.check(
        "deleted-object",
        listings.lists(answer, [key for key in keys if key == listed_objects.DELETED], []),
    )
    standard = {item.key: "STANDARD" for item in ours.objects}
    bench.check(
        "storage-class", listings.fields_are(answer, element, "Key", "StorageClass", standard)
    )


def _check_object_of_parts(bench: Workbench, name: OperationName) -> None:
    parts, head = listed_objects.object_of_parts(bench)
    key, known = listed_objects.checksummed(bench)
    call = Call(operation=name, bucket=parts.bucket, query={"prefix": parts.key})
    answer = bench.effect(call)
    size, etag = answer.text("Contents/Size"), (answer.text("Contents/ETag") or "").strip('"')
    right = (str(len(parts.body)), head.etag.strip('"'))
    text = f"Size {size} and ETag {etag}"
    bench.check("object-of-parts", holds((size, etag) == right, text, answer, head))
    if known:
        named = {key: "CRC32"}
        algorithm = listings.fields_are(answer, "Contents", "Key", "ChecksumAlgorithm", named)
        bench.check("checksum-algorithm", algorithm)
    else:
        bench.skip("checksum-algorithm", because="PutObject returned no checksum that was sent")
    listed = (answer.text("Contents/LastModified") or "")[:19]
    told = parsedate_to_datetime(head.header("Last-Modified") or "Thu, 01 Jan 1970 00:00:00 GMT")
    same = listed == told.strftime("%Y-%m-%dT%H:%M:%S")
    text = f"{listed} beside {head.header('Last-Modified')} of HEAD"
    bench.check("date-of-head", holds(same, text, answer, head))


def _is_xml(answer: Response) -> Comparison:
    kind = (answer.header("Content-Type") or "").partition(";")[0]
    return holds(kind in ("application/xml", "text/xml"), f"Content-Type: {kind}", answer)


def counted(answer: Response) -> Comparison:
    """KeyCount, which counts keys and common prefixes."""
    count = str(len(answer.texts("Contents")) + len(answer.texts("CommonPrefixes")))
    seen = answer.text("KeyCount")
    return holds(
        bool(answer.root) and seen == count,
        f"KeyCount {seen or 'missing'} of {count}",
        answer,
        otherwise=Outcome.WRONG if seen else Outcome.IGNORED,
    )


VERSIONS: Final = "ListObjectVersions"


@probe(
    VERSIONS,
    checks=[
        *_entry_checks(api(VERSIONS)),
        promise("within-prefix", "no key that does not begin with the prefix", api(VERSIONS)),
        promise("root", "the root element ListVersionsResult", api(VERSIONS)),
        promise("latest", "VersionId and IsLatest true of each", api(VERSIONS)),
        detail("owner", "the Owner of each", api(VERSIONS)),
    ],
)
def list_object_versions(bench: Workbench) -> None:
    """List every version of every key; where nothing is versioned, one called null each."""
    ours = listed_objects.folder(bench)

    answer = offered(bench.treat(ours.listing(VERSIONS)))
    _check_entries(bench, ours, answer, "Version", "ListVersionsResult")
    bench.check("root", listings.has_root(answer, "ListVersionsResult"))
    others = [key for key in answer.texts("Version/Key") if not key.startswith(ours.prefix)]
    bench.check("within-prefix", listings.lists(answer, others, []))
    latest, ids = answer.texts("Version/IsLatest"), answer.texts("Version/VersionId")
    right = bool(latest) and len(ids) == len(latest) and all(ids) and set(latest) == {"true"}
    text = f"{len(ids)} VersionId, and IsLatest {', '.join(sorted(set(latest))) or 'missing'}"
    bench.check("latest", holds(right, text, answer))
    bench.check("owner", _owned(answer, answer.texts("Version/Owner/ID"), ours.names))


@probe(
    "ListObjectsV2/list-type",
    checks=[
        core("key-count", "KeyCount, which ListObjects has not", api(V2)),
        promise("no-marker", "no Marker, which ListObjects has", api(V2)),
        promise("next-token", "NextContinuationToken on a truncated page", api(V2)),
        promise("no-next-marker", "no NextMarker on a truncated page", api(V2)),
        detail("no-owner", "no Owner without fetch-owner", api(V2)),
    ],
)
def list_type(bench: Workbench) -> None:
    """Return the second version's listing, which counts its keys as the first does not."""
    ours = listed_objects.folder(bench)

    answer = bench.treat(ours.listing(V2))
    bench.accepted(answer, control=ours.listing(V1))
    bench.check("key-count", counted(answer))
    bench.check("no-marker", listings.has_element(answer, "Marker", None))
    bench.check("no-owner", listings.has_element(answer, "Contents/Owner", None))
    page = bench.effect(ours.listing(V2, max_keys="2", delimiter="/"))
    if page.text("IsTruncated") == "true":
        token = page.text("NextContinuationToken")
        bench.check("next-token", holds(bool(token), f"the token {token!r}", page))
        bench.check("no-next-marker", listings.has_element(page, "NextMarker", None))
    else:
        because = "max-keys=2 did not make the server truncate the listing"
        bench.skip("next-token", "no-next-marker", because=because)


@probe(
    "ListObjectsV2/fetch-owner",
    checks=[
        core("owners", "the Owner of each key with it, and of none without it", api(V2)),
        promise("asked-not-to", "no Owner for fetch-owner=false", api(V2)),
        promise("same-keys", "the same keys with it and without it", api(V2)),
        detail("owner-id", OWNER_ID, api(V2)),
    ],
)
def fetch_owner(bench: Workbench) -> None:
    """Return each object's owner, which a ListObjectsV2 without it does not."""
    ours = listed_objects.folder(bench)

    asked = bench.treat(ours.listing(V2, fetch_owner="true"))
    bench.accepted(asked, "fetch-owner")
    plain = bench.control(ours.listing(V2))
    owners, before = asked.texts("Contents/Owner/ID"), plain.texts("Contents/Owner/ID")
    ignored = len(owners) == len(before)
    held = _owned(asked, owners, ours.names).held and not before
    text = f"{len(owners)} of {len(ours.names)} with an Owner, and {len(before)} without it"
    otherwise = Outcome.IGNORED if ignored else Outcome.WRONG
    bench.check("owners", holds(held, text, asked, plain, otherwise=otherwise))
    bench.check(
        "same-keys",
        listings.lists(asked, asked.texts(listed_objects.KEY), plain.texts(listed_objects.KEY)),
    )
    listings.check_owner_id(bench, asked, "Contents/Owner/ID")
    not_asked = bench.effect(ours.listing(V2, fetch_owner="false"))
    count = len(not_asked.texts("Contents/Owner/ID"))
    text = f"{count} of {len(ours.names)} keys with an Owner"
    bench.check("asked-not-to", holds(not_asked.ok and not count, text, not_asked))


def _owned(answer: Response, owners: list[str], names: list[str]) -> Comparison:
    return holds(len(owners) == len(names) and all(owners), f"{len(owners)} owners", answer)
