"""The parameters that say where a page of a listing of objects begins, and how long it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from conformance.probing import (
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
    family,
    holds,
    probe,
    promise,
    refused,
)
from conformance.subjects import listed_objects, listings

V1: Final = "ListObjects"
V2: Final = "ListObjectsV2"
NEXT: Final = "NextContinuationToken"
ECHOES: Final = {"marker": "Marker", "start-after": "StartAfter"}


def _max_keys_checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    checks = [
        core("page", "the number of keys that is asked for, of more", page),
        promise("first-keys", "the first keys of the whole listing on the first page", page),
        promise("truncated", "IsTruncated true where there are more keys", page),
        promise("echo", "max-keys in MaxKeys", page),
        promise("one", "one key for max-keys=1", page),
        promise("zero", "no key for max-keys=0", page),
        promise("exact", "IsTruncated false where just as many keys are left", page),
        promise("beyond-thousand", "all keys for max-keys=2000", page),
        promise("with-delimiter", "keys and common prefixes counted together", page),
        detail("beyond-thousand-echo", "MaxKeys 1000 for max-keys=2000", page),
        detail("zero-truncated", "IsTruncated false for max-keys=0", page),
        detail("negative", "400 InvalidArgument for max-keys=-1", page),
        detail("not-a-number", "400 InvalidArgument for max-keys=two", page),
    ]
    if operation == V2:
        checks.append(promise("next-token", "NextContinuationToken on a truncated page", page))
        checks.append(promise("key-count", "KeyCount equal to the keys on the page", page))
    return checks


@family("max-keys", operations=(V1, V2), checks=_max_keys_checks)
def max_keys(bench: Workbench, operation: OperationName, flag: str) -> None:
    """List no more keys than this, and say that there are more."""
    ours = listed_objects.folder(bench)
    count = len(ours.names)

    page = bench.treat(ours.listing(operation, max_keys="2"))
    bench.accepted(page, flag)
    seen = ours.seen(page)
    bench.check("page", listings.page_of(2, page, seen, ours.names))
    bench.check("truncated", listings.has_element(page, "IsTruncated", "true"))
    bench.check("echo", listings.has_element(page, "MaxKeys", "2"))
    if operation == V2:
        token = page.text(NEXT)
        bench.check("next-token", holds(bool(token), f"{NEXT} {token!r}", page))
        bench.check("key-count", listings.has_element(page, "KeyCount", str(len(seen))))

    one = bench.effect(ours.listing(operation, max_keys="1"))
    bench.check("truncated", listings.has_element(one, "IsTruncated", "true"))
    exact = bench.effect(ours.listing(operation, max_keys=str(count)))
    bench.check("exact", listings.has_element(exact, "IsTruncated", "false"))
    bench.check("exact", listings.lists(exact, ours.seen(exact), ours.names))
    bench.check("first-keys", listings.lists(page, seen[:2], ours.seen(exact)[:2]))
    bench.check("one", listings.lists(one, ours.seen(one), ours.seen(exact)[:1]))
    rolled = bench.effect(ours.listing(operation, max_keys="5", delimiter="/"))
    bench.check(
        "with-delimiter", listings.lists(rolled, ours.rolled(rolled), listed_objects.ROLLED[:5])
    )
    bench.check("with-delimiter", listings.has_element(rolled, "IsTruncated", "true"))

    zero = bench.effect(ours.listing(operation, max_keys="0"))
    bench.check("zero", listings.lists(zero, ours.seen(zero), []))
    if operation == V2:
        bench.check("key-count", listings.has_element(zero, "KeyCount", "0"))
    bench.check("zero-truncated", listings.has_element(zero, "IsTruncated", "false"))
    many = bench.effect(ours.listing(operation, max_keys="2000"))
    bench.check("beyond-thousand", listings.lists(many, ours.seen(many), ours.names))
    if operation == V2:
        bench.check("key-count", listings.has_element(many, "KeyCount", str(len(ours.seen(many)))))
    bench.check("beyond-thousand-echo", listings.has_element(many, "MaxKeys", "1000"))
    for check, value in (("negative", "-1"), ("not-a-number", "two")):
        answer = bench.effect(ours.listing(operation, max_keys=value))
        bench.check(check, refused(answer, 400, codes=["InvalidArgument"]))


def _start_checks(operation: str, feature: str) -> list[Check]:
    page = api(operation)
    checks = [
        core("after-a-key", "the keys that come after this one", page),
        core("after-no-key", "the keys that come after a name that no key has", page),
        promise("after-the-last", "no key after the last, and IsTruncated false", page),
        promise("within-prefix", "no key that does not begin with the prefix", page),
        promise("before-the-prefix", f"every key for a {feature} that sorts before them", page),
        promise("with-delimiter", "the keys and common prefixes that come after it", page),
        promise("pages", "each odd key after it once over pages of two", page),
        promise("echo", f"{feature} in {ECHOES[feature]}", page),
    ]
    if operation == V1:
        common = "the keys and common prefixes after a common prefix, and not it again"
        checks.append(promise("after-a-common-prefix", common, page))
    return checks


@family("marker", operations=(V1,), checks=_start_checks)
@family("start-after", operations=(V2,), checks=_start_checks)
def start_after(bench: Workbench, operation: OperationName, flag: str) -> None:
    """List only keys that come after this one, which need not exist."""
    ours = listed_objects.folder(bench)

    def after(name: str, **query: str) -> Response:
        return bench.effect(ours.listing(operation, **{flag: ours.prefix + name}, **query))

    start = ours.prefix + listed_objects.NAMES[1]
    existing = bench.treat(ours.listing(operation, **{flag: start}))
    bench.accepted(existing, flag)
    bench.check("after-a-key", _within(ours, existing, listed_objects.NAMES[2:]))
    bench.check("within-prefix", _outside(ours, existing))
    bench.check("echo", listings.has_element(existing, ECHOES[flag], start))
    missing = after("a1")  # between a0 and aB
    bench.check("after-no-key", _within(ours, missing, listed_objects.NAMES[7:]))
    bench.check("within-prefix", _outside(ours, missing))
    # The name of the folder above: it sorts before the prefix, and does not begin with it.
    above = bench.effect(ours.listing(operation, **{flag: ours.prefix.split("/", 1)[0]}))
    bench.check("before-the-prefix", listings.lists(above, ours.seen(above), ours.names))
    last = after(listed_objects.NAMES[-1])
    bench.check("after-the-last", listings.lists(last, ours.seen(last), []))
    bench.check("after-the-last", listings.has_element(last, "IsTruncated", "false"))
    rolled = after("a0", delimiter="/")
    bench.check(
        "with-delimiter", listings.lists(rolled, ours.rolled(rolled), listed_objects.ROLLED[6:])
    )
    if operation == V1:
        common = after("a/", delimiter="/")
        bench.check(
            "after-a-common-prefix",
            listings.lists(common, ours.rolled(common), listed_objects.ROLLED[5:]),
        )

    def following(answer: Response) -> dict[str, str]:
        if operation == V2:  # start-after goes along, as SDKs send it with every page
            return {"continuation-token": answer.text(NEXT) or ""}
        return {"marker": next(reversed(answer.texts("Contents/Key")), "")}

    with bench.observing("pages"):
        odd = listed_objects.odd_folder(bench)
        begin = {flag: odd.prefix + odd.names[0], "max-keys": "2"}
        first = bench.effect(odd.listing(operation, **begin))
        pages = listings.walk(first, following, bench.effect)
        bench.check("pages", pages.show(odd.names[1:], odd.seen))


def _within(ours: listed_objects.Folder, answer: Response, right: Sequence[str]) -> Comparison:
    """Of the folder's own keys just these."""
    return listings.lists(
        answer,
        [n for n in ours.seen(answer) if n in listed_objects.NAMES],
        right,
        listed_objects.NAMES,
    )


def _outside(ours: listed_objects.Folder, answer: Response) -> Comparison:
    """No keys but the folder's own."""
    return listings.lists(
        answer, [n for n in ours.seen(answer) if n not in listed_objects.NAMES], []
    )


@probe(
    "ListObjectsV2/continuation-token",
    checks=[
        core("second-page", "keys, and none of the page that gave the token", api(V2)),
        promise("pages", "each key once over pages of four, three and a thousand", api(V2)),
        promise("last-page", "IsTruncated false and no NextContinuationToken", api(V2)),
        promise("within-prefix", "no key that does not begin with the prefix", api(V2)),
        promise("key-count", "KeyCount equal to the keys on the page", api(V2)),
        promise("echo", "the token in ContinuationToken", api(V2)),
        promise("twice", "the same page for the same token again", api(V2)),
        detail("no-token", "400 InvalidArgument for what is no token", api(V2)),
        detail("empty-token", "400 InvalidArgument for an empty one", api(V2)),
    ],
)
def continuation_token(bench: Workbench) -> None:
    """Continue after the page that gave the token, so that pages show each key once."""
    ours = listed_objects.folder(bench)

    first = bench.setup(ours.listing(V2, max_keys="4"))
    token = first.text(NEXT)
    if not token:
        raise Undecided(
            f"a page of max-keys=4 of {len(listed_objects.NAMES)} keys came without a {NEXT}"
        )
    second = bench.treat(ours.listing(V2, max_keys="3", continuation_token=token))
    bench.accepted(second, "continuation-token")
    before, seen = ours.seen(first), ours.seen(second)
    fresh = bool(seen) and not set(seen) & set(before)
    otherwise = Outcome.IGNORED if set(before[:3]) <= set(seen) else Outcome.WRONG
    text = (
        second.describe()
        if not second.ok
        else f"{listings.spelt(seen)} after {listings.spelt(before)}"
    )
    bench.check("second-page", holds(fresh, text, second, otherwise=otherwise))
    bench.check("key-count", listings.has_element(second, "KeyCount", str(len(seen))))
    bench.check("echo", listings.has_element(second, "ContinuationToken", token))

    def following(answer: Response) -> dict[str, str]:
        return {"continuation-token": answer.text(NEXT) or "", "max-keys": "1000"}

    pages = listings.walk(second, following, bench.effect)
    own = [name for name in listed_objects.NAMES if name not in before]

    def inside(answer: Response) -> list[str]:
        return [name for name in ours.seen(answer) if name in listed_objects.NAMES]

    bench.check("pages", pages.show(own, inside))
    count = str(len(ours.seen(pages.last)))
    bench.check("key-count", listings.has_element(pages.last, "KeyCount", count))
    outside = [
        name
        for page in pages.answers
        for name in ours.seen(page)
        if name not in listed_objects.NAMES
    ]
    bench.check("within-prefix", listings.lists(pages.last, outside, []))
    if pages.trouble:
        bench.skip("last-page", because=f"the listing has no last page: {pages.trouble}")
    else:
        bench.check("last-page", listings.has_element(pages.last, NEXT, None))
        bench.check("last-page", listings.has_element(pages.last, "IsTruncated", "false"))
    again = bench.effect(second.call)
    bench.check("twice", listings.lists(again, ours.seen(again), seen))
    dates = [answer.texts("Contents/LastModified") for answer in (second, again)]
    bench.check("twice", holds(dates[0] == dates[1], "other dates the second time", again))
    wrong = bench.effect(ours.listing(V2, continuation_token="no token"))
    bench.check("no-token", refused(wrong, 400, codes=["InvalidArgument"]))
    empty = bench.effect(ours.listing(V2, continuation_token=""))
    bench.check("empty-token", refused(empty, 400, codes=["InvalidArgument"]))
