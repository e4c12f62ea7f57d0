"""Annotations of an object: put, told, listed and deleted by name, while the object stays.

What counts as proof. Under its name comes back what was put under it, and not under another; the
object's own bytes are what a server answers that does not know the subresource.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAnnotation.html
"""

from __future__ import annotations

from typing import Final, NoReturn

from conformance.probing import (
    NOT_OFFERED,
    Proof,
    Seen,
    Stored,
    Workbench,
    decide,
    judge,
    offered,
    probe,
    refuses,
    shows,
)
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.verdict import Observation, Observed

NAME: Final = "annotationName"


def _call(verb: str, subject: Stored, name: str, body: bytes = b"") -> Call:
    return subject.call(f"{verb}ObjectAnnotation", query={NAME: name}, body=body)


@probe("PutObjectAnnotation")
def put(bench: Workbench) -> Observation:
    """Keep a text beside the object under a name, and the next one in its place."""
    subject, name, first, second = bench.put(), bench.nonce(), bench.text(30), bench.text(20)

    answer = bench.treat(_call("Put", subject, name, first))
    bench.unharmed(subject)
    offered(answer)
    told = bench.effect(_call("Get", subject, name))
    if told.status in NOT_OFFERED and told.status != 404:
        decide(Observed.UNPROVEN, f"served, but {told.call.operation} answers {told.describe()}")
    again = bench.effect(_call("Put", subject, name, second))
    replaced = bench.effect(_call("Get", subject, name)) if again.ok else again

    return judge(_tells(told, subject, first), _tells(replaced, subject, second))


@probe("GetObjectAnnotation")
def get(bench: Workbench) -> Observation:
    """Answer the text that was put under the name, and no text for another name."""
    subject, name, text, put = _annotated(bench)

    answer = bench.treat(_call("Get", subject, name))
    other = bench.effect(_call("Get", subject, bench.nonce()))

    if not put:
        _nothing_put(subject, answer)
    if answer.status != 404:
        offered(answer)
    return judge(_tells(answer, subject, text), also=[refuses("another name", other, 404)])


@probe("ListObjectAnnotations")
def list_all(bench: Workbench) -> Observation:
    """Name the annotations of the object."""
    subject, name, _, put = _annotated(bench)

    answer = offered(bench.treat(subject.call("ListObjectAnnotations")))

    if not put:
        _nothing_put(subject, answer)
    names = [element.text for element in answer.xml.iter("AnnotationName")]
    seen = f"answers {answer.root or 'no XML'} with {len(names)} names"
    return judge(
        shows(
            names == [name],
            f"{seen}, the one put",
            seen,
            otherwise=Seen.WRONG if names else Seen.ABSENT,
        )
    )


@probe("DeleteObjectAnnotation")
def delete(bench: Workbench) -> Observation:
    """Take the text away that has this name; another and the object stay."""
    subject, name, text, put = _annotated(bench)
    kept, other = bench.nonce(), bench.text()
    if put:
        bench.attempt(_call("Put", subject, kept, other))
    before = bench.attempt(_call("Get", subject, name))

    answer = bench.treat(_call("Delete", subject, name))
    bench.unharmed(subject)
    offered(answer)
    if not put or _tells(before, subject, text).seen is not Seen.HELD:
        _nothing_put(subject, before)
    after = bench.effect(_call("Get", subject, name))
    stays = bench.effect(_call("Get", subject, kept))

    gone = refuses("the annotation after", after, 404)
    return judge(gone, also=[_tells(stays, subject, other)])


def _annotated(bench: Workbench) -> tuple[Stored, str, bytes, bool]:
    """An object, an annotation's name and text, and whether it was put beside the object."""
    subject, name, text = bench.put(), bench.nonce(), bench.text(30)
    answer = bench.put_on(subject, _call("Put", subject, name, text))
    if answer is None:  # the text is the object now
        return bench.put(), name, text, False
    return subject, name, text, answer.ok


def _nothing_put(subject: Stored, answer: Response) -> NoReturn:
    if answer.ok and answer.body == subject.body:
        decide(Observed.IGNORED, "answers the object's bytes: the subresource is not known")
    if answer.status not in (200, 404):
        offered(answer)
    decide(Observed.UNPROVEN, f"answers {answer.describe()}, but no annotation can be put")


def _tells(answer: Response, subject: Stored, text: bytes) -> Proof:
    own = answer.body == subject.body
    said = "the object's bytes" if own else f"{answer.describe()}, {len(answer.body)} bytes"
    return shows(
        answer.ok and answer.body == text,
        f"{answer.call.operation} answers the {len(text)} bytes put",
        f"{answer.call.operation} answers {said}",
        otherwise=Seen.ABSENT if own or answer.status == 404 or not answer.body else Seen.WRONG,
    )
