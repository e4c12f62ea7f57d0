"""What can go wrong with keys of unusual characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final
from urllib.parse import unquote

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    carrying,
    edited,
    headed,
    is_head,
    one_short,
    strict,
    when,
)
from tests.mutants.object_faults import decoded, renaming

ANY: Final = "Key/(?!leading-slash).*"
SOURCE: Final = "x-amz-copy-source"
FOLDED: Final[dict[str, Callable[[str], str]]] = {
    "double-slash": lambda key: re.sub("/+", "/", key),
    "trailing-slash": lambda key: key.rstrip("/"),
    "composed": partial(unicodedata.normalize, "NFD"),
    "decomposed": partial(unicodedata.normalize, "NFC"),
    "percent": unquote,
    "plus": lambda key: key.replace("+", " "),
    "backslash": lambda key: key.replace("\\", "/"),
    "upper-case": str.lower,
    "control-character": lambda key: key.replace("\x07", ""),
    "carriage-return": lambda key: key.replace("\r", ""),
    "question-mark": lambda key: key.partition("?")[0],
}


def _is_delete(request: Request) -> bool:
    return "delete" in request.parameters


def _is_list(*, encoded: bool) -> Callable[[Request], bool]:
    def test(request: Request) -> bool:
        asked = request.parameters
        return "list-type" in asked and ("encoding-type" in asked) is encoded

    return test


def _last_stored_too(request: Request, behind: Behind) -> Answer:
    """What deletes one key deletes the one stored last before it, too."""
    pair = request.method == "PUT" and SOURCE not in request.names
    if pair and re.search(r"/\d{5}-[^/]", request.path):
        behind.memory["last"] = request
    answer = behind.ask(request)
    if request.method == "DELETE" or _is_delete(request):
        behind.ask(replace(behind.memory["last"], method="DELETE", body=b""))
    return answer


def _copies(respond: Respond) -> Respond:
    return when(carrying(SOURCE), respond)


LINES: Final[tuple[Line, ...]] = (
    *((f"Key/{name}", shown_by("get", wrong(f"{name} folded", renaming(decoded(fold)))))
      for name, fold in FOLDED.items()),
    (ANY, shown_by("head", wrong("no length", when(is_head, headed("Content-Length", "1"))))),
    (ANY, shown_by("list", wrong("one key is not listed",
        when(_is_list(encoded=False), one_short("Contents"))))),
    ("Key/carriage-return", shown_by("list", wrong("not escaped in a listing", when(
        _is_list(encoded=False), edited(b"&#13;|&#xD;", b"\r"))))),
    (ANY, shown_by("list-url", wrong("one key is not listed encoded",
        when(_is_list(encoded=True), one_short("Contents"))))),
    (ANY, shown_by("list-url", wrong("encoded and not said so",
        when(_is_list(encoded=True), edited(rb"<Key>", rb"<Key>%"))))),
    (ANY, shown_by("copy-from", wrong("no such source", _copies(strict(404, "NoSuchKey"))))),
    (ANY, shown_by("copy-to", wrong("no such target", _copies(strict(400, "InvalidURI"))))),
    (ANY, shown_by("delete-many", wrong("nodded at", when(_is_delete,
        lambda *_: Answer(status=200, body=b"<DeleteResult></DeleteResult>"))))),
    (ANY, shown_by("delete-many-named", wrong("another name", when(_is_delete,
        edited(rb"<Key>.*?</Key>", rb"<Key>other</Key>"))))),
    (ANY, shown_by("like-it-stays", wrong("both are deleted", _last_stored_too))),
    ("Key/leading-slash", shown_by("list", wrong("one of the two", one_short("Contents")))),
)  # fmt: skip
