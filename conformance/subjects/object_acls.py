"""The two ways to grant the owner of an object one permission more: a document, and headers."""

from __future__ import annotations

from conformance.probing import Stored, content_md5
from conformance.s3.operations import Call, OperationName
from conformance.subjects import bucket_configuration, configuration_bodies


def put(name: OperationName, subject: Stored, permission: str, owner: str) -> Call:
    """Put a document that grants a permission beside FULL_CONTROL.

    Args:
        name: PutObjectAcl.
        subject: the object.
        permission: as documents have it, such as `READ_ACP`.
        owner: the canonical id of the object's owner.
    """
    body = configuration_bodies.owner_acl(
        permission, bucket_configuration.Place(bucket=subject.bucket, owner=owner)
    )
    return subject.call(name, headers=content_md5(body), body=body)


def granting(name: OperationName, subject: Stored, permission: str, owner: str) -> Call:
    """The same with headers in place of a document."""
    header = f"x-amz-grant-{permission.lower().replace('_', '-')}"
    who = f'id="{owner}"'
    return subject.call(name, headers={"x-amz-grant-full-control": who, header: who})
