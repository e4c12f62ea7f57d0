"""What a damage is, and how one is written down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from conformance.verdict import Observed
from tests.mutants.damaging import Respond

WRONG: Final = (Observed.BROKEN, Observed.PARTIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One way in which a row's effect is wrong.

    Attributes:
        name: in a few words.
        respond: how it is done.
        words: the verdicts that are right then.
        why: why another word than broken or partial is right, where one is.
        anywhere: it is done to other requests than those that carry the row too.
        check: the check of the row that must fail then, where one is named; of a check of weight
            detail the word stays.
    """

    name: str
    respond: Respond
    words: tuple[Observed, ...] = WRONG
    why: str = ""
    anywhere: bool = False
    check: str = ""


def wrong(name: str, respond: Respond) -> Damage:
    return Damage(name=name, respond=respond)


def anywhere(name: str, respond: Respond) -> Damage:
    return Damage(name=name, respond=respond, anywhere=True)


def shown_by(check: str, damage: Damage) -> Damage:
    """The same damage, which this check of the row must show whatever the word."""
    return replace(damage, check=check)


def or_ignored(why: str, damage: Damage) -> Damage:
    """The same damage, where to see no effect at all is right too."""
    return replace(damage, words=(*WRONG, Observed.IGNORED), why=why)


Line = tuple[str, Damage]
