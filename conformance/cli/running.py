"""`s3-conformance run` and `list`: the matrices that come with the package, without a checkout."""

from __future__ import annotations

import argparse
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from conformance.cli.commands import Commands
from conformance.errors import MatrixError
from conformance.matrix.shipped import find, folder, shipped

# A configuration of its own, so that the project in whose folder the command is given does not
# change the run.
CONFIGURATION: Final = Path(__file__).with_name("run.ini")


# pytest's own status for a command line that is wrong.
USAGE_ERROR: Final = 4


def add_run(commands: Commands) -> None:
    """Add `run MATRIX [pytest options]`."""
    command = commands.add_parser(
        "run",
        help="run a matrix against an endpoint",
        usage="s3-conformance run MATRIX [option of pytest ...]",
        description="Run a matrix with pytest: the same as pytest MATRIX, but for a matrix that "
        "comes with the package its name is enough, and the pytest configuration of the current "
        "folder is not read. All options of pytest and of its plugin may follow, such as "
        "--endpoint-url, --results, --report, -k and -n. Exit status: as pytest's.",
    )
    command.add_argument(
        "matrix", metavar="MATRIX", help="a name that list prints, or a YAML file; ::OPERATION and "
        "::OPERATION::ROW select as in pytest",
    )  # fmt: skip
    command.add_argument(
        "options", nargs=argparse.REMAINDER, metavar="OPTION", help="options of pytest"
    )
    command.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    name, separator, selection = options.matrix.partition("::")
    try:
        path = find(name).resolve()
    except MatrixError as error:
        print(f"s3-conformance: {error}", file=sys.stderr)
        return USAGE_ERROR
    command = [
        sys.executable, "-m", "pytest",
        "-p", "conformance.plugin",
        "-c", str(CONFIGURATION),
        "--rootdir", str(path.parent),
        "-o", f"cache_dir={Path.cwd() / '.pytest_cache'}",
        f"{path}{separator}{selection}",
        *options.options,
    ]  # fmt: skip
    if path.parent == folder():
        command.insert(3, "--noconftest")
    with subprocess.Popen(command) as process:  # noqa: S603 - pytest of this Python
        while process.poll() is None:
            # Ctrl-C reaches pytest too, which then cleans up: wait for it.
            with suppress(KeyboardInterrupt):
                process.wait()
    return process.returncode


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
