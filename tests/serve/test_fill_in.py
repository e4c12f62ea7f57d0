"""What the documented vendor emulates in place of its upstream endpoint."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

import pytest

from conformance.serve.fill_in import CLASS, CUSTOMER, MD5, SOURCE, SOURCE_CUSTOMER, supplied
from conformance.serve.http import Answer, Request

OK = Answer(status=200, headers=(("ETag", '"e"'),), body=b"")
KEY = f"{CUSTOMER}key"
SOURCE_KEY = f"{SOURCE_CUSTOMER}key"
LISTING = (
    b"<ListMultipartUploadsResult><Prefix>a b/</Prefix><EncodingType>url</EncodingType>"
    b"<Upload><Key>a b/\xc3\xa4&amp;+</Key><UploadId>x y</UploadId></Upload>"
    b"</ListMultipartUploadsResult>"
)


class Behind:
    """Answers each request with the next of some answers, and remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.asked: list[Request] = []
        self._answers = iter(answers)

    def __call__(self, request: Request) -> Answer:
        self.asked.append(request)
        return next(self._answers)


def request(method: str, target: str, body: bytes = b"", **headers: str) -> Request:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Request(method=method, target=target, headers=named, body=body)


def ask(
    came: Request, operation: str, behind: Behind, *, documented: Callable[[str], bool] = bool
) -> Answer:
    return supplied(came, operation, "/p", documented, behind)


def md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


@pytest.mark.parametrize(
    ("said", "code"),
    [(md5(b"other"), b"BadDigest"), ("no digest", b"InvalidDigest"), ("AAAA", b"InvalidDigest")],
)
def test_a_digest_is_compared(said: str, code: bytes) -> None:
    came, behind = request("POST", "/p/b/k?uploads", Content_MD5=said), Behind(OK)
    refused = ask(came, "CreateMultipartUpload", behind)
    assert (refused.status, code in refused.body, behind.asked) == (400, True, [])
    undocumented = ask(came, "CreateMultipartUpload", behind, documented=lambda name: name != MD5)
    assert undocumented.status == 200


def test_the_right_digest_and_one_of_what_is_inside_frames_go_on() -> None:
    right = request("PUT", "/p/b/k", b"body", Content_MD5=md5(b"body"))
    framed = request(
        "PUT", "/p/b/k", b"4;chunk-signature=0\r\nbody", Content_MD5=md5(b"body"),
        x_amz_content_sha256="STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    )  # fmt: skip
    for came in (right, framed):
        assert ask(came, "PutObject", behind := Behind(OK)).status == 200
        assert behind.asked == [came]


@pytest.mark.parametrize(("value", "status"), [("STANDARD_IA", 200), ("LUKEWARM", 400)])
def test_a_storage_class_there_is_not(value: str, status: int) -> None:
    came = request("PUT", "/p/b/k", x_amz_storage_class=value)
    assert ask(came, "PutObject", Behind(OK)).status == status
    answer = ask(came, "PutObject", Behind(OK), documented=lambda name: name != CLASS)
    assert answer.status == 200


def test_a_listing_is_encoded() -> None:
    behind = Behind(Answer(status=200, body=LISTING))
    answer = ask(request("GET", "/p/b?uploads&encoding-type=url"), "ListMultipartUploads", behind)
    assert behind.asked[0].parameters == {"uploads": ""}
    assert b"<Key>a+b/%C3%A4%26%2B</Key><UploadId>x y</UploadId>" in answer.body
    assert b"<Prefix>a+b/</Prefix>" in answer.body
    assert answer.body.count(b"<EncodingType>url</EncodingType>") == 1


def test_a_listing_that_is_refused_stays_so() -> None:
    refused = Answer(status=404, body=b"<Error><Code>NoSuchBucket</Code></Error>")
    came = request("GET", "/p/b?uploads&encoding-type=url")
    assert ask(came, "ListMultipartUploads", Behind(refused)) == refused


@pytest.mark.parametrize(("there", "status"), [(200, 200), (404, 200), (304, 412), (412, 412)])
def test_an_object_of_some_date_is_replaced(there: int, status: int) -> None:
    date = "Sun, 01 Nov 2026 00:00:00 GMT"
    came = request("PUT", "/p/b/k", b"new", If_Modified_Since=date, Authorization="signed")
    behind = Behind(Answer(status=there), OK)
    assert ask(came, "PutObject", behind).status == status
    head, *put = behind.asked
    assert (head.method, head.header("If-Modified-Since"), head.body) == ("HEAD", date, b"")
    assert [(it.method, it.body, it.header("If-Modified-Since")) for it in put] == (
        [("PUT", b"new", None)] if status == 200 else []
    )


COPY = Request(
    method="PUT",
    target="/p/b/k?partNumber=1&uploadId=u",
    headers=(
        (SOURCE, "/s/key%20one"),
        (f"{SOURCE}-range", "bytes=0-4"),
        (KEY, "ours"),
        (SOURCE_KEY, "theirs"),
        ("Authorization", "signed"),
    ),
    body=b"",
)


def test_a_part_is_copied_with_the_keys_of_both() -> None:
    behind = Behind(Answer(status=206, body=b"bytes"), OK)
    answer = ask(COPY, "UploadPartCopy", behind)
    get, put = behind.asked
    assert (get.method, get.target, get.header("Range")) == ("GET", "/p/s/key%20one", "bytes=0-4")
    assert (get.header(KEY), put.header(KEY)) == ("theirs", "ours")
    assert (put.target, put.body, put.header(SOURCE)) == (COPY.target, b"bytes", None)
    assert (answer.status, b'<ETag>"e"</ETag>' in answer.body) == (200, True)


@pytest.mark.parametrize(("source", "status"), [(403, 403), (404, 404), (304, 412), (412, 412)])
def test_a_source_that_is_not_served_is_not_copied(source: int, status: int) -> None:
    behind = Behind(Answer(status=source))
    assert ask(COPY, "UploadPartCopy", behind).status == status
    assert len(behind.asked) == 1


def test_where_no_customers_keys_are_documented_a_part_is_the_store_s_to_copy() -> None:
    behind = Behind(OK)
    ask(COPY, "UploadPartCopy", behind, documented=lambda _: False)
    assert behind.asked == [COPY]
