"""Rows that cannot but change with another."""

from __future__ import annotations

import re
from typing import Final

# Rows that cannot but change with another, and why. Patterns are of whole ids; `\\1` is the
# operation of the mutated row.
ENTANGLED: Final = (
    # One header of a customer's key is nothing without the other two.
    (r"(.*)/x-amz-.*customer-.*", r"\1/x-amz-.*customer-.*"),
    # Parts of an upload do not say of which type its checksum is.
    (r"Checksum/(.*)/.*", r"Checksum/\1/.*"),
    # Every request is signed for a region.
    (r"Region/.*/signing", r".*"),
    # The deprecated operation is the same request.
    (
        r"(Get|Put)(Bucket(?:Lifecycle|Notification))(?:Configuration)?/(.*)",
        r"\1\2(Configuration)?/\3",
    ),
    # A part is encrypted with the key that its upload was begun with.
    (
        r"CreateMultipartUpload/x-amz-server-side-encryption-customer-.*",
        r"UploadPart(Copy)?/x-amz-server-side-encryption-customer-.*",
    ),
    # Whether somebody may write an ACL shows when they write a canned one.
    (r"Put(Bucket|Object)Acl/x-amz-acl", r".*/x-amz-grant-write-acp"),
    # A value is the header's.
    (r"(.*)/(x-amz-storage-class|[A-Z_]+)", r"\1/(x-amz-storage-class|[A-Z_]+)"),
    # A key's id, its context and the bucket's key go with aws:kms only.
    (r"(.*)/x-amz-server-side-encryption", r"\1/x-amz-server-side-encryption-[abc].*"),
    (r"(PutObject)/x-amz-server-side-encryption.*", r".*/x-amz-server-side-encryption-[abc].*"),
    # Where aws:kms takes a key's id, it is heeded with one only.
    (r".*/x-amz-server-side-encryption-aws-kms-key-id", r".*/x-amz-server-side-encryption"),
    # A mode and a date come together or not at all, and in a bucket made for them.
    (r"(.*)/x-amz-object-lock-.*", r"\1/x-amz-object-lock-.*"),
    (r"PutObject/x-amz-object-lock-.*", r".*/x-amz-bypass-governance-retention"),
    (
        r"CreateBucket/x-amz-bucket-object-lock-enabled",
        r".*(-lock-|bypass|Object(Lock|Ret|Legal)).*",
    ),
    # That a version is locked shows where it is named to be looked at and deleted.
    (r"(Head|Delete)Object/versionId", r".*(-lock-|bypass|Object(Retention|LegalHold)).*"),
    # What is granted on a version shows in its ACL only.
    (r"GetObjectAcl/versionId", r"PutObjectAcl/versionId"),
    # Metadata tells one object from another, and what a copy has of its source.
    (r"PutObject/x-amz-meta-\*", r"CopyObject/.*|PutObject(/If-.*)?|(Get|Head)Object/Range"),
    (r"(.*)/x-amz-meta-\*", r"\1(/x-amz-metadata-directive)?"),
    # COPY, the default, takes the source's headers and tags, and drops those of the request.
    (r"(CopyObject)/x-amz-(metadata|tagging)-directive", r"\1/(x-amz-(tagging|website).*|[A-Z].*)"),
    (r"(CopyObject)/x-amz-tagging", r"\1/x-amz-tagging-directive"),
    # What makes the operation the one it is.
    (r"(CopyObject|UploadPartCopy)/x-amz-copy-source", r"\1.*"),
    (r"(ListObjectsV2)/list-type", r"\1.*"),
    (r"(?:Get|Put|Delete)(Bucket.*Configuration)/id", r"(Get|Put|Delete|List)\1.*"),
    # A listing sees its own keys by prefix; pages are had by their length, and gone on from a key.
    (r"(List.*)/prefix", r"\1.*"),
    (r"(List.*)/max-.*", r"\1/(continuation-token|.*marker|start-after|delimiter)"),
    (r"(List.*)/key-marker", r"\1/(upload|version)-id-marker"),
    (r"(ListObjectVersions)/delimiter", r"\1/(max-keys|encoding-type)"),
    # Without one of these a request is another operation's: no upload can be had.
    (
        r"(UploadPart|UploadPartCopy|(Complete|Abort)MultipartUpload|ListParts)/(uploadId|partNumber)",
        r".*",
    ),
    (r"CreateMultipartUpload/uploads", r".*"),
    # A checksum shows where it is asked for, of what was sent with it to an upload of its name.
    (
        r"(PutObject|UploadPart|(Complete|Create)MultipartUpload)/x-amz-(checksum-.*|trailer)",
        r"Checksum/.*|.*/x-amz-(checksum-.*|trailer)|GetObjectAttributes.*",
    ),
    (r"Checksum/.*", r".*/x-amz-(checksum-.*|trailer)"),
    (r"(Get|Head)Object/x-amz-checksum-mode", r"Checksum/.*|.*/x-amz-(checksum-.*|trailer)"),
)


def related(row: str, mutated: str) -> bool:
    """Whether a row cannot but change with another."""
    for pattern, affected in ENTANGLED:
        found = re.fullmatch(pattern, mutated)
        if found and re.fullmatch(found.expand(affected), row):
            return True
    return row.lower() == mutated.lower()  # R2's page spells `partNumber` in two ways
