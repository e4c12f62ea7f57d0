"""S3's operations as they stand on the wire, and a request to one of them.

Source of methods and subresources: the AWS S3 API reference, one page an operation
(https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, cast

Target = Literal["service", "bucket", "key"]
# Spelt out, so that a type checker refuses a misspelt one; a test holds it to OPERATIONS.
# fmt: off
OperationName = Literal[
    "AbortMultipartUpload",
    "CompleteMultipartUpload",
    "CopyObject",
    "CreateBucket",
    "CreateBucketMetadataConfiguration",
    "CreateBucketMetadataTableConfiguration",
    "CreateMultipartUpload",
    "CreateSession",
    "DeleteBucket",
    "DeleteBucketAccelerateConfiguration",
    "DeleteBucketAnalyticsConfiguration",
    "DeleteBucketCors",
    "DeleteBucketEncryption",
    "DeleteBucketIntelligentTieringConfiguration",
    "DeleteBucketInventoryConfiguration",
    "DeleteBucketLifecycle",
    "DeleteBucketMetadataConfiguration",
    "DeleteBucketMetadataTableConfiguration",
    "DeleteBucketMetricsConfiguration",
    "DeleteBucketOwnershipControls",
    "DeleteBucketPolicy",
    "DeleteBucketReplication",
    "DeleteBucketRequestPayment",
    "DeleteBucketTagging",
    "DeleteBucketWebsite",
    "DeleteObject",
    "DeleteObjectAnnotation",
    "DeleteObjectTagging",
    "DeleteObjects",
    "DeletePublicAccessBlock",
    "GetBucketAbac",
    "GetBucketAccelerateConfiguration",
    "GetBucketAcl",
    "GetBucketAnalyticsConfiguration",
    "GetBucketCors",
    "GetBucketEncryption",
    "GetBucketIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration",
    "GetBucketLifecycle",
    "GetBucketLifecycleConfiguration",
    "GetBucketLocation",
    "GetBucketLogging",
    "GetBucketMetadataConfiguration",
    "GetBucketMetadataTableConfiguration",
    "GetBucketMetricsConfiguration",
    "GetBucketNotification",
    "GetBucketNotificationConfiguration",
    "GetBucketOwnershipControls",
    "GetBucketPolicy",
    "GetBucketPolicyStatus",
    "GetBucketReplication",
    "GetBucketRequestPayment",
    "GetBucketTagging",
    "GetBucketVersioning",
    "GetBucketWebsite",
    "GetObject",
    "GetObjectAcl",
    "GetObjectAnnotation",
    "GetObjectAttributes",
    "GetObjectLegalHold",
    "GetObjectLockConfiguration",
    "GetObjectRetention",
    "GetObjectTagging",
    "GetObjectTorrent",
    "GetPublicAccessBlock",
    "HeadBucket",
    "HeadBucketAcl",
    "HeadObject",
    "ListBucketAnalyticsConfigurations",
    "ListBucketIntelligentTieringConfigurations",
    "ListBucketInventoryConfigurations",
    "ListBucketMetricsConfigurations",
    "ListBuckets",
    "ListDirectoryBuckets",
    "ListMultipartUploads",
    "ListObjectAnnotations",
    "ListObjectVersions",
    "ListObjects",
    "ListObjectsV2",
    "ListParts",
    "PostObject",
    "PostOnKey",
    "PreflightOnBucket",
    "PreflightRequest",
    "PutBucketAbac",
    "PutBucketAccelerateConfiguration",
    "PutBucketAcl",
    "PutBucketAnalyticsConfiguration",
    "PutBucketCors",
    "PutBucketEncryption",
    "PutBucketIntelligentTieringConfiguration",
    "PutBucketInventoryConfiguration",
    "PutBucketLifecycle",
    "PutBucketLifecycleConfiguration",
    "PutBucketLogging",
    "PutBucketMetricsConfiguration",
    "PutBucketNotification",
    "PutBucketNotificationConfiguration",
    "PutBucketOwnershipControls",
    "PutBucketPolicy",
    "PutBucketReplication",
    "PutBucketRequestPayment",
    "PutBucketTagging",
    "PutBucketVersioning",
    "PutBucketWebsite",
    "PutObject",
    "PutObjectAcl",
    "PutObjectAnnotation",
    "PutObjectLegalHold",
    "PutObjectLockConfiguration",
    "PutObjectRetention",
    "PutObjectTagging",
    "PutPublicAccessBlock",
    "RenameObject",
    "RestoreObject",
    "SelectObjectContent",
    "UpdateBucketMetadataAnnotationTableConfiguration",
    "UpdateBucketMetadataInventoryTableConfiguration",
    "UpdateBucketMetadataJournalTableConfiguration",
    "UpdateObjectEncryption",
    "UploadPart",
    "UploadPartCopy",
    "WriteGetObjectResponse",
]
# fmt: on


@dataclass(frozen=True, slots=True)
class Operation:
    """How an operation is addressed.

    Attributes:
        method: the HTTP method.
        target: what the path names.
        query: the subresource and other parameters that make it this operation.
        path: what stands in the path of an operation on the service.
    """

    method: str
    target: Target
    query: Mapping[str, str] = field(default_factory=dict)
    path: str = ""


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


def _tables(name: str, subresource: str) -> dict[str, Operation]:
    return {
        f"Create{name}": Operation("POST", "bucket", {subresource: ""}),
        **_config(name, subresource, "Get Delete"),
    }


def _on_key(name: str, subresource: str, verbs: str = "Get Put") -> dict[str, Operation]:
    return {
        each: replace(operation, target="key")
        for each, operation in _config(name, subresource, verbs).items()
    }


_TABLE: Final[dict[str, Operation]] = {
    "ListBuckets": Operation("GET", "service"),
    "ListDirectoryBuckets": Operation("GET", "service"),
    "WriteGetObjectResponse": Operation("POST", "service", path="WriteGetObjectResponse"),
    "HeadBucket": Operation("HEAD", "bucket"),
    "CreateBucket": Operation("PUT", "bucket"),
    "DeleteBucket": Operation("DELETE", "bucket"),
    **_config("BucketAbac", "abac", "Get Put"),
    # S3 has no Delete of these two and no Head; MinIO's page names them.
    **_config("BucketAccelerateConfiguration", "accelerate"),
    **_config("BucketAcl", "acl", "Get Put"),
    "HeadBucketAcl": Operation("HEAD", "bucket", {"acl": ""}),
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
    **_config("BucketRequestPayment", "requestPayment"),
    **_config("BucketTagging", "tagging"),
    **_config("BucketVersioning", "versioning", "Get Put"),
    **_config("BucketWebsite", "website"),
    **_config("ObjectLockConfiguration", "object-lock", "Get Put"),
    **_config("PublicAccessBlock", "publicAccessBlock"),
    **_listed("Analytics", "analytics"),
    **_listed("IntelligentTiering", "intelligent-tiering"),
    **_listed("Inventory", "inventory"),
    **_listed("Metrics", "metrics"),
    **_tables("BucketMetadataConfiguration", "metadataConfiguration"),
    **_tables("BucketMetadataTableConfiguration", "metadataTable"),
    **{
        f"UpdateBucketMetadata{kind}TableConfiguration": Operation(
            "PUT", "bucket", {f"metadata{kind}Table": ""}
        )
        for kind in ("Annotation", "Inventory", "Journal")
    },
    "CreateSession": Operation("GET", "bucket", {"session": ""}),
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
    **_on_key("ObjectAcl", "acl"),
    **_on_key("ObjectAnnotation", "annotation", "Get Put Delete"),
    "ListObjectAnnotations": Operation("GET", "key", {"annotation": ""}),
    **_on_key("ObjectAttributes", "attributes", "Get"),
    **_on_key("ObjectLegalHold", "legal-hold"),
    **_on_key("ObjectRetention", "retention"),
    **_on_key("ObjectTagging", "tagging", "Get Put Delete"),
    **_on_key("ObjectTorrent", "torrent", "Get"),
    "PostObject": Operation("POST", "bucket"),
    # A browser's question before a request to another origin, as CORS has it; never signed.
    "PreflightOnBucket": Operation("OPTIONS", "bucket"),
    "PreflightRequest": Operation("OPTIONS", "key"),
    # No operation of S3: what POST on a key is taken for differs.
    "PostOnKey": Operation("POST", "key"),
    "RenameObject": Operation("PUT", "key", {"renameObject": ""}),
    "RestoreObject": Operation("POST", "key", {"restore": ""}),
    "SelectObjectContent": Operation("POST", "key", {"select": "", "select-type": "2"}),
    "UpdateObjectEncryption": Operation("PUT", "key", {"encryption": ""}),
}


OPERATIONS: Final = cast("Mapping[OperationName, Operation]", _TABLE)


def operation_named(name: str) -> OperationName:
    """The operation of that name, e.g. of a row of a matrix.

    Raises:
        ValueError: S3 has no such operation.
    """
    if name not in OPERATIONS:
        raise ValueError(f"S3 has no operation {name}")
    return cast("OperationName", name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to one operation, not yet signed.

    Attributes:
        operation: a key of `OPERATIONS`.
        bucket: empty for operations on the service.
        key: the object's key, not encoded; empty for operations above objects.
        query: parameters besides the operation's own.
        headers: all headers besides those of HTTP framing and of the signature.
        body: the bytes to send.
    """

    operation: OperationName
    bucket: str = ""
    key: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __post_init__(self) -> None:
        target = OPERATIONS[self.operation].target
        if target != "service" and not self.bucket:
            raise ValueError(f"{self.operation} needs a bucket")
        if target == "key" and not self.key:
            raise ValueError(f"{self.operation} needs a key")

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
