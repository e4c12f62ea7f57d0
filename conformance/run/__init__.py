"""One run: the settings, the endpoint they mean, the observation of rows, and what is recorded."""

from conformance.run.observer import Gone, Observer, Sighting, not_observed, observation_of
from conformance.run.record import libraries, now, spec_of, stored_row
from conformance.run.session import (
    Bench,
    Settings,
    check,
    known_keys,
    open_endpoint,
    region_of,
)

__all__ = [
    "Bench",
    "Gone",
    "Observer",
    "Settings",
    "Sighting",
    "check",
    "known_keys",
    "libraries",
    "not_observed",
    "now",
    "observation_of",
    "open_endpoint",
    "region_of",
    "spec_of",
    "stored_row",
]
