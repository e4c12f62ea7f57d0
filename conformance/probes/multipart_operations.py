"""The steps of a multipart upload before its completion, each shown by the object that results.

CompleteMultipartUpload is in `multipart_completion.py`, ListParts and ListMultipartUploads are in
`upload_listings.py`, and the headers of UploadPartCopy about its source in `copy_source.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    Call,
    Comparison,
    Observed,
    Outcome,
    Response,
    Workbench,
    api,
    core,
    decide,
    detail,
    equals,
    guide,
    has_body,
    has_header,
    holds,
    is_xml,
    offered,
    probe,
    promise,
    refused,
    served,
)
from conformance.subjects import listings, multipart

CREATE: Final = api("CreateMultipartUpload")
PART_PAGE: Final = api("UploadPart")
COPY: Final = api("UploadPartCopy")
OVERVIEW: Final = guide("mpuoverview")
LIMITS: Final = guide("qfacts")
LAST_PART: Final = 10_000
# What an object is for which no type was given: AWS's word, and HTTP's.
UNTYPED: Final = ("binary/octet-stream", "application/octet-stream")
METADATA: Final = {"Content-Type": "text/x-conformance", "x-amz-meta-origin": "upload"}
NO_SUCH_UPLOAD: Final = ("NoSuchUpload",)


def has_root(answer: Response, root: str) -> Comparison:
    """A response with this root element."""
    return equals("root element", answer.root, root, answer)


def _assembled(bench: Workbench, upload: multipart.Upload, etag: str, body: bytes) -> None:
    """Complete the upload of part 1: no object before, and the part's bytes after."""
    before = bench.effect(upload.read)
    if not bench.check("no-object-before", refused(before, 404)):
        text = f"{before.describe()} for the object before the completion"
        early = holds(False, text, before, otherwise=Outcome.IGNORED)
        bench.check("completed-object", early)
        return
    bench.attempt(upload.complete([etag]))
    bench.check("completed-object", multipart.assembled(bench.effect(upload.read), body))


@probe(
    "CreateMultipartUpload",
    checks=(
        promise("previous-object-stays", "the previous object until the completion", OVERVIEW),
        core("completed-object", "the bytes of the part after the completion", OVERVIEW),
        promise("root-element", "an InitiateMultipartUploadResult element", CREATE),
        promise("key", "the upload's key in the Key element", CREATE),
        promise("bucket", "the upload's bucket in the Bucket element", CREATE),
        promise("content-type", "the upload's Content-Type on the completed object", CREATE),
        promise("metadata", "the upload's x-amz-meta- header on the completed object", CREATE),
        promise("previous-metadata", "no metadata of the object that was replaced", OVERVIEW),
        promise("distinct-ids", "another UploadId for a second upload to the same key", CREATE),
        promise("other-upload-stays", "the parts of the key's other upload", OVERVIEW),
        promise("no-such-bucket", "404 NoSuchBucket for a bucket that does not exist", CREATE),
        promise("own-metadata", "no metadata of the key's other upload", OVERVIEW),
        promise("key-escaped", f"the key {multipart.MARKUP} in the Key element, escaped", CREATE),
        detail("default-content-type", "binary/octet-stream where the upload has no type", CREATE),
        detail("unknown-checksum-algorithm", "400 for a checksum of no algorithm", CREATE),
        detail("checksum-type-alone", "400 for a checksum's type without an algorithm", CREATE),
        detail("media-type", "Content-Type: application/xml", CREATE),
    ),
)
def create_multipart_upload(bench: Workbench) -> None:
    """Begin an upload: the key's object is replaced when the upload is completed, not before."""
    body, other_body = bench.text(), bench.text()
    kept = bench.put(headers={"x-amz-meta-previous": "object"})
    create = kept.call("CreateMultipartUpload", headers=METADATA)

    created = offered(bench.treat(create))
    upload = multipart.told(created)
    if not upload.upload_id:
        observed = Observed.BROKEN if created.root else Observed.IGNORED
        decide(observed, f"a response of {created.root or 'no XML'} without an UploadId")
    bench.check("root-element", has_root(created, "InitiateMultipartUploadResult"))
    bench.check("media-type", is_xml(created))
    bench.check("key", equals("Key", created.text("Key"), kept.key, created))
    bench.check("bucket", equals("Bucket", created.text("Bucket"), kept.bucket, created))
    second = bench.treat(create.without(*METADATA))
    other = multipart.told(second)
    distinct = other.upload_id not in ("", upload.upload_id)
    bench.check("distinct-ids", holds(distinct, f"{second.describe()}, {distinct=}", second))

    part = bench.setup(upload.part(1, body))
    other_part = bench.attempt(other.part(1, other_body))
    before = bench.effect(upload.read)
    stays = has_body(before, kept.body, otherwise=Outcome.IGNORED)
    bench.check("previous-object-stays", stays)
    bench.attempt(upload.complete([part.etag]))
    after = bench.effect(upload.read)
    # The previous object, untouched, means that nothing was completed.
    same = Outcome.IGNORED if after.body == kept.body else Outcome.WRONG
    done = (
        multipart.assembled(after, body)
        if same is Outcome.WRONG
        else has_body(after, body, otherwise=same)
    )
    bench.check("completed-object", done)
    seen = has_header(after, "Content-Type", METADATA["Content-Type"], default=UNTYPED)
    bench.check("content-type", seen)
    bench.check("metadata", has_header(after, "x-amz-meta-origin", METADATA["x-amz-meta-origin"]))
    bench.check("previous-metadata", has_header(after, "x-amz-meta-previous", None))

    if distinct and other_part.ok:
        bench.attempt(other.complete([other_part.etag]))
        last = bench.effect(other.read)
        if bench.check("other-upload-stays", multipart.assembled(last, other_body)):
            bench.check("own-metadata", has_header(last, "x-amz-meta-origin", None))
            media = last.header("Content-Type")
            text = f"Content-Type: {media}"
            bench.check("default-content-type", holds(media in UNTYPED, text, last))
    _otherwise(bench, create.without(*METADATA))
    with bench.observing("no-such-bucket"):
        nowhere = bench.effect(replace(create, bucket=bench.bucket_name()))
        bench.check("no-such-bucket", refused(nowhere, 404, codes=("NoSuchBucket",)))


def _otherwise(bench: Workbench, create: Call) -> None:
    """Uploads that are begun under a strange name, and two that must not be."""
    strange = bench.effect(replace(create, key=bench.key(multipart.MARKUP)))
    if strange.ok:
        named = strange.text("Key")
        bench.check("key-escaped", equals("Key", named, strange.call.key, strange))
    else:
        bench.skip("key-escaped", because=f"the key is refused: {strange.describe()}")
    for check, headers in {
        "unknown-checksum-algorithm": {"x-amz-checksum-algorithm": "CRC31"},
        "checksum-type-alone": {"x-amz-checksum-type": "FULL_OBJECT"},
    }.items():
        call = replace(create, key=bench.key(), headers=headers)
        bench.check(check, refused(bench.effect(call), 400))


@probe(
    "UploadPart",
    checks=(
        promise("no-object-before", "404 for the object before the completion", OVERVIEW),
        core("completed-object", "the bytes of the part after the completion", OVERVIEW),
        promise("etag", "an ETag of the part", PART_PAGE),
        promise("replaced-part", "a second part with the same number in place of it", PART_PAGE),
        promise("replaced-etag", "400 for a completion with the first part's ETag", OVERVIEW),
        promise("not-listed", "no object in a listing before the completion", OVERVIEW),
        promise("another-bucket", "404 for the upload id in another bucket", PART_PAGE),
        promise("unknown-upload", "404 for an upload id that does not exist", PART_PAGE),
        promise("another-key", "404 NoSuchUpload for the upload id under another key", PART_PAGE),
        promise("part-0", "a refusal of part number 0", LIMITS),
        promise("part-10001", "a refusal of part number 10001", LIMITS),
        promise("part-10000", "a 2xx response for part number 10000", LIMITS),
        detail("error-code", "NoSuchUpload for an upload id that does not exist", PART_PAGE),
        detail("part-number-code", "400 InvalidArgument for part numbers 0 and 10001", PART_PAGE),
        detail("empty-part", "an empty object of one empty part", LIMITS),
        detail("etag-md5", "the MD5 of the part as its ETag", OVERVIEW),
        detail("no-body", "a response without a body", PART_PAGE),
        detail("part-not-a-number", "400 InvalidArgument for part number one", PART_PAGE),
        detail("no-such-bucket", "404 NoSuchBucket for a bucket that does not exist", PART_PAGE),
    ),
)
def upload_part(bench: Workbench) -> None:
    """Keep a part for its upload, in place of one uploaded before under the same number."""
    folder, old, new = bench.key("/"), bench.text(64), bench.text()
    create = replace(multipart.create_call(bench), key=f"{folder}object")
    upload = multipart.begun(bench.setup(create))

    first = offered(bench.treat(upload.part(1, old)))
    again = bench.effect(upload.part(1, new))
    bench.check("replaced-part", served(again))
    nowhere = bench.effect(upload.unknown.part(1, new))
    # Some servers find an id that they could not have made malformed, which is as good a refusal.
    bench.check("unknown-upload", refused(nowhere, 400, 404))
    known = holds(nowhere.code == "NoSuchUpload", nowhere.describe(), nowhere)
    bench.check("error-code", known)
    last, body = (again, new) if again.ok else (first, old)
    bench.check("etag", holds(last.etag != "", f"ETag {last.etag or 'missing'}", last))
    bench.check("no-body", holds(not first.body, f"{len(first.body)} bytes", first))
    bench.check("etag-md5", has_header(last, "ETag", multipart.part_etag(body)))
    _not_listed(bench, upload, folder)
    if again.ok and first.etag != again.etag:
        stale = bench.effect(upload.complete([first.etag]))
        seen = multipart.refused_late(stale)
        bench.check("replaced-etag", seen)
        if not seen.held or stale.ok:  # it may have ended the upload
            upload = multipart.begin(bench)
            last = bench.setup(upload.part(1, body))
    else:
        bench.skip("replaced-etag", because="the second part has no ETag of its own")
    _assembled(bench, upload, last.etag, body)

    with bench.observing("another-bucket"):
        _another_bucket(bench, new)
    with bench.observing("another-key", "part-0", "part-10001", "part-10000"):
        spare = multipart.begin(bench)
        elsewhere = bench.effect(replace(spare, key=bench.key()).part(1, new))
        bench.check("another-key", refused(elsewhere, 404, codes=NO_SUCH_UPLOAD))
        for number in (0, LAST_PART + 1):
            beyond = bench.effect(spare.part(number, new))
            if bench.check(f"part-{number}", refused(beyond)):
                code = equals("code", beyond.describe(), "400 InvalidArgument", beyond)
                bench.check("part-number-code", code)
        bench.check(f"part-{LAST_PART}", served(bench.effect(spare.part(LAST_PART, new))))
        word = bench.effect(spare.part(1, new).plus(query={"partNumber": "one"}))
        bench.check("part-not-a-number", refused(word, 400, codes=("InvalidArgument",)))
    with bench.observing("no-such-bucket"):
        bench.check("no-such-bucket", multipart.in_no_bucket(bench, "UploadPart", new))
    with bench.observing("empty-part"):
        hollow = multipart.begin(bench)
        empty = bench.effect(hollow.part(1, b""))
        bench.attempt(hollow.complete([empty.etag]))
        whole = multipart.assembled(bench.effect(hollow.read), b"")
        bench.check("empty-part", whole if empty.ok else served(empty))


def _not_listed(bench: Workbench, upload: multipart.Upload, folder: str) -> None:
    """A listing of the folder in which an upload is under way, and nothing else."""
    query = {"prefix": folder}
    listing = bench.effect(Call(operation="ListObjectsV2", bucket=upload.bucket, query=query))
    if not listing.ok:
        bench.skip("not-listed", because=f"ListObjectsV2 returned {listing.describe()}")
        return
    found = len(listing.texts("Contents/Key"))
    bench.check("not-listed", holds(not found, f"{found} objects", listing))


def _another_bucket(bench: Workbench, body: bytes) -> None:
    spare = multipart.begin(bench)
    if bench.second_bucket == spare.bucket:
        bench.skip("another-bucket", because="a single bucket is given")
        return
    elsewhere = replace(spare, bucket=bench.second_bucket)
    bench.check("another-bucket", refused(bench.effect(elsewhere.part(1, body)), 404))


@probe(
    "UploadPartCopy",
    checks=(
        promise("no-object-before", "404 for the object before the completion", OVERVIEW),
        core("completed-object", "the bytes of the source after the completion", COPY),
        promise("root-element", "a CopyPartResult element", COPY),
        promise("etag", "the part's ETag in the CopyPartResult element", COPY),
        promise("small-source", "a 2xx response for a source of 48 bytes as the last part", COPY),
        promise("no-such-source", "404 NoSuchKey for a source that does not exist", COPY),
        promise("unknown-upload", "404 for an upload id that does not exist", COPY),
        promise("another-key", "404 NoSuchUpload for the upload id under another key", COPY),
        promise("part-0", "a refusal of part number 0", LIMITS),
        promise("part-10001", "a refusal of part number 10001", LIMITS),
        detail("quoted-etag", "the ETag in quotes", COPY),
        detail("no-source-bucket", "404 NoSuchBucket for a source in no bucket", COPY),
        detail("last-modified", "LastModified of today in the CopyPartResult element", COPY),
        detail("media-type", "Content-Type: application/xml", COPY),
    ),
)
def upload_part_copy(bench: Workbench) -> None:
    """Keep the bytes of an existing object as a part."""
    upload, source = multipart.begin(bench), bench.plain

    copied = small = bench.treat(upload.copy(1, source))
    if small.status == 400:  # some accept no small source, though its part is the last
        source = bench.shared("an object of two parts", multipart.two_parts)
        copied = bench.treat(upload.copy(1, source))
    etag = offered(copied).text("ETag")
    bench.check("small-source", served(small))
    bench.check("root-element", has_root(copied, "CopyPartResult"))
    bench.check("media-type", is_xml(copied))
    bench.check("etag", holds(bool(etag), f"ETag {etag or 'missing'}", copied))
    bench.check("quoted-etag", listings.quoted(copied, "ETag"))
    bench.check("last-modified", listings.has_dates(copied, "LastModified"))
    bench.check("last-modified", listings.of_today(copied, "LastModified"))
    missing = replace(source, key=bench.key())
    absent = bench.effect(upload.copy(2, missing))
    bench.check("no-such-source", refused(absent, 404, codes=("NoSuchKey",)))
    nowhere = bench.effect(upload.unknown.copy(1, source))
    bench.check("unknown-upload", refused(nowhere, 400, 404))
    elsewhere = bench.effect(replace(upload, key=bench.key()).copy(1, source))
    bench.check("another-key", refused(elsewhere, 404, codes=NO_SUCH_UPLOAD))
    strange = replace(source, bucket=f"{source.bucket}-missing")
    lost = bench.effect(upload.copy(2, strange))
    bench.check("no-source-bucket", refused(lost, 404, codes=("NoSuchBucket",)))
    _assembled(bench, upload, etag or copied.etag, source.body)
    with bench.observing("part-0", "part-10001"):
        spare = multipart.begin(bench)  # with such a part an upload may never be completed
        for number in (0, LAST_PART + 1):
            bench.check(f"part-{number}", refused(bench.effect(spare.copy(number, source))))
