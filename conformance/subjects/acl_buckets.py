"""Buckets that take access control lists, and public ones too.

S3's buckets take no ACL unless they are created so that they do, and block public access until
that is put off.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import Undecided, Workbench
from conformance.subjects.bucket_configuration import Place
from conformance.subjects.bucket_configurations import CONFIGURED_BY

CANNED: Final = "x-amz-acl"
TAKES_ACLS: Final = {"x-amz-object-ownership": "ObjectWriter"}


def bucket_with_acls(bench: Workbench) -> str:
    """A bucket of the probe's own that takes ACLs, as far as one can be told to.

    Raises:
        Undecided: no bucket can be created.
    """
    try:
        return bench.new_bucket(TAKES_ACLS)
    except Undecided:
        return bench.new_bucket()


def unblock(bench: Workbench, bucket: str) -> None:
    """Let public ACLs and policies in, where the server would block them."""
    block = CONFIGURED_BY["PutPublicAccessBlock"][1]
    bench.attempt(block.put(Place(bucket=bucket), "none of them"))
