"""Values of headers beyond ASCII: how they are sent, and what a client makes of them."""

from __future__ import annotations

from email.header import decode_header, make_header
from typing import Final

WORD: Final = "\u00e9t\u00e9"
ENCODED: Final = "=?UTF-8?Q?=C3=A9t=C3=A9?="


def decoded(value: str | None) -> str:
    """As RFC 2047 has it; or raw UTF-8, which HTTP libraries read as latin-1; or latin-1."""
    if value is None:
        return ""
    if value.startswith("=?"):
        return str(make_header(decode_header(value)))
    raw = value.encode("latin-1", "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return value
