"""A bucket with versioning, and the headers that tell of versions.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conformance.probing import Stored, Undecided, Workbench, offered
from conformance.s3.operations import Call, OperationName
from conformance.subjects.configuration_bodies import put_versioning

VERSION: Final = "x-amz-version-id"
MARKER: Final = "x-amz-delete-marker"


def versioned_bucket(bench: Workbench) -> str:
    """A bucket with versioning enabled, by the row's treatment.

    Raises:
        Decided: it cannot be enabled here.
        Undecided: the bucket cannot be had.
    """
    bucket = bench.lease("versioning")
    offered(bench.treat(put_versioning(bucket, "Enabled")))
    return bucket


def put_version(
    bench: Workbench,
    bucket: str,
    key: str = "",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Stored:
    """An object in a bucket with versioning, and its version id.

    Without one the server keeps no versions, and what is done to the object tells nothing of how
    it treats them.

    Raises:
        Undecided: PutObject was not served, or returned no version id.
    """
    subject = bench.put(body, bucket=bucket, key=key, headers=headers)
    if not subject.version:
        raise Undecided(f"PutObject returned no {VERSION} in a bucket with versioning")
    return subject


def of_version(
    subject: Stored, operation: OperationName = "GetObject", version: str | None = ""
) -> Call:
    """A request about one version of an object.

    Args:
        subject: the object.
        operation: what is asked for.
        version: the id, where it is not the object's own.
    """
    return subject.call(operation, query={"versionId": version or subject.version or "none"})
