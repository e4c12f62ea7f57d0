"""JSON of bounded depth, for files that people send and documents that a server sends."""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NoReturn

# The deepest that anything of ours goes is ten.
DEPTH: Final = 64
# Strings, so that brackets in them are passed over, and the brackets themselves.
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


class JsonProblem(ValueError):
    """Why a text is not read as JSON; it names the line where that is known."""


def parse_json(raw: bytes | str) -> Any:
    """Parse one JSON document.

    Raises:
        JsonProblem: not UTF-8, not JSON, a number outside the range of a float, or deeper than
            `DEPTH`.
    """
    try:
        # Whatever JSON allows, and so with a byte order mark or without.
        text = raw if isinstance(raw, str) else raw.decode(json.detect_encoding(raw))
        _refuse_depth(text)
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except JsonProblem:
        raise
    except (ValueError, RecursionError) as error:
        raise JsonProblem(str(error)) from error


def _refuse_depth(text: str) -> None:
    # A text without so many brackets, and most are, needs no look at their order.
    if text.count("[") + text.count("{") <= DEPTH:
        return
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > DEPTH:
                line = text.count("\n", 0, token.start()) + 1
                raise JsonProblem(f"line {line}: nested more than {DEPTH} deep")
        elif token[0] in "]}":
            depth -= 1


def _refuse_constant(constant: str) -> NoReturn:
    raise JsonProblem(f"{constant} is not a JSON number")


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):  # 1e999, which JSON allows and no seconds are
        raise JsonProblem(f"{number} is out of range")
    return value
