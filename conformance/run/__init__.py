"""One run: the settings, the endpoint they mean, the observation of rows, and what is recorded."""

from conformance.run.observer import Gone, Observer, Sighting, not_observed, observation_of
from conformance.run.record import libraries, now, spec_of, stored_row
from conformance.run.session import (
    ObservingSession,
    Settings,
    known_keys,
    open_endpoint,
    region_of,
    require_usable,
)

__all__ = [
    "Gone",
    "Observer",
    "ObservingSession",
    "Settings",
    "Sighting",
    "known_keys",
    "libraries",
    "not_observed",
    "now",
    "observation_of",
    "open_endpoint",
    "region_of",
    "require_usable",
    "spec_of",
    "stored_row",
]
