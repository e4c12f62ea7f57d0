"""What the policy of a browser's form admits and refuses, and how such an upload is answered.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html.
"""

from __future__ import annotations

from dataclasses import replace
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
    behaviour,
    core,
    decide,
    detail,
    equals,
    guide,
    has_body,
    has_header,
    has_status,
    holds,
    promise,
    refused,
)
from conformance.subjects.encoded_words import WORD, decoded
from conformance.subjects.forms import OVER, TYPE, form, read_back

PAGE: Final = f"{API}/RESTObjectPOST.html"
POLICIES: Final = f"{API}/sigv4-HTTPPOSTConstructPolicy.html"
METADATA: Final = guide("UsingMetadata")
ACTION: Final = "success_action_status"
REDIRECT: Final = "success_action_redirect"


def _posted(bench: Workbench, call: Call) -> Response:
    """The answer to a form that must be carried out.

    Raises:
        Decided: forms are not offered, or a server error.
        Undecided: the form is refused for another reason.
    """
    answer = bench.treat(call, anonymous=True)
    if answer.status < 400:
        return answer
    said = f"expected the form's file to be stored; got {answer.describe()}"
    plain = bench.control(bench.plain.call("GetObject"))
    if not plain.ok:
        raise Undecided(f"{said}, and {plain.describe()} to GetObject")
    if answer.broke:
        decide(Observed.BROKEN, said)
    if answer.status in NOT_OFFERED:
        decide(Observed.REJECTED, said)
    raise Undecided(said)


def _stored(bench: Workbench, call: Call) -> Response:
    return bench.effect(read_back(call))


def _refuse(bench: Workbench, check: str, call: Call) -> Response:
    """A form that its policy does not allow, and the check that nothing is stored of it."""
    answer = bench.effect(call, anonymous=True)
    if bench.check(check, refused(answer).hurting(Hazard.SILENT)):
        bench.check("nothing-stored", has_status(_stored(bench, call), 404))
    return answer


@behaviour(
    "PostForm",
    ACTION.replace("_", "-"),
    checks=(
        core("201", "status 201", PAGE),
        promise("201-document", "Bucket, Key and ETag of the object in XML", PAGE),
        promise("200", "status 200 and no body", PAGE),
        promise("default", "status 204 without the field", PAGE),
        promise("other-value", "status 204 for another value than 200, 201 and 204", PAGE),
        promise("bytes", "the file's bytes with each", PAGE),
    ),
)
def action_status(bench: Workbench, _: str) -> None:
    """Answer a form with the status that it asks for."""
    for check, value, status in (
        ("default", "", 204),
        ("201", "201", 201),
        ("200", "200", 200),
        ("other-value", "404", 204),
    ):
        file = bench.text()
        asked = {ACTION: value} if value else {}
        call = form(bench, bench.key(), file, fields=asked)
        answer = bench.effect(call, anonymous=True) if value else _posted(bench, call)
        right = answer.status == status and (status != 200 or not answer.body)
        seen = f"{answer.describe()} with {len(answer.body)} bytes"
        bench.check(check, holds(right, seen, answer))
        bench.check("bytes", has_body(_stored(bench, call), file))
        if check == "201":
            told = [answer.text(name) for name in ("Bucket", "Key")]
            there = bool(answer.text("ETag"))
            right = told == [call.bucket, read_back(call).key] and there
            seen = f"Bucket and Key {told}, {'an' if there else 'no'} ETag"
            bench.check("201-document", holds(right, seen, answer))


@behaviour(
    "PostForm",
    REDIRECT.replace("_", "-"),
    checks=(
        core("redirect", "303 with the form's URL in Location", PAGE),
        promise("told", "bucket, key and etag in the query of that URL", PAGE),
        promise("bytes", "the file's bytes", PAGE),
    ),
)
def action_redirect(bench: Workbench, _: str) -> None:
    """Send the browser on to the page that the form names."""
    file, page = bench.text(), "http://client.example/uploaded"
    call = form(bench, bench.key(), file, fields={REDIRECT: page})
    answer = _posted(bench, call)
    url = answer.header("Location") or ""
    seen = f"{answer.describe()} with Location: {url or 'none'}"
    bench.check("redirect", holds(answer.status == 303 and url.startswith(page), seen, answer))
    missing = [name for name in ("bucket=", "key=", "etag=") if name not in url]
    bench.check("told", holds(not missing, f"{seen}, without {missing or 'nothing'}", answer))
    bench.check("bytes", has_body(_stored(bench, call), file))


@behaviour(
    "PostForm",
    "starts-with",
    security=True,
    checks=(
        promise("within", "the bytes under a key that starts so", POLICIES),
        core("other-key", "a refusal of a key that starts otherwise", POLICIES),
        promise("any-value", "the bytes for a field that may have any value", POLICIES),
        promise("other-value", "a refusal of another Content-Type than the one that may start so",
                POLICIES),
        promise("nothing-stored", "no object after a refusal", PAGE),
        detail("status", "403 AccessDenied", POLICIES),
    ),
)  # fmt: skip
def starts_with(bench: Workbench, _: str) -> None:
    """Take the keys and values that start as the policy has it, and no others."""
    file, prefix = bench.text(), bench.key("/")
    call = form(bench, f"{prefix}a", file, prefix=prefix)
    _posted(bench, call)
    bench.check("within", has_body(_stored(bench, call), file))
    answer = _refuse(bench, "other-key", form(bench, bench.key("/a"), file, prefix=prefix))
    bench.check("status", equals("answer", answer.describe(), "403 AccessDenied", answer))
    meta = "x-amz-meta-page"
    free = form(bench, f"{prefix}b", file, prefix=prefix, added={meta: "any"},
                conditions=[["starts-with", f"${meta}", ""]])  # fmt: skip
    _posted(bench, free)
    bench.check("any-value", has_body(_stored(bench, free), file))
    bound = form(bench, f"{prefix}c", file, prefix=prefix, added={meta: "other"},
                 conditions=[["starts-with", f"${meta}", "page-"]])  # fmt: skip
    _refuse(bench, "other-value", bound)


@behaviour(
    "PostForm",
    "content-length-range",
    security=True,
    checks=(
        promise("within", "the bytes of a file of just the largest size", POLICIES),
        core("too-long", "a refusal of a file one byte longer", POLICIES),
        promise("too-short", "a refusal of a file shorter than the smallest size", POLICIES),
        promise("nothing-stored", "no object after a refusal", PAGE),
        detail("too-long-code", "400 EntityTooLarge for the first", POLICIES),
        detail("too-short-code", "400 EntityTooSmall for the second", POLICIES),
    ),
)
def length_range(bench: Workbench, _: str) -> None:
    """Take files of the sizes that the policy allows, and no others."""
    rule = ["content-length-range", 20, 48]
    call = form(bench, bench.key(), bench.text(48), conditions=[rule])
    _posted(bench, call)
    bench.check("within", has_status(_stored(bench, call), 200))
    for check, size, code in (
        ("too-long", 49, "EntityTooLarge"),
        ("too-short", 19, "EntityTooSmall"),
    ):
        wrong = form(bench, bench.key(), bench.text(size), conditions=[rule])
        answer = _refuse(bench, check, wrong)
        bench.check(f"{check}-code", equals("answer", answer.describe(), f"400 {code}", answer))


@behaviour(
    "PostForm",
    "policy",
    security=True,
    checks=(
        promise("stored", "the bytes of a form that is as it was signed", PAGE),
        core("expired", "a refusal once the policy has expired", POLICIES),
        core("other-signature", "a refusal of another signature", POLICIES),
        core("other-policy", "a refusal of a policy that holds longer than the signed one",
             POLICIES),
        promise("other-key", "a refusal of another key than the policy's", POLICIES),
        promise("unsigned-field", "a refusal of a field that the policy does not name", POLICIES),
        promise("ignored-field", "the bytes beside a field x-ignore-", POLICIES),
        promise("nothing-stored", "no object after a refusal", PAGE),
        detail("status", "status 403 for the first three", POLICIES),
    ),
)  # fmt: skip
def policy(bench: Workbench, _: str) -> None:
    """Store what was signed for as long as it was signed for, and nothing else."""
    file = bench.text()
    call = form(bench, bench.key(), file)
    _posted(bench, call)
    bench.check("stored", has_body(_stored(bench, call), file))
    for check, wrong in (
        ("expired", form(bench, bench.key(), file, lifetime=OVER)),
        ("other-signature", form(bench, bench.key(), file, forged=True)),
        ("other-policy", form(bench, bench.key(), file, prolonged=True)),
    ):
        bench.check("status", has_status(_refuse(bench, check, wrong), 403))
    added = {"x-amz-meta-added": "later"}
    other = form(bench, bench.key(), file, promised=bench.key())
    _refuse(bench, "other-key", other)
    _refuse(bench, "unsigned-field", form(bench, bench.key(), file, added=added))
    ignored = form(bench, bench.key(), file, added={"x-ignore-note": "later"})
    bench.effect(ignored, anonymous=True)
    bench.check("ignored-field", has_body(_stored(bench, ignored), file))


@behaviour(
    "PostForm",
    "stored-headers",
    checks=(
        core("content-type", "the form's Content-Type, and not that of the file's part", PAGE),
        core("metadata", "the form's x-amz-meta- field with the object", PAGE),
        promise("disposition", "the form's Content-Disposition", PAGE),
        promise("bytes", "the file's bytes, line ends and hyphens in them", PAGE),
        promise("other-characters", f"metadata that a client decodes to {WORD!r}", METADATA),
    ),
)
def stored_headers(bench: Workbench, _: str) -> None:
    """Store the form's fields as the object's headers."""
    file = b"\r\n--" + bench.text() + b"\r\n--s3-conformance\r\n\r\n"
    shown = "attachment"
    fields = {"Content-Disposition": shown, "x-amz-meta-of-form": "yes"}
    call = form(bench, bench.key(), file, fields=fields)
    _posted(bench, call)
    back = _stored(bench, call)
    bench.check("content-type", has_header(back, "Content-Type", TYPE))
    bench.check("metadata", has_header(back, "x-amz-meta-of-form", "yes"))
    bench.check("disposition", has_header(back, "Content-Disposition", shown))
    bench.check("bytes", has_body(back, file))
    meta = "x-amz-meta-word"
    other = form(bench, bench.key(), file, fields={meta: WORD})
    bench.effect(other, anonymous=True)
    head = bench.effect(replace(read_back(other), operation="HeadObject"))
    told = head.header(meta)
    bench.check("other-characters", holds(decoded(told) == WORD, f"{meta}: {told!a}", head))


@behaviour(
    "PostForm",
    "filename",
    checks=(
        core("filled-in", "the bytes under the key with the file's name in it", PAGE),
        promise("no-other", "no object under the key as it stands in the form", PAGE),
    ),
)
def filename(bench: Workbench, _: str) -> None:
    """Put the file's name in the place of ${filename} in the key."""
    file, prefix = bench.text(), bench.key("/")
    template = f"{prefix}${{filename}}"
    call = form(bench, template, file, prefix=prefix)
    _posted(bench, call)
    bench.check("filled-in", has_body(_stored(bench, call), file))
    literal = Call(operation="GetObject", bucket=call.bucket, key=template)
    bench.check("no-other", has_status(bench.effect(literal), 404))
