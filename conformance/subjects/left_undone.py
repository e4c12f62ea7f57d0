"""Requests that are about to be refused, and what shows that they were not carried out.

Each request is the smallest valid one of its operation, on a subject of its own, and changes
something that one more request can show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from conformance.probing import Comparison, Stored, Workbench, holds
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.bucket_configurations import CONFIGURED_BY
from conformance.subjects.multipart import begin, create_call
from conformance.subjects.smallest_requests import SMALLEST, delete_objects, put_object_tagging

# Whether it was left undone, from one more request.
Undone = Callable[[], Comparison]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusable:
    """A request, and how to find out that it was not carried out.

    Attributes:
        call: the request.
        undone: None where the request only reads, or where one more request does not show it.
    """

    call: Call
    undone: Undone | None = None


def refusable(bench: Workbench, operation: OperationName) -> Refusable:
    """The smallest request of an operation, made so that it shows whether it was carried out.

    Raises:
        Undecided: it cannot be prepared.
    """
    if operation in CONFIGURED_BY and CONFIGURED_BY[operation][0] in ("Put", "Delete"):
        return _configuration(bench, operation)
    maker = MAKERS.get(operation)
    return maker(bench) if maker else Refusable(call=SMALLEST[operation](bench))


def shows_it(operation: OperationName) -> bool:
    """Whether `refusable` of this operation has an `undone`."""
    verb = CONFIGURED_BY[operation][0] if operation in CONFIGURED_BY else ""
    return operation in MAKERS or verb in ("Put", "Delete")


def _configuration(bench: Workbench, operation: OperationName) -> Refusable:
    verb, configuration = CONFIGURED_BY[operation]
    deletes = verb == "Delete"
    place = configuration.disposable(bench) if deletes else configuration.lease(bench)
    ours, other = configuration.values(bench)
    stored: Response | None = None
    if deletes:
        stored, value, absent = bench.attempt(configuration.put(place, ours)), ours, other
        call = configuration.delete(place, ours)
    else:
        # Of few values the bucket may have the one that is to be refused.
        call, value, absent = configuration.put(place, ours), ours, other
        if configuration.choices:
            bench.attempt(configuration.put(place, other))

    def undone() -> Comparison:
        get = bench.effect(configuration.get(place, value))
        shown = configuration.shows(get, place, value, absent)
        there = f"{get.describe()} {'with' if shown.held else 'without'} the configuration"
        if deletes and (stored is None or not stored.ok):
            return holds(True, "nothing to delete", get)
        return holds(shown.held is deletes, there, get)

    return Refusable(call=call, undone=undone)


def _exists(bench: Workbench, call: Call, expected: bool) -> Undone:
    def undone() -> Comparison:
        answer = bench.effect(call)
        return holds(answer.ok is expected, f"{call.operation}: {answer.describe()}", answer)

    return undone


def _object(operation: OperationName, *, stays: bool) -> Callable[[Workbench], Refusable]:
    def make(bench: Workbench) -> Refusable:
        call = SMALLEST[operation](bench)
        head = Call(operation="HeadObject", bucket=call.bucket, key=call.key)
        return Refusable(call=call, undone=_exists(bench, head, stays))

    return make


def _bucket(operation: OperationName, *, stays: bool) -> Callable[[Workbench], Refusable]:
    def make(bench: Workbench) -> Refusable:
        call = SMALLEST[operation](bench)
        head = Call(operation="HeadBucket", bucket=call.bucket)
        return Refusable(call=call, undone=_exists(bench, head, stays))

    return make


def _delete_objects(bench: Workbench) -> Refusable:
    subject = bench.put()
    undone = _exists(bench, subject.call("HeadObject"), True)
    return Refusable(call=delete_objects(subject), undone=undone)


def none_of(bench: Workbench, listing: Call, element: str) -> Undone:
    """Whether a listing is still without an element."""

    def undone() -> Comparison:
        answer = bench.effect(listing)
        found = len(answer.texts(element))
        text = f"{listing.operation}: {answer.describe()} with {found} of {element}"
        return holds(not found, text, answer)

    return undone


def _create_upload(bench: Workbench) -> Refusable:
    call = create_call(bench)
    listing = Call(operation="ListMultipartUploads", bucket=call.bucket, query={"prefix": call.key})
    return Refusable(call=call, undone=none_of(bench, listing, "Upload"))


def _upload_part(bench: Workbench) -> Refusable:
    upload = begin(bench)
    undone = none_of(bench, upload.call("ListParts"), "Part")
    return Refusable(call=upload.part(1, bench.text()), undone=undone)


def _copy_part(bench: Workbench) -> Refusable:
    upload = begin(bench)
    undone = none_of(bench, upload.call("ListParts"), "Part")
    return Refusable(call=upload.copy(1, bench.plain), undone=undone)


def _abort(bench: Workbench) -> Refusable:
    upload = begin(bench)
    undone = _exists(bench, upload.call("ListParts"), True)
    return Refusable(call=upload.call("AbortMultipartUpload"), undone=undone)


def _put_tags(bench: Workbench) -> Refusable:
    subject = bench.put()
    undone = none_of(bench, subject.call("GetObjectTagging"), "TagSet/Tag")
    return Refusable(call=put_object_tagging(subject, purpose="conformance"), undone=undone)


def _delete_tags(bench: Workbench) -> Refusable:
    subject: Stored = bench.put()
    tagged = bench.attempt(put_object_tagging(subject, purpose="conformance")).ok

    def undone() -> Comparison:
        answer = bench.effect(subject.call("GetObjectTagging"))
        found = len(answer.texts("TagSet/Tag"))
        text = f"GetObjectTagging: {answer.describe()} with {found} tags"
        return holds(found == 1 or not tagged, text, answer)

    return Refusable(call=subject.call("DeleteObjectTagging"), undone=undone)


MAKERS: Final[Mapping[OperationName, Callable[[Workbench], Refusable]]] = {
    "PutObject": _object("PutObject", stays=False),
    "CopyObject": _object("CopyObject", stays=False),
    "CompleteMultipartUpload": _object("CompleteMultipartUpload", stays=False),
    "DeleteObject": _object("DeleteObject", stays=True),
    "CreateBucket": _bucket("CreateBucket", stays=False),
    "DeleteBucket": _bucket("DeleteBucket", stays=True),
    "DeleteObjects": _delete_objects,
    "CreateMultipartUpload": _create_upload,
    "UploadPart": _upload_part,
    "UploadPartCopy": _copy_part,
    "AbortMultipartUpload": _abort,
    "PutObjectTagging": _put_tags,
    "DeleteObjectTagging": _delete_tags,
}
