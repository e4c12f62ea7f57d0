"""What the commands share."""

from __future__ import annotations

import argparse
from typing import Final, TypeAlias

DIFFERS: Final = 1


# argparse has no public name for what add_subparsers returns.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001
