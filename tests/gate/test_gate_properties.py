"""Whatever a run finds: its own baseline opens the gate, and a run that differs does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import results
from conformance.gate import (
    STRICTEST,
    Policy,
    SilentIgnores,
    claims_of,
    compare,
    needs_entry,
    table_of,
    update,
)
from conformance.gate.baseline import Baseline, digest, load
from conformance.results import Document, ResultRow
from conformance.verdict import Documented, Hazard, Observed, divergence
from tests.golden.small import document

ROWS = [row["id"] for row in document()["rows"]]
policies = st.builds(Policy, strict=st.booleans(), silent_ignores=st.sampled_from([*SilentIgnores]))
sightings = st.lists(
    st.tuples(st.sampled_from([*Observed]), st.none() | st.sampled_from([*Hazard])),
    min_size=len(ROWS),
    max_size=len(ROWS),
)
claims = st.lists(st.sampled_from([*Documented]), min_size=len(ROWS), max_size=len(ROWS))


def made(words: list[Documented], seen: list[tuple[Observed, Hazard | None]]) -> Document:
    found = document()
    for row, documented, (observed, hazard) in zip(found["rows"], words, seen, strict=True):
        row["documented"], row["observed"] = documented.value, observed.value
        row["hazard"] = hazard.value if hazard else None
        row["divergence"] = divergence(documented, observed).value
    found["summary"] = results.summarise(found["rows"])
    return found


def updated(path: Path, found: Document, policy: Policy) -> Baseline:
    """The baseline of a run, each of its placeholders replaced by what tells it from others."""
    of = claims_of(found["rows"])
    table = table_of(found, of)
    update.update(path, found["rows"], policy, endpoint="e", table=table, claims=of)
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        if line.endswith(": TODO"):
            lines[number] = line.replace("TODO", f"https://bugs.example/{number}")
    path.write_text("\n".join(lines) + "\n")
    return load(path)


def same(row: ResultRow, other: ResultRow) -> bool:
    return (row["observed"], row["hazard"]) == (other["observed"], other["hazard"])


@settings(max_examples=60, deadline=None)
@given(words=claims, first=sightings, second=sightings, policy=policies)
def test_baseline_when_updated_opens_for_its_run_and_closes_for_another(
    tmp_path_factory: Any,
    words: list[Documented],
    first: list[tuple[Observed, Hazard | None]],
    second: list[tuple[Observed, Hazard | None]],
    policy: Policy,
) -> None:
    path = tmp_path_factory.mktemp("gate") / "b.yaml"
    one, two = made(words, first), made(words, second)

    known = updated(path, one, policy)
    assert known.table.sha256 == digest(claims_of(one["rows"]))
    assert compare(one, known, policy).opens
    assert compare(one, known, policy).known == len(known.entries)

    differ = any(
        not same(was, now) and (was["id"] in known.entries or needs_entry(now, policy))
        for was, now in zip(one["rows"], two["rows"], strict=True)
    )
    assert compare(two, known, policy).opens is not differ

    again = updated(path, two, policy)
    assert compare(two, again, policy).opens
    for row, entry in again.entries.items():
        if row in known.entries:
            assert (entry.reason, entry.link) == (
                known.entries[row].reason,
                known.entries[row].link,
            )


@settings(max_examples=50, deadline=None)
@given(words=claims, seen=sightings, policy=policies)
def test_gate_when_the_policy_is_laxer_needs_no_further_entry(
    words: list[Documented], seen: list[tuple[Observed, Hazard | None]], policy: Policy
) -> None:
    for row in made(words, seen)["rows"]:
        assert needs_entry(row, STRICTEST) or not needs_entry(row, policy)
        if row["divergence"] == "undecided":
            assert needs_entry(row, policy)


LAYOUTS = st.fixed_dictionaries(
    {
        "indent": st.integers(1, 6),
        "step": st.integers(1, 4),
        "keys": st.permutations(["documented", "observed", "hazard", "reason", "link"]),
        "above": st.booleans(),
        "inside": st.booleans(),
        "tail": st.booleans(),
        "blank": st.booleans(),
        "quoted": st.booleans(),
        "folded": st.booleans(),
        "braces": st.booleans(),
    }
)


def laid_out(known: Baseline, head: str, layouts: list[dict[str, Any]]) -> str:
    """The same baseline as somebody else may have written it, one layout an entry."""
    lines = [head + "rows:"]
    indent = " " * layouts[0]["indent"]
    for number, entry in enumerate(known.entries.values()):
        layout = layouts[number % len(layouts)]
        words = {
            "documented": entry.documented.value,
            "observed": ", ".join(entry.observed),
            "hazard": entry.hazard.value if entry.hazard else None,
            "reason": f"because {number}",
            "link": f"https://bugs.example/{number}",
        }
        pairs = [(key, words[key]) for key in layout["keys"] if words[key]]
        quote = '"' if layout["quoted"] else ""
        name = f"{quote}{entry.row}{quote}:"
        lines += [""] * layout["blank"] + [f"{indent}# above {number}"] * layout["above"]
        if layout["braces"]:
            flow = ", ".join(f"{key}: {value}" for key, value in pairs)
            lines.append(f"{indent}{name} {{{flow}}}")
            continue
        lines.append(f"{indent}{name}{'  # tail' if layout['tail'] else ''}")
        deeper = indent + " " * layout["step"]
        for place, (key, value) in enumerate(pairs):
            if key == "reason" and layout["folded"]:
                lines += [f"{deeper}reason: >-", f"{deeper}  because", f"{deeper}  {number}"]
                continue
            comment = f"  # at {key} of {number}" if layout["tail"] else ""
            lines.append(f"{deeper}{key}: {quote}{value}{quote}{comment}")
            if layout["inside"] and place == 1:
                lines.append(f"{deeper}# inside {number}")
    return "\n".join([*lines, "# the end"]) + "\n"


@settings(max_examples=60, deadline=None)
@given(
    words=claims,
    first=sightings,
    second=sightings,
    layouts=st.lists(LAYOUTS, min_size=1, max_size=4),
)
def test_update_when_the_layout_is_unusual_keeps_it(
    tmp_path_factory: Any,
    words: list[Documented],
    first: list[tuple[Observed, Hazard | None]],
    second: list[tuple[Observed, Hazard | None]],
    layouts: list[dict[str, Any]],
) -> None:
    path = tmp_path_factory.mktemp("gate") / "b.yaml"
    known = updated(path, made(words, first), STRICTEST)
    text = laid_out(known, path.read_text().partition("rows:\n")[0], layouts)
    if not known.entries:
        return
    path.write_text(text)
    before = load(path)
    two = made(words, second)

    after = updated(path, two, STRICTEST)
    written = path.read_text()

    assert compare(two, after, STRICTEST).opens
    for line in text.splitlines():
        if line.strip().startswith(("# above", "# the end")):
            assert line in written.splitlines()
    for row, entry in after.entries.items():
        if row in before.entries:
            was = before.entries[row]
            assert (entry.reason, entry.link) == (was.reason, was.link)
            if entry.observed == was.observed and entry.hazard == was.hazard:
                continue
            number = int(was.reason.removeprefix("because "))
            assert (f"# inside {number}\n" in text) == (f"# inside {number}\n" in written)
