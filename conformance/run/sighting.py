"""What was seen of one row."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.s3.exchange import Exchange
from conformance.verdict import DecidedBy, Observation, Observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An observation with its evidence.

    Attributes:
        observation: the verdict's word and why.
        exchanges: the requests and answers it rests on.
        seconds: how long the observation took, waiting included.
        repeats: each observation, where there were several.
    """

    observation: Observation
    exchanges: tuple[Exchange, ...]
    seconds: float
    repeats: tuple[Observation, ...] = ()


def not_observed(reason: str) -> Sighting:
    """The sighting of a row that was never asked for."""
    return Sighting(
        observation=Observation(
            observed=Observed.UNKNOWN, reason=reason, decided_by=DecidedBy.NOTHING
        ),
        exchanges=(),
        seconds=0.0,
    )
