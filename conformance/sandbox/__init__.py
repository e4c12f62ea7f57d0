"""Buckets and keys that a run creates, the ledger that names them, and their removal."""

from conformance.sandbox.sandbox import Sandbox, Unavailable, new_token

__all__ = ["Sandbox", "Unavailable", "new_token"]
