"""The bucket configurations S3 knows, each with valid bodies and an invalid one.

None of them touches an object or anybody's access: rules and policies are about prefixes under
which nothing lies.
Source: the Put… pages of https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.probing import Undecided, Workbench, detail
from conformance.s3.operations import Call, OperationName
from conformance.subjects import configuration_bodies as bodies
from conformance.subjects import configuration_defaults as defaults
from conformance.subjects import notifications
from conformance.subjects.bucket_configuration import Configuration, Place
from conformance.subjects.configuration_bodies import FLAGS, KMS, xml_body

VERBS: Final = ("Get", "Put", "Delete", "List")
# Both values of the public access block, so that each flag is seen on and off.
BLOCKS: Final = (f"{FLAGS[0]} {FLAGS[3]}", f"{FLAGS[1]} {FLAGS[2]}")


def _by_id(kind: str, topic: str, listing: str, small: str, rich: str) -> Configuration:
    root = f"{kind}Configuration"
    return Configuration(
        topic=topic,
        name=f"Bucket{kind}Configuration",
        body=xml_body(root, small),
        rich=xml_body(root, rich),
        operations={"List": f"ListBucket{kind}Configurations"},
        by_id=True,
        absent="NoSuchConfiguration",
        listing=listing,
    )


def _chosen(
    topic: str, name: str, root: str, template: str, choices: tuple[str, str]
) -> Configuration:
    """A configuration of one element, whose values S3 names."""
    body, wrong = xml_body(root, template), xml_body(root, template.format(v="Nonsense"))
    element = template.partition(">{v}")[0].rpartition("<")[2]
    invalid = (f"{element} Nonsense", wrong)
    return Configuration(topic=topic, name=name, body=body, choices=choices, invalid=invalid)


CONFIGURATIONS: Final = (
    replace(
        _chosen(
            "abac", "BucketAbac", "AbacStatus", "<Status>{v}</Status>", ("Enabled", "Disabled")
        ),
        default=defaults.says("Status", "Disabled"),
        security=True,
    ),
    replace(
        _chosen(
            "accelerate",
            "BucketAccelerateConfiguration",
            "AccelerateConfiguration",
            "<Status>{v}</Status>",
            ("Enabled", "Suspended"),
        ),
        fresh=defaults.says("Status", None, ""),
    ),
    Configuration(
        topic="acl",
        name="BucketAcl",
        body=bodies.owner_acl,
        choices=("READ_ACP", "READ"),
        security=True,
        # AWS's default, BucketOwnerEnforced, refuses any ACL.
        headers={"x-amz-object-ownership": "ObjectWriter"},
        prepare=defaults.with_owner,
        default=defaults.owned_acl,
        fresh=defaults.granted_acl,
    ),
    _by_id(
        "Analytics",
        "analytics",
        "ListBucketAnalyticsConfigurationResult",
        bodies.ANALYTICS,
        bodies.ANALYTICS_RICH,
    ),
    Configuration(
        topic="cors",
        name="BucketCors",
        body=xml_body("CORSConfiguration", bodies.CORS),
        rich=xml_body("CORSConfiguration", bodies.CORS_RICH),
        invalid=("AllowedMethod PATCH", xml_body("CORSConfiguration", bodies.CORS_INVALID)),
        absent="NoSuchCORSConfiguration",
    ),
    Configuration(
        topic="encryption",
        name="BucketEncryption",
        body=bodies.default_encryption,
        choices=(KMS, "AES256"),
        invalid=(
            "SSEAlgorithm Nonsense",
            lambda _, place: bodies.default_encryption("Nonsense", place),
        ),
        prepare=lambda bench, place: replace(place, key_id=bench.endpoint.kms_key_id or ""),
        default=defaults.says("Rule/ApplyServerSideEncryptionByDefault/SSEAlgorithm", "AES256"),
        absent="ServerSideEncryptionConfigurationNotFoundError",
        inborn=True,
        security=True,
    ),
    _by_id(
        "IntelligentTiering",
        "intelligent-tiering",
        "ListBucketIntelligentTieringConfigurationsOutput",
        bodies.TIERING,
        bodies.TIERING_RICH,
    ),
    _by_id(
        "Inventory",
        "inventory",
        "ListInventoryConfigurationsResult",
        bodies.INVENTORY,
        bodies.INVENTORY_RICH,
    ),
    Configuration(
        topic="lifecycle",
        name="BucketLifecycleConfiguration",
        body=xml_body("LifecycleConfiguration", bodies.LIFECYCLE),
        rich=xml_body("LifecycleConfiguration", bodies.LIFECYCLE_RICH),
        invalid=("Days 0", xml_body("LifecycleConfiguration", bodies.LIFECYCLE_INVALID)),
        operations={"Delete": "DeleteBucketLifecycle"},
        absent="NoSuchLifecycleConfiguration",
        inborn=True,  # R2's buckets begin with a rule that aborts uploads
    ),
    Configuration(
        topic="lifecycle",
        name="BucketLifecycle",
        # The deprecated form: a rule's Prefix stands outside of any Filter.
        body=xml_body("LifecycleConfiguration", bodies.OLD_LIFECYCLE),
        rich=xml_body("LifecycleConfiguration", bodies.OLD_LIFECYCLE_RICH),
        operations={"Delete": "none: it is BucketLifecycleConfiguration's"},
        absent="NoSuchLifecycleConfiguration",
        inborn=True,
    ),
    Configuration(
        topic="logging",
        name="BucketLogging",
        body=xml_body("BucketLoggingStatus", bodies.LOGGING),
        prepare=defaults.with_log_target,
        fresh=defaults.empty,
    ),
    _by_id(
        "Metrics",
        "metrics",
        "ListMetricsConfigurationsResult",
        bodies.METRICS,
        bodies.METRICS_RICH,
    ),
    *(
        Configuration(
            topic="notification",
            name=name,
            body=notifications.body,
            rich=notifications.rich,
            choices=(notifications.ON, notifications.OFF),
            prepare=notifications.find_destination,
            fresh=defaults.empty,
        )
        for name in ("BucketNotificationConfiguration", "BucketNotification")
    ),
    Configuration(
        topic="object-lock",
        name="ObjectLockConfiguration",
        body=bodies.default_retention,
        invalid=("both Days and Years", bodies.days_and_years),
        security=True,
        headers={"x-amz-bucket-object-lock-enabled": "true"},
        absent="ObjectLockConfigurationNotFoundError",
    ),
    replace(
        _chosen(
            "ownershipControls",
            "BucketOwnershipControls",
            "OwnershipControls",
            "<Rule><ObjectOwnership>{v}</ObjectOwnership></Rule>",
            ("BucketOwnerPreferred", "ObjectWriter"),
        ),
        absent="OwnershipControlsNotFoundError",
        absent_is=detail,
        inborn=True,
        security=True,
    ),
    Configuration(
        topic="policy",
        name="BucketPolicy",
        body=lambda value, place: bodies.policy("Deny", value, place.bucket),
        rich=bodies.two_statements,
        absent="NoSuchBucketPolicy",
        security=True,
    ),
    Configuration(
        topic="publicAccessBlock",
        name="PublicAccessBlock",
        body=bodies.public_access_block,
        choices=BLOCKS,
        absent="NoSuchPublicAccessBlockConfiguration",
        absent_is=detail,
        inborn=True,
        security=True,
    ),
    Configuration(
        topic="replication",
        name="BucketReplication",
        body=xml_body("ReplicationConfiguration", bodies.REPLICATION),
        rich=xml_body("ReplicationConfiguration", bodies.REPLICATION_RICH),
        prepare=defaults.with_versioned_destination,
        absent="ReplicationConfigurationNotFoundError",
    ),
    replace(
        _chosen(
            "requestPayment",
            "BucketRequestPayment",
            "RequestPaymentConfiguration",
            "<Payer>{v}</Payer>",
            ("Requester", "BucketOwner"),
        ),
        default=defaults.says("Payer", "BucketOwner"),
    ),
    Configuration(
        topic="tagging",
        name="BucketTagging",
        body=xml_body("Tagging", bodies.TAGGING),
        rich=xml_body("Tagging", bodies.TAGGING_RICH),
        invalid=("two tags of one key", xml_body("Tagging", bodies.TAGGING_INVALID)),
        invalid_is=detail,
        absent="NoSuchTagSet",
    ),
    replace(
        _chosen(
            "versioning",
            "BucketVersioning",
            "VersioningConfiguration",
            "<Status>{v}</Status>",
            ("Enabled", "Suspended"),
        ),
        default=defaults.says("Status", None, ""),
    ),
    Configuration(
        topic="website",
        name="BucketWebsite",
        body=xml_body("WebsiteConfiguration", bodies.WEBSITE),
        rich=xml_body("WebsiteConfiguration", bodies.WEBSITE_RICH),
        absent="NoSuchWebsiteConfiguration",
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


def operations(verb: str, *, security: bool | None = None) -> tuple[OperationName, ...]:
    """The operations with a verb.

    Args:
        verb: Get, Put, Delete or List.
        security: only those whose silent ignoring is a hazard, or only the others; None for all.
    """
    return tuple(
        name
        for name, (each, configuration) in CONFIGURED_BY.items()
        if each == verb and security in (None, configuration.security)
    )


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
