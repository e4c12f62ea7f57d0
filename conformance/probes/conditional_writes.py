"""Conditional writes: carried out only while a condition on what the key holds is true.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    Call,
    Check,
    Comparison,
    Hazard,
    OperationName,
    Outcome,
    Response,
    Stored,
    Workbench,
    api,
    core,
    detail,
    equals,
    family,
    guide,
    has_body,
    has_header,
    has_status,
    holds,
    probe,
    promise,
    refused,
    served,
)
from conformance.subjects import multipart, preconditions, writes

WRITERS: Final = 8
REFUSED: Final = {"x-amz-meta-of-refused": "yes"}
CONDITIONAL_WRITES: Final = guide("conditional-writes")
R2_WRITES: Final = (
    "https://developers.cloudflare.com/r2/api/s3/extensions/#conditional-operations-in-putobject"
)


def _write_checks(_: str, feature: str) -> list[Check]:
    by_etag = feature == "If-Match"
    page = CONDITIONAL_WRITES if by_etag else R2_WRITES
    checks = [
        Check(
            id=case.check,
            weight=case.weight,
            expected=f"{'a 2xx response' if case.met else '412'} for {case.means}",
            source=page,
        )
        for case in preconditions.CASES[feature]
        if not case.beside
    ]
    return [
        *checks,
        promise("unchanged-after-412", "the object as it was after the refusals", page),
        promise("overwritten", "the new bytes once the condition was true", page),
        *(_etag_write_checks(page) if by_etag else ()),
    ]


def _etag_write_checks(page: str) -> list[Check]:
    at_once = f"just one 2xx for {WRITERS} writers at once with the object's ETag"
    return [
        promise("missing-object", "404 or 412 on a key that has no object", page),
        promise("writers-at-once", at_once, page),
        promise("etag-of-parts", "a 2xx response for the ETag of an object of parts", page),
        detail("error-code", "PreconditionFailed with a 412", page),
        detail("missing-object-404", "404 on a key that has no object", page),
        detail("unquoted-etag", "a 2xx response for its own ETag without quotes", page),
    ]


@family("If-Match", "If-Unmodified-Since", "If-Modified-Since", operations=["PutObject"],
        checks=_write_checks, security=True)  # fmt: skip
def put_object_if(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Overwrite the object while the condition is true; otherwise 412, and nothing changes.

    AWS knows If-Match only; the dates are R2's.
    """
    by_etag = feature == "If-Match"
    make = preconditions.replacement if by_etag else preconditions.dated
    cases = [case for case in preconditions.CASES[feature] if not case.beside]
    subject, refusals = make(bench), []
    ours = subject.ours

    def write(case: preconditions.Case, subject: preconditions.Dated) -> Call:
        headers = case.headers(bench, feature, subject)
        return subject.ours.call(operation, headers={**headers, **REFUSED}, body=bench.text())

    for case in (case for case in cases if not case.met):
        with bench.observing(case.check):
            unmet = bench.treat(write(case, subject))
            refusals.append(unmet)
            bench.check(case.check, refused(unmet, 412))
            if by_etag:
                bench.check("error-code", equals("code", unmet.code, "PreconditionFailed", unmet))
    if any(answer.ok for answer in refusals):
        bench.skip("unchanged-after-412", because="the server did not refuse")
    else:
        kept = bench.effect(ours.call("GetObject"))
        bench.check("unchanged-after-412", _unchanged(kept, ours))

    # Where the server did not refuse, ours is no longer the object that the values speak of.
    first, *others = [case for case in cases if case.met]
    subject = make(bench) if any(answer.ok for answer in refusals) else subject
    met = bench.treat(write(first, subject))
    if met.status != 412:
        bench.accepted(met, feature)
    bench.check(first.check, served(met))
    if met.ok:
        stored = bench.effect(subject.ours.call("GetObject"))
        bench.check("overwritten", has_body(stored, met.call.body))
    for case in others:
        bench.check(case.check, served(bench.effect(write(case, make(bench)))))
    if by_etag:
        missing = bench.effect(writes.write_call(bench, operation, {feature: subject.etag}))
        bench.check("missing-object", refused(missing, 404, 412))
        bench.check("missing-object-404", has_status(missing, 404))
        if not met.ok or any(answer.ok for answer in refusals):
            because = "the server serves all writes with If-Match, or none"
            checks = ("overwritten", "writers-at-once", "unquoted-etag", "etag-of-parts")
            bench.skip(*checks, because=because)
            return
        flag = {feature: met.etag}
        calls = [met.call.plus(headers=flag, body=bench.text()) for _ in range(WRITERS)]
        bench.check("writers-at-once", _one_of(bench.at_once(calls)))
        _other_etags(bench, feature)


def _other_etags(bench: Workbench, feature: str) -> None:
    """The ETag of an object of parts, and one that is written without quotes."""
    with bench.observing("etag-of-parts"):
        parts = multipart.completed(bench, [bench.text()])
        etag = bench.setup(parts.call("HeadObject")).etag
        answer = bench.effect(parts.call("PutObject", headers={feature: etag}, body=b"new"))
        bench.check("etag-of-parts", served(answer))
    with bench.observing("unquoted-etag"):
        mine = preconditions.replacement(bench)
        bare = {feature: mine.etag.strip('"')}
        unquoted = bench.effect(mine.ours.call("PutObject", headers=bare, body=bench.text()))
        bench.check("unquoted-etag", served(unquoted))


def _unchanged(kept: Response, subject: Stored) -> Comparison:
    """An object that is as it was; another one is the harm that the condition should prevent."""
    seen = has_body(kept, subject.body, otherwise=Outcome.IGNORED)
    if seen.held:  # the metadata of what was refused must not be there either
        name = next(iter(REFUSED))
        seen = has_header(kept, name, None, otherwise=Outcome.IGNORED)
    return seen.hurting(Hazard.DESTRUCTIVE)


def _one_of(answers: list[Response]) -> Comparison:
    """Writers at once of whom just one may be served."""
    winners = sum(answer.ok for answer in answers)
    others = ", ".join(sorted({answer.describe() for answer in answers if not answer.ok}))
    text = f"{winners} of {len(answers)} served{f', the others {others}' if others else ''}"
    seen = holds(winners == 1, text, *answers)
    return seen.hurting(Hazard.SILENT) if winners > 1 else seen


CREATE_CHECKS: Final = (
    core("existing-object", "412 on a key that has an object", CONDITIONAL_WRITES),
    promise("new-object", "a 2xx response on a key that has none", CONDITIONAL_WRITES),
    promise("new-object-stored", "the bytes that were stored", CONDITIONAL_WRITES),
    promise("unchanged-after-412", "the object as it was after the refusal", CONDITIONAL_WRITES),
    promise("deleted-object", "a 2xx response once the object was deleted", CONDITIONAL_WRITES),
    promise("writers-at-once", f"just one 2xx for {WRITERS} writers at once", CONDITIONAL_WRITES),
    promise("object-of-parts", "412 on a key that has an object of parts", CONDITIONAL_WRITES),
    promise("above-another", "no 412 on a key above an object: a where a/b is", CONDITIONAL_WRITES),
    detail("error-code", "PreconditionFailed with the 412", CONDITIONAL_WRITES),
    detail(
        "beside-own-if-match", "a refusal of * beside its own ETag in If-Match", api("PutObject")
    ),
    detail("own-etag", "a refusal of the object's own ETag in place of *", api("PutObject")),
)


@probe("PutObject/If-None-Match", checks=CREATE_CHECKS, security=True)
def put_object_if_none_match(bench: Workbench) -> None:
    """With `*`, store the object under a key that has none yet; otherwise 412."""
    ours, flag = bench.put(), {"If-None-Match": "*"}

    fresh = bench.treat(writes.write_call(bench, "PutObject", flag))
    if fresh.status != 412:
        bench.accepted(fresh, "If-None-Match")
    bench.check("new-object", served(fresh))
    if fresh.ok:
        made = Call(operation="GetObject", bucket=fresh.call.bucket, key=fresh.call.key)
        bench.check("new-object-stored", has_body(bench.effect(made), fresh.call.body))

    taken = bench.effect(ours.call("PutObject", headers={**flag, **REFUSED}, body=bench.text()))
    bench.check("existing-object", refused(taken, 412))
    if taken.ok:
        needless = ("unchanged-after-412", "error-code", "deleted-object", "writers-at-once")
        others = ("above-another", "object-of-parts", "own-etag", "beside-own-if-match")
        bench.skip(*needless, *others, because="the server did not refuse")
        return
    bench.check("error-code", equals("code", taken.code, "PreconditionFailed", taken))
    bench.check("unchanged-after-412", _unchanged(bench.effect(ours.call("GetObject")), ours))
    mine = {"If-None-Match": ours.etag}
    same = bench.effect(ours.call("PutObject", headers=mine, body=bench.text()))
    bench.check("own-etag", refused(same))
    both = {**flag, "If-Match": same.etag if same.ok else ours.etag}
    answer = bench.effect(ours.call("PutObject", headers=both, body=bench.text()))
    bench.check("beside-own-if-match", refused(answer))

    with bench.observing("deleted-object"):
        bench.setup(ours.call("DeleteObject"))
        again = bench.effect(ours.call("PutObject", headers=flag, body=bench.text()))
        bench.check("deleted-object", served(again))
    with bench.observing("object-of-parts"):
        parts = multipart.completed(bench, [bench.text()])
        answer = bench.effect(parts.call("PutObject", headers=flag, body=bench.text()))
        bench.check("object-of-parts", refused(answer, 412))
    with bench.observing("above-another"):
        below = bench.put(key=f"{bench.key()}/below")
        folder = replace(below, key=below.key.removesuffix("/below"))
        above = bench.effect(folder.call("PutObject", headers=flag, body=bench.text()))
        # Stores of files may refuse the key as such, with another error.
        bench.check("above-another", holds(above.status != 412, above.describe(), above))
    key = bench.key()
    calls = [
        Call(operation="PutObject", bucket=bench.bucket, key=key, headers=flag, body=bench.text())
        for _ in range(WRITERS)
    ]
    bench.check("writers-at-once", _one_of(bench.at_once(calls)))
