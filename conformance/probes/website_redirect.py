"""Where a website endpoint redirects requests for the object.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Check,
    Workbench,
    core,
    detail,
    family,
    has_header,
    offered,
    promise,
    refused,
)
from conformance.probing.sources import api, guide
from conformance.s3.operations import OperationName
from conformance.subjects.stored_headers import head, reads_back, same_by_get, write
from conformance.subjects.writes import WRITES, write_call, written

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
    ]
    if operation == "PutObject":
        checks += [
            promise("absolute", f"the location {ABSOLUTE} in a HEAD", redirects),
            detail("invalid", f"400 for the location {INVALID}", redirects),
        ]
    if operation == "CopyObject":
        checks.append(promise("not-copied", "a copy without the source's location", page))
    return checks


@family(REDIRECT, operations=WRITES, checks=_checks)
def website_redirect(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Store the location with the object, and return it when the object is read."""
    location = f"/{bench.key('.html')}"

    wrote = write(bench, operation, {feature: location}, DIRECTIVE)
    answer = head(bench, wrote.subject)
    value = answer.header(feature)
    seen = wrote.weigh(reads_back(feature, answer, value, value == location))
    stored = bench.check("location", seen)
    bench.check("by-get", same_by_get(bench, wrote.subject, feature, answer))

    if operation == "PutObject":
        with bench.observing("absolute"):
            call = write_call(bench, operation, {feature: ABSOLUTE})
            other = written(bench, offered(bench.effect(call)))
            bench.check("absolute", has_header(head(bench, other), feature, ABSOLUTE))
        invalid = bench.effect(write_call(bench, operation, {feature: INVALID}))
        bench.check("invalid", refused(invalid, 400))
    if operation == "CopyObject" and stored:
        with bench.observing("not-copied"):
            source = {"x-amz-copy-source": wrote.subject.source}
            copy = written(bench, offered(bench.effect(write_call(bench, operation, source))))
            bench.check("not-copied", has_header(head(bench, copy), feature, None))
