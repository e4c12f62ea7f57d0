"""Listings of versions: how a server writes one, and what one says."""

from __future__ import annotations

from typing import Any, Final

from conformance.serve.http import Answer

RUN: Final = "0123abcd"
OLD: Final = "2020-01-01T00:00:00.000Z"


def xml(root: str, *items: str) -> Answer:
    return Answer(status=200, body=f"<{root}>{''.join(items)}</{root}>".encode())


def version(key: str, version: str = "null", kind: str = "Version") -> str:
    modified = f"<LastModified>{OLD}</LastModified>"
    return f"<{kind}><Key>{key}</Key><VersionId>{version}</VersionId>{modified}</{kind}>"


def versions(s3: Any, bucket: str) -> list[str]:
    listed = s3.list_object_versions(Bucket=bucket)
    return [
        f"{kind} {item['Key']}"
        for kind in ("Versions", "DeleteMarkers")
        for item in listed.get(kind, [])
    ]


def versioned(s3: Any, bucket: str) -> None:
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
