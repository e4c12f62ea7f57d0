"""Objects stored by a browser's form, which is signed beforehand and sent without a signature.

What counts as proof. The object has the file's bytes; a form for another key than was signed for,
one whose time is over and one whose signature is spoiled are refused, and store nothing.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from conformance.forms import form
from conformance.probing import (
    NOT_OFFERED,
    Lab,
    Proof,
    Seen,
    Undecided,
    carries,
    decide,
    judge,
    offered,
    probe,
    refuses,
)
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.verdict import Hazard, Observation, Observed

OVER: Final = timedelta(minutes=-10)


@probe("PostObject", data=True)
def post_object(lab: Lab) -> Observation:
    """Store the form's file under its key, as long as the form is as it was signed."""
    key, file = lab.key(), lab.text()
    call = form(lab, key, file)

    answer = lab.treat(call, anonymous=True)
    if answer.denied:
        _known(lab, call, answer, key)
    offered(answer)
    read = Call(operation="GetObject", bucket=lab.bucket, key=key)
    stored = lab.effect(read)

    return judge(
        carries("the object", stored, file, otherwise=_otherwise(stored)),
        also=[
            _refused(lab, "for another key than was signed for", promised=lab.key()),
            _refused(lab, "whose time is over", lifetime=OVER),
            _refused(lab, "whose signature is spoiled", forged=True),
        ],
    )


def _known(lab: Lab, call: Call, answer: Response, key: str) -> None:
    """Whether forms are known at all: where not, they are refused as requests without a signature.

    Raises:
        Decided: the same form, sent by somebody known, is refused as what is not offered, or
            accepted without an object coming of it.
        Undecided: it is denied all the same.
    """
    signed = lab.control(call)
    if signed.status in NOT_OFFERED:
        decide(
            Observed.REJECTED,
            f"{answer.describe()}, and {signed.describe()} to the same form with a signature",
        )
    if signed.ok:
        there = lab.effect(Call(operation="GetObject", bucket=lab.bucket, key=key)).ok
        word = Observed.BROKEN if there else Observed.REJECTED
        text = "served only with a signature of its own" if there else "and stores nothing"
        decide(word, f"{answer.describe()}; with a signature {signed.describe()}, {text}")
    raise Undecided(f"access denied: {answer.describe()}, with a signature {signed.describe()}")


def _otherwise(stored: Response) -> Seen:
    return Seen.ABSENT if stored.status == 404 else Seen.WRONG


def _refused(
    lab: Lab,
    what: str,
    *,
    promised: str | None = None,
    lifetime: timedelta | None = None,
    forged: bool = False,
) -> Proof:
    """A form that is not as it was signed; a server that checks forms at all must refuse it."""
    how = {} if lifetime is None else {"lifetime": lifetime}
    call = form(lab, lab.key(), lab.text(), promised=promised, forged=forged, **how)
    answer = lab.effect(call, anonymous=True)
    proof = refuses(f"a form {what}", answer)
    if proof.seen is not Seen.ABSENT or lab.shared("a spoiled signature", _served).ok:
        return proof
    return Proof(seen=proof.seen, text=proof.text, hazard=Hazard.SILENT)


def _served(lab: Lab) -> Response:
    """What a spoiled signature is answered elsewhere; who verifies none is a test server."""
    return lab.control(Call(operation="HeadBucket", bucket=lab.bucket), forged=True)
