"""`python -m lab confirm`: each failure of a server once more, by a second client."""

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.confirming import of_objects, of_rules, of_stores
from lab.confirming.case import Case, Seen
from lab.confirming.raw import Raw
from lab.errors import LabError
from lab.server import Server
from lab.site import free_port

CASES: tuple[Case, ...] = (*of_objects.CASES, *of_stores.CASES, *of_rules.CASES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One case on one server.

    Attributes:
        seen: None where it could not be tried.
        trouble: why not.
    """

    server: str
    case: Case
    seen: Seen | None
    trouble: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether the server fails as the suite says."""
        return self.seen is not None and self.seen.fails

    @property
    def line(self) -> str:
        """One line of Markdown."""
        said = self.seen.line if self.seen else self.trouble
        word = "" if self.confirmed else "**not confirmed** "
        return f"{word}`{self.case.row}` on `{self.server}`: {said}; must be: {self.case.right}"


def confirm(servers: Sequence[Server], cache_dir: Path) -> Iterator[Tried]:
    """Start one server after another, and try the cases that name it."""
    for server in servers:
        cases = [case for case in CASES if server.name in case.servers]
        if cases:
            yield from _on(server, cases, cache_dir)


def _on(server: Server, cases: Sequence[Case], cache_dir: Path) -> Iterator[Tried]:
    server.install(cache_dir)
    with contextlib.ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(
            prefix=f"lab-{server.name}-", ignore_cleanup_errors=True
        )
        work_dir = Path(stack.enter_context(temporary))
        started = server.start(cache_dir, work_dir / "site", work_dir / "server.log", free_port())
        running, _ = stack.enter_context(started)
        raw = Raw(running)
        for case in cases:
            try:
                yield Tried(server=server.name, case=case, seen=case.show(raw))
            except (LabError, KeyError) as error:
                trouble = f"{type(error).__name__}: {error}"
                yield Tried(server=server.name, case=case, seen=None, trouble=trouble)


def run(servers: Sequence[Server], output: Path | None, cache_dir: Path) -> bool:
    """Print a line for each case, and write the page; return whether all are confirmed."""
    tried = []
    for each in confirm(servers, cache_dir):
        print(each.line, flush=True)
        tried.append(each)
    if output:
        output.write_text(page(tried), encoding="utf-8")
    confirmed = sum(each.confirmed for each in tried)
    print(f"{confirmed} of {len(tried)} confirmed")
    return confirmed == len(tried)


def page(tried: Sequence[Tried]) -> str:
    """The lines in Markdown, by topic, with the numbers."""
    topics = dict.fromkeys(it.case.row.partition("/")[0] for it in tried)
    parts = [f"{sum(it.confirmed for it in tried)} of {len(tried)} confirmed."]
    for topic in topics:
        lines = [f"- {it.line}" for it in tried if it.case.row.startswith(f"{topic}/")]
        parts.append("\n".join([f"### {topic}\n", *lines]))
    return "\n\n".join(parts) + "\n"
