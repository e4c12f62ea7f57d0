"""The results file: what one run documented, observed and sent, as one JSON document."""

from conformance.results.consistency import require_consistent
from conformance.results.counting import failed_checks, is_flaky, seen, summarise
from conformance.results.document import GZIP_MAGIC, SCHEMA, assemble, read, without_evidence, write
from conformance.results.shape import (
    Document,
    EndpointInfo,
    Repeat,
    ResultRow,
    Run,
    Spec,
    StoredCheck,
    Summary,
)
from conformance.results.upgrade import SCHEMA_VERSION

__all__ = [
    "GZIP_MAGIC",
    "SCHEMA",
    "SCHEMA_VERSION",
    "Document",
    "EndpointInfo",
    "Repeat",
    "ResultRow",
    "Run",
    "Spec",
    "StoredCheck",
    "Summary",
    "assemble",
    "failed_checks",
    "is_flaky",
    "read",
    "require_consistent",
    "seen",
    "summarise",
    "without_evidence",
    "write",
]
