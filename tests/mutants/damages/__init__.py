"""What can go wrong with a row, besides being ignored or refused.

Each module of this package has `LINES`: a pattern of row ids, and a damage.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache

from tests.mutants.damages.damage import Damage


@cache
def damages(row: str) -> tuple[Damage, ...]:
    """The damages of one row."""
    return tuple(damage for pattern, damage in _lines() if pattern.fullmatch(row))


@cache
def _lines() -> tuple[tuple[re.Pattern[str], Damage], ...]:
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    # More patterns than `re` keeps compiled.
    return tuple(
        (re.compile(pattern), damage)
        for name in modules
        if name != "damage"
        for pattern, damage in importlib.import_module(f"{__name__}.{name}").LINES
    )
