"""S3's operations as they stand on the wire, and a request to one of them.

Source of methods and subresources: the AWS S3 API reference, one page an operation
(https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

Target = Literal["service", "bucket", "key"]


@dataclass(frozen=True, slots=True)
class Operation:
    """How an operation is addressed.

    Attributes:
        method: the HTTP method.
        target: what the path names.
        query: the subresource and other parameters that make it this operation.
    """

    method: str
    target: Target
    query: Mapping[str, str] = field(default_factory=dict)


def _config(name: str, subresource: str, verbs: str = "Get Put Delete") -> dict[str, Operation]:
    methods = {"Get": "GET", "Put": "PUT", "Delete": "DELETE"}
    return {
        f"{verb}{name}": Operation(methods[verb], "bucket", {subresource: ""})
        for verb in verbs.split()
    }


def _listed(kind: str, subresource: str) -> dict[str, Operation]:
    return {
        **_config(f"Bucket{kind}Configuration", subresource),
        f"ListBucket{kind}Configurations": Operation("GET", "bucket", {subresource: ""}),
    }


OPERATIONS: Final[dict[str, Operation]] = {
    "ListBuckets": Operation("GET", "service"),
    "HeadBucket": Operation("HEAD", "bucket"),
    "CreateBucket": Operation("PUT", "bucket"),
    "DeleteBucket": Operation("DELETE", "bucket"),
    **_config("BucketAccelerateConfiguration", "accelerate", "Get Put"),
    **_config("BucketAcl", "acl", "Get Put"),
    **_config("BucketCors", "cors"),
    **_config("BucketEncryption", "encryption"),
    **_config("BucketLifecycleConfiguration", "lifecycle", "Get Put"),
    "DeleteBucketLifecycle": Operation("DELETE", "bucket", {"lifecycle": ""}),
    **_config("BucketLifecycle", "lifecycle", "Get Put"),
    **_config("BucketLocation", "location", "Get"),
    **_config("BucketLogging", "logging", "Get Put"),
    **_config("BucketNotification", "notification", "Get Put"),
    **_config("BucketNotificationConfiguration", "notification", "Get Put"),
    **_config("BucketOwnershipControls", "ownershipControls"),
    **_config("BucketPolicy", "policy"),
    **_config("BucketPolicyStatus", "policyStatus", "Get"),
    **_config("BucketReplication", "replication"),
    **_config("BucketRequestPayment", "requestPayment", "Get Put"),
    **_config("BucketTagging", "tagging"),
    **_config("BucketVersioning", "versioning", "Get Put"),
    **_config("BucketWebsite", "website"),
    **_config("ObjectLockConfiguration", "object-lock", "Get Put"),
    **_config("PublicAccessBlock", "publicAccessBlock"),
    **_listed("Analytics", "analytics"),
    **_listed("IntelligentTiering", "intelligent-tiering"),
    **_listed("Inventory", "inventory"),
    **_listed("Metrics", "metrics"),
    "ListObjects": Operation("GET", "bucket"),
    "ListObjectsV2": Operation("GET", "bucket", {"list-type": "2"}),
    "ListObjectVersions": Operation("GET", "bucket", {"versions": ""}),
    "ListMultipartUploads": Operation("GET", "bucket", {"uploads": ""}),
    "DeleteObjects": Operation("POST", "bucket", {"delete": ""}),
    "HeadObject": Operation("HEAD", "key"),
    "GetObject": Operation("GET", "key"),
    "PutObject": Operation("PUT", "key"),
    "CopyObject": Operation("PUT", "key"),
    "DeleteObject": Operation("DELETE", "key"),
    "CreateMultipartUpload": Operation("POST", "key", {"uploads": ""}),
    "UploadPart": Operation("PUT", "key"),
    "UploadPartCopy": Operation("PUT", "key"),
    "CompleteMultipartUpload": Operation("POST", "key"),
    "AbortMultipartUpload": Operation("DELETE", "key"),
    "ListParts": Operation("GET", "key"),
    "GetObjectAcl": Operation("GET", "key", {"acl": ""}),
    "PutObjectAcl": Operation("PUT", "key", {"acl": ""}),
    "GetObjectAttributes": Operation("GET", "key", {"attributes": ""}),
    "GetObjectTagging": Operation("GET", "key", {"tagging": ""}),
    "PutObjectTagging": Operation("PUT", "key", {"tagging": ""}),
    "DeleteObjectTagging": Operation("DELETE", "key", {"tagging": ""}),
    "GetObjectRetention": Operation("GET", "key", {"retention": ""}),
    "PutObjectRetention": Operation("PUT", "key", {"retention": ""}),
    "GetObjectLegalHold": Operation("GET", "key", {"legal-hold": ""}),
    "PutObjectLegalHold": Operation("PUT", "key", {"legal-hold": ""}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to one operation, not yet signed.

    Attributes:
        operation: a key of `OPERATIONS`.
        bucket: None for operations on the service.
        key: the object's key, not encoded; None for operations above objects.
        query: parameters besides the operation's own.
        headers: all headers besides those of HTTP framing and of the signature.
        body: the bytes to send.
    """

    operation: str
    bucket: str | None = None
    key: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def method(self) -> str:
        return OPERATIONS[self.operation].method

    @property
    def parameters(self) -> dict[str, str]:
        """The whole query: the operation's own parameters, then the call's."""
        return {**OPERATIONS[self.operation].query, **self.query}

    def plus(
        self,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Call:
        """The same call with more headers or parameters, or another body."""
        return replace(
            self,
            headers={**self.headers, **(headers or {})},
            query={**self.query, **(query or {})},
            body=self.body if body is None else body,
        )

    def without(self, *names: str) -> Call:
        """The same call less some headers and parameters, named in any case."""
        dropped = {name.lower() for name in names}
        return replace(
            self,
            headers={k: v for k, v in self.headers.items() if k.lower() not in dropped},
            query={k: v for k, v in self.query.items() if k.lower() not in dropped},
        )
