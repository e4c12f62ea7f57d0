"""What is kept of an exchange, and what is not."""

import json

import pytest

from lab.exchanges import error_code, request

HEADERS = [
    ("Host", "127.0.0.1:1"),
    ("authorization", "AWS4-HMAC-SHA256 Credential=KEYID/x, Signature=5ca1ab1e"),
    ("X-Amz-Security-Token", "TOKEN"),
    ("x-amz-content-sha256", "a" * 64),
    ("x-amz-checksum-crc32", "AAAAAA=="),
    ("Content-Encoding", "aws-chunked"),
]
URL = (
    "/bucket/key?X-Amz-Credential=KEYID%2Fx&X-Amz-Signature=5ca1ab1e"
    "&X-Amz-Security-Token=TOKEN&uploadId=UPLOAD&partNumber=2&x-id=UploadPart"
)


def test_exchange_when_signed_keeps_names_and_no_secret() -> None:
    kept = json.dumps(request("put", f"PUT {URL} HTTP/1.1", HEADERS).document())

    assert not [word for word in ("KEYID", "5ca1ab1e", "TOKEN", "UPLOAD") if word in kept]
    assert "X-Amz-Signature" in kept
    assert "authorization" in kept


def test_exchange_when_made_keeps_how_the_body_is_sent() -> None:
    kept = request("put", f"PUT {URL} HTTP/1.1", HEADERS)

    assert kept.values == {
        "x-amz-content-sha256": "<sha256>",
        "x-amz-checksum-crc32": "AAAAAA==",
        "content-encoding": "aws-chunked",
    }
    assert ("partNumber", "2") in kept.query
    assert kept.names[1] == "authorization"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", "NoSuchKey"),
        (b"<DeleteResult><Error><Key>a</Key><Code>AccessDenied</Code></Error>", "AccessDenied"),
        (b"<ListBucketResult><Code>No</Code></ListBucketResult>", None),
        (b"\xff\x00", None),
    ],
)
def test_error_code_when_a_body_is_given_is_that_of_its_error(
    body: bytes, code: str | None
) -> None:
    assert error_code(body) == code


@pytest.mark.parametrize(
    ("status", "code", "refused"),
    [
        (200, None, False),
        (304, None, False),
        (412, None, True),
        (None, None, True),
        (200, "X", True),
    ],
)
def test_refused_when_answered_is_an_error_or_no_answer(
    status: int | None, code: str | None, refused: bool
) -> None:
    exchange = request("get", "GET / HTTP/1.1", [])
    exchange.status, exchange.code = status, code

    assert exchange.refused is refused
