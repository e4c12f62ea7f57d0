"""Replaces secrets by value in everything that is stored or printed."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, quote_plus

REDACTED: Final = "[redacted]"

SECRET_HEADERS: Final = frozenset(
    {
        "authorization",
        "x-amz-security-token",
        "x-amz-server-side-encryption-customer-key",
        "x-amz-copy-source-server-side-encryption-customer-key",
        "cookie",
        "set-cookie",
        "proxy-authorization",
    }
)
_SHORTEST: Final = 4


class Redactor:
    """Replaces the known secrets, in every spelling in which a server may echo them.

    A server is free to quote a request's headers, its canonical request or its body in an error
    message, so a secret cannot be found by its place, only by its value.
    """

    def __init__(self, secrets: Iterable[str | None] = ()) -> None:
        self._spellings: tuple[str, ...] = ()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str | None) -> None:
        """Learn a secret; text shorter than four characters would redact ordinary words."""
        if not secret or len(secret) < _SHORTEST:
            return
        spellings = {
            secret,
            quote(secret, safe=""),
            quote(secret),
            quote_plus(secret),
            html.escape(secret),
            secret.replace("/", "\\/"),
        }
        known = {*self._spellings, *spellings}
        # Longest first, so that no spelling is cut open by one that is part of it.
        self._spellings = tuple(sorted(known, key=lambda s: (-len(s), s)))

    def text(self, text: str) -> str:
        for spelling in self._spellings:
            if spelling in text:
                text = text.replace(spelling, REDACTED)
        return text

    def header(self, name: str, value: str) -> str:
        return REDACTED if name.lower() in SECRET_HEADERS else self.text(value)
