"""The evidence of one run, small enough to be part of a page.

Checks and exchanges are most of a run: five megabytes of JSON on one endpoint. Few of them are ever
looked at, and the same headers, sources and expectations stand in hundreds of rows. So each text is
kept once and referred to by its number, and the whole is compressed (raw DEFLATE) and written in
Base64, which no parser of HTML can take for anything but text. The page's script opens it with the
browser's `DecompressionStream`, and puts every text on the page as text.

The shape, as JSON, in which every text is replaced by a number: 0 for the next of `texts`, else one
more than the position of a text that stood before.

    {"texts": [text, ...], "rows": [[promise, checks, exchanges] or null, ...]}
    check: [id, sign, weight, outcome, expected, observed, source, hazard, [request's number, ...]]
    exchange: [role, request, response or null, error or null, curl]
    request: [method, target, ...message]
    response: [status, reason, time, ...message]
    message: [size, [header's name, ...], [value, ...], body or null]

A curl line repeats what its request says, so it is kept as a pattern, in which U+0001, a position
and a semicolon stand for a text of the request: its target at 0, its headers' values from 1. Texts
have no such character, since `visible` spells out what cannot be seen.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from conformance.report.rendering import duration, human_bytes, target, visible
from conformance.results import ResultRow, StoredCheck
from conformance.s3.exchange import Exchange, StoredRequest, StoredResponse
from conformance.verdict import FAILURES, OUTCOME_ICONS, Outcome

Tree: TypeAlias = "str | Sequence[Tree] | None"
Numbered: TypeAlias = "int | list[Numbered] | None"

# Opaque tokens of each response, for the operators of the server; x-amz-request-id stays whole.
_OPAQUE: Final = frozenset({"x-amz-id-2", "x-amzn-requestid"})
_OPAQUE_SHOWN: Final = 12
# Shorter texts of a request are not worth a reference, and may stand in its curl line by chance.
_WORTH: Final = 8


def packed(rows: Iterable[ResultRow | None], *, failed: bool) -> str:
    """Base64 of the compressed evidence of one run.

    Args:
        rows: in the order of the page's rows; None where the run does not have the row.
        failed: only the checks that failed. Beside other endpoints, they are what tells them apart.
    """
    return _deflated([_row(row, failed=failed) if row else None for row in rows])


def packed_reasons(lines: Iterable[Sequence[ResultRow | None]]) -> str:
    """Base64 of the compressed reasons of several runs, as the rows of such a tree.

    Args:
        lines: a row of each run, in the order of the page's rows and columns.
    """
    return _deflated([[visible(row["reason"]) if row else None for row in line] for line in lines])


def _row(row: ResultRow, *, failed: bool) -> Tree:
    checks = [it for it in row["checks"] if not failed or it["outcome"] in FAILURES]
    return [
        _seen(row["promise"]),
        [_check(check) for check in checks],
        [_exchange(exchange) for exchange in row["exchanges"]],
    ]


def _check(check: StoredCheck) -> Tree:
    words = [
        check["id"],
        OUTCOME_ICONS[Outcome(check["outcome"])],
        check["weight"],
        check["outcome"],
        check["expected"],
        check["observed"],
        check["source"],
        check["hazard"],
    ]
    return [*map(_seen, words), [str(place + 1) for place in check["exchanges"]]]


def _exchange(exchange: Exchange) -> Tree:
    sent, got = exchange["request"], exchange["response"]
    response: Tree = None
    if got:
        answer = [str(got["status"]), visible(got["reason"]), duration(got["seconds"])]
        response = [*answer, *_message(got)]
    return [
        exchange["role"],
        [visible(sent["method"]), visible(target(sent["url"])), *_message(sent)],
        response,
        _seen(exchange["error"]),
        _pattern(exchange["curl"], sent),
    ]


def _message(message: StoredRequest | StoredResponse) -> Sequence[Tree]:
    return [
        human_bytes(message["body_bytes"]),
        [visible(name) for name, _ in message["headers"]],
        [visible(_shortened(name, value)) for name, value in message["headers"]],
        _seen(message["body"] or None),
    ]


def _shortened(name: str, value: str) -> str:
    opaque = name.lower() in _OPAQUE and len(value) > _OPAQUE_SHOWN
    return f"{value[:_OPAQUE_SHOWN]}…" if opaque else value


def _pattern(curl: str, sent: StoredRequest) -> str:
    """A curl line, with references in place of what the request says."""
    line = visible(curl)
    said = [target(sent["url"]), *(value for _, value in sent["headers"])]
    for at, text in sorted(enumerate(said), key=lambda it: -len(it[1])):
        if len(text) >= _WORTH:
            line = line.replace(visible(text), f"\x01{at};")
    return line


def _seen(text: str | None) -> str | None:
    return None if text is None else visible(text)


def _deflated(rows: Tree) -> str:
    numbers: dict[str, int] = {}

    def numbered(tree: Tree) -> Numbered:
        if tree is None:
            return None
        if not isinstance(tree, str):
            return [numbered(part) for part in tree]
        if tree in numbers:
            return numbers[tree] + 1
        numbers[tree] = len(numbers)
        return 0

    kept = {"rows": numbered(rows), "texts": list(numbers)}
    data = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()
    compressor = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    return base64.b64encode(compressor.compress(data) + compressor.flush()).decode()
