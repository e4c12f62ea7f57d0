"""Where a website endpoint redirects requests for the object.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Check,
    OperationName,
    Workbench,
    api,
    core,
    detail,
    family,
    guide,
    has_header,
    offered,
    promise,
    refused,
)
from conformance.subjects import stored_headers, writes

REDIRECT: Final = "x-amz-website-redirect-location"
# AWS's page of CopyObject names the location "in combination with" this.
DIRECTIVE: Final = "x-amz-metadata-directive"
ABSOLUTE: Final = "https://example.com/a%20b?c=d&e=f#g"
INVALID: Final = "example.com/neither-slash-nor-scheme"


def _checks(operation: str, _: str) -> list[Check]:
    page, redirects = api(operation), guide("how-to-page-redirect")
    checks = [
        core("location", "the location in a HEAD", page),
        promise("by-get", "the same location in a GET", api("GetObject")),
        detail("invalid", f"400 for the location {INVALID}", redirects),
    ]
    if operation == "PutObject":
        checks += [
            promise("absolute", f"the location {ABSOLUTE} in a HEAD", redirects),
            promise("overwritten", "no location of an object that was overwritten", page),
        ]
    if operation == "CopyObject":
        checks.append(promise("not-copied", "a copy without the source's location", page))
    return checks


@family(REDIRECT, operations=writes.WRITES, checks=_checks)
def website_redirect(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Store the location with the object, and return it when the object is read."""
    location = f"/{bench.key('.html')}"

    wrote = stored_headers.write(bench, operation, {feature: location}, DIRECTIVE)
    answer = stored_headers.head(bench, wrote.subject)
    value = answer.header(feature)
    seen = wrote.weigh(stored_headers.reads_back(feature, answer, value, value == location))
    stored = bench.check("location", seen)
    bench.check("by-get", stored_headers.same_by_get(bench, wrote.subject, feature, answer))

    if operation == "PutObject":
        with bench.observing("absolute"):
            call = writes.write_call(bench, operation, {feature: ABSOLUTE})
            other = writes.written(bench, offered(bench.effect(call)))
            bench.check(
                "absolute", has_header(stored_headers.head(bench, other), feature, ABSOLUTE)
            )
        with bench.observing("overwritten"):
            after = stored_headers.head(bench, bench.put(key=wrote.subject.key))
            bench.check("overwritten", has_header(after, feature, None))
    replacing = {DIRECTIVE: "REPLACE"} if operation == "CopyObject" else {}
    call = writes.write_call(bench, operation, {feature: INVALID, **replacing})
    bench.check("invalid", refused(bench.effect(call), 400))
    if operation == "CopyObject" and stored:
        with bench.observing("not-copied"):
            # AWS's page says so of copies with the directive, which not every server takes.
            source = {"x-amz-copy-source": wrote.subject.source, DIRECTIVE: "COPY"}
            call = writes.write_call(bench, operation, source)
            answer = bench.effect(call)
            if not answer.ok:
                answer = offered(bench.effect(call.without(DIRECTIVE)))
            copy = writes.written(bench, answer)
            bench.check("not-copied", has_header(stored_headers.head(bench, copy), feature, None))
