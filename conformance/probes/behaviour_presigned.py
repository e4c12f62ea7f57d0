"""Requests that are signed in the URL: what the signature covers, and for how long.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from conformance.probing import (
    API,
    Check,
    Comparison,
    Credentials,
    OperationName,
    Outcome,
    Presigned,
    Response,
    Stored,
    Workbench,
    api,
    behaviour,
    core,
    detail,
    has_body,
    has_header,
    holds,
    operation_named,
    promise,
    refused,
    served,
    verified,
)
from conformance.subjects import multipart

PAGE: Final = f"{API}/sigv4-query-string-auth.html"
OPERATIONS: Final = ("GetObject", "HeadObject", "PutObject", "DeleteObject")
WEEK: Final = 7 * 24 * 3600
AGE: Final = 1200
# What a URL is signed for that is used for an operation all the same.
OTHER_METHOD: Final = {
    "GetObject": "PUT",
    "HeadObject": "PUT",
    "PutObject": "GET",
    "DeleteObject": "GET",
}
STRANGER: Final = Credentials(access_key="AKIAS3CONFORMANCE000", secret_key="s" * 40)
ADDED: Final = "response-content-type=text%2Fx-added&"
TYPE: Final = "Content-Type"
CACHE: Final = "Cache-Control"
DISPOSITION: Final = "Content-Disposition"
OVERRIDE: Final = "response-content-disposition"
# What a browser is told as a file's name: quotes, a semicolon, an asterisk, RFC 8187's form.
ODD_NAME: Final = (
    "attachment; filename=\"it's a+b; c*d & e.txt\"; filename*=UTF-8''%C3%A9t%C3%A9.txt"
)


def _checks(_: str, name: str) -> Iterator[Check]:
    done = {
        "GetObject": "the object's bytes",
        "HeadObject": "200 with the object's ETag and no body",
        "PutObject": "the bytes stored",
        "DeleteObject": "the object gone",
    }[name]
    yield core("carried-out", done, PAGE)
    yield core("other-signature", "a refusal of a URL whose signature has another digit", PAGE)
    yield detail("other-signature-status", "status 403 for it", PAGE)
    if name in ("PutObject", "DeleteObject"):
        yield promise("unchanged", "the object as it was after the refusal", PAGE)
    yield promise("unsigned-header", "a refusal of an x-amz- header that is not signed", PAGE)
    text = f"a refusal of a URL that is signed for {OTHER_METHOD[name]}"
    yield promise("other-method", text, PAGE)
    if name in ("GetObject", "HeadObject"):
        yield promise("other-key", "a refusal of the URL for another object", PAGE)
    if name == "GetObject":
        text = "a refusal of a URL that has a parameter more than was signed"
        yield promise("added-parameter", text, PAGE)
        yield promise("unsigned", "a refusal of a URL without X-Amz-Signature", PAGE)
        yield promise("unknown-key", "a refusal of an access key that nobody has", PAGE)
    if name == "PutObject":
        text = f"the bytes stored with a {TYPE} that is not signed"
        yield detail("unsigned-type", text, PAGE)


def _declared(topic: str, name: str) -> list[Check]:
    return [*_checks(topic, name)]


@behaviour("Presigned", *OPERATIONS, checks=_declared, security=True)
def presigned(bench: Workbench, name: str) -> None:
    """Carry out a request that is signed in its URL, and refuse one with another signature."""
    operation = operation_named(name)
    subject = bench.put()
    body = bench.text() if name == "PutObject" else b""
    call = subject.call(operation, body=body)

    forged = bench.effect(call, presigned=Presigned(), invalid_signature=True)
    bench.check("other-signature", verified(forged))
    bench.check("other-signature-status", holds(forged.status == 403, forged.describe(), forged))
    turned = bench.effect(call, presigned=Presigned(method=OTHER_METHOD[name]))
    bench.check("other-method", verified(turned))
    if name in ("PutObject", "DeleteObject"):
        if forged.ok or turned.ok:
            bench.skip("unchanged", because="the other signature or method was not refused")
            subject = bench.put()
            call = replace(call, key=subject.key)
        else:
            back = bench.effect(subject.call("GetObject"))
            bench.check("unchanged", has_body(back, subject.body))

    answer = bench.treat(call, presigned=Presigned())
    if not answer.ok:
        # The same request, signed in its headers.
        bench.accepted(answer, control=replace(call, key=bench.put().key))
    bench.check("carried-out", _carried_out(bench, answer, subject, body))
    added = Presigned(unsigned=(("x-amz-meta-added", "later"),))
    other = replace(call, key=bench.put().key)
    bench.check("unsigned-header", refused(bench.effect(other, presigned=added)))
    if name in ("GetObject", "HeadObject"):
        elsewhere = Presigned(changed=(call.key, other.key))
        bench.check("other-key", verified(bench.effect(call, presigned=elsewhere)))
    if name == "GetObject":
        longer = Presigned(changed=("X-Amz-Algorithm", f"{ADDED}X-Amz-Algorithm"))
        bench.check("added-parameter", verified(bench.effect(call, presigned=longer)))
        bare = Presigned(changed=("X-Amz-Signature", "X-Amz-Signature-"))
        bench.check("unsigned", refused(bench.effect(call, presigned=bare, as_answered=True)))
        strange = bench.effect(call, presigned=Presigned(), credentials=STRANGER)
        bench.check("unknown-key", verified(strange))
    if name == "PutObject":
        typed = Presigned(unsigned=((TYPE, "text/x-unsigned"),))
        sent = bench.effect(call, presigned=typed)
        bench.check("unsigned-type", served(sent))


def _carried_out(bench: Workbench, answer: Response, subject: Stored, body: bytes) -> Comparison:
    operation: OperationName = answer.call.operation
    if operation == "HeadObject":
        told = (answer.etag, answer.header("Content-Length"))
        right = told == (subject.etag, str(len(subject.body))) and not answer.body
        return holds(right, f"{answer.describe()} with ETag {answer.etag}", answer)
    if operation == "GetObject":
        return has_body(answer, subject.body)
    back = bench.effect(subject.call("GetObject"))
    if operation == "DeleteObject":
        seen = f"{back.describe()} to GetObject"
        return holds(back.status == 404, seen, back, otherwise=Outcome.IGNORED)
    return has_body(back, body)


@behaviour(
    "Presigned",
    "expired",
    security=True,
    checks=(
        core("expired", "a refusal of a URL whose time is over", PAGE),
        promise("before", "the object with a URL signed as long ago whose time is not over", PAGE),
        promise("endless", "a refusal of a URL without X-Amz-Expires", PAGE),
        detail("expired-status", "status 403 for the first", PAGE),
        detail("too-early", "a refusal of a URL that is signed an hour from now", PAGE),
    ),
)
def expired(bench: Workbench, _: str) -> None:
    """Serve a URL as long as it says, and refuse it then."""
    call = bench.plain.call("GetObject")
    # Longer ago than the quarter of an hour by which clocks may differ.
    good = Presigned(age=AGE, expires=3600)
    before = bench.treat(call, presigned=good, as_answered=True)
    bench.accepted(before, control=call)
    bench.check("before", has_body(before, bench.plain.body))
    late = bench.effect(call, presigned=Presigned(age=AGE, expires=60), as_answered=True)
    bench.check("expired", refused(late))
    bench.check("expired-status", holds(late.status == 403, late.describe(), late))
    endless = bench.effect(call, presigned=Presigned(endless=True), as_answered=True)
    bench.check("endless", refused(endless))
    early = bench.effect(call, presigned=Presigned(age=-3600, expires=7200), as_answered=True)
    bench.check("too-early", refused(early))


@behaviour(
    "Presigned",
    "expires-after-a-week",
    checks=(
        core("over-a-week", f"a refusal of X-Amz-Expires={WEEK + 1}", PAGE),
        promise("a-week", f"the object for X-Amz-Expires={WEEK}", PAGE),
        promise("negative", "a refusal of X-Amz-Expires=-1", PAGE),
        promise("zero", "a refusal of X-Amz-Expires=0", PAGE),
        detail("over-a-week-status", "status 400 for the first", PAGE),
    ),
)
def long_lived(bench: Workbench, _: str) -> None:
    """Serve a URL that is good for seven days, and refuse one that is to be good for longer."""
    call = bench.plain.call("GetObject")
    week = bench.treat(call, presigned=Presigned(expires=WEEK))
    bench.accepted(week, control=call)
    bench.check("a-week", has_body(week, bench.plain.body))
    longer = bench.effect(call, presigned=Presigned(expires=WEEK + 1))
    bench.check("over-a-week", refused(longer))
    bench.check("over-a-week-status", holds(longer.status == 400, longer.describe(), longer))
    for check, seconds in (("negative", -1), ("zero", 0)):
        answer = bench.effect(call, presigned=Presigned(expires=seconds), as_answered=True)
        bench.check(check, refused(answer))


@behaviour(
    "Presigned",
    "signed-header",
    security=True,
    checks=(
        core("other-value", f"a refusal of another {TYPE} than the signed one", PAGE),
        promise("signed-value", f"the object with the signed {TYPE}", PAGE),
        promise("missing", f"a refusal of a request without the signed {TYPE}", PAGE),
        promise("other-header", f"a refusal of a request without the signed {CACHE}", PAGE),
        promise("unchanged", "the object as it was after the refusals", PAGE),
    ),
)
def signed_header(bench: Workbench, _: str) -> None:
    """Store with the headers that the URL was signed for, and refuse to store with others."""
    subject = bench.put()
    call = subject.call("PutObject", headers={TYPE: "text/x-signed"}, body=bench.text())
    refusals: list[Response] = []
    for check, value in (("other-value", "text/x-other"), ("missing", "")):
        sent = Presigned(unsigned=((TYPE, value),))
        answer = bench.effect(call, presigned=sent)
        refusals.append(answer)
        bench.check(check, refused(answer))
    cached = call.plus(headers={CACHE: "max-age=61"})
    refusals.append(bench.effect(cached, presigned=Presigned(unsigned=((CACHE, ""),))))
    bench.check("other-header", refused(refusals[-1]))
    if any(answer.ok for answer in refusals):
        bench.skip("unchanged", because="the other header was not refused")
    else:
        back = bench.effect(subject.call("GetObject"))
        bench.check("unchanged", has_body(back, subject.body))
    answer = bench.treat(call, presigned=Presigned())
    bench.accepted(answer, control=replace(call, key=bench.key()))
    head = bench.effect(subject.call("HeadObject"))
    bench.check("signed-value", has_header(head, TYPE, "text/x-signed"))


@behaviour(
    "Presigned",
    "response-content-disposition",
    checks=(
        core("asked-for", f"{DISPOSITION} as the URL asks, to the letter", api("GetObject")),
        promise("this-once", f"no {DISPOSITION} without the parameter", api("GetObject")),
        promise("other-value", "a refusal of another value than the signed one", PAGE),
    ),
)
def override(bench: Workbench, _: str) -> None:
    """Return the file name that the URL asks for, and none that it was not signed for."""
    call = bench.plain.call("GetObject")
    asking = call.plus(query={OVERRIDE: ODD_NAME})
    answer = bench.treat(asking, presigned=Presigned())
    bench.accepted(answer, control=call)
    bench.check("asked-for", has_header(answer, DISPOSITION, ODD_NAME, default=[None]))
    plain = bench.effect(call, presigned=Presigned())
    bench.check("this-once", has_header(plain, DISPOSITION, None))
    turned = Presigned(changed=("attachment", "inline"))
    bench.check("other-value", refused(bench.effect(asking, presigned=turned)))


@behaviour(
    "Presigned",
    "UploadPart",
    security=True,
    checks=(
        core("carried-out", "the bytes of an object of a part that was sent so", PAGE),
        core("other-signature", "a refusal of a URL whose signature has another digit", PAGE),
        promise("other-part", "a refusal of the URL for another part number", PAGE),
    ),
)
def part(bench: Workbench, _: str) -> None:
    """Store a part by a URL that names its upload and number."""
    upload = multipart.begin(bench)
    call = upload.part(1, bench.text())
    forged = bench.effect(call, presigned=Presigned(), invalid_signature=True)
    bench.check("other-signature", verified(forged))
    answer = bench.treat(call, presigned=Presigned())
    bench.accepted(answer, control=call)
    turned = Presigned(changed=("partNumber=1", "partNumber=2"))
    bench.check("other-part", verified(bench.effect(call, presigned=turned)))
    bench.setup(upload.complete([answer.etag]))
    bench.check("carried-out", multipart.assembled(bench.effect(upload.read), call.body))
