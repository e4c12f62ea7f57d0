"""Objects stored, read, copied and deleted: each shown by the bytes, and by their absence.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Lab,
    Proof,
    Seen,
    Stored,
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
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.subjects.listings import misnamed
from conformance.subjects.smallest_requests import delete_objects
from conformance.verdict import Hazard, Observation, Observed

EVERY_BYTE: Final = bytes(range(256))


def _missing(lab: Lab, operation: str) -> Proof:
    call = Call(operation=operation, bucket=lab.bucket, key=lab.key())
    return refuses("a key that has no object", lab.effect(call), 404)


def _gone(lab: Lab, subject: Stored, what: str = "the object after") -> Proof:
    return refuses(what, lab.effect(subject.call("GetObject")), 404)


def _kept(lab: Lab, subject: Stored, what: str) -> Proof:
    """An object that a deletion was not about."""
    answer = lab.effect(subject.call("GetObject"))
    if answer.status == 404:
        text = f"{what} was deleted too"
        return Proof(seen=Seen.WRONG, text=text, hazard=Hazard.DESTRUCTIVE)
    return carries(what, answer, subject.body)


@probe("PutObject", data=True)
def put_object(lab: Lab) -> Observation:
    """Store bytes under a key, in place of those stored before."""
    old, new = EVERY_BYTE + lab.text(), lab.text(40)
    call = Call(operation="PutObject", bucket=lab.bucket, key=lab.key(), body=old)
    read = Call(operation="GetObject", bucket=call.bucket, key=call.key)

    first = offered(lab.treat(call))
    before = lab.effect(read)
    second = lab.effect(call.plus(body=new))
    after = lab.effect(read)

    return judge(
        made("the object", before, old),
        made("the object after being stored again", after, new),
        also=[serves("again", second), shows(bool(first.etag), "an ETag", "answers no ETag")],
    )


@probe("GetObject", data=True)
def get_object(lab: Lab) -> Observation:
    """Answer the object's bytes and its ETag; 404 for a key that has none."""
    subject = lab.plain

    answer = offered(lab.treat(subject.call("GetObject")))

    return judge(
        carries("the object", answer, subject.body),
        _missing(lab, "GetObject"),
        also=[_tagged_as(answer, subject)],
    )


@probe("HeadObject")
def head_object(lab: Lab) -> Observation:
    """Tell the object's length and ETag; 404 for a key that has none."""
    subject = lab.plain

    answer = offered(lab.treat(subject.call("HeadObject")))

    length = answer.header("Content-Length")
    return judge(
        shows(
            length == str(len(subject.body)),
            f"Content-Length {length}",
            f"Content-Length {length} for {len(subject.body)} bytes",
            otherwise=Seen.WRONG,
        ),
        _missing(lab, "HeadObject"),
        also=[_tagged_as(answer, subject)],
    )


def _tagged_as(answer: Response, subject: Stored) -> Proof:
    return shows(
        bool(answer.etag) and answer.etag == subject.etag,
        f"ETag {answer.etag}",
        f"ETag {answer.etag or 'missing'}, and {subject.etag or 'none'} when it was stored",
        otherwise=Seen.WRONG,
    )


@probe("CopyObject", data=True)
def copy_object(lab: Lab) -> Observation:
    """Store an object's bytes under another key too."""
    source, key = lab.put(), lab.key()
    headers = {"x-amz-copy-source": source.source}

    answer = offered(
        lab.treat(Call(operation="CopyObject", bucket=lab.bucket, key=key, headers=headers))
    )
    copy = lab.effect(Call(operation="GetObject", bucket=lab.bucket, key=key))

    if copy.ok and not copy.body:
        text = "the request was carried out as an empty PutObject"
        decide(Observed.IGNORED, text, Hazard.DESTRUCTIVE)
    return judge(
        made("the copy", copy, source.body),
        also=[*misnamed(answer, "CopyObjectResult"), _kept(lab, source, "the source")],
    )


@probe("DeleteObject", data=True)
def delete_object(lab: Lab) -> Observation:
    """Delete the object and no other; a key that has none is no error."""
    ours = lab.put()
    longer = lab.put(key=f"{ours.key}-longer")

    offered(lab.treat(ours.call("DeleteObject")))
    gone = _gone(lab, ours)
    kept = _kept(lab, longer, "an object whose key begins alike")
    again = lab.effect(ours.call("DeleteObject"))

    return judge(gone, also=[kept, serves("once more", again)])


@probe("DeleteObjects", data=True)
def delete_many(lab: Lab) -> Observation:
    """Delete the objects named in the body, tell so for each, and leave others alone."""
    one, two, other = lab.put(), lab.put(), lab.put()

    answer = offered(lab.treat(delete_objects(one, two)))
    gone = [_gone(lab, one, "the first"), _gone(lab, two, "the second")]

    told = {*answer.texts("Deleted/Key")}
    right = shows(
        told == {one.key, two.key},
        "both are named as deleted",
        f"{len(told)} names as deleted, and {len(answer.xml.findall('Error'))} as in error",
        otherwise=Seen.ABSENT,
    )
    return judge(
        *gone,
        also=[right, _kept(lab, other, "another"), *misnamed(answer, "DeleteResult")],
    )
