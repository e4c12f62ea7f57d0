"""Directory buckets: there, not known, and refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.probes.directory_buckets import SESSION, WITH_SESSION, ZONE
from conformance.probing import PROBES, Workbench
from conformance.run import observation_of
from conformance.s3.client import Client
from conformance.s3.endpoint import Endpoint
from conformance.s3.redact import Redactor
from conformance.sandbox.ledger import ENVIRONMENT
from conformance.sandbox.sandbox import Sandbox
from conformance.verdict import Hazard
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    REFUSAL,
    Answer,
    Request,
    proxy,
    refusing_flags,
    replacing,
    stripping,
)

LIST, CREATE, RENAME = "ListDirectoryBuckets", "CreateSession", "RenameObject"
ROWS = [LIST, CREATE, RENAME]
DENIED = Answer(status=403, body=b"<Error><Code>AccessDenied</Code></Error>")
KEYS = {name: f"session-{name}" for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")}
Ask = Callable[[Request], Answer]


def directories(request: Request, names: list[str]) -> Answer:
    listed = "".join(f"<Bucket><Name>{name}</Name></Bucket>" for name in names)
    root = "ListAllMyDirectoryBucketsResult"
    return Answer(status=200, body=f"<{root}><Buckets>{listed}</Buckets></{root}>".encode())


def lent(_: Request) -> Answer:
    keys = "".join(f"<{name}>{text}</{name}>" for name, text in KEYS.items())
    body = f"<{SESSION}><Credentials>{keys}</Credentials></{SESSION}>"
    return Answer(status=200, body=body.encode())


class Directory:
    """Directory buckets beside moto's ordinary ones; of two requests with keys it serves one."""

    def __init__(self, forged: Answer = DENIED) -> None:
        self.names: list[str] = []
        self.forged = forged
        self.with_keys = 0

    def __call__(self, request: Request, ask: Ask) -> Answer:
        if request.method == "PUT" and ZONE in request.path and request.path.count("/") == 1:
            self.names.append(request.path.strip("/"))
        if "max-directory-buckets" in request.flags:
            return directories(request, self.names)
        if "session" in request.flags:
            return lent(request)
        if request.header(WITH_SESSION):
            self.with_keys += 1
            return ask(request) if self.with_keys == 1 else self.forged
        if "renameobject" in request.flags:
            return self._rename(request, ask)
        return ask(request)

    def _rename(self, request: Request, ask: Ask) -> Answer:
        bucket, old = request.path.split("/")[1], request.header("x-amz-rename-source")
        at = f"/{bucket}/{old}"
        held = ask(Request(method="GET", target=at, headers=request.headers, body=b""))
        ask(Request(method="PUT", target=request.path, headers=request.headers, body=held.body))
        return ask(Request(method="DELETE", target=at, headers=request.headers, body=b""))


@pytest.mark.parametrize("row", ROWS)
def test_there(moto: Endpoint, observe: Observe, row: str) -> None:
    with proxy(moto, Directory()) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("supported", None), seen.reason


def test_ordinary_buckets_are_listed(moto: Endpoint, observe: Observe) -> None:
    with stripping(moto, "max-directory-buckets") as endpoint:
        assert observe(endpoint, LIST).observed == "ignored"


def test_no_directory_bucket_can_be_created(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if ZONE in request.path:
            return REFUSAL
        listed = "max-directory-buckets" in request.flags
        return directories(request, []) if listed else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, LIST).observed == "unproven"


def test_the_bucket_is_listed_instead(moto: Endpoint, observe: Observe) -> None:
    with stripping(moto, "session") as endpoint:
        assert observe(endpoint, CREATE).observed == "ignored"


def test_keys_that_nobody_checks(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, Directory(forged=Answer(status=200))) as endpoint:
        assert observe(endpoint, CREATE).observed == "ignored"


@pytest.mark.parametrize("name", KEYS)
def test_a_key_is_missing(moto: Endpoint, observe: Observe, name: str) -> None:
    directory = Directory()

    def respond(request: Request, ask: Ask) -> Answer:
        return replacing(directory(request, ask), KEYS[name].encode(), b"")

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, CREATE).observed == "ignored"


def test_keys_that_open_nothing(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if request.header(WITH_SESSION):
            return DENIED
        return lent(request) if "session" in request.flags else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, CREATE).observed in ("ignored", "broken")


def test_keys_are_not_recorded(
    moto: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    with proxy(moto, Directory()) as endpoint:
        sandbox = Sandbox(Client(endpoint, Redactor()))
        bench = Workbench(sandbox)
        observation_of(PROBES[CREATE], bench)
        sandbox.ledger.close(keep=False)

    recorded = json.dumps(bench.exchanges)
    assert SESSION in recorded
    assert [name for name, text in KEYS.items() if text in recorded] == []


def test_an_empty_object_is_put_instead(moto: Endpoint, observe: Observe) -> None:
    with stripping(moto, "renameObject") as endpoint:
        seen = observe(endpoint, RENAME)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.DESTRUCTIVE), seen.reason


def test_it_is_copied_and_not_renamed(moto: Endpoint, observe: Observe) -> None:
    directory = Directory()

    def respond(request: Request, ask: Ask) -> Answer:
        def keeping(each: Request) -> Answer:
            return Answer(status=204) if each.method == "DELETE" else ask(each)

        return directory(request, keeping)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, RENAME).observed == "partial"


def test_it_is_deleted_and_not_renamed(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if "renameobject" not in request.flags:
            return ask(request)
        bucket, old = request.path.split("/")[1], request.header("x-amz-rename-source")
        return ask(
            Request(method="DELETE", target=f"/{bucket}/{old}", headers=request.headers, body=b"")
        )

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, RENAME)
    assert (seen.observed, seen.hazard) == ("broken", Hazard.DESTRUCTIVE), seen.reason


def test_a_rename_that_is_nodded_at(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return Answer(status=200) if "renameobject" in request.flags else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, RENAME).observed == "ignored"


@pytest.mark.parametrize("row", ROWS)
def test_refused(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, "max-directory-buckets", "session", "renameObject") as endpoint:
        assert observe(endpoint, row).observed == "rejected"
