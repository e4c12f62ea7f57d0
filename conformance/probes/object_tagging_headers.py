"""Tags given to an object as it is stored.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Check,
    Stored,
    Undecided,
    Workbench,
    core,
    decide,
    detail,
    equals,
    family,
    has_header,
    holds,
    offered,
    probe,
    promise,
    refused,
)
from conformance.probing.sources import api, guide
from conformance.s3.operations import Call, OperationName
from conformance.subjects.object_tags import (
    COUNT,
    FOREIGN_VALUE,
    HEADER,
    MOST,
    NAME,
    NONE,
    ODD_NAME,
    ODD_VALUE,
    header_of,
    tagged,
    tags,
    text_of,
)
from conformance.subjects.stored_headers import write
from conformance.subjects.writes import WRITES, write_call, written
from conformance.verdict import Observed, Outcome

DIRECTIVE: Final = "x-amz-tagging-directive"
PAGE: Final = api("CopyObject")
TAGS: Final = guide("object-tagging")


def _checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    checks = [
        core("tagged", f"an object with the tag {NAME}", page),
        promise("several", "an object with both tags and no other", page),
        promise("count", f"{COUNT}: 2 in a GET", api("GetObject")),
    ]
    if operation == "PutObject":
        checks += [
            promise("decoded", f"the tag {ODD_NAME}={ODD_VALUE} that was URL-encoded", page),
            promise("non-ascii", f"a tag with the value {FOREIGN_VALUE}", TAGS),
            promise("overwrite", "no tags of an object that was overwritten", page),
            promise("empty-tag-value", "an object with a tag whose value is empty", TAGS),
            promise("eleven-tags", "a refusal of 11 tags", TAGS),
            promise("name-twice", "a refusal of two tags of one name", TAGS),
            promise("refused-stores-nothing", "no object after such a refusal", page),
        ]
    return checks


@family(HEADER, operations=WRITES, checks=_checks)
def tagging(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Store the object with these tags; a copy has its source's unless they are to be replaced."""
    value = bench.nonce()
    right = {NAME: value, "second": "2"}

    wrote = write(bench, operation, {feature: header_of(right)}, DIRECTIVE)
    seen = tags(bench, wrote.subject)
    counted = seen.endswith(" tags") and seen != NONE
    shown = f"tags {seen}" if seen != NONE else NONE
    absent = Outcome.IGNORED if seen == NONE else Outcome.WRONG
    first = counted or f"{NAME}={value}" in seen.split("&")
    bench.check("tagged", wrote.weigh(holds(first, shown, otherwise=absent)))
    both = seen in ("2 tags", text_of(right))
    bench.check("several", holds(both, shown))
    get = bench.effect(wrote.subject.call("GetObject"))
    bench.check("count", has_header(get, COUNT, "2"))
    if operation == "PutObject" and first:
        _put(bench, wrote.subject, readable=not counted)


def _put(bench: Workbench, subject: Stored, *, readable: bool) -> None:
    """What else PutObject promises of tags, some of it only where they can be read."""
    with bench.observing("overwrite"):
        bench.put(key=subject.key)
        after = tags(bench, subject)
        bench.check("overwrite", holds(after == NONE, f"tags {after}"))
    more = {
        "decoded": {ODD_NAME: ODD_VALUE},
        "non-ascii": {NAME: FOREIGN_VALUE},
        "empty-tag-value": {NAME: ""},
    }
    for check, right in more.items():
        with bench.observing(check):
            if not readable:
                raise Undecided("GetObjectTagging is not offered")
            call = write_call(bench, "PutObject", {HEADER: header_of(right)})
            seen = tags(bench, written(bench, offered(bench.effect(call))))
            bench.check(check, equals("tags", seen, text_of(right)))
    eleven = header_of({f"tag{number}": "x" for number in range(MOST + 1)})
    for check, value in {"eleven-tags": eleven, "name-twice": "a=1&a=2"}.items():
        call = write_call(bench, "PutObject", {HEADER: value})
        answer = bench.effect(call)
        if bench.check(check, refused(answer, 400)):
            read = Call(operation="GetObject", bucket=call.bucket, key=call.key)
            bench.check("refused-stores-nothing", refused(bench.effect(read), 404))


DIRECTIVE_CHECKS: Final = (
    core("directive", "the source's tags with COPY and none with REPLACE", PAGE),
    promise("default", "the source's tags without a directive", PAGE),
    promise("replace-with", "the request's tags with REPLACE", PAGE),
    promise("source-kept", "the source's tags as before", PAGE),
    detail("invalid", "400 for a directive that is neither COPY nor REPLACE", PAGE),
)


@probe(f"CopyObject/{DIRECTIVE}", checks=DIRECTIVE_CHECKS)
def tagging_directive(bench: Workbench) -> None:
    """With COPY, give the copy the source's tags; with REPLACE, those of the request."""
    source = tagged(bench).stored
    had = tags(bench, source)

    copied, replaced = (
        written(bench, bench.accepted(bench.treat(_copy(bench, source, name)), DIRECTIVE))
        for name in ("COPY", "REPLACE")
    )
    if had == NONE:
        decide(Observed.IGNORED, "served, though no way was found to give an object tags")
    of_copy, of_replaced = tags(bench, copied), tags(bench, replaced)
    text = f"{of_copy} with COPY and {of_replaced} with REPLACE, of {had}"
    same = Outcome.IGNORED if of_copy == of_replaced else Outcome.WRONG
    right = (of_copy, of_replaced) == (had, NONE)
    bench.check("directive", holds(right, text, otherwise=same))

    with bench.observing("default"):
        call = _copy(bench, source).without(DIRECTIVE)
        of_default = tags(bench, written(bench, offered(bench.effect(call))))
        bench.check("default", equals("tags", of_default, had))
    with bench.observing("replace-with"):
        tag = f"{NAME}={bench.nonce()}"
        answer = bench.effect(_copy(bench, source, "REPLACE").plus(headers={HEADER: tag}))
        if not answer.ok:
            raise Undecided(f"with {HEADER}: {answer.describe()}")
        seen = tags(bench, written(bench, answer))
        bench.check("replace-with", holds(seen in (tag, "1 tags"), f"tags {seen}", answer))
    bench.check("source-kept", equals("tags", tags(bench, source), had))
    strange = bench.effect(_copy(bench, source, "S3_CONFORMANCE"))
    bench.check("invalid", refused(strange, 400))


def _copy(bench: Workbench, source: Stored, directive: str = "") -> Call:
    headers = {"x-amz-copy-source": source.source, DIRECTIVE: directive}
    return write_call(bench, "CopyObject", headers)
