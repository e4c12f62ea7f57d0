"""The results file: what one run documented, observed and sent, as one JSON document."""

from conformance.results.document import (
    GZIP_MAGIC,
    SCHEMA,
    SCHEMA_VERSION,
    Document,
    Endpoint,
    Repeat,
    Row,
    Run,
    Spec,
    Summary,
    assemble,
    check,
    read,
    summarise,
    without_evidence,
    write,
)

__all__ = [
    "GZIP_MAGIC",
    "SCHEMA",
    "SCHEMA_VERSION",
    "Document",
    "Endpoint",
    "Repeat",
    "Row",
    "Run",
    "Spec",
    "Summary",
    "assemble",
    "check",
    "read",
    "summarise",
    "without_evidence",
    "write",
]
