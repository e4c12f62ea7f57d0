"""The steps of a multipart upload, each shown by the object that results or does not.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
ListParts and ListMultipartUploads stand with their parameters, in `upload_listing.py`.
"""

from __future__ import annotations

from dataclasses import replace

from conformance.probing import (
    Proof,
    Seen,
    Stored,
    Workbench,
    carries,
    decide,
    judge,
    made,
    offered,
    probe,
    refuses,
    shows,
)
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.subjects.listings import misnamed
from conformance.subjects.multipart import PART, Upload, begin, begun, create_call, two_parts
from conformance.verdict import Hazard, Observation, Observed


def _object(upload: Upload) -> Call:
    return Call(operation="GetObject", bucket=upload.bucket, key=upload.key)


def _assembled(bench: Workbench, upload: Upload, etag: str, body: bytes) -> Proof:
    """Complete the upload of one part: no object before, and the part's bytes after."""
    before = bench.effect(_object(upload))
    if before.status != 404:
        return refuses("the object before its completion", before, 404)
    bench.attempt(upload.complete([etag]))
    return made("the completed object", bench.effect(_object(upload)), body)


@probe("CreateMultipartUpload")
def create_multipart_upload(bench: Workbench) -> Observation:
    """Begin an upload: there is no object until it is completed, and then its parts."""
    body = bench.text()

    created = offered(bench.treat(create_call(bench)))
    upload = begun(created)
    if not upload.upload_id:
        observed = Observed.BROKEN if created.root else Observed.IGNORED
        decide(observed, f"answers {created.root or 'no XML'} without an UploadId")
    part = bench.setup(upload.part(1, body))

    return judge(
        _assembled(bench, upload, part.etag, body),
        *misnamed(created, "InitiateMultipartUploadResult"),
    )


@probe("UploadPart")
def upload_part(bench: Workbench) -> Observation:
    """Keep a part for its upload, in place of one uploaded before under the same number."""
    upload, old, new = begin(bench), bench.text(64), bench.text()
    stranger = replace(upload, upload_id=f"{upload.upload_id[::-1]}0")

    first = offered(bench.treat(upload.part(1, old)))
    again = bench.effect(upload.part(1, new))
    nowhere = bench.effect(stranger.part(1, new))
    etag, body = (again.etag, new) if again.ok else (first.etag, old)

    return judge(
        _assembled(bench, upload, etag, body),
        refuses("a part of no upload", nowhere, 400, 404),
        *_against(again.ok, f"the same number again: {again.describe()}"),
    )


@probe("UploadPartCopy")
def upload_part_copy(bench: Workbench) -> Observation:
    """Keep the bytes of an existing object as a part."""
    upload, source = begin(bench), bench.plain

    copied = small = bench.treat(upload.copy(1, source))
    if small.status == 400:  # some take no small source, though its part is the last
        source = bench.shared("an object of two parts", two_parts)
        copied = bench.treat(upload.copy(1, source))
    etag = offered(copied).text("ETag") or copied.etag

    return judge(
        _assembled(bench, upload, etag, source.body),
        *misnamed(copied, "CopyPartResult"),
        *_against(small.ok, f"a source of {len(bench.plain.body)} bytes: {small.describe()}"),
    )


@probe("CompleteMultipartUpload")
def complete_multipart_upload(bench: Workbench) -> Observation:
    """Make the parts one object, in order, unless one is not the part that was uploaded."""
    upload, bodies = begin(bench), [bench.text(PART), bench.text()]
    etags = [bench.setup(upload.part(n, body)).etag for n, body in enumerate(bodies, start=1)]

    done = offered(bench.treat(upload.complete(etags)))
    whole = bench.effect(_object(upload))
    # Another upload, for a completion that is refused may end it.
    other = begin(bench)
    bench.setup(other.part(1, bodies[1]))
    wrong = bench.effect(other.complete([etags[0]]))

    return judge(
        made("the completed object", whole, b"".join(bodies)),
        refuses("completion with another part's ETag", wrong, 400),
        *misnamed(done, "CompleteMultipartUploadResult"),
    )


@probe("AbortMultipartUpload")
def abort_multipart_upload(bench: Workbench) -> Observation:
    """End an upload, so that it can no longer be completed; the key's object stays."""
    kept = bench.put()
    call = Call(operation="CreateMultipartUpload", bucket=kept.bucket, key=kept.key)
    upload = begun(bench.setup(call))
    part = bench.setup(upload.part(1, bench.text()))

    offered(bench.treat(upload.call("AbortMultipartUpload")))
    before = bench.effect(_object(upload))
    completed = bench.effect(upload.complete([part.etag]))
    after = bench.effect(_object(upload))
    # With which error completion fails, or that it claims to have done nothing, is its affair.
    ended = not completed.ok or after.body == kept.body
    text = f"its completion after that: {completed.describe()}, "

    return judge(
        shows(ended, f"{text}which makes no object", f"{text}which makes an object"),
        *_against_harm(before, kept),
    )


# What shows nothing by itself when it is right is a proof only when it is wrong.


def _against(right: bool, text: str) -> tuple[Proof, ...]:
    return () if right else (Proof(seen=Seen.WRONG, text=text),)


def _against_harm(answer: Response, kept: Stored) -> tuple[Proof, ...]:
    if answer.status == 404:  # as DeleteObject would have left it
        text = "the key's object was deleted"
        return (Proof(seen=Seen.ABSENT, text=text, hazard=Hazard.DESTRUCTIVE),)
    proof = carries("the key's object", answer, kept.body)
    return () if proof.seen is Seen.HELD else (proof,)
