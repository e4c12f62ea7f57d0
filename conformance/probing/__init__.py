"""What a probe works with: a bench to send requests from, checks to weigh, and the register."""

from conformance.probing.judge import (
    NOT_OFFERED,
    Decided,
    Proof,
    Seen,
    Undecided,
    carries,
    decide,
    judge,
    made,
    offered,
    refuses,
    serves,
    settle,
    shows,
)
from conformance.probing.registry import PROBES, Probe, family, operation, probe
from conformance.probing.workbench import Stored, Workbench, stored

__all__ = [
    "NOT_OFFERED",
    "PROBES",
    "Decided",
    "Probe",
    "Proof",
    "Seen",
    "Stored",
    "Undecided",
    "Workbench",
    "carries",
    "decide",
    "family",
    "judge",
    "made",
    "offered",
    "operation",
    "probe",
    "refuses",
    "serves",
    "settle",
    "shows",
    "stored",
]
