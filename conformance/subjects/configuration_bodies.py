"""The smallest valid body of each bucket configuration.

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


def xml_body(root: str, template: str) -> Body:
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
    """All four flags, and only the one named true."""
    each = (f"<{name}>{str(name == flag).lower()}</{name}>" for name in FLAGS)
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


ROLE_AND_RULE: Final = (
    "<Role>{role}</Role><Rule><ID>{v}</ID><Priority>1</Priority>"
    "<Filter><Prefix>{v}/</Prefix></Filter><Status>Enabled</Status>"
    "<DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>"
    "<Destination><Bucket>arn:aws:s3:::{d}</Bucket></Destination></Rule>"
)


INVENTORY: Final = (
    "<Destination><S3BucketDestination><Bucket>arn:aws:s3:::{b}</Bucket><Format>CSV</Format>"
    "</S3BucketDestination></Destination><IsEnabled>false</IsEnabled>"
    "<Filter><Prefix>{v}/</Prefix></Filter><Id>{v}</Id>"
    "<IncludedObjectVersions>Current</IncludedObjectVersions>"
    "<Schedule><Frequency>Daily</Frequency></Schedule>"
)
