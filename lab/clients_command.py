"""`python -m lab clients`: every client on every server, one after another."""

import contextlib
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from lab.client import Client
from lab.clients_report import page
from lab.errors import LabError
from lab.sent import forms, read_sent, to_json
from lab.server import Running, Server
from lab.site import free_port
from lab.table import Cell, read_table
from lab.trial import Outcome, Result, play

TABLE = "clients.json"
PAGE = "clients.md"
REQUESTS = Path(__file__).parent / "clients" / "requests.json"
"""What each client sends, as it is published."""


def run_clients(
    clients: Sequence[Client],
    servers: Sequence[Server],
    output: Path,
    *,
    cache_dir: Path,
    secure: bool = True,
    requests: Path | None = None,
) -> list[str]:
    """Play the scenario, and write the table after each server; return what went wrong.

    The folder's table is added to: what was not run this time stays as it was. So are the
    `requests`, what the clients sent to the last of the servers.
    """
    output.mkdir(parents=True, exist_ok=True)
    troubles: list[str] = []
    ready = []
    for client in clients:
        try:
            client.install(cache_dir)
            ready.append(client)
        except LabError as error:
            troubles.append(str(error))
    for server in servers:
        try:
            cells = _on_server(server, ready, output, cache_dir, secure, troubles)
        except LabError as error:
            troubles.append(str(error))
            continue
        table = read_table(output / TABLE).with_cells(cells, server=server, clients=ready)
        (output / TABLE).write_text(table.to_json(), encoding="utf-8")
        sent = read_sent(REQUESTS) if REQUESTS.exists() else None
        (output / PAGE).write_text(page(table, sent), encoding="utf-8")
        if requests is not None:
            _add_requests(requests, output, server, ready)
    return troubles


def _on_server(
    server: Server,
    clients: Sequence[Client],
    output: Path,
    cache_dir: Path,
    secure: bool,
    troubles: list[str],
) -> list[Cell]:
    server.install(cache_dir)
    log = output / f"{server.name}.log"
    log.unlink(missing_ok=True)
    cells: list[Cell] = []
    with contextlib.ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(
            prefix=f"lab-{server.name}-", ignore_cleanup_errors=True
        )
        work_dir = Path(stack.enter_context(temporary))
        started = server.start(cache_dir, work_dir / "server", log, free_port())
        running, site = stack.enter_context(started)
        below = urlsplit(running.url).path.strip("/")
        for client in clients:
            if below and not client.takes_paths:
                print(f"{client.name} on {server.name}: takes no endpoint with a path", flush=True)
                continue
            try:
                cells.append(_on(client, server, running, output, cache_dir, work_dir, secure))
                site.check()
            except LabError as error:
                troubles.append(f"{client.name} on {server.name}: {error}")
    return cells


def _on(
    client: Client,
    server: Server,
    running: Running,
    output: Path,
    cache_dir: Path,
    work_dir: Path,
    secure: bool,
) -> Cell:
    started = time.monotonic()
    log = output / f"{server.name}-{client.name}.log"
    log.unlink(missing_ok=True)
    results = play(
        client,
        running,
        cache_dir=cache_dir,
        work_dir=work_dir / client.name,
        log=log,
        secure=secure,
    )
    _write_exchanges(_exchanges(output, server, client), results)
    cell = Cell.of(client.name, server.name, results)
    failed = ", ".join(each.step for each in cell.steps if each.outcome is Outcome.FAILS)
    seconds = time.monotonic() - started
    word = f"fails: {failed}" if failed else "works"
    print(f"{client.name} on {server.name}: {word} ({seconds:.0f} s)", flush=True)
    return cell


def _exchanges(output: Path, server: Server, client: Client) -> Path:
    return output / "exchanges" / f"{server.name}-{client.name}.json"


def _add_requests(path: Path, output: Path, server: Server, clients: Sequence[Client]) -> None:
    sent = read_sent(path) if path.exists() else {}
    for client in clients:
        exchanges = _exchanges(output, server, client)
        if exchanges.exists():
            sent[client.name] = forms(json.loads(exchanges.read_text(encoding="utf-8")))
    path.write_text(to_json(sent, server=server.name), encoding="utf-8")


def _write_exchanges(path: Path, results: Sequence[Result]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    exchanges = [each.document() for result in results for each in result.exchanges]
    path.write_text(json.dumps(exchanges, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
