"""Configurations carried out: CORS, versioning, encryption, lifecycle, logging."""

from __future__ import annotations

from typing import Final

from conformance.subjects.carrying_out import ByOperation

CARRIED_OUT: Final[ByOperation] = {}
