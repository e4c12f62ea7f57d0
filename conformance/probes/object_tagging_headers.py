"""Tags given to an object as it is stored.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Check,
    Observed,
    OperationName,
    Outcome,
    Response,
    Stored,
    Undecided,
    Workbench,
    api,
    core,
    decide,
    detail,
    equals,
    family,
    guide,
    has_header,
    holds,
    offered,
    probe,
    promise,
    refused,
)
from conformance.subjects import object_tags, stored_headers, writes

DIRECTIVE: Final = "x-amz-tagging-directive"
METADATA: Final = "x-amz-metadata-directive"
PAGE: Final = api("CopyObject")
TAGS: Final = guide("object-tagging")
ODD: Final = {object_tags.ODD_NAME: object_tags.ODD_VALUE}
# By check: a tag as the header has it, and as GetObjectTagging returns it.
EACH: Final = {
    "decoded": (object_tags.header_of(ODD), object_tags.text_of(ODD)),
    "empty-tag-value": ("empty=", "empty="),
    "name-alone": ("alone", "alone="),
    "plus": ("plus=x+y", "plus=x y"),
}


def _checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    checks = [
        core("tagged", f"an object with the tag {object_tags.NAME}", page),
        promise("several", "an object with both tags, decoded, and no other", page),
        promise("count", f"{object_tags.COUNT}: 2 in a GET", api("GetObject")),
        promise("name-twice", "a refusal of two tags of one name", ERRORS),
        detail("count-in-head", f"{object_tags.COUNT}: 2 in a HEAD", api("HeadObject")),
    ]
    if operation == "PutObject":
        checks += [
            promise(
                "decoded",
                f"the tag {object_tags.ODD_NAME}={object_tags.ODD_VALUE} that was URL-encoded",
                page,
            ),
            promise("overwrite", "no tags of an object that was overwritten", page),
            promise("empty-tag-value", "an object with a tag whose value is empty", TAGS),
            promise("ten-tags", "an object with ten tags", TAGS),
            promise("eleven-tags", "a refusal of 11 tags", TAGS),
            promise("refused-stores-nothing", "no object after such a refusal", page),
            # The page that TAGS refers to names a-z and A-Z as the letters that tags may have.
            detail("name-alone", "an empty value for a name without =", page),
            detail("reserved-name", "a refusal of a name that begins with aws:", TAGS),
            detail("long-value", "a refusal of a value of 257 characters", TAGS),
            detail("plus", "a space for a plus, as in the query of an URL", page),
            detail("non-ascii", f"a tag with the value {object_tags.FOREIGN_VALUE}", TAGS),
        ]
    return checks


@family(object_tags.HEADER, operations=writes.WRITES, checks=_checks)
def tagging(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Store the object with these tags; a copy has its source's unless they are to be replaced."""
    value = bench.nonce()
    right = {object_tags.NAME: value, "second": "2"}
    if operation != "PutObject":  # which has a check of its own for this
        right = {object_tags.NAME: value, object_tags.ODD_NAME: object_tags.ODD_VALUE}

    wrote = stored_headers.write(
        bench, operation, {feature: object_tags.header_of(right)}, DIRECTIVE
    )
    seen = object_tags.tags(bench, wrote.subject)
    counted = seen.endswith(" tags") and seen != object_tags.NONE
    shown = f"tags {seen}" if seen != object_tags.NONE else object_tags.NONE
    absent = Outcome.IGNORED if seen == object_tags.NONE else Outcome.WRONG
    first = counted or f"{object_tags.NAME}={value}" in seen.split("&")
    bench.check("tagged", wrote.weigh(holds(first, shown, otherwise=absent)))
    both = seen in ("2 tags", object_tags.text_of(right))
    bench.check("several", holds(both, shown))
    get = bench.effect(wrote.subject.call("GetObject"))
    bench.check("count", has_header(get, object_tags.COUNT, "2"))
    head = bench.effect(wrote.subject.call("HeadObject"))
    bench.check("count-in-head", has_header(head, object_tags.COUNT, "2"))
    if operation != "PutObject":
        replacing = {DIRECTIVE: "REPLACE"} if operation == "CopyObject" else {}
        twice = writes.write_call(bench, operation, {feature: "a=1&a=2", **replacing})
        bench.check("name-twice", refused(bench.effect(twice), 400))
    if operation == "PutObject" and first:
        _put(bench, wrote.subject, readable=not counted)


def _put(bench: Workbench, subject: Stored, *, readable: bool) -> None:
    """What else PutObject promises of tags, some of it only where they can be read."""
    with bench.observing("overwrite"):
        bench.put(key=subject.key)
        after = object_tags.tags(bench, subject)
        bench.check("overwrite", holds(after == object_tags.NONE, f"tags {after}"))
    with bench.observing(*EACH, "ten-tags", "non-ascii"):
        if not readable:
            raise Undecided("GetObjectTagging is not offered")
        _check_forms(bench)
    eleven = object_tags.header_of({f"tag{number}": "x" for number in range(object_tags.MOST + 1)})
    for check, value in {
        "eleven-tags": eleven,
        "name-twice": "a=1&a=2",
        "reserved-name": "aws:purpose=x",
        "long-value": f"n={'v' * (object_tags.LONGEST_VALUE + 1)}",
    }.items():
        call = writes.write_call(bench, "PutObject", {object_tags.HEADER: value})
        answer = bench.effect(call)
        if bench.check(check, refused(answer, 400)):
            read = Call(operation="GetObject", bucket=call.bucket, key=call.key)
            bench.check("refused-stores-nothing", refused(bench.effect(read), 404))


def _check_forms(bench: Workbench) -> None:
    """Tags in every form that a header may have, all at once; one by one where that is refused."""
    rest = [f"tag{number}=x" for number in range(object_tags.MOST - len(EACH))]
    right = [text for _, text in EACH.values()]
    answer = _stored(bench, "&".join([*(sent for sent, _ in EACH.values()), *rest]))
    if not answer.ok:
        bench.check("ten-tags", holds(False, answer.describe(), answer))
    seen = object_tags.tags(bench, writes.written(bench, answer)) if answer.ok else ""
    if answer.ok:
        whole = "&".join(sorted([*right, *rest]))
        bench.check("ten-tags", equals("tags", seen, whole))
    foreign = {object_tags.NAME: object_tags.FOREIGN_VALUE}
    alone = {} if answer.ok else EACH
    for check, (sent, text) in EACH.items() - alone.items():
        there = text in seen.split("&")
        bench.check(check, holds(there, f"tags {seen}, of {sent}", answer))
    for check, (sent, text) in {
        **alone,
        "non-ascii": (object_tags.header_of(foreign), object_tags.text_of(foreign)),
    }.items():
        with bench.observing(check):
            subject = writes.written(bench, offered(_stored(bench, sent)))
            bench.check(check, equals("tags", object_tags.tags(bench, subject), text))


def _stored(bench: Workbench, tags: str) -> Response:
    return bench.effect(writes.write_call(bench, "PutObject", {object_tags.HEADER: tags}))


DIRECTIVE_CHECKS: Final = (
    core("directive", "the source's tags with COPY and none with REPLACE", PAGE),
    promise("default", "the source's tags without a directive, though metadata is replaced", PAGE),
    detail("copy-ignores-tags", "the source's tags, not the request's, with COPY", PAGE),
    promise("replace-with", "the request's tags with REPLACE", PAGE),
    promise("source-kept", "the source's tags as before", PAGE),
    detail("invalid", "400 for a directive that is neither COPY nor REPLACE", PAGE),
)


@probe(f"CopyObject/{DIRECTIVE}", checks=DIRECTIVE_CHECKS)
def tagging_directive(bench: Workbench) -> None:
    """With COPY, give the copy the source's tags; with REPLACE, those of the request."""
    source = object_tags.tagged(bench).stored
    had = object_tags.tags(bench, source)

    copied, replaced = (
        writes.written(bench, bench.accepted(bench.treat(_copy(bench, source, name)), DIRECTIVE))
        for name in ("COPY", "REPLACE")
    )
    if had == object_tags.NONE:
        decide(Observed.IGNORED, "served, though no way was found to give an object tags")
    of_copy, of_replaced = object_tags.tags(bench, copied), object_tags.tags(bench, replaced)
    text = f"{of_copy} with COPY and {of_replaced} with REPLACE, of {had}"
    same = Outcome.IGNORED if of_copy == of_replaced else Outcome.WRONG
    right = (of_copy, of_replaced) == (had, object_tags.NONE)
    bench.check("directive", holds(right, text, otherwise=same))

    with bench.observing("default"):
        call = _copy(bench, source).without(DIRECTIVE).plus(headers={METADATA: "REPLACE"})
        of_default = object_tags.tags(bench, writes.written(bench, offered(bench.effect(call))))
        bench.check("default", equals("tags", of_default, had))
    with bench.observing("copy-ignores-tags"):
        other = {object_tags.HEADER: f"{object_tags.NAME}={bench.nonce()}"}
        answer = bench.effect(_copy(bench, source, "COPY").plus(headers=other))
        if not answer.ok:
            raise Undecided(f"COPY with {object_tags.HEADER}: {answer.describe()}")
        seen = object_tags.tags(bench, writes.written(bench, answer))
        bench.check("copy-ignores-tags", equals("tags", seen, had, answer))
    with bench.observing("replace-with"):
        tag = f"{object_tags.NAME}={bench.nonce()}"
        answer = bench.effect(
            _copy(bench, source, "REPLACE").plus(headers={object_tags.HEADER: tag})
        )
        if not answer.ok:
            raise Undecided(f"with {object_tags.HEADER}: {answer.describe()}")
        seen = object_tags.tags(bench, writes.written(bench, answer))
        bench.check("replace-with", holds(seen in (tag, "1 tags"), f"tags {seen}", answer))
    bench.check("source-kept", equals("tags", object_tags.tags(bench, source), had))
    strange = bench.effect(_copy(bench, source, "S3_CONFORMANCE"))
    bench.check("invalid", refused(strange, 400))


def _copy(bench: Workbench, source: Stored, directive: str = "") -> Call:
    headers = {"x-amz-copy-source": source.source, DIRECTIVE: directive}
    return writes.write_call(bench, "CopyObject", headers)
