"""The page of clients and servers, in Markdown: the table, each failure, what each client sends."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from lab.clients.causes import Cause, cause_of
from lab.scenario import STEPS
from lab.table import Cell, Played, Table
from lab.trial import Outcome

Sent = Mapping[str, list[dict[str, Any]]]

HEAD = """\
# Real clients on real servers

Each client plays one scenario on each server: {steps} steps, with the client's own defaults. What a
step needs is made by plain requests of the lab, and what it leaves is read by such requests, byte
by byte: a client that reads back its own mistake does not pass. Between client and server a proxy
notes the requests; the clients speak TLS with it, as they do with a real store. Nothing here holds
a key or a signature.

    python -m lab clients [--client NAME]… [--server NAME]… --output DIR

A cell says how many steps work, or how many fail of those that the client offers. Each failure is
listed below with the request at which it fails (of several steps, that of the first), the answer,
and the rows that tell of it: of `specs/r2.yaml`, `specs/r2-pages.yaml`, `specs/s3-behaviour.yaml`,
or of another matrix of `specs/`. `not run` is a client that takes no endpoint with a path, as
`r2_local` has.
"""

NO_CAUSE = Cause(rows=(), note="not traced")
NONE = "-"
QUIET_VALUES = frozenset({"accept-encoding", "content-length", "content-type"})
"""Header values that say nothing of how a body is sent."""


def page(table: Table, sent: Sent | None = None) -> str:
    """Return the page.

    Args:
        table: the outcomes.
        sent: what each client sends, if it is to be shown.
    """
    parts = [
        HEAD.format(steps=len(STEPS)),
        _outcomes(table),
        _clients(table),
        _failures(table),
        _steps(),
    ]
    return "\n".join([*parts, _sent(sent, table)] if sent else parts)


def _grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *map(list, rows)]
    return "".join("| " + " | ".join(map(_escaped, line)) + " |\n" for line in lines)


def _escaped(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


def _outcomes(table: Table) -> str:
    rows = [
        [told["label"], *(_word(table.cell(client, server)) for server in table.servers)]
        for client, told in table.clients.items()
    ]
    return _grid(["", *(f"`{server}`" for server in table.servers)], rows)


def _word(cell: Cell | None) -> str:
    if cell is None:
        return "not run"
    failed = len(cell.failures)
    return f"fails {failed}/{cell.offered}" if failed else f"works {cell.offered}"


def _clients(table: Table) -> str:
    rows = [
        [
            f"`{client}`",
            told["label"],
            told["version"],
            told["settings"] or NONE,
            _not_offered(table, client) or NONE,
        ]
        for client, told in table.clients.items()
    ]
    head = ["client", "", "version", "set besides endpoint, keys, region", "steps not offered"]
    servers = [[f"`{name}`", told["label"]] for name, told in table.servers.items()]
    return f"## Clients and servers\n\n{_grid(head, rows)}\n{_grid(['server', ''], servers)}"


def _not_offered(table: Table, client: str) -> str:
    # In every cell: some clients ask the server first.
    cells = [cell for cell in table.cells if cell.client == client]
    lacking = [
        {each.step for each in cell.steps if each.outcome is Outcome.NOT_OFFERED} for cell in cells
    ]
    common = set.intersection(*lacking) if lacking else set()
    offered = [f"`{step.name}`" for step in STEPS if step.name not in common]
    if len(offered) <= FEW:
        return f"all but {', '.join(offered)}" if cells else ""
    rest = [step.name for step in STEPS if step.name in common - {OWN_REPOSITORY}]
    return ", ".join(f"`{name}`" for name in rest)


def _failures(table: Table) -> str:
    parts = ["## Failures\n"]
    for server, told in table.servers.items():
        cells = (table.cell(client, server) for client in table.clients)
        failed = [(cell.client, step) for cell in cells if cell for step in cell.failures]
        if failed:
            parts += [f"### {told['label']}\n", _of_server(server, failed)]
    return "\n".join(parts)


def _of_server(server: str, failed: list[tuple[str, Played]]) -> str:
    traced = [(_cause(server, client, step), client, step) for client, step in failed]
    order = list(dict.fromkeys(cause for cause, _, _ in traced))
    traced.sort(key=lambda each: order.index(each[0]))
    parts = []
    for cause, group in groupby(traced, key=lambda each: each[0]):
        rows = [
            _of_client(client, [step for _, _, step in steps])
            for client, steps in groupby(group, key=lambda each: each[1])
        ]
        table = _grid(["client", "steps", "request", "answer, and what is wrong"], rows)
        parts.append(f"{cause.note}. Rows: {_rows(cause)}.\n\n{table}")
    return "\n".join(parts)


def _of_client(client: str, steps: list[Played]) -> list[str]:
    """Return one line: all steps, and the request and the answer of the first."""
    names = ", ".join(f"`{step.step}`" for step in steps)
    return [f"`{client}`", names, _request(steps[0].culprit), _answer(steps[0])]


def _cause(server: str, client: str, step: Played) -> Cause:
    return cause_of(server, client, step.step, step.culprit.get("code", "")) or NO_CAUSE


def _rows(cause: Cause) -> str:
    return ", ".join(f"`{row}`" for row in cause.rows) or "no row"


def _request(exchange: Mapping[str, Any]) -> str:
    if not exchange:
        return "none"
    query = "&".join(f"{k}={v}" if v else k for k, v in exchange.get("query", {}).items())
    target = exchange["path"] + (f"?{query}" if query else "")
    values = [f"{k}: {v}" for k, v in exchange.get("values", {}).items() if k not in QUIET_VALUES]
    code = f"{exchange['method']} {target}".replace("`", "'")
    return " ".join([f"{exchange['operation']}: `{code}`", *(f"`{each}`" for each in values)])


def _answer(step: Played) -> str:
    status = step.culprit.get("status", "no answer") if step.culprit else ""
    code = step.culprit.get("code", "")
    interim = step.culprit.get("interim", [])
    # One interim answer is what `Expect` asks for; more are worth a word.
    before = interim if len(interim) > 1 else []
    answered = " ".join(str(each) for each in (*before, status, code) if each)
    return "; ".join(each for each in (answered, step.detail) if each)


def _steps() -> str:
    rows = [[f"`{step.name}`", step.what] for step in STEPS]
    return f"## The steps\n\n{_grid(['step', 'what the client does'], rows)}"


SENT_HEAD = """\
## What each client sends

By default and over TLS, from the recorded requests (`lab/clients/requests.json`, which has the
names of all headers). *body* is `x-amz-content-sha256`: `sha256` is the digest of the body.
"""

FEW = 3
"""So many are few: clients that send a header, steps that a client offers."""
OWN_REPOSITORY = "repository"
"""A step for backup programs alone, which others are not said to lack."""
COLUMNS = (
    ("PutObject", "put-small"),
    ("PutObject", "put-large"),
    ("UploadPart", "put-multipart"),
    ("DeleteObjects", "delete-many"),
)


def _sent(sent: Sent, table: Table) -> str:
    rows = []
    for client, told in table.clients.items():
        for name, step in COLUMNS:
            first = _first(sent.get(client, []), name, step)
            if first is not None:
                rows.append([told["label"], f"{name} ({step})", *_form(first)])
    head = ["client", "operation", "body", "checksum", "also"]
    return f"{SENT_HEAD}\n{_grid(head, rows)}\n{_asked(sent, table)}"


def _first(requests: list[dict[str, Any]], name: str, step: str) -> dict[str, Any] | None:
    of_operation = [each for each in requests if each["operation"] == name]
    here = [each for each in of_operation if each["step"] == step]
    return next(iter([*here, *of_operation]), None)


def _form(request: Mapping[str, Any]) -> list[str]:
    values: Mapping[str, str] = request["values"]
    body = values.get("x-amz-content-sha256", "none").replace("<sha256>", "sha256")
    checksums = [name for name in values if name.startswith("x-amz-checksum-")]
    checksums += [f"trailer {values['x-amz-trailer']}"] if "x-amz-trailer" in values else []
    checksums += ["Content-MD5"] if "content-md5" in values else []
    names = ("content-encoding", "transfer-encoding", "expect", "x-amz-sdk-checksum-algorithm")
    also = [f"{name}: {values[name]}" for name in names if name in values]
    return [body, ", ".join(checksums) or "none", ", ".join(also) or NONE]


def _asked(sent: Sent, table: Table) -> str:
    headers = {client: _headers(requests) for client, requests in sent.items()}
    times = Counter(name for names in headers.values() for name in names)
    rows = []
    for client, told in table.clients.items():
        requests = sent.get(client, [])
        reads = [each["values"] for each in requests if each["operation"] == "GetObject"]
        mode = any("x-amz-checksum-mode" in values for values in reads)
        names = list(dict.fromkeys(each["operation"] for each in requests))
        rare = sorted(each for each in headers.get(client, ()) if times[each] <= FEW)
        rows.append(
            [
                told["label"],
                "yes" if mode else "no",
                ", ".join(f"`{each}`" for each in rare) or NONE,
                ", ".join(names),
            ]
        )
    titles = ["GetObject asks for checksums", f"headers that at most {FEW} clients send"]
    return _grid(["client", *titles, "operations used"], rows)


def _headers(requests: list[dict[str, Any]]) -> set[str]:
    names = {name.lower() for each in requests for name in each["headers"]}
    return {name for name in names if not name.startswith("x-amz-meta-")}
