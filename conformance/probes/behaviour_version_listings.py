"""Listings of versions and delete markers, page by page, where clients stumble.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from conformance.probing import (
    Call,
    Response,
    Stored,
    Undecided,
    Workbench,
    api,
    behaviour,
    core,
    detail,
    equals,
    holds,
    promise,
    refused,
)
from conformance.subjects import listings
from conformance.subjects.versioned import VERSION, put_version, versioned_bucket

LIST: Final = api("ListObjectVersions")
PAGES: Final = 12
LAST: Final = "d e"  # with a space, which an URL cannot hold


@behaviour(
    "Versioning",
    "list-over-keys",
    checks=(
        core("order", "keys in ascending order, each key's newest version first", LIST),
        promise("pages", "the same versions and markers, two on each page", LIST),
        promise("latest", "IsLatest once for each key", LIST),
        promise("own-etags", "the ETag and Size of each version, not of the latest", LIST),
        promise("encoding-type", "keys URL-encoded with encoding-type=url", LIST),
        promise("prefix", "no version and no marker of a key without the prefix", LIST),
        promise("before-the-prefix", "all for a key-marker that sorts before the prefix", LIST),
        promise("delimiter", "a common prefix in place of the versions below it", LIST),
        promise("pages-of-folders", "it and the keys once over pages of three", LIST),
        promise("echo", "MaxKeys, KeyMarker and VersionIdMarker as they were asked", LIST),
        # The page calls it the key to start with, and the last one of the page before.
        detail("key-marker", "the keys behind key-marker alone", LIST),
        detail("interleaved", "a marker among the versions of its key", LIST),
        detail(
            "marker-alone", "400 InvalidArgument for version-id-marker without key-marker", LIST
        ),
    ),
)
def over_keys(bench: Workbench, _: str) -> None:
    """List versions and markers of several keys, page by page."""
    bucket, prefix = versioned_bucket(bench), bench.key("/")
    right: list[tuple[str, str]] = []
    stored: list[Stored] = []
    for name in ("a", "b/c", LAST):
        subject = put_version(bench, bucket, prefix + name)
        second = put_version(bench, bucket, subject.key, bench.text(50))
        stored += [subject, second]
        ids = [second.version or "", subject.version or ""]
        if name == LAST:
            deleted = bench.setup(subject.call("DeleteObject"))
            if not deleted.header(VERSION):
                raise Undecided(f"DeleteObject returned no {VERSION}")
            ids.insert(0, deleted.header(VERSION) or "")
        right += [(subject.key, each) for each in ids]
    beside = put_version(bench, bucket, f"{prefix.rstrip('/')}~")
    bench.setup(beside.call("DeleteObject"))
    listing = Call(operation="ListObjectVersions", bucket=bucket, query={"prefix": prefix})
    answer = bench.effect(listing)
    others = [key for key, _ in _all_pairs(answer) if not key.startswith(prefix)]
    bench.check("prefix", listings.lists(answer, others, []))
    # Versions and markers are two kinds of element: each kind is in order.
    for kind in ("Version", "DeleteMarker"):
        pairs = [pair for pair in _pairs(answer, kind) if pair[0].startswith(prefix)]
        wanted = [pair for pair in right if pair in pairs]
        missing = kind == "Version" and len(pairs) < len(right) - 1
        seen = f"{len(pairs)} of kind {kind} in {'' if pairs == wanted else 'another '}order"
        bench.check("order", holds(pairs == wanted and not missing, seen, answer))
    for field, texts in (
        ("ETag", {each.version or "": each.etag for each in stored}),
        ("Size", {each.version or "": str(len(each.body)) for each in stored}),
    ):
        own = listings.fields_are(answer, "Version", "VersionId", field, texts)
        bench.check("own-etags", own)
    entries = [
        entry
        for entry in answer.xml
        if entry.tag in ("Version", "DeleteMarker")
        and (entry.findtext("Key") or "").startswith(prefix)
    ]
    order = [entry.findtext("VersionId") for entry in entries]
    bench.check("interleaved", equals("order", order, [each for _, each in right], answer))
    latest = [entry.findtext("IsLatest") for entry in entries]
    bench.check("latest", equals("latest", latest.count("true"), 3, answer))
    with bench.observing("pages", "echo"):
        markers = {"key-marker": right[0][0], "version-id-marker": right[0][1]}
        asked = bench.effect(listing.plus(query={"max-keys": "2", **markers}))
        said = [asked.text(name) for name in ("MaxKeys", "KeyMarker", "VersionIdMarker")]
        bench.check("echo", equals("echo", said, ["2", *markers.values()], asked))
        found, count = _pages(bench, listing)
        seen = f"{len(found)} on pages of two"
        bench.check("pages", holds(sorted(found) == sorted(right), seen))
        bench.check("latest", holds(count == 3, f"IsLatest {count} times on pages of two"))
    _check_starts(bench, listing, right)
    _check_folders(bench, listing, right)
    encoded = bench.effect(listing.plus(query={"encoding-type": "url"}))
    key = next(reversed(encoded.texts("Version/Key")), None)
    bench.check("encoding-type", listings.url_encoded(encoded, key, prefix + LAST))


def _check_starts(bench: Workbench, listing: Call, right: Sequence[tuple[str, str]]) -> None:
    """Begin behind a key, before the prefix, and at a version that no key comes with."""
    prefix = listing.query["prefix"]
    behind = bench.effect(listing.plus(query={"key-marker": f"{prefix}b/c"}))
    keys = {*behind.texts("Version/Key"), *behind.texts("DeleteMarker/Key")}
    bench.check("key-marker", equals("keys", keys, {prefix + LAST}, behind))
    above = bench.effect(listing.plus(query={"key-marker": prefix.split("/", 1)[0]}))
    ids = [version for _, version in _all_pairs(above)]
    every = listings.lists(above, ids, [each for _, each in right], of="version")
    bench.check("before-the-prefix", every)
    alone = bench.effect(listing.plus(query={"version-id-marker": right[0][1]}))
    bench.check("marker-alone", refused(alone, 400, codes=["InvalidArgument"]))


def _check_folders(bench: Workbench, listing: Call, right: Sequence[tuple[str, str]]) -> None:
    """Roll up the two versions below b/; with pages of three, the first one ends with it."""
    prefix = listing.query["prefix"]
    folder = f"{prefix}b/"
    folded = bench.effect(listing.plus(query={"delimiter": "/"}))
    told = (folded.texts("CommonPrefixes/Prefix"), len(folded.texts("Version/Key")))
    bench.check("delimiter", holds(told == ([folder], 4), f"{told}", folded))
    first = bench.effect(folded.call.plus(query={"max-keys": "3"}))
    pages = listings.walk(first, _following, bench.effect)
    each = [folder, *(version for key, version in right if not key.startswith(folder))]
    bench.check("pages-of-folders", pages.show(each, _ids_and_folders))


def _pairs(answer: Response, kind: str) -> list[tuple[str, str]]:
    ids = answer.texts(f"{kind}/VersionId")
    return [*zip(answer.texts(f"{kind}/Key"), ids, strict=False)]


def _following(answer: Response) -> dict[str, str]:
    """The parameters that ask for the next page; after a common prefix there is no version's id."""
    names = {"key-marker": "NextKeyMarker", "version-id-marker": "NextVersionIdMarker"}
    return {name: text for name, element in names.items() if (text := answer.text(element))}


def _ids_and_folders(answer: Response) -> list[str]:
    return [version for _, version in _all_pairs(answer)] + answer.texts("CommonPrefixes/Prefix")


def _all_pairs(answer: Response) -> list[tuple[str, str]]:
    return _pairs(answer, "Version") + _pairs(answer, "DeleteMarker")


def _pages(bench: Workbench, listing: Call) -> tuple[list[tuple[str, str]], int]:
    """All versions and markers by pages of two, and how often one is the latest."""
    found: list[tuple[str, str]] = []
    latest = 0
    query = {"max-keys": "2"}
    for _page in range(PAGES):
        page = bench.effect(listing.plus(query=query))
        found += _all_pairs(page)
        told = page.texts("Version/IsLatest") + page.texts("DeleteMarker/IsLatest")
        latest += told.count("true")
        if page.text("IsTruncated") != "true":
            break
        query |= {
            "key-marker": page.text("NextKeyMarker") or "",
            "version-id-marker": page.text("NextVersionIdMarker") or "",
        }
    return found, latest
