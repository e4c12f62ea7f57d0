"""Every option there is: the plugin's, and those of each command."""

from __future__ import annotations

import argparse
from typing import Any

from conformance.cli.main import build_parser
from conformance.plugin.options import add_options


class _Names:
    """Takes what a group of pytest's options takes, and keeps the names."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def addoption(self, *names: str, **_: Any) -> None:
        self.names += names


def of_the_plugin() -> list[str]:
    """The options that pytest has from us."""
    group = _Names()
    add_options(group)  # type: ignore[arg-type]
    return group.names


def of_the_commands() -> dict[str, list[str]]:
    """The options of each command of `s3-conformance`."""
    parser = build_parser()
    commands = next(
        action for action in parser._actions if isinstance(action, argparse._SubParsersAction)
    )
    return {
        name: [
            option
            for action in command._actions
            for option in action.option_strings
            if option not in ("-h", "--help")
        ]
        for name, command in commands.choices.items()
    }
