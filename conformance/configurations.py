"""The bucket configurations S3 knows, each with the smallest valid body.

None of them touches an object or anybody's access: rules and policies are about prefixes under
which nothing lies.
Source: the Put… pages of https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance import notifications
from conformance.configuration import Body, Configuration, Default, Place
from conformance.probing import Lab, Proof, Seen, Undecided, shows
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.xml import document

ROLE: Final = "arn:aws:iam::123456789012:role/s3-conformance"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
VERBS: Final = ("Get", "Put", "Delete", "List")
KMS: Final = "aws:kms"
LONGEST_LOCK: Final = 36500  # days
FLAGS: Final = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def _xml(root: str, template: str) -> Body:
    """A body in which `{v}` is the value, `{b}` the bucket and `{d}` the destination."""

    def body(value: str, place: Place) -> bytes:
        filled = template.format(v=value, b=place.bucket, d=place.destination, role=ROLE)
        return document(root, filled)

    return body


def policy(effect: str, sid: str, bucket: str, action: str = "s3:GetObject") -> bytes:
    """A policy for everybody, about a prefix under which nothing lies."""
    statement = {
        "Sid": sid,
        "Effect": effect,
        "Principal": "*",
        "Action": action,
        "Resource": f"arn:aws:s3:::{bucket}/{sid}/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}).encode()


def put_policy(bucket: str, body: bytes) -> Call:
    """PutBucketPolicy with this policy."""
    return Call(operation="PutBucketPolicy", bucket=bucket, headers=content_md5(body), body=body)


def put_versioning(bucket: str, status: str = "Enabled") -> Call:
    """PutBucketVersioning."""
    body = document("VersioningConfiguration", f"<Status>{status}</Status>")
    return Call(
        operation="PutBucketVersioning", bucket=bucket, headers=content_md5(body), body=body
    )


def _acl(permission: str, place: Place) -> bytes:
    """The owner's own ACL, with one more permission for the owner: it shows and changes nothing."""
    who = f'<Grantee xmlns:xsi="{XSI}" xsi:type="CanonicalUser"><ID>{place.owner}</ID></Grantee>'
    grants = "".join(
        f"<Grant>{who}<Permission>{each}</Permission></Grant>"
        for each in ("FULL_CONTROL", permission)
    )
    owner = f"<Owner><ID>{place.owner}</ID></Owner>"
    return document(
        "AccessControlPolicy", f"{owner}<AccessControlList>{grants}</AccessControlList>"
    )


def _object_lock(value: str, _: Place) -> bytes:
    """A default retention of so many days; objects are never put into the bucket."""
    days = 1 + hash_of(value) % LONGEST_LOCK
    retention = f"<DefaultRetention><Mode>GOVERNANCE</Mode><Days>{days}</Days></DefaultRetention>"
    return document(
        "ObjectLockConfiguration",
        f"<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>{retention}</Rule>",
    )


def hash_of(value: str) -> int:
    """A number that is the same on every run for the same value."""
    return int.from_bytes(value.encode(), "big")


def _public_access_block(flag: str, _: Place) -> bytes:
    each = (f"<{name}>{str(name == flag).lower()}</{name}>" for name in FLAGS)
    return document("PublicAccessBlockConfiguration", "".join(each))


def _encryption(algorithm: str, place: Place) -> bytes:
    """Without a key's id KMS uses the account's default key; no object is ever put."""
    key = f"<KMSMasterKeyID>{place.key_id}</KMSMasterKeyID>" if place.key_id else ""
    default = f"<SSEAlgorithm>{algorithm}</SSEAlgorithm>{key if algorithm == KMS else ''}"
    return document(
        "ServerSideEncryptionConfiguration",
        "<Rule><ApplyServerSideEncryptionByDefault>"
        f"{default}</ApplyServerSideEncryptionByDefault></Rule>",
    )


def _know_owner(lab: Lab, place: Place) -> Place:
    answer = lab.attempt(Call(operation="GetBucketAcl", bucket=place.bucket))
    owner = answer.text("Owner/ID") or ""
    return replace(place, owner=owner, lacks="" if owner else f"no owner: {_said(answer)}")


def _let_logs_in(lab: Lab, place: Place) -> Place:
    """AWS refuses a target bucket that the logging service may not write to."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{place.bucket}/*",
    }
    body = json.dumps({"Version": "2012-10-17", "Statement": [statement]}).encode()
    lab.attempt(put_policy(place.bucket, body))
    return place


def _said(answer: Response) -> str:
    return f"{answer.call.operation} answered {answer.describe()}"


def _versioned_twin(lab: Lab, place: Place) -> Place:
    """Replication is from one versioned bucket to another."""
    answer = lab.attempt(put_versioning(place.bucket))
    if not answer.ok:
        place = replace(place, lacks=f"the bucket is not versioned: {_said(answer)}")
    if lab.sandbox.given:
        return replace(place, destination=lab.second_bucket)
    return replace(place, destination=lab.shared("a versioned bucket", _versioned_bucket))


def _versioned_bucket(lab: Lab) -> str:
    bucket = lab.new_bucket()
    lab.attempt(put_versioning(bucket))
    return bucket


# What AWS says of a bucket never configured, where it says something.


def _says(path: str, *texts: str | None) -> Default:
    """One element must have one of these texts; None is for its absence."""

    def default(_: Lab, answer: Response) -> Proof:
        said = answer.text(path)
        seen = f"{answer.call.operation} says {path.rpartition('/')[2]} {said or 'not at all'}"
        return shows(said in texts, seen, seen, otherwise=Seen.WRONG)

    return default


def _owned(lab: Lab, answer: Response) -> Proof:
    """The ACL names the owner as ListBuckets does."""
    owner = lab.effect(Call(operation="ListBuckets")).text("Owner/ID")
    said = answer.text("Owner/ID")
    granted = said in answer.texts("AccessControlList/Grant/Grantee/ID")
    seen = f"{answer.call.operation} says Owner {said}, and ListBuckets {owner}"
    return shows(
        bool(said) and said == owner and granted,
        seen,
        seen if granted else f"{seen}; no grant to the owner",
        otherwise=Seen.WRONG,
    )


_ROLE_AND_RULE: Final = (
    "<Role>{role}</Role><Rule><ID>{v}</ID><Priority>1</Priority>"
    "<Filter><Prefix>{v}/</Prefix></Filter><Status>Enabled</Status>"
    "<DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>"
    "<Destination><Bucket>arn:aws:s3:::{d}</Bucket></Destination></Rule>"
)
_INVENTORY: Final = (
    "<Destination><S3BucketDestination><Bucket>arn:aws:s3:::{b}</Bucket><Format>CSV</Format>"
    "</S3BucketDestination></Destination><IsEnabled>false</IsEnabled>"
    "<Filter><Prefix>{v}/</Prefix></Filter><Id>{v}</Id>"
    "<IncludedObjectVersions>Current</IncludedObjectVersions>"
    "<Schedule><Frequency>Daily</Frequency></Schedule>"
)


def _by_id(kind: str, topic: str, template: str, listing: str) -> Configuration:
    return Configuration(
        topic=topic,
        name=f"Bucket{kind}Configuration",
        body=_xml(f"{kind}Configuration", template),
        operations={"List": f"ListBucket{kind}Configurations"},
        by_id=True,
        listing=listing,
    )


CONFIGURATIONS: Final = (
    Configuration(
        topic="abac",
        name="BucketAbac",
        body=_xml("AbacStatus", "<Status>{v}</Status>"),
        choices=("Enabled", "Disabled"),
        default=_says("Status", "Disabled"),
        security=True,
    ),
    Configuration(
        topic="accelerate",
        name="BucketAccelerateConfiguration",
        body=_xml("AccelerateConfiguration", "<Status>{v}</Status>"),
        choices=("Enabled", "Suspended"),
    ),
    Configuration(
        topic="acl",
        name="BucketAcl",
        body=_acl,
        choices=("READ_ACP", "READ"),
        security=True,
        # AWS's default, BucketOwnerEnforced, refuses any ACL.
        headers={"x-amz-object-ownership": "ObjectWriter"},
        prepare=_know_owner,
        default=_owned,
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
        body=_xml(
            "CORSConfiguration",
            "<CORSRule><AllowedOrigin>https://{v}.example.com</AllowedOrigin>"
            "<AllowedMethod>GET</AllowedMethod><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule>",
        ),
    ),
    Configuration(
        topic="encryption",
        name="BucketEncryption",
        body=_encryption,
        choices=(KMS, "AES256"),
        prepare=lambda lab, place: replace(place, key_id=lab.endpoint.kms_key_id or ""),
        default=_says("Rule/ApplyServerSideEncryptionByDefault/SSEAlgorithm", "AES256"),
        security=True,
    ),
    _by_id(
        "IntelligentTiering",
        "intelligent-tiering",
        "<Id>{v}</Id><Filter><Prefix>{v}/</Prefix></Filter><Status>Enabled</Status>"
        "<Tiering><AccessTier>ARCHIVE_ACCESS</AccessTier><Days>90</Days></Tiering>",
        "ListBucketIntelligentTieringConfigurationsOutput",
    ),
    _by_id("Inventory", "inventory", _INVENTORY, "ListInventoryConfigurationsResult"),
    Configuration(
        topic="lifecycle",
        name="BucketLifecycleConfiguration",
        body=_xml(
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
        body=_xml(
            "LifecycleConfiguration",
            "<Rule><ID>{v}</ID><Prefix>{v}/</Prefix><Status>Enabled</Status>"
            "<Expiration><Days>3650</Days></Expiration></Rule>",
        ),
        operations={"Delete": "none: it is BucketLifecycleConfiguration's"},
    ),
    Configuration(
        topic="logging",
        name="BucketLogging",
        body=_xml(
            "BucketLoggingStatus",
            "<LoggingEnabled><TargetBucket>{b}</TargetBucket><TargetPrefix>{v}/</TargetPrefix>"
            "</LoggingEnabled>",
        ),
        prepare=_let_logs_in,
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
        body=_object_lock,
        security=True,
        headers={"x-amz-bucket-object-lock-enabled": "true"},
    ),
    Configuration(
        topic="ownershipControls",
        name="BucketOwnershipControls",
        body=_xml("OwnershipControls", "<Rule><ObjectOwnership>{v}</ObjectOwnership></Rule>"),
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
        body=_public_access_block,
        choices=FLAGS[:2],
        security=True,
    ),
    Configuration(
        topic="replication",
        name="BucketReplication",
        body=_xml("ReplicationConfiguration", _ROLE_AND_RULE),
        prepare=_versioned_twin,
    ),
    Configuration(
        topic="requestPayment",
        name="BucketRequestPayment",
        body=_xml("RequestPaymentConfiguration", "<Payer>{v}</Payer>"),
        choices=("Requester", "BucketOwner"),
        default=_says("Payer", "BucketOwner"),
    ),
    Configuration(
        topic="tagging",
        name="BucketTagging",
        body=_xml("Tagging", "<TagSet><Tag><Key>purpose</Key><Value>{v}</Value></Tag></TagSet>"),
    ),
    Configuration(
        topic="versioning",
        name="BucketVersioning",
        body=_xml("VersioningConfiguration", "<Status>{v}</Status>"),
        choices=("Enabled", "Suspended"),
        default=_says("Status", None, ""),
    ),
    Configuration(
        topic="website",
        name="BucketWebsite",
        body=_xml(
            "WebsiteConfiguration", "<IndexDocument><Suffix>{v}.html</Suffix></IndexDocument>"
        ),
    ),
)

CONFIGURED_BY: Final[dict[str, tuple[str, Configuration]]] = {
    operation: (verb, configuration)
    for configuration in CONFIGURATIONS
    for verb in VERBS
    if (operation := configuration.operation(verb)) is not None
}
"""Verb and configuration of every operation on one that can be put."""

OPERATIONS_COVERED: Final = (*CONFIGURED_BY, "GetBucketPolicyStatus")


def operations(verb: str) -> tuple[str, ...]:
    """The operations with this verb: Get, Put, Delete or List."""
    return tuple(name for name, (each, _) in CONFIGURED_BY.items() if each == verb)


def smallest(operation: str) -> Callable[[Lab], Call]:
    """How to make the smallest valid request of an operation, after what must come before it."""
    if operation == "GetBucketPolicyStatus":
        return _policy_status
    verb, configuration = CONFIGURED_BY[operation]
    makers = {"Put": _put, "Get": _get, "Delete": _delete, "List": _list}
    return lambda lab: makers[verb](lab, configuration)


def _put(lab: Lab, configuration: Configuration) -> Call:
    return configuration.put(configuration.lease(lab), configuration.values(lab)[0])


def _get(lab: Lab, configuration: Configuration) -> Call:
    try:
        place = configuration.lease(lab)
    except Undecided:  # a request that only reads may go to any bucket
        return configuration.get(Place(bucket=lab.bucket), "none")
    value, _ = configuration.values(lab)
    lab.attempt(configuration.put(place, value))
    return configuration.get(place, value)


def _list(lab: Lab, configuration: Configuration) -> Call:
    get = _get(lab, configuration)
    assert get.bucket is not None
    return configuration.listed(Place(bucket=get.bucket))


def _delete(lab: Lab, configuration: Configuration) -> Call:
    place, (value, _) = configuration.disposable(lab), configuration.values(lab)
    lab.attempt(configuration.put(place, value))
    return configuration.delete(place, value)


def _policy_status(lab: Lab) -> Call:
    get = _get(lab, CONFIGURED_BY["PutBucketPolicy"][1])
    return Call(operation="GetBucketPolicyStatus", bucket=get.bucket)
