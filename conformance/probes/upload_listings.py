"""ListMultipartUploads and its parameters."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    OperationName,
    Outcome,
    Response,
    Undecided,
    Workbench,
    api,
    core,
    detail,
    equals,
    holds,
    offered,
    operation,
    probe,
    promise,
    refused,
)
from conformance.subjects import listed_uploads, listings, multipart

PAGE: Final = api(listed_uploads.UPLOADS)


@operation(
    listed_uploads.UPLOADS,
    checks=[
        core("listed", "the upload, and an id of it", PAGE),
        promise("aborted", "no upload after AbortMultipartUpload of the id listed", PAGE),
        promise("completed", "no upload after CompleteMultipartUpload", PAGE),
        promise("root", f"the root element {listed_uploads.UPLOADS}Result", PAGE),
        promise("order", "keys in the order of their UTF-8 bytes", PAGE),
        promise("dates", "Initiated of each upload, an ISO 8601 date of today", PAGE),
        promise("bucket-name", "the bucket's name in Bucket", PAGE),
        promise("is-truncated", "IsTruncated false where all is listed", PAGE),
        promise("no-common-prefixes", "no CommonPrefixes without delimiter", PAGE),
        promise("other-bucket", "no upload of another bucket", PAGE),
        promise("missing-bucket", "404 NoSuchBucket for a bucket that does not exist", ERRORS),
        promise("key-escaped", f"the key {multipart.MARKUP} in Key, escaped", PAGE),
        detail("checksum", "ChecksumAlgorithm and ChecksumType of an upload with checksums", PAGE),
        detail("other-class", f"StorageClass {listed_uploads.RARE} of an upload in it", PAGE),
        detail("order-of-one-key", "uploads of one key in the order they were begun", PAGE),
        detail("upload-id", "the UploadId that CreateMultipartUpload returned", PAGE),
        detail("default-max-uploads", "MaxUploads 1000 without max-uploads", PAGE),
        detail("storage-class", "StorageClass STANDARD of the upload", PAGE),
        detail("owner", "Owner and Initiator of the upload", PAGE),
        detail("owner-id", "the account, as ListBuckets has it, as Owner", PAGE),
    ],
)
def list_multipart_uploads(bench: Workbench, name: OperationName) -> None:
    """List an upload, under an id that ends it, for as long as it is going on."""
    upload = multipart.begin(bench)
    call = Call(operation=name, bucket=upload.bucket, query={"prefix": upload.key})

    during = offered(bench.treat(call))
    ids = {entry.findtext("Key"): entry.findtext("UploadId") for entry in during.xml.iter("Upload")}
    known = ids.get(upload.key) or ""
    text = f"{during.root or 'no XML'} with {len(ids)} uploads, {known or 'no id'} of this one"
    nothing = during.root in ("", listings.LISTING)
    otherwise = Outcome.IGNORED if nothing else Outcome.WRONG
    listed = bench.check("listed", holds(bool(known), text, during, otherwise=otherwise))
    bench.check("root", listings.has_root(during, f"{listed_uploads.UPLOADS}Result"))
    if listed:
        bench.check("dates", listings.has_dates(during, listed_uploads.BEGUN))
        bench.check("dates", listings.of_today(during, listed_uploads.BEGUN))
        bench.check("upload-id", holds(known == upload.upload_id, f"the id {known}", during))
        bench.check(
            "storage-class", listings.has_element(during, "Upload/StorageClass", "STANDARD")
        )
        owners = [bool(during.text(f"Upload/{who}/ID")) for who in ("Owner", "Initiator")]
        bench.check("owner", holds(all(owners), f"{sum(owners)} of the two", during))
        listings.check_owner_id(bench, during, "Upload/Owner/ID")
        bench.check("bucket-name", listings.has_element(during, "Bucket", upload.bucket))
        bench.check("is-truncated", listings.has_element(during, "IsTruncated", "false"))
        bench.check("no-common-prefixes", listings.has_element(during, "CommonPrefixes", None))
        bench.check("default-max-uploads", listings.has_element(during, "MaxUploads", "1000"))
        with bench.observing("aborted", "completed"):
            _check_ends(bench, call)
    if bench.second_bucket == upload.bucket:
        bench.skip("other-bucket", because="there is one bucket only")
    else:
        elsewhere = bench.effect(Call(operation=name, bucket=bench.second_bucket, query=call.query))
        strange = [key for key in elsewhere.texts(listed_uploads.KEY) if key == upload.key]
        bench.check("other-bucket", listings.lists(elsewhere, strange, [], of="upload"))
    with bench.observing("order"):
        ours = listed_uploads.many(bench)
        answer = bench.effect(ours.listing())
        seen = ours.seen(answer)
        if len(seen) < len(listed_uploads.NAMES):
            raise Undecided(
                f"of {len(listed_uploads.NAMES)} uploads under a prefix {len(seen)} are listed"
            )
        bench.check("order", listings.in_order(answer, seen, listed_uploads.NAMES))
    with bench.observing("order-of-one-key"):
        _check_order_of_one_key(bench)
    bench.check("missing-bucket", listings.in_missing_bucket(bench, name))
    with bench.observing("key-escaped", "checksum", "other-class"):
        rare = listed_uploads.rare(bench)
        told = bench.effect(rare.listing())
        key = listings.has_element(told, "Upload/Key", rare.upload.key)
        rare.check_named(bench, key)
        kind = listings.has_element(told, "Upload/StorageClass", listed_uploads.RARE)
        rare.check_class(bench, kind)
        sums = [told.text(f"Upload/Checksum{name}") for name in ("Algorithm", "Type")]
        bench.check("checksum", equals("elements", sums, ["CRC32", "COMPOSITE"], told))


def _check_ends(bench: Workbench, first: Call) -> None:
    """The upload is over once it is aborted, another once it is completed."""
    other = multipart.begin(bench)
    etag = bench.setup(other.part(1, bench.text())).etag
    # The id listed need not be spelt as the one that CreateMultipartUpload returned.
    entries = bench.setup(first).xml.iter("Upload")
    key = first.query["prefix"]
    known = next((e.findtext("UploadId") for e in entries if e.findtext("Key") == key), None)
    upload = replace(other, key=key, upload_id=known or "")
    ended = bench.attempt(upload.call("AbortMultipartUpload"))
    after = bench.effect(first)
    text = f"{ended.describe()} of AbortMultipartUpload, and "
    gone = listings.lists(
        after, [k for k in after.texts(listed_uploads.KEY) if k == key], [], of="upload"
    )
    right = ended.ok and gone.held and after.root == f"{listed_uploads.UPLOADS}Result"
    bench.check("aborted", holds(right, text + gone.text, after))
    bench.setup(other.complete([etag]))
    call = first.plus(query={"prefix": other.key})
    left = bench.effect(call)
    still = [k for k in left.texts(listed_uploads.KEY) if k == other.key]
    bench.check("completed", listings.lists(left, still, [], of="upload"))


def _check_order_of_one_key(bench: Workbench) -> None:
    ours = listed_uploads.siblings(bench)
    answer = bench.effect(ours.listing())
    begun = _dates(answer)
    if len(begun) != len(ours.keys):
        raise Undecided(f"of {len(ours.keys)} uploads of one key {len(begun)} are listed")
    if len(set(begun)) == 1:
        raise Undecided(f"all were begun at {begun[0]}")
    late = next((pair for pair in pairwise(begun) if pair[0] > pair[1]), None)
    text = f"Initiated {late[0]} before {late[1]}" if late else "the earliest first"
    bench.check("order-of-one-key", holds(late is None, text, answer))


def _dates(answer: Response) -> list[str]:
    """When uploads were begun, as texts that sort as dates do: 7 before 7.1 before 7.15 s."""
    return [date.removesuffix("Z") for date in answer.texts(listed_uploads.BEGUN)]


@probe(
    f"{listed_uploads.UPLOADS}/prefix",
    checks=[
        core("folder", "the uploads of keys that begin with the prefix a/", PAGE),
        core("whole-key", "the upload of the one key that is the prefix", PAGE),
        promise("part-of-a-name", "the uploads of a-b, a/1, a/2 and a0 for the prefix a", PAGE),
        promise("no-key", "no upload for a prefix that no key has", PAGE),
        promise("echo", "the prefix in Prefix", PAGE),
    ],
)
def prefix(bench: Workbench) -> None:
    """List only uploads of keys that begin with the prefix."""
    ours = listed_uploads.many(bench)

    answer = bench.treat(ours.listing(under="a/"))
    bench.accepted(answer, "prefix")
    seen = ours.seen(answer)
    full = answer.text("IsTruncated") == "true"
    unasked = seen if full else ours.names
    bench.check("folder", listings.lists(answer, seen, ["a/1", "a/2"], unasked, "upload"))
    bench.check("echo", listings.has_element(answer, "Prefix", ours.prefix + "a/"))
    # Some stores know a prefix that is a whole key, and no other.
    alone = bench.effect(ours.listing(under="bee"))
    bench.check("whole-key", listings.lists(alone, ours.seen(alone), ["bee"], ours.names, "upload"))
    part = bench.effect(ours.listing(under="a"))
    begin_so = [name for name in listed_uploads.NAMES if name.startswith("a")]
    bench.check("part-of-a-name", listings.lists(part, ours.seen(part), begin_so, of="upload"))
    none = bench.effect(ours.listing(under="nothing"))
    bench.check("no-key", listings.lists(none, ours.seen(none), [], of="upload"))


@probe(
    f"{listed_uploads.UPLOADS}/delimiter",
    checks=[
        core("folders", "a/ in CommonPrefixes for the delimiter /", PAGE),
        core("rest", "the uploads of the other keys in Upload", PAGE),
        promise("other-delimiter", "a-b in CommonPrefixes for the delimiter -b", PAGE),
        promise("inside-a-folder", "the uploads in a/, and no CommonPrefixes", PAGE),
        promise("pages", "each upload and common prefix once over pages of three", PAGE),
        promise("echo", "the delimiter in Delimiter", PAGE),
    ],
)
def delimiter(bench: Workbench) -> None:
    """Roll keys up to the delimiter into one CommonPrefixes element."""
    ours = listed_uploads.folder(bench)
    rest = [name for name in listed_uploads.NAMES if name in listed_uploads.ROLLED]
    rolled = [name for name in listed_uploads.NAMES if name not in listed_uploads.ROLLED]

    answer = bench.treat(ours.listing(delimiter="/"))
    bench.accepted(answer, "delimiter")
    prefixes, keys = ours.seen(answer, listed_uploads.PREFIXES), ours.seen(answer)
    none: list[str] | None = [] if keys and not prefixes else None
    bench.check("folders", listings.lists(answer, prefixes, ["a/"], none, "prefix"))
    bench.check("rest", listings.lists(answer, keys, rest, rolled, "upload"))
    bench.check("echo", listings.has_element(answer, "Delimiter", "/"))
    hyphen = bench.effect(ours.listing(delimiter="-b"))
    bench.check(
        "other-delimiter",
        listings.lists(hyphen, ours.seen(hyphen, listed_uploads.PREFIXES), ["a-b"]),
    )
    inside = bench.effect(ours.listing(under="a/", delimiter="/"))
    bench.check("inside-a-folder", listings.lists(inside, ours.rolled(inside), ["a/1", "a/2"]))
    # The first page ends with the common prefix of two uploads.
    first = bench.effect(ours.listing(delimiter="/", max_uploads="3"))
    pages = listings.walk(first, _following, bench.effect)
    bench.check("pages", pages.show(listed_uploads.ROLLED, ours.rolled))


def _following(answer: Response) -> dict[str, str]:
    """The parameters that ask for the next page; after a common prefix there is no upload's id."""
    names = {"key-marker": "NextKeyMarker", "upload-id-marker": "NextUploadIdMarker"}
    return {name: text for name, element in names.items() if (text := answer.text(element))}


@probe(
    f"{listed_uploads.UPLOADS}/encoding-type",
    checks=[
        core("key", "the key URL-encoded with it, and as it was put without it", PAGE),
        promise("encoding-type", "EncodingType url", PAGE),
        promise("prefix", "Prefix URL-encoded", PAGE),
        promise("common-prefixes", "CommonPrefixes URL-encoded", PAGE),
        promise("delimiter", "Delimiter URL-encoded", PAGE),
        promise("key-marker", "KeyMarker URL-encoded", PAGE),
        promise("next-key-marker", "NextKeyMarker URL-encoded", PAGE),
        detail("other-value", "a refusal of encoding-type=xml", PAGE),
    ],
)
def encoding_type(bench: Workbench) -> None:
    """URL-encode keys, and what else is part of a key, and say so in EncodingType."""
    ours = listed_uploads.odd(bench)

    encoded = bench.treat(ours.listing(encoding_type="url"))
    bench.accepted(encoded, "encoding-type")
    plain = bench.control(ours.listing())
    bench.check("key", listings.key_encoded(ours.keys[0], encoded, plain, listed_uploads.KEY))
    bench.check("encoding-type", listings.has_element(encoded, "EncodingType", "url"))
    bench.check("prefix", listings.url_encoded(encoded, encoded.text("Prefix"), ours.keys[0]))
    other = bench.effect(ours.listing(encoding_type="xml"))
    bench.check("other-value", refused(other))
    checks = ("common-prefixes", "delimiter", "key-marker", "next-key-marker")
    with bench.observing(*checks):
        odds = listed_uploads.odd_folder(bench)
        first = odds.keys[0]
        rolled = bench.effect(odds.listing(delimiter=" b/", encoding_type="url", key_marker=first))
        common = odds.prefix + "ä b/"
        bench.check(
            "common-prefixes",
            listings.url_encoded(rolled, rolled.text(listed_uploads.PREFIXES), common),
        )
        bench.check("delimiter", listings.url_encoded(rolled, rolled.text("Delimiter"), " b/"))
        bench.check("key-marker", listings.url_encoded(rolled, rolled.text("KeyMarker"), first))
        page = bench.effect(odds.listing(encoding_type="url", max_uploads="1"))
        if page.text("IsTruncated") != "true":
            raise Undecided("max-uploads=1 did not make the server truncate the listing")
        bench.check(
            "next-key-marker", listings.url_encoded(page, page.text("NextKeyMarker"), first)
        )
