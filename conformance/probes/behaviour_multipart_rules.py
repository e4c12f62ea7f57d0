"""What a multipart upload takes, keeps and drops.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    Call,
    Comparison,
    Workbench,
    api,
    behaviour,
    core,
    detail,
    equals,
    guide,
    has_body,
    has_header,
    has_status,
    holds,
    promise,
    refused,
    served,
)
from conformance.subjects import multipart

PAGE: Final = guide("mpuoverview")
LIMITS: Final = guide("qfacts")
LIST: Final = api("ListParts")
COMPLETE: Final = api("CompleteMultipartUpload")
XML: Final = "https://www.w3.org/TR/xml/#sec-references"
OBJECT_SIZE: Final = "x-amz-mp-object-size"


@behaviour(
    "MultipartRules",
    "part-sent-again",
    checks=(
        core("last", "the bytes of the part that was sent last", PAGE),
        promise("older-etag", "a refusal to complete with the ETag of the first", PAGE),
        promise("listed-once", "one part in ListParts", LIST),
    ),
)
def sent_again(bench: Workbench, _: str) -> None:
    """Put a part that is sent again in the place of the first."""
    # A server that takes the older part completes the upload with it, so each has its own.
    for check in ("last", "older-etag"):
        upload, body = multipart.begin(bench), bench.text()
        first = bench.setup(upload.part(1, bench.text()))
        second = bench.setup(upload.part(1, body))
        if check == "older-etag":
            bench.check(check, refused(bench.effect(upload.complete([first.etag]))))
            continue
        answer = bench.effect(upload.call("ListParts"))
        bench.check("listed-once", equals("parts", len(answer.texts("Part")), 1, answer))
        bench.check(check, _made(bench, upload.complete([second.etag]), body))


def _made(bench: Workbench, completion: Call, body: bytes) -> Comparison:
    """The object of a completion that is itself what the row claims: it must be served."""
    done = bench.effect(completion)
    back = bench.effect(replace(completion, operation="GetObject", query={}, body=b""))
    return multipart.assembled(back, body) if done.ok else served(done)


@behaviour(
    "MultipartRules",
    "part-left-out",
    checks=(
        core("listed-parts", "the bytes of the listed part alone", PAGE),
        promise("length", "its length from HeadObject", PAGE),
    ),
)
def left_out(bench: Workbench, _: str) -> None:
    """Make the object of the parts that are listed, and drop the others."""
    upload, body = multipart.begin(bench), bench.text()
    etag = bench.setup(upload.part(1, body)).etag
    bench.setup(upload.part(2, bench.text()))
    answer = bench.treat(upload.complete([etag]))
    if not answer.ok:
        # The same of an upload that has no other part.
        whole = multipart.begin(bench)
        alone = bench.setup(whole.part(1, body)).etag
        bench.accepted(answer, control=whole.complete([alone]))
    back = bench.effect(upload.read)
    bench.check("listed-parts", multipart.assembled(back, body))
    read = upload.read
    head = bench.effect(replace(read, operation="HeadObject"))
    bench.check("length", has_header(head, "Content-Length", str(len(body))))


@behaviour(
    "MultipartRules",
    "part-numbers",
    checks=(
        core("gaps", "the bytes of parts 2 and 10000, in this order", LIMITS),
        core("beyond", "a refusal of part number 10001", LIMITS),
        promise("zero", "a refusal of part number 0", LIMITS),
        promise("listed", "both numbers in ListParts", LIST),
    ),
)
def numbers(bench: Workbench, _: str) -> None:
    """Take part numbers from 1 to 10000, with gaps, and no others."""
    upload = multipart.begin(bench)
    large, small = bench.text(multipart.PART), bench.text()
    last = bench.setup(upload.part(10000, small)).etag
    first = bench.setup(upload.part(2, large)).etag
    # Of another upload: a server that takes them may refuse to complete without them.
    other = multipart.begin(bench)
    for check, number in (("beyond", 10001), ("zero", 0)):
        bench.check(check, refused(bench.effect(other.part(number, small))))
    answer = bench.effect(upload.call("ListParts"))
    found = answer.texts("Part/PartNumber")
    bench.check("listed", equals("numbers", found, ["2", "10000"], answer))
    completion = upload.complete_with((2, first), (10000, last))
    bench.check("gaps", _made(bench, completion, large + small))


@behaviour(
    "MultipartRules",
    "until-it-is-completed",
    checks=(
        core("before", "the object that was there, until the upload is completed", PAGE),
        core("after", "the upload's bytes from then on", PAGE),
        promise("etag", "an ETag that is the MD5 of the parts' MD5s, and their number", PAGE),
        promise("upload-gone", "404 NoSuchUpload from ListParts after it", LIST),
    ),
)
def completed(bench: Workbench, _: str) -> None:
    """Show nothing of an upload before it is completed, and all of it then."""
    subject, body = bench.put(), bench.text()
    upload = multipart.begin_over(subject, bench)
    etag = bench.setup(upload.part(1, body)).etag
    bench.check("before", has_body(bench.effect(subject.call("GetObject")), subject.body))
    done = bench.effect(upload.complete([etag]))
    back = bench.effect(upload.read)
    if not bench.check("after", multipart.assembled(back, body) if done.ok else served(done)):
        bench.skip("etag", "upload-gone", because="the upload was not completed")
        return
    bench.check("etag", equals("ETag", back.etag, multipart.multipart_etag([body]), back))
    gone = bench.effect(upload.call("ListParts"))
    bench.check("upload-gone", equals("answer", gone.describe(), "404 NoSuchUpload", gone))


@behaviour(
    "MultipartRules",
    "aborted",
    checks=(
        core("no-part", "a refusal of another part", api("AbortMultipartUpload")),
        core("no-object", "404 from GetObject", api("AbortMultipartUpload")),
        promise("no-completion", "a refusal to complete it", api("AbortMultipartUpload")),
        promise("unlisted", "no upload in ListMultipartUploads", api("ListMultipartUploads")),
    ),
)
def aborted(bench: Workbench, _: str) -> None:
    """Drop an upload that is aborted, with all its parts."""
    upload = multipart.begin(bench)
    etag = bench.setup(upload.part(1, bench.text())).etag
    bench.setup(upload.call("AbortMultipartUpload"))
    bench.check("no-part", refused(bench.effect(upload.part(1, bench.text()))))
    bench.check("no-completion", refused(bench.effect(upload.complete([etag]))))
    bench.check("no-object", has_status(bench.effect(upload.read), 404))
    with bench.observing("unlisted"):
        query = {"prefix": upload.key}
        call = Call(operation="ListMultipartUploads", bucket=upload.bucket, query=query)
        listing = bench.effect(call)
        found = listing.texts("Upload/UploadId")
        bench.check("unlisted", equals("uploads", found, [], listing))


@behaviour(
    "MultipartRules",
    "two-uploads-of-one-key",
    checks=(
        core("apart", "the bytes of the upload that was completed", PAGE),
        core("last", "the bytes of the other once it is completed too", PAGE),
        promise("ids", "two upload ids", api("CreateMultipartUpload")),
    ),
)
def two_uploads(bench: Workbench, _: str) -> None:
    """Keep two uploads of one key apart."""
    subject = bench.put()
    one, other = (multipart.begin_over(subject, bench) for _ in range(2))
    seen = "different ids" if one.upload_id != other.upload_id else "the same id"
    bench.check("ids", holds(one.upload_id != other.upload_id, seen))
    bodies = bench.text(), bench.text()
    etags = [
        bench.setup(upload.part(1, body)).etag
        for upload, body in zip((one, other), bodies, strict=True)
    ]
    for check, upload, etag, body in (
        ("apart", other, etags[1], bodies[1]),
        ("last", one, etags[0], bodies[0]),
    ):
        bench.check(check, _made(bench, upload.complete([etag]), body))


@behaviour(
    "MultipartRules",
    "part-listed-twice",
    checks=(
        core("refused", "a refusal to complete with the same part twice", COMPLETE),
        promise("once", "the bytes of the part once it is listed once", COMPLETE),
        detail("code", "400 InvalidPartOrder for the first", COMPLETE),
    ),
)
def listed_twice(bench: Workbench, _: str) -> None:
    """Refuse a list of parts that has one of them twice."""
    upload, body = multipart.begin(bench), bench.text(multipart.PART)
    etag = bench.setup(upload.part(1, body)).etag
    answer = bench.treat(upload.complete_with((1, etag), (1, etag)))
    bench.check("refused", refused(answer))
    bench.check("code", equals("answer", answer.describe(), "400 InvalidPartOrder", answer))
    if answer.ok:
        bench.skip("once", because="the request was not refused")
        return
    done = bench.effect(upload.complete([etag]))
    back = bench.effect(upload.read)
    bench.check("once", multipart.assembled(back, body) if done.ok else served(done))


# How quotation marks are written in XML. Go's library writes the first, others the second.
ENTITIES: Final = {"decimal": "&#34;", "named": "&quot;", "hexadecimal": "&#x22;"}


@behaviour(
    "MultipartRules",
    "etags-with-references",
    checks=(
        core("decimal", "the object of ETags whose quotation marks are &#34;", XML),
        core("named", "the object of ETags whose quotation marks are &quot;", XML),
        promise("hexadecimal", "the object of ETags whose quotation marks are &#x22;", XML),
        promise("wrong-etag", "a refusal of another part's ETag that is written so", COMPLETE),
    ),
)
def references(bench: Workbench, _: str) -> None:
    """Read the references of XML in the list of parts, as SDKs write them."""
    for check, quote in ENTITIES.items():
        with bench.observing(check):
            upload, body = multipart.begin(bench), bench.text()
            etag = bench.setup(upload.part(1, body)).etag.replace('"', quote)
            answer = bench.treat(upload.complete([etag]))
            back = bench.effect(upload.read)
            bench.check(check, multipart.assembled(back, body) if answer.ok else served(answer))
    upload = multipart.begin(bench)
    bench.setup(upload.part(1, bench.text()))
    wrong = multipart.part_etag(bench.text()).replace('"', ENTITIES["decimal"])
    bench.check("wrong-etag", refused(bench.effect(upload.complete([wrong]))))


@behaviour(
    "MultipartRules",
    "object-size",
    checks=(
        core("wrong", f"a refusal to complete with another {OBJECT_SIZE}", COMPLETE),
        core("right", "the object of a completion with its size", COMPLETE),
        promise("nothing", "no object after the refusal", COMPLETE),
        detail("code", "400 InvalidRequest for another size", COMPLETE),
    ),
)
def object_size(bench: Workbench, _: str) -> None:
    """Complete an upload whose object has the size that the request says, and no other."""
    upload, body = multipart.begin(bench), bench.text()
    etag = bench.setup(upload.part(1, body)).etag
    wrong = bench.treat(upload.complete([etag], headers={OBJECT_SIZE: str(len(body) + 1)}))
    bench.check("wrong", refused(wrong))
    bench.check("code", equals("answer", wrong.describe(), "400 InvalidRequest", wrong))
    if wrong.ok:
        bench.skip("nothing", because="the request was not refused")
    else:
        bench.check("nothing", has_status(bench.effect(upload.read), 404))
    other = multipart.begin(bench)
    etag = bench.setup(other.part(1, body)).etag
    right = other.complete([etag], headers={OBJECT_SIZE: str(len(body))})
    answer = bench.treat(right)
    if not answer.ok:
        bench.accepted(answer, OBJECT_SIZE)
    bench.check("right", multipart.assembled(bench.effect(other.read), body))
