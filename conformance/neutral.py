"""Text that the other side chose, made fit for a terminal, a CI log and a sentence of ours."""

from __future__ import annotations

import re
from typing import Final

# The longest text that is taken over from an answer, in characters.
SAID: Final = 300
# The longest sentence that is printed or stored as a verdict's reason.
SENTENCE: Final = 1200
# What a sentence is made of at most before it is cut; what is longer is not looked at.
_LONGEST: Final = 2**16
# Printable for Unicode, and nothing is seen of them: fillers, joiners, variation selectors.
_UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
# More than four marks on one letter cover the lines above and below.
_MARKS: Final = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
_STACKED: Final = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")
# GitHub and Azure take `##[…]` and `##vso[…]` for a command wherever they stand.
_HASHES: Final = re.compile("#(?=#)")
# GitHub takes `::…::` for a command where a line begins; a line may be broken at any space.
_COLONS: Final = re.compile(r"(?<!\S):(?=:)")
# Fold markers of GitLab and Travis, and TeamCity's messages where a single `#` was left.
_FOLDS: Final = re.compile(r"\b(section_start|section_end|travis_fold|travis_time):")


def neutral(text: str, limit: int = SAID) -> str:
    """One line that steers nothing and is no longer than `limit` characters, an ellipsis included.

    A word that does not fit is left out whole: half of a secret would not be known for one.
    """
    line = inert(" ".join(_printable(text[:_LONGEST]).split()))
    if len(line) <= limit and len(text) <= _LONGEST:
        return line
    return f"{line[: limit - 1].rpartition(' ')[0]}…"


def neutral_lines(text: str) -> str:
    """The same lines, none of which steers anything; spaces stay, for some are commands."""
    return "\n".join(inert(_printable(line)) for line in text.splitlines())


def inert(line: str) -> str:
    """A line in which the beginnings of commands to a CI runner are broken by a space."""
    return _COLONS.sub(": ", _HASHES.sub("# ", _FOLDS.sub(r"\1 :", line)))


def _printable(text: str) -> str:
    """Control characters, and what is not seen or turns the direction of what follows, as spaces.

    Of marks that are stacked on one letter four stay.
    """
    seen = "".join(it if it.isprintable() else " " for it in _UNSEEN.sub(" ", text))
    return _STACKED.sub(r"\1", seen)
