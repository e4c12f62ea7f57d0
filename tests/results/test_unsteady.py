"""That an endpoint was unsteady: gathered from several processes, and said in one sentence."""

from __future__ import annotations

from datetime import UTC, datetime

from conformance.results import sentence, together, unsteady
from conformance.s3.incidents import KINDS, OTHERS, Incident, Incidents

AT = [datetime(2026, 11, 20, 8, 3, second, tzinfo=UTC) for second in range(10)]


def incident(what: str, times: int, first: int, last: int) -> Incident:
    return Incident(what=what, times=times, first=AT[first], last=AT[last])


def test_unsteady_when_nothing_was_noted_is_none() -> None:
    assert unsteady([], 3) is None
    assert together([]) is None


def test_together_of_two_processes_sums_counts_and_spans_times() -> None:
    one = unsteady([incident("503 SlowDown", 2, 3, 5)], 1)
    other = unsteady([incident("503 SlowDown", 3, 1, 4), incident("no answer", 1, 9, 9)], 2)
    assert one
    assert other
    found = together([one, other])
    assert found == {
        "repeated": 3,
        "incidents": [
            {
                "what": "503 SlowDown",
                "times": 5,
                "first": "2026-11-20T08:03:01.000+00:00",
                "last": "2026-11-20T08:03:05.000+00:00",
            },
            {
                "what": "no answer",
                "times": 1,
                "first": "2026-11-20T08:03:09.000+00:00",
                "last": "2026-11-20T08:03:09.000+00:00",
            },
        ],
    }
    assert sentence(found) == (
        "the endpoint was unsteady between 08:03:01 and 08:03:09 UTC: 503 SlowDown (5 times); "
        "no answer (once); 3 times a row was observed again for it"
    )


def test_note_when_there_are_too_many_kinds_counts_the_others_together() -> None:
    incidents = Incidents()
    for number in range(KINDS + 5):
        incidents.note(f"403 Code{number}")
    assert len(incidents.noted) == KINDS + 1
    assert (incidents.noted[-1].what, incidents.noted[-1].times) == (OTHERS, 5)
