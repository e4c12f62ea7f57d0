"""ListParts and its parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    ERRORS,
    OperationName,
    Response,
    Workbench,
    api,
    core,
    detail,
    holds,
    offered,
    operation,
    probe,
    promise,
    refused,
)
from conformance.subjects import listed_uploads, listings, multipart

PAGE: Final = api("ListParts")
RARE: Final = listed_uploads.RARE


@operation(
    "ListParts",
    checks=[
        core("parts", "every part that was uploaded", PAGE),
        promise("order", "part numbers in ascending order, each once", PAGE),
        promise("sizes", "the Size of each part", PAGE),
        promise("etags", "the ETag of each part", PAGE),
        promise("replaced-part", "Size and ETag of the part that replaced another", PAGE),
        promise("dates", "LastModified of each part, an ISO 8601 date of today", PAGE),
        promise("root", "the root element ListPartsResult", PAGE),
        promise("bucket-name", "the bucket's name in Bucket", PAGE),
        promise("key", "the upload's key in Key", PAGE),
        promise("key-escaped", f"the key {multipart.MARKUP} in Key, escaped", PAGE),
        promise("upload-id", "the upload's id in UploadId", PAGE),
        promise("is-truncated", "IsTruncated false where all is listed", PAGE),
        promise("no-parts", "200 and no part of an upload that has none", PAGE),
        promise("after-completion", "404 once the upload is completed", ERRORS),
        promise("after-abortion", "404 once the upload is aborted", ERRORS),
        promise("other-key", "404 for the upload's id with another key", ERRORS),
        promise("with-checksums", "the part of an upload with x-amz-checksum-algorithm", PAGE),
        detail("no-such-bucket", "404 NoSuchBucket for a bucket that does not exist", ERRORS),
        detail("error-code", "NoSuchUpload where there is no such upload", ERRORS),
        detail("checksum", "ChecksumCRC32 of that part", PAGE),
        detail("other-class", f"StorageClass {RARE} of an upload in this class", PAGE),
        detail("default-max-parts", "MaxParts 1000 without max-parts", PAGE),
        detail("storage-class", "StorageClass STANDARD", PAGE),
        detail("owner", "Owner and Initiator of the upload", PAGE),
        detail("quoted-etags", "each ETag in quotes", PAGE),
    ],
)
def list_parts(bench: Workbench, _: OperationName) -> None:
    """List an upload's parts in order, with their numbers, sizes and ETags."""
    many = listed_uploads.parts(bench)
    upload = many.upload

    answer = offered(bench.treat(many.listing()))
    numbers = answer.texts(listed_uploads.NUMBER)
    nothing = None if answer.root == "ListPartsResult" else numbers
    # A part that is listed twice is a matter of their order.
    there = list(dict.fromkeys(numbers))
    bench.check("parts", listings.lists(answer, there, many.numbers, nothing, "part"))
    bench.check("order", listings.in_order(answer, numbers, many.numbers))
    second = str(listed_uploads.REPLACED)
    for check, field, right in (("sizes", "Size", many.sizes), ("etags", "ETag", many.etags)):
        others = {number: text for number, text in right.items() if number != second}
        bench.check(check, listings.fields_are(answer, "Part", "PartNumber", field, others))
        replaced = listings.fields_are(answer, "Part", "PartNumber", field, {second: right[second]})
        bench.check("replaced-part", replaced)
    dates = answer.texts("Part/LastModified")
    enough = len(dates) == len(numbers)
    missing = holds(False, f"{len(dates)} dates of {len(numbers)} parts", answer)
    bench.check("dates", listings.has_dates(answer, "Part/LastModified") if enough else missing)
    bench.check("dates", listings.of_today(answer, "Part/LastModified"))
    bench.check("quoted-etags", listings.quoted(answer, "Part/ETag"))
    bench.check("root", listings.has_root(answer, "ListPartsResult"))
    bench.check("bucket-name", listings.has_element(answer, "Bucket", upload.bucket))
    bench.check("key", listings.has_element(answer, "Key", upload.key))
    bench.check("upload-id", listings.has_element(answer, "UploadId", upload.upload_id))
    bench.check("is-truncated", listings.has_element(answer, "IsTruncated", "false"))
    bench.check("default-max-parts", listings.has_element(answer, "MaxParts", "1000"))
    bench.check("storage-class", listings.has_element(answer, "StorageClass", "STANDARD"))
    owners = [bool(answer.text(f"{who}/ID")) for who in ("Owner", "Initiator")]
    bench.check("owner", holds(all(owners), f"{sum(owners)} of the two", answer))

    checks = ("other-key", "no-parts", "after-abortion", "after-completion", "error-code")
    with bench.observing(*checks):
        _check_ends(bench)
    with bench.observing("no-such-bucket"):
        bench.check("no-such-bucket", multipart.in_no_bucket(bench, "ListParts"))
    with bench.observing("with-checksums", "checksum", "key-escaped", "other-class"):
        ours = listed_uploads.rare(bench)
        listing = bench.effect(ours.upload.call("ListParts"))
        bench.check(
            "with-checksums",
            listings.lists(listing, listing.texts(listed_uploads.NUMBER), ["1"], of="part"),
        )
        crc = ours.checksum
        bench.check("checksum", listings.has_element(listing, "Part/ChecksumCRC32", crc))
        ours.check_named(bench, listings.has_element(listing, "Key", ours.upload.key))
        ours.check_class(bench, listings.has_element(listing, "StorageClass", RARE))


def _check_ends(bench: Workbench) -> None:
    """An upload without parts, aborted; and one that is completed."""
    aborted, completed = multipart.begin(bench), multipart.begin(bench)
    strange = replace(completed, key=aborted.key)
    _check_over(bench, "other-key", strange)
    empty = bench.effect(aborted.call("ListParts"))
    bench.check(
        "no-parts", listings.lists(empty, empty.texts(listed_uploads.NUMBER), [], of="part")
    )
    bench.setup(aborted.call("AbortMultipartUpload"))
    _check_over(bench, "after-abortion", aborted)
    etag = bench.setup(completed.part(1, bench.text())).etag
    bench.setup(completed.complete([etag]))
    _check_over(bench, "after-completion", completed)


def _check_over(bench: Workbench, check: str, upload: multipart.Upload) -> None:
    """An upload that is over, or never was."""
    answer = bench.effect(upload.call("ListParts"))
    bench.check(check, refused(answer, 404))
    if answer.status == 404:
        bench.check("error-code", refused(answer, 404, codes=["NoSuchUpload"]))


@probe(
    "ListParts/max-parts",
    checks=[
        core("page", "two parts of three", PAGE),
        promise("first-parts", "the first parts in order on the first page", PAGE),
        promise("truncated", "IsTruncated true where there are more parts", PAGE),
        promise("next-part-number-marker", "the page's last number in it", PAGE),
        promise("echo", "max-parts in MaxParts", PAGE),
        promise("exact", "IsTruncated false where just as many parts are left", PAGE),
        promise("pages", "each part once over pages of one", PAGE),
        detail("beyond-thousand", "all parts for max-parts=2000", PAGE),
        detail("echo-beyond-thousand", "MaxParts 1000 for max-parts=2000", PAGE),
        detail("zero", "no part for max-parts=0", PAGE),
        detail("negative", "400 InvalidArgument for max-parts=-1", PAGE),
        detail("not-a-number", "400 InvalidArgument for max-parts=two", PAGE),
    ],
)
def max_parts(bench: Workbench) -> None:
    """List no more parts than this, and say that there are more and where to go on."""
    ours = listed_uploads.parts(bench)

    page = bench.treat(ours.listing(max_parts="2"))
    bench.accepted(page, "max-parts")
    seen = page.texts(listed_uploads.NUMBER)
    bench.check("page", listings.page_of(2, page, seen, ours.numbers, "part"))
    bench.check("first-parts", listings.lists(page, seen[:2], ours.numbers[:2], of="part"))
    bench.check("truncated", listings.has_element(page, "IsTruncated", "true"))
    marker = listings.has_element(page, "NextPartNumberMarker", ours.numbers[1])
    bench.check("next-part-number-marker", marker)
    bench.check("echo", listings.has_element(page, "MaxParts", "2"))
    exact = bench.effect(ours.listing(max_parts="3"))
    bench.check(
        "exact", listings.lists(exact, exact.texts(listed_uploads.NUMBER), ours.numbers, of="part")
    )
    bench.check("exact", listings.has_element(exact, "IsTruncated", "false"))

    def following(answer: Response) -> dict[str, str]:
        return {"part-number-marker": answer.text("NextPartNumberMarker") or ""}

    pages = listings.walk(bench.effect(ours.listing(max_parts="1")), following, bench.effect)
    bench.check(
        "pages", pages.show(ours.numbers, lambda answer: answer.texts(listed_uploads.NUMBER))
    )
    zero = bench.effect(ours.listing(max_parts="0"))
    bench.check("zero", listings.lists(zero, zero.texts(listed_uploads.NUMBER), [], of="part"))
    many = bench.effect(ours.listing(max_parts="2000"))
    bench.check(
        "beyond-thousand",
        listings.lists(many, many.texts(listed_uploads.NUMBER), ours.numbers, of="part"),
    )
    bench.check("echo-beyond-thousand", listings.has_element(many, "MaxParts", "1000"))
    for check, value in (("negative", "-1"), ("not-a-number", "two")):
        answer = bench.effect(ours.listing(max_parts=value))
        bench.check(check, refused(answer, 400, codes=["InvalidArgument"]))


@probe(
    "ListParts/part-number-marker",
    checks=[
        core("after-a-part", "parts 2 and 10 after 1", PAGE),
        core("after-no-part", "part 10 after 3, which no part has", PAGE),
        promise("after-the-last", "no part after 10, and IsTruncated false", PAGE),
        promise("from-zero", "every part after 0", PAGE),
        promise("echo", "the marker in PartNumberMarker", PAGE),
        detail("negative", "400 InvalidArgument for part-number-marker=-1", PAGE),
        detail("not-a-number", "400 InvalidArgument for part-number-marker=two", PAGE),
    ],
)
def part_number_marker(bench: Workbench) -> None:
    """List only parts with a higher number than this, which need not exist."""
    ours = listed_uploads.parts(bench)

    def after(number: str) -> Response:
        return bench.effect(ours.listing(part_number_marker=number))

    existing = bench.treat(ours.listing(part_number_marker="1"))
    bench.accepted(existing, "part-number-marker")
    seen = existing.texts(listed_uploads.NUMBER)
    bench.check(
        "after-a-part", listings.lists(existing, seen, ours.numbers[1:], ours.numbers, "part")
    )
    bench.check("echo", listings.has_element(existing, "PartNumberMarker", "1"))
    missing = after("3")
    seen = missing.texts(listed_uploads.NUMBER)
    bench.check(
        "after-no-part", listings.lists(missing, seen, ours.numbers[2:], ours.numbers, "part")
    )
    last = after("10")
    bench.check(
        "after-the-last", listings.lists(last, last.texts(listed_uploads.NUMBER), [], of="part")
    )
    bench.check("after-the-last", listings.has_element(last, "IsTruncated", "false"))
    zero = after("0")
    bench.check(
        "from-zero",
        listings.lists(zero, zero.texts(listed_uploads.NUMBER), ours.numbers, of="part"),
    )
    for check, value in (("negative", "-1"), ("not-a-number", "two")):
        bench.check(check, refused(after(value), 400, codes=["InvalidArgument"]))
