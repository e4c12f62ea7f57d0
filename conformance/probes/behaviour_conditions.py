"""Conditions of writes and deletions: of what is there, of what is not, and of versions.

Source: https://developers.cloudflare.com/r2/api/s3/conditional-operations/
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from xml.sax.saxutils import escape

from conformance.probing import (
    R2,
    Call,
    Comparison,
    Hazard,
    Response,
    Stored,
    Workbench,
    api,
    behaviour,
    core,
    document,
    guide,
    has_body,
    has_status,
    holds,
    probe,
    promise,
    refused,
    served,
)
from conformance.subjects import deletions, multipart, preconditions, writes
from conformance.subjects.versioned import put_version, versioned_bucket

PAGE: Final = f"{R2}/api/s3/conditional-operations/"
AWS: Final = guide("conditional-writes")
DELETES: Final = guide("conditional-deletes")
MANY: Final = api("DeleteObjects")
COPY: Final = api("CopyObject")


def _read(bench: Workbench, call: Call) -> Response:
    return bench.effect(Call(operation="GetObject", bucket=call.bucket, key=call.key))


@behaviour(
    "Consistency",
    "if-match-on-a-missing-key",
    security=True,
    checks=(
        core("etag", "404 or 412 for an ETag", AWS),
        promise("any-object", "404 or 412 for *", PAGE),
        promise("nothing-stored", "no object after the refusals", PAGE),
    ),
)
def if_match(bench: Workbench, _: str) -> None:
    """Create nothing where the object must be there."""
    bench.put()
    for check, value in (("etag", multipart.part_etag(bench.text())), ("any-object", "*")):
        answer = bench.treat(writes.write_call(bench, "PutObject", {"If-Match": value}))
        if bench.check(check, refused(answer, 404, 412)):
            bench.check("nothing-stored", has_status(_read(bench, answer.call), 404))


@behaviour(
    "Consistency",
    "if-modified-since-on-a-missing-key",
    checks=(
        core("refused", "412 for a date of long ago", PAGE),
        promise("nothing-stored", "no object after the refusal", PAGE),
    ),
)
def if_modified(bench: Workbench, _: str) -> None:
    """Create nothing where the object must have been modified."""
    bench.put()
    date = {"If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}
    answer = bench.treat(writes.write_call(bench, "PutObject", date))
    if bench.check("refused", refused(answer, 412)):
        bench.check("nothing-stored", has_status(_read(bench, answer.call), 404))
    else:
        bench.skip("nothing-stored", because="the request was not refused")


@behaviour(
    "Consistency",
    "list-of-etags",
    checks=(
        core("one-of-them", "the new bytes for If-Match with the ETag second in a list", PAGE),
        core("none-of-them", "412 for a list of other ETags", PAGE),
        promise("none-match", "412 for If-None-Match with the ETag second in a list", PAGE),
        promise("any-object", "the new bytes for If-Match: *", PAGE),
    ),
)
def etags(bench: Workbench, _: str) -> None:
    """Take a list of ETags where S3 takes one."""
    subject = bench.put()
    other, third = (multipart.part_etag(bench.text()) for _ in range(2))
    call = subject.call("PutObject", body=bench.text())
    wrong = bench.effect(call.plus(headers={"If-Match": f"{other}, {third}"}))
    bench.check("none-of-them", refused(wrong, 412))
    tags = f"{other}, {subject.etag}"
    answer = bench.effect(call.plus(headers={"If-None-Match": tags}))
    bench.check("none-match", refused(answer, 412))
    answer = bench.treat(call.plus(headers={"If-Match": tags}))
    back = bench.effect(subject.call("GetObject"))
    seen = f"{answer.describe()}, then {back.describe()}"
    right = answer.ok and back.body == call.body
    bench.check("one-of-them", holds(right, seen, answer, back))
    write = call.plus(headers={"If-Match": "*"}, body=bench.text())
    answer = bench.effect(write)
    back = bench.effect(subject.call("GetObject"))
    bench.check("any-object", has_body(back, write.body) if answer.ok else served(answer))


@behaviour(
    "Consistency",
    "every-condition",
    checks=(
        core("one-false", "412 for its own ETag beside If-Unmodified-Since of an earlier date",
             PAGE),
        core("both-true", "a 2xx response where both conditions are true", PAGE),
        promise("date-alone", "412 for the earlier date alone", PAGE),
        promise("unchanged", "the object as it was after the refusals", PAGE),
    ),
)  # fmt: skip
def every(bench: Workbench, _: str) -> None:
    """Write only if each of the conditions is true, where HTTP would look at the first."""
    refusals = []
    for check in ("one-false", "date-alone"):
        # Of its own: who looks at neither condition has written over it.
        subject = preconditions.dated(bench)
        ours, early = subject.ours, preconditions.earlier(subject.at)
        headers = {"If-Unmodified-Since": preconditions.http_date(early)}
        if check == "one-false":
            headers["If-Match"] = ours.etag
        call = ours.call("PutObject", headers=headers, body=bench.text())
        answer = bench.treat(call)
        refusals.append(answer)
        if bench.check(check, refused(answer, 412)):
            bench.check("unchanged", has_body(bench.effect(ours.call("GetObject")), ours.body))
    if all(answer.ok for answer in refusals):
        bench.skip("unchanged", because="the server did not refuse")
    subject = preconditions.dated(bench)
    late = preconditions.http_date(subject.at + preconditions.DAY)
    both = {"If-Match": subject.etag, "If-Unmodified-Since": late}
    call = subject.ours.call("PutObject", headers=both, body=bench.text())
    bench.check("both-true", served(bench.effect(call)))


DELETE_CHECKS: Final = (
    core("other-etag", "412 to DeleteObject with another ETag", DELETES),
    promise("kept", "the object as it was after it", DELETES),
    promise("own-etag", "the object gone with its own ETag", DELETES),
    promise("any-etag", "the object gone with *", DELETES),
)


@probe("DeleteObject/If-Match", checks=DELETE_CHECKS, security=True)
def delete_object_if_match(bench: Workbench) -> None:
    """Delete the object while it has the ETag that is named; otherwise 412, and it stays."""
    _delete_one_if(bench)


@behaviour(
    "Consistency",
    "delete-if-match",
    checks=(
        *DELETE_CHECKS,
        promise("many-other-etag", "the object kept by DeleteObjects with another ETag", MANY),
        promise("many-error", "an Error PreconditionFailed that names it", DELETES),
        promise("many-own-etag", "the object gone by DeleteObjects with its own ETag", MANY),
    ),
)
def delete_if(bench: Workbench, _: str) -> None:
    """Delete an object while it has the ETag that is named, and leave it alone otherwise."""
    _delete_one_if(bench)
    with bench.observing("many-other-etag", "many-error", "many-own-etag"):
        _delete_many_if(bench)


def _delete_one_if(bench: Workbench) -> None:
    first, kept = bench.put(), bench.put()
    own = bench.treat(first.call("DeleteObject", headers={"If-Match": first.etag}))
    if own.status != 412:
        bench.accepted(own, "If-Match")
    bench.check("own-etag", _deleted(bench, own))
    other = {"If-Match": preconditions.similar(kept.etag)}
    wrong = bench.effect(kept.call("DeleteObject", headers=other))
    bench.check("other-etag", refused(wrong, 412))
    if wrong.ok:
        bench.skip("kept", because="the request was not refused")
        kept = bench.put(key=kept.key)
    else:
        bench.check("kept", has_body(bench.effect(kept.call("GetObject")), kept.body))
    any_etag = bench.effect(kept.call("DeleteObject", headers={"If-Match": "*"}))
    bench.check("any-etag", _deleted(bench, any_etag))


def _deleted(bench: Workbench, answer: Response) -> Comparison:
    """A deletion that was served and leaves no object."""
    if not answer.ok:
        return served(answer)
    return has_status(_read(bench, answer.call), 404)


def _delete_many_if(bench: Workbench) -> None:
    """Two objects in one DeleteObjects, each with an ETag."""
    kept, gone = bench.put(), bench.put()
    pairs = ((kept.key, preconditions.similar(kept.etag)), (gone.key, gone.etag))
    objects = "".join(
        f"<Object><Key>{key}</Key><ETag>{escape(etag)}</ETag></Object>" for key, etag in pairs
    )
    body = document("Delete", objects)
    answer = bench.effect(deletions.deletion_of(kept.bucket, body))
    back = bench.effect(kept.call("GetObject"))
    seen = has_body(back, kept.body)
    destroyed = back.status == 404
    bench.check("many-other-etag", seen.hurting(Hazard.DESTRUCTIVE) if destroyed else seen)
    told = [(it.findtext("Key"), it.findtext("Code")) for it in answer.xml.findall("Error")]
    right = told == [(kept.key, "PreconditionFailed")]
    text = f"{answer.describe()} with {len(told)} errors: {', '.join(str(it[1]) for it in told)}"
    bench.check("many-error", holds(right, text, answer))
    after = bench.effect(gone.call("GetObject"))
    bench.check("many-own-etag", has_status(after, 404) if answer.ok else served(answer))


@behaviour(
    "Consistency",
    "copy-if-match",
    checks=(
        core("other-etag", "412 for If-Match with another ETag than the destination's", COPY),
        core("existing", "412 for If-None-Match: * where the destination has an object", COPY),
        promise("kept", "the destination's object as it was after both", COPY),
        promise("own-etag", "a copy for If-Match with the destination's own ETag", COPY),
        promise("new-object", "a copy for If-None-Match: * where there is no object", COPY),
    ),
)
def copy_if(bench: Workbench, _: str) -> None:
    """Copy while what is at the destination is what the request says."""
    source, target = bench.plain, bench.put()
    copy = target.call("CopyObject", headers={"x-amz-copy-source": source.source})
    fresh = bench.treat(replace(copy, key=bench.key()).plus(headers={"If-None-Match": "*"}))
    if fresh.status != 412:
        bench.accepted(fresh, "If-None-Match")
    bench.check("new-object", _copied(bench, fresh, source))
    refusals = []
    for check, headers in (
        ("other-etag", {"If-Match": preconditions.similar(target.etag)}),
        ("existing", {"If-None-Match": "*"}),
    ):
        refusals.append(bench.effect(copy.plus(headers=headers)))
        bench.check(check, refused(refusals[-1], 412))
    if any(answer.ok for answer in refusals):
        bench.skip("kept", because="the server did not refuse")
        target = bench.put(key=target.key)
    else:
        bench.check("kept", has_body(bench.effect(target.call("GetObject")), target.body))
    own = bench.effect(copy.plus(headers={"If-Match": target.etag}))
    bench.check("own-etag", _copied(bench, own, source))


def _copied(bench: Workbench, answer: Response, source: Stored) -> Comparison:
    """A copy that was served and has the source's bytes."""
    return has_body(_read(bench, answer.call), source.body) if answer.ok else served(answer)


@behaviour(
    "Versioning",
    "conditional-writes",
    checks=(
        core("older-etag", "412 for the ETag of an older version in If-Match", AWS),
        core("existing", "412 for If-None-Match: * where there are versions", AWS),
        promise("kept", "the latest version as it was after the refusals", AWS),
        promise("own-etag", "a new version for the ETag of the latest", AWS),
        promise("below-a-marker", "404 or 412 for the ETag of a version below a marker", AWS),
        promise("over-a-marker", "the new bytes for If-None-Match: * over a delete marker", AWS),
        promise("versions-kept", "the first version after all that", AWS),
    ),
)
def of_versions(bench: Workbench, _: str) -> None:
    """Hold conditions of a write against the latest version; a delete marker is no object."""
    first = put_version(bench, versioned_bucket(bench))
    second = put_version(bench, first.bucket, first.key)
    call = first.call("PutObject", body=bench.text())
    refusals = []
    for check, headers in (
        ("older-etag", {"If-Match": first.etag}),
        ("existing", {"If-None-Match": "*"}),
    ):
        refusals.append(bench.effect(call.plus(headers=headers)))
        bench.check(check, refused(refusals[-1], 412))
    if any(answer.ok for answer in refusals):
        bench.skip("kept", because="the server did not refuse")
        second = put_version(bench, first.bucket, first.key)
    else:
        bench.check("kept", has_body(bench.effect(first.call("GetObject")), second.body))
    own = bench.effect(call.plus(headers={"If-Match": second.etag}))
    bench.check("own-etag", served(own))
    bench.setup(first.call("DeleteObject"))
    etag = own.etag or second.etag
    below = bench.effect(call.plus(headers={"If-Match": etag}))
    bench.check("below-a-marker", refused(below, 404, 412))
    if below.ok:
        bench.setup(first.call("DeleteObject"))
    over = bench.effect(call.plus(headers={"If-None-Match": "*"}))
    back = bench.effect(first.call("GetObject"))
    bench.check("over-a-marker", has_body(back, call.body) if over.ok else served(over))
    older = bench.effect(first.call("GetObject", query={"versionId": first.version or ""}))
    bench.check("versions-kept", has_body(older, first.body))
