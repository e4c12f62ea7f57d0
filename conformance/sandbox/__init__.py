"""Buckets and keys that a run creates, the ledger that names them, and their removal."""

from conformance.sandbox.sandbox import Sandbox, Unavailable

__all__ = ["Sandbox", "Unavailable"]
