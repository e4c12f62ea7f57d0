"""Nothing is touched that we did not create, and nothing that we created is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event
from typing import Any

import boto3
import pytest
import requests

from conformance import cli
from conformance.run.embedded import embedded
from conformance.s3.client import Client
from conformance.s3.endpoint import Endpoint
from conformance.s3.exchange import Role
from conformance.s3.operations import Call, OperationName
from conformance.s3.redact import Redactor
from conformance.sandbox import ledger
from conformance.sandbox.ledger import ENVIRONMENT, Created, Ledger
from conformance.sandbox.sandbox import Sandbox, Unavailable
from conformance.serve.http import Answer, Request
from tests.probes.fakes import proxy


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


@pytest.fixture
def with_credentials_of_moto(moto: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", moto.credentials.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", moto.credentials.secret_key)


def sandbox(endpoint: Endpoint, **how: Any) -> Sandbox:
    return Sandbox(Client(endpoint, Redactor()), **how)


def put(box: Sandbox, bucket: str, key: str) -> None:
    call = Call(operation="PutObject", bucket=bucket, key=key, body=b"x")
    assert box.send(call, role=Role.SETUP, record=None).ok


def test_clean_when_all_kinds_were_created_leaves_only_what_is_not_ours(
    moto: Endpoint, s3: Any
) -> None:
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


def test_clean_when_a_bucket_logs_into_itself_removes_it(moto: Endpoint, s3: Any) -> None:
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


def test_clean_in_a_given_bucket_keeps_foreign_keys(moto: Endpoint, s3: Any) -> None:
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
def test_send_when_a_given_bucket_would_be_changed_sends_nothing(
    moto: Endpoint, operation: OperationName
) -> None:
    box = sandbox(moto, given=["theirs"])
    sent = box.client.requests_sent
    with pytest.raises(Unavailable):
        box.send(Call(operation=operation, bucket="theirs"), role=Role.SETUP, record=None)
    assert box.client.requests_sent == sent
    box.ledger.close(keep=False)


def test_send_when_a_call_creates_writes_the_ledger_first(moto: Endpoint) -> None:
    box = sandbox(moto)
    seen: list[str] = []
    original = box.client.send

    def spy(call: Call, **how: Any) -> Any:
        seen.append(box.ledger.path.read_text())
        return original(call, **how)

    box.client.send = spy  # type: ignore[method-assign]
    bucket = box.create_bucket()
    put(box, bucket, "key")
    begin = Call(operation="CreateMultipartUpload", bucket=bucket, key="big")
    box.send(begin, role=Role.SETUP, record=None)
    after = box.ledger.path.read_text()
    box.ledger.close(keep=False)

    assert f'{{"bucket": "{bucket}"}}' in seen[0]
    assert f'{{"bucket": "{bucket}", "key": "key"}}' in seen[1]
    assert f'{{"bucket": "{bucket}", "key": "big", "upload": ""}}' in seen[2]
    assert after.startswith(seen[2])
    assert f'{{"bucket": "{bucket}", "key": "big", "upload": "' in after.removeprefix(seen[2])


def test_lease_while_a_bucket_is_leased_returns_another(moto: Endpoint) -> None:
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


class Watched(dict[str, Any]):
    """A dictionary whose readers meet if nothing keeps them apart, and which counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.second_read = Event()
        self._reads = 0
        self._together = Barrier(2)

    def get(self, name: str, default: Any = None) -> Any:
        found = super().get(name, default)
        with suppress(BrokenBarrierError):  # which is how it ends for one who reads alone
            self._together.wait(0.2)
        self._reads += 1
        if self._reads > 1:
            self.second_read.set()
        return found


def test_memo_when_threads_ask_at_once_makes_one_subject_for_all(moto: Endpoint) -> None:
    box = sandbox(moto)
    box._memo = watched = Watched()
    made: list[int] = []

    def make() -> int:
        made.append(1)
        assert watched.second_read.wait(10)
        return len(made)

    with ThreadPoolExecutor(8) as pool:
        shared = [*pool.map(lambda _: box.memo("it", make), range(8))]
    box.ledger.close(keep=False)
    assert (shared, made) == ([1] * 8, [1])


def test_memo_when_making_fails_fails_and_tries_again_later(moto: Endpoint) -> None:
    box = sandbox(moto)
    with pytest.raises(Unavailable):
        box.memo("it", lambda: box._guard("no-such-bucket"))
    assert box.memo("it", lambda: "made") == "made"
    box.ledger.close(keep=False)


KILLED = """
import os, signal
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.exchange import Role
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from conformance.sandbox import Sandbox
from conformance.s3.client import Client
keys = Credentials(access_key="embedded", secret_key="embedded-secret")
client = Client(Endpoint(url={url!r}, region="us-east-1", credentials=keys), Redactor())
box = Sandbox(client, given={given!r})
bucket = box.bucket()
for _ in range(3):
    call = Call(operation="PutObject", bucket=bucket, key=box.key(), body=b"x")
    box.send(call, role=Role.SETUP, record=None)
begin = Call(operation="CreateMultipartUpload", bucket=bucket, key=box.key())
box.send(begin, role=Role.SETUP, record=None)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_clean_after_a_kill_removes_what_the_run_left(
    moto: Endpoint,
    s3: Any,
    with_credentials_of_moto: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED.format(url=moto.url, given=())],
        env={**os.environ},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert len(s3.list_buckets()["Buckets"]) == 1

    assert cli.main(["clean", "--endpoint-url", moto.url]) == 0

    assert s3.list_buckets()["Buckets"] == []
    assert "0 not removed" in capsys.readouterr().out
    assert cli.main(["clean", "--endpoint-url", moto.url]) == 0
    assert "nothing is left at" in capsys.readouterr().out


def test_clean_after_a_kill_before_the_upload_id_came_leaves_only_what_is_not_ours(
    moto: Endpoint, s3: Any, with_credentials_of_moto: None
) -> None:
    """In a bucket of the user's, on a server that ignores `prefix` when it lists uploads."""
    s3.create_bucket(Bucket="theirs")
    foreign = s3.create_multipart_upload(Bucket="theirs", Key="foreign")["UploadId"]
    killed: Future[subprocess.Popen[bytes]] = Future()

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        answer = ask(request.without("prefix"))
        if request.method == "POST" and request.query == ["uploads"]:
            killed.result(10).kill()
            killed.result(10).wait(10)
        return answer

    with proxy(moto, respond) as endpoint:
        script = KILLED.format(url=endpoint.url, given=("theirs",))
        with subprocess.Popen([sys.executable, "-c", script]) as process:
            killed.set_result(process)
            assert process.wait(60) == -signal.SIGKILL
        uploads = s3.list_multipart_uploads(Bucket="theirs")["Uploads"]
        assert len(uploads) == 2

        assert cli.main(["clean", "--endpoint-url", endpoint.url]) == 0

    uploads = s3.list_multipart_uploads(Bucket="theirs")["Uploads"]
    assert [upload["UploadId"] for upload in uploads] == [foreign]
    assert "Contents" not in s3.list_objects(Bucket="theirs")


def test_left_behind_while_the_process_runs_skips_its_ledger() -> None:
    held = Ledger("running", "http://127.0.0.1:1")
    held.add(Created(bucket="b"))
    assert [*ledger.left_behind()] == []
    held.close(keep=True)
    assert [left.entries for left in ledger.left_behind()] == [(Created(bucket="b"),)]


def test_left_behind_when_the_last_line_is_cut_reads_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    lines = [{"run": "r", "endpoint": "http://h"}, {"bucket": "b", "key": "k"}]
    text = "\n".join(json.dumps(line) for line in lines) + '\n{"bucket": "c'
    (tmp_path / "r.jsonl").write_text(text)
    (left,) = ledger.left_behind()
    assert (left.endpoint_url, left.entries) == ("http://h", (Created(bucket="b", key="k"),))
