"""Bodies of bucket configurations: the smallest valid ones, rich ones and invalid ones.

Source: the Put… pages of https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
"""

from __future__ import annotations

import json
from typing import Final

from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.xml import document
from conformance.subjects.bucket_configuration import Body, Place

ROLE: Final = "arn:aws:iam::123456789012:role/s3-conformance"


XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"


KMS: Final = "aws:kms"


LONGEST_LOCK: Final = 36500  # days


FLAGS: Final = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


Statement = dict[str, str | list[str]]


def xml_body(root: str, template: str) -> Body:
    """A body in which `{v}` is the value, `{b}` the bucket and `{d}` the destination."""

    def body(value: str, place: Place) -> bytes:
        filled = template.format(v=value, b=place.bucket, d=place.destination, role=ROLE)
        return document(root, filled)

    return body


def policy(effect: str, sid: str, bucket: str, action: str = "s3:GetObject") -> bytes:
    """A policy for everybody, about a prefix under which nothing lies."""
    return _policy(_statement(effect, sid, bucket, action))


def two_statements(sid: str, place: Place) -> bytes:
    """A policy of two statements, the second about two actions."""
    first = _statement("Deny", sid, place.bucket, "s3:GetObject")
    actions = ["s3:PutObject", "s3:DeleteObject"]
    return _policy(first, _statement("Deny", f"{sid}2", place.bucket, actions))


def _statement(effect: str, sid: str, bucket: str, action: str | list[str]) -> Statement:
    return {
        "Sid": sid,
        "Effect": effect,
        "Principal": "*",
        "Action": action,
        "Resource": f"arn:aws:s3:::{bucket}/{sid}/*",
    }


def _policy(*statements: Statement) -> bytes:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}).encode()


def put_policy(bucket: str, body: bytes) -> Call:
    """PutBucketPolicy with this policy."""
    return Call(operation="PutBucketPolicy", bucket=bucket, headers=content_md5(body), body=body)


def put_versioning(bucket: str, status: str = "Enabled") -> Call:
    """PutBucketVersioning."""
    body = document("VersioningConfiguration", f"<Status>{status}</Status>")
    return Call(
        operation="PutBucketVersioning", bucket=bucket, headers=content_md5(body), body=body
    )


def owner_acl(permission: str, place: Place) -> bytes:
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


def default_retention(value: str, _: Place) -> bytes:
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


def public_access_block(flag: str, _: Place) -> bytes:
    """All four flags, and only those named true: `BlockPublicAcls RestrictPublicBuckets`."""
    each = (f"<{name}>{str(name in flag.split()).lower()}</{name}>" for name in FLAGS)
    return document("PublicAccessBlockConfiguration", "".join(each))


def default_encryption(algorithm: str, place: Place) -> bytes:
    """Without a key's id KMS uses the account's default key; no object is ever put."""
    key = f"<KMSMasterKeyID>{place.key_id}</KMSMasterKeyID>" if place.key_id else ""
    default = f"<SSEAlgorithm>{algorithm}</SSEAlgorithm>{key if algorithm == KMS else ''}"
    return document(
        "ServerSideEncryptionConfiguration",
        "<Rule><ApplyServerSideEncryptionByDefault>"
        f"{default}</ApplyServerSideEncryptionByDefault></Rule>",
    )


def days_and_years(_: str, __: Place) -> bytes:
    """A default retention with Days and Years, of which there may be one."""
    retention = "<Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years>"
    return document(
        "ObjectLockConfiguration",
        "<ObjectLockEnabled>Enabled</ObjectLockEnabled>"
        f"<Rule><DefaultRetention>{retention}</DefaultRetention></Rule>",
    )


# Templates of `xml_body`.

_CORS_RULE: Final = (
    "<CORSRule><AllowedMethod>GET</AllowedMethod>"
    "<AllowedOrigin>https://{v}.example.com</AllowedOrigin>"
    "<MaxAgeSeconds>60</MaxAgeSeconds></CORSRule>"
)
CORS: Final = _CORS_RULE
CORS_RICH: Final = (
    "<CORSRule><ID>{v}</ID><AllowedHeader>x-amz-meta-{v}</AllowedHeader>"
    "<AllowedHeader>content-type</AllowedHeader>"
    "<AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod>"
    "<AllowedOrigin>https://{v}.example.com</AllowedOrigin>"
    "<AllowedOrigin>https://{v}.example.org</AllowedOrigin>"
    "<ExposeHeader>ETag</ExposeHeader><ExposeHeader>x-amz-meta-{v}</ExposeHeader>"
    "<MaxAgeSeconds>60</MaxAgeSeconds></CORSRule>"
    "<CORSRule><ID>{v}2</ID><AllowedMethod>HEAD</AllowedMethod>"
    "<AllowedOrigin>https://*.{v}.example.net</AllowedOrigin>"
    "<MaxAgeSeconds>120</MaxAgeSeconds></CORSRule>"
)
CORS_INVALID: Final = CORS.replace(">GET<", ">PATCH<")

LIFECYCLE: Final = (
    "<Rule><ID>{v}</ID><Filter><Prefix>{v}/</Prefix></Filter><Status>Enabled</Status>"
    "<Expiration><Days>3650</Days></Expiration></Rule>"
)
LIFECYCLE_RICH: Final = (
    "<Rule><ID>{v}</ID><Filter><Prefix>{v}/</Prefix></Filter><Status>Enabled</Status>"
    "<Expiration><Days>3650</Days></Expiration><AbortIncompleteMultipartUpload>"
    "<DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>"
    "<Rule><ID>{v}2</ID><Filter><Prefix>{v}2/</Prefix></Filter><Status>Disabled</Status>"
    "<Expiration><Days>3651</Days></Expiration></Rule>"
)
LIFECYCLE_INVALID: Final = LIFECYCLE.replace("3650", "0")
OLD_LIFECYCLE: Final = (
    "<Rule><ID>{v}</ID><Prefix>{v}/</Prefix><Status>Enabled</Status>"
    "<Expiration><Days>3650</Days></Expiration></Rule>"
)
OLD_LIFECYCLE_RICH: Final = OLD_LIFECYCLE + (
    "<Rule><ID>{v}2</ID><Prefix>{v}2/</Prefix><Status>Disabled</Status>"
    "<Expiration><Days>3651</Days></Expiration></Rule>"
)

LOGGING: Final = (
    "<LoggingEnabled><TargetBucket>{d}</TargetBucket><TargetPrefix>{v}/</TargetPrefix>"
    "</LoggingEnabled>"
)

# Tags take letters, digits and spaces, and + - = . _ : / @.
TAGGING: Final = "<TagSet><Tag><Key>purpose</Key><Value>{v}</Value></Tag></TagSet>"
TAGGING_RICH: Final = (
    "<TagSet><Tag><Key>purpose</Key><Value>{v}</Value></Tag>"
    "<Tag><Key>cost centre</Key><Value>{v} +-=._:/@</Value></Tag></TagSet>"
)
TAGGING_INVALID: Final = TAGGING.replace("</TagSet>", TAGGING.removeprefix("<TagSet>"))

WEBSITE: Final = "<IndexDocument><Suffix>{v}.html</Suffix></IndexDocument>"
WEBSITE_RICH: Final = (
    "<ErrorDocument><Key>{v}-error.html</Key></ErrorDocument>" + WEBSITE + "<RoutingRules>"
    "<RoutingRule><Condition><KeyPrefixEquals>{v}/</KeyPrefixEquals></Condition>"
    "<Redirect><ReplaceKeyPrefixWith>{v}-new/</ReplaceKeyPrefixWith></Redirect></RoutingRule>"
    "<RoutingRule><Condition><HttpErrorCodeReturnedEquals>404</HttpErrorCodeReturnedEquals>"
    "</Condition><Redirect><HostName>{v}.example.com</HostName></Redirect></RoutingRule>"
    "</RoutingRules>"
)

_REPLICATION_RULE: Final = (
    "<Rule><ID>{v}</ID><Priority>1</Priority>"
    "<Filter><Prefix>{v}/</Prefix></Filter><Status>Enabled</Status>"
    "<DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>"
    "<Destination><Bucket>arn:aws:s3:::{d}</Bucket></Destination></Rule>"
)
REPLICATION: Final = "<Role>{role}</Role>" + _REPLICATION_RULE
REPLICATION_RICH: Final = REPLICATION + _REPLICATION_RULE.replace("{v}", "{v}2").replace(
    ">1<", ">2<"
)

INVENTORY: Final = (
    "<Destination><S3BucketDestination><Bucket>arn:aws:s3:::{b}</Bucket><Format>CSV</Format>"
    "</S3BucketDestination></Destination><IsEnabled>false</IsEnabled>"
    "<Filter><Prefix>{v}/</Prefix></Filter><Id>{v}</Id>"
    "<IncludedObjectVersions>Current</IncludedObjectVersions>"
    "<Schedule><Frequency>Daily</Frequency></Schedule>"
)
INVENTORY_RICH: Final = INVENTORY.replace(
    "<Schedule>",
    "<OptionalFields><Field>Size</Field><Field>ETag</Field></OptionalFields><Schedule>",
)

_TWO_CONDITIONS: Final = (
    "<And><Prefix>{v}/</Prefix><Tag><Key>purpose</Key><Value>{v}</Value></Tag></And>"
)
ANALYTICS: Final = "<Id>{v}</Id><Filter><Prefix>{v}/</Prefix></Filter><StorageClassAnalysis/>"
ANALYTICS_RICH: Final = ANALYTICS.replace("<Prefix>{v}/</Prefix>", _TWO_CONDITIONS)
METRICS: Final = "<Id>{v}</Id><Filter><Prefix>{v}/</Prefix></Filter>"
METRICS_RICH: Final = METRICS.replace("<Prefix>{v}/</Prefix>", _TWO_CONDITIONS)
TIERING: Final = (
    "<Id>{v}</Id><Filter><Prefix>{v}/</Prefix></Filter><Status>Enabled</Status>"
    "<Tiering><AccessTier>ARCHIVE_ACCESS</AccessTier><Days>90</Days></Tiering>"
)
TIERING_RICH: Final = TIERING.replace("<Prefix>{v}/</Prefix>", _TWO_CONDITIONS) + (
    "<Tiering><AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier><Days>180</Days></Tiering>"
)
