"""What the words of a verdict say to a reader who has read no documentation."""

from __future__ import annotations

from typing import Final

from conformance.verdict import Divergence, Hazard, Observed

DIFFERS: Final = (Divergence.MISSING, Divergence.PARTIAL, Divergence.UNDOCUMENTED)
LEVELS: Final = {
    "bucket": "Bucket-level operations",
    "object": "Object-level operations",
    "checksum": "Checksums",
    "region": "Regions",
}
# By word, since "partial" means one thing observed and another as a divergence.
OBSERVED_MEANS: Final = {
    Observed.SUPPORTED: "The effect was seen, and the request that must be refused was refused.",
    Observed.PARTIAL: "Some of the promise holds; the reason says which part does not.",
    Observed.IGNORED: "Accepted, and shown to have had no effect.",
    Observed.REJECTED: "Refused, while the same request without it was served.",
    Observed.BROKEN: "Accepted with a wrong result, or answered with a server error.",
    Observed.UNPROVEN: "Accepted; nothing outside the server can tell whether it had an effect.",
    Observed.UNKNOWN: "Not observed; the reason says why.",
}
DIVERGENCE_MEANS: Final = {
    Divergence.NONE: "The endpoint does what its documentation says.",
    Divergence.MISSING: "Documented as implemented, but it does not work.",
    Divergence.PARTIAL: "Documented as implemented, but works only in part.",
    Divergence.UNDOCUMENTED: "Documented as unimplemented, but works in whole or in part.",
    Divergence.UNDECIDED: "Not decided by this run; never a guess.",
}
HAZARD_MEANS: Final = {
    Hazard.DESTRUCTIVE: "The request was carried out as something else.",
    Hazard.CORRUPTING: "Wrong data was stored or served.",
    Hazard.SILENT: "A security feature was accepted and ignored.",
}
