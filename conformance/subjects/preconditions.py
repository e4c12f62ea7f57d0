"""HTTP's four preconditions on an object: a value that makes each true, and one that does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from conformance.probing import Stored, Undecided, Workbench

FEATURES: Final = ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """Two objects, and when the first was last modified.

    Attributes:
        ours: the object conditions are about.
        theirs: another real object, for its ETag.
        modified: `Last-Modified` of ours, as the endpoint writes it.
    """

    ours: Stored
    theirs: Stored
    modified: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Precondition:
    """Two values of one header, and what they mean in words."""

    true: str
    true_means: str
    false: str
    false_means: str


def dated(bench: Workbench) -> Dated:
    """Two fresh objects.

    Raises:
        Undecided: they cannot be stored, or HeadObject tells no date.
    """
    ours, theirs = bench.put(), bench.put()
    head = bench.setup(ours.call("HeadObject"))
    modified = head.header("Last-Modified") or ""
    _date(modified)
    return Dated(ours=ours, theirs=theirs, modified=modified)


def precondition(feature: str, subject: Dated) -> Precondition:
    """The values of a header of `FEATURES` for these objects.

    The date that is not before is the object's own: S3 takes no notice of one in the future.
    """
    own = (subject.ours.etag, "the object's own ETag")
    other = (subject.theirs.etag, "another object's ETag")
    same = (subject.modified, "its own Last-Modified")
    before = (
        format_datetime(_date(subject.modified) - DAY, usegmt=True),
        "a date before its Last-Modified",
    )
    (true, true_means), (false, false_means) = {
        "If-Match": (own, other),
        "If-None-Match": (other, own),
        "If-Modified-Since": (before, same),
        "If-Unmodified-Since": (same, before),
    }[feature]
    return Precondition(true=true, true_means=true_means, false=false, false_means=false_means)


def _date(text: str) -> datetime:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError as error:
        raise Undecided(f"HeadObject answers no date in Last-Modified: {text!r}") from error
