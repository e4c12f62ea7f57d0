"""A matrix as YAML: the closed schema of `conformance.matrix`, in one fixed order and style."""

from __future__ import annotations

import json
from collections.abc import Iterator

import yaml

from conformance.matrix import FORMAT, MARKER
from conformance.matrix.importer.imported import (
    Cells,
    Feature,
    Group,
    ImportedMatrix,
    ImportedOperation,
    Level,
)

_HEADER = (
    "# Made by `s3-conformance import PAGE -o THIS_FILE`; do so again to update it, notes stay."
)


def render(matrix: ImportedMatrix) -> str:
    """Write a matrix as YAML text, ending in a newline.

    The text depends on the matrix alone: the same page gives the same bytes.
    """
    return "\n".join(_lines(matrix)) + "\n"


def _lines(matrix: ImportedMatrix) -> Iterator[str]:
    yield _HEADER
    yield f"{MARKER}: {FORMAT}"
    yield f"vendor: {_value(matrix.vendor)}"
    yield f"source: {_value(matrix.source)}"
    if matrix.published:
        yield f"published: {matrix.published.isoformat()}"
    if matrix.retrieved:
        yield f"retrieved: {matrix.retrieved.isoformat()}"
    yield from _cells("regions", matrix.regions)
    yield from _cells("checksums", matrix.checksums)
    yield from ("", "operations:")
    levels: tuple[Level, ...] = ("bucket", "object")
    for level in levels:
        operations = [operation for operation in matrix.operations if operation.level == level]
        if operations:
            yield f"  {level}:"
        for operation in operations:
            yield from _operation(operation)


def _cells(key: str, cells: Cells) -> Iterator[str]:
    if cells:
        yield from ("", f"{key}:")
    for name, row in cells.items():
        flow = ", ".join(f"{column}: {documented.value}" for column, documented in row.items())
        yield f"  {_key(name)}: {{{flow}}}"


def _operation(operation: ImportedOperation) -> Iterator[str]:
    yield f"    {_key(operation.name)}:"
    yield f"      status: {operation.documented.value}"
    if operation.docs:
        yield f"      docs: {_value(operation.docs)}"
    if operation.note:
        yield f"      note: {_value(operation.note)}"
    if operation.groups:
        yield "      features:"
    for group in operation.groups:
        yield from _group(group)


def _group(group: Group) -> Iterator[str]:
    dash = "-"
    if group.name is not None:
        yield f"        - group: {_value(group.name)}"
        dash = " "
    if group.documented is not None:
        yield f"          status: {group.documented.value}"
    yield f"        {dash} members:"
    for feature in group.features:
        yield f"            {_key(feature.name)}: {_feature(feature)}"


def _feature(feature: Feature) -> str:
    entries = {"status": feature.documented.value}
    if feature.value_of:
        entries["value-of"] = feature.value_of
    if feature.note:
        entries["note"] = feature.note
    if len(entries) == 1:
        return feature.documented.value
    flow = ", ".join(f"{key}: {_value(text, flow=True)}" for key, text in entries.items())
    return f"{{{flow}}}"


def _key(text: str) -> str:
    return text if _reads_back(f"{text}: x", {text: "x"}) else _quoted(text)


def _value(text: str, *, flow: bool = False) -> str:
    probe = f"{{x: {text}}}" if flow else f"x: {text}"
    return text if _reads_back(probe, {"x": text}) else _quoted(text)


def _reads_back(probe: str, expected: dict[str, str]) -> bool:
    """Whether YAML, asked itself, takes a text without quotes for what it is."""
    try:
        return bool(yaml.safe_load(probe) == expected)
    except (yaml.YAMLError, ValueError):
        return False


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
