"""What can go wrong with a browser's forms, addresses and what a lifecycle tells."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from tests import strict_forms
from tests.mutants.assembling import is_creation
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damages.errors import refusing
from tests.mutants.damaging import (
    Behind,
    Respond,
    answering,
    edited,
    headed,
    is_head,
    reads,
    short,
    told_anyway,
    when,
)

F: Final = "PostForm"
A: Final = "Address"
L: Final = "Lifecycle"
ELEMENT: Final = f"{L}/(expiration-days|expiration-date|transition.*|abort-incomplete.*|filter.*)"
EXPIRATION: Final = "x-amz-expiration"
ABORT: Final = "x-amz-abort-date"
FORMS: Final = strict_forms.is_form


def form_status(status: int) -> Respond:
    """All forms are answered with one status."""
    return when(FORMS, answering(lambda a: replace(a, status=status)))


def unchecked_form(request: Request, behind: Behind) -> Answer:
    """A form that is refused is stored all the same, whatever its policy says."""
    answer = behind.ask(request)
    if not FORMS(request) or answer.status < 400:
        return answer
    return behind.ask(_stored_by(request))


def form_refused_and_stored(request: Request, behind: Behind) -> Answer:
    """A form that is refused is stored, and the refusal stands."""
    answer = behind.ask(request)
    if FORMS(request) and answer.status >= 400:
        behind.ask(_stored_by(request))
    return answer


def _stored_by(request: Request) -> Request:
    """PutObject of a form's file, signed by whoever signed the form."""
    fields = strict_forms.sent(request)
    said = f"AWS4-HMAC-SHA256 Credential={fields['x-amz-credential']}, Signature=0"
    return Request(
        method="PUT",
        target=f"{request.path.rstrip('/')}/{fields['key']}",
        headers=(("Host", request.header("Host") or ""), ("Authorization", said)),
        body=strict_forms.file_of(request),
    )


def another_code(request: Request, behind: Behind) -> Answer:
    """All forms are refused alike."""
    answer = behind.ask(request)
    if FORMS(request) and answer.status >= 400:
        return replace(answer, status=400, body=b"<Error><Code>Error</Code></Error>")
    return answer


def ignored_fields_refused(request: Request, _: Behind) -> Answer:
    return Answer(status=403)


def key_as_it_stands(request: Request, behind: Behind) -> Answer:
    """A key's ${filename} is stored as it stands, and filled in, too."""
    if FORMS(request) and "${filename}" in strict_forms.sent(request)["key"]:
        answer = behind.ask(request)
        put = _stored_by(request)
        behind.ask(replace(put, target=put.target.replace("${", "%24%7B").replace("}", "%7D")))
        return answer
    return behind.ask(request)


def _ignoring(request: Request) -> bool:
    return FORMS(request) and b"x-ignore-" in request.body


def _with_any_value(request: Request) -> bool:
    return FORMS(request) and b'"x-amz-meta-page"' in request.body


def _no_such_key(_: Request, __: Behind) -> Answer:
    return Answer(status=404, body=b"<Error><Code>NoSuchKey</Code></Error>")


def _slashed(request: Request) -> bool:
    return request.path.endswith("/") and request.path.count("/") == 2


def _without_slash(request: Request) -> Request:
    return replace(request, target=request.target.replace(request.path, request.path[:-1], 1))


def _an_object(request: Request, behind: Behind) -> Answer:
    """A bucket that is created with a slash behind its name has an object from the start."""
    answer = behind.ask(request)
    if request.method == "PUT" and _slashed(request) and answer.status == 200:
        behind.ask(replace(request, target=f"{request.path}odd"))
    return answer


def _key_in_key(request: Request) -> bool:
    """Whether a key begins with a bucket's name."""
    return request.method == "GET" and request.path.count("s3-conformance-") >= 3


LINES: Final[tuple[Line, ...]] = (
    (f"{F}/success-action-status", shown_by("201", wrong("200 always", form_status(200)))),
    (f"{F}/success-action-status", shown_by("200", wrong("204 always", form_status(204)))),
    (f"{F}/success-action-status", shown_by("default", wrong("201 always", form_status(201)))),
    (f"{F}/success-action-status", shown_by("other-value", wrong("202 always",
        form_status(202)))),
    (f"{F}/success-action-status", shown_by("201-document", wrong("no key",
        edited(rb"<Key>.*?</Key>", b"")))),
    (f"{F}/(success.*|stored-headers)", shown_by("bytes", wrong("cut", when(reads, short)))),
    (f"{F}/success-action-redirect", shown_by("redirect", wrong("no redirect", when(FORMS,
        lambda r, b: replace(b.ask(r), status=204))))),
    (f"{F}/success-action-redirect", shown_by("told", wrong("without a query", when(FORMS,
        lambda r, b: replace(b.ask(r), headers=(("Location", "http://client.example/uploaded"),))
    )))),
    (f"{F}/starts-with", shown_by("within", wrong("no key", when(reads, _no_such_key)))),
    (f"{F}/starts-with", shown_by("any-value", wrong("no other condition",
        when(_with_any_value, lambda *_: Answer(status=204))))),
    (f"{F}/starts-with", shown_by("other-key", wrong("any key", unchecked_form))),
    (f"{F}/starts-with", shown_by("other-value", wrong("any value",
        when(_with_any_value, unchecked_form)))),
    (f"{F}/starts-with", shown_by("status", wrong("another code", another_code))),
    (f"{F}/(starts-with|content-length-range|policy)", shown_by("nothing-stored",
        wrong("stored and refused", form_refused_and_stored))),
    (f"{F}/content-length-range", shown_by("within", wrong("not stored",
        when(reads, _no_such_key)))),
    (f"{F}/content-length-range", shown_by("too-long", wrong("any size", unchecked_form))),
    (f"{F}/content-length-range", shown_by("too-short", wrong("any size from 0",
        unchecked_form))),
    (f"{F}/content-length-range", shown_by("too-long-code", wrong("one code", another_code))),
    (f"{F}/content-length-range", shown_by("too-short-code", wrong("no code", another_code))),
    (f"{F}/policy", shown_by("stored", wrong("cut", when(reads, short)))),
    (f"{F}/policy", shown_by("other-key", wrong("any key", unchecked_form))),
    (f"{F}/policy", shown_by("unsigned-field", wrong("any field", unchecked_form))),
    (f"{F}/policy", shown_by("expired", wrong("for ever", unchecked_form))),
    (f"{F}/policy", shown_by("ignored-field", wrong("x-ignore- is refused",
        when(_ignoring, ignored_fields_refused)))),
    (f"{F}/policy", shown_by("status", wrong("400", another_code))),
    (f"{F}/stored-headers", shown_by("content-type", wrong("the part's", when(reads,
        headed("Content-Type", "text/plain"))))),
    (f"{F}/stored-headers", shown_by("disposition", wrong("dropped", when(reads,
        headed("Content-Disposition", None))))),
    (f"{F}/filename", shown_by("no-other", wrong("stored twice", key_as_it_stands))),
    # Addresses.
    (f"{A}/path-style", shown_by("stored", wrong("cut", when(reads, short)))),
    (f"{A}/(path-style|virtual.*|bucket-with-dots|trailing-slash)", shown_by("listed",
        wrong("empty listings", edited(rb"<Contents>.*</Contents>", b"")))),
    (f"{A}/(path-style|virtual.*)", shown_by("key-like-a-bucket", wrong("a name is left out",
        when(_key_in_key, _no_such_key)))),
    (f"{A}/virtual-hosted-style", shown_by("stored", wrong("cut", when(reads, short)))),
    (f"{A}/virtual-hosted-style", shown_by("missing-bucket", wrong("200 for 404",
        refusing(lambda a: Answer(status=200))))),
    (f"{A}/bucket-with-dots", shown_by("apart", wrong("one for all",
        refusing(lambda a: Answer(status=200))))),
    (f"{A}/bucket-with-dots", shown_by("two-dots", wrong("any dots",
        refusing(lambda a: Answer(status=200))))),
    (f"{A}/trailing-slash", shown_by("head", wrong("no bucket", when(
        lambda r: is_head(r) and _slashed(r), _no_such_key)))),
    (f"{A}/trailing-slash", shown_by("created", wrong("nodded at", when(
        lambda r: r.method == "PUT" and _slashed(r), lambda *_: Answer(status=200))))),
    (f"{A}/trailing-slash", shown_by("no-object", wrong("an object by the way", _an_object))),
    (f"{A}/trailing-slash", shown_by("deleted", wrong("nodded at", when(
        lambda r: r.method == "DELETE" and _slashed(r), lambda *_: Answer(status=204))))),
    # Lifecycles.
    (f"{L}/expiration-header", shown_by("put", wrong("not on PUT", when(
        lambda r: r.method == "PUT", headed(EXPIRATION, None))))),
    (f"{L}/expiration-header", shown_by("get", wrong("not on GET", when(
        lambda r: r.method == "GET", headed(EXPIRATION, None))))),
    (f"{L}/expiration-header", shown_by("date", wrong("the day of the rule",
        headed(EXPIRATION, lambda v: re.sub(r"\d{4} ", "2026 ", v))))),
    (f"{L}/expiration-header", shown_by("other-prefix", wrong("for all objects",
        told_anyway(EXPIRATION, "soon")))),
    (f"{L}/expiration-header", shown_by("disabled-rule", wrong("for all objects, too",
        told_anyway(EXPIRATION, "soon")))),
    (f"{L}/expiration-header", shown_by("earlier-object", wrong("new objects alone", when(
        lambda r: r.path.endswith("/earlier"), headed(EXPIRATION, None))))),
    (f"{L}/expiration-header", shown_by("removed", wrong("kept", told_anyway(EXPIRATION, "x")))),
    (f"{L}/abort-date", shown_by("rule", wrong("no rule", when(is_creation,
        headed("x-amz-abort-rule-id", None))))),
    (f"{L}/abort-date", shown_by("list-parts", wrong("not on ListParts", when(reads,
        headed(ABORT, None))))),
    (f"{L}/abort-date", shown_by("other-prefix", wrong("for all uploads",
        told_anyway(ABORT, "soon")))),
    (ELEMENT, shown_by("nothing-else", wrong("an action of its own",
        edited(rb"</Rule>", b"<NoncurrentVersionExpiration><NoncurrentDays>9</NoncurrentDays>"
            b"</NoncurrentVersionExpiration></Rule>")))),
    (ELEMENT, shown_by("deleted", wrong("nodded at", when(lambda r: r.method == "DELETE",
        lambda *_: Answer(status=204))))),
    (ELEMENT, shown_by("changed", wrong("the first stays", when(
        lambda r: r.method == "PUT" and "lifecycle" in r.parameters,
        lambda r, b: b.memory.setdefault("first", None) or b.memory.update(
            first=b.ask(r)) or b.memory["first"])))),
    (ELEMENT, shown_by("invalid", wrong("anything goes", refusing(lambda a: Answer(status=200))))),
    (f"{L}/default-rule", shown_by("replaced", wrong("beside it", edited(
        rb"</Rule>", b"</Rule><Rule><ID>own</ID></Rule>")))),
    ("Limit/lifecycle-1000-rules", shown_by("kept", wrong("dropped", when(
        lambda r: reads(r) and "lifecycle" in r.parameters,
        edited(rb"<Rule>(?!.*</Rule>.*<Rule>).*</Rule>", b""))))),
)  # fmt: skip
