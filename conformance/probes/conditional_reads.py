"""Conditional reads and writes: served only while a condition on the object's ETag or date holds.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html and
RFC 9110, section 13.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from conformance.probing import (
    ERRORS,
    Check,
    Comparison,
    OperationName,
    Response,
    Stored,
    Workbench,
    api,
    detail,
    equals,
    family,
    guide,
    has_body,
    has_header,
    has_status,
    promise,
    refused,
    rfc,
)
from conformance.subjects import multipart, preconditions

READS: Final[tuple[OperationName, ...]] = ("GetObject", "HeadObject")
# RFC 9110, 13.2.2: a client whose copy is still fresh gets no error.
UNMET: Final = {
    "If-Match": 412,
    "If-Unmodified-Since": 412,
    "If-None-Match": 304,
    "If-Modified-Since": 304,
}
# What decides where both are sent: the ETag's condition (RFC 9110, 13.2.2).

WRITERS: Final = 8
CONDITIONAL_WRITES: Final = guide("conditional-writes")
R2_WRITES: Final = (
    "https://developers.cloudflare.com/r2/api/s3/extensions/#conditional-operations-in-putobject"
)
# Other ways to write the object's own ETag, which the API reference does not speak of.
SPELLINGS: Final[Mapping[str, tuple[str, Callable[[preconditions.Dated], str]]]] = {
    "any-etag": ("*", lambda _: "*"),
    "list-of-etags": (
        "a list with its own ETag",
        lambda it: f"{preconditions.similar(it.etag)}, {it.etag}",
    ),
    "unquoted-etag": ("its own ETag without quotes", lambda it: it.etag.strip('"')),
}
WEAK: Final = ("its own ETag marked as weak", lambda it: f"W/{it.etag}")


def _spellings(
    operation: str, feature: str
) -> dict[str, tuple[str, Callable[[preconditions.Dated], str]]]:
    if operation != "GetObject" or feature not in ("If-Match", "If-None-Match"):
        return {}
    return {**SPELLINGS, **({"weak-etag": WEAK} if feature == "If-None-Match" else {})}


def _read_checks(operation: str, feature: str) -> list[Check]:
    unmet = f"{UNMET[feature]} for"
    met = "the object for" if operation == "GetObject" else "200 for"
    page = api(operation)
    checks = [
        Check(
            id=case.check,
            weight=case.weight,
            expected=f"{met if case.met else unmet} {case.means}",
            source=rfc(9110, "13.1.3") if case.by_http else page,
        )
        for case in preconditions.CASES[feature]
    ]
    by_etag = feature in ("If-Match", "If-None-Match")
    if by_etag:
        say = met if feature == "If-Match" else unmet
        checks.append(
            promise("etag-of-several-parts", f"{say} the ETag of an object of parts", page)
        )
        if operation == "GetObject":
            text = "404 for a key that has no object"
            checks.append(promise("missing-object", text, rfc(9110, "13.2.1")))
        section = rfc(9110, "13.1.1" if feature == "If-Match" else "13.1.2")
        checks += [
            detail(check, f"{say} {text}", section)
            for check, (text, _) in _spellings(operation, feature).items()
        ]
    elif operation == "GetObject":
        section = rfc(9110, "13.1.3" if feature == "If-Modified-Since" else "13.1.4")
        checks.append(detail("not-a-date", "the object for a value that is no date", section))
        date = "its own Last-Modified" if feature == "If-Modified-Since" else "the day before"
        text = f"{UNMET[feature]} for {date} in the two older forms of HTTP's dates"
        checks.append(detail("older-date-forms", text, rfc(9110, "5.6.7")))
    if UNMET[feature] == 304:
        checks.append(detail("etag-on-304", "the object's ETag with a 304", rfc(9110, "15.4.5")))
        text = "the object's Cache-Control with a 304"
        checks.append(detail("cache-control-on-304", text, rfc(9110, "15.4.5")))
    elif operation == "GetObject":
        checks.append(detail("error-code", "PreconditionFailed with a 412", ERRORS))
    return checks


@family(*preconditions.FEATURES, operations=READS, checks=_read_checks)
def conditional_read(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Serve the object while the condition is true; otherwise 412, or 304 where it is fresh."""
    subject = preconditions.dated_object(bench)
    ours, read = subject.ours, subject.ours.call(operation)
    first, *others = preconditions.CASES[feature]

    met = bench.treat(read.plus(headers=first.headers(bench, feature, subject)))
    if met.status not in UNMET.values():
        bench.accepted(met, feature)
    bench.check(first.check, _carried_out(met, ours))
    for case in others:
        with bench.observing(case.check):
            headers = case.headers(bench, feature, subject)
            answer = bench.effect(read.plus(headers=headers))
            seen = _carried_out(answer, ours) if case.met else refused(answer, UNMET[feature])
            if not seen.held and preconditions.is_alone(bench, case, subject, read):
                bench.skip(case.check, because="the server does not support the other condition")
                continue
            bench.check(case.check, seen)
            if answer.status == UNMET[feature]:
                _unmet(bench, answer, ours)
    _skip_missing(bench, operation, feature)

    if feature in ("If-Match", "If-None-Match"):
        _by_etag(bench, operation, feature, subject)
    elif operation == "GetObject":
        _by_date(bench, feature, subject)


def _by_etag(
    bench: Workbench, operation: OperationName, feature: str, subject: preconditions.Dated
) -> None:
    """An ETag of another form, and other ways to write the object's own."""
    with bench.observing("etag-of-several-parts"):
        parts = bench.shared("an object of two parts", multipart.two_parts)
        etag = bench.setup(parts.call("HeadObject")).etag
        answer = bench.effect(parts.call(operation, headers={feature: etag}))
        fresh = feature == "If-None-Match"
        seen = has_status(answer, 304) if fresh else _carried_out(answer, parts)
        bench.check("etag-of-several-parts", seen)
    if operation == "GetObject":
        absent = replace(subject.ours, key=bench.key())
        answer = bench.effect(absent.call(operation, headers={feature: subject.etag}))
        bench.check("missing-object", has_status(answer, 404))
    for check, (_, value) in _spellings(operation, feature).items():
        answer = bench.effect(subject.ours.call(operation, headers={feature: value(subject)}))
        bench.check(check, has_status(answer, 200 if feature == "If-Match" else 304))


def _by_date(bench: Workbench, feature: str, subject: preconditions.Dated) -> None:
    """A value that is no date, and the object's own date in other forms."""
    answer = bench.effect(subject.ours.call("GetObject", headers={feature: "a Monday"}))
    bench.check("not-a-date", _carried_out(answer, subject.ours))
    date = subject.at if feature == "If-Modified-Since" else subject.at - preconditions.DAY
    for value in preconditions.older_forms(date):
        answer = bench.effect(subject.ours.call("GetObject", headers={feature: value}))
        bench.check("older-date-forms", has_status(answer, UNMET[feature]))


def _carried_out(answer: Response, subject: Stored) -> Comparison:
    """A read that must be served: 200 with all of the object; of HEAD without a body."""
    if answer.status != 200:
        return has_status(answer, 200)
    return has_body(answer, b"" if answer.call.operation == "HeadObject" else subject.body)


def _unmet(bench: Workbench, answer: Response, ours: Stored) -> None:
    """What a 304 or a 412 has besides its status."""
    if answer.status == 304:
        bench.check("etag-on-304", has_header(answer, "ETag", ours.etag))
        _cached(bench, answer)
    elif answer.call.operation == "GetObject":
        bench.check("error-code", equals("code", answer.code, "PreconditionFailed", answer))


def _cached(bench: Workbench, answer: Response) -> None:
    """A 304 must have what a 200 has of caching; of a server that stores none it has none."""
    for name, value in preconditions.CACHED.items():
        whole = bench.shared("headers of an object that replaced another", _headers)
        if whole.header(name) == value:
            bench.check("cache-control-on-304", has_header(answer, name, value))
        else:
            bench.skip("cache-control-on-304", because=f"the server returns no {name} with a 200")


def _headers(bench: Workbench) -> Response:
    return bench.attempt(preconditions.dated_object(bench).ours.call("HeadObject"))


def _skip_missing(bench: Workbench, operation: str, feature: str) -> None:
    """Of checks on responses that never came, say so."""
    if UNMET[feature] == 304:
        missing = ("etag-on-304", "cache-control-on-304")
        bench.skip(*missing, because="the server returned no 304")
    elif operation == "GetObject":
        bench.skip("error-code", because="the server returned no 412")
