"""An answer without what all others have may come from something before the server."""

from __future__ import annotations

import pytest

from conformance.s3.client import Client, Deadlines
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.marks import FEWEST, Marks
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from conformance.s3.response import Response
from tests.servers import http, saying

CALL = Call(operation="PutBucketAcl", bucket="b")
USUAL = {"date": "Thu, 26 Nov 2026 12:00:00 GMT", "x-amz-request-id": "1"}


def answer(headers: dict[str, str], status: int = 200) -> Response:
    return Response(call=CALL, status=status, headers=headers, body=b"", seconds=0)


def counting(*headers: dict[str, str]) -> Marks:
    """What is usual after so many answers with each of these headers."""
    marks = Marks()
    for each in headers:
        for _ in range(FEWEST):
            marks.lacking(answer(each))
    return marks


@pytest.mark.parametrize("name", USUAL)
def test_lacking_when_all_others_have_a_header_names_it(name: str) -> None:
    bare = {key: value for key, value in USUAL.items() if key != name}
    said = counting(USUAL).lacking(answer(bare))
    assert said == f"an answer without {name}, which others have"


@pytest.mark.parametrize(
    ("marks", "status"),
    [
        (counting({}), 200),  # nobody has them
        (counting(USUAL, {}), 200),  # half have them
        (Marks(), 200),  # too few to tell
        (counting(USUAL), 404),  # asked for again anyway
    ],
)
def test_lacking_when_it_says_nothing_is_none(marks: Marks, status: int) -> None:
    assert marks.lacking(answer({}, status)) is None


def test_send_when_a_write_is_answered_without_the_usual_headers_is_doubted() -> None:
    lines = [f"{name}: {value}" for name, value in USUAL.items()]
    with saying(*[http(200, b"", *lines)] * FEWEST, http(200)) as url:
        keys = Credentials(access_key="fake-access", secret_key="fake-secret")
        endpoint = Endpoint(url=url, region="us-east-1", credentials=keys)
        client = Client(endpoint, Redactor(), Deadlines(connect=5, read=5, total=5))
        with client.incidents.watching() as steady:
            for _ in range(FEWEST):
                client.send(CALL)
        with client.incidents.watching() as strange:
            client.send(CALL)

    assert steady.doubts == []
    assert strange.doubts == ["an answer without date, which others have"]
