"""The second client: its signatures are right, and its cases name what exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.matrix import load
from conformance.run.embedded import embedded
from lab.confirming.case import Case, Seen
from lab.confirming.command import CASES, Tried, page
from lab.confirming.common import SMALL, crc32
from lab.confirming.raw import Answer, Raw
from lab.server import Credentials, Running
from lab.servers import SERVERS
from tests import strict

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def raw() -> Iterator[Raw]:
    """The client, on a server that verifies what it is sent."""
    keys = Credentials(access_key=strict.KEYS.access_key, secret_key=strict.KEYS.secret_key)
    with embedded() as moto, strict.strict(moto) as endpoint:
        yield Raw(Running(url=endpoint.url, credentials=keys))


def test_requests_of_each_kind_are_signed_rightly(raw: Raw) -> None:
    path = raw.put("a b+ü/c", SMALL)
    framed = raw.framed(path, SMALL, crc32(SMALL))
    chunks = raw.signed_chunks(path, b"c" * 8192, SMALL, spoil=False)
    form = raw.post("form", [{"key": "form"}], {}, SMALL)
    url = raw.send("GET", path, expires=60)
    written = raw.send("PUT", path, body=SMALL, expires=60)
    assert [str(each) for each in (framed, chunks, form, url, written)] == [
        "200",
        "200",
        "204",
        "200",
        "200",
    ]
    assert raw.send("GET", path).body == SMALL


def test_requests_with_a_spoilt_signature_are_refused(raw: Raw) -> None:
    path = raw.put("spoilt", SMALL)
    answers = [
        raw.send("GET", path, spoil=True),
        raw.send("GET", path, expires=60, spoil=True),
        raw.signed_chunks(path, b"c" * 8192, SMALL, spoil=True),
        raw.post("form", [{"key": "form"}], {}, SMALL, spoil=True),
    ]
    assert [str(each) for each in answers] == ["403 SignatureDoesNotMatch"] * 4


def test_cases_name_servers_and_rows_that_exist_and_three_failures_of_each_topic() -> None:
    rows = {row.id for row in load(ROOT / "specs/s3-behaviour.yaml").rows}
    assert {case.row for case in CASES} - rows == set()
    assert {name for case in CASES for name in case.servers} - {*SERVERS} == set()
    found = Counter(case.row.partition("/")[0] for case in CASES for _ in case.servers)
    topics = {row.partition("/")[0] for row in rows}
    assert {topic: count for topic in topics if (count := found[topic]) < 3} == {}


def test_page_says_what_is_not_confirmed() -> None:
    answer = Answer(request="GET /bucket/k", status=200, headers={}, body=b"")
    case = Case(row="Key/plus", servers=("moto_server",), right="refused", show=lambda _: seen)
    seen = Seen(answer=answer, fails=True)
    held = Seen(answer=answer, fails=False, told="as it must be")
    text = page([Tried(server="moto_server", case=case, seen=it) for it in (seen, held, None)])
    assert text.startswith("1 of 3 confirmed.")
    assert "- `Key/plus` on `moto_server`: `GET /bucket/k` → 200; must be: refused" in text
    assert text.count("**not confirmed**") == 2
