"""The pytest plugin, as far as every project pays for it.

Installed is not imposed: this module imports nothing but pytest. `conformance.plugin.hooks`, which
does the work, is registered when a matrix is named on the command line or found by collection.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from conformance.plugin.marker import MARKER, SUFFIXES, is_matrix
from conformance.plugin.options import (
    add_options,
    named_matrices,
    named_without_marker,
    shipped_matrix,
    values_in,
)

HOOKS = "s3-conformance"


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options now only where a conftest names this plugin, when it is too late for later.

    Else they are added when all other plugins have theirs, for a name that two plugins add ends
    pytest, whoever came first.
    """
    config = pluginmanager.get_plugin("pytestconfig")
    known = getattr(config, "known_args_namespace", None)
    if getattr(known, "confcutdir", None) is not None:
        add_options(parser)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, object, object]:
    matrix = shipped_matrix(args)
    if matrix is not None:
        args.append(str(matrix))
    # Values of options that are not known yet look like files to test.
    values = values_in(args)
    known = early_config.known_args_namespace
    known.file_or_dir = [name for name in known.file_or_dir if name not in values]
    result = yield
    add_options(parser)
    return result


def pytest_configure(config: pytest.Config) -> None:
    if named_matrices(config):
        _activate(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix not in SUFFIXES or not is_matrix(file_path):
        return None
    _activate(parent.config)
    from conformance.plugin.items import MatrixFile  # noqa: PLC0415 - a second, only if used

    if file_path.is_relative_to(parent.config.rootpath):
        return MatrixFile.from_parent(parent, path=file_path)
    # Shipped with the package; pytest itself gives files outside the project no name.
    return MatrixFile.from_parent(parent, path=file_path, nodeid=file_path.name)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Say why a named YAML file was not collected; pytest alone says "not found"."""
    try:
        return (yield)
    except pytest.UsageError as error:
        why = f"not a matrix: no line begins with '{MARKER}:'"
        hints = [f"{name}: {why}" for name in named_without_marker(session.config)]
        raise pytest.UsageError(*error.args, *hints) from None


def _activate(config: pytest.Config) -> None:
    if not config.pluginmanager.hasplugin(HOOKS):
        from conformance.plugin import hooks  # noqa: PLC0415 - a second, only if used

        config.pluginmanager.register(hooks, HOOKS)
