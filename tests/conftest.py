"""What all tests share: no credentials, no network beyond 127.0.0.1, warnings are errors."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conformance.plugin import hooks  # noqa: F401 - before pytester remembers what to forget
from conformance.sandbox.ledger import ENVIRONMENT

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.filterwarnings("error"))


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment in which boto3 finds nothing, and ledgers lie in the test's own directory."""
    for name in [*os.environ]:
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "ledgers"))


@pytest.fixture
def with_credentials(no_credentials: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which boto3 finds keys."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "fake-access")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "fake-secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
