"""What the words of a verdict mean, for readers who know no other documentation."""

from __future__ import annotations

from typing import Final

from conformance.verdict import Divergence, Hazard, Observed

DIFFERS: Final = (Divergence.MISSING, Divergence.PARTIAL, Divergence.UNDOCUMENTED)
LEVELS: Final = {
    "bucket": "Bucket-level operations",
    "object": "Object-level operations",
    "checksum": "Checksums",
    "region": "Regions",
    "behaviour": "Behaviours",
}
# How the characters that mark words are drawn: the id of a symbol in the page.
DRAWN: Final = {"✅": "i-yes", "🚧": "i-works", "❌": "i-no", "❔": "i-open", "❗": "i-bang"}
# By word, since "partial" means one thing observed and another as a divergence.
OBSERVED_MEANS: Final = {
    Observed.SUPPORTED: "The effect was seen, and the request that must be refused was refused.",
    Observed.PARTIAL: "Only part of the promise holds; the reason names the part that does not.",
    Observed.IGNORED: "Accepted, but without effect.",
    Observed.REJECTED: "Refused, while the same request without it succeeded.",
    Observed.BROKEN: "Accepted with a wrong result, or failed with a server error.",
    Observed.UNPROVEN: "Accepted; a client cannot tell whether it had an effect.",
    Observed.UNKNOWN: "Not observed; the reason says why.",
}
DIVERGENCE_MEANS: Final = {
    Divergence.NONE: "The endpoint does what its documentation says.",
    Divergence.MISSING: "Documented as implemented, but it does not work; or documented to be "
    "refused with an error, or accepted without effect, and it is not.",
    Divergence.PARTIAL: "Documented as implemented, but works only partly.",
    Divergence.UNDOCUMENTED: "Documented as unimplemented or without effect, but works fully or "
    "partly.",
    Divergence.UNDECIDED: "Not decided in this run; the suite never guesses.",
}
HAZARD_MEANS: Final = {
    Hazard.DESTRUCTIVE: "The server carried out a different operation.",
    Hazard.CORRUPTING: "The server stored or returned wrong data.",
    Hazard.SILENT: "The server accepted and ignored a security feature.",
}
