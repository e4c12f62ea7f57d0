"""CompleteMultipartUpload: which parts become the object, in which order, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote

from conformance.probing import (
    Call,
    Outcome,
    Response,
    Workbench,
    api,
    core,
    detail,
    equals,
    guide,
    has_header,
    has_status,
    holds,
    is_xml,
    offered,
    probe,
    promise,
    refused,
    served,
)
from conformance.subjects import listings, multipart

PAGE: Final = api("CompleteMultipartUpload")
OVERVIEW: Final = guide("mpuoverview")
ROOT: Final = "CompleteMultipartUpload"
SOME: Final = multipart.part_etag(b"")
# By number: a text order has 10 before 2. Part 1 is uploaded and not completed, part 5 is neither.
UNUSED, BIG, MISSING, LAST = 1, 2, 5, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """An upload with parts that were uploaded, and nothing completed.

    Attributes:
        upload: the upload.
        bodies: of the parts by number.
        etags: of the parts by number.
    """

    upload: multipart.Upload
    bodies: dict[int, bytes]
    etags: dict[int, str]

    def complete(
        self, bench: Workbench, *numbers: int, other: int = 0, of: int = 0, bare: bool = False
    ) -> Response:
        """Complete the upload of these parts, one of them with the ETag of another part.

        Args:
            bench: sends.
            numbers: of the parts, in the order of the request.
            other: the part that is given a wrong ETag; none by default.
            of: the part whose ETag it is given.
            bare: leave out all ETags.
        """
        etags = {**self.etags, other: self.etags.get(of, "")}
        some = next(iter(self.etags.values()))
        parts = ((number, etags.get(number, some)) for number in numbers)
        call = self.upload.complete_with(*parts)
        if bare:
            call = replace(call, body=re.sub(rb"<ETag>[^<]*</ETag>", b"", call.body))
        return bench.effect(call)


def _uploaded(bench: Workbench, bodies: dict[int, bytes]) -> Parts:
    """Begin an upload and upload its parts, in the order of the dictionary, as preparation."""
    return _sent(bench, multipart.begin(bench), bodies)


def _sent(bench: Workbench, upload: multipart.Upload, bodies: dict[int, bytes]) -> Parts:
    etags = {number: bench.setup(upload.part(number, it)).etag for number, it in bodies.items()}
    return Parts(upload=upload, bodies=bodies, etags=etags)


def _big(bench: Workbench) -> Parts:
    return _uploaded(
        bench, {LAST: bench.text(), BIG: bench.text(multipart.PART), UNUSED: bench.text()}
    )


def _small(bench: Workbench) -> Parts:
    return _uploaded(bench, {1: bench.text(), 2: bench.text()})


@probe(
    "CompleteMultipartUpload",
    checks=(
        core("completed-object", "the bytes of the part", PAGE),
        core("wrong-etag", "400 for another part's ETag", PAGE),
        promise("root-element", "a CompleteMultipartUploadResult element", PAGE),
        promise("key", "the upload's key in the Key element", PAGE),
        promise("bucket", "the upload's bucket in the Bucket element", PAGE),
        promise("etag-of-object", "the ETag that GetObject returns of the object", PAGE),
        promise("last-modified", "Last-Modified of the object, of today", api("GetObject")),
        promise("previous-metadata", "no metadata of the object that was replaced", OVERVIEW),
        promise("part-order", "400 for parts listed as 2, 1", PAGE),
        promise("wrong-etag-of-first-part", "400 for a wrong ETag of the first of two parts", PAGE),
        promise("missing-part", "400 for a part that was not uploaded", PAGE),
        promise("parts-by-number", "parts 2 and 10, uploaded as 10, 2, as 2, 10", PAGE),
        promise("no-parts", "400 for an empty list of parts", api("CompletedMultipartUpload")),
        promise("unknown-upload", "404 for an upload id that does not exist", PAGE),
        promise("another-key", "404 for the upload id under another key", PAGE),
        promise("listed", "the size of both parts and their ETag in a listing", api("Object")),
        promise("key-escaped", f"the key {multipart.MARKUP} in the Key element, escaped", PAGE),
        promise("upload-ends", "404 for ListParts after the completion", OVERVIEW),
        # The page asks for a list that is complete, and does not say what becomes of other parts.
        detail("subset", "a 2xx response for parts 2 and 10 without part 1", PAGE),
        detail("number-of-parts", "an ETag with the number of parts after a hyphen", OVERVIEW),
        detail("etag-md5", "the MD5 of the parts' MD5s in the ETag", OVERVIEW),
        detail("small-part", "400 for a part of 48 bytes before the last", PAGE),
        # CompletedPart's page does not require it, and yet S3 refuses the document.
        detail("no-etag", "400 for a part without an ETag", api("CompletedPart")),
        detail("part-order-code", "InvalidPartOrder for parts listed as 2, 1", PAGE),
        detail("error-codes", "InvalidPart and EntityTooSmall", PAGE),
        detail("upload-stays", "the upload as it was after a completion that was refused", PAGE),
        detail("again", "200 or 404 for the same completion again", PAGE),
        detail("no-such-bucket", "404 NoSuchBucket for a bucket that does not exist", PAGE),
        detail("location", "a Location that ends in the key", PAGE),
        detail("media-type", "Content-Type: application/xml", PAGE),
        detail("unquoted-etag", "a 2xx response for a part's ETag without quotes", PAGE),
        # Elements in any order, with space between them, are the same document to XML's readers.
        detail(
            "no-namespace",
            "a 2xx response for a document without a namespace, indented, each ETag first",
            PAGE,
        ),
    ),
)
def complete_multipart_upload(bench: Workbench) -> None:
    """Make the listed parts one object in the order of their numbers, if all are as uploaded."""
    _of_one_part(bench)
    with bench.observing("no-such-bucket"):
        nowhere = multipart.Upload(bucket="none", key="none", upload_id="none")
        document = nowhere.complete([SOME]).body
        bench.check("no-such-bucket", multipart.in_no_bucket(bench, ROOT, document))
    with bench.observing("unquoted-etag", "no-namespace", "key-escaped"):
        _spelt_otherwise(bench)
    with bench.observing("wrong-etag", "no-parts", "no-etag", "small-part", "another-key"):
        _of_small_parts(bench)
    with bench.observing(
        "part-order",
        "part-order-code",
        "wrong-etag-of-first-part",
        "missing-part",
        "subset",
        "parts-by-number",
        "listed",
    ):
        _of_numbers(bench)


def _of_one_part(bench: Workbench) -> None:
    """The plainest completion there is, of an upload that replaces an object."""
    kept, body = bench.put(headers={"x-amz-meta-previous": "object"}), bench.text()
    upload = multipart.begin_over(kept, bench)
    etag = bench.setup(upload.part(1, body)).etag
    call = upload.complete([etag])

    done = offered(bench.treat(call))
    whole = bench.effect(upload.read)
    untouched = whole.body == kept.body
    seen = multipart.assembled(whole, body)
    if untouched:  # a server that only nods
        seen = holds(False, "the object that the key had", whole, otherwise=Outcome.IGNORED)
    bench.check("completed-object", seen)
    root = "CompleteMultipartUploadResult"
    bench.check("root-element", equals("root element", done.root, root, done))
    bench.check("media-type", is_xml(done))
    bench.check("key", equals("Key", done.text("Key"), upload.key, done))
    bench.check("bucket", equals("Bucket", done.text("Bucket"), upload.bucket, done))
    where = done.text("Location") or ""
    ends = unquote(where).endswith(f"/{upload.key}")
    bench.check("location", holds(ends, f"Location {where or 'missing'}", done))
    same = equals("ETag", done.text("ETag"), whole.etag, done, whole)
    bench.check("etag-of-object", same)
    bench.check("last-modified", listings.modified_today(whole))
    bench.check("previous-metadata", has_header(whole, "x-amz-meta-previous", None))
    bench.check(
        "etag-md5", equals("ETag", done.text("ETag"), multipart.multipart_etag([body]), done)
    )
    bench.check("again", has_status(bench.effect(call), 200, 404))
    ended = refused(bench.effect(upload.call("ListParts")), 404)
    bench.check("upload-ends", ended)
    # Not under this key: a completion that was served may be sent again.
    stranger = replace(upload.unknown, key=bench.key())
    nowhere = bench.effect(stranger.complete([etag]))
    # Some servers find an id that they could not have made malformed, which is as good a refusal.
    bench.check("unknown-upload", refused(nowhere, 400, 404))


def _spelt_otherwise(bench: Workbench) -> None:
    """Documents that say the same in another way; what is refused leaves the upload to the next."""
    parts = _uploaded(bench, {1: bench.text()})
    bare = parts.upload.complete([parts.etags[1].strip('"')])
    if bench.check("unquoted-etag", served(bench.effect(bare))):
        create = replace(multipart.create_call(bench), key=bench.key(multipart.MARKUP))
        named = bench.attempt(create)
        upload = multipart.begun(named) if named.ok else multipart.begin(bench)
        parts = _sent(bench, upload, {1: bench.text()})
    part = f"<ETag>{parts.etags[1]}</ETag>\n  <PartNumber>1</PartNumber>"
    body = f"<{ROOT}>\n <Part>\n  {part}\n </Part>\n</{ROOT}>\n".encode()
    answer = bench.effect(replace(parts.upload.complete([]), body=body))
    done = bench.check("no-namespace", served(answer))
    if done and parts.upload.key.endswith(multipart.MARKUP):
        bench.check("key-escaped", equals("Key", answer.text("Key"), parts.upload.key, answer))
    else:
        bench.skip("key-escaped", because="no upload of such a key was completed so")


def _of_small_parts(bench: Workbench) -> None:
    """Two parts of a few bytes: neither is large enough to come before another."""
    refuses = _Refusals(bench, _small)
    parts = refuses.parts
    moved = replace(parts.upload, key=bench.key())
    answer = bench.effect(moved.complete([parts.etags[1]]))
    if not bench.check("another-key", refused(answer, 404)):
        refuses.begin_again()
    bench.check("no-parts", refused(refuses.complete()))
    bench.check("no-etag", multipart.refused_late(refuses.complete(1, bare=True)))
    wrong = refuses.complete(2, other=2, of=1)
    if bench.check("wrong-etag", multipart.refused_late(wrong)):
        bench.check("error-codes", equals("code", wrong.code, "InvalidPart", wrong))
    small = refuses.complete(1, 2)
    if bench.check("small-part", multipart.refused_late(small)):
        bench.check("error-codes", equals("code", small.code, "EntityTooSmall", small))


def _of_numbers(bench: Workbench) -> None:
    """Parts 2 and 10, the first of them large enough, and one that is left out."""
    refuses = _Refusals(bench, _big)
    _check_order(bench, refuses)
    for check, answer in {
        "wrong-etag-of-first-part": refuses.complete(BIG, LAST, other=BIG, of=LAST),
        "missing-part": refuses.complete(BIG, MISSING, LAST),
    }.items():
        if bench.check(check, multipart.refused_late(answer)):
            bench.check("error-codes", equals("code", answer.code, "InvalidPart", answer))

    done = refuses.complete(BIG, LAST)
    parts = refuses.used or refuses.parts
    if not bench.check("subset", served(done)):
        parts = _uploaded(bench, {LAST: bench.text(), BIG: bench.text(multipart.PART)})
        done = parts.complete(bench, BIG, LAST)
    if not done.ok:
        bench.check("parts-by-number", served(done))
        return
    bodies = [parts.bodies[BIG], parts.bodies[LAST]]
    whole = bench.effect(parts.upload.read)
    bench.check("parts-by-number", multipart.assembled(whole, b"".join(bodies)))
    _listed(bench, whole)
    etag = done.text("ETag") or ""
    bench.check("number-of-parts", holds(etag.endswith('-2"'), f"ETag {etag or 'missing'}", done))
    bench.check("etag-md5", equals("ETag", etag, multipart.multipart_etag(bodies), done))


def _listed(bench: Workbench, whole: Response) -> None:
    """What a listing says of an object of two parts."""
    call = whole.call
    query = {"prefix": call.key}
    listing = bench.effect(Call(operation="ListObjectsV2", bucket=call.bucket, query=query))
    if not listing.ok:
        bench.skip("listed", because=f"ListObjectsV2 returned {listing.describe()}")
        return
    told = [listing.text(f"Contents/{name}") for name in ("Size", "ETag")]
    right = [str(len(whole.body)), whole.etag]
    bench.check("listed", equals("Size and ETag", told, right, listing))


def _check_order(bench: Workbench, refuses: _Refusals) -> None:
    """Complete parts in the wrong order of which none is too small in the order of the list.

    A server that sorts them has a small part first, and one that takes no subset misses a part.
    What they say of that is no refusal of the order, so whatever does not name it is asked for
    again of two parts, both large enough.
    """
    answer = refuses.complete(BIG, UNUSED)
    if not answer.ok and answer.code != "InvalidPartOrder":
        large = _uploaded(
            bench, {BIG: bench.text(multipart.PART), UNUSED: bench.text(multipart.PART)}
        )
        answer = large.complete(bench, BIG, UNUSED)
    if bench.check("part-order", multipart.refused_late(answer)):
        bench.check("part-order-code", multipart.refused_late(answer, "InvalidPartOrder"))
    else:
        bench.skip("part-order-code", because="the order was not refused")


class _Refusals:
    """Completions of one upload, as long as none of them is served or ends it.

    Attributes:
        parts: of the upload.
        used: the parts of the completion that was served last.
    """

    def __init__(self, bench: Workbench, make: Callable[[Workbench], Parts]) -> None:
        self._bench, self._make = bench, make
        self.parts, self._fresh = make(bench), True
        self.used: Parts | None = None

    def begin_again(self) -> None:
        """Have another upload, for the one before may be over."""
        self.parts, self._fresh = self._make(self._bench), True

    def complete(self, *numbers: int, other: int = 0, of: int = 0, bare: bool = False) -> Response:
        """Complete the upload, or another like it where an earlier completion has ended it."""
        answer = self.parts.complete(self._bench, *numbers, other=other, of=of, bare=bare)
        if not self._fresh:
            ended = answer.status in multipart.GONE
            text = f"{answer.describe()} for the next completion"
            self._bench.check("upload-stays", holds(not ended, text, answer))
            if ended:
                self.parts = self._make(self._bench)
                answer = self.parts.complete(self._bench, *numbers, other=other, of=of, bare=bare)
        self._fresh = answer.ok
        if answer.ok and answer.root != "Error":
            self.used = self.parts
            self.begin_again()
        return answer
