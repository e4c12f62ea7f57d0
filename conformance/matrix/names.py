"""The names that S3 has, and which names of a matrix are misspelt.

A table is taken whole: a name that S3 does not have is the vendor's own, or newer than this
package. Only a name that is almost one of S3's is refused, because its row would never be observed.

Source of the names: botocore's service model of S3 (the members of each request that are sent as
headers or query parameters), and the headers of HTTP, CORS and the signature beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from conformance.errors import MatrixError
from conformance.matrix.matrix import Matrix, Row
from conformance.s3.operations import OPERATIONS

METADATA: Final = "x-amz-meta"
# Headers of requests that botocore's model leaves to the client, and `Quiet` in the body of
# DeleteObjects.
_BESIDE_THE_MODEL: Final = (
    "Access-Control-Request-Headers",
    "Access-Control-Request-Method",
    "Authorization",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-MD5",
    "Content-Type",
    "Date",
    "Expect",
    "Host",
    "Origin",
    "Quiet",
    "Transfer-Encoding",
    "User-Agent",
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-security-token",
    "x-amz-trailer",
)
SHOWN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of S3's service model.

    Attributes:
        operations: all of them.
        members: headers and query parameters by operation.
        values: the values of a header or parameter that has a closed list of them.
        algorithms: checksum algorithms.
    """

    operations: frozenset[str]
    members: Mapping[str, frozenset[str]]
    values: Mapping[str, frozenset[str]]
    algorithms: frozenset[str]

    @property
    def features(self) -> frozenset[str]:
        """Headers and query parameters of any operation."""
        return frozenset().union(*self.members.values(), _BESIDE_THE_MODEL)


@cache
def known_names() -> Names:
    """Read botocore's model; 50 ms, so only where a row has no probe."""
    from botocore.loaders import Loader  # noqa: PLC0415 - half a second, only if used

    model: Any = Loader().load_service_model("s3", "service-2")
    shapes = model["shapes"]
    members: dict[str, frozenset[str]] = {
        name: frozenset(operation.query) for name, operation in OPERATIONS.items()
    }
    values: dict[str, frozenset[str]] = {}
    for name, operation in model["operations"].items():
        request = shapes[operation["input"]["shape"]]["members"] if "input" in operation else {}
        sent = {
            member["locationName"]: shapes[member["shape"]]
            for member in request.values()
            if member.get("location") in ("header", "querystring")
        }
        members[name] = members.get(name, frozenset()) | sent.keys()
        values |= {header: frozenset(it["enum"]) for header, it in sent.items() if "enum" in it}
    return Names(
        operations=frozenset(members),
        members=members,
        values=values,
        algorithms=frozenset(shapes["ChecksumAlgorithm"]["enum"]),
    )


def require_known_names(matrix: Matrix, probed: Collection[str]) -> None:
    """Refuse a matrix in which a name is misspelt.

    Args:
        matrix: the table.
        probed: ids of rows that have a probe; their names are S3's.

    Raises:
        MatrixError: at the line of the first misspelt name, with what may have been meant.
    """
    extensions = {row.operation for row in matrix.rows if row.extension and row.feature is None}
    found = [
        (row, meant)
        for row in matrix.rows
        if row.id not in probed and not row.extension and row.operation not in extensions
        if (meant := _meant(row, probed))
    ]
    if not found:
        return
    (first, meant), *others = found
    text = (
        f"{_misspelt(first, meant)} (if it is the vendor's own name, write extension: true)"
        + "".join(f"; line {row.line}: {_misspelt(row, it)}" for row, it in others[:SHOWN])
    )
    more = len(others) - SHOWN
    raise MatrixError(matrix.path, first.line, f"{text}; and {more} more" if more > 0 else text)


def _misspelt(row: Row, meant: str) -> str:
    if row.level == "behaviour":
        return f"the topic {row.operation} has no {row.feature}; did you mean {meant}?"
    name = row.id if row.feature is None else f"{row.feature} of {row.id.rpartition('/')[0]}"
    return f"S3 has no {name}; did you mean {meant}?"


def _meant(row: Row, probed: Collection[str]) -> str | None:
    """The name that a row's own is almost; None for a name of S3, or of nobody else."""
    if row.level == "behaviour":
        return near(row.feature or "", _of(row.operation, probed))
    if row.level == "checksum":
        return near(row.group or "", known_names().algorithms)
    return None if row.level == "region" else _meant_of_s3(row, probed)


def _meant_of_s3(row: Row, probed: Collection[str]) -> str | None:
    """The operation, header, parameter or value that a row's own is almost."""
    names = known_names()
    if row.feature is None:
        return near(row.id, names.operations)
    if row.value_of is not None:
        return near(row.feature, names.values.get(row.value_of, frozenset()))
    if row.feature in names.features or f"{row.feature}-".startswith(f"{METADATA}-"):
        return None
    own = names.members.get(row.operation, frozenset()) | _of(row.operation, probed)
    return near(row.feature, own) or near(row.feature, names.features)


def _of(operation: str, probed: Collection[str]) -> frozenset[str]:
    """The features of an operation, or the behaviours of a topic, that have a probe."""
    return frozenset(it.partition("/")[2] for it in probed if it.startswith(f"{operation}/"))


def near(name: str, known: Iterable[str]) -> str | None:
    """The known name that another is a misspelling of: few letters differ, and no digit.

    The same letters in another case are a misspelling too: parameters and operations have cases.
    Names with other digits are other names: SHA256 and SHA512.
    """
    known = frozenset(known)
    if name in known:
        return None
    allowed = 1 if len(name) < 8 else 2 if len(name) < 20 else 3
    digits = sorted(filter(str.isdecimal, name))
    close = [
        (_distance(name.lower(), other.lower()), other)
        for other in known
        if abs(len(name) - len(other)) <= allowed and sorted(filter(str.isdecimal, other)) == digits
    ]
    return next((other for edits, other in sorted(close) if edits <= allowed), None)


def _distance(one: str, other: str) -> int:
    """How many letters are added, dropped, replaced or swapped with the next one.

    Optimal string alignment: https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance.
    """
    rows: list[list[int]] = [[*range(len(other) + 1)]]
    for at, letter in enumerate(one):
        row = [at + 1]
        for column, its in enumerate(other):
            replaced = rows[at][column] + (letter != its)
            cost = min(rows[at][column + 1] + 1, row[column] + 1, replaced)
            if at and column and letter == other[column - 1] and one[at - 1] == its:
                cost = min(cost, rows[at - 1][column - 1] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
