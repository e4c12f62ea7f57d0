"""That an endpoint was unsteady: gathered from all processes of a run, and said in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from conformance.results.shape import StoredIncident, Unsteady
from conformance.s3.incidents import Incident

NAMED: Final = 5


def unsteady(incidents: Sequence[Incident], repeated: int) -> Unsteady | None:
    """What one process noted, as the results file has it; None where it noted nothing.

    Args:
        incidents: what happened.
        repeated: observations of rows that did not count.
    """
    if not incidents:
        return None
    stored: list[StoredIncident] = [
        {
            "what": it.what,
            "times": it.times,
            "first": it.first.isoformat(timespec="milliseconds"),
            "last": it.last.isoformat(timespec="milliseconds"),
        }
        for it in incidents
    ]
    return {"repeated": repeated, "incidents": stored}


def together(parts: Iterable[Unsteady]) -> Unsteady | None:
    """What all processes of a run noted."""
    repeated, merged = 0, dict[str, StoredIncident]()
    for part in parts:
        repeated += part["repeated"]
        for it in part["incidents"]:
            known = merged.setdefault(it["what"], {**it, "times": 0})
            known["times"] += it["times"]
            known["first"] = min(known["first"], it["first"])
            known["last"] = max(known["last"], it["last"])
    if not merged:
        return None
    return {"repeated": repeated, "incidents": sorted(merged.values(), key=lambda it: it["first"])}


def sentence(found: Unsteady) -> str:
    """One sentence for a reader who wonders whether to trust the results."""
    most = sorted(found["incidents"], key=lambda it: -it["times"])
    named = "; ".join(f"{it['what']} ({_times(it['times'])})" for it in most[:NAMED])
    more = f"; and {len(most) - NAMED} more kinds" if len(most) > NAMED else ""
    first = min(it["first"] for it in most)
    last = max(it["last"] for it in most)
    again = f"{_times(found['repeated'])} a row was observed again for it"
    return (
        f"the endpoint was unsteady between {first[11:19]} and {last[11:19]} UTC: {named}{more}; "
        f"{again}"
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
