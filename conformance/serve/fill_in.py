"""Documented features that the proxy emulates, because most upstream endpoints lack them.

The proxy compares a digest, refuses an invalid storage class, encodes a listing, replaces an object
only if its date matches, and copies a part with SSE-C or refuses to copy it without the keys. This
makes no difference if the upstream endpoint supports these features itself.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from typing import Final
from urllib.parse import quote_plus
from xml.sax.saxutils import escape

from conformance.serve.http import Answer, Headers, Request, error

Ask = Callable[[Request], Answer]

MD5: Final = "Content-MD5"
CLASS: Final = "x-amz-storage-class"
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
CLASSES: Final = (
    *("STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING"),
    *("GLACIER", "DEEP_ARCHIVE", "OUTPOSTS", "GLACIER_IR", "SNOW", "EXPRESS_ONEZONE"),
    "FSX_OPENZFS",
)
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
ENCODED: Final = re.compile(rb"<(Key|Prefix|Delimiter|KeyMarker|NextKeyMarker)>([^<]*)</\1>")
ENCODING: Final = re.compile(rb"<EncodingType>[^<]*</EncodingType>|<EncodingType ?/>")
LISTING_END: Final = b"</ListMultipartUploadsResult>"
DATES: Final = ("If-Modified-Since", "If-Unmodified-Since")
CUSTOMER: Final = "x-amz-server-side-encryption-customer-"
SOURCE: Final = "x-amz-copy-source"
SOURCE_CUSTOMER: Final = f"{SOURCE}-server-side-encryption-customer-"
CONNECTION: Final = ("host", "authorization", "x-amz-date", "x-amz-security-token")


def supplied(
    request: Request, operation: str, prefix: str, documented: Callable[[str], bool], ask: Ask
) -> Answer:
    """The answer to a request that the vendor serves.

    Args:
        request: as it came.
        operation: what it is.
        prefix: of the endpoint's paths.
        documented: whether a feature of the operation is documented as implemented.
        ask: sends a request to the upstream endpoint, signed again if it was changed.
    """
    if documented(MD5) and (wrong := _digest(request)):
        return wrong
    value = request.header(CLASS)
    if documented(CLASS) and value is not None and value not in CLASSES:
        return error(400, "InvalidStorageClass", f"the storage class {value} does not exist")
    encoded = request.parameters.get("encoding-type") == "url"
    if operation == "ListMultipartUploads" and encoded and documented("encoding-type"):
        return _encoded(ask(request.without("encoding-type")))
    keys = documented(f"{CUSTOMER}key") or documented(f"{SOURCE_CUSTOMER}key")
    if operation == "UploadPartCopy" and keys:
        return _copied(request, prefix, ask)
    if operation == "PutObject" and any(request.header(n) and documented(n) for n in DATES):
        return _if_dated(request, ask)
    return ask(request)


def _if_dated(request: Request, ask: Ask) -> Answer:
    """PutObject, if the object that is there is of the right date."""
    dates = (*CONNECTION, *(name.lower() for name in DATES))
    kept = tuple((n, v) for n, v in request.headers if n.lower() in dates)
    there = ask(replace(request, method="HEAD", headers=kept, body=b"", stream=None))
    if there.status in (304, 412):
        return error(412, "PreconditionFailed", "the object has another date")
    return ask(request.without(*DATES))


def _digest(request: Request) -> Answer | None:
    """The refusal of a body that has another digest than is said, or of what is no digest."""
    said = request.header(MD5)
    framed = (request.header("x-amz-content-sha256") or "").startswith("STREAMING-")
    if said is None or framed:  # a digest of what is inside the frames is for the store to compare
        return None
    try:
        digest = base64.b64decode(said, validate=True)
    except binascii.Error:
        digest = b""
    if len(digest) != hashlib.md5(usedforsecurity=False).digest_size:
        return error(400, "InvalidDigest", "the Content-MD5 is not valid")
    if request.stream is not None:
        request.stream.expect_md5(digest)
        return None
    if digest != hashlib.md5(request.body, usedforsecurity=False).digest():
        return error(400, "BadDigest", "the Content-MD5 is not that of the body")
    return None


def _encoded(answer: Answer) -> Answer:
    """A listing with its keys encoded as a form's values are, which is how S3 does it."""
    if answer.status != 200:
        return answer
    answer = answer.held()

    def encode(found: re.Match[bytes]) -> bytes:
        text = quote_plus(unescape(found[2].decode()), safe="/").encode()
        return b"<%s>%s</%s>" % (found[1], text, found[1])

    body = ENCODED.sub(encode, ENCODING.sub(b"", answer.body))
    said = b"<EncodingType>url</EncodingType>"
    return replace(answer, body=body.replace(LISTING_END, said + LISTING_END))


def _copied(request: Request, prefix: str, ask: Ask) -> Answer:
    """UploadPartCopy as what it is made of: GetObject of the source, and UploadPart."""
    source = (request.header(SOURCE) or "").lstrip("/")
    read = Request(
        method="GET",
        target=f"{prefix}/{source}",
        headers=tuple(_of_source(request)),
        body=b"",
    )
    got = ask(read)
    if got.status in (304, 412):
        return error(412, "PreconditionFailed", "a condition on the source does not hold")
    if got.status >= 300:
        return got
    kept = tuple(
        (n, v)
        for n, v in request.headers
        if n.lower() in CONNECTION or n.lower().startswith(CUSTOMER)
    )
    put = ask(replace(request, headers=kept, body=got.body, stream=got.stream))
    if put.status >= 300:
        return put
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    etag = escape(put.header("ETag") or "")
    body = f"<CopyPartResult><LastModified>{now}</LastModified><ETag>{etag}</ETag></CopyPartResult>"
    said: Headers = tuple((n, v) for n, v in put.headers if n.lower().startswith(CUSTOMER))
    return Answer(
        status=200, headers=(("Content-Type", "application/xml"), *said), body=body.encode()
    )


def _of_source(request: Request) -> Iterator[tuple[str, str]]:
    """The headers of GetObject that those of a copy about its source stand for."""
    for name, value in request.headers:
        lower = name.lower()
        if lower in CONNECTION:
            yield name, value
        elif lower.startswith(SOURCE_CUSTOMER):
            yield f"{CUSTOMER}{lower.removeprefix(SOURCE_CUSTOMER)}", value
        elif lower == f"{SOURCE}-range":
            yield "Range", value
        elif lower.startswith(f"{SOURCE}-if-"):
            yield lower.removeprefix(f"{SOURCE}-"), value
