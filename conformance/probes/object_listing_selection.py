"""The parameters that say which keys a listing of objects has: prefix and delimiter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from conformance.probing import (
    Check,
    OperationName,
    Response,
    Workbench,
    api,
    core,
    detail,
    family,
    guide,
    holds,
    promise,
)
from conformance.subjects import listed_objects, listings

V1: Final = "ListObjects"
V2: Final = "ListObjectsV2"
BOTH: Final[tuple[OperationName, ...]] = (V1, V2)
START: Final = {V1: "marker", V2: "start_after"}
PREFIX_GUIDE: Final = guide("using-prefixes")


def _prefix_checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    return [
        core("folder", "the keys that begin with the prefix a/ and no others", page),
        promise("part-of-a-name", "b/x and bee, and not B, for the prefix b", PREFIX_GUIDE),
        promise("whole-key", "the one key that is the prefix", page),
        promise("odd-letters", "the keys under a prefix with a space and an ä", page),
        promise("no-key", "an empty listing for B/x, though there is a key B", page),
        promise("pages", "each key once over pages of four for the prefix a", page),
        promise("echo", "the prefix in Prefix", page),
    ]


@family("prefix", operations=BOTH, checks=_prefix_checks)
def prefix(bench: Workbench, operation: OperationName, flag: str) -> None:
    """List only keys that begin with the prefix."""
    ours = listed_objects.folder(bench)

    answer = bench.treat(ours.listing(operation, under="a/"))
    bench.accepted(answer, flag)
    seen = ours.seen(answer)
    # A full page of other keys is what a server lists that ignores the prefix.
    full = answer.text("IsTruncated") == "true"
    all_ = seen if full else ours.names
    bench.check("folder", listings.lists(answer, seen, ["a/x", "a/y"], all_))
    bench.check("echo", listings.has_element(answer, "Prefix", ours.prefix + "a/"))

    part = bench.effect(ours.listing(operation, under="b"))
    bench.check("part-of-a-name", listings.lists(part, ours.seen(part), ["b/x", "bee"]))
    whole = bench.effect(ours.listing(operation, under="a0"))
    bench.check("whole-key", listings.lists(whole, ours.seen(whole), ["a0"]))
    none = bench.effect(ours.listing(operation, under="B/x"))
    bench.check("no-key", listings.lists(none, ours.seen(none), []))
    first = bench.effect(ours.listing(operation, under="a", max_keys="4"))
    pages = listings.walk(first, _next_page(operation, ours), bench.effect)
    begin = [name for name in ours.names if name.startswith("a")]
    bench.check("pages", pages.show(begin, ours.seen))
    with bench.observing("odd-letters"):
        odd = listed_objects.odd_folder(bench)
        percent = bench.effect(odd.listing(operation, under="a &<%2F"))
        seen = odd.seen(percent)
        bench.check("odd-letters", listings.lists(percent, seen, listed_objects.ODD_NAMES[:1]))
        plus = bench.effect(odd.listing(operation, under="a ä+"))
        bench.check("odd-letters", listings.lists(plus, odd.seen(plus), [listings.ODD_NAME]))
        strange = bench.effect(odd.listing(operation, under="ä b/"))
        bench.check("odd-letters", listings.lists(strange, odd.seen(strange), ["ä b/1", "ä b/2"]))
        bench.check("echo", listings.has_element(strange, "Prefix", odd.prefix + "ä b/"))


def _next_page(
    operation: OperationName, ours: listed_objects.Folder
) -> Callable[[Response], dict[str, str]]:
    """How a client asks for the page after one."""

    def following(answer: Response) -> dict[str, str]:
        if operation == V2:
            return {"continuation-token": answer.text("NextContinuationToken") or ""}
        last = ours.rolled(answer)[-1:]
        # A client that finds no NextMarker goes on after the last that it was given.
        marker = answer.text("NextMarker") or (ours.prefix + last[0] if last else "")
        return {"marker": marker}

    return following


def _delimiter_checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    checks = [
        core("folders", "CommonPrefixes for a.b/, a/ and b/ with the delimiter /", page),
        core("rest", "the keys without a / and no others in Contents", page),
        promise("order", "common prefixes in the order of their UTF-8 bytes", page),
        promise("deleted", "no common prefix of an object that was deleted", PREFIX_GUIDE),
        promise("other-delimiter", "a- in CommonPrefixes for the delimiter -", page),
        detail("several-characters", "three common prefixes for the delimiter /x", PREFIX_GUIDE),
        promise("inside-a-folder", "the keys of the folder a/, and no CommonPrefixes", page),
        promise("folder-object", "the object d/ among those of the folder d/", PREFIX_GUIDE),
        promise("folder-itself", "d/ as common prefix and not as key, for the prefix d", page),
        detail("whole-folder", "IsTruncated false for max-keys=1 and one common prefix", page),
        promise("empty-value", "all keys and no CommonPrefixes for an empty delimiter", page),
        detail("percent", "one common prefix for the delimiter %2F, not taken for a /", page),
        promise("part-of-a-name", "what begins with a, a.b/ and a/ rolled up", PREFIX_GUIDE),
        promise("pages", "each key and common prefix once over pages of five", page),
        promise("echo", "the delimiter in Delimiter", page),
        promise("is-truncated", "IsTruncated false where all is listed", page),
    ]
    if operation == V2:
        counts = "KeyCount equal to the keys and common prefixes listed"
        return [*checks, promise("key-count", counts, page)]
    marker = "NextMarker on a truncated page, a key or common prefix of it"
    return [*checks, detail("next-marker", marker, page)]


@family("delimiter", operations=BOTH, checks=_delimiter_checks)
def delimiter(bench: Workbench, operation: OperationName, flag: str) -> None:
    """Roll keys up to the delimiter into one CommonPrefixes element each."""
    ours = listed_objects.folder(bench)
    rest = [name for name in listed_objects.ROLLED if name not in listed_objects.FOLDERS]

    answer = bench.treat(ours.listing(operation, delimiter="/"))
    bench.accepted(answer, flag)
    keys, prefixes = ours.seen(answer), ours.seen(answer, listed_objects.PREFIXES)
    # A prefix of nothing but a deleted object is a fault of its own.
    living = [name for name in prefixes if name != listed_objects.DELETED_FOLDER]
    none: list[str] | None = [] if keys and not prefixes else None
    bench.check("folders", listings.lists(answer, living, listed_objects.FOLDERS, none, "prefix"))
    rolled = [name for name in ours.names if name not in rest]
    bench.check("rest", listings.lists(answer, keys, rest, rolled))
    bench.check("order", listings.in_order(answer, prefixes, listed_objects.FOLDERS))
    deleted = [name for name in prefixes if name == listed_objects.DELETED_FOLDER]
    bench.check("deleted", listings.lists(answer, deleted, [], of="prefix"))
    bench.check("echo", listings.has_element(answer, "Delimiter", "/"))
    bench.check("is-truncated", listings.has_element(answer, "IsTruncated", "false"))
    if operation == V2:
        _check_count(bench, answer)

    hyphen = bench.effect(ours.listing(operation, delimiter="-"))
    shown = ours.seen(hyphen, listed_objects.PREFIXES)
    bench.check("other-delimiter", listings.lists(hyphen, shown, ["a-"], of="prefix"))
    two = bench.effect(ours.listing(operation, delimiter="/x"))
    right = ["a.b/x", "a/x", "b/x"]
    bench.check(
        "several-characters",
        listings.lists(two, ours.seen(two, listed_objects.PREFIXES), right, of="prefix"),
    )
    inside = bench.effect(ours.listing(operation, under="a/", delimiter="/"))
    bench.check("inside-a-folder", listings.lists(inside, ours.rolled(inside), ["a/x", "a/y"]))
    part = bench.effect(ours.listing(operation, under="a", delimiter="/"))
    begin = [name for name in listed_objects.ROLLED if name.startswith("a")]
    bench.check(
        "part-of-a-name", listings.lists(part, ours.rolled(part), begin, of="key or prefix")
    )
    bench.check("is-truncated", listings.whole(hyphen, two, inside, part))
    with bench.observing("folder-object"):
        marked = listed_objects.marked_folder(bench)
        own = bench.effect(marked.listing(operation, under=listed_objects.MARKED, delimiter="/"))
        seen = listings.lists(own, marked.rolled(own), marked.names, of="key or prefix")
        bench.check("folder-object", seen)
    _check_folder(bench, operation)
    empty = bench.effect(ours.listing(operation, delimiter="", **{START[operation]: ""}))
    bench.check("empty-value", listings.lists(empty, ours.rolled(empty), ours.names))
    if operation == V2:
        _check_count(bench, part)
    _check_pages(bench, ours, operation)


def _check_folder(bench: Workbench, operation: OperationName) -> None:
    """A folder in its parent's listing, and what is no folder's name though it looks like one."""
    with bench.observing("folder-itself", "whole-folder"):
        marked = listed_objects.marked_folder(bench)
        name = listed_objects.MARKED.rstrip("/")
        page = bench.effect(marked.listing(operation, under=name, delimiter="/", max_keys="1"))
        prefixes = marked.seen(page, listed_objects.PREFIXES)
        text = f"{listings.spelt(prefixes, 'prefix')}, and {listings.spelt(marked.seen(page))}"
        right = prefixes == [listed_objects.MARKED] and not marked.seen(page)
        bench.check("folder-itself", holds(right, text, page))
        bench.check("whole-folder", listings.has_element(page, "IsTruncated", "false"))
    with bench.observing("percent"):
        odd = listed_objects.odd_folder(bench)
        answer = bench.effect(odd.listing(operation, delimiter="%2F"))
        shown = odd.seen(answer, listed_objects.PREFIXES)
        bench.check("percent", listings.lists(answer, shown, ["a &<%2F"], of="prefix"))


def _check_count(bench: Workbench, answer: Response) -> None:
    count = len(answer.texts("Contents")) + len(answer.texts("CommonPrefixes"))
    bench.check("key-count", listings.has_element(answer, "KeyCount", str(count)))


def _check_pages(bench: Workbench, ours: listed_objects.Folder, operation: OperationName) -> None:
    """Read page by page: the first page ends with a common prefix of several keys."""
    first = bench.effect(ours.listing(operation, delimiter="/", max_keys="5"))
    pages = listings.walk(first, _next_page(operation, ours), bench.effect)
    bench.check("pages", pages.show(listed_objects.ROLLED, ours.rolled))
    if operation == V1:
        if first.text("IsTruncated") != "true":
            bench.skip("next-marker", because="the first page is not truncated")
            return
        marker = first.text("NextMarker") or ""
        there = marker.removeprefix(ours.prefix) in ours.rolled(first)
        bench.check("next-marker", holds(there, f"NextMarker {marker!r}", first))
