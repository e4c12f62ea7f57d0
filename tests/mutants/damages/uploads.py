"""What can go wrong with multipart uploads and their listings."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from tests.mutants.assembling import (
    after_completion,
    all_parts_needed,
    any_order,
    consecutive_only,
    edited_error,
    ends_others,
    first_etag_too,
    in_any_bucket,
    is_abortion,
    is_completion,
    is_part,
    last_etag_compared,
    missing_skipped,
    numbered,
    parts_as_objects,
    plain_md5_of_one,
    put_together,
    renamed_etags,
    still_listed,
    under_any_key,
    upload_of,
)
from tests.mutants.copying import emptied_part
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    all_but_last,
    also,
    another_status,
    answering,
    asking,
    edited,
    empty_result,
    headed,
    plain,
    short,
    strict,
    told_anyway,
    truncated,
    when,
)
from tests.mutants.overwriting import appended, bare
from tests.mutants.remembering import once


def _part_of_other_bytes(request: Request, behind: Behind) -> Answer:
    """UploadPartCopy makes a part of bytes that are not the source's."""
    part = replace(request.without("x-amz-copy-source"), body=b"other bytes")
    answer = behind.ask(part)
    body = f"<CopyPartResult><ETag>{answer.header('ETag')}</ETag></CopyPartResult>"
    return replace(answer, body=body.encode())


def _deletes(request: Request, behind: Behind) -> Answer:
    """Beginning an upload deletes the object that the key has."""
    answer = behind.ask(request)
    gone = replace(request, method="DELETE", target=request.path, body=b"")
    behind.ask(gone.without("Content-Type"))
    return answer


def _when_code(code: bytes, respond: Respond) -> Respond:
    """Done where the server answers with this error code."""

    def changed(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        found = b"<Code>%s</Code>" % code in answer.body
        return respond(request, Behind(ask=lambda _: answer, memory={})) if found else answer

    return changed


def _put_back(request: Request, behind: Behind) -> Answer:
    """A completion leaves the object that the key has as it was."""
    old, answer = behind.ask(bare(request, "GET")), behind.ask(request)
    if old.status == 200:
        behind.ask(replace(bare(request, "PUT"), body=old.body))
    return answer


def _empty(request: Request) -> bool:
    return is_completion(request) and b"<Part>" not in request.body


def _twice(request: Request, behind: Behind) -> Answer:
    """The same completion again is a server error."""
    seen = request.target in behind.memory
    behind.memory[request.target] = True
    return error(500, "InternalError") if seen else behind.ask(request)


def _first_only(request: Request, behind: Behind) -> Answer:
    """A part that is there cannot be replaced."""
    seen = request.target in behind.memory
    behind.memory[request.target] = True
    return error(409, "InvalidRequest") if seen else behind.ask(request)


def _first_refused(request: Request, behind: Behind) -> Answer:
    """The first request of its kind is refused, however often it is sent."""
    first = behind.memory.setdefault("first", request.target)
    return error(400, "InvalidRequest") if request.target == first else behind.ask(request)


def _ended(request: Request, behind: Behind) -> Answer:
    """A completion that is refused ends the upload."""
    answer = behind.ask(request)
    if answer.status == 400:
        behind.ask(replace(request, method="DELETE", body=b""))
    return answer


COMPLETED: Final = "CompleteMultipartUploadResult"
COMPLETE: Final = "CompleteMultipartUpload"
CREATE: Final = "CreateMultipartUpload"
ABORT: Final = "AbortMultipartUpload"


def _unlike(element: bytes) -> Respond:
    return edited(b"<%s>[^<]*</%s>" % (element, element), b"<%s>x</%s>" % (element, element))


def _missing(element: bytes) -> Respond:
    return edited(b"<%s>[^<]*</%s>" % (element, element), b"")


LINES: Final[tuple[Line, ...]] = (
    # CreateMultipartUpload.
    (CREATE, wrong("no UploadId", edited(rb"<UploadId>.*</UploadId>", b""))),
    (CREATE, shown_by("root-element", wrong("another root element", edited(
        b"InitiateMultipartUploadResult", b"CreateResult")))),
    (CREATE, shown_by("key", wrong("another key", _unlike(b"Key")))),
    (CREATE, shown_by("bucket", wrong("another bucket", _unlike(b"Bucket")))),
    (CREATE, shown_by("content-type", wrong("Content-Type is lost", asking(
        lambda r: r.without("Content-Type"))))),
    (CREATE, shown_by("metadata", wrong("metadata is lost", asking(
        lambda r: r.without("x-amz-meta-origin"))))),
    (f"{CREATE}|{COMPLETE}", shown_by("previous-metadata", anywhere(
        "keeps the previous metadata", after_completion(
            told_anyway("x-amz-meta-previous", "object"))))),
    (CREATE, shown_by("previous-object-stays", wrong("the object is deleted first", _deletes))),
    (CREATE, shown_by("completed-object", anywhere("completed a byte short",
        after_completion(short)))),
    (CREATE, shown_by("distinct-ids", wrong("one upload a key", once()))),
    (CREATE, shown_by("other-upload-stays", anywhere("completion ends the key's other upload",
        ends_others(is_completion)))),
    (CREATE, shown_by("no-such-bucket", wrong("200 for a bucket that does not exist",
        another_status(404, 200)))),
    (CREATE, shown_by("no-such-bucket", wrong("NoSuchKey for a bucket that does not exist",
        edited_error(b"NoSuchBucket", b"NoSuchKey")))),
    # UploadPart.
    ("UploadPart", shown_by("completed-object", wrong("a byte short", truncated))),
    ("UploadPart", shown_by("completed-object", wrong("the first stays", once()))),
    ("UploadPart", shown_by("replaced-part", wrong("a part cannot be replaced",
        _first_only))),
    ("UploadPart", shown_by("unknown-upload", wrong("a part of no upload",
        another_status(404, 200, b"")))),
    ("UploadPart", shown_by("error-code", wrong("another code",
        edited_error(b"NoSuchUpload", b"InvalidRequest")))),
    ("UploadPart", shown_by("etag", wrong("no ETag", headed("ETag", None)))),
    ("UploadPart", shown_by("etag-md5", anywhere("an ETag that is not the MD5", renamed_etags))),
    ("UploadPart", shown_by("another-key", anywhere("the key is ignored", under_any_key))),
    ("UploadPart", shown_by("part-0", wrong("part 0 is taken", when(numbered(0), answering(
        lambda a: replace(a, status=200, body=b""), 400))))),
    ("UploadPart", shown_by("part-10001", wrong("part 10001 is taken", when(
        numbered(10_001), answering(lambda a: replace(a, status=200, body=b""), 400))))),
    ("UploadPart", shown_by("part-10000", wrong("part 10000 is refused", when(
        numbered(10_000), strict(400, "InvalidArgument"))))),
    ("UploadPart", shown_by("part-number-code", wrong("another code for a part number",
        edited_error(b"InvalidArgument", b"InvalidPart")))),
    ("UploadPart", shown_by("empty-part", wrong("an empty part is refused", when(
        lambda r: not r.body, strict(400, "EntityTooSmall"))))),
    ("UploadPart", shown_by("no-object-before", wrong("the part becomes the object",
        also(lambda r: replace(r, target=r.path))))),
    ("UploadPart", shown_by("replaced-etag", anywhere("the first part's ETag too",
        first_etag_too))),
    ("UploadPart", shown_by("not-listed", wrong("parts are listed as objects", parts_as_objects))),
    ("UploadPart", shown_by("another-bucket", anywhere("the bucket is ignored", in_any_bucket))),
    # UploadPartCopy.
    ("UploadPartCopy", shown_by("no-object-before", wrong("the part becomes the object",
        also(lambda r: replace(r, target=r.path))))),
    ("UploadPartCopy", shown_by("completed-object", wrong("an empty part", emptied_part))),
    ("UploadPartCopy", shown_by("completed-object", wrong("other bytes", _part_of_other_bytes))),
    ("UploadPartCopy", shown_by("root-element", wrong("another root element",
        edited(b"CopyPartResult", b"CopyObjectResult")))),
    ("UploadPartCopy", shown_by("etag", wrong("no ETag", _missing(b"ETag")))),
    ("UploadPartCopy", shown_by("last-modified", wrong("no date", _missing(b"LastModified")))),
    ("UploadPartCopy", shown_by("small-source", wrong(
        "a small source is refused", _first_refused))),
    ("UploadPartCopy", shown_by("no-such-source", wrong("200 without a source",
        _when_code(b"NoSuchKey", another_status(404, 200))))),
    ("UploadPartCopy", shown_by("no-such-source", wrong("another code without a source",
        edited_error(b"NoSuchKey", b"NoSuchUpload")))),
    ("UploadPartCopy", shown_by("unknown-upload", wrong("a part of no upload",
        _when_code(b"NoSuchUpload", another_status(404, 200))))),
    # CompleteMultipartUpload: what the response says.
    (COMPLETE, shown_by("root-element", wrong("another root element",
        edited(COMPLETED.encode(), b"CompletionResult")))),
    (COMPLETE, shown_by("key", wrong("another key", _unlike(b"Key")))),
    (COMPLETE, shown_by("bucket", wrong("another bucket", _unlike(b"Bucket")))),
    (COMPLETE, shown_by("location", wrong("no location", _missing(b"Location")))),
    (COMPLETE, shown_by("etag-of-object", wrong("another ETag", _unlike(b"ETag")))),
    (COMPLETE, shown_by("etag-of-object", wrong("no ETag", _missing(b"ETag")))),
    (COMPLETE, shown_by("number-of-parts", wrong("ends in -1 always", edited(
        rb"-\d+(&#34;|&quot;|\"|</ETag>)", rb"-1\1")))),
    (COMPLETE, shown_by("etag-md5", wrong("an ETag that is not the MD5", edited(
        rb"[0-9a-f]{32}-", b"0" * 32 + b"-")))),
    # CompleteMultipartUpload: which bytes become the object.
    (COMPLETE, shown_by("completed-object", anywhere("a byte short", after_completion(short)))),
    (COMPLETE, shown_by("parts-by-number", wrong("the last part is left out",
        all_but_last("Part")))),
    (COMPLETE, shown_by("parts-by-number", anywhere("parts in the order of their names",
        put_together(lambda listed, _: sorted(listed, key=str))))),
    (COMPLETE, shown_by("parts-by-number", anywhere("parts in the order of their arrival",
        put_together(lambda listed, came: [n for n in came if n in listed])))),
    (COMPLETE, shown_by("parts-by-number", anywhere("parts that are not listed too",
        put_together(lambda _, came: sorted(came))))),
    (COMPLETE, shown_by("parts-by-number", anywhere("only consecutive numbers",
        consecutive_only))),
    (COMPLETE, shown_by("subset", anywhere("only all parts", all_parts_needed))),
    # CompleteMultipartUpload: what is refused.
    (COMPLETE, shown_by("part-order", anywhere("any order of parts", any_order))),
    (COMPLETE, shown_by("part-order", wrong("any order of parts, and nothing is done",
        _when_code(b"InvalidPartOrder", empty_result(COMPLETED))))),
    (COMPLETE, shown_by("part-order-code", wrong("another code", edited_error(
        b"InvalidPartOrder", b"InvalidRequest")))),
    (COMPLETE, shown_by("missing-part", anywhere("a missing part is skipped", missing_skipped))),
    (COMPLETE, shown_by("wrong-etag-of-first-part", anywhere("the last ETag is compared only",
        last_etag_compared))),
    (COMPLETE, shown_by("wrong-etag", wrong("any ETag", _when_code(
        b"InvalidPart", empty_result(COMPLETED))))),
    (COMPLETE, shown_by("wrong-etag", wrong("a wrong ETag is a server error", _when_code(
        b"InvalidPart", another_status(400, 500))))),
    (COMPLETE, shown_by("error-codes", wrong("another code", edited_error(
        b"InvalidPart", b"InvalidRequest")))),
    (COMPLETE, shown_by("small-part", wrong("small parts", _when_code(
        b"EntityTooSmall", empty_result(COMPLETED))))),
    (COMPLETE, shown_by("no-parts", wrong("an empty list of parts", when(
        _empty, empty_result(COMPLETED))))),
    (COMPLETE, shown_by("unknown-upload", wrong("an upload that does not exist",
        empty_result(COMPLETED, 404)))),
    (COMPLETE, shown_by("another-key", anywhere("the key is ignored", under_any_key))),
    (COMPLETE, shown_by("upload-ends", anywhere("parts are listed after the completion",
        _when_code(b"NoSuchUpload", when(lambda r: r.method == "GET",
                                         empty_result("ListPartsResult", 404)))))),
    (COMPLETE, shown_by("upload-stays", wrong("a refusal ends the upload", _ended))),
    (COMPLETE, shown_by("again", wrong("a server error the second time", _twice))),
    (COMPLETE, shown_by("completed-object", anywhere("appended to the object before", appended))),
    (COMPLETE, shown_by("completed-object", wrong("the object before stays", _put_back))),
    (COMPLETE, shown_by("etag-md5", anywhere("a plain MD5 for one part", plain_md5_of_one))),
    (COMPLETE, shown_by("etag-of-object", wrong("an ETag without quotes", edited(
        rb"&quot;|&#34;|(?<=<ETag>)\"|\"(?=</ETag>)", b"")))),
    (COMPLETE, shown_by("unquoted-etag", wrong("ETags with quotes only", when(
        lambda r: re.search(rb"<ETag>[0-9a-f]", r.body) is not None,
        strict(400, "InvalidPart"))))),
    (COMPLETE, shown_by("no-namespace", wrong("documents with a namespace only", when(
        lambda r: b"xmlns" not in r.body, strict(400, "MalformedXML"))))),
    # AbortMultipartUpload.
    (ABORT, shown_by("object-stays", wrong("the object too", also(plain)))),
    (ABORT, shown_by("status", wrong("200", another_status(204, 200)))),
    (ABORT, shown_by("unknown-upload", wrong("204 for an upload that does not exist",
        another_status(404, 204, b"")))),
    (ABORT, shown_by("another-key", anywhere("the key is ignored", under_any_key))),
    (ABORT, shown_by("no-more-parts", anywhere("parts are still taken", when(
        is_part, another_status(404, 200, b""))))),
    (ABORT, shown_by("parts-freed", anywhere("parts are still listed", when(
        lambda r: r.method == "GET" and bool(upload_of(r)),
        empty_result("ListPartsResult", 404))))),
    (ABORT, shown_by("not-listed", anywhere("the upload is still listed", still_listed))),
    (ABORT, shown_by("other-upload-stays", anywhere("ends the key's other upload",
        ends_others(is_abortion)))),
    (ABORT, shown_by("completed-stays", anywhere("an object once its upload was completed", when(
        is_abortion, lambda r, b: (b.ask(r), b.ask(plain(r)))[0] if b.ask(
            replace(r, method="GET")).status == 404 else b.ask(r))))),
    (COMPLETE, shown_by("last-modified", anywhere("no date", after_completion(
        headed("Last-Modified", None))))),
    (ABORT, shown_by("not-completed", anywhere("the abortion is undone by a completion", when(
        is_abortion, lambda _, __: Answer(status=204))))),
)  # fmt: skip
