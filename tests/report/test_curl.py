"""The shell script of a run's requests: listed by row, sent by row, and nothing else is run."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from conformance import report, results
from conformance.report.curl import _command
from tests.golden.small import document


def script(folder: Path, made: results.Document) -> tuple[str, ...]:
    """Write the script, with a `curl` in front of it that prints its arguments."""
    (folder / "curl").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (folder / "curl").chmod(0o755)
    (folder / "r.sh").write_text(report.curl_script(made))
    return ("env", f"PATH={folder}:/usr/bin:/bin", "AWS_ACCESS_KEY_ID=me", "sh", f"{folder}/r.sh")


def test_script_lists_the_rows_and_sends_the_requests_of_one(tmp_path: Path) -> None:
    sh = script(tmp_path, document())
    sent = [row["id"] for row in document()["rows"] if row["exchanges"]]
    assert subprocess.check_output(sh, text=True).splitlines() == sent
    row = next(row for row in document()["rows"] if row["id"] == "PutObject/If-Match")
    shown = subprocess.check_output([*sh, row["id"]], text=True)
    assert shown.count("--aws-sigv4") == len(row["exchanges"]) > 1
    assert "me:" in shown
    refused = subprocess.run([*sh, "PutObject/If"], capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stderr) == (1, "no row of this run: PutObject/If\n")


@pytest.mark.parametrize("value", ["plain", "it's", 'a "b" $(c) `d`; e\n<f/>', "", "ü"])
def test_request_with_any_value_is_a_command(value: str) -> None:
    line = f"curl -X PUT -H 'a: b' --data-binary {shlex.quote(value)} http://h:1/b/k%2F?x=1"
    line += ' -H "x-amz-server-side-encryption-customer-key: $SSE_C_KEY"'
    line = line.replace("http://h:1/b/k%2F?x=1", shlex.quote("http://h:1/b/k%2F?x=1&y=~"))
    assert _command(line) == line


@pytest.mark.parametrize(
    "line",
    ["rm -r x", "curl x; rm x", "curl $(rm x)", 'curl "$(rm x)"', "curl `rm`", "curl a | sh",
     "curl x\nrm x", "curl 'x", 'curl "a`rm`"', "curl x > y", "curl \\", "curl"],
)  # fmt: skip
def test_what_is_no_plain_curl_command_is_not_run(line: str) -> None:
    assert _command(line) == f"# {' '.join(line.split())}"
