"""Cleaning removes what the ledger names, and touches nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from conformance.s3.client import Client
from conformance.s3.endpoint import Endpoint
from conformance.s3.redact import Redactor
from conformance.sandbox.cleanup import Cleaner
from conformance.sandbox.ledger import Created
from conformance.serve.http import Answer, Request, error
from tests.probes.fakes import serving

DENIED = error(403, "AccessDenied")
GONE = Answer(status=204)
OK = Answer(status=200)
UPLOADS = Answer(
    status=200,
    body=b"<ListMultipartUploadsResult>"
    b"<Upload><Key>k</Key><UploadId>ours</UploadId></Upload>"
    b"<Upload><Key>k2</Key><UploadId>foreign</UploadId></Upload>"
    b"</ListMultipartUploadsResult>",
)


class Server:
    """Answers by method and target; records what it was asked; all else is 404.

    Args:
        answers: one answer a line, or several, of which the last is repeated.
    """

    def __init__(self, answers: dict[str, Sequence[Answer]]) -> None:
        self.asked: list[str] = []
        self._answers = {line: [*some] for line, some in answers.items()}

    def __call__(self, request: Request) -> Answer:
        line = f"{request.method} {request.target}"
        self.asked.append(line)
        left = self._answers.get(line, [error(404, "NotFound")])
        return left.pop(0) if len(left) > 1 else left[0]


def clean(server: Server, *entries: Created, given: Sequence[str] = ()) -> list[str]:
    with serving(server) as endpoint, ThreadPoolExecutor(1) as pool:
        return Cleaner(_client(endpoint), pool).clean(entries, given)


def _client(endpoint: Endpoint) -> Client:
    return Client(endpoint, Redactor())


def test_clean_when_the_server_ignores_prefix_aborts_only_uploads_of_its_own_key() -> None:
    server = Server(
        {
            "GET /b?uploads&prefix=k": [UPLOADS],
            "DELETE /b/k?uploadId=ours": [GONE],
            "DELETE /b/k2?uploadId=foreign": [GONE],
        }
    )
    assert clean(server, Created(bucket="b", key="k", upload=""), given=["b"]) == []
    assert server.asked == ["GET /b?uploads&prefix=k", "DELETE /b/k?uploadId=ours"]


def test_clean_when_another_upload_of_the_key_has_no_name_lists_its_uploads() -> None:
    """A process was killed while a second upload was begun."""
    server = Server(
        {
            "GET /b?uploads&prefix=k": [UPLOADS],
            "DELETE /b/k?uploadId=first": [GONE],
            "DELETE /b/k?uploadId=ours": [GONE],
        }
    )
    entries = [Created(bucket="b", key="k", upload=upload) for upload in ("", "first")]
    assert clean(server, *entries, given=["b"]) == []
    assert "DELETE /b/k?uploadId=ours" in server.asked


def test_clean_when_a_bucket_acl_shuts_its_owner_out_resets_the_acl_and_deletes() -> None:
    server = Server({"DELETE /b": [DENIED, DENIED, GONE], "PUT /b?acl": [OK]})
    assert clean(server, Created(bucket="b")) == []
    assert server.asked[-2:] == ["PUT /b?acl", "DELETE /b"]


def test_clean_when_the_bucket_is_gone_does_not_warn_of_its_objects() -> None:
    server = Server({"DELETE /b/k": [DENIED], "DELETE /b": [GONE]})
    assert clean(server, Created(bucket="b"), Created(bucket="b", key="k")) == []


def test_clean_when_the_bucket_is_given_warns_of_objects_that_stay() -> None:
    server = Server({"DELETE /b/k": [DENIED], "DELETE /b": [GONE]})
    warnings = clean(server, Created(bucket="b"), Created(bucket="b", key="k"), given=["b"])
    assert warnings == ["b/k was not removed: 403 AccessDenied"]
    assert "DELETE /b" not in server.asked


def test_clean_when_bucket_and_object_stay_warns_of_both() -> None:
    server = Server({"DELETE /b/k": [DENIED], "DELETE /b": [error(409, "BucketNotEmpty")]})
    assert clean(server, Created(bucket="b"), Created(bucket="b", key="k")) == [
        "b/k was not removed: 403 AccessDenied",
        "bucket b was not removed: 409 BucketNotEmpty",
    ]
