"""Named checks: what a row promises, and how one comparison of a response with a promise ends.

A probe declares its checks beside its function and reports each of them to its workbench:

    CHECKS = (
        core("other-etag", "412 for another object's ETag", RFC_IF_MATCH),
        promise("own-etag", "200 and the object for its own ETag", RFC_IF_MATCH),
    )

    @probe("GetObject/If-Match", checks=CHECKS)
    def get_object_if_match(bench: Workbench) -> None:
        ...
        bench.check("other-etag", refused(answer, 412))

`verdict.word_of` derives the row's word from them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NoReturn

from conformance.s3.response import Response
from conformance.verdict import Hazard, Observation, Observed, Outcome, Weight

NOT_OFFERED: Final = (400, 404, 405, 409, 411, 412, 415, 501)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One named expectation of a probe.

    Attributes:
        id: stable and unique in its row, in words of the field: `suffix-longer-than-object`.
        weight: what a failure does to the row's word.
        expected: what follows the word "expected", as one clause: `412 for another object's ETag`.
        source: where the expectation comes from: a page's URL, or a section of an RFC.
    """

    id: str
    weight: Weight
    expected: str
    source: str


# The checks of a row, or a function that makes them from the operation and the feature of the row.
Checks = Sequence[Check] | Callable[[str, str], Sequence[Check]]


def core(check: str, expected: str, source: str) -> Check:
    """A check that tells a server that supports the row from one that ignores it."""
    return Check(id=check, weight=Weight.CORE, expected=expected, source=source)


def promise(check: str, expected: str, source: str) -> Check:
    """A check of something else that the API reference promises for the row."""
    return Check(id=check, weight=Weight.PROMISE, expected=expected, source=source)


def detail(check: str, expected: str, source: str) -> Check:
    """A check of what the reference leaves open, or of what few clients notice."""
    return Check(id=check, weight=Weight.DETAIL, expected=expected, source=source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What comparing responses with an expectation showed.

    Attributes:
        outcome: held, ignored (as if the row's flag had not been sent) or wrong.
        text: what follows the word "got", as one clause: `200 OK`.
        hazard: set where what was seen hurts by itself.
        responses: what was compared.
    """

    outcome: Outcome
    text: str
    hazard: Hazard | None = None
    responses: tuple[Response, ...] = ()

    @property
    def held(self) -> bool:
        return self.outcome is Outcome.HELD

    def hurting(self, hazard: Hazard) -> Comparison:
        """The same comparison; if it did not hold, what was seen is a hazard."""
        return self if self.held else replace(self, hazard=hazard)

    def after(self, text: str) -> Comparison:
        """The same comparison with words before what was seen: `for bytes=0-: 200 OK`."""
        return replace(self, text=f"{text}: {self.text}")


def holds(
    held: bool, text: str, *responses: Response, otherwise: Outcome = Outcome.WRONG
) -> Comparison:
    """Any comparison.

    Args:
        held: the expectation is met.
        text: what was seen, whether it is met or not.
        responses: what was compared.
        otherwise: what it means if it is not met.
    """
    outcome = Outcome.HELD if held else otherwise
    return Comparison(outcome=outcome, text=text, responses=responses)


def equals(
    what: str,
    seen: object,
    expected: object,
    *responses: Response,
    otherwise: Outcome = Outcome.WRONG,
) -> Comparison:
    """A value that must be this one; the text is `what` and the value seen."""
    shown = f"no {what}" if seen is None or seen == "" else f"{what} {seen!r}"
    return holds(seen == expected, shown, *responses, otherwise=otherwise)


def has_status(answer: Response, *statuses: int, otherwise: Outcome = Outcome.WRONG) -> Comparison:
    """A response with one of these statuses."""
    return holds(answer.status in statuses, answer.describe(), answer, otherwise=otherwise)


def refused(answer: Response, *statuses: int, codes: Sequence[str] = ()) -> Comparison:
    """A request that the server must refuse; one that it serves ignores what forbids it.

    Args:
        answer: the response.
        statuses: the only right ones; any 4xx or 501 where none is named, for stores differ in
            statuses where the promise is to refuse.
        codes: S3's error codes that are right; any where none is named, or where the response has
            none (HEAD has no body).
    """
    right = answer.status in statuses if statuses else is_refusal(answer)
    if right and codes and answer.code:
        right = answer.code in codes
    return holds(
        right,
        answer.describe(),
        answer,
        otherwise=Outcome.IGNORED if answer.ok else Outcome.WRONG,
    )


def verified(answer: Response) -> Comparison:
    """A request whose signature is wrong, which the server must refuse; to take it is a hazard."""
    seen = refused(answer)
    return seen.hurting(Hazard.SILENT) if seen.outcome is Outcome.IGNORED else seen


def served(answer: Response) -> Comparison:
    """A request that the server must carry out: any 2xx."""
    return holds(answer.ok, answer.describe(), answer)


def has_body(answer: Response, body: bytes, *, otherwise: Outcome = Outcome.WRONG) -> Comparison:
    """A response that must be served with exactly these bytes.

    Args:
        answer: the response.
        body: the right bytes.
        otherwise: what other bytes mean. WRONG is corruption; IGNORED is for bytes that are there
            because the server ignored the row's flag.
    """
    if not answer.ok:
        return holds(False, answer.describe(), answer, otherwise=otherwise)
    if answer.body == body:
        text = f"{answer.describe()} with the right {len(body)} bytes"
        return holds(True, text, answer)
    text = f"{answer.describe()} with other bytes ({len(answer.body)} instead of {len(body)})"
    seen = holds(False, text, answer, otherwise=otherwise)
    return seen.hurting(Hazard.CORRUPTING) if otherwise is Outcome.WRONG else seen


def has_header(
    answer: Response,
    name: str,
    value: str | None,
    *,
    default: Sequence[str | None] = (),
    otherwise: Outcome = Outcome.WRONG,
) -> Comparison:
    """A response header that must have this value; None for a header that must not be there.

    Args:
        answer: the response.
        name: of the header.
        value: the right one.
        default: values that the header has where the row's flag was not sent: seeing one of them
            means that the server ignored the flag.
        otherwise: what any other value means.
    """
    seen = answer.header(name)
    if seen in default:
        otherwise = Outcome.IGNORED
    text = f"no {name}" if seen is None else f"{name}: {seen}"
    return holds(seen == value, text, answer, otherwise=otherwise)


def is_xml(answer: Response) -> Comparison:
    """A response whose Content-Type says that its body is XML, in either of XML's two types."""
    media = answer.header("Content-Type") or ""
    right = media.partition(";")[0].strip().lower() in ("application/xml", "text/xml")
    return holds(right, f"Content-Type: {media or 'none'}", answer)


def is_refusal(answer: Response) -> bool:
    """Whether the server refused the request: any 4xx, or 501."""
    return 400 <= answer.status < 500 or answer.status == 501


class Decided(Exception):
    """A probe is over: one request decided the row before its checks could."""

    def __init__(self, observation: Observation) -> None:
        super().__init__(observation.reason)
        self.observation = observation


class Undecided(Exception):
    """A probe cannot observe its row, or its next checks, here; the text says why."""


def decide(observed: Observed, reason: str, hazard: Hazard | None = None) -> NoReturn:
    """End the probe with a verdict that no check can give."""
    raise Decided(Observation(observed=observed, reason=reason, hazard=hazard))


def offered(answer: Response) -> Response:
    """The answer to an operation's own request, if the operation was carried out.

    Raises:
        Decided: refused explicitly (rejected), or a server error (broken).
        Undecided: denied to these credentials, redirected, or the new bucket is not known yet; or
            404 without S3's own words.
    """
    if answer.ok:
        return answer
    said = f"{answer.call.operation}: expected a 2xx response; got {answer.describe()}"
    if answer.denied:
        raise Undecided(f"access denied: {said}")
    if answer.code == "NoSuchBucket":
        # The bucket was created just before: the server does not know it yet.
        raise Undecided(said)
    if answer.hidden and answer.status == 404:
        # It may say that nothing is configured, or that there is no such operation.
        raise Undecided(f"{said} as a page of HTML in place of S3's error")
    if answer.status in NOT_OFFERED:
        decide(Observed.REJECTED, said)
    if answer.broke:
        decide(Observed.BROKEN, said)
    raise Undecided(said)
