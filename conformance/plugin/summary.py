"""The terminal's summary of failed rows: one line each, with the verdict at any width.

pytest cuts its own lines at the terminal's width, and a row's name may be as long as that. A failed
row is therefore taken out of what pytest prints, and printed here.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from shutil import get_terminal_size
from typing import Any, Final

import pytest

from conformance.plugin.items import RowItem
from conformance.plugin.story import verdict_line

# On a report: the row's id, its line in the matrix, and the verdict. It crosses process borders.
FAILED_ROW: Final = "s3_conformance_failed"
# Where the output is no terminal a line ends here.
LONGEST: Final = 300


def note_failure(report: pytest.TestReport, item: RowItem) -> None:
    """Keep on a failed row's report what the summary says of it."""
    assert item.stored is not None
    said = str(report.longrepr).partition("\n")[0] or verdict_line(item.stored)
    vars(report)[FAILED_ROW] = [item.row.id, item.row.line, said]


def is_brief(config: pytest.Config) -> bool:
    """Whether a failed row has its line in the short summary only.

    By default it has, so that a run with many failures fits a screen; `-v` or a style given with
    `--tb` shows more.
    """
    return bool(config.option.tbstyle == "auto" and config.get_verbosity() < 1)


class FailedRows:
    """Prints the failed rows of a run; registered where there is a terminal."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: Any, config: pytest.Config
    ) -> Generator[None, None, None]:
        """Take failed rows out of what pytest prints of its own, and print them after it."""
        every = [*terminalreporter.stats.get("failed", ())]
        rows = [report for report in every if hasattr(report, FAILED_ROW)]
        shown = terminalreporter.hasopt("f") and not getattr(terminalreporter, "no_summary", False)
        style = config.option.tbstyle
        terminalreporter.ensure_newline()
        if rows and style == "line" and not getattr(terminalreporter, "no_summary", False):
            terminalreporter.section("FAILURES")
            for report in rows:
                row, line, said = getattr(report, FAILED_ROW)
                path = _path(config, report)
                terminalreporter.write_line(f"{path}:{line}: {row}: {said}")
        if rows and (style == "line" or (is_brief(config) and shown)):
            _hide(terminalreporter, every)
        try:
            yield
        finally:
            if rows:
                if shown:
                    _print(terminalreporter, config, rows, alone=_is_alone(terminalreporter))
                terminalreporter.stats["failed"] = every


def hide_rows(reporter: Any) -> None:
    """After pytest's failures and before its short summary: this module prints the rows of that."""
    if reporter.hasopt("f"):
        _hide(reporter, reporter.stats.get("failed", ()))


def _hide(reporter: Any, failed: Any) -> None:
    left = [report for report in failed if not hasattr(report, FAILED_ROW)]
    if left:
        reporter.stats["failed"] = left
    else:
        reporter.stats.pop("failed", None)


def _is_alone(reporter: Any) -> bool:
    """Whether pytest had no short summary to print, so that its heading is missing."""
    words = {"f": "failed", "E": "error", "x": "xfailed", "X": "xpassed", "s": "skipped"}
    words |= {"p": "passed"}
    return not any(reporter.stats.get(word) and reporter.hasopt(it) for it, word in words.items())


def _print(
    reporter: Any, config: pytest.Config, rows: list[pytest.TestReport], *, alone: bool
) -> None:
    if alone:
        reporter.write_sep("=", "short test summary info", cyan=True, bold=True)
    limit = get_terminal_size().columns if reporter.isatty else LONGEST
    for report in rows:
        row, _, said = getattr(report, FAILED_ROW)
        head = f" {_path(config, report)}::{row} - "
        reporter.write("FAILED", red=True)
        reporter.write_line(f"{head}{cut(said, limit - len(head) - len('FAILED'))}")


def _path(config: pytest.Config, report: pytest.TestReport) -> str:
    """The matrix as the user named it, or from where the user is; else its file's name."""
    here = config.invocation_params.dir
    named = report.nodeid.partition("::")[0]
    path = config.rootpath / named
    for argument in config.args:
        typed = Path(argument.partition("::")[0])
        if not typed.is_absolute() and (here / typed).resolve() == path.resolve():
            return str(typed)
    return str(path.relative_to(here)) if path.is_relative_to(here) else Path(named).name


def cut(said: str, room: int) -> str:
    """A verdict that fits: the reason is cut, the word and its hazard never are.

    Args:
        said: `ignored (silent hazard): expected …`.
        room: columns that are left for it.
    """
    if len(said) <= room:
        return said
    word = said.partition(": ")[0]
    kept = said[: max(room - 1, 0)].rstrip(" :")
    return f"{kept}…" if len(kept) > len(word) else word
