"""Versions that cannot be deleted: a bucket that has them, and how one tells that they are kept.

Whatever is locked here is locked in GOVERNANCE mode and for minutes, so it can be removed with the
bypass header, or at worst a little later.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from conformance.probing import Proof, Seen, Stored, Undecided, Workbench, refuses, shows
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.sandbox.ledger import Created

ENABLED: Final = "x-amz-bucket-object-lock-enabled"
MODE: Final = "x-amz-object-lock-mode"
UNTIL: Final = "x-amz-object-lock-retain-until-date"
HOLD: Final = "x-amz-object-lock-legal-hold"
# Longer than a probe takes, and than clocks usually differ.
RETENTION: Final = timedelta(minutes=3)


def until() -> str:
    """A date that is near, but not yet."""
    return (datetime.now(UTC) + RETENTION).strftime("%Y-%m-%dT%H:%M:%SZ")


def lockable_bucket(bench: Workbench) -> str:
    """A bucket with object lock, shared; where none can be created, one without.

    There S3 refuses to lock anything, so a server that takes it has ignored it.
    """
    return bench.shared("a bucket with object lock", _bucket)


def _bucket(bench: Workbench) -> str:
    try:
        return bench.new_bucket({ENABLED: "true"})
    except Undecided:
        return bench.bucket


def lockable(bench: Workbench) -> Stored:
    """A fresh object in it, not locked; AWS requires a digest of what is stored there.

    Raises:
        Undecided: PutObject was not served.
    """
    body = bench.text()
    return bench.put(body, bucket=lockable_bucket(bench), headers=content_md5(body))


def kept(bench: Workbench, head: Response) -> Proof:
    """Whether the version that HeadObject named cannot be deleted, as others can."""
    deleted = bench.effect(delete_version(bench, head))
    if not bench.shared("deleting a version that is not locked", _deletes).ok:
        return shows(False, "", "no version can be deleted, locked or not", otherwise=Seen.WRONG)
    return refuses("deleting its version", deleted)


def _deletes(bench: Workbench) -> Response:
    """What deleting a version is answered that nothing holds."""
    return bench.control(delete_version(bench, bench.setup(lockable(bench).call("HeadObject"))))


def delete_version(
    bench: Workbench, head: Response, headers: Mapping[str, str] | None = None
) -> Call:
    """DeleteObject of the version that HeadObject named, which the ledger is told of too."""
    bucket, key, version = head.call.bucket, head.call.key, head.header("x-amz-version-id")
    query = {"versionId": version} if version else {}
    if bucket and version:
        bench.sandbox.ledger.add(Created(bucket=bucket, key=key, version=version))
    return Call(
        operation="DeleteObject", bucket=bucket, key=key, query=query, headers=headers or {}
    )


def same_date(told: str | None, given: str) -> bool:
    """Dates are told with fractions of a second, or without."""
    return (told or "")[:19] == given[:19]


def told(head: Response, header: str, value: str) -> Proof:
    """Whether HeadObject says of the object how it is locked."""
    found = head.header(header)
    right = same_date(found, value)
    text = f"HeadObject says {header}: {found}{'' if right else f', not {value}'}"
    return shows(right, text, text, otherwise=Seen.WRONG if found else Seen.ABSENT)
