"""The pages of promises say what the probes check, and every check can be understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance import cli, probes
from conformance.probing import PROBES
from conformance.report.promises import promise_pages

PAGES = Path(__file__).parents[2] / "docs" / "promises"

probes.load_all()


def test_promise_pages_when_generated_are_those_in_docs() -> None:
    written = {path.name: path.read_text() for path in PAGES.glob("*.md")}
    assert written == promise_pages(), "run: s3-conformance promises --output docs/promises"


def test_every_check_has_a_source_and_one_clause() -> None:
    for row, probe in PROBES.items():
        for check in probe.checks:
            where = f"{row}: {check.id}"
            assert check.source.startswith(("https://", "RFC ")), where
            assert not check.expected.endswith("."), where
            assert "\n" not in check.expected, where
            assert len(check.expected) <= 160, where


def test_promises_without_the_folder_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["promises", "--output", str(tmp_path / "none")]) == 2
    assert "no such folder" in capsys.readouterr().err
