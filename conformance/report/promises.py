"""What each row promises, as pages: the checks of all probes, with their weights and sources.

The pages are made from the probes' own declarations, so that they cannot say anything else than the
probes check.
"""

from __future__ import annotations

import importlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from conformance.probing import PROBES, Check, Probe
from conformance.verdict import Weight

HEAD: Final = """\
# Promises

What each row is held to, by family. Every line is one named check of a probe: its
[weight](../verdicts.md#checks-what-a-row-promises), what is expected, and the source of that.
`s3-conformance promises --output docs/promises` writes these pages from the probes.

| family | rows | core | promise | detail |
|---|--:|--:|--:|--:|
"""
ROWS_SHOWN: Final = 12


def promise_pages() -> dict[str, str]:
    """The pages as Markdown, by file name: `README.md`, and one for each topic with checks."""
    topics: dict[str, dict[str, Probe]] = defaultdict(dict)
    for row, probe in PROBES.items():
        if probe.checks:
            topics[probe.topic][row] = probe
    pages = {f"{topic}.md": _page(topic, probes) for topic, probes in sorted(topics.items())}
    lines = [_summary(topic, probes) for topic, probes in sorted(topics.items())]
    return {"README.md": HEAD + "".join(lines), **pages}


def _summary(topic: str, probes: Mapping[str, Probe]) -> str:
    counts = Counter(check.weight for probe in probes.values() for check in probe.checks)
    cells = " | ".join(str(counts[weight]) for weight in Weight)
    return f"| [{topic.replace('_', ' ')}]({topic}.md) | {len(probes)} | {cells} |\n"


def _page(topic: str, probes: Mapping[str, Probe]) -> str:
    about = (importlib.import_module(f"conformance.probes.{topic}").__doc__ or "").strip()
    text = [f"# {topic.replace('_', ' ').capitalize()}\n\n{about.splitlines()[0]}\n"]
    text += [_group(rows, probe) for rows, probe in _groups(probes)]
    return "\n".join(text)


def _groups(probes: Mapping[str, Probe]) -> Iterator[tuple[Sequence[str], Probe]]:
    """Rows that promise the same, in the order in which they are registered."""
    groups: dict[tuple[str, tuple[Check, ...]], list[str]] = defaultdict(list)
    for row, probe in probes.items():
        groups[probe.promise, probe.checks].append(row)
    for rows in groups.values():
        yield rows, probes[rows[0]]


def _group(rows: Sequence[str], probe: Probe) -> str:
    more = f" and {len(rows) - ROWS_SHOWN} more" if len(rows) > ROWS_SHOWN else ""
    named = ", ".join(f"`{row}`" for row in rows[:ROWS_SHOWN]) + more
    lines = [
        f"## {rows[0]}{f' and {len(rows) - 1} more' if len(rows) > 1 else ''}",
        "",
        probe.promise,
        "",
        *([f"Rows: {named}.", ""] if len(rows) > 1 else []),
        "| check | weight | expected | source |",
        "|---|---|---|---|",
        *(_line(check) for check in probe.checks),
        "",
    ]
    return "\n".join(lines)


def _line(check: Check) -> str:
    source = f"<{check.source}>" if check.source.startswith("https://") else check.source
    cells = (f"`{check.id}`", check.weight.value, check.expected, source)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
