"""Replaces secrets by value in everything that is stored or printed."""

from __future__ import annotations

import base64
import binascii
import html
import html.entities
import re
import threading
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

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
# Shorter ones are words, and only as they stand are they taken for the secret.
_WORD: Final = 8
# Of a form of at least so many characters every piece of this length is known, so that a text in
# which none of the few pieces looked at is known cannot hold any of them, however many there are.
_LONG: Final = 20
_PIECE: Final = 8
_SIGNATURE_LENGTH: Final = 64
# `%25252f` and `&#x0002f;` stand for one character.
_LONGEST_ESCAPE: Final = 12
# Escapes within escapes, as in a URL that is a parameter of another.
_NESTED: Final = 3
# How a character may be spelled: in a URL, in XML, in JSON and in a shell.
_ESCAPE: Final = re.compile(r"\\(?:u00|x)([0-9a-f]{2})|\\(?=[^a-z0-9])", re.IGNORECASE)
_SIGNATURE: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", re.IGNORECASE)
# The signatures that are remembered, the latest; a run sends some ten thousand.
_SIGNATURES: Final = 50_000


class Redactor:
    """Replaces the known secrets, in every spelling in which a server may echo them.

    A server is free to quote a request's headers, its canonical request or its body in an error
    message, so a secret cannot be found by its place, only by its value: as it is, in either case,
    backwards, in hex, in base64 at any offset and of either alphabet; each of these with any of
    its characters escaped as URLs, XML or JSON do it.
    """

    def __init__(self, secrets: Iterable[str | None] = ()) -> None:
        # What is searched for, and whether its letters must be of the same case.
        self._known: tuple[tuple[str, bool], ...] = ()
        self._few: tuple[tuple[str, bool], ...] = ()
        self._pieces: set[str] = set()
        self._secrets: frozenset[str] = frozenset()
        self._signatures: dict[str, None] = {}
        self._shortest = _SIGNATURE_LENGTH
        self.longest = 0
        self._lock = threading.Lock()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str | None) -> None:
        """Learn a secret; text shorter than four characters would redact ordinary words."""
        if not secret or len(secret) < _SHORTEST or secret in self._secrets:
            return
        with self._lock:
            # Other threads are reading: what is walked over is replaced, never changed.
            self._secrets |= {secret}
            forms = {*_forms(secret)}
            # Longest first, so that no spelling is cut open by one that is part of it.
            known = sorted({*self._known, *forms}, key=lambda it: (-len(it[0]), it))
            self._pieces.update(
                form[at : at + _PIECE].casefold()
                for form, _ in forms
                if len(form) >= _LONG
                for at in range(len(form) - _PIECE + 1)
            )
            self._few = tuple(it for it in known if len(it[0]) < _LONG)
            self._known = tuple(known)
            self._shortest = min(_SIGNATURE_LENGTH, len(known[-1][0]))
            self.longest = _LONGEST_ESCAPE * len(known[0][0])

    def add_signature(self, signature: str) -> None:
        """Learn a request's signature, 64 hex digits; the oldest are forgotten."""
        self._signatures[signature.lower()] = None
        if len(self._signatures) > _SIGNATURES:
            for oldest in list(self._signatures)[: _SIGNATURES // 10]:
                self._signatures.pop(oldest, None)

    def text(self, text: str) -> str:
        """The text without secrets."""
        if len(text) < self._shortest:
            return text
        plain = _unescaped(text)
        folded = plain.casefold()
        strides = range(0, len(folded) - _PIECE + 1, _LONG - _PIECE + 1)
        hit = any(folded[at : at + _PIECE] in self._pieces for at in strides)
        found = [
            (form, exact)
            for form, exact in (self._known if hit else self._few)
            if form in (plain if exact else folded)
        ]
        for form, exact in found:
            text = _spellings(form, exact).sub(REDACTED, text)
        if found:
            plain = _unescaped(text)
            folded = plain.casefold()
            if any(form in (plain if exact else folded) for form, exact in found):
                return REDACTED  # escaped in a way that is undone, and not matched, here
        return _SIGNATURE.sub(self._signature, text) if self._signatures else text

    def header(self, name: str, value: str) -> str:
        return REDACTED if name.lower() in SECRET_HEADERS else self.text(value)

    def _signature(self, found: re.Match[str]) -> str:
        return REDACTED if found[0].lower() in self._signatures else found[0]


def _forms(secret: str) -> Iterator[tuple[str, bool]]:
    """What a secret is searched for as, and whether the case of its letters must be the same."""
    if len(secret) < _WORD:
        yield secret, True
        return
    yield secret.casefold(), False
    yield secret.casefold()[::-1], False
    for raw in {secret.encode(), *_decoded(secret)}:
        yield raw.hex(), False
        for offset in range(3):
            # The first and last digits of it depend on what stands before and behind.
            coded = base64.b64encode(bytes(offset) + raw)
            core = coded[(0, 2, 3)[offset] : len(coded) - (0, 3, 2)[(offset + len(raw)) % 3]]
            if len(core) >= _WORD:
                # Of either alphabet; a form is searched for with the letters of its own.
                yield core.decode(), True
                yield core.decode().replace("+", "-").replace("/", "_"), True


def _decoded(secret: str) -> Iterator[bytes]:
    """The bytes of a secret that is base64 itself, as customer keys are."""
    try:
        raw = base64.b64decode(secret, validate=True)
    except (ValueError, binascii.Error):
        return
    if len(raw) >= _WORD:
        yield raw


@lru_cache(maxsize=256)
def _spellings(form: str, exact: bool) -> re.Pattern[str]:
    """A pattern of a form with any of its characters escaped."""
    return re.compile(
        "".join(_character(it, exact) for it in form), re.NOFLAG if exact else re.IGNORECASE
    )


def _character(character: str, exact: bool) -> str:
    spelled = [re.escape(character)]
    for it in {character} if exact else {character, character.upper(), character.lower()}:
        code = ord(it[0])
        spelled += [f"{_AND}#0*{code};", f"(?i:{_AND}#x0*{code:x};)"]
        spelled.append(rf"(?i:\\+(?:u|x)0*{code:x})")
        spelled.append("".join(f"(?i:%(?:25)*{octet:02x})" for octet in it.encode()))
        spelled += [f"{_AND}{name}" for name in _ENTITIES.get(it, ())]
        if not it.isalnum():
            spelled.append(rf"\\+{re.escape(it)}")
    return f"(?:{'|'.join(spelled)})"


# An ampersand may be escaped itself.
_AND: Final = "&(?:amp;)*"
_ENTITIES: Final = {
    it: [name for name, value in html.entities.html5.items() if value == it and name[-1] == ";"]
    for it in "&<>\"'/+="
}


def _unescaped(text: str) -> str:
    """The text with all escapes undone, nested ones too, to search in."""
    for _ in range(_NESTED):
        before = text
        if "\\" in text:
            text = _ESCAPE.sub(lambda it: chr(int(it[1], 16)) if it[1] else "", text)
        if "&" in text:
            text = html.unescape(text)
        if "%" in text:
            text = unquote(text)
        if text == before:
            break
    return text
