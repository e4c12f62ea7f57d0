"""A matrix under each fault in turn, and which verdicts differ from those of a clean run."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lab import suite
from lab.errors import LabError
from lab.faults.kinds import FAULTS, Fault
from lab.faults.proxy import between
from lab.process import Process, started, wait_until
from lab.server import Running, Server

UNKNOWN = "unknown"
FIRST_RUN = "clean"
HEAD = (
    f"{'fault':<24} {'met':>6} {'wrong':>6} {'→ unknown':>10} {'unsteady':>9} {'seconds':>8}  rows"
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one run under one fault gave.

    Attributes:
        fault: its name.
        met: the requests that it met.
        wrong: rows with another decided word, or hazard, than in the clean run: `row: a → b`.
        unknown: rows that the clean run decides and this one does not.
        noticed: whether the results say that the endpoint was unsteady.
        seconds: how long the run took.
        problem: why there are no verdicts, if there are none.
    """

    fault: str
    met: int = 0
    wrong: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    noticed: bool = False
    seconds: float = 0.0
    problem: str = ""

    @property
    def line(self) -> str:
        if self.problem:
            return f"{self.fault:<24} {self.met:>6} {self.problem}"
        noticed = "yes" if self.noticed else "no"
        return (
            f"{self.fault:<24} {self.met:>6} {len(self.wrong):>6} {len(self.unknown):>10} "
            f"{noticed:>9} {self.seconds:>8.1f}  {'; '.join(self.wrong[:4])}"
        )


def outcomes(
    server: Server,
    running: Running,
    names: Sequence[str],
    *,
    matrix: str,
    options: Sequence[str],
    folder: Path,
    limit: float,
) -> Iterator[Outcome]:
    """Run the matrix clean, twice, and then under each fault.

    Args:
        server: what is asked.
        running: where it is.
        names: of the faults.
        matrix: a matrix's file.
        options: pytest's.
        folder: for results and AWS's files.
        limit: seconds that one run may take.

    Raises:
        LabError: the clean run gives no verdicts.
    """

    def run(name: str, fault: Fault | None) -> tuple[Outcome, dict[str, str]]:
        results = folder / f"{name.replace('%', '')}.json"
        results.unlink(missing_ok=True)
        with between(running.url, fault) as (url, chance):
            words = suite.command(
                server,
                replace(running, url=url),
                matrix=matrix,
                options=["--results", str(results), *options],
            )
            argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
            log = folder / "runs.log"
            with started(lambda: Process(argv, log=log, env=environment)) as process:
                in_time = wait_until(process.ended, seconds=limit)
            if not in_time or not results.exists():
                problem = "no end before the limit" if not in_time else "no results were written"
                return Outcome(fault=name, met=chance.met, problem=problem), {}
            document = json.loads(results.read_text(encoding="utf-8"))
        found = {
            row["id"]: row["observed"] + (f" ({row['hazard']})" if row["hazard"] else "")
            for row in document["rows"]
        }
        outcome = Outcome(
            fault=name,
            met=chance.met,
            noticed=any("unsteady" in text for text in document["run"]["warnings"]),
            seconds=document["run"]["seconds"],
        )
        return outcome, found

    environment = {**os.environ, **suite.environment(running, folder)}
    first, clean = run(FIRST_RUN, None)
    if first.problem:
        raise LabError(f"the run without a fault: {first.problem}")
    for name in ("clean again", *names):
        outcome, found = run(name, FAULTS.get(name))
        differing = {row: word for row, word in clean.items() if found.get(row, UNKNOWN) != word}
        yield replace(
            outcome,
            wrong=tuple(
                f"{row}: {word} → {found[row]}"
                for row, word in differing.items()
                if found.get(row, UNKNOWN) != UNKNOWN and word != UNKNOWN
            ),
            unknown=tuple(row for row in differing if found.get(row, UNKNOWN) == UNKNOWN),
        )
