"""A delete marker, of which there is nothing to be told, tagged or granted.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conformance.probing import Check, Stored, Undecided, Workbench, detail, guide, refused
from conformance.s3.checksums import content_md5
from conformance.s3.operations import OperationName
from conformance.subjects.configuration_bodies import put_versioning
from conformance.subjects.versioned import MARKER, VERSION

CHECK: Final[Check] = detail(
    "delete-marker",
    "405 MethodNotAllowed for the version of a delete marker",
    guide("DeleteMarker"),
)


def check_marker(
    bench: Workbench,
    operation: OperationName,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    bucket: str = "",
) -> None:
    """Report `delete-marker`, of a marker that rows share.

    Args:
        bench: the row's.
        operation: on an object.
        body: what it takes beside the version.
        headers: the same.
        bucket: one with versioning where the marker must be; a bucket of its own if none is given.
    """
    with bench.observing(CHECK.id):
        name = f"a delete marker in {bucket}" if bucket else "a delete marker"
        marker = bench.shared(name, lambda bench: _marker(bench, bucket))
        query = {"versionId": marker.version or ""}
        call = marker.call(operation, query=query, headers=headers or {}, body=body)
        bench.check(CHECK.id, refused(bench.effect(call), 405, codes=("MethodNotAllowed",)))


def _marker(bench: Workbench, bucket: str) -> Stored:
    if not bucket:
        bucket = bench.new_bucket()
        bench.setup(put_versioning(bucket))
    body = bench.text()  # whose digest AWS requires where there is object lock
    subject = bench.put(body, bucket=bucket, headers=content_md5(body))
    answer = bench.setup(subject.call("DeleteObject"))
    version = answer.header(VERSION)
    if answer.header(MARKER) != "true" or not version:
        raise Undecided(f"DeleteObject put no delete marker: {answer.describe()}")
    return Stored(bucket=bucket, key=subject.key, body=b"", etag="", version=version)
