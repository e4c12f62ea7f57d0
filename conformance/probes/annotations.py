"""Annotations of an object: put, read, listed and deleted by name, while the object stays.

Under its name comes back what was put under it, and not under another. A server that does not know
the subresource returns the object's own bytes.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAnnotation.html
"""

from __future__ import annotations

from typing import Final, NoReturn

from conformance.probing import (
    NOT_OFFERED,
    Call,
    Comparison,
    Observed,
    OperationName,
    Outcome,
    Response,
    Stored,
    Workbench,
    api,
    core,
    decide,
    holds,
    offered,
    probe,
    promise,
    refused,
)

NAME: Final = "annotationName"
PUT: Final = "PutObjectAnnotation"
GET: Final = "GetObjectAnnotation"
LIST: Final = "ListObjectAnnotations"
DELETE: Final = "DeleteObjectAnnotation"


def _call(operation: OperationName, subject: Stored, name: str, body: bytes = b"") -> Call:
    return subject.call(operation, query={NAME: name}, body=body)


PUT_CHECKS: Final = (
    core("text", "the text put under the name", api(PUT)),
    core("replaced", "the text put last under the name", api(PUT)),
)


@probe(PUT, checks=PUT_CHECKS)
def put_object_annotation(bench: Workbench) -> None:
    """Keep a text beside the object under a name, and the next one in its place."""
    subject, name, first, second = bench.put(), bench.nonce(), bench.text(30), bench.text(20)

    answer = bench.treat(_call(PUT, subject, name, first))
    bench.unharmed(subject)
    offered(answer)
    read = bench.effect(_call(GET, subject, name))
    if read.status in NOT_OFFERED and read.status != 404:
        decide(Observed.UNPROVEN, f"served, but {GET} returns {read.describe()}")
    again = bench.effect(_call(PUT, subject, name, second))
    replaced = bench.effect(_call(GET, subject, name)) if again.ok else again
    bench.check("text", _has_text(read, subject, first))
    bench.check("replaced", _has_text(replaced, subject, second))


GET_CHECKS: Final = (
    core("text", "the text put under the name", api(GET)),
    promise("other-name", "404 for a name under which none was put", api(GET)),
)


@probe(GET, checks=GET_CHECKS)
def get_object_annotation(bench: Workbench) -> None:
    """Return the text that was put under the name, and no text for another name."""
    subject, name, text, put = _annotated(bench)

    answer = bench.treat(_call(GET, subject, name))
    other = bench.effect(_call(GET, subject, bench.nonce()))

    if not put:
        _nothing_put(subject, answer)
    if answer.status != 404:
        offered(answer)
    bench.check("text", _has_text(answer, subject, text))
    bench.check("other-name", refused(other, 404))


LIST_CHECKS: Final = (core("names", "the name of the one annotation put", api(LIST)),)


@probe(LIST, checks=LIST_CHECKS)
def list_object_annotations(bench: Workbench) -> None:
    """Name the annotations of the object."""
    subject, name, _, put = _annotated(bench)

    answer = offered(bench.treat(subject.call("ListObjectAnnotations")))

    if not put:
        _nothing_put(subject, answer)
    names = [element.text for element in answer.xml.iter("AnnotationName")]
    text = f"{answer.root or 'no XML'} with {len(names)} names"
    absent = Outcome.WRONG if names else Outcome.IGNORED
    bench.check("names", holds(names == [name], text, answer, otherwise=absent))


DELETE_CHECKS: Final = (
    core("deleted", "404 for the annotation after it is deleted", api(DELETE)),
    promise("others-kept", "another annotation of the object as before", api(DELETE)),
)


@probe(DELETE, checks=DELETE_CHECKS)
def delete_object_annotation(bench: Workbench) -> None:
    """Delete the text that has this name; another and the object stay."""
    subject, name, text, put = _annotated(bench)
    kept, other = bench.nonce(), bench.text()
    if put:
        bench.attempt(_call(PUT, subject, kept, other))
    before = bench.attempt(_call(GET, subject, name))

    answer = bench.treat(_call(DELETE, subject, name))
    bench.unharmed(subject)
    offered(answer)
    if not put or not _has_text(before, subject, text).held:
        _nothing_put(subject, before)
    after = bench.effect(_call(GET, subject, name))
    bench.check("deleted", refused(after, 404))
    stays = bench.effect(_call(GET, subject, kept))
    bench.check("others-kept", _has_text(stays, subject, other))


def _annotated(bench: Workbench) -> tuple[Stored, str, bytes, bool]:
    """An object, an annotation's name and text, and whether it was put beside the object."""
    subject, name, text = bench.put(), bench.nonce(), bench.text(30)
    answer = bench.put_on(subject, _call(PUT, subject, name, text))
    if answer is None:  # the text is the object now
        return bench.put(), name, text, False
    return subject, name, text, answer.ok


def _nothing_put(subject: Stored, answer: Response) -> NoReturn:
    if answer.ok and answer.body == subject.body:
        decide(Observed.IGNORED, "returns the object's bytes: the subresource is not known")
    if answer.status not in (200, 404):
        offered(answer)
    decide(Observed.UNPROVEN, f"returns {answer.describe()}, but no annotation can be put")


def _has_text(answer: Response, subject: Stored, text: bytes) -> Comparison:
    own = answer.body == subject.body
    right = answer.ok and answer.body == text
    seen = "the object's bytes" if own else f"{answer.describe()}, {len(answer.body)} bytes"
    absent = own or answer.status == 404 or not answer.body
    return holds(right, seen, answer, otherwise=Outcome.IGNORED if absent else Outcome.WRONG)
