"""Objects stored by a browser's form, which is signed beforehand and sent without a signature.

The object has the file's bytes; a form for another key than was signed for, one that has expired
and one whose signature is wrong are refused, and store nothing.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    API,
    NOT_OFFERED,
    Call,
    Hazard,
    Observed,
    Response,
    Undecided,
    Workbench,
    core,
    decide,
    detail,
    has_header,
    has_status,
    offered,
    probe,
    promise,
    refused,
)
from conformance.subjects import writes
from conformance.subjects.forms import OVER, TYPE, form, read_back

PAGE: Final = f"{API}/RESTObjectPOST.html"
POLICIES: Final = f"{API}/sigv4-HTTPPOSTConstructPolicy.html"
CHECKS: Final = (
    core("stored", "an object with the file's bytes", PAGE),
    promise("content-type", "the form's Content-Type with the object", PAGE),
    promise("other-key", "a refusal of a form for another key than was signed for", POLICIES),
    promise("expired", "a refusal of a form that has expired", POLICIES),
    promise("wrong-signature", "a refusal of a form whose signature is wrong", POLICIES),
    promise("too-long", "a refusal of a file longer than content-length-range", POLICIES),
    promise("refused-stores-nothing", "no object after such a refusal", PAGE),
    detail("status", "204 without success_action_status", PAGE),
)


@probe("PostObject", checks=CHECKS)
def post_object(bench: Workbench) -> None:
    """Store the form's file under its key, as long as the form is as it was signed."""
    # Its end looks like the one of a part of the form.
    key, file = bench.key(), bench.text() + b"\r\n"
    call = form(bench, key, file)

    answer = bench.treat(call, anonymous=True)
    if answer.denied:
        _known(bench, call, answer, key)
    offered(answer)
    read = Call(operation="GetObject", bucket=bench.bucket, key=key)
    stored = bench.effect(read)

    bench.check("stored", writes.has_stored(stored, file))
    bench.check("content-type", has_header(stored, "Content-Type", TYPE))
    bench.check("status", has_status(answer, 204))
    text = bench.text()
    _refuse(bench, "other-key", form(bench, bench.key(), text, promised=bench.key()))
    _refuse(bench, "expired", form(bench, bench.key(), text, lifetime=OVER))
    _refuse(bench, "wrong-signature", form(bench, bench.key(), text, forged=True))
    _refuse(
        bench,
        "too-long",
        form(bench, bench.key(), text, conditions=[["content-length-range", 0, len(text) - 1]]),
    )


def _known(bench: Workbench, call: Call, answer: Response, key: str) -> None:
    """Whether forms are known at all: where not, they are refused as requests without a signature.

    Raises:
        Decided: the same form, sent by somebody known, is refused as what is not offered, or
            accepted without an object being stored.
        Undecided: it is denied all the same.
    """
    signed = bench.control(call)
    if signed.status in NOT_OFFERED:
        decide(
            Observed.REJECTED,
            f"{answer.describe()}, and {signed.describe()} to the same form with a signature",
        )
    if signed.ok:
        there = bench.effect(Call(operation="GetObject", bucket=bench.bucket, key=key)).ok
        word = Observed.BROKEN if there else Observed.REJECTED
        text = "served only with a signature of its own" if there else "and stores nothing"
        decide(word, f"{answer.describe()}; with a signature {signed.describe()}, {text}")
    raise Undecided(f"access denied: {answer.describe()}, with a signature {signed.describe()}")


def _refuse(bench: Workbench, check: str, call: Call) -> None:
    """A form that its policy does not allow; a server that checks forms must refuse it."""
    answer = bench.effect(call, anonymous=True)
    seen = refused(answer)
    if answer.ok and not bench.shared("a wrong signature", _served).ok:
        seen = seen.hurting(Hazard.SILENT)
    if bench.check(check, seen):
        bench.check("refused-stores-nothing", refused(bench.effect(read_back(call)), 404))


def _served(bench: Workbench) -> Response:
    """A request with a wrong signature; a server that serves it verifies none at all."""
    return bench.control(Call(operation="HeadBucket", bucket=bench.bucket), invalid_signature=True)
