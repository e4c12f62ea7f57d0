"""The gate: results compared with a baseline of known divergences, in both directions."""

from conformance.gate.gate import (
    ADVICE,
    STRICTEST,
    Finding,
    Held,
    Kind,
    Policy,
    SilentIgnores,
    claims_of,
    expected,
    hold,
    is_as_recorded,
    judge,
    needs_entry,
    require_same_source,
    table_of,
)

__all__ = [
    "ADVICE",
    "STRICTEST",
    "Finding",
    "Held",
    "Kind",
    "Policy",
    "SilentIgnores",
    "claims_of",
    "expected",
    "hold",
    "is_as_recorded",
    "judge",
    "needs_entry",
    "require_same_source",
    "table_of",
]
