"""The lab's command line: `python -m lab list | install | up | run | faults | kills | …`."""

import argparse
import contextlib
import shlex
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from lab import suite
from lab.client import Client
from lab.clients import CLIENTS
from lab.clients_command import run_clients
from lab.confirming import command as confirming
from lab.errors import LabError
from lab.faults import table
from lab.faults.kinds import FAULTS
from lab.kills import end_runs
from lab.process import Process, started, wait_until
from lab.server import Running, Server
from lab.servers import SERVERS
from lab.site import free_port

CACHE_DIR = Path(__file__).parent.parent / ".lab"
MATRIX = "specs/r2.yaml"
RUN_USAGE = "python -m lab run [options] [NAME...] [-- PYTEST OPTIONS]"

RUN_STATUSES = (0, 1)
"""pytest's exit statuses of a run that came to its end: all rows agree, or some diverge."""
CLEAN_UP_SECONDS = 60.0
"""What an interrupted run gets to remove the buckets and objects it made."""


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command and return the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    cut = words.index("--") if "--" in words else len(words)
    arguments = _parser().parse_args(words[:cut], argparse.Namespace(options=words[cut + 1 :]))
    with _interrupted_by_signals() as signals:
        try:
            status: int = arguments.command(arguments)
        except LabError as error:
            _complain(error)
            return 1
        except KeyboardInterrupt:
            return 128 + signals[0]
    return status


def list_servers(_: argparse.Namespace) -> int:
    """Print what is declared, and what of it is installed."""
    for server in SERVERS.values():
        installed = "installed" if server.is_installed(CACHE_DIR) else "-"
        print(f"{server.name:<13} {installed:<10} {server.version:<26} {server.lineage}")
    return 0


def install(arguments: argparse.Namespace) -> int:
    """Install servers into the cache."""
    for server in arguments.servers:
        server.install(CACHE_DIR)
        print(f"{server.name} is installed: {server.version}", flush=True)
    return 0


def up(arguments: argparse.Namespace) -> int:
    """Keep one server up until a signal, and say in one line how to hold a matrix against it."""
    server: Server = arguments.server
    port = arguments.port or free_port()
    keep = arguments.work_dir is not None
    server.install(CACHE_DIR)
    work_dir = arguments.work_dir or Path(tempfile.mkdtemp(prefix=f"lab-{server.name}-"))
    try:
        with server.start(CACHE_DIR, work_dir, work_dir / "server.log", port) as (running, site):
            settings = shlex.join(map("=".join, suite.environment(running, work_dir).items()))
            words = suite.command(server, running, matrix=MATRIX)
            with contextlib.suppress(KeyboardInterrupt):
                print(f"{server.name} is up: env {settings} pytest {shlex.join(words)}", flush=True)
                site.stay()
    except LabError:
        keep = True  # the log in it is what the error speaks of
        raise
    finally:
        if not keep:
            shutil.rmtree(work_dir, ignore_errors=True)
    return 0


def run(arguments: argparse.Namespace) -> int:
    """Hold a matrix against each server in turn; only trouble of the lab's own is a failure."""
    arguments.output.mkdir(parents=True, exist_ok=True)
    status = 0
    for server in arguments.servers or SERVERS.values():
        try:
            _run_against(server, arguments)
        except LabError as error:
            _complain(error)
            status = 1
    return status


def kills(arguments: argparse.Namespace) -> int:
    """End runs at random moments; a failure where something is left after `clean`."""
    server: Server = arguments.server
    server.install(CACHE_DIR)
    work_dir = Path(tempfile.mkdtemp(prefix=f"lab-{server.name}-"))
    outcomes = []
    with server.start(CACHE_DIR, work_dir / "site", work_dir / "server.log", free_port()) as (
        running,
        site,
    ):
        for outcome in end_runs(
            server,
            running,
            work_dir / "runs",
            matrix=arguments.matrix,
            kills=arguments.kills,
            terms=arguments.terms,
        ):
            print(outcome, flush=True)
            outcomes.append(outcome)
        site.check()
    for name in ("SIGKILL", "SIGTERM"):
        some = [each for each in outcomes if each.how.startswith(name)]
        before, after = sum(each.before for each in some), sum(each.after for each in some)
        print(f"{server.name}: {len(some)} {name}, {before} left, {after} after clean")
    bad = [each for each in outcomes if each.after or each.trouble]
    if bad:
        print(f"what the runs wrote is in {work_dir}")
    else:
        shutil.rmtree(work_dir, ignore_errors=True)
    return 1 if bad else 0


def clients(arguments: argparse.Namespace) -> int:
    """Play the scenario with clients on servers; only trouble of the lab's own is a failure."""
    troubles = run_clients(
        arguments.client or list(CLIENTS.values()),
        arguments.server or list(SERVERS.values()),
        arguments.output,
        cache_dir=CACHE_DIR,
        secure=not arguments.plain_http,
        requests=arguments.requests,
    )
    for trouble in troubles:
        print(f"lab: {trouble}", file=sys.stderr, flush=True)
    return 1 if troubles else 0


def confirm(arguments: argparse.Namespace) -> int:
    """Show failures of servers by a second client; what is not confirmed is a failure."""
    servers = arguments.servers or list(SERVERS.values())
    return 0 if confirming.run(servers, arguments.output, CACHE_DIR) else 1


def _run_against(server: Server, arguments: argparse.Namespace) -> None:
    server.install(CACHE_DIR)
    log = arguments.output / f"{server.name}.log"
    log.unlink(missing_ok=True)
    with contextlib.ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(
            prefix=f"lab-{server.name}-", ignore_cleanup_errors=True
        )
        work_dir = Path(stack.enter_context(temporary))
        started = time.monotonic()
        running, site = stack.enter_context(server.start(CACHE_DIR, work_dir, log, free_port()))
        seconds = time.monotonic() - started
        print(f"{server.name} answers at {running.url} after {seconds:.1f} s", flush=True)
        _hold_against(server, running, arguments, work_dir)
        site.check()


def faults(arguments: argparse.Namespace) -> int:
    """Print which verdicts change under each fault; a verdict that does is a failure."""
    server: Server = arguments.server
    server.install(CACHE_DIR)
    arguments.output.mkdir(parents=True, exist_ok=True)
    wrong = 0
    with tempfile.TemporaryDirectory(
        prefix=f"lab-{server.name}-", ignore_cleanup_errors=True
    ) as it:
        log = arguments.output / "server.log"
        with server.start(CACHE_DIR, Path(it), log, free_port()) as (running, _):
            print(table.HEAD, flush=True)
            for outcome in table.outcomes(
                server,
                running,
                arguments.fault or [*FAULTS],
                matrix=arguments.matrix,
                options=arguments.options,
                folder=arguments.output,
                limit=arguments.timeout,
            ):
                print(outcome.line, flush=True)
                wrong += len(outcome.wrong) + bool(outcome.problem)
    return 1 if wrong else 0


def _hold_against(
    server: Server, running: Running, arguments: argparse.Namespace, work_dir: Path
) -> None:
    results = ["--results", str(arguments.output / f"{server.name}.json")]
    report = ["--report", str(arguments.output / f"{server.name}.html")]
    options = [*results, *report, *arguments.options]
    words = suite.command(server, running, matrix=arguments.matrix, options=options)
    environment = suite.environment(running, work_dir)
    argv = [sys.executable, "-m", "pytest", *words]
    # What Ctrl-C sends: pytest then removes what it made, for which the server still runs.
    with started(
        lambda: Process(argv, env=environment), signal.SIGINT, CLEAN_UP_SECONDS
    ) as process:
        in_time = wait_until(process.ended, seconds=arguments.timeout)
    status = process.stop()
    if not in_time:
        raise LabError(f"the run against {server.name} took more than {arguments.timeout:g} s")
    if status not in RUN_STATUSES:
        raise LabError(f"the run against {server.name} ended with pytest's status {status}")


def _complain(error: LabError) -> None:
    print(f"lab: {error}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _interrupted_by_signals() -> Iterator[list[int]]:
    """Make every polite signal a KeyboardInterrupt, and nothing interrupt the clean-up after it.

    Yield the list in which the signal will be found.
    """
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
        numbers.append(signal.SIGHUP)
    received: list[int] = []

    def interrupt(number: int, _: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        received.append(number)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _server(name: str) -> Server:
    try:
        return SERVERS[name]
    except KeyError:
        known = ", ".join(SERVERS)
        raise argparse.ArgumentTypeError(
            f"unknown server {name!r}; known servers: {known}"
        ) from None


def _client(name: str) -> Client:
    try:
        return CLIENTS[name]
    except KeyError:
        known = ", ".join(CLIENTS)
        raise argparse.ArgumentTypeError(
            f"unknown client {name!r}; known clients: {known}"
        ) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    listing = commands.add_parser("list", help="list the servers")
    listing.set_defaults(command=list_servers)

    installing = commands.add_parser("install", help="install servers")
    installing.add_argument("servers", nargs="+", type=_server, metavar="NAME")
    installing.set_defaults(command=install)

    keeping = commands.add_parser("up", help="keep one server running until Ctrl-C")
    keeping.add_argument("server", type=_server, metavar="NAME")
    keeping.add_argument("--port", type=int, help="port to listen on (default: any free port)")
    keeping.add_argument("--work-dir", type=Path, help="an empty folder (default: a temporary one)")
    keeping.set_defaults(command=up)

    running = commands.add_parser(
        "run", help="run a matrix on servers, one after another", usage=RUN_USAGE
    )
    running.add_argument("servers", nargs="*", type=_server, metavar="NAME", help="default: all")
    running.add_argument("--matrix", default=MATRIX, help="default: %(default)s")
    running.add_argument("--output", type=Path, default=Path("results"), help="default: results")
    running.add_argument(
        "--timeout", type=float, default=3600.0, help="time limit per server in seconds"
    )
    running.set_defaults(command=run)

    failing = commands.add_parser(
        "faults", help="run a matrix on a server under one fault after another"
    )
    failing.add_argument("server", type=_server, metavar="NAME")
    failing.add_argument(
        "--fault", action="append", choices=FAULTS, metavar="FAULT", help="default: all"
    )
    failing.add_argument("--matrix", default=MATRIX, help="default: %(default)s")
    failing.add_argument(
        "--output", type=Path, default=Path("faults"), help="folder for results (default: faults)"
    )
    failing.add_argument(
        "--timeout", type=float, default=600.0, help="time limit per run in seconds"
    )
    failing.set_defaults(command=faults)

    killing = commands.add_parser(
        "kills", help="end runs by SIGKILL and SIGTERM at random moments and count what is left"
    )
    killing.add_argument("server", type=_server, metavar="NAME")
    killing.add_argument("--matrix", default=MATRIX, help="default: %(default)s")
    killing.add_argument("--kills", type=int, default=20, help="SIGKILLs (default: 20)")
    killing.add_argument("--terms", type=int, default=5, help="SIGTERMs (default: 5)")
    killing.set_defaults(command=kills)

    showing = commands.add_parser(
        "confirm", help="show failures that the suite found by a second client"
    )
    showing.add_argument("servers", nargs="*", type=_server, metavar="NAME", help="default: all")
    showing.add_argument("--output", type=Path, metavar="FILE.md", help="write the lines there")
    showing.set_defaults(command=confirm)

    playing = commands.add_parser("clients", help="play one scenario with real clients on servers")
    playing.add_argument(
        "--client", action="append", type=_client, metavar="NAME", help="default: all"
    )
    playing.add_argument(
        "--server", action="append", type=_server, metavar="NAME", help="default: all"
    )
    playing.add_argument("--output", type=Path, default=Path("results"), help="default: results")
    playing.add_argument(
        "--plain-http", action="store_true", help="without TLS, over which clients send otherwise"
    )
    playing.add_argument(
        "--requests", type=Path, metavar="FILE", help="also write what the clients send, as JSON"
    )
    playing.set_defaults(command=clients)
    return parser
