"""The table of clients and servers, as data."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lab.client import Client
from lab.exchanges import Exchange
from lab.scenario import STEPS
from lab.sent import operation
from lab.server import Server
from lab.trial import Outcome, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One step in one cell.

    Attributes:
        detail: why it fails.
        culprit: the request at which it fails, as `Exchange.document` has it, with its operation
            in place of the headers' names.
    """

    step: str
    outcome: Outcome
    detail: str = ""
    culprit: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One client on one server."""

    client: str
    server: str
    steps: tuple[Played, ...]

    @classmethod
    def of(cls, client: str, server: str, results: Sequence[Result]) -> "Cell":
        """Keep of some results what the table says."""
        return cls(client=client, server=server, steps=tuple(map(_played, results)))

    @property
    def failures(self) -> list[Played]:
        """The steps that fail, in order."""
        return [each for each in self.steps if each.outcome is Outcome.FAILS]

    @property
    def offered(self) -> int:
        """How many of the steps the client offers."""
        return sum(each.outcome is not Outcome.NOT_OFFERED for each in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All cells, and what a reader has to know of the clients and the servers.

    Attributes:
        clients: by name, in order: label, version and settings.
        servers: by name, in order: label.
    """

    clients: dict[str, dict[str, str]] = field(default_factory=dict)
    servers: dict[str, dict[str, str]] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()

    def cell(self, client: str, server: str) -> Cell | None:
        """Return one cell, if it was filled."""
        here = (each for each in self.cells if (each.client, each.server) == (client, server))
        return next(here, None)

    def with_cells(
        self, cells: Sequence[Cell], *, server: Server, clients: Sequence[Client]
    ) -> "Table":
        """Return it with cells of one server put in the place of older ones."""
        new = {(each.client, each.server) for each in cells}
        kept = [each for each in self.cells if (each.client, each.server) not in new]
        described = {
            each.name: {"label": each.label, "version": each.version, "settings": each.settings}
            for each in clients
        }
        return replace(
            self,
            clients=self.clients | described,
            servers=self.servers | {server.name: {"label": server.label}},
            cells=(*kept, *cells),
        )

    def to_json(self) -> str:
        """Return it as a JSON document, one cell after another in a fixed order."""
        cells = sorted(self.cells, key=lambda each: (each.server, each.client))
        lines = ",\n".join(f"  {_line(cell)}" for cell in cells)
        told = json.dumps({"clients": self.clients, "servers": self.servers}, indent=1)
        return f'{told.removesuffix("}").rstrip()},\n "cells": [\n{lines}\n ]\n}}\n'


def read_table(path: Path) -> Table:
    """Read what `to_json` wrote; a missing file is an empty table."""
    if not path.exists():
        return Table()
    document = json.loads(path.read_text(encoding="utf-8"))
    cells = [
        Cell(client=each["client"], server=each["server"], steps=_read_steps(each))
        for each in document["cells"]
    ]
    return Table(clients=document["clients"], servers=document["servers"], cells=tuple(cells))


def _played(result: Result) -> Played:
    failed = result.outcome is Outcome.FAILS
    culprit = result.culprit if failed else None
    return Played(
        step=result.step,
        outcome=result.outcome,
        detail=result.detail if failed else "",
        culprit=_kept(culprit) if culprit else {},
    )


def _kept(culprit: Exchange) -> dict[str, Any]:
    document = culprit.document()
    kept = {name: value for name, value in document.items() if name not in {"headers", "step"}}
    return {"operation": operation(document), **kept}


def _line(cell: Cell) -> str:
    """Return a cell on one line: names of steps, and more of those that fail."""
    document: dict[str, Any] = {"client": cell.client, "server": cell.server}
    for outcome in (Outcome.WORKS, Outcome.NOT_OFFERED):
        document[outcome] = [each.step for each in cell.steps if each.outcome is outcome]
    document[Outcome.FAILS] = [
        {"step": each.step, "detail": each.detail, "request": each.culprit}
        for each in cell.failures
    ]
    return json.dumps(document, ensure_ascii=False)


def _read_steps(document: Mapping[str, Any]) -> tuple[Played, ...]:
    steps = [
        Played(step=name, outcome=outcome)
        for outcome in (Outcome.WORKS, Outcome.NOT_OFFERED)
        for name in document[outcome]
    ]
    steps += [
        Played(
            step=each["step"],
            outcome=Outcome.FAILS,
            detail=each["detail"],
            culprit=each["request"],
        )
        for each in document[Outcome.FAILS]
    ]
    order = [step.name for step in STEPS]
    return tuple(sorted(steps, key=lambda each: order.index(each.step)))
