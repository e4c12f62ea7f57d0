"""What a probe is, and the register of all probes.

A probe finds out whether an endpoint does what one row names. It is a contrast, never a status
check: a request that must be served, and one that a server ignoring the row would get wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from conformance.probing.workbench import Workbench
from conformance.verdict import Observation

ProbeFunction = Callable[[Workbench], Observation]
OperationFunction = Callable[[Workbench, str], Observation]
FamilyFunction = Callable[[Workbench, str, str], Observation]
P = TypeVar("P", bound=ProbeFunction)
N = TypeVar("N", bound=OperationFunction)
F = TypeVar("F", bound=FamilyFunction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How one row is observed.

    Attributes:
        run: makes the requests and judges them.
        security: being silently ignored is a hazard (encryption, ACL, owner check, lock, MFA,
            conditional write).
        data: being broken means that wrong bytes were stored or served.
        promise: the first line of the function's docstring.
    """

    run: ProbeFunction
    security: bool
    data: bool
    promise: str


PROBES: Final[dict[str, Probe]] = {}


def probe(*rows: str, security: bool = False, data: bool = False) -> Callable[[P], P]:
    """Register a function as the probe of the rows with these ids."""

    def register(function: P) -> P:
        for row in rows:
            _register(row, function, function.__doc__, security=security, data=data)
        return function

    return register


def family(
    *features: str, operations: Iterable[str], security: bool = False, data: bool = False
) -> Callable[[F], F]:
    """Register a function `(bench, operation, feature)` for each feature of each operation."""

    def register(function: F) -> F:
        for operation in operations:
            for feature in features:
                bound = partial(_call, function, operation, feature)
                row = f"{operation}/{feature}"
                _register(row, bound, function.__doc__, security=security, data=data)
        return function

    return register


def operation(*names: str, security: bool = False, data: bool = False) -> Callable[[N], N]:
    """Register a function `(bench, operation)` for the own row of each operation."""

    def register(function: N) -> N:
        for name in names:
            bound = partial(_call_operation, function, name)
            _register(name, bound, function.__doc__, security=security, data=data)
        return function

    return register


def _call(function: FamilyFunction, operation: str, feature: str, bench: Workbench) -> Observation:
    return function(bench, operation, feature)


def _call_operation(function: OperationFunction, name: str, bench: Workbench) -> Observation:
    return function(bench, name)


def _register(row: str, run: ProbeFunction, doc: str | None, *, security: bool, data: bool) -> None:
    if row in PROBES:
        raise ValueError(f"two probes for row {row}")
    if not doc:
        raise ValueError(f"the probe of {row} has no docstring to state its promise")
    PROBES[row] = Probe(run=run, security=security, data=data, promise=doc.strip().splitlines()[0])
