"""Signature Version 4 as a server checks it: in the header, in the query, and chunk by chunk.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from conformance.s3.endpoint import UNRESERVED, Credentials
from conformance.serve.http import Answer, Request, error

ALGORITHM: Final = "AWS4-HMAC-SHA256"
UNSIGNED: Final = "UNSIGNED-PAYLOAD"
EMPTY: Final = hashlib.sha256(b"").hexdigest()
SKEW: Final = timedelta(minutes=15)
LONGEST: Final = 7 * 24 * 3600
# Of a presigned URL's parameters, those that are the signature's.
QUERY: Final = frozenset(
    f"X-Amz-{name}"
    for name in (
        *("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"),
        "Security-Token",
    )
)
MISMATCH: Final = error(
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature that came with a request.

    Attributes:
        access_key: whose it is.
        day: of its scope, as YYYYMMDD.
        region: of its scope; may be empty.
        service: of its scope.
        signed: names of the signed headers, in lower case.
        value: in hexadecimal.
        timestamp: as YYYYMMDD'T'HHMMSS'Z'.
        expires: for how many seconds it holds; None in a header.
        token: of the session, if there is one.
    """

    access_key: str
    day: str
    region: str
    service: str
    signed: tuple[str, ...]
    value: str
    timestamp: str
    expires: int | None = None
    token: str | None = None

    @property
    def scope(self) -> str:
        return f"{self.day}/{self.region}/{self.service}/aws4_request"


def signature_of(request: Request) -> Signature | None:
    """The signature of a request; None where it has none of version 4."""
    parameters = request.parameters
    if parameters.get("X-Amz-Algorithm") == ALGORITHM:
        expires = parameters.get("X-Amz-Expires", "")
        return _parsed(
            parameters.get("X-Amz-Credential", ""),
            parameters.get("X-Amz-SignedHeaders", ""),
            parameters.get("X-Amz-Signature", ""),
            timestamp=parameters.get("X-Amz-Date", ""),
            expires=int(expires) if expires.isdecimal() and len(expires) < 9 else -1,
            token=parameters.get("X-Amz-Security-Token"),
        )
    scheme, _, rest = (request.header("Authorization") or "").strip().partition(" ")
    if scheme != ALGORITHM:
        return None
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    return _parsed(
        parts.get("Credential", ""),
        parts.get("SignedHeaders", ""),
        parts.get("Signature", ""),
        timestamp=request.header("x-amz-date") or "",
        token=request.header("x-amz-security-token"),
    )


def _parsed(
    credential: str,
    signed: str,
    value: str,
    *,
    timestamp: str,
    expires: int | None = None,
    token: str | None = None,
) -> Signature | None:
    words = credential.rsplit("/", 4)  # an access key may have slashes
    if len(words) != 5 or words[4] != "aws4_request":
        return None
    return Signature(
        access_key=words[0],
        day=words[1],
        region=words[2],
        service=words[3],
        signed=tuple(signed.lower().split(";")),
        value=value,
        timestamp=timestamp,
        expires=expires,
        token=token,
    )


def refusal(request: Request, it: Signature, keys: Credentials, now: datetime) -> Answer | None:
    """Why a signature is not accepted; None if it is.

    The digest of the body that was signed is taken as it stands; whether it is the body's is for
    who reads the body.
    """
    if not hmac.compare_digest(_expected(request, it, keys).encode(), it.value.encode()):
        return MISMATCH
    if keys.token and not hmac.compare_digest(keys.token.encode(), (it.token or "").encode()):
        return error(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
    # Signing the request anew would give them the force of what its author signed.
    unsigned = sorted(n for n in request.names - {*it.signed} if n.startswith("x-amz-"))
    if unsigned:
        text = f"There were headers present in the request which were not signed: {unsigned[0]}"
        return error(403, "AccessDenied", text)
    return _untimely(it, now)


def _untimely(it: Signature, now: datetime) -> Answer | None:
    try:
        made = datetime.strptime(it.timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return error(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date")
    if it.expires is None:
        if abs(now - made) > SKEW:
            text = "The difference between the request time and the server's time is too large."
            return error(403, "RequestTimeTooSkewed", text)
        return None
    if not 0 < it.expires <= LONGEST:
        return error(400, "AuthorizationQueryParametersError", "X-Amz-Expires is not valid")
    if made - SKEW <= now <= made + timedelta(seconds=it.expires):
        return None
    return error(403, "AccessDenied", "Request has expired, or is not valid yet")


def signing_key(it: Signature, keys: Credentials) -> bytes:
    """The key that requests, chunks and trailers are signed with."""
    key = f"AWS4{keys.secret_key}".encode()
    for word in (*it.scope.split("/")[:-1], "aws4_request"):
        key = hmac.digest(key, word.encode(), "sha256")
    return key


def _expected(request: Request, it: Signature, keys: Credentials) -> str:
    digest = hashlib.sha256(_canonical(request, it).encode("utf-8", "surrogateescape")).hexdigest()
    text = f"{ALGORITHM}\n{it.timestamp}\n{it.scope}\n{digest}"
    return hmac.digest(signing_key(it, keys), text.encode(), "sha256").hex()


def _canonical(request: Request, it: Signature) -> str:
    headers: dict[str, list[str]] = {}
    for name, value in request.headers:
        headers.setdefault(name.lower(), []).append(" ".join(value.split()))
    lines = [f"{name}:{','.join(headers.get(name, []))}\n" for name in it.signed]
    return "\n".join(
        (
            request.method,
            quote(unquote_to_bytes(request.path), safe=f"{UNRESERVED}/"),
            "&".join(sorted(_pairs(request))),
            "".join(lines),
            ";".join(it.signed),
            _payload(request, it),
        )
    )


def _pairs(request: Request) -> list[str]:
    found = []
    for pair in request.query:
        name, _, value = pair.partition("=")
        parts = [quote(unquote_to_bytes(part), safe=UNRESERVED) for part in (name, value)]
        if parts[0] != "X-Amz-Signature":
            found.append("=".join(parts))
    return found


def _payload(request: Request, it: Signature) -> str:
    said = request.header("x-amz-content-sha256")
    if it.expires is not None:
        return said if said and "x-amz-content-sha256" in it.signed else UNSIGNED
    return said or hashlib.sha256(request.body).hexdigest()


class Chain:
    """The signatures of a body's chunks, each of which signs the one before.

    Args:
        it: the request's signature, the first of the chain.
        keys: whose.
    """

    def __init__(self, it: Signature, keys: Credentials) -> None:
        self._it = it
        self._key = signing_key(it, keys)
        self._last = it.value

    def holds(self, signature: str, chunk_sha256: str) -> bool:
        """Whether a chunk has the signature it should have."""
        return self._next(signature, f"{ALGORITHM}-PAYLOAD", (EMPTY, chunk_sha256))

    def holds_trailer(self, signature: str, trailers: Mapping[str, str]) -> bool:
        """Whether the trailers have the signature they should have."""
        text = "".join(f"{name}:{value}\n" for name, value in trailers.items())
        return self._next(
            signature, f"{ALGORITHM}-TRAILER", (hashlib.sha256(text.encode()).hexdigest(),)
        )

    def _next(self, signature: str, kind: str, digests: tuple[str, ...]) -> bool:
        text = "\n".join((kind, self._it.timestamp, self._it.scope, self._last, *digests))
        self._last = hmac.digest(self._key, text.encode(), "sha256").hex()
        return hmac.compare_digest(self._last, signature)
