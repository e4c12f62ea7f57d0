"""The command line: what it prints, and the one sentence for each way of being wrong."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from conformance import cli
from conformance.matrix import load
from conformance.run.embedded import embedded
from conformance.serve.vendor import serving_documented

MISSING = "GetObject/x-vendor-tier\tpartial\tno probe yet"
R2 = Path(__file__).parents[2] / "specs" / "r2.yaml"


def test_rows_of_the_r2_matrix_are_counted_by_documentation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The counts of the page: operations, features, checksum cells, region aliases."""
    assert cli.main(["rows", str(R2), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)

    def count(level: str | None, *, feature: bool) -> tuple[int, int]:
        of_kind = [
            row
            for row in rows
            if (row["feature"] is not None) == feature
            and (row["level"] in ("bucket", "object") if level is None else row["level"] == level)
        ]
        return len(of_kind), sum(row["documented"] == "implemented" for row in of_kind)

    assert len(rows) == 397
    assert count(None, feature=False) == (73, 26)
    assert count(None, feature=True) == (308, 97)
    assert count("checksum", feature=True) == (10, 5)
    assert count("region", feature=True) == (6, 6)
    assert [*rows[0]] == [
        "id",
        "level",
        "operation",
        "group",
        "feature",
        "documented",
        "note",
        "probe",
    ]


WIDE = """\
s3-conformance: 1
vendor: V
source: https://v.example/table
operations:
  object:
    GetObject:
      status: implemented
      features:
        - members:
            Range: no-effect
            x-vendor-tier: partial
"""


@pytest.mark.parametrize(
    ("options", "listed", "status"),
    [
        ([], ["GetObject\timplemented", "GetObject/Range\tno-effect", MISSING], 0),
        (["--without-probe"], [MISSING], 0),
        (["--without-probe", "--require-probes"], [MISSING], 1),
    ],
)
def test_rows_say_which_have_no_probe(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    listed: list[str],
    status: int,
) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(WIDE)
    assert cli.main(["rows", str(path), *options]) == status
    output = capsys.readouterr()
    assert output.out.splitlines() == listed
    assert output.err == f"{path}: 1 of 3 rows have no probe yet\n"


def test_rows_refuse_a_misspelt_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(WIDE.replace("Range", "Rnage"))
    assert cli.main(["rows", str(path)]) == 2
    assert (
        f"{path}:10: S3 has no Rnage of GetObject; did you mean Range?" in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rows", "none.yaml"], "none.yaml: is no file, and no matrix of that name is shipped"),
        (["report", "none.json", "-o", "x.html"], "none.json"),
        (["clean", "--endpoint-url", "example.com"], "is not an http:// or https:// URL"),
        (["serve", "none.yaml"], "none.yaml: is no file, and no matrix of that name is shipped"),
        (["serve", str(R2), "--port", "70000"], "cannot listen on port 70000"),
        (["serve", str(R2), "--ca-bundle", "none.pem"], "--ca-bundle none.pem: no such file"),
        (["import", "none.txt", "--vendor", "V", "--source", "https://v"], "none.txt"),
    ],
)
def test_command_when_its_input_is_wrong_is_one_sentence_and_status_2(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(arguments) == 2
    message = capsys.readouterr().err
    assert message.startswith("s3-conformance: ")
    assert said in message
    assert message.count("\n") == 1
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["rows"], ["import", "p"]])
def test_command_when_its_arguments_are_wrong_shows_usage(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 2
    assert "usage: s3-conformance" in capsys.readouterr().err


def test_serve_when_a_feature_is_unimplemented_refuses_in_the_vendors_words() -> None:
    with embedded() as behind, serving_documented(load(R2), behind.url) as url:
        s3 = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
        )
        s3.create_bucket(Bucket="documented")
        s3.put_object(Bucket="documented", Key="key", Body=b"ours")
        assert s3.get_object(Bucket="documented", Key="key")["Body"].read() == b"ours"
        with pytest.raises(ClientError, match="Header 'x-amz-tagging' with value 'a=b' not impl"):
            s3.put_object(Bucket="documented", Key="key", Body=b"x", Tagging="a=b")
        with pytest.raises(ClientError, match="GetBucketPolicy not implemented"):
            s3.get_bucket_policy(Bucket="documented")
        with pytest.raises(ClientError, match="not implemented"):
            s3.get_object_torrent(Bucket="documented", Key="key")
        assert s3.get_object(Bucket="documented", Key="key")["Body"].read() == b"ours"


def test_serve_when_interrupted_ends() -> None:
    command = [sys.executable, "-m", "conformance.cli", "serve", str(R2)]
    behind = ["--endpoint-url", "http://127.0.0.1:1/prefix"]
    with subprocess.Popen([*command, *behind], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert re.fullmatch(r"Cloudflare R2 as documented: http://127.0.0.1:\d+/prefix .*\n", line)
