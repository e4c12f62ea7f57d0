"""The parameters that say where a page of ListMultipartUploads begins, and how long it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from conformance.probing import (
    Outcome,
    Response,
    Undecided,
    Workbench,
    api,
    core,
    detail,
    holds,
    probe,
    promise,
    refused,
)
from conformance.subjects import listed_uploads, listings

PAGE: Final = api(listed_uploads.UPLOADS)


def following(answer: Response) -> dict[str, str]:
    """The parameters that ask for the page after this one; both, as SDKs send them."""
    markers = (answer.text("NextKeyMarker") or "", answer.text("NextUploadIdMarker") or "")
    return (
        dict(zip(("key-marker", "upload-id-marker"), markers, strict=True)) if all(markers) else {}
    )


@probe(
    f"{listed_uploads.UPLOADS}/key-marker",
    checks=[
        core("after-a-key", "the uploads of keys that come after this one", PAGE),
        core("after-no-key", "the uploads of keys that come after a name no key has", PAGE),
        promise("after-the-last", "no upload after the last key, and IsTruncated false", PAGE),
        promise("within-prefix", "no upload of a key that does not begin with the prefix", PAGE),
        promise("before-the-prefix", "every upload for a marker that sorts before them", PAGE),
        promise("with-delimiter", "the keys and common prefixes that come after it", PAGE),
        promise("echo", "the marker in KeyMarker", PAGE),
    ],
)
def key_marker(bench: Workbench) -> None:
    """List only uploads of keys that come after this one, which need not exist."""
    ours = listed_uploads.folder(bench)

    def after(name: str, **query: str) -> Response:
        return bench.effect(ours.listing(key_marker=ours.prefix + name, **query))

    start = ours.keys[1]
    existing = bench.treat(ours.listing(key_marker=start))
    bench.accepted(existing, "key-marker")
    missing = after("a/10")
    for check, answer, first in (("after-a-key", existing, 2), ("after-no-key", missing, 3)):
        seen = ours.seen(answer)
        own = [name for name in seen if name in listed_uploads.NAMES]
        bench.check(
            check,
            listings.lists(
                answer, own, listed_uploads.NAMES[first:], listed_uploads.NAMES, "upload"
            ),
        )
        others = [name for name in seen if name not in listed_uploads.NAMES]
        bench.check("within-prefix", listings.lists(answer, others, [], of="upload"))
    bench.check("echo", listings.has_element(existing, "KeyMarker", start))
    last = after(listed_uploads.NAMES[-1])
    bench.check("after-the-last", listings.lists(last, ours.seen(last), [], of="upload"))
    bench.check("after-the-last", listings.has_element(last, "IsTruncated", "false"))
    above = bench.effect(ours.listing(key_marker=ours.prefix.split("/", 1)[0]))
    every = listings.lists(above, ours.seen(above), listed_uploads.NAMES, of="upload")
    bench.check("before-the-prefix", every)
    rolled = after("B", delimiter="/")
    bench.check(
        "with-delimiter", listings.lists(rolled, ours.rolled(rolled), listed_uploads.ROLLED[1:])
    )


@probe(
    f"{listed_uploads.UPLOADS}/max-uploads",
    checks=[
        core("page", "one upload of two", PAGE),
        promise("truncated", "IsTruncated true where there are more uploads", PAGE),
        promise("next-key-marker", "the page's last key in NextKeyMarker", PAGE),
        promise("next-upload-id-marker", "the page's last id in NextUploadIdMarker", PAGE),
        promise("echo", "max-uploads in MaxUploads", PAGE),
        promise("exact", "IsTruncated false where just as many uploads are left", PAGE),
        promise("pages-of-one-key", "each upload of one key once over pages of one", PAGE),
        promise("pages", "each upload once over pages of two", PAGE),
        # That prefixes count, the reference says of objects only.
        detail("with-delimiter", "two keys and one common prefix, and more to come", PAGE),
        detail("beyond-thousand", "MaxUploads 1000, and all, for max-uploads=2000", PAGE),
        detail("not-a-number", "400 InvalidArgument for max-uploads=two", PAGE),
        detail("negative", "400 InvalidArgument for max-uploads=-1", PAGE),
    ],
)
def max_uploads(bench: Workbench) -> None:
    """List no more uploads than this, and say that there are more and where to go on."""
    ours = listed_uploads.twins(bench)

    page = bench.treat(ours.listing(max_uploads="1"))
    bench.accepted(page, "max-uploads")
    bench.check(
        "page", listings.page_of(1, page, page.texts(listed_uploads.KEY), ours.keys, "upload")
    )
    bench.check("truncated", listings.has_element(page, "IsTruncated", "true"))
    bench.check("next-key-marker", listings.has_element(page, "NextKeyMarker", ours.keys[0]))
    ids = page.texts(listed_uploads.ID)
    marker = page.text("NextUploadIdMarker")
    text = f"NextUploadIdMarker {marker!r} after {ids[-1] if ids else 'no id'!r}"
    bench.check("next-upload-id-marker", holds(ids[-1:] == [marker], text, page))
    bench.check("echo", listings.has_element(page, "MaxUploads", "1"))
    exact = bench.effect(ours.listing(max_uploads="2"))
    bench.check(
        "exact", listings.lists(exact, exact.texts(listed_uploads.KEY), ours.keys, of="upload")
    )
    bench.check("exact", listings.has_element(exact, "IsTruncated", "false"))
    every = exact.texts(listed_uploads.ID)
    of_one = listings.walk(page, following, bench.effect)
    bench.check(
        "pages-of-one-key", of_one.show(every, lambda answer: answer.texts(listed_uploads.ID))
    )
    for check, value in (("negative", "-1"), ("not-a-number", "two")):
        answer = bench.effect(ours.listing(max_uploads=value))
        bench.check(check, refused(answer, 400, codes=["InvalidArgument"]))
    many = bench.effect(ours.listing(max_uploads="2000"))
    seen = listings.lists(many, many.texts(listed_uploads.KEY), ours.keys, of="upload")
    bench.check("beyond-thousand", seen)
    bench.check("beyond-thousand", listings.has_element(many, "MaxUploads", "1000"))
    with bench.observing("with-delimiter"):
        several = listed_uploads.folder(bench)
        rolled = bench.effect(several.listing(max_uploads="3", delimiter="/"))
        if "a/1" in several.seen(rolled):
            raise Undecided("the server does not roll keys up")
        names = listed_uploads.ROLLED[:3]
        bench.check("with-delimiter", listings.lists(rolled, several.rolled(rolled), names))
        bench.check("with-delimiter", listings.has_element(rolled, "IsTruncated", "true"))
    with bench.observing("pages"):
        several = listed_uploads.folder(bench)
        pages = listings.walk(
            bench.effect(several.listing(max_uploads="2")), following, bench.effect
        )
        bench.check("pages", pages.show(listed_uploads.NAMES, several.seen))


@probe(
    f"{listed_uploads.UPLOADS}/upload-id-marker",
    checks=[
        core("rest-of-the-key", "one upload after the first of a key's two, none after both", PAGE),
        promise("right-one", "the second id after the first, and not the first again", PAGE),
        promise("alone", "both uploads where key-marker is not sent too", PAGE),
        promise("echo", "the marker in UploadIdMarker", PAGE),
    ],
)
def upload_id_marker(bench: Workbench) -> None:
    """List the other uploads of the key-marker's own key, where key-marker alone skips them."""
    both = listed_uploads.twins(bench)

    ids = bench.setup(both.listing()).texts(listed_uploads.ID)
    if len(ids) != len(both.keys):
        raise Undecided(f"of two uploads of one key {len(ids)} are listed")
    key = both.keys[0]
    pages = [
        bench.treat(both.listing(key_marker=key, upload_id_marker=upload_id)) for upload_id in ids
    ]
    bench.accepted(_refused(pages), "upload-id-marker")
    left = [len(page.texts(listed_uploads.KEY)) for page in pages]
    # Which of the two comes first, the older one or the one whose id sorts first, is not asked.
    text = f"{left[0]} after the one and {left[1]} after the other"
    nothing = left in ([0, 0], [2, 2])
    otherwise = Outcome.IGNORED if nothing else Outcome.WRONG
    bench.check("rest-of-the-key", holds(sorted(left) == [0, 1], text, *pages, otherwise=otherwise))
    seen = pages[0].texts(listed_uploads.ID)
    bench.check("right-one", listings.lists(pages[0], seen, ids[1:], of="upload"))
    bench.check("echo", listings.has_element(pages[0], "UploadIdMarker", ids[0]))
    alone = bench.effect(both.listing(upload_id_marker=ids[0]))
    bench.check("alone", listings.lists(alone, alone.texts(listed_uploads.ID), ids, of="upload"))


def _refused(answers: Sequence[Response]) -> Response:
    return next((answer for answer in answers if not answer.ok), answers[0])
