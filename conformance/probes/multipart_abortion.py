"""AbortMultipartUpload: what ends with an upload, and what stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    Call,
    Comparison,
    Hazard,
    Outcome,
    Response,
    Stored,
    Workbench,
    api,
    core,
    detail,
    has_body,
    has_status,
    holds,
    offered,
    probe,
    promise,
    refused,
    served,
)
from conformance.subjects import multipart

ABORT: Final = api("AbortMultipartUpload")
NO_SUCH_UPLOAD: Final = ("NoSuchUpload",)


@probe(
    "AbortMultipartUpload",
    checks=(
        core("not-completed", "no object of an upload that was aborted", ABORT),
        promise("object-stays", "the object that the key had", ABORT),
        promise("no-more-parts", "404 for another part of the upload", ABORT),
        promise("parts-freed", "404 for ListParts of the upload", ABORT),
        promise("not-listed", "no such upload in ListMultipartUploads", ABORT),
        promise("other-upload-stays", "a 2xx response for a part of the key's other upload", ABORT),
        promise("completed-stays", "the object of an upload that is aborted later", ABORT),
        detail("status", "204", ABORT),
        detail("unknown-upload", "404 NoSuchUpload for an id that does not exist", ABORT),
        detail("another-key", "404 NoSuchUpload for the upload id under another key", ABORT),
        detail("no-such-bucket", "404 NoSuchBucket for a bucket that does not exist", ABORT),
    ),
)
def abort_multipart_upload(bench: Workbench) -> None:
    """End an upload, so that it can no longer be completed; the key's object stays."""
    kept = bench.put()
    upload, other = multipart.begin_over(kept, bench), multipart.begin_over(kept, bench)
    part = bench.setup(upload.part(1, bench.text()))
    bench.check("unknown-upload", _unknown(bench, upload.unknown))
    bench.check("another-key", _unknown(bench, replace(other, key=bench.key())))

    aborted = offered(bench.treat(upload.call("AbortMultipartUpload")))
    bench.check("status", has_status(aborted, 204))
    before = bench.effect(upload.read)
    bench.check("object-stays", _harm(before, kept))
    listed = bench.effect(upload.call("ListParts"))
    bench.check("parts-freed", refused(listed, 404))
    query = {"prefix": kept.key}
    call = Call(operation="ListMultipartUploads", bucket=kept.bucket, query=query)
    listing = bench.effect(call)
    # By key where there is no other upload would be better, but ids may differ between requests.
    if listing.ok:
        ids = [*listing.texts("Upload/UploadId")]
        gone = upload.upload_id not in ids
        bench.check("not-listed", holds(gone, f"{len(ids)} uploads, {gone=}", listing))
    else:
        bench.skip("not-listed", because=f"ListMultipartUploads returned {listing.describe()}")
    body = bench.text()
    spare = bench.effect(other.part(1, body))
    bench.check("other-upload-stays", served(spare))

    completed = bench.effect(upload.complete([part.etag]))
    after = bench.effect(upload.read)
    # With which error completion fails, or that it claims to have done nothing, is left open.
    ended = not completed.ok or after.body == kept.body
    text = f"{completed.describe()} for its completion, which made {'no' if ended else 'an'} object"
    seen = holds(ended, text, completed, after, otherwise=Outcome.IGNORED)
    bench.check("not-completed", seen)
    # After the completion: a server that takes parts would take one in place of the first.
    late = bench.effect(upload.part(2, bench.text()))
    bench.check("no-more-parts", refused(late, 404))
    with bench.observing("no-such-bucket"):
        bench.check("no-such-bucket", multipart.in_no_bucket(bench, "AbortMultipartUpload"))
    with bench.observing("completed-stays"):
        bench.setup(other.complete([spare.etag]))
        bench.effect(other.call("AbortMultipartUpload"))
        bench.check("completed-stays", has_body(bench.effect(other.read), body))


def _unknown(bench: Workbench, upload: multipart.Upload) -> Comparison:
    answer = bench.effect(upload.call("AbortMultipartUpload"))
    return refused(answer, 404, codes=NO_SUCH_UPLOAD)


def _harm(answer: Response, kept: Stored) -> Comparison:
    if answer.status == 404:  # as DeleteObject would have left it
        deleted = holds(False, "404: it was deleted", answer, otherwise=Outcome.IGNORED)
        return deleted.hurting(Hazard.DESTRUCTIVE)
    return has_body(answer, kept.body)
