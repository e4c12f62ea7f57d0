"""The gate: results compared with a baseline of known divergences, in both directions."""

from conformance.gate.gate import (
    ADVICE,
    STRICTEST,
    Finding,
    GateResult,
    Kind,
    Policy,
    SilentIgnores,
    claims_of,
    compare,
    expected,
    finding_for,
    is_as_recorded,
    needs_entry,
    require_same_source,
    table_of,
)

__all__ = [
    "ADVICE",
    "STRICTEST",
    "Finding",
    "GateResult",
    "Kind",
    "Policy",
    "SilentIgnores",
    "claims_of",
    "compare",
    "expected",
    "finding_for",
    "is_as_recorded",
    "needs_entry",
    "require_same_source",
    "table_of",
]
