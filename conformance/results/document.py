"""The results file: what one run documented, observed and sent, as one JSON document.

The shape is closed by `results.schema.json`, which is published with the package. Rows travel as
plain JSON-able dicts because they cross process borders as text, so the types below are
`TypedDict`s: they say what the schema says, to the type checker. What a schema cannot say (no row
twice, counts that sum to the rows, verdicts that follow from their row) is said by `check`.

A document that was written can be read; one that cannot be read is refused with one sentence.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from conformance.closed_json import parse_json
from conformance.errors import ResultsError
from conformance.neutral import neutral
from conformance.results import files
from conformance.results.consistency import (
    require_consistent,
)
from conformance.results.counting import summarise
from conformance.results.shape import (
    Document,
    EndpointInfo,
    ResultRow,
    Run,
)
from conformance.results.upgrade import PREVIOUS_VERSION, SCHEMA_VERSION, upgrade

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

SCHEMA: Final = Path(__file__).with_name("results.schema.json")
GZIP_MAGIC: Final = b"\x1f\x8b"
LARGEST: Final = 2**29  # bytes of a file, once unpacked
_QUOTED: Final = 160


def assemble(*, run: Run, endpoint: EndpointInfo, rows: Sequence[ResultRow]) -> Document:
    """Make a document of a run; it is complete unless `run` says what interrupted it.

    Args:
        run: when, with what, and whether it was cut short.
        endpoint: who answered.
        rows: in the matrix's order.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "complete": run["interrupted"] is None,
        "run": run,
        "endpoint": endpoint,
        "summary": summarise(rows),
        "rows": list(rows),
    }


def write(path: Path | str, document: Document) -> None:
    """Write a results file, whole or not at all.

    Raises:
        ResultsError: the path cannot be written, or the document is not one that `read` accepts.
    """
    _refuse_invalid(document, str(path))
    text = json.dumps(document, indent=1, allow_nan=False)
    # The same to who reads JSON, and no command to a CI runner in whose log the file is shown.
    files.save(path, text.replace("##", "\\u0023#") + "\n")


def read(path: Path | str) -> Document:
    """Read a results file, compressed by gzip or not.

    Raises:
        ResultsError: the file cannot be read, is not JSON (or is cut short), is of another schema
            version, breaks the schema, or contradicts itself.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(data) > LARGEST:
        raise ResultsError(f"{path}: it is longer than {LARGEST >> 20} MiB")
    try:
        text = _decompressed(data) if data.startswith(GZIP_MAGIC) else data
        loaded = parse_json(text)
    except ValueError as error:
        raise ResultsError(f"{path}: not JSON, or truncated: {_short(error)}") from error
    if _version(loaded) == PREVIOUS_VERSION:
        upgrade(loaded)
    _refuse_invalid(loaded, str(path))
    return cast("Document", loaded)


def without_evidence(document: Document, keep: Callable[[ResultRow], bool]) -> Document:
    """The same document, with the exchanges of those rows only that are to be kept."""
    rows = [
        row if keep(row) else cast("ResultRow", {**row, "exchanges": []})
        for row in document["rows"]
    ]
    return cast("Document", {**document, "rows": rows})


def _decompressed(data: bytes) -> bytes:
    """What a gzip file holds; a small file may claim to hold more than there is memory."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = unpacker.decompress(data, LARGEST)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if unpacker.unconsumed_tail:
        raise ValueError(f"it holds more than {LARGEST >> 20} MiB")
    return text


def _refuse_invalid(loaded: Any, name: str) -> None:
    version = _version(loaded)
    if isinstance(version, int) and version != SCHEMA_VERSION:
        raise ResultsError(
            f"{name}: schema version {version} is not supported; this s3-conformance reads "
            f"versions {PREVIOUS_VERSION} and {SCHEMA_VERSION}"
        )
    try:
        errors = [*_validator().iter_errors(loaded)]
    except UnicodeEncodeError:  # a server may send half a surrogate pair, which is no character
        whole = json.dumps(loaded, ensure_ascii=False).encode("utf-8", "replace")
        errors = [*_validator().iter_errors(json.loads(whole))]
    # Of several errors the one nearest to the root says most.
    error = min(errors, key=lambda it: len(it.instance_path), default=None)
    if error is not None:
        raise ResultsError(f"{name}: not a results file: {_explain(error)}")
    require_consistent(loaded, name)


def _version(loaded: Any) -> Any:
    return loaded.get("schema_version") if isinstance(loaded, Mapping) else None


@cache
def _validator() -> Draft202012Validator:
    from jsonschema_rs import Draft202012Validator  # noqa: PLC0415 - collecting validates nothing

    return Draft202012Validator(json.loads(SCHEMA.read_bytes()))


def _explain(error: ValidationError) -> str:
    steps = (f"[{it}]" if isinstance(it, int) else f".{it}" for it in error.instance_path)
    where = "".join(steps).lstrip(".")
    return f"at {where}: {_short(error.message)}" if where else _short(error.message)


def _short(problem: object) -> str:
    """A message that quotes a file's text, on one line and cut to size."""
    line = neutral(" ".join(str(problem).split()))
    return line if len(line) <= _QUOTED else f"{line[:_QUOTED]}…"
