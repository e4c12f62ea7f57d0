"""What each client sends, as data: one entry for each form of request, whatever it was sent to."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Document = Mapping[str, Any]

VARYING = (
    "content-length",
    "x-amz-decoded-content-length",
    "content-md5",
    "range",
    "x-amz-copy-source",
)
"""Header values that follow from the body or the key: they tell no two forms apart."""
REPEATED = ("path", "status", "code", "interim", "answer")
"""What belongs to one exchange and not to the form of its request."""

OPERATIONS = {
    ("PUT", "acl"): "PutObjectAcl",
    ("PUT", "tagging"): "PutObjectTagging",
    ("GET", "tagging"): "GetObjectTagging",
    ("GET", "acl"): "GetObjectAcl",
    ("POST", "uploads"): "CreateMultipartUpload",
    ("PUT", "partNumber"): "UploadPart",
    ("POST", "uploadId"): "CompleteMultipartUpload",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
    ("GET", "uploads"): "ListMultipartUploads",
    ("GET", "uploadId"): "ListParts",
    ("POST", "delete"): "DeleteObjects",
    ("GET", "location"): "GetBucketLocation",
    ("GET", "list-type"): "ListObjectsV2",
    ("GET", "policy"): "GetBucketPolicy",
    ("GET", "cors"): "GetBucketCors",
    ("GET", "lifecycle"): "GetBucketLifecycleConfiguration",
    ("GET", "requestPayment"): "GetBucketRequestPayment",
    ("GET", "versioning"): "GetBucketVersioning",
    ("GET", "versions"): "ListObjectVersions",
    ("GET", "object-lock"): "GetObjectLockConfiguration",
    ("GET", "notification"): "GetBucketNotificationConfiguration",
    ("GET", "encryption"): "GetBucketEncryption",
    ("GET", "publicAccessBlock"): "GetPublicAccessBlock",
    ("GET", "ownershipControls"): "GetBucketOwnershipControls",
    ("GET", "logging"): "GetBucketLogging",
}
"""S3's operations by method and by the parameter that tells them, in order of precedence."""
PLAIN = {
    ("GET", 0): "ListBuckets",
    ("HEAD", 1): "HeadBucket",
    ("PUT", 1): "CreateBucket",
    ("DELETE", 1): "DeleteBucket",
    ("GET", 1): "ListObjects",
    ("GET", 2): "GetObject",
    ("HEAD", 2): "HeadObject",
    ("PUT", 2): "PutObject",
    ("DELETE", 2): "DeleteObject",
}
"""The operations that no parameter tells, by method and by what the path names: bucket, key."""


def operation(exchange: Document) -> str:
    """Return S3's name of the operation, or `METHOD ?parameters` if it has none here."""
    method, query = exchange["method"], exchange.get("query", {})
    names = {name.lower() for name in exchange["headers"]}
    for (verb, parameter), name in OPERATIONS.items():
        if verb == method and parameter in query:
            copied = name == "UploadPart" and "x-amz-copy-source" in names
            return "UploadPartCopy" if copied else name
    bucket, _, key = exchange["path"].lstrip("/").partition("/")
    name = PLAIN.get((method, bool(bucket) + bool(bucket and key)), "")
    if name == "PutObject" and "x-amz-copy-source" in names:
        return "CopyObject"
    return name or f"{method} ?{'&'.join(query)}"


def forms(exchanges: Iterable[Document]) -> list[dict[str, Any]]:
    """Return one entry for each form of request, in the order of their first use."""
    found: dict[str, dict[str, Any]] = {}
    for exchange in exchanges:
        kept = {name: value for name, value in exchange.items() if name not in REPEATED}
        entry = {"operation": operation(exchange), **kept}
        values = {k: v for k, v in exchange.get("values", {}).items() if k not in VARYING}
        told = [entry["operation"], sorted(exchange.get("query", {})), sorted(exchange["headers"])]
        checksums = {k: v for k, v in values.items() if not k.startswith("x-amz-checksum-crc")}
        found.setdefault(json.dumps([told, checksums], sort_keys=True), entry)
    return list(found.values())


def to_json(sent: Mapping[str, list[dict[str, Any]]], *, server: str) -> str:
    """Return the requests of several clients as a JSON document, one request a line."""
    lines = [f'{{"server": {json.dumps(server)}, "clients": {{']
    for number, (client, requests) in enumerate(sent.items()):
        rows = ",\n".join("  " + json.dumps(each, ensure_ascii=False) for each in requests)
        comma = "," if number < len(sent) - 1 else ""
        lines += [f" {json.dumps(client)}: [", rows, f" ]{comma}"]
    return "\n".join([*lines, "}}"]) + "\n"


def read_sent(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Read what `to_json` wrote: the requests by client."""
    clients: dict[str, list[dict[str, Any]]] = json.loads(path.read_text("utf-8"))["clients"]
    return clients
