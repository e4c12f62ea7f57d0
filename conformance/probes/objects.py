"""Objects stored, read, copied and deleted: each shown by the bytes, and by their absence.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
"""

from __future__ import annotations

from typing import Final

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
    serves,
    shows,
)
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.listings import misnamed
from conformance.subjects.smallest_requests import delete_objects
from conformance.verdict import Hazard, Observation, Observed

EVERY_BYTE: Final = bytes(range(256))


def _missing(bench: Workbench, operation: OperationName) -> Proof:
    call = Call(operation=operation, bucket=bench.bucket, key=bench.key())
    return refuses("a key that has no object", bench.effect(call), 404)


def _gone(bench: Workbench, subject: Stored, what: str = "the object after") -> Proof:
    return refuses(what, bench.effect(subject.call("GetObject")), 404)


def _kept(bench: Workbench, subject: Stored, what: str) -> Proof:
    """An object that a deletion was not about."""
    answer = bench.effect(subject.call("GetObject"))
    if answer.status == 404:
        text = f"{what} was deleted too"
        return Proof(seen=Seen.WRONG, text=text, hazard=Hazard.DESTRUCTIVE)
    return carries(what, answer, subject.body)


@probe("PutObject")
def put_object(bench: Workbench) -> Observation:
    """Store bytes under a key, in place of those stored before."""
    old, new = EVERY_BYTE + bench.text(), bench.text(40)
    call = Call(operation="PutObject", bucket=bench.bucket, key=bench.key(), body=old)
    read = Call(operation="GetObject", bucket=call.bucket, key=call.key)

    first = offered(bench.treat(call))
    before = bench.effect(read)
    second = bench.effect(call.plus(body=new))
    after = bench.effect(read)

    return judge(
        made("the object", before, old),
        made("the object after being stored again", after, new),
        also=[serves("again", second), shows(bool(first.etag), "an ETag", "answers no ETag")],
    )


@probe("GetObject")
def get_object(bench: Workbench) -> Observation:
    """Answer the object's bytes and its ETag; 404 for a key that has none."""
    subject = bench.plain

    answer = offered(bench.treat(subject.call("GetObject")))

    return judge(
        carries("the object", answer, subject.body),
        _missing(bench, "GetObject"),
        also=[_tagged_as(answer, subject)],
    )


@probe("HeadObject")
def head_object(bench: Workbench) -> Observation:
    """Tell the object's length and ETag; 404 for a key that has none."""
    subject = bench.plain

    answer = offered(bench.treat(subject.call("HeadObject")))

    length = answer.header("Content-Length")
    return judge(
        shows(
            length == str(len(subject.body)),
            f"Content-Length {length}",
            f"Content-Length {length} for {len(subject.body)} bytes",
            otherwise=Seen.WRONG,
        ),
        _missing(bench, "HeadObject"),
        also=[_tagged_as(answer, subject)],
    )


def _tagged_as(answer: Response, subject: Stored) -> Proof:
    return shows(
        bool(answer.etag) and answer.etag == subject.etag,
        f"ETag {answer.etag}",
        f"ETag {answer.etag or 'missing'}, and {subject.etag or 'none'} when it was stored",
        otherwise=Seen.WRONG,
    )


@probe("CopyObject")
def copy_object(bench: Workbench) -> Observation:
    """Store an object's bytes under another key too."""
    source, key = bench.put(), bench.key()
    headers = {"x-amz-copy-source": source.source}

    answer = offered(
        bench.treat(Call(operation="CopyObject", bucket=bench.bucket, key=key, headers=headers))
    )
    copy = bench.effect(Call(operation="GetObject", bucket=bench.bucket, key=key))

    if copy.ok and not copy.body:
        text = "the request was carried out as an empty PutObject"
        decide(Observed.IGNORED, text, Hazard.DESTRUCTIVE)
    return judge(
        made("the copy", copy, source.body),
        also=[*misnamed(answer, "CopyObjectResult"), _kept(bench, source, "the source")],
    )


@probe("DeleteObject")
def delete_object(bench: Workbench) -> Observation:
    """Delete the object and no other; a key that has none is no error."""
    ours = bench.put()
    longer = bench.put(key=f"{ours.key}-longer")

    offered(bench.treat(ours.call("DeleteObject")))
    gone = _gone(bench, ours)
    kept = _kept(bench, longer, "an object whose key begins alike")
    again = bench.effect(ours.call("DeleteObject"))

    return judge(gone, also=[kept, serves("once more", again)])


@probe("DeleteObjects")
def delete_many(bench: Workbench) -> Observation:
    """Delete the objects named in the body, tell so for each, and leave others alone."""
    one, two, other = bench.put(), bench.put(), bench.put()

    answer = offered(bench.treat(delete_objects(one, two)))
    gone = [_gone(bench, one, "the first"), _gone(bench, two, "the second")]

    told = {*answer.texts("Deleted/Key")}
    right = shows(
        told == {one.key, two.key},
        "both are named as deleted",
        f"{len(told)} names as deleted, and {len(answer.xml.findall('Error'))} as in error",
        otherwise=Seen.ABSENT,
    )
    return judge(
        *gone,
        also=[right, _kept(bench, other, "another"), *misnamed(answer, "DeleteResult")],
    )
