"""What one answer says does not count where it speaks of the moment, or where the next differs."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace

import pytest
from botocore.exceptions import CredentialRetrievalError

from conformance.s3.client import Client, Deadlines, Momentary, NoAnswer
from conformance.s3.doubt import contradiction
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.exchange import Exchange
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from conformance.s3.response import Response
from tests.servers import error, http, saying

GET = Call(operation="GetObject", bucket="b", key="k")
PUT = Call(operation="PutObject", bucket="b", key="k", body=b"x")
LIST = Call(operation="ListBuckets")
DELETE = Call(operation="DeleteObject", bucket="b", key="k")
ETAG = 'ETag: "d41d8cd98f00b204e9800998ecf8427e"'
PAGE = b"<!DOCTYPE html><html><body>Back soon</body></html>"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


def client_of(url: str, credentials: Credentials | None = None) -> Client:
    keys = credentials or Credentials(access_key="fake-access", secret_key="fake-secret")
    endpoint = Endpoint(url=url, region="us-east-1", credentials=keys)
    return Client(endpoint, Redactor(), Deadlines(connect=5, read=5, total=5))


@pytest.mark.parametrize("call", [GET, PUT])
def test_send_when_a_refusal_does_not_last_returns_what_was_served_and_notes_it(call: Call) -> None:
    record: list[Exchange] = []
    with saying(error(403, "AccessDenied"), http(200, b"", ETAG)) as url:
        client = client_of(url)
        with client.incidents.watching() as watch:
            assert client.send(call, record=record).ok

    assert [it["response"]["status"] for it in record if it["response"]] == [403, 200]
    assert [it.what for it in client.incidents.noted] == [
        "403 AccessDenied in answer to a request that was then served"
    ]
    assert client.incidents.unsteady
    assert watch.doubts


def test_send_when_refused_twice_alike_returns_the_refusal_once_and_notes_nothing() -> None:
    record: list[Exchange] = []
    with saying(error(403, "AccessDenied")) as url:
        client = client_of(url)
        with client.incidents.watching() as watch:
            assert client.send(PUT, record=record).code == "AccessDenied"

    assert len(record) == 1
    assert client.incidents.noted == []
    assert watch.doubts == []
    assert watch.wrote


def test_send_when_a_refusal_is_not_answered_again_returns_it_and_doubts_it() -> None:
    record: list[Exchange] = []
    with saying(error(400, "InvalidRequest"), b"") as url:
        client = client_of(url)
        with client.incidents.watching() as watch:
            assert client.send(PUT, record=record).code == "InvalidRequest"

    assert [it["response"] and it["response"]["status"] for it in record] == [400]
    assert watch.doubts


def test_send_when_a_refusal_is_followed_by_a_server_error_returns_the_refusal() -> None:
    """The refused request took away what it was about: moto ends an upload that it refuses."""
    with saying(error(400, "InvalidStorageClass"), error(500, "InternalError")) as url:
        client = client_of(url)
        with client.incidents.watching() as watch:
            assert client.send(PUT).code == "InvalidStorageClass"
    assert watch.doubts


def test_send_when_a_write_is_then_refused_otherwise_returns_the_first_refusal() -> None:
    """The refused request took away what it was about: s3s ends an upload that it refuses."""
    with saying(error(400, "InvalidRequest"), error(403, "AccessDenied")) as url:
        client = client_of(url)
        with client.incidents.watching() as watch:
            assert client.send(PUT).code == "InvalidRequest"
    assert watch.doubts


def test_send_when_a_refusal_comes_between_server_errors_returns_the_error() -> None:
    failure, refusal = error(500, "InternalError"), error(403, "AccessDenied")
    with saying(failure, refusal, failure) as url:
        assert client_of(url).send(PUT).status == 500


@pytest.mark.parametrize(
    ("answers", "unresolved"),
    [
        ([error(403, "One"), error(500, "InternalError")], True),
        ([error(500, "InternalError"), error(403, "One")], True),
        ([error(403, "One")], False),
    ],
)
def test_send_when_the_server_failed_beside_a_refusal_says_so(
    answers: list[bytes], unresolved: bool
) -> None:
    with saying(*answers) as url:
        client = client_of(url)
        with client.incidents.watching() as watch:
            assert client.send(PUT).status == 403
    assert watch.unresolved is unresolved


@pytest.mark.parametrize("after", [error(400, "RequestTimeout"), error(503, "SlowDown")])
def test_send_when_a_refusal_is_followed_by_codes_of_the_moment_decides_nothing(
    after: bytes,
) -> None:
    with saying(error(400, "InvalidRequest"), after) as url, pytest.raises(NoAnswer):
        client_of(url).send(PUT)


def test_send_when_a_contradiction_is_not_answered_again_raises() -> None:
    with saying(http(200, PAGE), b"") as url, pytest.raises(NoAnswer):
        client_of(url).send(LIST)


def test_send_when_refusals_differ_returns_the_one_that_comes_twice() -> None:
    answers = [error(403, "AccessDenied"), error(412, "PreconditionFailed")]
    with saying(*answers) as url:
        client = client_of(url)
        with client.incidents.watching() as watch:
            assert client.send(GET).status == 412
    assert not client.incidents.unsteady  # the first refusal may have had an effect
    assert watch.doubts


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "ExpiredToken"),
        (400, "InvalidToken"),
        (400, "RequestTimeout"),
        (403, "RequestTimeTooSkewed"),
        (409, "OperationAborted"),
    ],
)
def test_send_when_a_code_is_of_the_moment_waits_it_out_and_never_returns_it(
    status: int, code: str
) -> None:
    with saying(error(status, code), error(status, code), http(200, b"", ETAG)) as url:
        client = client_of(url)
        assert client.send(PUT).ok
        assert [(it.what, it.times) for it in client.incidents.noted] == [(f"{status} {code}", 2)]
    with saying(error(status, code)) as url, pytest.raises(Momentary, match=code):
        client_of(url).send(PUT)


def test_send_when_the_token_of_a_page_is_invalid_believes_it() -> None:
    page = replace(LIST, query={"continuation-token": "none"})
    with saying(error(400, "InvalidToken")) as url:
        assert client_of(url).send(page).code == "InvalidToken"


def test_send_when_the_first_answer_is_asked_for_returns_it() -> None:
    with saying(error(403, "RequestTimeTooSkewed"), http(200)) as url:
        assert client_of(url).send(GET, as_answered=True).code == "RequestTimeTooSkewed"


def test_send_when_a_page_stands_for_a_list_asks_again() -> None:
    right = b"<ListAllMyBucketsResult/>"
    with saying(http(200, PAGE), http(200, right)) as url:
        client = client_of(url)
        assert client.send(LIST).body == right
        assert client.incidents.unsteady


def answer(call: Call, body: bytes, status: int = 200, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(call=call, status=status, headers=named, body=body, seconds=0)


MD5 = '"' + hashlib.md5(b"body", usedforsecurity=False).hexdigest() + '"'


@pytest.mark.parametrize(
    ("response", "doubted"),
    [
        (answer(LIST, b"<ListAllMyBucketsResult/>"), False),
        (answer(LIST, b"<ListAllMyBucketsResult>"), True),
        (answer(LIST, b"<ListAllMy"), True),
        (answer(LIST, b"oops", content_type="application/xml"), True),
        (answer(LIST, b""), True),
        (answer(DELETE, b"", content_type="application/xml"), False),
        (answer(LIST, PAGE), True),
        (answer(GET, b"body", etag=MD5), False),
        (answer(GET, b"bo", etag=MD5), True),
        (answer(GET, b"bo", etag='"0123-2"'), False),
        (answer(GET, b"<", etag=""), True),
        (answer(GET, b"od", 206, etag=MD5, content_range="bytes 1-2/4"), False),
        (answer(GET, b"o", 206, etag=MD5, content_range="bytes 1-2/4"), True),
        (answer(GET, b"<Error>", 404), False),
    ],
)
def test_contradiction_of_an_answer_is_named(response: Response, doubted: bool) -> None:
    assert (contradiction(response) is not None) is doubted


def test_send_when_credentials_are_renewed_signs_with_the_new_ones_and_hides_them() -> None:
    keys = iter(["first", "second"])

    def renew() -> Credentials:
        name = next(keys)
        return Credentials(access_key=f"key-{name}", secret_key=f"secret-{name}", token="t" * 20)

    received: list[bytes] = []
    given = Credentials(access_key="key-given", secret_key="secret-given", renew=renew)
    with saying(http(200), received=received) as url:
        client = client_of(url, given)
        client.send(DELETE)
        client.send(DELETE)
    assert b"Credential=key-first/" in received[0]
    assert b"Credential=key-second/" in received[1]
    assert "secret-second" not in client.redactor.text("a secret-second b")


def test_send_when_credentials_cannot_be_renewed_says_so() -> None:
    def renew() -> Credentials:
        raise CredentialRetrievalError(provider="sso", error_msg="expired")

    given = Credentials(access_key="key-given", secret_key="secret-given", renew=renew)
    with pytest.raises(NoAnswer, match="credentials cannot be renewed"):
        client_of("http://127.0.0.1:1", given).send(GET)


def test_send_when_the_head_of_a_page_stands_for_a_bucket_asks_again() -> None:
    head = Call(operation="HeadBucket", bucket="b")
    page = http(200, b"", "Content-Type: text/html")
    with saying(page, error(404, "NoSuchBucket")) as url:
        client = client_of(url)
        with client.incidents.watching() as watch:
            assert client.send(head).status == 404
    assert watch.doubts


def test_send_when_every_head_has_the_type_of_a_page_believes_it() -> None:
    """Such as moto, which says so of all that has no body."""
    head = Call(operation="HeadBucket", bucket="b")
    with saying(http(200, b"", "Content-Type: text/html")) as url:
        client = client_of(url)
        with client.incidents.watching() as watch:
            assert client.send(head).ok
    assert watch.doubts == []


def test_send_when_a_page_comes_twice_in_a_row_doubts_it() -> None:
    with saying(http(200, PAGE)) as url:
        client = client_of(url)
        with client.incidents.watching() as watch:
            client.send(LIST)
    assert watch.doubts
