"""Conditions of a write where there is no object, or where there are several.

Source: https://developers.cloudflare.com/r2/api/s3/conditional-operations/
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    R2,
    Call,
    Response,
    Workbench,
    behaviour,
    core,
    guide,
    has_body,
    has_status,
    holds,
    promise,
    refused,
    served,
)
from conformance.subjects import multipart, preconditions, writes

PAGE: Final = f"{R2}/api/s3/conditional-operations/"
AWS: Final = guide("conditional-writes")


def _gone(bench: Workbench, call: Call) -> Response:
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
            bench.check("nothing-stored", has_status(_gone(bench, answer.call), 404))


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
        bench.check("nothing-stored", has_status(_gone(bench, answer.call), 404))
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
