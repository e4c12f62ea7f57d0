"""`s3-conformance run` and `list`: the matrices that come with the package, without a checkout.

With `--profiles`, `run` goes from one endpoint to the next and compares them.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance import report, results
from conformance.cli.commands import Commands
from conformance.errors import ConformanceError
from conformance.matrix.shipped import find, folder, shipped
from conformance.results import files
from conformance.run import endpoint_of

# A configuration of its own, so that the project in whose folder the command is given does not
# change the run.
CONFIGURATION: Final = Path(__file__).with_name("run.ini")


# pytest's own statuses for a command line that is wrong, and for Ctrl-C.
USAGE_ERROR: Final = 4
INTERRUPTED: Final = 2


def add_run(commands: Commands) -> None:
    """Add `run MATRIX [pytest options]`."""
    command = commands.add_parser(
        "run",
        help="run a matrix against an endpoint",
        usage="s3-conformance run MATRIX [--profiles A,B,... --output DIR] [option of pytest ...]",
        description="Run a matrix with pytest: the same as pytest MATRIX, but for a matrix that "
        "comes with the package its name is enough, and the pytest configuration of the current "
        "folder is not read. All options of pytest and of its plugin may follow, such as "
        "--endpoint-url, --results, --report, -k and -n. Exit status: as pytest's. With "
        "--profiles, the matrix runs against the endpoint_url of each of these AWS profiles in "
        "turn; the folder --output gets A.json, B.json, ... and comparison.html; the exit status "
        "is the highest.",
    )
    command.add_argument(
        "matrix", metavar="MATRIX", help="a name that list prints, or a YAML file; ::OPERATION and "
        "::OPERATION::ROW select as in pytest",
    )  # fmt: skip
    command.add_argument(
        "options", nargs=argparse.REMAINDER, metavar="OPTION", help="options of pytest"
    )
    _declare(command)
    command.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    name, separator, selection = options.matrix.partition("::")
    try:
        path = find(name).resolve()
        matrix = f"{path}{separator}{selection}"
        # Behind MATRIX, where they stand among pytest's.
        behind = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
        _declare(behind)
        ours, pytest_s = behind.parse_known_args(options.options, options)
        if ours.profiles is None:
            return _pytest(path, [matrix, *pytest_s])
        runs = [*_each(ours.profiles, ours.output, pytest_s)]
    except ConformanceError as error:
        print(f"s3-conformance: {error}", file=sys.stderr)
        return USAGE_ERROR
    statuses = []
    for run in runs:
        print(f"{run.profile}: {run.url}", flush=True)
        run.results.unlink(missing_ok=True)  # of a former run; this one may write none
        statuses.append(_pytest(path, [matrix, *run.options, *pytest_s]))
        if statuses[-1] == INTERRUPTED:
            break
    observed = [results.read(run.results) for run in runs if run.results.exists()]
    if observed:
        files.save(ours.output / "comparison.html", report.html(observed))
    return max(statuses)


def _pytest(path: Path, arguments: Sequence[str]) -> int:
    command = [
        sys.executable, "-m", "pytest",
        "-p", "conformance.plugin",
        "-c", str(CONFIGURATION),
        "--rootdir", str(path.parent),
        "-o", f"cache_dir={Path.cwd() / '.pytest_cache'}",
        *arguments,
    ]  # fmt: skip
    if path.parent == folder():
        command.insert(3, "--noconftest")
    with subprocess.Popen(command) as process:  # noqa: S603 - pytest of this Python
        while process.poll() is None:
            # Ctrl-C reaches pytest too, which then cleans up: wait for it.
            with suppress(KeyboardInterrupt):
                process.wait()
    return process.returncode


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--profiles",
        type=lambda text: text.split(","),
        metavar="A,B,...",
        help="run against the endpoints of these AWS profiles, one after another",
    )
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="with --profiles: the folder for their results"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One endpoint of several.

    Attributes:
        profile: of AWS's configuration files.
        url: its endpoint.
        results: where its results file goes.
    """

    profile: str
    url: str
    results: Path

    @property
    def options(self) -> list[str]:
        return [
            "--profile", self.profile, "--label", self.profile,
            "--endpoint-url", self.url, "--results", str(self.results),
        ]  # fmt: skip


def _each(profiles: Sequence[str], output: Path | None, pytest_s: Sequence[str]) -> Iterator[_Run]:
    """The runs against the endpoints of AWS profiles.

    Raises:
        ConformanceError: a profile is named twice or does not exist, or an option is missing or
            contradicts.
    """
    if output is None:
        raise ConformanceError("--profiles needs --output DIR, the folder for what it writes")
    for option in ("--profile", "--endpoint-url", "--results", "--label"):
        if any(it == option or it.startswith(f"{option}=") for it in pytest_s):
            raise ConformanceError(f"{option} cannot be given beside --profiles, which sets it")
    names: dict[str, str] = {}
    for profile in profiles:
        name = re.sub(r"[^\w.-]+", "_", profile)
        if name in names or not profile:
            raise ConformanceError(f"--profiles: {profile!r} stands there twice, or is empty")
        names[name] = profile
    output.mkdir(parents=True, exist_ok=True)
    for name, profile in names.items():
        yield _Run(profile=profile, url=endpoint_of(profile), results=output / f"{name}.json")


def add_list(commands: Commands) -> None:
    """Add `list`."""
    command = commands.add_parser(
        "list",
        help="list the matrices that come with the package",
        description="List the matrices that come with the package, one per line: name, date of the "
        "page, vendor and source.",
    )
    command.set_defaults(command=_list)


def _list(_: argparse.Namespace) -> int:
    found = [*shipped()]
    width = max(len(it.name) for it in found)
    for it in found:
        print(f"{it.name:{width}}  {it.published or 'no date':10}  {it.vendor}  {it.source}")
    return 0
