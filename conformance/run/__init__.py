"""One run: the settings, the endpoint they mean, the observation of rows, and what is recorded."""

from conformance.run.observer import NO_PROBE, Gone, Observer, observation_of
from conformance.run.record import libraries, now, spec_of, stored_row
from conformance.run.session import (
    ObservingSession,
    Settings,
    clean_up_after,
    endpoint_of,
    known_keys,
    open_endpoint,
    region_of,
    require_usable,
    ways_out,
)
from conformance.run.sighting import Sighting, not_observed
from conformance.run.spoken import spoken
from conformance.run.tables import read_table, require_probes, without_probe

__all__ = [
    "NO_PROBE",
    "Gone",
    "Observer",
    "ObservingSession",
    "Settings",
    "Sighting",
    "clean_up_after",
    "endpoint_of",
    "known_keys",
    "libraries",
    "not_observed",
    "now",
    "observation_of",
    "open_endpoint",
    "read_table",
    "region_of",
    "require_probes",
    "require_usable",
    "spec_of",
    "spoken",
    "stored_row",
    "ways_out",
    "without_probe",
]
