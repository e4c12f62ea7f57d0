"""The results file: what one run documented, observed and sent, as one JSON document.

The shape is closed by `results.schema.json`, which is published with the package. Rows travel as
plain JSON-able dicts because they cross process borders as text, so the types below are
`TypedDict`s: they say what the schema says, to the type checker. What a schema cannot say (no row
twice, counts that sum to the rows, verdicts that follow from their row) is said by `check`.

A document that was written can be read; one that cannot be read is refused with one sentence.
"""

from __future__ import annotations

import json
import math
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn, NotRequired, TypedDict, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from conformance.errors import ResultsError
from conformance.results import files
from conformance.s3.exchange import Exchange
from conformance.verdict import Divergence, Documented, Observed, divergence

SCHEMA_VERSION: Final = 1
SCHEMA: Final = Path(__file__).with_name("results.schema.json")
GZIP_MAGIC: Final = b"\x1f\x8b"
LARGEST: Final = 2**29  # bytes of a compressed file once unpacked
# What several observations that differ can amount to; see `judge.settle`.
SETTLED: Final = (Observed.PARTIAL, Observed.UNKNOWN)
_QUOTED: Final = 160


class Repeat(TypedDict):
    """What one of several observations of a row found."""

    observed: str
    hazard: str | None
    reason: str


class ResultRow(TypedDict):
    """One claim of the matrix and what was found. The first seven fields are the claim.

    `repeats` is there where the row was observed more than once. Where their words differ the row
    is flaky, and `observed` is what `judge.settle` makes of that.
    """

    id: str
    level: str
    operation: str
    group: str | None
    feature: str | None
    documented: str
    note: str | None
    observed: str
    implied: bool
    divergence: str
    hazard: str | None
    reason: str
    seconds: float
    exchanges: list[Exchange]
    repeats: NotRequired[list[Repeat]]


class Spec(TypedDict):
    """Which matrix was run: its file's name and digest, and the page it transcribes."""

    name: str
    vendor: str
    source: str
    published: str | None
    retrieved: str | None
    sha256: str


class Run(TypedDict):
    """When and with what; `interrupted` says why a run is not complete."""

    suite_version: str
    libraries: dict[str, str]
    started: str
    seconds: float
    spec: Spec
    interrupted: str | None
    warnings: list[str]


class EndpointInfo(TypedDict):
    """Who answered. `url` holds no credentials; `label` is the user's own name for it."""

    url: str
    server: str | None
    region: str | None
    label: str | None


class Summary(TypedDict):
    """How many rows got each word; every word is present, with 0 where no row got it."""

    observed: dict[str, int]
    divergence: dict[str, int]
    hazards: int
    rows: int


class Document(TypedDict):
    """The results file."""

    schema_version: int
    complete: bool
    run: Run
    endpoint: EndpointInfo
    summary: Summary
    rows: list[ResultRow]


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


def summarise(rows: Sequence[ResultRow]) -> Summary:
    """Count the rows by observed, by divergence, and those that are hazards."""
    observed = Counter(row["observed"] for row in rows)
    divergences = Counter(row["divergence"] for row in rows)
    return {
        "observed": {word.value: observed[word.value] for word in Observed},
        "divergence": {word.value: divergences[word.value] for word in Divergence},
        "hazards": sum(row["hazard"] is not None for row in rows),
        "rows": len(rows),
    }


def write(path: Path | str, document: Document) -> None:
    """Write a results file, whole or not at all.

    Raises:
        ResultsError: the path cannot be written, or the document is not one that `read` accepts.
    """
    _refuse_invalid(document, str(path))
    files.save(path, json.dumps(document, indent=1, allow_nan=False) + "\n")


def read(path: Path | str) -> Document:
    """Read a results file, compressed by gzip or not.

    Raises:
        ResultsError: the file cannot be read, is not JSON (or is cut short), is of another schema
            version, breaks the schema, or contradicts itself.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read: {error.strerror or error}") from error
    try:
        text = _decompressed(data) if data.startswith(GZIP_MAGIC) else data
        loaded = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        # UnicodeDecodeError and JSONDecodeError are ValueErrors.
        raise ResultsError(f"{path}: not JSON, or truncated: {_short(error)}") from error
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


def require_consistent(document: Document, name: str = "results") -> None:
    """Refuse a document that contradicts itself.

    Args:
        document: of the right shape.
        name: what to call it in the error, usually its path.

    Raises:
        ResultsError: a row is repeated, a row's divergence does not follow from its two words,
            its word not from its observations, or the summary does not match the rows.
    """
    for row_id, times in Counter(row["id"] for row in document["rows"]).items():
        if times > 1:
            raise ResultsError(f"{name}: row {row_id} occurs {times} times")
    for row in document["rows"]:
        due = divergence(Documented(row["documented"]), Observed(row["observed"]))
        if row["divergence"] != due:
            raise ResultsError(
                f"{name}: row {row['id']} is {row['documented']} and {row['observed']}, "
                f"so its divergence must be {due}, not {row['divergence']}"
            )
        seen = {it["observed"] for it in row.get("repeats", ())} or {row["observed"]}
        if row["observed"] not in (seen if len(seen) == 1 else SETTLED):
            raise ResultsError(
                f"{name}: row {row['id']} is {row['observed']}, "
                f"which does not follow from its observations: {', '.join(sorted(seen))}"
            )
    counted = summarise(document["rows"])
    if document["summary"] != counted:
        raise ResultsError(f"{name}: {_mismatch(document['summary'], counted)}")


def _refuse_invalid(loaded: Any, name: str) -> None:
    version = loaded.get("schema_version") if isinstance(loaded, Mapping) else None
    if isinstance(version, int) and version != SCHEMA_VERSION:
        raise ResultsError(
            f"{name}: schema version {version} is not supported; this s3-conformance reads "
            f"version {SCHEMA_VERSION}"
        )
    error = best_match(_validator().iter_errors(loaded))
    if error is not None:
        raise ResultsError(f"{name}: not a results file: {_explain(error)}")
    require_consistent(loaded, name)


@cache
def _validator() -> Validator:
    follow = Draft202012Validator.VALIDATORS["$ref"]

    def follow_or_trust(validator: Any, ref: str, value: Any, schema: Any) -> Any:
        # Two thirds of a document are header pairs, and jsonschema spends its time on them.
        if ref == "#/$defs/headers" and _are_headers(value):
            return ()
        return follow(validator, ref, value, schema)

    extended = extend(Draft202012Validator, {"$ref": follow_or_trust})  # type: ignore[no-untyped-call]
    return cast("Validator", extended(json.loads(SCHEMA.read_bytes())))


def _are_headers(value: Any) -> bool:
    return type(value) is list and all(
        type(pair) is list and [type(part) for part in pair] == [str, str] for pair in value
    )


def _explain(error: ValidationError) -> str:
    where = error.json_path.removeprefix("$").lstrip(".")
    return f"at {where}: {_short(error.message)}" if where else _short(error.message)


def _short(problem: object) -> str:
    """A message that quotes a file's text, on one line and cut to size."""
    line = " ".join(str(problem).split())
    return line if len(line) <= _QUOTED else f"{line[:_QUOTED]}…"


def _mismatch(summary: Summary, counted: Summary) -> str:
    """Name the first count that is wrong."""
    pairs = [
        *((word, summary["observed"][word], due) for word, due in counted["observed"].items()),
        *((word, summary["divergence"][word], due) for word, due in counted["divergence"].items()),
        ("hazards", summary["hazards"], counted["hazards"]),
        ("rows", summary["rows"], counted["rows"]),
    ]
    word, given, due = next(pair for pair in pairs if pair[1] != pair[2])
    return f"its summary counts {given} as {word}, its rows {due}"


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):  # 1e999, which JSON allows and no seconds are
        raise ValueError(f"{number} is out of range")
    return value


def seen(row: ResultRow) -> dict[str, int]:
    """The words a row was observed with, and how often each."""
    return dict(Counter(it["observed"] for it in row.get("repeats", ()))) or {row["observed"]: 1}


def is_flaky(row: ResultRow) -> bool:
    """Whether a row's observations differ."""
    return len(seen(row)) > 1
