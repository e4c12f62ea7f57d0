"""What a clean-up may ask for, and what it finds that no ledger names."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from conformance.s3.client import Client
from conformance.s3.endpoint import Endpoint
from conformance.s3.exchange import Role
from conformance.s3.operations import Call, OperationName
from conformance.s3.redact import Redactor
from conformance.s3.xml import document
from conformance.sandbox import ledger
from conformance.sandbox.cleanup import Cleaner
from conformance.sandbox.ledger import Created, Ledger
from conformance.sandbox.sandbox import Sandbox, Unavailable
from conformance.serve.http import Answer, Request, error
from tests.probes.fakes import proxy, serving
from tests.sandbox.listed import RUN, version, versioned, versions, xml
from tests.sandbox.test_cleanup import GONE, OK, Server, clean

NOT_EMPTY = error(409, "BucketNotEmpty")


def test_clean_in_a_versioned_given_bucket_leaves_no_version_and_no_delete_marker(
    moto: Endpoint, s3: Any
) -> None:
    versioned(s3, "theirs")
    s3.put_object(Bucket="theirs", Key="s3-conformance-other/1", Body=b"theirs")
    box = Sandbox(Client(moto, Redactor()), given=["theirs"])
    key = box.key()
    for operation in ("PutObject", "PutObject", "DeleteObject"):
        call = Call(operation=operation, bucket="theirs", key=key)
        box.client.send(call, role=Role.SETUP)  # whose answer the ledger never saw
        box.ledger.add(Created(bucket="theirs", key=key))

    assert box.clean() == []
    assert versions(s3, "theirs") == ["Versions s3-conformance-other/1"]


def test_clean_in_a_versioned_given_bucket_that_cannot_be_listed_leaves_no_marker_of_its_own() -> (
    None
):
    marker = (("x-amz-delete-marker", "true"), ("x-amz-version-id", "m"))
    server = Server(
        {
            "DELETE /b/k": [Answer(status=204, headers=marker)],
            "DELETE /b/k?versionId=m": [GONE],
        }
    )
    assert clean(server, Created(bucket="b", key="k"), given=["b"]) == []
    assert server.asked == ["DELETE /b/k", "DELETE /b/k?versionId=m"]


@pytest.mark.parametrize("key", ["../victim/x", "a/../../v", "%2e%2e/v", "..%2fv", "..\\v", "."])
def test_clean_when_a_listing_names_dot_segments_sends_no_request_for_them(key: str) -> None:
    server = Server(
        {
            "DELETE /b": [NOT_EMPTY],
            "GET /b?versions": [xml("ListVersionsResult", version(key), version("fine"))],
            "DELETE /b/fine?versionId=null": [GONE],
        }
    )
    assert clean(server, Created(bucket="b")) == ["bucket b was not removed: 409 BucketNotEmpty"]
    assert {line for line in server.asked if line.startswith("DELETE")} == {
        "DELETE /b",
        "DELETE /b/fine?versionId=null",
    }


def test_clean_when_a_ledger_names_dot_segments_sends_no_request_for_them() -> None:
    server = Server({})
    (warning,) = clean(server, Created(bucket="b", key="../victim"), given=["b"])
    assert "may reach another bucket" in warning
    assert server.asked == []


def test_clean_when_a_bucket_holds_pages_of_foreign_keys_empties_it_in_one_call() -> None:
    more = "<IsTruncated>true</IsTruncated>"
    after = "<NextKeyMarker>k1</NextKeyMarker><NextVersionIdMarker>v1</NextVersionIdMarker>"
    uploads = "<Upload><Key>u</Key><UploadId>1</UploadId></Upload>"
    marks = "<NextKeyMarker>u</NextKeyMarker><NextUploadIdMarker>1</NextUploadIdMarker>"
    server = Server(
        {
            "DELETE /b": [NOT_EMPTY, NOT_EMPTY, GONE],  # a refusal is asked for twice
            "GET /b?versions": [xml("ListVersionsResult", version("k1", "v1"), more, after)],
            "GET /b?versions&key-marker=k1&version-id-marker=v1": [
                xml("ListVersionsResult", version("k2", "v2", "DeleteMarker"))
            ],
            "GET /b": [xml("ListBucketResult", "<Contents><Key>k3</Key></Contents>", more)],
            "GET /b?marker=k3": [xml("ListBucketResult", "<Contents><Key>k4</Key></Contents>")],
            "GET /b?uploads": [xml("ListMultipartUploadsResult", uploads, more, marks)],
            "GET /b?uploads&key-marker=u&upload-id-marker=1": [xml("ListMultipartUploadsResult")],
        }
    )
    assert clean(server, Created(bucket="b")) == []
    deleted = [*dict.fromkeys(line for line in server.asked if line.startswith("DELETE /b/"))]
    assert deleted == [
        "DELETE /b/k1?versionId=v1",
        "DELETE /b/k2?versionId=v2",
        "DELETE /b/k3",
        "DELETE /b/k4",
        "DELETE /b/u?uploadId=1",
    ]


def test_clean_when_a_listing_goes_round_in_circles_ends() -> None:
    page = "<IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker>"
    server = Server(
        {"DELETE /b": [NOT_EMPTY], "GET /b?versions": [xml("ListVersionsResult", page)]}
    )
    server_again = "GET /b?versions&key-marker=k"
    server._answers[server_again] = [xml("ListVersionsResult", page)]
    assert clean(server, Created(bucket="b")) == ["bucket b was not removed: 409 BucketNotEmpty"]
    assert server.asked.count(server_again) == 1


def test_clean_when_a_refused_deletion_is_of_a_bucket_that_does_not_exist_does_not_warn() -> None:
    server = Server({"DELETE /b": [error(405, "MethodNotAllowed")]})
    assert clean(server, Created(bucket="b")) == []


def refusing_to_create(deleted: Answer, asked: list[str]) -> Callable[[Request], Answer]:
    """A server that refuses CreateBucket, and answers a deletion with what is given."""

    def respond(request: Request) -> Answer:
        asked.append(request.method)
        answers = {"PUT": error(403, "AccessDenied"), "DELETE": deleted}
        return answers.get(request.method, error(403, "AccessDenied"))

    return respond


def test_create_bucket_when_it_is_refused_leaves_nothing_in_the_ledger() -> None:
    asked: list[str] = []
    with serving(refusing_to_create(error(403, "AccessDenied"), asked)) as endpoint:
        box = Sandbox(Client(endpoint, Redactor()))
        with pytest.raises(Unavailable, match="CreateBucket answered 403 AccessDenied"):
            box.create_bucket()
        sent = len(asked)
        with pytest.raises(Unavailable, match="CreateBucket answered 403 AccessDenied"):
            box.create_bucket()  # which is not asked for: it would be refused as well
        assert len(asked) == sent
        assert box.ledger.entries == ()
        assert box.clean() == []
        assert not box.ledger.path.exists()


def test_create_bucket_when_the_refusal_was_not_true_removes_the_bucket() -> None:
    asked: list[str] = []
    with serving(refusing_to_create(GONE, asked)) as endpoint:
        box = Sandbox(Client(endpoint, Redactor()))
        with pytest.raises(Unavailable):
            box.create_bucket()
        assert box.clean() == []
    assert asked.count("DELETE") == 1


def test_left_behind_when_a_bucket_was_refused_does_not_count_it() -> None:
    book = Ledger(RUN, "http://h")
    for bucket in ("a", "b", "c"):
        book.add(Created(bucket=bucket))
    book.refuse("b")
    book.refuse("c")
    book.add(Created(bucket="c"))
    book.close(keep=True)
    (left,) = ledger.left_behind()
    assert (left.entries, left.refused) == ((Created(bucket="a"), Created(bucket="c")), ("b",))


def test_clean_when_a_given_bucket_logs_for_a_run_stops_it_and_removes_the_logs(
    moto: Endpoint, s3: Any
) -> None:
    versioned(s3, "theirs")
    grant = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}
    grants = [{"Grantee": grant, "Permission": each} for each in ("WRITE", "READ_ACP")]
    owner = s3.get_bucket_acl(Bucket="theirs")["Owner"]
    s3.put_bucket_acl(Bucket="theirs", AccessControlPolicy={"Grants": grants, "Owner": owner})
    box = Sandbox(Client(moto, Redactor()), given=["theirs"], may_configure=True)
    place = "<TargetBucket>theirs</TargetBucket><TargetPrefix>n0/</TargetPrefix>"
    body = document("BucketLoggingStatus", f"<LoggingEnabled>{place}</LoggingEnabled>")
    call = Call(operation="PutBucketLogging", bucket="theirs", body=body)
    assert box.send(call, role=Role.SETUP, record=None).ok
    assert any("n0/" in line for line in versions(s3, "theirs"))

    assert box.clean() == []

    assert versions(s3, "theirs") == []
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket="theirs")


def test_clean_when_a_bucket_was_created_late_removes_it(moto: Endpoint, s3: Any) -> None:
    """The server was still busy with CreateBucket when DeleteBucket was answered."""
    late: list[str] = []

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        answer = ask(request)
        if request.method == "DELETE" and not late:
            late.append(request.path)
            s3.create_bucket(Bucket=request.path.strip("/"))
        return answer

    with proxy(moto, respond) as endpoint:
        box = Sandbox(Client(endpoint, Redactor()))
        box.ledger.add(Created(bucket=box.bucket_name()))
        assert box.clean() == []
    assert late
    assert s3.list_buckets()["Buckets"] == []


@pytest.mark.parametrize("status", ["Enabled", "Suspended"])
def test_clean_in_a_given_bucket_whose_versions_are_all_null_leaves_no_marker(
    moto: Endpoint, s3: Any, status: str
) -> None:
    s3.create_bucket(Bucket="theirs")
    box = Sandbox(Client(moto, Redactor()), given=["theirs"])
    put = Call(operation="PutObject", bucket="theirs", key=box.key(), body=b"x")
    assert box.send(put, role=Role.SETUP, record=None).ok
    s3.put_bucket_versioning(Bucket="theirs", VersioningConfiguration={"Status": status})
    assert box.clean() == []
    assert versions(s3, "theirs") == []


def test_clean_when_a_version_stays_although_its_deletion_succeeds_says_so() -> None:
    listed = xml("ListVersionsResult", version(f"s3-conformance-{RUN}/1", "m", "DeleteMarker"))

    def respond(request: Request) -> Answer:
        return GONE if request.method == "DELETE" else listed

    with serving(respond) as endpoint, ThreadPoolExecutor(1) as pool:
        cleaner = Cleaner(Client(endpoint, Redactor()), pool)
        entry = Created(bucket="b", key=f"s3-conformance-{RUN}/1")
        (warning,) = cleaner.clean([entry], ["b"], run=RUN)
    assert "the endpoint lists it after its deletion" in warning


def test_clean_when_the_bucket_is_in_another_region_signs_for_that() -> None:
    moved = Answer(status=301, headers=(("x-amz-bucket-region", "eu-west-1"),))

    def respond(request: Request) -> Answer:
        return GONE if "/eu-west-1/" in (request.header("Authorization") or "") else moved

    with serving(respond) as endpoint, ThreadPoolExecutor(1) as pool:
        assert Cleaner(Client(endpoint, Redactor()), pool).clean([Created(bucket="b")]) == []


@pytest.mark.parametrize("operation", ["PutObject", "PutBucketTagging"])
def test_clean_when_a_request_has_created_its_bucket_removes_it(operation: OperationName) -> None:
    """As PutObject does on SeaweedFS."""
    there: set[str] = set()

    def respond(request: Request) -> Answer:
        bucket = request.path.split("/")[1]
        if request.method == "PUT":
            there.add(bucket)
        elif request.method == "DELETE" and request.path.count("/") == 1:
            there.discard(bucket)
        return OK

    with serving(respond) as endpoint:
        box = Sandbox(Client(endpoint, Redactor()))
        key = box.key() if operation == "PutObject" else ""
        call = Call(operation=operation, bucket=box.bucket_name(), key=key)
        box.send(call, role=Role.TREATMENT, record=None)
        assert there
        assert box.clean() == []
    assert there == set()


def test_clean_when_the_server_fails_over_an_object_replaces_it_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As moto does over an object with half a lock."""
    monkeypatch.setattr("conformance.s3.patience.pause", lambda *_: 0.0)
    replaced: list[str] = []

    def respond(request: Request) -> Answer:
        if request.method == "PUT":
            replaced.append(request.path)
        return GONE if replaced else Answer(status=500)

    with serving(respond) as endpoint, ThreadPoolExecutor(1) as pool:
        cleaner = Cleaner(Client(endpoint, Redactor()), pool)
        assert cleaner.clean([Created(bucket="b", key="k")], ["b"]) == []
    assert replaced == ["/b/k"]


def test_clean_when_a_policy_denies_deletions_removes_it_first() -> None:
    gone: set[str] = set()

    def respond(request: Request) -> Answer:
        line = f"{request.method} {request.target}"
        if request.method == "GET":
            return xml("ListVersionsResult", "" if gone >= {"k"} else version("k"))
        if line == "DELETE /b?policy":
            gone.add("policy")
        elif line.startswith("DELETE /b/k"):
            if "policy" not in gone:
                return error(403, "AccessDenied")
            gone.add("k")
        elif line == "DELETE /b" and "k" not in gone:
            return NOT_EMPTY
        return GONE

    with serving(respond) as endpoint, ThreadPoolExecutor(1) as pool:
        assert Cleaner(Client(endpoint, Redactor()), pool).clean([Created(bucket="b")]) == []
    assert gone == {"policy", "k"}
