"""User-defined metadata: x-amz-meta-* headers that are stored with an object.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Check,
    OperationName,
    Outcome,
    Workbench,
    api,
    core,
    family,
    guide,
    has_header,
    holds,
    promise,
)
from conformance.subjects import stored_headers, writes

ANY: Final = "x-amz-meta-*"
DIRECTIVE: Final = "x-amz-metadata-directive"
METADATA: Final = guide("UsingMetadata")
NAME, VALUE = "x-amz-meta-asked", "yes"
# A second header, whose name and value a careless server changes.
OTHER, PUNCTUATED = "x-amz-meta-second-2", 'a=1; b="2, 3" & %41'
((COPIED, _),) = writes.SOURCE_METADATA.items()


def _checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    checks = [
        core("stored", f"{NAME}: {VALUE} in a HEAD", page),
        promise("by-get", f"the same {NAME} in a GET", api("GetObject")),
        promise("all-of-them", f"a second header, {OTHER}: {PUNCTUATED}", METADATA),
    ]
    if operation == "CopyObject":
        text = f"no {COPIED} of the source with {DIRECTIVE}: REPLACE"
        checks.append(promise("in-place-of-the-source-s", text, page))
        text = f"no {NAME} of a copy without {DIRECTIVE}, which has its source's"
        checks.append(promise("not-by-default", text, page))
    if operation == "PutObject":
        text = f"no {NAME} of an object that was overwritten without it"
        checks.append(promise("overwritten", text, page))
    return checks


@family(ANY, operations=writes.WRITES, checks=_checks)
def user_metadata(bench: Workbench, operation: OperationName, _: str) -> None:
    """Store the x-amz-meta- headers with the object, and return them when the object is read.

    A copy has its source's headers unless they are to be replaced.
    """
    asked = {NAME: VALUE, OTHER: PUNCTUATED}
    wrote = stored_headers.write(bench, operation, asked, DIRECTIVE)

    answer = stored_headers.head(bench, wrote.subject)
    value = answer.header(NAME)
    stored = stored_headers.reads_back(NAME, answer, value, value == VALUE)
    bench.check("stored", wrote.weigh(stored))
    bench.check("by-get", stored_headers.same_by_get(bench, wrote.subject, NAME, answer))
    bench.check("all-of-them", has_header(answer, OTHER, PUNCTUATED))
    if operation == "CopyObject":
        if wrote.without:
            because = f"{DIRECTIVE} is refused"
            bench.skip("in-place-of-the-source-s", because=because)
        else:
            bench.check("in-place-of-the-source-s", has_header(answer, COPIED, None))
        with bench.observing("not-by-default"):
            copy = bench.setup(writes.write_call(bench, operation, asked))
            after = stored_headers.head(bench, writes.written(bench, copy))
            bench.check("not-by-default", has_header(after, NAME, None))
    if operation == "PutObject":
        with bench.observing("overwritten"):
            after = stored_headers.head(bench, bench.put(key=wrote.subject.key))
            told = after.header(NAME)
            text = f"{NAME}: {told}" if told else f"no {NAME}"
            bench.check("overwritten", holds(not told, text, after, otherwise=Outcome.WRONG))
