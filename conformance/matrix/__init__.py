"""Matrices: a vendor's table as YAML, and how it is read, imported from a page and corrected."""

from conformance.matrix.behaviours import TOPICS, Topic
from conformance.matrix.matrix import (
    CHECKSUM_TYPES,
    EMPTY_REGION,
    FORMAT,
    MARKER,
    REGION_USES,
    SCHEMA,
    Matrix,
    Row,
    load,
)

__all__ = [
    "CHECKSUM_TYPES",
    "EMPTY_REGION",
    "FORMAT",
    "MARKER",
    "REGION_USES",
    "SCHEMA",
    "TOPICS",
    "Matrix",
    "Row",
    "Topic",
    "load",
]
