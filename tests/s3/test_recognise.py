"""Which operation a request is."""

from __future__ import annotations

import pytest

from conformance.s3.operations import OPERATIONS, OperationName
from conformance.s3.recognise import _PRESENT, operations_of, target_of

ALIASES = {
    "GetBucketLifecycle": "GetBucketLifecycleConfiguration",
    "PutBucketLifecycle": "PutBucketLifecycleConfiguration",
    "GetBucketNotification": "GetBucketNotificationConfiguration",
    "PutBucketNotification": "PutBucketNotificationConfiguration",
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_told_from_all_others(name: OperationName) -> None:
    operation = OPERATIONS[name]
    there = _PRESENT.get(name, ())
    headers = [each for each in there if each.startswith("x-amz-")]
    query = {**operation.query, **{each: "1" for each in there if each not in headers}}

    found = operations_of(operation.method, operation.target, query, headers)

    twins = {name, ALIASES.get(name, name), *(k for k, v in ALIASES.items() if v == name)}
    assert set(found) == twins


@pytest.mark.parametrize(
    ("method", "target", "query"),
    [
        ("PUT", "key", {"torrent": ""}),
        ("GET", "key", {"lifecycle": ""}),
        ("POST", "key", {"nonsense": ""}),
        ("POST", "bucket", {"session": ""}),
        ("PATCH", "key", {}),
    ],
)
def test_forms_that_are_no_operation_here(method: str, target: str, query: dict[str, str]) -> None:
    assert operations_of(method, target, query, []) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "prefix", "target"),
    [
        ("/", "", "service"),
        ("/bucket", "", "bucket"),
        ("/bucket/", "", "bucket"),
        ("/bucket/key", "", "key"),
        ("/bucket/a/b", "", "key"),
        ("/s3/bucket", "/s3", "bucket"),
        ("/s3/", "/s3", "service"),
    ],
)
def test_what_a_path_names(path: str, prefix: str, target: str) -> None:
    assert target_of(path, prefix) == target
