"""Which verdict is right of a row that is ignored or refused, and why where it is another."""

from __future__ import annotations

import re
from typing import Final

from conformance.subjects.key_service import KEY_ID
from conformance.verdict import Observed

USUAL: Final = {"ignore": (Observed.IGNORED,), "refuse": (Observed.REJECTED,)}

# Whole ids of rows, the kind, the verdicts that are right too, and why.
EXCEPTIONS: Final[tuple[tuple[str, str, tuple[Observed, ...], str], ...]] = (
    ("(Get|Head)Object", "ignore", (Observed.BROKEN,), "a nod is an object without bytes: wrong"),
    ("PutBucketAcl/x-amz-.*", "ignore", (Observed.REJECTED, Observed.BROKEN),
        "a request for no ACL at all is refused, or breaks the server"),
    (f".*/{KEY_ID}", "ignore", (Observed.REJECTED,), "aws:kms without a key's id may be refused"),
    (".*/Content-MD5", "ignore", (Observed.REJECTED,),
        "who demands a digest and does not know this one refuses for lack of any"),
    ("CreateMultipartUpload/uploads", "ignore", (Observed.REJECTED, Observed.BROKEN),
        "without it a POST of a key is no request that S3 has"),
    ("(UploadPart|UploadPartCopy)/partNumber", "ignore", (Observed.REJECTED, Observed.BROKEN),
        "a part without a number may be refused, or break the server"),
    ("Complete.*/uploadId", "ignore", (Observed.REJECTED, Observed.BROKEN),
        "without it a POST of a key is no request that S3 has"),
    ("UploadPart/x-amz-checksum-.*", "ignore", (Observed.REJECTED,),
        "who demands the checksum that the upload announced, and reads none, refuses for its lack"),
    (".*/x-amz-trailer", "ignore", (Observed.SUPPORTED, Observed.PARTIAL),
        "that a trailer comes is said by x-amz-content-sha256 too, and its name by the trailer"),
    ("Region/.*/signing", "refuse", (Observed.UNKNOWN,),
        "who is refused the region of all requests cannot observe anything"),
    ("Region/.*/signing", "ignore", (Observed.UNPROVEN,),
        "who looks at no signature looks at no region in it: nothing can be seen"),
)  # fmt: skip


def right_words(row: str, kind: str) -> tuple[Observed, ...]:
    """The verdicts that are right of a row that was broken so."""
    more = (words for rows, its, words, _ in EXCEPTIONS if its == kind and re.fullmatch(rows, row))
    return (*USUAL[kind], *(word for words in more for word in words))
