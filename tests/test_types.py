"""What a type checker refuses: misspelt operations, roles and options of a request."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from mypy import api

from conformance.s3.operations import OPERATIONS, Call, OperationName, operation_named

PREAMBLE = """\
from conformance.probing import Workbench
from conformance.s3.client import Client
from conformance.s3.exchange import Role
from conformance.s3.operations import Call
from conformance.sandbox import Sandbox


def probe(bench: Workbench, box: Sandbox, client: Client, call: Call) -> None:
"""
# Each is refused for one reason; the word must be in mypy's message.
MISTAKES = {
    'Call(operation="GetObjekt", bucket="b", key="k")': "GetObjekt",
    'call.plus(headrs={"Range": "bytes=0-"})': "headrs",
    "bench.effect(call, anonymus=True)": "anonymus",
    'bench.treat(call, regoin="eu")': "regoin",
    'bench.control(call, region=("eu",))': "region",
    "bench.setup(call, credentials=1)": "credentials",
    'bench.plain.call("HeadObjekt")': "HeadObjekt",
    "box.send(call, role=Role.TREATMNT, record=None)": "TREATMNT",
    'client.send(call, role="treatment")': "role",
    "client.send(call, forged=True)": "forged",
}


def test_operation_names_equal_the_table_of_operations() -> None:
    assert {*get_args(OperationName)} == {*OPERATIONS}


def test_operation_named_refuses_a_name_s3_does_not_have() -> None:
    with pytest.raises(ValueError, match="GetObjekt"):
        operation_named("GetObjekt")


@pytest.mark.parametrize(
    ("bucket", "key", "missing"), [("", "", "bucket"), ("", "k", "bucket"), ("b", "", "key")]
)
def test_call_about_an_object_needs_a_bucket_and_a_key(bucket: str, key: str, missing: str) -> None:
    with pytest.raises(ValueError, match=f"GetObject needs a {missing}"):
        Call(operation="GetObject", bucket=bucket, key=key)


def test_mypy_refuses_each_misspelt_name_in_a_request(tmp_path: Path) -> None:
    snippet = tmp_path / "snippet.py"
    snippet.write_text(PREAMBLE + "".join(f"    {line}\n" for line in MISTAKES))
    first = PREAMBLE.count("\n") + 1
    root = Path(__file__).parents[1]

    out, err, status = api.run(
        ["--config-file", str(root / "pyproject.toml"), "--no-error-summary",
         "--cache-dir", str(root / ".mypy_cache"), str(snippet)]
    )  # fmt: skip

    assert status == 1, out + err
    for number, (line, word) in enumerate(MISTAKES.items(), start=first):
        refused = [text for text in out.splitlines() if f"snippet.py:{number}: error" in text]
        assert any(word in text for text in refused), f"mypy accepts {line}: {out}"
