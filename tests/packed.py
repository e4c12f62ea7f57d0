"""What a page has packed, as the browser's script unpacks it."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any, Final

TEMPLATE: Final = re.compile(r'<template id="([^"]+)">([A-Za-z0-9+/=]*)</template>')


def unpacked(text: str) -> Any:
    """The rows of a packed text, with texts in place of their numbers."""
    kept = json.loads(zlib.decompress(base64.b64decode(text, validate=True), -zlib.MAX_WBITS))
    texts, following = kept["texts"], iter(kept["texts"])

    def told(node: Any) -> Any:
        if isinstance(node, list):
            return [told(part) for part in node]
        if node is None:
            return None
        return texts[node - 1] if node else next(following)

    rows = told(kept["rows"])
    assert next(following, None) is None, "a text that no row refers to"
    return rows


def packed_in(page: str) -> dict[str, Any]:
    """Everything that a page has packed, by the template's id."""
    return {name: unpacked(text) for name, text in TEMPLATE.findall(page)}
