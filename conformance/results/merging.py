"""The results of shards of one run, merged into one document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from conformance.errors import ResultsError
from conformance.results.document import assemble
from conformance.results.shape import Document, ResultRow, Run
from conformance.results.unsteady import together

# What shards of one run have in common, in words and where it stands.
_SAME: Final = (
    ("suite versions", "run", "suite_version"),
    ("endpoints", "endpoint", "url"),
    ("regions", "endpoint", "region"),
    ("labels", "endpoint", "label"),
    ("servers", "endpoint", "server"),
    ("products", "endpoint", "product"),
)


def merge(shards: Mapping[str, Document]) -> Document:
    """Merge shards of one run; the document is complete only if all of them are there and are.

    Args:
        shards: by what to call each in an error, usually its path.

    Raises:
        ResultsError: a document is no shard, or two are not of one run: of other matrices,
            endpoints or versions, the same shard twice, or with a row in common.
    """
    numbered: dict[int, Document] = {}
    (first, one), *others = shards.items()
    for name, document in shards.items():
        shard = document["run"].get("shard")
        if shard is None:
            raise ResultsError(f"{name}: is no shard; run with --shard to make one")
        if shard["index"] in numbered:
            raise ResultsError(f"{name}: shard {shard['index']} of {shard['count']} is there twice")
        numbered[shard["index"]] = document
    for name, other in others:
        _require_one_run(first, one, name, other)
    count = one["run"].get("shard", {"count": 0})["count"]
    if beyond := [index for index in numbered if index > count]:
        raise ResultsError(f"there is no shard {beyond[0]} of {count}")
    missing = [f"{it}/{count}" for it in range(1, count + 1) if it not in numbered]
    rows = _rows(shards, numbered, count)
    return assemble(run=_run(numbered, count, missing), endpoint=one["endpoint"], rows=rows)


def _require_one_run(first: str, one: Document, name: str, other: Document) -> None:
    spec, theirs = one["run"]["spec"], other["run"]["spec"]
    if (spec["name"], spec["sha256"]) != (theirs["name"], theirs["sha256"]):
        raise ResultsError(f"{first} and {name} are of different matrices")
    counts = [document["run"].get("shard", {}).get("count") for document in (one, other)]
    if counts[0] != counts[1]:
        raise ResultsError(
            f"{first} is one of {counts[0]} shards, {name} one of {counts[1]}: not of one run"
        )
    for words, part, key in _SAME:
        ours = cast("Mapping[str, Mapping[str, object]]", one)[part].get(key)
        its = cast("Mapping[str, Mapping[str, object]]", other)[part].get(key)
        if ours != its:
            raise ResultsError(f"{first} and {name} are of different {words}: {ours} and {its}")


def _rows(
    shards: Mapping[str, Document], numbered: Mapping[int, Document], count: int
) -> list[ResultRow]:
    """The rows in the matrix's order, from which shards take their rows in turn."""
    names = {id(document): name for name, document in shards.items()}
    at: dict[str, str] = {}
    placed: list[tuple[int, ResultRow]] = []
    for index, document in numbered.items():
        name = names[id(document)]
        for place, row in enumerate(document["rows"]):
            if row["id"] in at:
                raise ResultsError(f"row {row['id']} is in {at[row['id']]} and in {name}")
            at[row["id"]] = name
            placed.append((place * count + index, row))
    return [row for _, row in sorted(placed, key=lambda it: it[0])]


def _run(numbered: Mapping[int, Document], count: int, missing: list[str]) -> Run:
    runs = {index: document["run"] for index, document in sorted(numbered.items())}
    cut = [f"shard {index}/{count}: {run['interrupted']}" for index, run in runs.items()
           if run["interrupted"]]  # fmt: skip
    if missing:
        cut.append(f"without shard {', '.join(missing)}")
    one = next(iter(runs.values()))
    merged: Run = {
        "suite_version": one["suite_version"],
        "libraries": one["libraries"],
        "started": min(run["started"] for run in runs.values()),
        "seconds": max(run["seconds"] for run in runs.values()),
        "spec": one["spec"],
        "interrupted": "; ".join(cut) or None,
        "warnings": [
            f"shard {index}/{count}: {text}"
            for index, run in runs.items()
            for text in run["warnings"]
        ],
    }
    if noted := together(run["unsteady"] for run in runs.values() if "unsteady" in run):
        merged["unsteady"] = noted
    return merged
