"""Sizes, order and spelling of a multipart upload's parts, where stores differ from S3.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html,
https://developers.cloudflare.com/r2/objects/multipart-objects/ and R2's release notes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    R2,
    Call,
    Comparison,
    Hazard,
    Outcome,
    Response,
    Undecided,
    Workbench,
    api,
    behaviour,
    core,
    detail,
    equals,
    guide,
    has_body,
    has_status,
    holds,
    promise,
    refused,
    served,
)
from conformance.subjects import multipart
from conformance.subjects.multipart import PART, Upload

PAGE: Final = f"{R2}/objects/multipart-objects/"
NOTES: Final = f"{R2}/platform/release-notes/"
LIMITS: Final = guide("qfacts")
COMPLETE: Final = api("CompleteMultipartUpload")
ABORT: Final = api("AbortMultipartUpload")
MORE: Final = 1024


def _sent(bench: Workbench, *sizes: int) -> tuple[Upload, list[Response], bytes]:
    """An upload of parts of these sizes: it, the answers to its parts, and all their bytes."""
    upload = multipart.begin(bench)
    bodies = [bench.text(size) for size in sizes]
    answers = [bench.attempt(upload.part(number, body)) for number, body in enumerate(bodies, 1)]
    return upload, answers, b"".join(bodies)


def _equal(bench: Workbench) -> None:
    """Two parts of one size and a smaller one must be served, whatever the rule.

    Raises:
        Undecided: they are not.
    """
    bench.shared("an object of equal parts", lambda own: multipart.completed(
        own, [own.text(PART), own.text(64)]))  # fmt: skip


def _completed(bench: Workbench, *sizes: int) -> tuple[Response, Upload]:
    upload, answers, _ = _sent(bench, *sizes)
    for answer in answers:
        if not answer.ok:
            raise Undecided(f"UploadPart returned {answer.describe()}")
    return bench.treat(upload.complete([answer.etag for answer in answers])), upload


def _error_of(answer: Response) -> Response:
    """The answer itself: a completion may be refused in a body with status 200."""
    if answer.ok and answer.root == "Error":
        return replace(answer, status=400)
    return answer


@behaviour(
    "MultipartRules",
    "equal-parts",
    checks=(
        core("larger", "a refusal to complete a second part 1 KiB larger than the first",
             PAGE),
        detail("code", "400 InvalidPart", PAGE),
        promise("nothing-stored", "no object after the refusal", PAGE),
    ),
)  # fmt: skip
def equal(bench: Workbench, _: str) -> None:
    """Refuse an upload whose parts but the last differ in size."""
    _equal(bench)
    answer, upload = _completed(bench, PART, PART + MORE, 64)
    _unequal(bench, "larger", answer, upload)


@behaviour(
    "MultipartRules",
    "last-part-no-larger",
    checks=(
        core("larger", "a refusal to complete a last part 1 KiB larger than the first", PAGE),
        detail("code", "400 InvalidPart", PAGE),
        promise("nothing-stored", "no object after the refusal", PAGE),
    ),
)
def last(bench: Workbench, _: str) -> None:
    """Refuse an upload whose last part is larger than the others."""
    _equal(bench)
    answer, upload = _completed(bench, PART, PART + MORE)
    _unequal(bench, "larger", answer, upload)


def _unequal(bench: Workbench, check: str, answer: Response, upload: Upload) -> None:
    answer = _error_of(answer)
    if not bench.check(check, refused(answer)):
        bench.skip("code", "nothing-stored", because="the upload was completed")
        return
    bench.check("code", equals("answer", answer.describe(), "400 InvalidPart", answer))
    bench.check("nothing-stored", has_status(bench.effect(upload.read), 404))


@behaviour(
    "MultipartRules",
    "checked-at-completion",
    checks=(
        promise("part", "a 2xx response to a part of another size", NOTES),
        core("completion", "a refusal of the upload when it is completed", NOTES),
        promise("without-it", "the object once the part of another size is left out", NOTES),
    ),
)
def late(bench: Workbench, _: str) -> None:
    """Take parts of any size, and look at sizes when the upload is completed."""
    _equal(bench)
    upload, answers, body = _sent(bench, PART, PART + MORE)
    for answer in answers:
        bench.check("part", served(answer))
    etags = [answer.etag for answer in answers]
    answer = _error_of(bench.treat(upload.complete(etags)))
    if not bench.check("completion", refused(answer)):
        bench.skip("without-it", because="the upload was completed")
        return
    other, answers, body = _sent(bench, PART, PART + MORE)
    bench.effect(other.complete([answers[0].etag]))
    bench.check("without-it", multipart.assembled(bench.effect(other.read), body[:PART]))


@behaviour(
    "MultipartRules",
    "part-etag",
    checks=(
        core("part", "the MD5 of the part's bytes as its ETag", PAGE),
        promise("listed", "the same in ListParts", api("ListParts")),
        promise("again", "another ETag once other bytes take its number", PAGE),
    ),
)
def part_etag(bench: Workbench, _: str) -> None:
    """Return the MD5 of a part as its ETag."""
    upload = multipart.begin(bench)
    for check in ("part", "again"):
        body = bench.text()
        answer = bench.setup(upload.part(1, body))
        bench.check(check, equals("ETag", answer.etag, multipart.part_etag(body), answer))
    listing = bench.effect(upload.call("ListParts"))
    told = listing.text("Part/ETag")
    bench.check("listed", equals("ETag", told, answer.etag, listing))


@behaviour(
    "MultipartRules",
    "any-order",
    checks=(
        promise("served", "a 2xx response to a list of parts 2 and 1", NOTES),
        core("bytes", "the parts in the order of their numbers", NOTES),
    ),
)
def any_order(bench: Workbench, _: str) -> None:
    """Take the parts in any order of their list; S3 itself refuses all but the ascending one."""
    _equal(bench)
    upload, answers, body = _sent(bench, PART, 64)
    first, second = (answer.etag for answer in answers)
    answer = _error_of(bench.treat(upload.complete_with((2, second), (1, first))))
    if not answer.ok:
        bench.accepted(answer, control=bench.plain.call("HeadObject"))
    bench.check("served", served(answer))
    bench.check("bytes", multipart.assembled(bench.effect(upload.read), body))


@behaviour(
    "MultipartRules",
    "unquoted-etags",
    checks=(
        core("bytes", "the object of a list whose ETags have no quotes", NOTES),
        promise("escaped", "the object of a list whose quotes are written &quot;", COMPLETE),
        core("other-etag", "a refusal of another part's ETag without quotes", COMPLETE),
    ),
)
def unquoted(bench: Workbench, _: str) -> None:
    """Take ETags with quotes and without, as SDKs send them."""
    for check, quote in (("bytes", ""), ("escaped", "&quot;")):
        upload, answers, body = _sent(bench, 64)
        spelt = answers[0].etag.replace('"', quote)
        answer = bench.treat(upload.complete([spelt]))
        if check == "bytes" and not answer.ok:
            bench.accepted(answer, control=upload.complete([answers[0].etag]))
        bench.check(check, multipart.assembled(bench.effect(upload.read), body))
    upload, _answers, _body = _sent(bench, 64)
    wrong = multipart.part_etag(bench.text()).strip('"')
    bench.check("other-etag", refused(_error_of(bench.effect(upload.complete([wrong])))))


@behaviour(
    "MultipartRules",
    "aborted-twice",
    checks=(
        core("again", "a 2xx response to a second AbortMultipartUpload, and no more parts", NOTES),
        promise("unknown-id", "404 NoSuchUpload for an id that no upload has", ABORT),
        promise("gone", "a refusal of another part after both", ABORT),
    ),
)
def aborted_twice(bench: Workbench, _: str) -> None:
    """Take a second abort of an upload for done; S3 itself knows no such upload any more."""
    upload = multipart.begin(bench)
    bench.setup(upload.call("AbortMultipartUpload"))
    answer = bench.treat(upload.call("AbortMultipartUpload"))
    if not answer.ok:
        bench.accepted(answer, control=multipart.begin(bench).call("AbortMultipartUpload"))
    part = bench.effect(upload.part(1, bench.text()))
    seen = f"{answer.describe()}, then {part.describe()} to another part"
    right = answer.ok and not part.ok
    otherwise = Outcome.IGNORED if answer.ok else Outcome.WRONG
    bench.check("again", holds(right, seen, answer, part, otherwise=otherwise))
    unknown = bench.effect(upload.unknown.call("AbortMultipartUpload"))
    bench.check("unknown-id", equals("answer", unknown.describe(), "404 NoSuchUpload", unknown))
    bench.check("gone", refused(part))


@behaviour(
    "MultipartRules",
    "empty-part",
    checks=(
        promise("part", "a 2xx response to a part of no bytes", NOTES),
        promise("object", "an empty object of such a part alone", NOTES),
        core("last", "the bytes of a part before an empty last one", NOTES),
    ),
)
def empty(bench: Workbench, _: str) -> None:
    """Take a part of no bytes, as a client sends it for an empty file."""
    upload = multipart.begin(bench)
    answer = bench.treat(upload.part(1, b""))
    if not answer.ok:
        bench.accepted(answer, control=upload.part(1, bench.text()))
    bench.check("part", served(answer))
    bench.effect(upload.complete([answer.etag]))
    bench.check("object", multipart.assembled(bench.effect(upload.read), b""))
    other, answers, body = _sent(bench, PART, 0)
    bench.effect(other.complete([answer.etag for answer in answers]))
    bench.check("last", multipart.assembled(bench.effect(other.read), body))


@behaviour(
    "MultipartRules",
    "failed-condition-aborts",
    checks=(
        core("gone", "404 NoSuchUpload to another completion after the refusal", NOTES),
        promise("refused", "412 for If-None-Match: * on a key that has an object", NOTES),
        promise("unchanged", "the object as it was", NOTES),
    ),
)
def failed_condition(bench: Workbench, _: str) -> None:
    """Abort an upload whose completion fails its condition."""
    subject = bench.put()
    upload = multipart.begin_over(subject, bench)
    etag = bench.setup(upload.part(1, bench.text())).etag
    answer = bench.treat(upload.complete([etag], headers={"If-None-Match": "*"}))
    if not bench.check("refused", refused(answer, 412)):
        raise Undecided(f"{answer.describe()} to a completion on a condition that is false")
    back = bench.effect(subject.call("GetObject"))
    bench.check("unchanged", has_body(back, subject.body))
    again = bench.effect(upload.complete([etag]))
    otherwise = Outcome.IGNORED if again.ok else Outcome.WRONG
    right = again.describe() == "404 NoSuchUpload"
    bench.check("gone", holds(right, again.describe(), again, otherwise=otherwise))


WRITERS: Final = 2


@behaviour(
    "Consistency",
    "complete-at-once",
    checks=(
        core("whole", "the bytes of the upload after two completions at once", COMPLETE),
        promise("one", "one 2xx, or the same answer to both", COMPLETE),
        promise("no-server-error", "no 5xx", COMPLETE),
    ),
)
def completed_at_once(bench: Workbench, _: str) -> None:
    """Make one object of an upload that is completed twice at the same moment."""
    _equal(bench)
    upload, answers, body = _sent(bench, PART, 64)
    call: Call = upload.complete([answer.etag for answer in answers])
    both = [_error_of(answer) for answer in bench.at_once([call] * WRITERS)]
    said = ", ".join(sorted(answer.describe() for answer in both))
    tags = {answer.text("ETag") for answer in both if answer.ok}
    bench.check("one", holds(len(tags) == 1, f"{said} with {len(tags)} ETags", *both))
    bench.check("no-server-error", _no_server_error(both, said))
    back = multipart.assembled(bench.effect(upload.read), body)
    bench.check("whole", back.hurting(Hazard.DESTRUCTIVE))


def _no_server_error(answers: list[Response], said: str) -> Comparison:
    return holds(not any(answer.status >= 500 for answer in answers), said, *answers)
