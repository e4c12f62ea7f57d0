"""What the listings of objects, of uploads and of parts have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import unquote_plus

from conformance.probing import (
    Comparison,
    Workbench,
    equals,
    holds,
    refused,
)
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.s3.xml import XMLNS
from conformance.verdict import Outcome

LISTING: Final = "ListBucketResult"
# A space, a plus and a letter outside ASCII: what an URL encodes, and XML can carry as it is.
ODD_NAME: Final = "a ä+.txt"
DATE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")
SHOWN: Final = 6  # names in a text
MOST_PAGES: Final = 10  # of a listing that has three
NAMESPACE_WITHIN: Final = 300  # bytes: the declaration, and the root element's start tag

# What is listed was made in this run, and the server's clock is the one that dates it.
OLDEST: Final = timedelta(days=1)
AHEAD: Final = timedelta(minutes=5)


def has_root(answer: Response, root: str) -> Comparison:
    """A body whose root element must have this name."""
    nothing = answer.root in ("", LISTING)  # what a server returns that ignores a subresource
    return holds(
        answer.root == root,
        f"the root element {answer.root}" if answer.root else f"{answer.describe()} without XML",
        answer,
        otherwise=Outcome.IGNORED if nothing else Outcome.WRONG,
    )


def has_namespace(answer: Response) -> Comparison:
    """A document in S3's namespace, by which some clients' parsers find the elements."""
    start = answer.body[:NAMESPACE_WITHIN]
    right = XMLNS.encode() in start
    return holds(right, f"{answer.root or 'no XML'} {'in it' if right else 'in none'}", answer)


def in_missing_bucket(bench: Workbench, name: OperationName) -> Comparison:
    """The operation on a bucket that does not exist.

    A bucket given with --bucket may come with credentials for nothing else: then it is 403.
    """
    answer = bench.effect(Call(operation=name, bucket=bench.sandbox.bucket_name()))
    if bench.sandbox.user_buckets and answer.status == 403:
        return refused(answer, 403)
    # A 404 without a code is a page of some web server, not S3's.
    right = refused(answer, 404, codes=["NoSuchBucket"])
    return right if answer.code or not right.held else holds(False, "404 without a code", answer)


def has_element(answer: Response, path: str, value: str | None) -> Comparison:
    """An element of the listing itself that must have this text; None for one that must not be
    there, or be empty: `<EncodingType/>`.
    """
    found = answer.xml.find(path)
    if value is None and found is not None and len(found):
        return holds(False, path, answer)
    seen = answer.text(path)
    return equals(path, seen or None if value is None else seen, value, answer)


def has_dates(answer: Response, path: str) -> Comparison:
    """Elements that must all be there, and dates as XML has them."""
    dates = answer.texts(path)
    wrong = [date for date in dates if not DATE.fullmatch(date)]
    text = f"{path} {wrong[0]!r}" if wrong else f"{len(dates)} dates in {path}"
    return holds(bool(dates) and not wrong, text, answer)


def of_today(answer: Response, path: str) -> Comparison:
    """Dates of what was made in this run: neither long before the answer's own Date nor after."""
    now = parsed_date(answer.header("Date") or "")
    dates = [date for date in answer.texts(path) if DATE.fullmatch(date)]
    found = {date: datetime.fromisoformat(date).astimezone(UTC) for date in dates}
    wrong = [
        date for date, when in found.items() if now and not now - OLDEST <= when <= now + AHEAD
    ]
    text = f"{wrong[0]}, answered on {now}" if wrong else f"{len(dates)} dates of today"
    return holds(not wrong, text, answer)


def modified_today(answer: Response) -> Comparison:
    """Last-Modified of an object that was stored in this run."""
    said = answer.header("Last-Modified") or ""
    when, now = parsed_date(said), parsed_date(answer.header("Date") or "")
    right = when is not None and (now is None or now - OLDEST <= when <= now + AHEAD)
    return holds(right, f"Last-Modified: {said or 'missing'}, answered on {now}", answer)


def parsed_date(text: str) -> datetime | None:
    """A date of HTTP; None for what is none."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None


def quoted(answer: Response, path: str) -> Comparison:
    """ETags that must stand in quotes, as in the header."""
    bare = [etag for etag in answer.texts(path) if not re.fullmatch('".*"', etag)]
    return holds(not bare, f"the ETag {bare[0]}" if bare else "quotes around each", answer)


def check_owner_id(bench: Workbench, answer: Response, path: str) -> None:
    """Report `owner-id`: owners that must be the account, as ListBuckets has it."""

    def ask(bench: Workbench) -> str:
        return bench.attempt(Call(operation="ListBuckets")).text("Owner/ID") or ""

    own = bench.shared("the account's canonical id", ask)
    others = [owner for owner in answer.texts(path) if owner not in (own, "")]
    if own:
        text = f"{others[0]!r} beside {own!r} of ListBuckets" if others else "the account"
        bench.check("owner-id", holds(not others, text, answer))
    else:
        bench.skip("owner-id", because="ListBuckets tells no owner")


def whole(*answers: Response) -> Comparison:
    """Listings that say that they are whole."""
    cut = [answer for answer in answers if answer.text("IsTruncated") != "false"]
    text = f"IsTruncated {cut[0].text('IsTruncated')}" if cut else "IsTruncated false"
    return holds(not cut, text, *(cut or answers))


def spelt(names: Sequence[str], of: str = "key") -> str:
    """`no keys`, `1 key: 'a'`, `9 keys: 'a', 'b', …`."""
    plural = "" if len(names) == 1 else "es" if of.endswith("x") else "s"
    count = f"{len(names) or 'no'} {of}{plural}"
    shown = [repr(name) for name in names[:SHOWN]] + ["…"] * (len(names) > SHOWN)
    return f"{count}: {', '.join(shown)}" if names else count


def lists(
    answer: Response,
    seen: Sequence[str],
    right: Sequence[str],
    unasked: Sequence[str] | None = None,
    of: str = "key",
) -> Comparison:
    """A listing that must have just these entries; their order is the operation's own affair.

    Args:
        answer: the listing.
        seen: names of its entries.
        right: the right names.
        unasked: what a server that ignores the parameter lists, at least; None for what shows
            nothing of the kind.
        of: what is listed.
    """
    if not answer.ok:
        return holds(False, answer.describe(), answer)
    ignored = unasked is not None and set(unasked) <= set(seen)
    return holds(
        sorted(seen) == sorted(right),
        spelt(seen, of),
        answer,
        otherwise=Outcome.IGNORED if ignored else Outcome.WRONG,
    )


def in_order(answer: Response, seen: Sequence[str], right: Sequence[str]) -> Comparison:
    """Entries that must come in this order; those that are missing are another check's affair."""
    ours = [name for name in seen if name in right]
    there = [name for name in right if name in ours]
    return holds(ours == there, f"the order {', '.join(map(repr, ours))}", answer)


def page_of(
    limit: int, answer: Response, seen: Sequence[str], ours: Sequence[str], of: str = "key"
) -> Comparison:
    """A page that must be full, and no more."""
    if not answer.ok:
        return holds(False, answer.describe(), answer)
    return holds(
        len(seen) == limit and set(seen) <= set(ours),
        spelt(seen, of),
        answer,
        otherwise=Outcome.IGNORED if len(seen) > limit else Outcome.WRONG,
    )


def fields_are(
    answer: Response, element: str, name: str, field: str, right: dict[str, str]
) -> Comparison:
    """A field that entries of a listing must have.

    Args:
        answer: the listing.
        element: one for each entry.
        name: the field that names an entry.
        field: the field.
        right: its text, by the entry's name; quotes around it do not count.
    """
    wrong = []
    for entry in answer.xml.findall(element):
        which, seen = entry.findtext(name) or "", entry.findtext(field)
        expected = right.get(which)
        if expected is not None and (seen or "").strip('"') != expected.strip('"'):
            wrong.append(f"{field} {seen!r} of {which.rpartition('/')[2]!r}, not {expected!r}")
    return holds(not wrong, wrong[0] if wrong else f"the right {field} of each", answer)


def url_encoded(answer: Response, seen: str | None, raw: str) -> Comparison:
    """A text of a listing with `encoding-type=url`; S3 writes a space as a plus, others as %20."""
    return holds(
        seen is not None and seen != raw and unquote_plus(seen) == raw,
        "no such element" if seen is None else repr(seen),
        answer,
    )


def key_encoded(key: str, encoded: Response, plain: Response, path: str) -> Comparison:
    """The key of a listing of one key, URL-encoded with `encoding-type` and not without it.

    Args:
        key: an odd one.
        encoded: the listing of this key with `encoding-type`.
        plain: the one without.
        path: where the keys stand.
    """
    seen, before = encoded.text(path), plain.text(path)
    says = encoded.text("EncodingType") == "url"
    held = url_encoded(encoded, seen, key).held and before == key
    # A client that believes a wrong EncodingType reads a wrong key.
    ignored = seen == before and not says
    return holds(
        held,
        f"{seen!r} with it and {before!r} without it",
        encoded,
        plain,
        otherwise=Outcome.IGNORED if ignored else Outcome.WRONG,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """A listing read page by page.

    Attributes:
        answers: the pages, in order.
        trouble: why there is no next page, where there should be one; empty where all is well.
    """

    answers: Sequence[Response]
    trouble: str

    @property
    def last(self) -> Response:
        return self.answers[-1]

    def show(self, right: Sequence[str], names: Callable[[Response], list[str]]) -> Comparison:
        """Pages that must show each of these entries once, and come to an end."""
        seen = [name for answer in self.answers for name in names(answer)]
        more = set(seen) - set(right)
        twice = sorted({name for name in seen if seen.count(name) > 1} - more)
        missing = sorted(set(right) - set(seen))
        faults = [
            text
            for text, such in (
                (f"{self.trouble}", bool(self.trouble)),
                (f"{', '.join(map(repr, twice[:SHOWN]))} more than once", bool(twice)),
                (f"no {', '.join(map(repr, missing[:SHOWN]))}", bool(missing)),
                (f"{', '.join(map(repr, sorted(more)[:SHOWN]))} too", bool(more)),
            )
            if such
        ]
        text = f"{len(self.answers)} pages with {'; '.join(faults) or 'each once'}"
        return holds(not faults, text, *self.answers)


def walk(
    first: Response,
    following: Callable[[Response], dict[str, str]],
    send: Callable[[Call], Response],
) -> Pages:
    """Follow a listing from its first page to the last, or until something is wrong.

    Args:
        first: the first page.
        following: the parameters with which a page says that the next one is asked for; empty
            where it does not say.
        send: sends the request for a page.
    """
    answers, asked = [first], []
    while answers[-1].text("IsTruncated") == "true":
        page = f"page {len(answers)}"
        more = following(answers[-1])
        if not more or not all(more.values()):
            return Pages(answers=answers, trouble=f"{page} truncated without a next marker")
        if more in asked:
            return Pages(answers=answers, trouble=f"the marker after {page} given before")
        if len(answers) == MOST_PAGES:
            return Pages(answers=answers, trouble="no end")
        asked.append(more)
        answers.append(send(first.call.plus(query=more)))
    trouble = "" if answers[-1].ok else answers[-1].describe()
    return Pages(answers=answers, trouble=trouble)
