"""The suite is told all that a server offers, and secrets stay ours."""

import stat
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from lab import suite
from lab.server import Running
from tests.lab import fakes

FAKE = fakes.server()
PLAIN = Running(url="http://127.0.0.1:1", credentials=fakes.MAIN)


def test_a_plain_server_is_a_url_and_a_label() -> None:
    words = suite.command(FAKE, PLAIN, matrix="matrix.yaml")
    assert words == ["matrix.yaml", "--endpoint-url", PLAIN.url, "--label", "a fake 1.2"]


def test_what_a_server_has_besides_becomes_options() -> None:
    running = Running(
        url=PLAIN.url,
        credentials=fakes.MAIN,
        alt=fakes.ALT,
        account_id="111122223333",
        kms_key_id="key",
        destination_arn="arn:x:sns:::t",
        ca_bundle=Path("ca.pem"),
        buckets=("one", "two"),
    )
    frail = replace(FAKE, jobs=1)
    words = suite.command(frail, running, matrix="matrix.yaml", options=["-k", "Get"])
    assert words[5:] == [
        *("--bucket", "one", "--bucket", "two", "--allow-bucket-config"),
        *("--alt-profile", "alt", "--account-id", "111122223333", "--kms-key-id", "key"),
        *("--destination-arn", "arn:x:sns:::t", "--ca-bundle", "ca.pem", "--jobs", "1"),
        *("-k", "Get"),
    ]


def test_boto3_finds_both_principals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running(url=PLAIN.url, credentials=fakes.MAIN, alt=fakes.ALT, region="auto")
    for name, value in suite.environment(running, tmp_path).items():
        monkeypatch.setenv(name, value)
    for session, expected in (
        (boto3.Session(), fakes.MAIN),
        (boto3.Session(profile_name=suite.ALT_PROFILE), fakes.ALT),
    ):
        found = session.get_credentials()
        assert found
        assert (found.access_key, found.secret_key) == (expected.access_key, expected.secret_key)
        assert session.region_name == "auto"


def test_files_with_keys_are_for_us_alone(tmp_path: Path) -> None:
    (tmp_path / "aws-credentials").touch(mode=0o644)
    suite.environment(PLAIN, tmp_path)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"aws-config": 0o600, "aws-credentials": 0o600}
