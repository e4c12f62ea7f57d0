"""What the suite costs: its start, CPU a request, wall time, memory; beside others.

    python -m lab.bench ceph_rgw
    python -m lab.bench ceph_rgw --against /venv-of-0.1/bin/python --s3-tests CHECKOUT

All figures come from one run of this command, those of the other installation taken in turn with
ours, for seconds compare within one machine and one hour only. Read the ratios.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from lab import suite
from lab.cli import CACHE_DIR, MATRIX
from lab.delay import DelayProxy, delayed
from lab.s3_tests import s3_tests
from lab.server import Running, Server
from lab.servers import SERVERS
from lab.site import free_port

PLUGIN = "conformance.plugin"
STARTS = 5
WAYS = (("--jobs", "1"), ("--jobs", "16"), ("-n", "2"))
DELAYS = (0.05, 0.1)  # seconds
JOBS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one process took, with all that it waited for.

    Attributes:
        seconds: wall time.
        cpu: seconds of CPU, of user and system.
        mebibytes: the largest resident set of any of its processes.
    """

    seconds: float
    cpu: float
    mebibytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table: a measure, and its figure here and there."""

    measure: str
    ours: float
    theirs: float | None
    unit: str

    def __str__(self) -> str:
        theirs = "" if self.theirs is None else self._figure(self.theirs)
        ratio = "" if not self.theirs else f"{self.ours / self.theirs:.2f}"
        return f"| {self.measure} | {self._figure(self.ours)} | {theirs} | {ratio} |"

    def _figure(self, figure: float) -> str:
        count = isinstance(figure, int) or self.unit == "MiB"
        return (
            f"{figure:,.0f} {self.unit}".rstrip() if count else f"{figure:.2f} {self.unit}".rstrip()
        )


def cost(command: Sequence[str], folder: Path, environment: dict[str, str]) -> Cost:
    """Run a command to its end, whatever its exit status."""
    # Bytecode is written, as it is where the suite is used.
    known = {name: it for name, it in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**known, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return Cost(
        seconds=time.monotonic() - started,
        cpu=usage.ru_utime + usage.ru_stime,
        mebibytes=usage.ru_maxrss / 1024,
    )


class Bench:
    """Measures this installation and, in turn with it, another.

    Args:
        pythons: of the installations; the first is ours.
        folder: to work in.
    """

    def __init__(self, pythons: Sequence[str], folder: Path) -> None:
        self._pythons = pythons
        self._folder = folder
        # Not in the checkout, whose conftest would bring ours to the other installation, and not
        # where pytest looks on its way to the project without a matrix.
        matrices = folder / "matrices"
        matrices.mkdir()
        self._r2 = str(shutil.copy(MATRIX, matrices / "r2.yaml"))

    def pytest(
        self,
        options: Sequence[str],
        environment: dict[str, str],
        pythons: Sequence[str] | None = None,
    ) -> list[Cost]:
        """The cost of pytest with these options, for each installation or for those given."""
        start = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
        return [
            cost([python, *start, *options], self._folder, environment)
            for python in pythons or self._pythons
        ]

    def least_cpu(self, options: Sequence[str]) -> list[float]:
        """The least CPU of several runs, which is the one least disturbed."""
        runs = [self.pytest(options, {}) for _ in range(STARTS)]
        return [min(run[place].cpu for run in runs) for place in range(len(self._pythons))]

    def line(self, measure: str, figures: Sequence[float], unit: str) -> Line:
        """One line of the table."""
        return Line(
            measure=measure,
            ours=figures[0],
            theirs=figures[1] if len(figures) > 1 else None,
            unit=unit,
        )

    def starts(self) -> Iterator[Line]:
        """What it costs to be installed, and to read a matrix, on top of pytest's own start."""
        project = self._folder / "project"
        project.mkdir()
        (project / "test_two.py").write_text("def test_a(): pass\n\n\ndef test_b(): pass\n")
        bare = self.least_cpu([str(project), "-p", f"no:{PLUGIN}"])
        yield self.line("pytest, two tests, without the plugin", bare, "s of CPU")
        for measure, options in (
            ("the plugin adds to that", [str(project)]),
            ("collecting specs/r2.yaml adds to that", ["--collect-only", self._r2]),
        ):
            whole = self.least_cpu(options)
            yield self.line(measure, [it - less for it, less in zip(whole, bare, strict=True)], "s")

    def runs(self, server: Server, running: Running) -> Iterator[Line]:
        """Wall time, CPU and memory of the whole matrix, directly and with answers held back."""
        with delayed(running.url, 0) as (url, proxy):
            asked = self._asked(server, replace(running, url=url), proxy)
        yield self.line("requests of specs/r2.yaml", asked, "")
        for way in WAYS:
            costs = self._matrix(server, running, way)
            name = " ".join(way)
            yield self.line(f"{name}: wall time", [it.seconds for it in costs], "s")
            per_request = [1000 * it.cpu / count for it, count in zip(costs, asked, strict=True)]
            yield self.line(f"{name}: CPU a request, start included", per_request, "ms")
            yield self.line(f"{name}: memory", [it.mebibytes for it in costs], "MiB")
        for delay in DELAYS:
            with delayed(running.url, delay) as (url, _):
                costs = self._matrix(server, replace(running, url=url), ("--jobs", str(JOBS)))
            least = [delay * count / JOBS for count in asked]
            held = f"{delay * 1000:.0f} ms later each, --jobs {JOBS}"
            yield self.line(f"{held}: wall time", [it.seconds for it in costs], "s")
            times = [it.seconds / less for it, less in zip(costs, least, strict=True)]
            yield self.line(f"{held}: of requests x delay / jobs", times, "")

    def _asked(self, server: Server, running: Running, proxy: DelayProxy) -> list[int]:
        counts = []
        for python in self._pythons:
            before = proxy.answers
            self._matrix(server, running, ("--jobs", str(JOBS)), [python])
            counts.append(proxy.answers - before)
        return counts

    def _matrix(
        self,
        server: Server,
        running: Running,
        way: Sequence[str],
        pythons: Sequence[str] | None = None,
    ) -> list[Cost]:
        results = self._folder / "results.json"
        options = ["--results", str(results), *way]
        words = suite.command(server, running, matrix=self._r2, options=options)
        results.unlink(missing_ok=True)
        costs = self.pytest(words, suite.environment(running, self._folder), pythons)
        json.loads(results.read_text())  # the run came to its end
        return costs


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(prog="python -m lab.bench", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("server", choices=SERVERS)
    parser.add_argument(
        "--against",
        metavar="PYTHON",
        help="of an environment in which another version of the suite is installed",
    )
    parser.add_argument(
        "--s3-tests",
        type=Path,
        metavar="CHECKOUT",
        help="of ceph/s3-tests, whose boto3 tests run on the same server",
    )
    options = parser.parse_args()
    server = SERVERS[options.server]
    server.install(CACHE_DIR)
    pythons = [sys.executable, *([options.against] if options.against else [])]
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        started = server.start(CACHE_DIR, work / "server", work / "server.log", free_port())
        running, _ = stack.enter_context(started)
        bench = Bench(pythons, work)
        print("| measure | this version | the other | ratio |\n|---|--:|--:|--:|", flush=True)
        for line in chain(bench.starts(), bench.runs(server, running)):
            print(line, flush=True)
        if options.s3_tests:
            for theirs in s3_tests(options.s3_tests, running, work, cost):
                print(theirs, flush=True)


if __name__ == "__main__":
    main()
