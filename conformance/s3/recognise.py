"""Which operation a request is, by its method, path, query and headers.

The reverse of `operations.OPERATIONS`. Some operations share one form on the wire (the deprecated
GetBucketLifecycle and GetBucketLifecycleConfiguration), so an answer may have several names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from conformance.s3.operations import OPERATIONS, Target

# Operations that differ by what else is in the request: the parameters or headers that are there,
# and those that are not.
_PRESENT: Final[dict[str, tuple[str, ...]]] = {
    "CopyObject": ("x-amz-copy-source",),
    "UploadPart": ("uploadId", "partNumber"),
    "UploadPartCopy": ("uploadId", "partNumber", "x-amz-copy-source"),
    "CompleteMultipartUpload": ("uploadId",),
    "AbortMultipartUpload": ("uploadId",),
    "ListParts": ("uploadId",),
    "ListDirectoryBuckets": ("max-directory-buckets",),
    **{f"{verb}ObjectAnnotation": ("annotationName",) for verb in ("Get", "Put", "Delete")},
    **{
        f"{verb}Bucket{kind}Configuration": ("id",)
        for verb in ("Get", "Put", "Delete")
        for kind in ("Analytics", "IntelligentTiering", "Inventory", "Metrics")
    },
}
# Parameters that belong to an operation without naming it.
_HARMLESS: Final = frozenset(
    {
        "annotation-prefix", "annotationName", "bucket-region", "continuation-token", "delimiter",
        "encoding-type", "fetch-owner", "id", "key-marker", "list-type", "marker",
        "max-annotation-results", "max-buckets", "max-directory-buckets", "max-keys", "max-parts",
        "max-uploads", "part-number-marker", "partNumber", "prefix", "start-after",
        "upload-id-marker", "uploadId", "version-id-marker", "versionId", "x-id",
    }
)  # fmt: skip


# Of a presigned URL of Signature Version 2.
_SIGNED_V2: Final = frozenset({"AWSAccessKeyId", "Expires", "Signature"})


def unknown_parameters(query: Collection[str]) -> list[str]:
    """Those parameters that S3 gives no meaning, in any operation."""
    known = {name for operation in OPERATIONS.values() for name in operation.query}
    return sorted(name for name in _strange(query) if name not in known)


def _strange(query: Collection[str]) -> set[str]:
    """Parameters that may name an operation: not its members, and not a signature."""
    signature = _SIGNED_V2 if "Signature" in query else frozenset()
    return {
        name
        for name in {*query} - _HARMLESS - signature
        if not name.lower().startswith(("x-amz-", "response-"))
    }


def target_of(path: str, prefix: str = "") -> Target:
    """What a path-style path names.

    Args:
        path: of the request, still encoded.
        prefix: of the endpoint, without a trailing slash.
    """
    inside = path.removeprefix(prefix).lstrip("/")
    if not inside:
        return "service"
    return "key" if inside.partition("/")[2] else "bucket"


def operations_of(
    method: str, target: Target, query: Mapping[str, str], headers: Collection[str]
) -> tuple[str, ...]:
    """The operations a request may be, empty where S3 has none of that form.

    Args:
        method: of HTTP.
        target: what the path names.
        query: parameters, decoded.
        headers: names in lower case.
    """
    there = {*query, *headers}
    unknown = _strange(query)
    found: dict[str, int] = {}
    for name, operation in OPERATIONS.items():
        if (operation.method, operation.target) != (method, target):
            continue
        if not all(query.get(key) == value for key, value in operation.query.items()):
            continue
        needed = _PRESENT.get(name, ())
        if there.issuperset(needed) and unknown <= operation.query.keys():
            found[name] = len(operation.query) + len(needed)
    best = max(found.values(), default=0)
    return tuple(name for name, weight in found.items() if weight == best)
