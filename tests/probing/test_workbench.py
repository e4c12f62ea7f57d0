"""What a probe's workplace lends, and how it sends."""

from __future__ import annotations

import pytest

from conformance.probing import (
    Call,
    Observed,
    Outcome,
    Stored,
    Undecided,
    Workbench,
    core,
    decide,
    offered,
    served,
)
from conformance.s3.exchange import Role
from conformance.subjects import multipart
from tests.probing.conftest import Benches
from tests.scripted import answer, by_operation, error

GET = Call(operation="GetObject", bucket="b", key="k", headers={"x-flag": "1", "x-kept": "2"})
SUBJECT = Stored(bucket="b", key="k", body=b"ours", etag='"e"')


def test_bucket_when_asked_for_again_is_the_same_and_not_the_second(make: Benches) -> None:
    bench, client = make()
    first, second = bench.bucket, bench.second_bucket
    assert (bench.bucket, bench.second_bucket) == (first, second)
    assert first != second
    assert client.operations == ["CreateBucket"] * 2
    assert len(bench.exchanges) == 2


def test_bucket_when_two_are_given_is_the_first_and_the_second_the_last(make: Benches) -> None:
    bench, client = make(given=["one", "two"])
    assert (bench.bucket, bench.second_bucket) == ("one", "two")
    assert not client.sent


def test_bucket_when_none_can_be_created_is_undecided(make: Benches) -> None:
    bench, _ = make(lambda call: error(call, 403, "AccessDenied"))
    for name in ("bucket", "second_bucket"):
        with pytest.raises(Undecided, match=r"^CreateBucket answered 403 AccessDenied$"):
            getattr(bench, name)


def test_new_bucket_when_asked_for_again_is_another(make: Benches) -> None:
    bench, client = make()
    assert bench.new_bucket({"x-amz-acl": "private"}) != bench.new_bucket()
    assert [call.headers for _, call in client.sent] == [{"x-amz-acl": "private"}, {}]
    assert len(bench.exchanges) == 2


def test_bucket_name_when_buckets_are_given_is_undecided(make: Benches) -> None:
    bench, client = make()
    assert bench.bucket_name() != bench.bucket_name()
    assert not client.sent
    given, _ = make(given=["one"])
    with pytest.raises(Undecided, match=r"^buckets are given with --bucket, so none is created$"):
        given.bucket_name()


def test_lease_when_the_bench_is_closed_is_lent_again_for_the_topic_and_headers(
    make: Benches,
) -> None:
    bench, client = make()
    lock = {"x-amz-bucket-object-lock-enabled": "true"}
    one, two, locked = bench.lease("cors"), bench.lease("cors"), bench.lease("cors", lock)
    assert len({one, two, locked}) == 3
    bench.close()
    bench.close()
    later = Workbench(bench.sandbox)
    assert {later.lease("cors"), later.lease("cors")} == {one, two}
    assert later.lease("cors", lock) == locked
    assert later.lease("acl") not in {one, two, locked}
    assert [call.headers for _, call in client.sent] == [{}, {}, lock, {}]
    assert len(bench.exchanges) == 3


def test_put_when_nothing_is_named_stores_a_text_of_its_own(make: Benches) -> None:
    bench, client = make(lambda call: answer(call, 200, headers={"etag": '"e"'}))
    first, second = bench.put(), bench.put()
    assert first.body != second.body
    assert first.key != second.key
    assert (first.bucket, first.etag, first.version) == (bench.bucket, '"e"', None)
    assert client.sent[-1][0] is Role.SETUP
    assert client.operations == ["CreateBucket", "PutObject", "PutObject"]


def test_put_when_all_is_named_stores_just_that(make: Benches) -> None:
    headers = {"x-amz-version-id": "v", "etag": '"e"'}
    bench, client = make(lambda call: answer(call, 200, headers=headers))
    made = bench.put(b"", bucket="b", key="k", headers={"x-flag": "1"})
    assert made == Stored(bucket="b", key="k", body=b"", etag='"e"', version="v")
    [(_, call)] = client.sent
    assert (call.bucket, call.key, call.body) == ("b", "k", b"")
    assert call.headers == {"x-flag": "1"}
    assert made.source == "b/k"


def test_call_when_parts_are_given_has_just_them() -> None:
    bare = SUBJECT.call("GetObject")
    assert bare == Call(operation="GetObject", bucket="b", key="k")
    call = SUBJECT.call("PutObjectAcl", headers={"h": "1"}, query={"q": "2"}, body=b"x")
    assert (call.operation, call.headers, call.query) == ("PutObjectAcl", {"h": "1"}, {"q": "2"})
    assert call.body == b"x"


@pytest.mark.parametrize("length", [1, 2, 9, 48, 1001])
def test_text_when_asked_for_again_is_another_of_the_length(make: Benches, length: int) -> None:
    bench, _ = make()
    text = bench.text(length)
    assert len(text) == length
    assert text.isascii()
    if length > 8:
        assert text != bench.text(length)
    assert len(bench.text()) == 48


def test_nonce_and_key_when_asked_for_again_are_others(make: Benches) -> None:
    bench, _ = make()
    nonce = bench.nonce()
    assert len(nonce) == 10
    assert nonce.startswith("n")
    assert nonce != bench.nonce()
    assert bench.key(".txt").endswith(".txt")
    assert bench.key() != bench.key()
    assert bench.key()[-1].isdigit()


def test_shared_when_made_stands_in_the_evidence_of_each_row(make: Benches) -> None:
    bench, client = make()
    other = Workbench(bench.sandbox)
    first, second = bench.plain, other.plain
    assert first == second
    assert client.operations.count("PutObject") == 1
    assert bench.exchanges == other.exchanges
    assert len(bench.exchanges) == 2
    assert bench.shared("another", lambda inner: inner.put(b"x")).body == b"x"


def test_shared_when_subjects_are_made_of_one_another_shows_each_request_once(
    make: Benches,
) -> None:
    bench, client = make()
    bench.shared("a copy", lambda inner: inner.shared("a source", lambda it: it.put(b"x")))
    bench.shared("a source", lambda inner: inner.put(b"x"))
    assert client.operations == ["CreateBucket", "PutObject"]
    assert len(bench.exchanges) == len(client.operations)


def test_shared_when_it_cannot_be_made_says_why_without_asking_again(make: Benches) -> None:
    bench, client = make(by_operation(PutObject=500))
    for each in (bench, Workbench(bench.sandbox)):
        with pytest.raises(Undecided) as why:
            each.plain  # noqa: B018
        assert str(why.value) == (
            "a plain object cannot be had: PutObject, which must come first, returned 500"
        )
        assert len(each.exchanges) == 2
    assert client.operations == ["CreateBucket", "PutObject"]


def test_shared_when_making_it_decides_is_undecided(make: Benches) -> None:
    bench, _ = make()
    with pytest.raises(Undecided, match=r"^it cannot be had: refused$"):
        bench.shared("it", lambda _: decide(Observed.REJECTED, "refused"))


def test_checks_when_declared_are_reported_through_the_bench(make: Benches) -> None:
    bench, _ = make()
    declared = (core("a", "one", "RFC 1"), core("b", "two", "RFC 1"), core("c", "three", "RFC 1"))
    recorder = bench.declare(declared)
    assert bench.recorder is recorder
    bench.attempt(GET)
    assert bench.check("a", served(bench.treat(GET))) is True
    with bench.observing("b"):
        offered(error(GET, 401, "AccessDenied"))
    bench.skip("c", because="not here")
    one, two, three = recorder.results("never")
    assert (one.outcome, one.exchanges) == (Outcome.HELD, (1,))
    assert two.observed.startswith("access denied: ")
    assert three.observed == "not here"


def test_shared_when_an_answer_to_its_preparation_is_doubtful_is_made_anew(make: Benches) -> None:
    bench, client = make()

    def prepare(inner: Workbench) -> Stored:
        client.incidents.doubt("an answer without date, which others have")
        return inner.put(b"x")

    with client.incidents.watching():
        bench.shared("it", prepare)
    bench.shared("it", lambda inner: inner.put(b"y"))
    assert [call.body for _, call in client.sent if call.body] == [b"x", b"y"]


def test_upload_when_the_answer_names_none_is_undecided(make: Benches) -> None:
    bench, _ = make()
    with pytest.raises(Undecided, match="returned no UploadId"):
        multipart.begin(bench)
