"""How a probe's workplace sends: roles, evidence, and Content-MD5 where it is refused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from conformance.probing import (
    Call,
    Response,
    Undecided,
    checksum,
    checksum_header,
    content_md5,
    served,
)
from conformance.s3.exchange import Role
from tests.probing.conftest import Benches
from tests.scripted import Script, answer, by_operation, error

GET = Call(operation="GetObject", bucket="b", key="k", headers={"x-flag": "1", "x-kept": "2"})


@pytest.mark.parametrize(
    ("method", "role"),
    [
        ("setup", Role.SETUP),
        ("attempt", Role.SETUP),
        ("control", Role.CONTROL),
        ("treat", Role.TREATMENT),
        ("effect", Role.EFFECT),
    ],
)
def test_request_when_sent_has_its_role_and_options_and_is_kept(
    make: Benches, method: str, role: Role
) -> None:
    bench, client = make()
    seen = getattr(bench, method)(GET, anonymous=True)
    assert seen.status == 200
    assert client.sent == [(role, GET)]
    assert client.options == [{"anonymous": True}]
    assert [it["role"] for it in bench.exchanges] == [role]


def test_at_once_when_answered_returns_responses_in_order(make: Benches) -> None:
    bench, client = make()
    bench.attempt(GET)
    calls: Sequence[Call] = [GET.plus(headers={"n": str(n)}) for n in range(3)]
    seen = bench.at_once(calls)
    assert [it.call for it in seen] == calls
    assert [bench._position(it) for it in seen] == [1, 2, 3]
    assert bench._position(answer(GET, 200)) is None
    assert [it["role"] for it in bench.exchanges[1:]] == [Role.EFFECT] * 3
    assert {role for role, _ in client.sent[1:]} == {Role.EFFECT}


def test_bench_when_made_knows_the_endpoint_of_its_client(make: Benches) -> None:
    bench, client = make()
    assert bench.endpoint is client.endpoint


def test_setup_when_refused_is_undecided(make: Benches) -> None:
    bench, _ = make(by_operation(GetObject=404))
    assert bench.attempt(GET).status == 404
    with pytest.raises(Undecided, match=r"^GetObject, which must come first, returned 404$"):
        bench.setup(GET)


BODY = b"<Tagging/>"
DIGEST = content_md5(BODY)
PUT = Call(
    operation="PutObjectTagging", bucket="b", key="k", headers={**DIGEST, "h": "1"}, body=BODY
)
SUMMED = PUT.without("Content-MD5").plus(
    headers={checksum_header("CRC32"): checksum("CRC32", BODY)}
)
BARE = PUT.without("Content-MD5")


def without_digest(*refused: str, status: int = 400, code: str = "InvalidDigest") -> Script:
    """A script that refuses calls with one of these headers."""

    def script(call: Call) -> Response:
        return error(call, status, code) if {*refused} & {*call.headers} else answer(call, 200)

    return script


@pytest.mark.parametrize(
    ("refused", "sent", "status"),
    [
        ((), [PUT], 200),
        (("Content-MD5",), [PUT, SUMMED], 200),
        (("Content-MD5", "x-amz-checksum-crc32"), [PUT, SUMMED, BARE], 200),
        (("h",), [PUT, SUMMED, BARE], 400),
    ],
)
def test_request_when_its_digest_is_refused_goes_with_a_checksum_or_with_nothing(
    make: Benches, refused: Sequence[str], sent: Sequence[Call], status: int
) -> None:
    bench, client = make(without_digest(*refused))
    seen = bench.treat(PUT, anonymous=True)
    assert client.sent == [(Role.TREATMENT, call) for call in sent]
    assert client.options == [{"anonymous": True}] * len(sent)
    assert seen.status == status
    assert bench._position(seen) == (0 if status == 400 else len(sent) - 1)


def test_request_when_its_digest_is_its_point_goes_as_it_is(make: Benches) -> None:
    bench, client = make(without_digest("Content-MD5"))
    assert bench.treat(PUT, keep_digest=True).status == 400
    other = PUT.plus(headers={"Content-MD5": "another"})
    assert bench.treat(other).status == 400
    assert [call for _, call in client.sent] == [PUT, other]
    assert client.options == [{}, {}]


@pytest.mark.parametrize(
    ("status", "code", "message", "again"),
    [
        (400, "InvalidDigest", "", True),
        (400, "InvalidRequest", "bad Content-MD5", True),
        (501, "NotImplemented", "no CHECKSUM here", True),
        (400, "MalformedXML", "", False),
        (403, "InvalidDigest", "", False),
        (500, "InvalidDigest", "", False),
    ],
)
def test_request_when_refused_goes_again_only_where_a_digest_is_spoken_of(
    make: Benches, status: int, code: str, message: str, again: bool
) -> None:
    bench, client = make(lambda call: error(call, status, code, message))
    bench.treat(PUT)
    assert (len(client.sent) > 1) is again


def test_check_when_none_is_declared_is_a_mistake_of_the_probe(make: Benches) -> None:
    bench, _ = make()
    with pytest.raises(KeyError):
        bench.check("a", served(answer(GET, 200)))
