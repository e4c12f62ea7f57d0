"""Metadata tables: configured, told, changed, nodded at, refused and misrouted."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from conformance.probes.metadata_tables import BY_NAME, UPDATES
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Hazard
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    REFUSAL,
    Answer,
    Request,
    proxy,
    refusing_flags,
    stripping,
)

CREATES, GETS, DELETES = (
    [f"{verb}{name}" for name in BY_NAME] for verb in ("Create", "Get", "Delete")
)
CHANGES = [f"UpdateBucketMetadata{kind}TableConfiguration" for kind in UPDATES]
ROWS = [*CREATES, *GETS, *DELETES, *CHANGES]
CREATED = ("metadataconfiguration", "metadatatable")
CHANGED = tuple(f"metadata{kind.lower()}table" for kind in UPDATES)
FLAGS = (*CREATED, *CHANGED)
NOTHING = Answer(status=404, body=b"<Error><Code>MetadataConfigurationNotFound</Code></Error>")
Ask = Callable[[Request], Answer]


def told(document: bytes) -> bytes:
    """A configuration as Get tells it."""
    return re.sub(rb"(</?\w+TableConfiguration)\b", rb"\1Result", document)


class Keeping:
    """Keeps the configurations beside moto's buckets."""

    def __init__(self) -> None:
        self.texts: dict[tuple[str, str], bytes] = {}

    def __call__(self, request: Request, ask: Ask) -> Answer:
        flag = next((each for each in FLAGS if each in request.flags), None)
        if flag is None:
            return ask(request)
        at = (request.path, flag)
        if request.method == "POST":
            self.texts[at] = request.body
        elif request.method == "DELETE":
            self.texts.pop(at, None)
        elif request.method == "PUT":
            return self._change((request.path, CREATED[0]), request.body)
        elif at not in self.texts:
            return NOTHING
        return Answer(status=200, body=told(self.texts.get(at, b"")))

    def _change(self, at: tuple[str, str], body: bytes) -> Answer:
        if at not in self.texts:
            return NOTHING
        root = re.findall(rb"^<(\w+)", body)[0]
        inner = re.sub(rb"^<\w+[^>]*>|</\w+>$", b"", body)
        old = re.sub(rb"<%b>.*</%b>" % (root, root), b"", self.texts[at])
        end = b"</MetadataConfiguration>"
        new = b"<%b>%b</%b>" % (root, inner, root)
        self.texts[at] = old.replace(end, new + end)
        return Answer(status=200)


@pytest.mark.parametrize("row", ROWS)
def test_kept(moto: Endpoint, observe: Observe, row: str) -> None:
    with proxy(moto, Keeping()) as endpoint:
        seen = observe(endpoint, row)
    assert seen.observed == "supported", seen.reason


@pytest.mark.parametrize("row", [*CREATES, *DELETES, *CHANGES])
def test_nodded_at(moto: Endpoint, observe: Observe, row: str) -> None:
    method = {"C": "POST", "D": "DELETE", "U": "PUT"}[row[0]]
    keep = Keeping()

    def respond(request: Request, ask: Ask) -> Answer:
        nod = request.method == method and request.flags & {*FLAGS}
        return Answer(status=200) if nod else keep(request, ask)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", GETS)
def test_the_bucket_is_listed_instead(moto: Endpoint, observe: Observe, row: str) -> None:
    keep = Keeping()

    def respond(request: Request, ask: Ask) -> Answer:
        get = request.method == "GET" and request.flags & {*CREATED}
        return ask(request.without(*CREATED)) if get else keep(request, ask)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", DELETES)
def test_the_bucket_is_deleted_instead(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, *CREATED, methods=["DELETE"]) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.DESTRUCTIVE), seen.reason


@pytest.mark.parametrize("row", CHANGES)
def test_the_bucket_is_created_once_more(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, *CHANGED, methods=["PUT"]) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", [*GETS, *CREATES])
def test_another_value_is_told(moto: Endpoint, observe: Observe, row: str) -> None:
    lie = b"<MetadataResult><Days>1</Days><TableName>other</TableName></MetadataResult>"

    def respond(request: Request, ask: Ask) -> Answer:
        return Answer(status=200, body=lie) if request.flags & {*CREATED} else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "broken"


@pytest.mark.parametrize("row", [*GETS, *DELETES])
def test_a_stub_where_nothing_can_be_created(moto: Endpoint, observe: Observe, row: str) -> None:
    keep = Keeping()

    def respond(request: Request, ask: Ask) -> Answer:
        return REFUSAL if request.method == "POST" else keep(request, ask)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "unproven"


@pytest.mark.parametrize("row", GETS)
def test_the_bucket_is_listed_where_nothing_can_be_created(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return REFUSAL if request.method == "POST" else ask(request.without(*CREATED))

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", GETS)
def test_nothing_is_told_of_what_was_created(moto: Endpoint, observe: Observe, row: str) -> None:
    keep = Keeping()

    def respond(request: Request, ask: Ask) -> Answer:
        get = request.method == "GET" and request.flags & {*CREATED}
        return NOTHING if get else keep(request, ask)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize(
    ("row", "method", "word"),
    [
        *((row, "GET", "rejected") for row in GETS),
        *((row, "DELETE", "rejected") for row in DELETES),
        *((row, "GET", "unproven") for row in CREATES),
    ],
)
def test_only_this_is_refused(
    moto: Endpoint, observe: Observe, row: str, method: str, word: str
) -> None:
    keep = Keeping()

    def respond(request: Request, ask: Ask) -> Answer:
        refused = request.method == method and request.flags & {*CREATED}
        return REFUSAL if refused else keep(request, ask)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == word


def test_there_is_no_table_bucket(moto: Endpoint, observe: Observe) -> None:
    refusal = Answer(status=404, body=b"<Error><Code>NoSuchTableBucket</Code></Error>")

    def respond(request: Request, ask: Ask) -> Answer:
        return refusal if request.flags & {*CREATED} else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, CREATES[1]).observed == "unknown"


@pytest.mark.parametrize("row", ROWS)
def test_refused(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, *FLAGS) as endpoint:
        assert observe(endpoint, row).observed == "rejected"
