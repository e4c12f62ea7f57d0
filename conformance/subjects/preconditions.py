"""HTTP's four preconditions on an object: the values that make each true or false.

A table, `CASES`, has the cases that every operation with preconditions must tell apart.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from conformance.probing import Comparison, Stored, Undecided, Workbench, holds
from conformance.s3.operations import Call
from conformance.verdict import Weight

FEATURES: Final = ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")
# What a 304 must have where a 200 has it (RFC 9110, 15.4.5).
CACHED: Final = {"Cache-Control": "max-age=4711"}
DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)
WEEKDAYS: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
# How far back to look for a date whose text sorts as if it were later.
LOOK_BACK: Final = 4000
# How often, and how many seconds at most, to wait for the server's clock to pass one second.
ATTEMPTS: Final = 4
LONGEST_PAUSE: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """An object that has replaced another under its key.

    Attributes:
        ours: the object that conditions are about.
        replaced: the ETag of the object that it replaced.
        modified: `Last-Modified` as HeadObject returned it, or an empty string.
    """

    ours: Stored
    replaced: str
    modified: str

    @property
    def etag(self) -> str:
        """The object's own ETag.

        Raises:
            Undecided: PutObject returned none.
        """
        if not self.ours.etag:
            raise Undecided("PutObject returned no ETag")
        return self.ours.etag

    @property
    def at(self) -> datetime:
        """When the object was last modified, to the second.

        Raises:
            Undecided: HeadObject returned no date.
        """
        date = _date(self.modified)
        if date is None:
            raise Undecided(f"HeadObject returned no date in Last-Modified: {self.modified!r}")
        return date


def replacement(bench: Workbench, headers: Mapping[str, str] = {}) -> Dated:
    """An object that has replaced another, its date not asked for.

    Args:
        bench: stores both.
        headers: of the object.

    Raises:
        Undecided: PutObject was not served.
    """
    first = bench.put()
    ours = bench.put(key=first.key, headers=headers)
    return Dated(ours=ours, replaced=first.etag, modified="")


def dated(bench: Workbench, headers: Mapping[str, str] = {}) -> Dated:
    """An object that has replaced another, and its date.

    Args:
        bench: stores both, and reads the date.
        headers: of the object.

    Raises:
        Undecided: PutObject or HeadObject was not served.
    """
    pair = replacement(bench, headers)
    head = bench.setup(pair.ours.call("HeadObject"))
    modified = head.header("Last-Modified") or ""
    return Dated(ours=pair.ours, replaced=pair.replaced, modified=modified)


def dated_object(bench: Workbench) -> Dated:
    """The one that rows only read."""
    return bench.shared("an object that replaced another", lambda bench: dated(bench, CACHED))


def similar(etag: str) -> str:
    """An ETag that differs in its last character only."""
    end = len(etag.rstrip('"')) - 1
    if end < 0:
        raise Undecided("PutObject returned no ETag")
    return f"{etag[:end]}{'1' if etag[end] == '0' else '0'}{etag[end + 1 :]}"


def earlier(date: datetime) -> datetime:
    """A date whole days before; one whose text sorts after, as `Wed, 18 Nov` after `Tue, 24 Nov`.

    To servers that compare the texts it is a later one.
    """
    days = (date - n * DAY for n in range(1, LOOK_BACK))
    return next((day for day in days if http_date(day) > http_date(date)), date - DAY)


def a_second_later(bench: Workbench, subject: Dated) -> datetime:
    """The second after the object's own, once the server's clock has passed it.

    S3 ignores dates in the future in If-Modified-Since, so the object must have some age.

    Raises:
        Undecided: the server's clock cannot be read, or does not go on.
    """
    later = subject.at + SECOND

    def wait(bench: Workbench) -> bool:
        for _ in range(ATTEMPTS):
            now = _date(bench.setup(subject.ours.call("HeadObject")).header("Date") or "")
            if now is None:
                raise Undecided("HeadObject returned no date in Date")
            if now >= later:
                return True
            time.sleep(min((later - now).total_seconds(), LONGEST_PAUSE))
        raise Undecided("the server's clock is far behind the object's Last-Modified")

    bench.shared(f"a moment after {subject.ours.key} was modified", wait)
    return later


def is_later(bench: Workbench, subject: Stored, before: Dated) -> Comparison:
    """An object whose Last-Modified must be later than that of one stored a second before.

    Raises:
        Undecided: the object cannot be read, or the other one had no date.
    """
    head = bench.setup(subject.call("HeadObject"))
    said = head.header("Last-Modified") or ""
    date = _date(said)
    text = f"Last-Modified: {said or 'missing'} after {before.modified}"
    return holds(date is not None and date > before.at, text, head)


def http_date(date: datetime) -> str:
    """A date as HTTP writes it."""
    return format_datetime(date, usegmt=True)


def older_forms(date: datetime) -> tuple[str, str]:
    """A date in the two other forms that HTTP's recipients must read: RFC 850's and asctime()'s."""
    day, month, year, clock = http_date(date).split()[1:5]
    name = WEEKDAYS[date.weekday()]
    rfc850 = f"{name}, {day}-{month}-{year[-2:]} {clock} GMT"
    return rfc850, f"{name[:3]} {month} {int(day):2} {clock} {year}"


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)


Value = Callable[[Workbench, Dated], str]


def _own(_: Workbench, subject: Dated) -> str:
    return subject.etag


def _replaced(_: Workbench, subject: Dated) -> str:
    return subject.replaced


def _similar(_: Workbench, subject: Dated) -> str:
    return similar(subject.etag)


def _same(_: Workbench, subject: Dated) -> str:
    return http_date(subject.at)


def _earlier(_: Workbench, subject: Dated) -> str:
    return http_date(earlier(subject.at))


def _second_earlier(_: Workbench, subject: Dated) -> str:
    return http_date(subject.at - SECOND)


def _second_later(bench: Workbench, subject: Dated) -> str:
    return http_date(a_second_later(bench, subject))


def _day_later(_: Workbench, subject: Dated) -> str:
    return http_date(subject.at + DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One value of a precondition, and whether it makes the precondition true.

    Attributes:
        check: the id of the check that the case is.
        met: the request must be carried out.
        means: what the value is, in words.
        value: makes it.
        weight: of the check.
        beside: another precondition in the same request, and its value.
        by_http: HTTP alone promises it (RFC 9110, 13.1.3); the API reference of copies does not.
    """

    check: str
    met: bool
    means: str
    value: Value
    weight: Weight = Weight.PROMISE
    beside: tuple[str, Value] | None = None
    by_http: bool = False

    def headers(
        self, bench: Workbench, feature: str, subject: Dated, prefix: str = ""
    ) -> dict[str, str]:
        """The header of the precondition, and the one beside it.

        Args:
            bench: may have to wait until a date is no longer in the future.
            feature: the precondition, one of `FEATURES`.
            subject: what it is about.
            prefix: of the headers' names; those of a copy's source have one.

        Raises:
            Undecided: the value cannot be made.
        """
        pairs = [(feature, self.value), *([self.beside] if self.beside else [])]
        if prefix:
            pairs = [(f"{prefix}{name.lower()}", value) for name, value in pairs]
        return {name: value(bench, subject) for name, value in pairs}


CORE: Final = Weight.CORE
CASES: Final[Mapping[str, tuple[Case, ...]]] = {
    "If-Match": (
        Case(check="own-etag", met=True, means="its own ETag", value=_own),
        Case(check="replaced-etag", met=False, means="the ETag of the object that it replaced",
             value=_replaced, weight=CORE),
        Case(check="similar-etag", met=False, value=_similar,
             means="an ETag that differs in the last character"),
        Case(check="beside-false-if-unmodified-since", met=True, value=_own,
             means="its own ETag, whatever If-Unmodified-Since says",
             beside=("If-Unmodified-Since", _earlier)),
    ),
    "If-None-Match": (
        Case(check="replaced-etag", met=True, means="the ETag of the object that it replaced",
             value=_replaced),
        Case(check="own-etag", met=False, means="its own ETag", value=_own, weight=CORE),
        Case(check="similar-etag", met=True, value=_similar,
             means="an ETag that differs in the last character"),
        Case(check="beside-true-if-modified-since", met=False, value=_own,
             means="its own ETag, whatever If-Modified-Since says",
             beside=("If-Modified-Since", _earlier)),
        Case(check="beside-false-if-modified-since", met=True, value=_replaced,
             means="another ETag, whatever If-Modified-Since says",
             beside=("If-Modified-Since", _same), by_http=True),
        Case(check="beside-true-if-match", met=False, value=_own, weight=Weight.DETAIL,
             means="its own ETag in If-Match too", beside=("If-Match", _own), by_http=True),
    ),
    "If-Modified-Since": (
        Case(check="earlier-date", met=True, means="a date days before its Last-Modified",
             value=_earlier),
        Case(check="own-date", met=False, means="its own Last-Modified", value=_same, weight=CORE),
        Case(check="later-date", met=False, means="the second after its Last-Modified",
             value=_second_later, weight=CORE),
        Case(check="second-before", met=True, means="the second before its Last-Modified",
             value=_second_earlier),
        Case(check="beside-false-if-none-match", met=False, value=_earlier,
             means="an earlier date beside If-None-Match with its own ETag",
             beside=("If-None-Match", _own)),
        Case(check="beside-true-if-none-match", met=True, value=_same,
             means="its own Last-Modified beside If-None-Match with another ETag",
             beside=("If-None-Match", _replaced), by_http=True),
    ),
    "If-Unmodified-Since": (
        Case(check="own-date", met=True, means="its own Last-Modified", value=_same),
        Case(check="earlier-date", met=False, means="a date days before its Last-Modified",
             value=_earlier, weight=CORE),
        Case(check="second-before", met=False, means="the second before its Last-Modified",
             value=_second_earlier),
        Case(check="later-date", met=True, means="the day after its Last-Modified",
             value=_day_later),
        Case(check="beside-true-if-match", met=True, value=_earlier,
             means="an earlier date beside If-Match with its own ETag",
             beside=("If-Match", _own)),
    ),
}  # fmt: skip


def is_alone(bench: Workbench, case: Case, subject: Dated, call: Call, prefix: str = "") -> bool:
    """Whether the server does not support the precondition beside the one of a case.

    Then what it does where both are sent is no fault of the row's own.
    """
    if case.beside is None:
        return False
    other = case.beside[0]
    false = next(it for it in CASES[other] if not it.met)
    answer = bench.control(call.plus(headers=false.headers(bench, other, subject, prefix)))
    return answer.status not in (304, 412)
