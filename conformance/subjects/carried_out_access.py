"""Configurations carried out that say who may do what, and what may not be deleted."""

from __future__ import annotations

from typing import Final

from conformance.subjects.carrying_out import ByOperation

CARRIED_OUT_ACCESS: Final[ByOperation] = {}
