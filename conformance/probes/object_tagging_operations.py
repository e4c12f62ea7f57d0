"""The tags of an object as a subresource: put, read and deleted, while the object stays.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    ERRORS,
    Comparison,
    Observed,
    OperationName,
    Outcome,
    Response,
    Stored,
    Undecided,
    Workbench,
    api,
    content_md5,
    core,
    decide,
    detail,
    equals,
    guide,
    has_header,
    has_status,
    holds,
    offered,
    probe,
    promise,
    refused,
    served,
)
from conformance.subjects import delete_markers, object_tags
from conformance.subjects.configuration_bodies import put_versioning
from conformance.subjects.missing import NO_KEY, is_missing, of_missing_key
from conformance.subjects.versioned import VERSION

PUT: Final = api("PutObjectTagging")
GET: Final = api("GetObjectTagging")
DELETE: Final = api("DeleteObjectTagging")
LIMITS: Final = guide("object-tagging")
INVALID: Final = "InvalidTag"
ODD: Final = {
    "odd-tag": (object_tags.ODD_NAME, object_tags.ODD_VALUE),
    "empty-value": ("empty", ""),
}
WRONG_TAGS: Final = {
    "long-name": ("n" * (object_tags.LONGEST_NAME + 1), "x"),
    "long-value": ("n", "x" * (object_tags.LONGEST_VALUE + 1)),
    "reserved-name": ("aws:purpose", "x"),
    "forbidden-letter": ("one,two", "x"),
}

PUT_CHECKS: Final = (
    core("tagged", f"an object with the tag {object_tags.NAME}", PUT),
    promise("replaced", "no tags of an earlier PutObjectTagging", PUT),
    promise("several", "an object with all tags of the request", PUT),
    promise(
        "odd-tag", f"an object with the tag {object_tags.ODD_NAME}={object_tags.ODD_VALUE}", LIMITS
    ),
    # The page that LIMITS refers to names a-z and A-Z as the letters that tags may have everywhere.
    detail("non-ascii", f"an object with a tag of the value {object_tags.FOREIGN_VALUE}", LIMITS),
    promise("empty-value", "an object with a tag whose value is empty", LIMITS),
    promise("ten-tags", "an object with ten tags, one as long as a tag may be", LIMITS),
    promise("eleven-tags", "400 for 11 tags", LIMITS),
    promise("name-twice", "400 for two tags of one name", ERRORS),
    detail("long-name", "400 for a name of 129 characters", LIMITS),
    detail("long-value", "400 for a value of 257 characters", LIMITS),
    detail("reserved-name", "400 for a name that begins with aws:", LIMITS),
    detail("forbidden-letter", "400 for a name with a comma", LIMITS),
    detail("no-name", "400 for a tag without a name", ERRORS),
    promise("malformed-body", "a refusal of a body that ends early", ERRORS),
    promise("empty-set", "no tags after an empty TagSet", PUT),
    promise("unchanged", "the ten tags as before after those refusals", PUT),
    promise("count", f"{object_tags.COUNT}: 2 in a GET", api("GetObject")),
    promise("metadata-kept", "the object's metadata as before", PUT),
    promise("by-version", "the tags of the version that versionId names, and of no other", PUT),
    promise("missing-key", "404 NoSuchKey for a key that has no object", ERRORS),
    detail("count-in-head", f"{object_tags.COUNT}: 2 in a HEAD", api("HeadObject")),
    detail("status", "200", PUT),
    detail("same-etag", "the object's ETag as before", PUT),
    detail("name-twice-code", "InvalidTag for two tags of one name", PUT),
    detail("version-told", f"the version in {VERSION}", PUT),
    delete_markers.CHECK,
)


@probe("PutObjectTagging", checks=PUT_CHECKS)
def put_object_tagging(bench: Workbench) -> None:
    """Give the object these tags instead of those it had; its bytes stay."""
    subject, value = bench.put(headers=object_tags.WITH_META), bench.nonce()

    first = bench.treat(object_tags.put_tags(subject, ("before", value)))
    bench.unharmed(subject)
    offered(first)
    bench.check("status", has_status(first, 200))
    right = {object_tags.NAME: value, "second": "2"}
    offered(bench.treat(object_tags.put_tags(subject, *right.items())))
    seen = object_tags.tags(bench, subject)
    text = f"tags {seen}" if seen != object_tags.NONE else object_tags.NONE
    if seen.endswith(" tags") and seen != object_tags.NONE:  # only their number is known
        bench.check("tagged", holds(seen == "2 tags", text))
    else:
        absent = Outcome.IGNORED if seen == object_tags.NONE else Outcome.WRONG
        has = seen.split("&")
        bench.check("tagged", holds(f"{object_tags.NAME}={value}" in has, text, otherwise=absent))
        bench.check("replaced", holds(f"before={value}" not in has, text))
        bench.check("several", holds(seen == object_tags.text_of(right), text))
    read = bench.effect(subject.call("GetObject"))
    bench.check("same-etag", holds(read.etag == subject.etag, f"ETag {read.etag}", read))
    bench.check(
        "count", equals(object_tags.COUNT, read.header(object_tags.COUNT), str(len(right)), read)
    )
    bench.check("metadata-kept", has_header(read, object_tags.META, "kept"))
    head = bench.effect(subject.call("HeadObject"))
    bench.check("count-in-head", has_header(head, object_tags.COUNT, str(len(right))))

    if seen != object_tags.NONE:
        foreign = (object_tags.NAME, object_tags.FOREIGN_VALUE)
        _put_alone(bench, subject, "non-ascii", foreign)
        _limits(bench, subject)
    body = object_tags.put_tags(subject, (object_tags.NAME, value))
    missing = of_missing_key(bench, "PutObjectTagging")
    answer = bench.effect(missing.plus(headers=body.headers, body=body.body))
    bench.check("missing-key", is_missing(answer, NO_KEY))
    _check_by_version(bench, "PutObjectTagging")
    delete_markers.check_marker(bench, "PutObjectTagging", body.body, body.headers)


def _put_alone(bench: Workbench, subject: Stored, check: str, tag: tuple[str, str]) -> None:
    """Put one tag in place of all others."""
    answer = bench.effect(object_tags.put_tags(subject, tag))
    if bench.check(check, served(answer)):
        seen = object_tags.tags(bench, subject)
        right = (object_tags.text_of(dict([tag])), "1 tags")
        bench.check(check, holds(seen in right, f"tags {seen}"))


def _limits(bench: Workbench, subject: Stored) -> None:
    """Put as many tags as there may be, and then what must be refused."""
    most = [(f"tag{number}", bench.nonce()) for number in range(2, object_tags.MOST - 2)]
    longest = ("n" * object_tags.LONGEST_NAME, "v" * object_tags.LONGEST_VALUE)
    most += [longest, ("TAG2", "a name of another case"), *ODD.values()]
    answer = bench.effect(object_tags.put_tags(subject, *most))
    if not bench.check("ten-tags", served(answer)):
        for check, tag in ODD.items():
            _put_alone(bench, subject, check, tag)
        return
    seen = object_tags.tags(bench, subject)
    right = (object_tags.text_of(dict(most)), f"{object_tags.MOST} tags")
    bench.check("ten-tags", holds(seen in right, f"tags {seen}", answer))
    for check, (name, value) in ODD.items():
        there = f"{name}={value}" in seen.split("&") or seen == right[1]
        bench.check(check, holds(there, f"tags {seen}", answer))
    eleven = bench.effect(object_tags.put_tags(subject, *most, ("tag10", "x")))
    bench.check("eleven-tags", refused(eleven, 400))
    _unchanged(bench, subject, eleven, seen)
    twice = bench.effect(object_tags.put_tags(subject, ("a", "1"), ("a", "2")))
    bench.check("name-twice", refused(twice, 400))
    bench.check("name-twice-code", refused(twice, 400, codes=(INVALID,)))
    if eleven.status >= 400:
        _unchanged(bench, subject, twice, seen)
    for check, tag in WRONG_TAGS.items():
        bench.check(check, refused(bench.effect(object_tags.put_tags(subject, tag)), 400))
    put = object_tags.put_tags(subject, (object_tags.NAME, "x"))
    cut, nameless = put.body[:-2], put.body.replace(f"<Key>{object_tags.NAME}</Key>".encode(), b"")
    bench.check(
        "no-name",
        refused(bench.effect(put.plus(headers=content_md5(nameless), body=nameless)), 400),
    )
    short = bench.effect(put.plus(headers=content_md5(cut), body=cut))
    # A server error refuses it too: few clients mind which.
    refusal = holds(not short.ok, short.describe(), short, otherwise=Outcome.IGNORED)
    bench.check("malformed-body", refusal)
    empty = bench.effect(object_tags.put_tags(subject))
    text = f"{empty.describe()}, then {object_tags.tags(bench, subject)}"
    none = empty.ok and text.endswith(object_tags.NONE)
    bench.check("empty-set", holds(none, text, empty))


def _unchanged(bench: Workbench, subject: Stored, refusal: Response, before: str) -> None:
    """A set of tags that is refused leaves those that were there."""
    if refusal.status >= 400:
        after = object_tags.tags(bench, subject)
        bench.check("unchanged", holds(after == before, f"tags {after}", refusal))


GET_CHECKS: Final = (
    core("tags", "the object's tags", GET),
    promise("root", "a Tagging document", GET),
    promise("several", "all tags of an object with three", GET),
    promise("none", "200 with an empty TagSet of an object without tags", GET),
    promise("by-version", "the tags of the version that versionId names, and of no other", GET),
    promise("missing-key", "404 NoSuchKey for a key that has no object", ERRORS),
    detail("version-told", f"the version in {VERSION}", GET),
    delete_markers.CHECK,
)


@probe("GetObjectTagging", checks=GET_CHECKS)
def get_object_tagging(bench: Workbench) -> None:
    """Return the object's tags; 404 for a key that has no object."""
    subject = object_tags.tagged(bench)

    answer = offered(bench.treat(subject.stored.call("GetObjectTagging")))
    missing = bench.effect(of_missing_key(bench, "GetObjectTagging"))

    if answer.root == "Tagging" and not subject.tag:
        decide(Observed.UNPROVEN, "returns no tags, and no way was found to give it any")
    _judge_tags(bench, answer, subject.stored, subject.tag)
    bench.check("root", equals("root element", answer.root, "Tagging", answer))
    bench.check("missing-key", is_missing(missing, NO_KEY))
    with bench.observing("none"):
        none = bench.effect(bench.plain.call("GetObjectTagging"))
        bench.check("none", _is_empty(none))
    with bench.observing("several"):
        right = {object_tags.NAME: bench.nonce(), "second": "2", "Third": "3"}
        bench.setup(object_tags.put_tags(subject.stored, *right.items()))
        several = bench.effect(subject.stored.call("GetObjectTagging"))
        bench.check(
            "several",
            equals("tags", object_tags.listed(several), object_tags.text_of(right), several),
        )
    _check_by_version(bench, "GetObjectTagging")
    delete_markers.check_marker(bench, "GetObjectTagging")


def _judge_tags(bench: Workbench, answer: Response, subject: Stored, tag: str) -> None:
    """The tags; a server that does not know the subresource returns the object itself."""
    if answer.root != "Tagging":
        what = "the object's bytes" if answer.body == subject.body else "no Tagging document"
        bench.check("tags", holds(False, what, answer, otherwise=Outcome.IGNORED))
        return
    seen = object_tags.listed(answer)
    absent = Outcome.IGNORED if seen == object_tags.NONE else Outcome.WRONG
    bench.check("tags", holds(seen == tag, f"tags {seen}, not {tag}", answer, otherwise=absent))


def _is_empty(answer: Response) -> Comparison:
    right = (
        answer.status == 200
        and answer.root == "Tagging"
        and object_tags.listed(answer) == object_tags.NONE
    )
    text = f"{answer.describe()} with {answer.root or 'no XML'} and {object_tags.listed(answer)}"
    return holds(right, text, answer)


DELETE_CHECKS: Final = (
    core("deleted", "an object without tags", DELETE),
    promise("again", "204 for an object without tags", DELETE),
    promise("others-kept", "the tags of another object as before", DELETE),
    promise("by-version", "the tags of the latest version, once those of another are", DELETE),
    promise("missing-key", "404 NoSuchKey for a key that has no object", ERRORS),
    promise("metadata-kept", "the object's metadata as before", DELETE),
    promise("count-gone", f"no {object_tags.COUNT} in a HEAD", api("HeadObject")),
    detail("status", "204", DELETE),
    detail("version-told", f"the version in {VERSION}", DELETE),
    delete_markers.CHECK,
)


@probe("DeleteObjectTagging", checks=DELETE_CHECKS)
def delete_object_tagging(bench: Workbench) -> None:
    """Remove the object's tags; its bytes stay."""
    subject = object_tags.tagged(bench).stored
    bench.attempt(object_tags.put_tags(subject, (object_tags.NAME, "1"), ("second", "2")))
    before = object_tags.tags(bench, subject)

    answer = bench.treat(subject.call("DeleteObjectTagging"))
    bench.unharmed(subject)
    offered(answer)
    after = object_tags.tags(bench, subject)
    if before == object_tags.NONE:
        decide(Observed.UNPROVEN, "the object's bytes stay, but no way was found to tag it before")
    text = f"{before} before, and {after} after"
    absent = Outcome.IGNORED if after == before else Outcome.WRONG
    bench.check("deleted", holds(after == object_tags.NONE, text, answer, otherwise=absent))
    bench.check("status", has_status(answer, 204))
    kept = bench.effect(subject.call("HeadObject"))
    bench.check("metadata-kept", has_header(kept, object_tags.META, "kept"))
    count = kept.header(object_tags.COUNT)
    bench.check("count-gone", holds(count in (None, "0"), f"{object_tags.COUNT}: {count}", kept))
    again = bench.effect(subject.call("DeleteObjectTagging"))
    bench.check("again", has_status(again, 204))
    missing = bench.effect(of_missing_key(bench, "DeleteObjectTagging"))
    bench.check("missing-key", is_missing(missing, NO_KEY))
    with bench.observing("others-kept"):
        other = bench.shared("a tagged object", object_tags.tagged)
        seen = object_tags.tags(bench, other.stored)
        bench.check("others-kept", holds(seen in (other.tag, "1 tags"), f"tags {seen}"))
    _check_by_version(bench, "DeleteObjectTagging")
    delete_markers.check_marker(bench, "DeleteObjectTagging")


def _check_by_version(bench: Workbench, operation: OperationName) -> None:
    """Tag an older version alone, or take the tags from it alone."""
    with bench.observing("by-version", "version-told"):
        bucket = bench.lease("versioning")
        bench.setup(put_versioning(bucket))
        older = bench.put(bucket=bucket)
        newer = bench.put(bucket=bucket, key=older.key)
        if not older.version or older.version == newer.version:
            raise Undecided("PutObject returned no two versions")
        query = {"versionId": older.version}
        put = object_tags.put_tags(older, (object_tags.NAME, "older"))
        told = bench.effect(put.plus(query=query))
        right = [f"{object_tags.NAME}=older", object_tags.NONE]
        if operation == "DeleteObjectTagging":
            bench.effect(object_tags.put_tags(newer, (object_tags.NAME, "newer")))
            told = bench.effect(older.call(operation, query=query))
            right = [object_tags.NONE, f"{object_tags.NAME}=newer"]
        call = older.call("GetObjectTagging")
        answers = [bench.effect(call.plus(query=query)), bench.effect(call)]
        told = answers[0] if operation == "GetObjectTagging" else told
        bench.check("version-told", has_header(told, VERSION, older.version))
        seen = [object_tags.listed(answer) for answer in answers]
        text = f"{seen[0]} of the older version, and {seen[1]} of the latest"
        bench.check("by-version", holds(seen == right, text, *answers))
