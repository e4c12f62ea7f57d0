"""What is copied: the source, the range of it, and the conditions it must meet.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
"""

from __future__ import annotations

from conformance.probing import (
    Proof,
    Seen,
    Stored,
    Workbench,
    carries,
    family,
    judge,
    probe,
    refuses,
)
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.multipart import Upload, begin, two_parts
from conformance.subjects.preconditions import FEATURES, dated, precondition
from conformance.verdict import Hazard, Observation

SOURCE = "x-amz-copy-source"
RANGE = "x-amz-copy-source-range"
# An upload's own part is the answer's root, so that an error inside a 200 is not taken for it.
ROOTS = {"CopyObject": "CopyObjectResult", "UploadPartCopy": "CopyPartResult"}


def _call(bench: Workbench, operation: OperationName, source: str) -> Call:
    """A copy to a fresh key, or into an upload that is never completed."""
    if operation == "CopyObject":
        return Call(
            operation=operation, bucket=bench.bucket, key=bench.key(), headers={SOURCE: source}
        )
    upload = bench.shared("an upload for copied parts", begin)
    return upload.call(operation, headers={SOURCE: source}, query={"partNumber": "1"})


@family(*(f"{SOURCE}-{name.lower()}" for name in FEATURES), operations=ROOTS, security=True)
def conditional_copy(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Copy while the condition on the source is true; otherwise 412, for dates and ETags alike."""
    subject = bench.shared("two dated objects", dated)
    name = feature.removeprefix(f"{SOURCE}-").title()
    test, source = precondition(name, subject), subject.ours.source

    met = bench.treat(_call(bench, operation, source).plus(headers={feature: test.true}))
    if met.status != 412:
        bench.accepted(met, feature)
    unmet = bench.effect(_call(bench, operation, source).plus(headers={feature: test.false}))
    copied = [_uncopied(bench, unmet)] if operation == "CopyObject" and not unmet.ok else []

    return judge(
        refuses(f"with {test.false_means}", unmet, 412),
        also=[_copied(f"with {test.true_means}", met), *copied],
    )


def _uncopied(bench: Workbench, refused: Response) -> Proof:
    """A copy that was refused has left nothing under its key."""
    call = refused.call
    head = bench.effect(Call(operation="HeadObject", bucket=call.bucket, key=call.key))
    text = f"refused with {refused.describe()}, and copied all the same"
    hazard = Hazard.DESTRUCTIVE if head.ok else None
    return Proof(seen=Seen.WRONG if head.ok else Seen.HELD, text=text, hazard=hazard)


def _copied(what: str, answer: Response) -> Proof:
    right = answer.root == ROOTS[answer.call.operation]
    text = f"{what}: {answer.describe()} with root element {answer.root or 'none'!r}"
    return Proof(seen=Seen.HELD if right else Seen.WRONG, text=text)


@probe(f"CopyObject/{SOURCE}")
def copy_object_source(bench: Workbench) -> Observation:
    """Store the bytes of the object that is named; 404 if there is none."""
    call = _call(bench, "CopyObject", bench.plain.source)

    bench.accepted(bench.treat(call), SOURCE, control=_plain_put(bench))
    copy = bench.effect(Call(operation="GetObject", bucket=call.bucket, key=call.key))
    missing = bench.effect(_call(bench, "CopyObject", f"{bench.bucket}/{bench.key()}"))

    return judge(
        _source_heeded(copy, bench.plain),
        refuses("from a key that has no object", missing, 404),
    )


def _plain_put(bench: Workbench) -> Call:
    return Call(operation="PutObject", bucket=bench.bucket, key=bench.key(), body=bench.text())


def _source_heeded(copy: Response, source: Stored) -> Proof:
    """A server that ignores the header stores the empty body of the request."""
    if copy.ok and not copy.body:
        return Proof(
            seen=Seen.ABSENT,
            text="the request was carried out as an empty PutObject",
            hazard=Hazard.DESTRUCTIVE,
        )
    return carries("the copy", copy, source.body)


@probe(f"UploadPartCopy/{SOURCE}")
def upload_part_copy_source(bench: Workbench) -> Observation:
    """Make a part of the bytes of the object that is named; 404 if there is none."""
    upload = begin(bench)

    part = bench.treat(upload.copy(1, bench.plain))
    bench.accepted(part, SOURCE, control=upload.part(1, bench.text()))
    whole = _completed(bench, upload, part)
    missing = bench.effect(_call(bench, "UploadPartCopy", f"{bench.bucket}/{bench.key()}"))

    return judge(
        _source_heeded(whole, bench.plain),
        refuses("from a key that has no object", missing, 404),
    )


def _completed(bench: Workbench, upload: Upload, part: Response) -> Response:
    """GetObject of the object that the one copied part makes."""
    bench.setup(upload.complete([part.text("ETag") or part.etag]))
    return bench.effect(Call(operation="GetObject", bucket=upload.bucket, key=upload.key))


@probe(f"UploadPartCopy/{RANGE}")
def copy_source_range(bench: Workbench) -> Observation:
    """Make a part of some bytes of the source only.

    AWS copies ranges of objects above 5 MiB only, so the source is one.
    """
    source = bench.shared("an object of two parts", two_parts)
    first, last = len(source.body) - 40, len(source.body) - 9
    upload = begin(bench)

    part = bench.treat(upload.copy(1, source, {RANGE: f"bytes={first}-{last}"}))
    bench.accepted(part, RANGE)
    whole = _completed(bench, upload, part)

    wanted = source.body[first : last + 1]
    ignored = whole.body == source.body
    return judge(
        carries(
            f"the part from bytes={first}-{last}",
            whole,
            wanted,
            otherwise=Seen.ABSENT if ignored else Seen.WRONG,
        )
    )
