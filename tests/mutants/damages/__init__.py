"""What can go wrong with a row, besides being ignored or refused.

Each module of this package has `LINES`: a pattern of row ids, and a damage.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache

from tests.mutants.damages.damage import Damage, Line


def damages(row: str) -> Iterator[Damage]:
    """The damages of one row."""
    for pattern, damage in _lines():
        if re.fullmatch(pattern, row):
            yield damage


@cache
def _lines() -> tuple[Line, ...]:
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(
        line
        for name in modules
        if name != "damage"
        for line in importlib.import_module(f"{__name__}.{name}").LINES
    )
