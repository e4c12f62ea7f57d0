"""What can go wrong with each row, as tables: a pattern of row ids, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tests.mutants.damages.configurations import CONFIGURATIONS
from tests.mutants.damages.damage import Damage
from tests.mutants.damages.listings import LISTINGS
from tests.mutants.damages.objects import OBJECTS
from tests.mutants.damages.security import SECURITY
from tests.mutants.damages.uploads import UPLOADS

TABLE: Final = (*OBJECTS, *UPLOADS, *LISTINGS, *CONFIGURATIONS, *SECURITY)


def damages(row: str) -> Iterator[Damage]:
    """What can go wrong with a row."""
    for pattern, damage in TABLE:
        if re.fullmatch(pattern, row):
            yield damage
