"""Every option there is: the plugin's, and those of each command."""

from __future__ import annotations

import argparse
from typing import Any

from conformance.cli.main import build_parser
from conformance.plugin.options import declare


def of_the_plugin() -> list[str]:
    """The options that pytest has from us, by the names without prefix."""
    names = []

    def note(name: str, **_: Any) -> None:
        names.append(name)

    declare(note)
    return names


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
