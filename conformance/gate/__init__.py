"""The gate: results compared with a baseline of known divergences, in both directions."""

from conformance.gate.entries import changed_checks, entry_for, expected, is_as_recorded
from conformance.gate.gate import (
    ADVICE,
    Finding,
    GateResult,
    Kind,
    claims_of,
    compare,
    finding_for,
    require_same_source,
    table_of,
)
from conformance.gate.policy import STRICTEST, Policy, Quirks, SilentIgnores, needs_entry

__all__ = [
    "ADVICE",
    "STRICTEST",
    "Finding",
    "GateResult",
    "Kind",
    "Policy",
    "Quirks",
    "SilentIgnores",
    "changed_checks",
    "claims_of",
    "compare",
    "entry_for",
    "expected",
    "finding_for",
    "is_as_recorded",
    "needs_entry",
    "require_same_source",
    "table_of",
]
