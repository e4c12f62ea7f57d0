"""System metadata: headers that are stored with an object and read back with it.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Final

from conformance.probing import (
    Check,
    OperationName,
    Response,
    Workbench,
    api,
    core,
    detail,
    family,
    guide,
    has_body,
    has_header,
    holds,
    offered,
    promise,
    rfc,
)
from conformance.subjects import stored_headers, writes

DIRECTIVE: Final = "x-amz-metadata-directive"
METADATA: Final = guide("UsingMetadata")
# Values that no server gives an object by itself, as long as they come. A careless server keeps
# the first part, which tells one that ignores the header from one that cuts it off.
VALUES: Final = {
    "Content-Type": "application/x-s3-conformance; charset=utf-8",
    "Cache-Control": "public, max-age=4711",
    "Content-Disposition": "attachment; filename=\"a.txt\"; filename*=UTF-8''%C3%A4%20b.txt",
    "Content-Encoding": "gzip",
    "Content-Language": "rm-CH, de",
    "Expires": "Sat, 01 Dec 2040 16:00:00 GMT",
}
FIRST_PARTS: Final = {
    "Content-Type": "application/x-s3-conformance",
    "Cache-Control": "public",
    "Content-Disposition": "attachment",
    "Content-Language": "rm-CH",
}
# More values, which PutObject stores: the check and the value.
MORE: Final = {
    # What a server may take for the fields of a form.
    "Content-Type": ("form-type", "application/x-www-form-urlencoded"),
    "Content-Encoding": ("several-codings", "deflate, gzip"),
    "Expires": ("zero", "0"),
}
# What an object is for which no type was given: AWS's word, and HTTP's.
UNTYPED: Final = ("binary/octet-stream", "application/octet-stream")


def _checks(operation: str, feature: str) -> list[Check]:
    page, value = api(operation), VALUES[feature]
    checks = [promise("by-get", f"the same {feature} in a GET", api("GetObject"))]
    if first := FIRST_PARTS.get(feature):
        checks.insert(0, core("stored", f"{feature} with {first} in a HEAD", page))
        checks.append(promise("whole-value", f"{feature}: {value}", METADATA))
    elif feature == "Expires":
        checks.insert(0, core("stored", f"the date {value} in a HEAD", page))
        checks.append(detail("format", f"{feature}: {value}", rfc(9110, "5.6.7")))
    else:
        checks.insert(0, core("stored", f"{feature}: {value} in a HEAD", page))
    if operation == "PutObject":
        overwritten = f"no {feature} of an object that was overwritten"
        checks.append(promise("overwritten", overwritten, page))
    if operation == "PutObject" and feature == "Content-Type":
        form = f"the bytes of an object with {feature}: {MORE[feature][1]}"
        checks.append(promise("form-type", form, page))
    if operation == "PutObject" and feature == "Content-Encoding":
        # Some SDKs decode the response by it, which has no body.
        text = "no Content-Encoding in the response to PutObject"
        checks.append(promise("not-of-the-response", text, page))
        several = "Content-Encoding: deflate, gzip in a HEAD"
        checks.append(promise("several-codings", several, rfc(9110, "8.4")))
    if operation == "PutObject" and feature == "Expires":
        checks.append(detail("zero", "Expires: 0 in a HEAD", rfc(9111, "5.3")))
    return checks


@family(*VALUES, operations=writes.WRITES, checks=_checks)
def system_metadata(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Store the header with the object, and return it when the object is read.

    A copy has its source's headers unless they are to be replaced.
    """
    wrote = stored_headers.write(bench, operation, {feature: VALUES[feature]}, DIRECTIVE)
    unasked = bench.shared("a plain object's headers", _plain_headers).header(feature)

    answer = stored_headers.head(bench, wrote.subject)
    value = answer.header(feature)
    defaults = (*UNTYPED, *([unasked] if unasked else ()))
    right = value is not None and _is_stored(feature, value)
    bench.check(
        "stored", wrote.weigh(stored_headers.reads_back(feature, answer, value, right, defaults))
    )
    bench.check("by-get", stored_headers.same_by_get(bench, wrote.subject, feature, answer))
    if feature in FIRST_PARTS:
        bench.check("whole-value", has_header(answer, feature, VALUES[feature]))
    if feature == "Expires":
        bench.check("format", has_header(answer, feature, VALUES[feature]))
    if operation == "PutObject":
        with bench.observing("overwritten"):
            after = stored_headers.head(bench, bench.put(key=wrote.subject.key))
            last = after.header(feature)
            text = f"{feature}: {last}" if last else f"no {feature}"
            bench.check("overwritten", holds(not last or last != value, text, after))
    if operation == "PutObject" and feature == "Content-Encoding":
        bench.check("not-of-the-response", has_header(wrote.answer, feature, None))
    if operation == "PutObject" and feature in MORE:
        check, other = MORE[feature]
        with bench.observing(check):
            call = writes.write_call(bench, operation, {feature: other})
            subject = writes.written(bench, offered(bench.effect(call)))
            bench.check(check, has_header(stored_headers.head(bench, subject), feature, other))
            if feature == "Content-Type":
                bench.check(check, has_body(bench.effect(subject.call("GetObject")), subject.body))


def _plain_headers(bench: Workbench) -> Response:
    return bench.setup(bench.plain.call("HeadObject"))


def _is_stored(feature: str, value: str) -> bool:
    """Whether a header's value is what was stored, or its first part.

    Of a date only the moment counts here, for HTTP has several ways to write it.
    """
    if feature in FIRST_PARTS:
        return FIRST_PARTS[feature].lower() in value.lower()
    if feature != "Expires":
        return value == VALUES[feature]
    try:
        return parsedate_to_datetime(value) == parsedate_to_datetime(VALUES[feature])
    except (ValueError, TypeError):
        return False
