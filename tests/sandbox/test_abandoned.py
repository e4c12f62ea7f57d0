"""What is ours by its name and age, and where: leftovers that no ledger of this machine names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.s3.client import Client
from conformance.s3.endpoint import Endpoint, same_endpoint
from conformance.s3.redact import Redactor
from conformance.sandbox.ledger import ENVIRONMENT, Ledger
from conformance.sandbox.names import may_lead_out, run_of_bucket, run_of_key
from conformance.sandbox.sandbox import Sandbox
from tests.probes.fakes import serving
from tests.sandbox.listed import RUN, versioned, versions, xml


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://localhost:9000", "http://127.0.0.1:9000"),
        ("http://[::1]:9000", "http://127.0.0.1:9000/"),
        ("http://[::ffff:127.0.0.1]:9000", "http://LOCALHOST:9000"),
        ("http://h", "http://H:80/"),
        ("https://h.example./", "https://h.example:443"),
        ("https://h/s3", "https://h:443/s3/"),
    ],
)
def test_same_endpoint_when_written_otherwise_holds(one: str, other: str) -> None:
    assert same_endpoint(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://h", "https://h"),
        ("http://h", "http://h:81"),
        ("http://h/s3", "http://h"),
        ("http://h/s3", "http://h/S3"),
        ("http://h", "http://h.example"),
        ("http://192.168.0.1", "http://127.0.0.1"),
        ("", "http://h"),
    ],
)
def test_same_endpoint_when_another_is_meant_does_not_hold(one: str, other: str) -> None:
    assert not same_endpoint(one, other)


@pytest.mark.parametrize(
    ("key", "led_out"),
    [
        ("a/b", False),
        ("a..b/c...", False),
        ("a//b", False),
        ("/", False),
        ("a/b/../c", False),
        ("a/./b", False),
        ("a/../b", True),
        ("a//../b", True),
        ("a/b/../../../c", True),
        ("a/b/..%2f%252E%252e/c", True),
        ("x/%2E%2E", True),
        ("./", True),
    ],
)
def test_may_lead_out_when_a_key_has_dot_segments_or_not(key: str, led_out: bool) -> None:
    assert may_lead_out(key) is led_out


def test_names_when_a_name_is_not_quite_ours_belong_to_no_run() -> None:
    assert run_of_bucket(f"s3-conformance-{RUN}gw12-3") == f"{RUN}gw12"
    assert run_of_key(f"s3-conformance-{RUN}/\n") == RUN
    for name in ("s3-conformance-mine-1", f"s3-conformance-{RUN}", f"x-s3-conformance-{RUN}-1"):
        assert run_of_bucket(name) is None
    for key in ("s3-conformance-other/1", f"s3-conformance-{RUN}x/1", f"/s3-conformance-{RUN}/1"):
        assert run_of_key(key) is None


def older_than(url: str, age: str, *options: str) -> Sequence[str]:
    return ["clean", "--endpoint-url", url, "--prefix-older-than", age, *options]


def test_clean_by_age_lists_first_and_deletes_only_with_yes(
    moto: Endpoint, s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = f"s3-conformance-{RUN}-1", "s3-conformance-reports"
    for bucket in (ours, theirs):
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")

    assert cli.main(older_than(moto.url, "1h")) == 0
    assert "nothing of that age" in capsys.readouterr().out
    assert cli.main(older_than(moto.url, "0s")) == 1
    assert f"bucket {ours}, created " in (said := capsys.readouterr().out)
    assert "nothing deleted" in said
    assert len(s3.list_buckets()["Buckets"]) == 2
    assert cli.main(older_than(moto.url, "0s", "--yes")) == 0
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [theirs]


def test_clean_by_age_in_a_given_bucket_removes_versions_markers_and_uploads_of_our_form(
    moto: Endpoint, s3: Any
) -> None:
    versioned(s3, "theirs")
    for key in (f"s3-conformance-{RUN}/1", "s3-conformance-other/1", "a"):
        s3.put_object(Bucket="theirs", Key=key, Body=b"x")
        s3.delete_object(Bucket="theirs", Key=key)
        s3.create_multipart_upload(Bucket="theirs", Key=key)

    assert cli.main(older_than(moto.url, "0s", "--bucket", "theirs", "--yes")) == 0

    assert not [line for line in versions(s3, "theirs") if RUN in line]
    assert len(versions(s3, "theirs")) == 4
    uploads = s3.list_multipart_uploads(Bucket="theirs")["Uploads"]
    assert sorted(upload["Key"] for upload in uploads) == ["a", "s3-conformance-other/1"]


def test_clean_by_age_while_the_run_is_active_here_finds_nothing(moto: Endpoint) -> None:
    box = Sandbox(Client(moto, Redactor()))
    box.create_bucket()
    assert cli.main(older_than(moto.url, "0s")) == 0
    assert box.clean() == []


def test_clean_by_age_when_the_endpoint_names_no_date_finds_nothing(
    with_credentials: None, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket = f"<Bucket><Name>s3-conformance-{RUN}-1</Name></Bucket>"
    listed = xml("ListAllMyBucketsResult", f"<Buckets>{bucket}</Buckets>")
    with serving(lambda _: listed) as endpoint:
        assert cli.main(older_than(endpoint.url, "0s", "--yes")) == 0
    assert "nothing of that age" in capsys.readouterr().out


def test_clean_by_age_when_our_clock_is_ahead_goes_by_the_endpoint_s(
    with_credentials: None,
) -> None:
    made = datetime.now(UTC) - timedelta(days=2)
    name = f"<Name>s3-conformance-{RUN}-1</Name>"
    date = f"<CreationDate>{made.isoformat()}</CreationDate>"
    buckets = f"<Buckets><Bucket>{name}{date}</Bucket></Buckets>"
    theirs = (made + timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    listed = replace(xml("ListAllMyBucketsResult", buckets), headers=(("Date", theirs),))
    with serving(lambda _: listed) as endpoint:
        assert cli.main(older_than(endpoint.url, "1d")) == 0
        assert cli.main(older_than(endpoint.url, "30m")) == 1


@pytest.mark.parametrize("options", [["--yes"], ["--bucket", "b"], ["--prefix-older-than", "soon"]])
def test_clean_when_options_contradict_deletes_nothing(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status: object = cli.main(["clean", "--endpoint-url", "http://127.0.0.1:1", *options])
    except SystemExit as end:
        status = end.code
    assert status == 2
    assert "--prefix-older-than" in capsys.readouterr().err


def test_clean_when_only_other_endpoints_have_ledgers_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    Ledger(RUN, "http://other.example").close(keep=True)
    assert cli.main(["clean", "--endpoint-url", "http://127.0.0.1:1"]) == 0
    assert "another endpoint, http://other.example" in capsys.readouterr().out
