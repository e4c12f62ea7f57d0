"""Nothing is touched that we did not create, and nothing that we created is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest
import requests

from conformance import cli
from conformance.run.embedded import embedded
from conformance.s3.client import Client
from conformance.s3.endpoint import Endpoint
from conformance.s3.exchange import Role
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from conformance.sandbox import ledger
from conformance.sandbox.ledger import ENVIRONMENT, Created, Ledger
from conformance.sandbox.sandbox import Sandbox, Unavailable


@pytest.fixture
def moto() -> Iterator[Endpoint]:
    with embedded() as endpoint:
        requests.post(f"{endpoint.url}/moto-api/reset", timeout=10)  # all of it is one per process
        yield endpoint


@pytest.fixture
def s3(moto: Endpoint) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=moto.url,
        region_name="us-east-1",
        aws_access_key_id=moto.credentials.access_key,
        aws_secret_access_key=moto.credentials.secret_key,
    )


def sandbox(endpoint: Endpoint, **how: Any) -> Sandbox:
    return Sandbox(Client(endpoint, Redactor()), **how)


def put(box: Sandbox, bucket: str, key: str) -> None:
    call = Call(operation="PutObject", bucket=bucket, key=key, body=b"x")
    assert box.send(call, role=Role.SETUP, record=None).ok


def test_after_clean_nothing_is_left(moto: Endpoint, s3: Any) -> None:
    s3.create_bucket(Bucket="theirs")
    s3.put_object(Bucket="theirs", Key="theirs", Body=b"theirs")
    box = sandbox(moto)
    bucket = box.bucket()
    put(box, bucket, box.key())
    begin = Call(operation="CreateMultipartUpload", bucket=bucket, key=box.key())
    box.send(begin, role=Role.SETUP, record=None)
    leased, give_back = box.lease("versioning")
    s3.put_bucket_versioning(Bucket=leased, VersioningConfiguration={"Status": "Enabled"})
    key = box.key()
    put(box, leased, key)
    put(box, leased, key)
    give_back()

    assert box.clean() == []

    assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == ["theirs"]
    assert [o["Key"] for o in s3.list_objects(Bucket="theirs")["Contents"]] == ["theirs"]
    assert not box.ledger.path.exists()


def test_a_bucket_that_logs_into_itself_is_removed(moto: Endpoint, s3: Any) -> None:
    box = sandbox(moto)
    bucket = box.create_bucket()
    grant = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}
    grants = [{"Grantee": grant, "Permission": each} for each in ("WRITE", "READ_ACP")]
    owner = s3.get_bucket_acl(Bucket=bucket)["Owner"]
    s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy={"Grants": grants, "Owner": owner})
    logging = {"LoggingEnabled": {"TargetBucket": bucket, "TargetPrefix": "log/"}}
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=logging)
    put(box, bucket, box.key())
    assert s3.list_objects_v2(Bucket=bucket, Prefix="log/")["KeyCount"]

    assert box.clean() == []
    assert s3.list_buckets()["Buckets"] == []


def test_foreign_keys_in_a_given_bucket_stay(moto: Endpoint, s3: Any) -> None:
    s3.create_bucket(Bucket="theirs")
    for key in ("a", "s3-conformance-other/1", "z"):
        s3.put_object(Bucket="theirs", Key=key, Body=key.encode())
    box = sandbox(moto, given=["theirs"])
    for _ in range(3):
        put(box, box.bucket(), box.key())

    assert box.clean() == []

    keys = [o["Key"] for o in s3.list_objects(Bucket="theirs")["Contents"]]
    assert keys == ["a", "s3-conformance-other/1", "z"]


@pytest.mark.parametrize(
    "operation", ["CreateBucket", "DeleteBucket", "PutBucketPolicy", "DeleteBucketPolicy"]
)
def test_given_buckets_are_not_made_removed_or_configured(moto: Endpoint, operation: str) -> None:
    box = sandbox(moto, given=["theirs"])
    sent = box.client.requests_sent
    with pytest.raises(Unavailable):
        box.send(Call(operation=operation, bucket="theirs"), role=Role.SETUP, record=None)
    assert box.client.requests_sent == sent
    box.ledger.close(keep=False)


def test_what_may_be_created_is_on_disk_before_it_is_asked_for(moto: Endpoint) -> None:
    box = sandbox(moto)
    seen: list[str] = []
    original = box.client.send

    def spy(call: Call, **how: Any) -> Any:
        seen.append(box.ledger.path.read_text())
        return original(call, **how)

    box.client.send = spy  # type: ignore[method-assign]
    bucket = box.create_bucket()
    put(box, bucket, "key")
    box.ledger.close(keep=False)

    assert f'{{"bucket": "{bucket}"}}' in seen[0]
    assert f'{{"bucket": "{bucket}", "key": "key"}}' in seen[1]


def test_a_lease_is_nobody_else_s_until_it_is_given_back(moto: Endpoint) -> None:
    box = sandbox(moto)
    first, give_back = box.lease("cors")
    second, _ = box.lease("cors")
    give_back()
    third, _ = box.lease("cors")
    other, _ = box.lease("website")
    box.ledger.close(keep=False)

    assert first != second
    assert third == first
    assert other not in (first, second)


def test_two_that_ask_at_once_share_one_subject(moto: Endpoint) -> None:
    box = sandbox(moto)
    made: list[int] = []
    threads = [Thread(target=box.memo, args=("it", lambda: made.append(1))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    box.ledger.close(keep=False)
    assert made == [1]


KILLED = """
import os, signal
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.exchange import Role
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from conformance.sandbox import Sandbox
from conformance.s3.client import Client
keys = Credentials(access_key="embedded", secret_key="embedded-secret")
box = Sandbox(Client(Endpoint(url={url!r}, region="us-east-1", credentials=keys), Redactor()))
bucket = box.bucket()
for _ in range(3):
    call = Call(operation="PutObject", bucket=bucket, key=box.key(), body=b"x")
    box.send(call, role=Role.SETUP, record=None)
begin = Call(operation="CreateMultipartUpload", bucket=bucket, key=box.key())
box.send(begin, role=Role.SETUP, record=None)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_clean_removes_what_a_killed_run_left(
    moto: Endpoint,
    s3: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED.format(url=moto.url)], env={**os.environ}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert len(s3.list_buckets()["Buckets"]) == 1
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", moto.credentials.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", moto.credentials.secret_key)

    assert cli.main(["clean", "--endpoint-url", moto.url]) == 0

    assert s3.list_buckets()["Buckets"] == []
    assert "0 not removed" in capsys.readouterr().out
    assert cli.main(["clean", "--endpoint-url", moto.url]) == 0
    assert "nothing is left behind" in capsys.readouterr().out


def test_the_ledger_of_a_running_process_is_left_alone() -> None:
    held = Ledger("running", "http://127.0.0.1:1")
    held.add(Created(bucket="b"))
    assert [*ledger.left_behind()] == []
    held.close(keep=True)
    assert [left.entries for left in ledger.left_behind()] == [(Created(bucket="b"),)]


def test_a_ledger_cut_in_its_last_line_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    lines = [{"run": "r", "endpoint": "http://h"}, {"bucket": "b", "key": "k"}]
    text = "\n".join(json.dumps(line) for line in lines) + '\n{"bucket": "c'
    (tmp_path / "r.jsonl").write_text(text)
    (left,) = ledger.left_behind()
    assert (left.endpoint_url, left.entries) == ("http://h", (Created(bucket="b", key="k"),))
