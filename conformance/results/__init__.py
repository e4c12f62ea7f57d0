"""The results file: what one run documented, observed and sent, as one JSON document."""

from conformance.results.consistency import require_consistent
from conformance.results.counting import failed_checks, is_flaky, seen, summarise
from conformance.results.document import GZIP_MAGIC, SCHEMA, assemble, read, without_evidence, write
from conformance.results.merging import merge
from conformance.results.shape import (
    Document,
    EndpointInfo,
    Product,
    Repeat,
    ResultRow,
    Run,
    Shard,
    Spec,
    StoredCheck,
    StoredIncident,
    Summary,
    Unsteady,
)
from conformance.results.unsteady import sentence, together, unsteady
from conformance.results.upgrade import SCHEMA_VERSION

__all__ = [
    "GZIP_MAGIC",
    "SCHEMA",
    "SCHEMA_VERSION",
    "Document",
    "EndpointInfo",
    "Product",
    "Repeat",
    "ResultRow",
    "Run",
    "Shard",
    "Spec",
    "StoredCheck",
    "StoredIncident",
    "Summary",
    "Unsteady",
    "assemble",
    "failed_checks",
    "is_flaky",
    "merge",
    "read",
    "require_consistent",
    "seen",
    "sentence",
    "summarise",
    "together",
    "unsteady",
    "without_evidence",
    "write",
]
