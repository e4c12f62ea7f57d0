"""What can go wrong with encryption, locks, grants, owners, payers and digests."""

from __future__ import annotations

from functools import partial
from typing import Final

from conformance.s3.checksums import checksum, checksum_header, content_md5
from conformance.subjects.customer_keys import HEADER, SOURCE_HEADER, names
from tests.mutants.damages.damage import Line, anywhere, or_ignored, wrong
from tests.mutants.damaging import (
    carrying,
    done_all_the_same,
    headed,
    is_head,
    lenient,
    other,
    reads,
    stored_differently,
    unchecked,
    when,
)
from tests.mutants.remembering import echoed, unguarded

KEY_TRIPLE: Final = names(HEADER)
SOURCE_TRIPLE: Final = names(SOURCE_HEADER)
NO_OTHER_EFFECT: Final = "to refuse is all that the header does, so who never refuses ignores it"
FOR_ALL: Final = "done whether it is asked for or not, it is no effect of the row's"


def md5(body: bytes) -> str:
    return content_md5(body)["Content-MD5"]


LINES: Final[tuple[Line, ...]] = (
    # Keys of a customer's.
    (".*/x-amz-server-side-encryption-customer-.*", or_ignored(
        "what is served without its key is not encrypted",
        anywhere("served without the key", unguarded(*KEY_TRIPLE)))),
    (".*/x-amz-server-side-encryption-customer-key", anywhere("served with any key",
        unguarded(*KEY_TRIPLE, wrong=True))),
    ("(PutObject|CreateMultipartUpload|CopyObject)/x-amz-server-side-encryption-customer-.*",
        or_ignored("the answer is an echo, and nothing is encrypted",
            anywhere("only echoed", echoed(*KEY_TRIPLE)))),
    (".*/x-amz-copy-source-server-.*", anywhere("copied without the key",
        unguarded(*KEY_TRIPLE, source=SOURCE_TRIPLE))),
    (".*/x-amz-copy-source-server-.*-key", anywhere("copied with any key",
        unguarded(*KEY_TRIPLE, source=SOURCE_TRIPLE, wrong=True))),
    # Keys of the server's.
    *((f".*/{name}", or_ignored("the answer is an echo, and any value is taken",
        anywhere("only echoed", echoed(name))))
      for name in ("x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id")),
    *((f".*/{name}", or_ignored(NO_OTHER_EFFECT, anywhere("takes any value", when(
        carrying(name), lenient(name, "x-amz-server-side-encryption",
                                "x-amz-server-side-encryption-aws-kms-key-id")))))
      for name in ("x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id",
                   "x-amz-server-side-encryption-context")),
    *((f"(PutObject|CreateMultipartUpload|CopyObject)/{name}", anywhere("not told", when(
        is_head, headed(name, value))))
      for name, value in (("x-amz-server-side-encryption", "aws:other"),
                          ("x-amz-server-side-encryption-aws-kms-key-id", "other"))),
    # Owners.
    *((f"{operation}/x-amz-expected-bucket-owner", wrong("refused, and done",
        done_all_the_same("x-amz-expected-bucket-owner")))
      for operation in ("PutObject", "CopyObject", "CompleteMultipartUpload", "DeleteObject")),
    ("CopyObject/x-amz-source-expected-bucket-owner", wrong("refused, and done",
        done_all_the_same("x-amz-source-expected-bucket-owner"))),
    (".*/x-amz-(source-)?expected-bucket-owner", or_ignored(NO_OTHER_EFFECT, wrong(
        "strangers are served", lenient(
            "x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner")))),
    # Digests.
    ("(PutObject|UploadPart)/Content-MD5", wrong("refused, and stored",
        done_all_the_same("Content-MD5"))),
    (".*/Content-MD5", or_ignored(NO_OTHER_EFFECT, wrong(
        "takes any digest", unchecked("Content-MD5", md5)))),
    *((f"Checksum/{name}/.*", anywhere("another value", when(
        reads, headed(f"x-amz-checksum-{name.lower()}", other))))
      for name in ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")),
    ("Checksum/.*", anywhere("another type", when(
        reads, headed("x-amz-checksum-type", lambda v: (
            "COMPOSITE" if v == "FULL_OBJECT" else "FULL_OBJECT"))))),
    *((f"Checksum/{name}/.*", or_ignored(
        "where it is shown of every object, to refuse is all that it does", anywhere(
            "takes any value", unchecked(checksum_header(name), partial(checksum, name)))))
      for name in ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")),
    ("CopyObject/x-amz-checksum-algorithm", anywhere("another value", when(
        is_head, headed("x-amz-checksum-sha256", other)))),
    ("CopyObject/x-amz-checksum-algorithm", or_ignored(FOR_ALL, wrong("another algorithm",
        stored_differently("x-amz-checksum-algorithm", "SHA1")))),
)  # fmt: skip
