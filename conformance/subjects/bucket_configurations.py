"""The bucket configurations S3 knows, each with the smallest valid body.

None of them touches an object or anybody's access: rules and policies are about prefixes under
which nothing lies.
Source: the Put… pages of https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.probing import Undecided, Workbench
from conformance.s3.operations import Call, OperationName
from conformance.subjects import notifications
from conformance.subjects.bucket_configuration import Configuration, Place
from conformance.subjects.configuration_bodies import (
    FLAGS,
    INVENTORY,
    KMS,
    ROLE_AND_RULE,
    default_encryption,
    default_retention,
    owner_acl,
    policy,
    public_access_block,
    xml_body,
)
from conformance.subjects.configuration_defaults import (
    owned_acl,
    says,
    with_log_permission,
    with_owner,
    with_versioned_destination,
)

VERBS: Final = ("Get", "Put", "Delete", "List")


# What AWS says of a bucket never configured, where it says something.


def _by_id(kind: str, topic: str, template: str, listing: str) -> Configuration:
    return Configuration(
        topic=topic,
        name=f"Bucket{kind}Configuration",
        body=xml_body(f"{kind}Configuration", template),
        operations={"List": f"ListBucket{kind}Configurations"},
        by_id=True,
        listing=listing,
    )


CONFIGURATIONS: Final = (
    Configuration(
        topic="abac",
        name="BucketAbac",
        body=xml_body("AbacStatus", "<Status>{v}</Status>"),
        choices=("Enabled", "Disabled"),
        default=says("Status", "Disabled"),
        security=True,
    ),
    Configuration(
        topic="accelerate",
        name="BucketAccelerateConfiguration",
        body=xml_body("AccelerateConfiguration", "<Status>{v}</Status>"),
        choices=("Enabled", "Suspended"),
    ),
    Configuration(
        topic="acl",
        name="BucketAcl",
        body=owner_acl,
        choices=("READ_ACP", "READ"),
        security=True,
        # AWS's default, BucketOwnerEnforced, refuses any ACL.
        headers={"x-amz-object-ownership": "ObjectWriter"},
        prepare=with_owner,
        default=owned_acl,
    ),
    _by_id(
        "Analytics",
        "analytics",
        "<Id>{v}</Id><Filter><Prefix>{v}/</Prefix></Filter><StorageClassAnalysis/>",
        "ListBucketAnalyticsConfigurationResult",
    ),
    Configuration(
        topic="cors",
        name="BucketCors",
        body=xml_body(
            "CORSConfiguration",
            "<CORSRule><AllowedOrigin>https://{v}.example.com</AllowedOrigin>"
            "<AllowedMethod>GET</AllowedMethod><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule>",
        ),
    ),
    Configuration(
        topic="encryption",
        name="BucketEncryption",
        body=default_encryption,
        choices=(KMS, "AES256"),
        prepare=lambda bench, place: replace(place, key_id=bench.endpoint.kms_key_id or ""),
        default=says("Rule/ApplyServerSideEncryptionByDefault/SSEAlgorithm", "AES256"),
        security=True,
    ),
    _by_id(
        "IntelligentTiering",
        "intelligent-tiering",
        "<Id>{v}</Id><Filter><Prefix>{v}/</Prefix></Filter><Status>Enabled</Status>"
        "<Tiering><AccessTier>ARCHIVE_ACCESS</AccessTier><Days>90</Days></Tiering>",
        "ListBucketIntelligentTieringConfigurationsOutput",
    ),
    _by_id("Inventory", "inventory", INVENTORY, "ListInventoryConfigurationsResult"),
    Configuration(
        topic="lifecycle",
        name="BucketLifecycleConfiguration",
        body=xml_body(
            "LifecycleConfiguration",
            "<Rule><ID>{v}</ID><Filter><Prefix>{v}/</Prefix></Filter><Status>Enabled</Status>"
            "<Expiration><Days>3650</Days></Expiration></Rule>",
        ),
        operations={"Delete": "DeleteBucketLifecycle"},
    ),
    Configuration(
        topic="lifecycle",
        name="BucketLifecycle",
        # The deprecated form: a rule's Prefix stands outside of any Filter.
        body=xml_body(
            "LifecycleConfiguration",
            "<Rule><ID>{v}</ID><Prefix>{v}/</Prefix><Status>Enabled</Status>"
            "<Expiration><Days>3650</Days></Expiration></Rule>",
        ),
        operations={"Delete": "none: it is BucketLifecycleConfiguration's"},
    ),
    Configuration(
        topic="logging",
        name="BucketLogging",
        body=xml_body(
            "BucketLoggingStatus",
            "<LoggingEnabled><TargetBucket>{b}</TargetBucket><TargetPrefix>{v}/</TargetPrefix>"
            "</LoggingEnabled>",
        ),
        prepare=with_log_permission,
    ),
    _by_id(
        "Metrics",
        "metrics",
        "<Id>{v}</Id><Filter><Prefix>{v}/</Prefix></Filter>",
        "ListMetricsConfigurationsResult",
    ),
    Configuration(
        topic="notification",
        name="BucketNotificationConfiguration",
        body=notifications.body,
        choices=(notifications.ON, notifications.OFF),
        prepare=notifications.find_destination,
    ),
    Configuration(
        topic="notification",
        name="BucketNotification",
        body=notifications.body,
        choices=(notifications.ON, notifications.OFF),
        prepare=notifications.find_destination,
    ),
    Configuration(
        topic="object-lock",
        name="ObjectLockConfiguration",
        body=default_retention,
        security=True,
        headers={"x-amz-bucket-object-lock-enabled": "true"},
    ),
    Configuration(
        topic="ownershipControls",
        name="BucketOwnershipControls",
        body=xml_body("OwnershipControls", "<Rule><ObjectOwnership>{v}</ObjectOwnership></Rule>"),
        choices=("BucketOwnerPreferred", "ObjectWriter"),
        security=True,
    ),
    Configuration(
        topic="policy",
        name="BucketPolicy",
        body=lambda value, place: policy("Deny", value, place.bucket),
        security=True,
    ),
    Configuration(
        topic="publicAccessBlock",
        name="PublicAccessBlock",
        body=public_access_block,
        choices=FLAGS[:2],
        security=True,
    ),
    Configuration(
        topic="replication",
        name="BucketReplication",
        body=xml_body("ReplicationConfiguration", ROLE_AND_RULE),
        prepare=with_versioned_destination,
    ),
    Configuration(
        topic="requestPayment",
        name="BucketRequestPayment",
        body=xml_body("RequestPaymentConfiguration", "<Payer>{v}</Payer>"),
        choices=("Requester", "BucketOwner"),
        default=says("Payer", "BucketOwner"),
    ),
    Configuration(
        topic="tagging",
        name="BucketTagging",
        body=xml_body(
            "Tagging", "<TagSet><Tag><Key>purpose</Key><Value>{v}</Value></Tag></TagSet>"
        ),
    ),
    Configuration(
        topic="versioning",
        name="BucketVersioning",
        body=xml_body("VersioningConfiguration", "<Status>{v}</Status>"),
        choices=("Enabled", "Suspended"),
        default=says("Status", None, ""),
    ),
    Configuration(
        topic="website",
        name="BucketWebsite",
        body=xml_body(
            "WebsiteConfiguration", "<IndexDocument><Suffix>{v}.html</Suffix></IndexDocument>"
        ),
    ),
)

CONFIGURED_BY: Final[dict[OperationName, tuple[str, Configuration]]] = {
    operation: (verb, configuration)
    for configuration in CONFIGURATIONS
    for verb in VERBS
    if (operation := configuration.operation(verb)) is not None
}
"""Verb and configuration of every operation on one that can be put."""

OPERATIONS_COVERED: Final[tuple[OperationName, ...]] = (*CONFIGURED_BY, "GetBucketPolicyStatus")


def operations(verb: str) -> tuple[OperationName, ...]:
    """The operations with this verb: Get, Put, Delete or List."""
    return tuple(name for name, (each, _) in CONFIGURED_BY.items() if each == verb)


def smallest(operation: OperationName) -> Callable[[Workbench], Call]:
    """How to make the smallest valid request of an operation, after what must come before it."""
    if operation == "GetBucketPolicyStatus":
        return _policy_status
    verb, configuration = CONFIGURED_BY[operation]
    makers = {"Put": _put, "Get": _get, "Delete": _delete, "List": _list}
    return lambda bench: makers[verb](bench, configuration)


def _put(bench: Workbench, configuration: Configuration) -> Call:
    return configuration.put(configuration.lease(bench), configuration.values(bench)[0])


def _get(bench: Workbench, configuration: Configuration) -> Call:
    try:
        place = configuration.lease(bench)
    except Undecided:  # a request that only reads may go to any bucket
        return configuration.get(Place(bucket=bench.bucket), "none")
    value, _ = configuration.values(bench)
    bench.attempt(configuration.put(place, value))
    return configuration.get(place, value)


def _list(bench: Workbench, configuration: Configuration) -> Call:
    get = _get(bench, configuration)
    return configuration.listed(Place(bucket=get.bucket))


def _delete(bench: Workbench, configuration: Configuration) -> Call:
    place, (value, _) = configuration.disposable(bench), configuration.values(bench)
    bench.attempt(configuration.put(place, value))
    return configuration.delete(place, value)


def _policy_status(bench: Workbench) -> Call:
    get = _get(bench, CONFIGURED_BY["PutBucketPolicy"][1])
    return Call(operation="GetBucketPolicyStatus", bucket=get.bucket)
