"""The probes: one file a topic of the S3 documentation, every row of a matrix in exactly one.

`load_all` imports every module here, and importing one registers its probes.
"""

from __future__ import annotations

import importlib
import pkgutil


def load_all() -> None:
    """Register every probe of the package."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
