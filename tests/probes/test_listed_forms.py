"""Dates, ETags and truncation as listings have them are judged without a server."""

from __future__ import annotations

import pytest

from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.subjects.listings import of_today, quoted, whole

NOW = "Wed, 25 Nov 2026 12:00:00 GMT"


def answer(content: str, date: str = NOW) -> Response:
    return Response(
        call=Call(operation="ListObjects", bucket="b"),
        status=200,
        headers={"date": date} if date else {},
        body=f"<List>{content}</List>".encode(),
        seconds=0,
    )


@pytest.mark.parametrize(
    ("date", "held"),
    [
        ("2026-11-25T11:59:59.000Z", True),
        ("2026-11-25T13:00:00+01:00", True),
        ("2026-11-24T13:00:00Z", True),
        ("2026-11-24T11:00:00Z", False),
        ("2026-11-25T13:00:00.000Z", False),
        ("1970-01-01T00:00:00.000Z", False),
    ],
)
def test_date_when_it_is_not_of_the_answers_day_is_wrong(date: str, held: bool) -> None:
    assert of_today(answer(f"<Date>{date}</Date>"), "Date").held is held


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_date_when_the_answer_has_none_itself_is_not_judged(date: str) -> None:
    assert of_today(answer("<Date>1970-01-01T00:00:00.000Z</Date>", date), "Date").held


@pytest.mark.parametrize(
    ("etags", "held"),
    [(("&quot;a&quot;",), True), (('"a"', "b"), False), (('"',), False), ((), True)],
)
def test_etag_when_it_is_without_quotes_is_wrong(etags: tuple[str, ...], held: bool) -> None:
    assert quoted(answer("".join(f"<E>{etag}</E>" for etag in etags)), "E").held is held


@pytest.mark.parametrize(("said", "held"), [("false", True), ("true", False), ("", False)])
def test_listing_when_it_does_not_say_that_it_is_whole_is_wrong(said: str, held: bool) -> None:
    right = answer("<IsTruncated>false</IsTruncated>")
    assert whole(right, answer(f"<IsTruncated>{said}</IsTruncated>")).held is held
