"""Which entry of a baseline is a row's, and whether the row is as it says."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conformance.gate.baseline import KnownDivergence
from conformance.gate.policy import STRICTEST, Policy, Quirks, needs_entry
from conformance.results import ResultRow, failed_checks, seen


def entry_for(row: ResultRow, entries: Mapping[str, KnownDivergence]) -> KnownDivergence | None:
    """The entry that a row has: its own, or else the first family's that expects what it does.

    A family (`GetObject/*`) says nothing of the rows that it names and that do not diverge so.
    """
    own = entries.get(row["id"])
    if own is not None:
        return own
    families = (entry for entry in entries.values() if entry.is_family)
    return next((entry for entry in families if _covers(entry, row)), None)


def _covers(family: KnownDivergence, row: ResultRow) -> bool:
    diverges = needs_entry(row, STRICTEST)
    return diverges and names(family.row, row["id"]) and is_as_recorded(row, family)


def names(pattern: str, row: str) -> bool:
    """Whether a pattern, in which `*` stands for any text, names a row."""
    return bool(re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), row))


def changed_checks(
    row: ResultRow, entry: KnownDivergence, policy: Policy
) -> tuple[list[str], list[str]]:
    """The checks that fail and that the entry does not name; those it names that do not fail."""
    failed = {*failed_checks(row)} if entry.checks is not None and row["checks"] else set()
    known = {*entry.checks} if entry.checks is not None and row["checks"] else set()
    if policy.quirks is Quirks.FAIL:
        failed |= {*failed_checks(row, quirks=True)}
        known |= {*entry.quirks}
    return sorted(failed - known), sorted(known - failed)


def is_as_recorded(row: ResultRow, entry: KnownDivergence) -> bool:
    """Whether a row's words are just what its entry says."""
    if row["documented"] != entry.documented:
        return False
    if entry.is_family:
        words = {*seen(row)}
        return len(words) == 1 and words <= {*entry.observed} and row["hazard"] == entry.hazard
    if entry.flaky:
        return {*seen(row)} <= {*entry.observed} and row["hazard"] in (None, entry.hazard)
    return {*seen(row)} == {*entry.observed} and row["hazard"] == entry.hazard


def expected(entry: KnownDivergence) -> str:
    """What an entry says of its row, in words."""
    hazard = f" ({entry.hazard} hazard)" if entry.hazard else ""
    observed = f"{'flaky: ' if entry.flaky else ''}{' or '.join(entry.observed)}"
    return f"{entry.documented}, {observed}{hazard}"
