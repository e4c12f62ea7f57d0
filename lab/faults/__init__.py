"""Faults between the suite and a server that works: verdicts must not change because of them."""

from lab.faults.kinds import FAULTS, Fault
from lab.faults.proxy import between

__all__ = ["FAULTS", "Fault", "between"]
