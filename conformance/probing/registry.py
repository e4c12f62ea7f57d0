"""What a probe is, and the register of all probes.

A probe finds out whether an endpoint does what one row names. It is a contrast, never a status
check: a request that must be served, and one that a server ignoring the row would get wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from conformance.matrix import Topic
from conformance.probing.checks import Check, Checks
from conformance.probing.workbench import Workbench
from conformance.s3.operations import OperationName
from conformance.verdict import Weight

ProbeFunction = Callable[[Workbench], None]
OperationFunction = Callable[[Workbench, OperationName], None]
FamilyFunction = Callable[[Workbench, OperationName, str], None]
CellFunction = Callable[[Workbench, str, str], None]
BehaviourFunction = Callable[[Workbench, str], None]
P = TypeVar("P", bound=ProbeFunction)
N = TypeVar("N", bound=OperationFunction)
F = TypeVar("F", bound=FamilyFunction)
C = TypeVar("C", bound=CellFunction)
B = TypeVar("B", bound=BehaviourFunction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How one row is observed.

    Attributes:
        run: makes the requests and reports the checks.
        checks: what it reports.
        security: being silently ignored is a hazard (encryption, ACL, owner check, lock, MFA,
            conditional write).
        promise: what the row promises, in one sentence: the first of the function's docstring.
        topic: the module of the probe: the family that the row belongs to.
    """

    run: ProbeFunction
    checks: tuple[Check, ...]
    security: bool
    promise: str
    topic: str


PROBES: Final[dict[str, Probe]] = {}


def probe(*rows: str, checks: Checks, security: bool = False) -> Callable[[P], P]:
    """Register a function as the probe of the rows with these ids."""

    def register(function: P) -> P:
        for row in rows:
            operation, _, feature = row.partition("/")
            _register(row, function, function, _declared(checks, operation, feature), security)
        return function

    return register


def family(
    *features: str,
    operations: Iterable[OperationName],
    checks: Checks,
    security: bool = False,
) -> Callable[[F], F]:
    """Register a function `(bench, operation, feature)` for each feature of each operation."""

    def register(function: F) -> F:
        for operation in operations:
            for feature in features:
                bound = partial(_call, function, operation, feature)
                row = f"{operation}/{feature}"
                declared = _declared(checks, operation, feature)
                _register(row, bound, function, declared, security)
        return function

    return register


def operation(*names: OperationName, checks: Checks, security: bool = False) -> Callable[[N], N]:
    """Register a function `(bench, operation)` for the own row of each operation."""

    def register(function: N) -> N:
        for name in names:
            bound = partial(_call_operation, function, name)
            _register(name, bound, function, _declared(checks, name, ""), security)
        return function

    return register


def cell(
    topic: str,
    *cells: tuple[str, str],
    checks: Checks,
    security: bool = False,
) -> Callable[[C], C]:
    """Register a function `(bench, name, kind)` for each row `topic/name/kind`."""

    def register(function: C) -> C:
        for name, kind in cells:
            bound = partial(_call_cell, function, name, kind)
            declared = _declared(checks, name, kind)
            _register(f"{topic}/{name}/{kind}", bound, function, declared, security)
        return function

    return register


def behaviour(
    topic: Topic, *names: str, checks: Checks, security: bool = False
) -> Callable[[B], B]:
    """Register a function `(bench, name)` for each row `topic/name` of a matrix's behaviours."""

    def register(function: B) -> B:
        for name in names:
            bound = partial(_call_behaviour, function, name)
            _register(f"{topic}/{name}", bound, function, _declared(checks, topic, name), security)
        return function

    return register


def _call(
    function: FamilyFunction, operation: OperationName, feature: str, bench: Workbench
) -> None:
    function(bench, operation, feature)


def _call_operation(function: OperationFunction, name: OperationName, bench: Workbench) -> None:
    function(bench, name)


def _call_cell(function: CellFunction, name: str, kind: str, bench: Workbench) -> None:
    function(bench, name, kind)


def _call_behaviour(function: BehaviourFunction, name: str, bench: Workbench) -> None:
    function(bench, name)


def _declared(checks: Checks, operation: str, feature: str) -> Sequence[Check]:
    return checks(operation, feature) if callable(checks) else checks


def _register(
    row: str,
    run: ProbeFunction,
    function: Callable[..., None],
    checks: Sequence[Check],
    security: bool,
) -> None:
    """Register a probe.

    Raises:
        ValueError: the row has a probe; or this one has no promise, an ambiguous check, or none
            that tells support from ignoring.
    """
    if row in PROBES:
        raise ValueError(f"two probes for row {row}")
    doc = (function.__doc__ or "").strip()
    if not doc:
        raise ValueError(f"the probe of {row} has no docstring to state its promise")
    twice = [check for check, times in Counter(it.id for it in checks).items() if times > 1]
    if twice:
        raise ValueError(f"the probe of {row} declares {', '.join(twice)} more than once")
    if not any(check.weight is Weight.CORE for check in checks):
        raise ValueError(f"the probe of {row} declares no core check")
    PROBES[row] = Probe(
        run=run,
        checks=tuple(checks),
        security=security,
        promise=" ".join(doc.split("\n\n")[0].split()),
        topic=function.__module__.rpartition(".")[2],
    )
