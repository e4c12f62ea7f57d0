"""The parameters of ListObjectVersions: which versions are listed, and page by page.

Where nothing is versioned each key has one version, so the folder that other listings read shows
all parameters but one. `version-id-marker` needs versions of one key.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote_plus

from conformance.probing import (
    Call,
    Response,
    Workbench,
    api,
    core,
    detail,
    guide,
    holds,
    probe,
    promise,
    refused,
)
from conformance.subjects import listed_objects, listings
from conformance.subjects.versioned import put_version, versioned_bucket

LIST: Final = "ListObjectVersions"
PAGE: Final = api(LIST)
PREFIXES: Final = guide("using-prefixes")
KEY: Final = "Version/Key"
ID: Final = "Version/VersionId"


def _rolled(ours: listed_objects.Folder, answer: Response) -> list[str]:
    """The keys and common prefixes of a listing less the prefix.

    The common prefix of nothing but a deleted object is the affair of `delimiter` alone.
    """
    prefixes = ours.seen(answer, listed_objects.PREFIXES)
    return [
        *ours.seen(answer, KEY),
        *(name for name in prefixes if name != listed_objects.DELETED_FOLDER),
    ]


@probe(
    f"{LIST}/prefix",
    checks=(
        core("folder", "the versions of the keys that begin with a/ and of no others", PAGE),
        promise("part-of-a-name", "those of b/x and bee, and not of B, for the prefix b", PREFIXES),
        promise("no-key", "an empty listing for B/x, though there is a key B", PAGE),
        promise("echo", "the prefix in Prefix", PAGE),
    ),
)
def prefix(bench: Workbench) -> None:
    """List only versions of keys that begin with the prefix."""
    ours = listed_objects.folder(bench)

    answer = bench.treat(ours.listing(LIST, under="a/"))
    bench.accepted(answer, "prefix")
    seen = ours.seen(answer, KEY)
    # A full page of other keys is what a server lists that ignores the prefix.
    full = answer.text("IsTruncated") == "true"
    bench.check(
        "folder", listings.lists(answer, seen, ["a/x", "a/y"], seen if full else ours.names)
    )
    bench.check("echo", listings.has_element(answer, "Prefix", ours.prefix + "a/"))
    part = bench.effect(ours.listing(LIST, under="b"))
    bench.check("part-of-a-name", listings.lists(part, ours.seen(part, KEY), ["b/x", "bee"]))
    none = bench.effect(ours.listing(LIST, under="B/x"))
    bench.check("no-key", listings.lists(none, ours.seen(none, KEY), []))


@probe(
    f"{LIST}/delimiter",
    checks=(
        core("folders", "CommonPrefixes for a.b/, a/ and b/ with the delimiter /", PAGE),
        core("rest", "the versions of the keys without a / and no others", PAGE),
        promise("other-delimiter", "a- in CommonPrefixes for the delimiter -", PAGE),
        promise("inside-a-folder", "the keys of the folder a/, and no CommonPrefixes", PAGE),
        promise("echo", "the delimiter in Delimiter", PAGE),
    ),
)
def delimiter(bench: Workbench) -> None:
    """Roll up the versions of keys that share a prefix to the delimiter."""
    ours = listed_objects.folder(bench)
    rest = [name for name in listed_objects.ROLLED if name not in listed_objects.FOLDERS]

    answer = bench.treat(ours.listing(LIST, delimiter="/"))
    bench.accepted(answer, "delimiter")
    keys, prefixes = ours.seen(answer, KEY), ours.seen(answer, listed_objects.PREFIXES)
    living = [name for name in prefixes if name != listed_objects.DELETED_FOLDER]
    none: list[str] | None = [] if keys and not prefixes else None
    bench.check("folders", listings.lists(answer, living, listed_objects.FOLDERS, none, "prefix"))
    rolled = [name for name in ours.names if name not in rest]
    bench.check("rest", listings.lists(answer, keys, rest, rolled))
    bench.check("echo", listings.has_element(answer, "Delimiter", "/"))
    hyphen = bench.effect(ours.listing(LIST, delimiter="-"))
    shown = ours.seen(hyphen, listed_objects.PREFIXES)
    bench.check("other-delimiter", listings.lists(hyphen, shown, ["a-"], of="prefix"))
    inside = bench.effect(ours.listing(LIST, under="a/", delimiter="/"))
    bench.check("inside-a-folder", listings.lists(inside, _rolled(ours, inside), ["a/x", "a/y"]))


@probe(
    f"{LIST}/key-marker",
    checks=(
        core("after-a-key", "the versions of the keys that come after this one", PAGE),
        core("after-no-key", "those of the keys after a name that no key has", PAGE),
        promise("after-the-last", "no version after the last key, and IsTruncated false", PAGE),
        promise("within-prefix", "no key that does not begin with the prefix", PAGE),
        promise("pages", "each key once over pages of four, from NextKeyMarker on", PAGE),
        promise("echo", "the marker in KeyMarker", PAGE),
    ),
)
def key_marker(bench: Workbench) -> None:
    """List only versions of keys that come after this one, which need not exist."""
    ours = listed_objects.folder(bench)

    def inside(answer: Response) -> list[str]:
        return [name for name in ours.seen(answer, KEY) if name in listed_objects.NAMES]

    start = ours.prefix + ours.names[1]
    after = bench.treat(ours.listing(LIST, key_marker=start))
    bench.accepted(after, "key-marker")
    bench.check("after-a-key", listings.lists(after, inside(after), ours.names[2:], ours.names))
    bench.check("echo", listings.has_element(after, "KeyMarker", start))
    others = [name for name in ours.seen(after, KEY) if name not in listed_objects.NAMES]
    bench.check("within-prefix", listings.lists(after, others, []))
    missing = bench.effect(ours.listing(LIST, key_marker=f"{ours.prefix}a1"))  # between a0 and aB
    right = ours.names[7:]
    bench.check("after-no-key", listings.lists(missing, inside(missing), right, ours.names))
    last = bench.effect(ours.listing(LIST, key_marker=ours.prefix + ours.names[-1]))
    bench.check("after-the-last", listings.lists(last, inside(last), []))
    bench.check("after-the-last", listings.has_element(last, "IsTruncated", "false"))

    first = bench.effect(ours.listing(LIST, max_keys="4"))
    pages = listings.walk(first, _following, bench.effect)
    bench.check("pages", pages.show(ours.names, inside))


def _following(answer: Response) -> dict[str, str]:
    """The parameters that ask for the next page; some servers have no version in them."""
    more = {"key-marker": answer.text("NextKeyMarker") or ""}
    version = answer.text("NextVersionIdMarker")
    return {**more, "version-id-marker": version} if version else more


@probe(
    f"{LIST}/version-id-marker",
    checks=(
        core("after", "two of three versions after the newest, one after the second", PAGE),
        promise("pages", "each version once over pages of one, from the Next… markers on", PAGE),
        promise("echo", "the marker in VersionIdMarker", PAGE),
        detail("without-a-key", "400 InvalidArgument without key-marker", PAGE),
    ),
)
def version_id_marker(bench: Workbench) -> None:
    """List the versions of the key in key-marker that are older than this one."""
    bucket = versioned_bucket(bench)
    first = put_version(bench, bucket)
    later = [put_version(bench, bucket, first.key) for _ in range(2)]
    oldest, middle, newest = (each.version or "" for each in (first, *later))
    every = Call(operation=LIST, bucket=bucket, query={"prefix": first.key})

    before: list[str] = [newest, middle, oldest]
    for version, right in ((newest, [middle, oldest]), (middle, [oldest])):
        markers = {"key-marker": first.key, "version-id-marker": version}
        answer = bench.treat(every.plus(query=markers))
        bench.accepted(answer, "version-id-marker")
        seen = answer.texts(ID)
        # Behind the key alone there is no version; and another marker must change what is listed.
        ignored = answer.ok and (not seen or sorted(seen) == sorted(before))
        unasked = seen if ignored else None
        bench.check("after", listings.lists(answer, seen, right, unasked, of="version"))
        bench.check("echo", listings.has_element(answer, "VersionIdMarker", version))
        before = seen
    page = bench.effect(every.plus(query={"max-keys": "1"}))
    pages = listings.walk(page, _following, bench.effect)
    bench.check("pages", pages.show([newest, middle, oldest], lambda answer: answer.texts(ID)))
    alone = bench.effect(every.plus(query={"version-id-marker": newest}))
    bench.check("without-a-key", refused(alone, 400, codes=["InvalidArgument"]))


@probe(
    f"{LIST}/max-keys",
    checks=(
        core("page", "two versions for max-keys=2, of more", PAGE),
        promise("truncated", "IsTruncated true where there are more", PAGE),
        promise("next-key", "NextKeyMarker where there are more", PAGE),
        promise("first-keys", "the first keys of the whole listing on it", PAGE),
        promise("exact", "IsTruncated false where just as many are left", PAGE),
        promise("with-delimiter", "keys and common prefixes counted together", PAGE),
        promise("echo", "max-keys in MaxKeys", PAGE),
        detail("zero", "no version for max-keys=0", PAGE),
        detail("not-a-number", "400 InvalidArgument for max-keys=two", PAGE),
    ),
)
def max_keys(bench: Workbench) -> None:
    """List no more versions than this, and say that there are more."""
    ours = listed_objects.folder(bench)

    page = bench.treat(ours.listing(LIST, max_keys="2"))
    bench.accepted(page, "max-keys")
    seen = ours.seen(page, KEY)
    bench.check("page", listings.page_of(2, page, seen, ours.names))
    bench.check("truncated", listings.has_element(page, "IsTruncated", "true"))
    bench.check("echo", listings.has_element(page, "MaxKeys", "2"))
    marker = page.text("NextKeyMarker")
    bench.check("next-key", holds(bool(marker), f"NextKeyMarker {marker!r}", page))
    exact = bench.effect(ours.listing(LIST, max_keys=str(len(ours.names))))
    bench.check("exact", listings.has_element(exact, "IsTruncated", "false"))
    bench.check("exact", listings.lists(exact, ours.seen(exact, KEY), ours.names))
    bench.check("first-keys", listings.lists(page, seen[:2], ours.seen(exact, KEY)[:2]))
    rolled = bench.effect(ours.listing(LIST, max_keys="5", delimiter="/"))
    right = listed_objects.ROLLED[:5]
    bench.check("with-delimiter", listings.lists(rolled, _rolled(ours, rolled), right))
    zero = bench.effect(ours.listing(LIST, max_keys="0"))
    bench.check("zero", listings.lists(zero, ours.seen(zero, KEY), []))
    word = bench.effect(ours.listing(LIST, max_keys="two"))
    bench.check("not-a-number", refused(word, 400, codes=["InvalidArgument"]))


@probe(
    f"{LIST}/encoding-type",
    checks=(
        core("key", "the key URL-encoded with it, and as it was put without it", PAGE),
        promise("encoding-type", "EncodingType url", PAGE),
        promise("prefix", "Prefix URL-encoded", PAGE),
        promise("common-prefixes", "CommonPrefixes URL-encoded", PAGE),
        promise("odd-names", "keys that, decoded once, are those that were put", PAGE),
        detail("other-value", "a refusal of encoding-type=xml", PAGE),
        detail("unasked", "no EncodingType without it", PAGE),
    ),
)
def encoding_type(bench: Workbench) -> None:
    """URL-encode the keys of versions, and what else is part of a key."""
    ours = listed_objects.odd_folder(bench)
    key = ours.prefix + listings.ODD_NAME

    encoded = bench.treat(ours.listing(LIST, under=listings.ODD_NAME, encoding_type="url"))
    bench.accepted(encoded, "encoding-type")
    plain = bench.control(ours.listing(LIST, under=listings.ODD_NAME))
    bench.check("key", listings.key_encoded(key, encoded, plain, KEY))
    bench.check("encoding-type", listings.has_element(encoded, "EncodingType", "url"))
    bench.check("unasked", listings.has_element(plain, "EncodingType", None))
    bench.check("prefix", listings.url_encoded(encoded, encoded.text("Prefix"), key))
    folders = bench.effect(ours.listing(LIST, delimiter="/", encoding_type="url"))
    common = folders.text(listed_objects.PREFIXES)
    bench.check("common-prefixes", listings.url_encoded(folders, common, f"{ours.prefix}ä b/"))
    keys = [unquote_plus(each).removeprefix(ours.prefix) for each in folders.texts(KEY)]
    right = [name for name in ours.names if "/" not in name]
    bench.check("odd-names", listings.lists(folders, keys, right))
    other = bench.effect(ours.listing(LIST, encoding_type="xml"))
    bench.check("other-value", refused(other))
