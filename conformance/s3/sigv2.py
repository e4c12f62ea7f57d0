"""Presigned URLs by the signature from before version 4, which clients still make by default.

Computed here from the specification; the SDK's own signer knows fewer parameters.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html.
"""

from __future__ import annotations

import base64
import hmac
from typing import Final
from urllib.parse import quote, urlsplit

from conformance.s3.endpoint import UNRESERVED, Credentials
from conformance.s3.operations import Call

# Parameters that are part of what is signed, of those that a probe sends.
SIGNED_PARAMETERS: Final = ("partNumber", "uploadId", "uploads", "versionId")


def signature(call: Call, credentials: Credentials, until: int) -> str:
    """The signature of a URL, in base64.

    Args:
        call: what the URL is for; `x-amz-` headers of it are signed.
        credentials: whose signature it is.
        until: when the URL stops being good, in seconds of Unix time.
    """
    headers = {name.lower(): value for name, value in call.headers.items()}
    amazon = [f"{name}:{headers[name]}" for name in sorted(headers) if name.startswith("x-amz-")]
    path = f"/{call.bucket}/{quote(call.key, safe=f'{UNRESERVED}/')}"
    asked = [
        f"{name}={call.query[name]}" if call.query[name] else name
        for name in SIGNED_PARAMETERS
        if name in call.query
    ]
    lines = [
        call.method,
        headers.get("content-md5", ""),
        headers.get("content-type", ""),
        str(until),
        *amazon,
        path + (f"?{'&'.join(asked)}" if asked else ""),
    ]
    key = credentials.secret_key.encode()
    return base64.b64encode(hmac.digest(key, "\n".join(lines).encode(), "sha1")).decode()


def spoilt(signature: str) -> str:
    """A signature with another first character: the last ones do not all count."""
    return ("B" if signature[0] == "A" else "A") + signature[1:]


def url(plain: str, credentials: Credentials, until: int, signature: str) -> str:
    """The URL with the signature in its query."""
    parameters = {
        "AWSAccessKeyId": credentials.access_key,
        "Expires": str(until),
        "Signature": signature,
    }
    if credentials.token:
        parameters["x-amz-security-token"] = credentials.token
    added = "&".join(
        f"{name}={quote(value, safe=UNRESERVED)}" for name, value in parameters.items()
    )
    return f"{plain}{'&' if urlsplit(plain).query else '?'}{added}"
