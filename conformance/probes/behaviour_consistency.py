"""What is read after a write, and writes at once.

S3 is strongly consistent since December 2020. Source:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    Call,
    Hazard,
    Response,
    Undecided,
    Workbench,
    behaviour,
    core,
    equals,
    guide,
    has_body,
    has_status,
    holds,
    promise,
)

PAGE: Final = f"{guide('Welcome')}#ConsistencyModel"
CONDITIONAL: Final = guide("conditional-writes")
ROUNDS: Final = 4
WRITERS: Final = 8
READERS: Final = 6


def _list(bench: Workbench, prefix: str) -> Response:
    query = {"prefix": prefix}
    return bench.effect(Call(operation="ListObjectsV2", bucket=bench.bucket, query=query))


@behaviour(
    "Consistency",
    "list-after-put",
    checks=(
        core("listed", "every key from the listing right after its PutObject", PAGE),
        promise("size", "the size of an object that was overwritten", PAGE),
    ),
)
def listed(bench: Workbench, _: str) -> None:
    """List a key as soon as it is stored."""
    base = bench.key()
    for number in range(ROUNDS):
        bench.put(key=f"{base}-{number}")
        answer = _list(bench, base)
        bench.check("listed", equals("keys", len(answer.texts("Contents/Key")), number + 1, answer))
    bench.put(bench.text(77), key=f"{base}-0")
    answer = _list(bench, f"{base}-0")
    bench.check("size", equals("sizes", answer.texts("Contents/Size"), ["77"], answer))


@behaviour(
    "Consistency",
    "list-after-delete",
    checks=(
        core("unlisted", "no key in the listing right after its DeleteObject", PAGE),
        core("gone", "404 from GetObject right after it", PAGE),
    ),
)
def unlisted(bench: Workbench, _: str) -> None:
    """List and serve no key any more as soon as it is deleted."""
    for _round in range(ROUNDS):
        subject = bench.put()
        if not _list(bench, subject.key).texts("Contents/Key"):
            raise Undecided("the key is not listed before it is deleted")
        bench.setup(subject.call("DeleteObject"))
        answer = _list(bench, subject.key)
        bench.check("unlisted", equals("keys", len(answer.texts("Contents/Key")), 0, answer))
        bench.check("gone", has_status(bench.effect(subject.call("GetObject")), 404))


@behaviour(
    "Consistency",
    "read-after-overwrite",
    checks=(
        core("bytes", "the new bytes right after PutObject", PAGE),
        promise("etag", "the new ETag from HeadObject right after it", PAGE),
        promise("after-404", "the bytes of a key that was asked for before it was stored", PAGE),
    ),
)
def overwritten(bench: Workbench, _: str) -> None:
    """Serve what was written last."""
    subject = bench.put()
    for _round in range(ROUNDS):
        written = bench.setup(subject.call("PutObject", body=bench.text()))
        back = bench.effect(subject.call("GetObject"))
        bench.check("bytes", has_body(back, written.call.body))
        head = bench.effect(subject.call("HeadObject"))
        bench.check("etag", equals("ETag", head.etag, written.etag, head))
        missing = replace(subject, key=bench.key())
        bench.attempt(missing.call("GetObject"))
        stored = bench.setup(missing.call("PutObject", body=bench.text()))
        back = bench.effect(missing.call("GetObject"))
        bench.check("after-404", has_body(back, stored.call.body))


@behaviour(
    "Consistency",
    "overwrite-under-readers",
    checks=(
        core("whole", "the old bytes or the new ones, whole, for each reader", PAGE),
        promise("etag", "the ETag of the bytes that a reader got", PAGE),
    ),
)
def under_readers(bench: Workbench, _: str) -> None:
    """Serve an object that is being overwritten as it was or as it will be, never a mixture."""
    size = 2**16
    subject = bench.put(bench.text(size))
    tags = {subject.body: subject.etag}
    last = subject.body
    for _round in range(2):
        write = subject.call("PutObject", body=bench.text(size))
        calls = [subject.call("GetObject")] * READERS
        *answers, written = bench.at_once([*calls, write])
        if not written.ok:
            bench.check("whole", holds(False, f"{written.describe()} to PutObject", written))
            return
        tags[write.body] = written.etag
        for answer in answers:
            right = answer.ok and answer.body in (last, write.body)
            said = f"{answer.describe()} with {len(answer.body)} bytes"
            seen = holds(right, f"{said}, {'whole' if right else 'neither'}", answer)
            bench.check("whole", seen.hurting(Hazard.CORRUPTING) if answer.ok else seen)
            if right:
                bench.check("etag", equals("ETag", answer.etag, tags[answer.body], answer))
        last = write.body


@behaviour(
    "Consistency",
    "create-at-once",
    security=True,
    checks=(
        core("one", f"one 2xx for {WRITERS} writers at once with If-None-Match: *", CONDITIONAL),
        promise("winner", "the bytes of the one that was served", CONDITIONAL),
    ),
)
def created(bench: Workbench, _: str) -> None:
    """Let one of several writers create a key, if each of them asks that it be new."""
    plain = Call(operation="PutObject", bucket=bench.bucket, key=bench.key())
    calls = [plain.plus(headers={"If-None-Match": "*"}, body=bench.text()) for _ in range(WRITERS)]
    alone = replace(calls[0], key=bench.key())
    bench.accepted(bench.treat(alone), "If-None-Match")
    answers = bench.at_once(calls)
    winners = [answer for answer in answers if answer.ok]
    others = sorted({answer.describe() for answer in answers if not answer.ok})
    text = f"{len(winners)} of {WRITERS} served, the others {', '.join(others) or 'none'}"
    seen = holds(len(winners) == 1, text, *answers)
    bench.check("one", seen.hurting(Hazard.SILENT) if len(winners) > 1 else seen)
    if len(winners) == 1:
        back = bench.effect(replace(plain, operation="GetObject"))
        bench.check("winner", has_body(back, winners[0].call.body))
    else:
        bench.skip("winner", because=text)
