"""Requests signed again, if the signature and the body that came are what they should be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from conformance.s3.endpoint import Credentials
from conformance.serve.aws_chunked import Unframed, WrongSignature
from conformance.serve.body import SMALL, MalformedBody, Spooled, spool
from conformance.serve.http import HOP, Answer, Headers, Request, error
from conformance.serve.signature import (
    MISMATCH,
    QUERY,
    UNSIGNED,
    Chain,
    Signature,
    refusal,
    signature_of,
)

SIGNATURE: Final = ("authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token")
CHUNKED: Final = ("x-amz-decoded-content-length", "x-amz-trailer")
STREAMING: Final = "STREAMING-"
SIGNED_CHUNKS: Final = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
_SCOPE: Final = re.compile(r"(Credential=[^,]*/[0-9]{8}/)[^/,]*(/[^/,]*/aws4_request)")


class Refused(Exception):
    """A request that is not signed again, with the answer that says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def verified(request: Request, keys: Mapping[str, Credentials]) -> Answer | None:
    """Why the signature of a request does not hold; None if it does, or nobody here can tell.

    A request without a signature of version 4, or of an access key that is not known here, is for
    the upstream endpoint to judge.
    """
    it = signature_of(request)
    known = keys.get(it.access_key) if it else None
    if it is None or known is None:
        return None
    return refusal(request, it, known, datetime.now(UTC))


def signed_again(
    request: Request,
    original: Request,
    keys: Mapping[str, Credentials],
    region: str | None = None,
) -> Request:
    """A changed request with a signature of its own, or as it is if it had none that is known.

    Args:
        request: what is to be sent.
        original: what came, with its signature.
        keys: by access key.
        region: to sign for, where that is another than it was signed for.

    Raises:
        Refused: the signature, or the body that it signs, is not what it should be.
    """
    it = signature_of(original)
    if it is None:
        return request  # anonymous it came, and anonymous it goes
    known = keys.get(it.access_key)
    if known is None:
        return request if region is None else _for_region(request, region)
    if answer := refusal(original, it, known, datetime.now(UTC)):
        raise Refused(answer)
    unchanged = request.body == original.body and request.stream is original.stream
    plain, body = _opened(request, original, it, known) if unchanged else _replaced(request)
    plain = plain.without(*SIGNATURE, *QUERY)
    headers = _sign(plain, known, it.region if region is None else region, body.sha256)
    if body.length > SMALL:
        return replace(plain, headers=headers, body=b"", stream=body.body())
    return replace(plain, headers=headers, body=body.body().read(), stream=None)


def _replaced(request: Request) -> tuple[Request, Spooled]:
    """A request whose body is ours."""
    plain = _without_framing(request) if _is_framed(request) else request
    return plain, spool(request.blocks)


def _opened(
    request: Request, original: Request, it: Signature, keys: Credentials
) -> tuple[Request, Spooled]:
    """A request with its body as it is meant, once the body is known to be what was signed."""
    said = original.header("x-amz-content-sha256") or UNSIGNED
    framed = _is_framed(original)
    chain = Chain(it, keys) if said.startswith(SIGNED_CHUNKS) else None
    frames = Unframed(request.blocks, chain) if framed else None
    try:
        body = spool(request.blocks if frames is None else frames)
    except MalformedBody as problem:
        raise Refused(error(400, "IncompleteBody", str(problem))) from problem
    except WrongSignature as problem:
        raise Refused(MISMATCH) from problem
    if frames is None:
        if said not in (UNSIGNED, body.sha256):
            body.file.close()
            text = "The provided 'x-amz-content-sha256' header does not match what was computed."
            raise Refused(error(400, "XAmzContentSHA256Mismatch", text))
        return request, body
    length = original.header("x-amz-decoded-content-length")
    if length is not None and length != str(body.length):
        body.file.close()
        text = "You did not provide the number of bytes specified by the Content-Length header"
        raise Refused(error(400, "IncompleteBody", text))
    plain = _without_framing(request)
    sums = tuple((n, v) for n, v in frames.trailers.items() if n.startswith("x-amz-checksum-"))
    return replace(plain, headers=(*plain.headers, *sums)), body


def _is_framed(request: Request) -> bool:
    return (request.header("x-amz-content-sha256") or "").startswith(STREAMING)


def _without_framing(request: Request) -> Request:
    """The request without the headers of `aws-chunked`."""
    encoding = [
        word.strip()
        for word in (request.header("Content-Encoding") or "").split(",")
        if word.strip() not in ("", "aws-chunked")
    ]
    plain = request.without(*CHUNKED, "Content-Encoding")
    kept = (("Content-Encoding", ", ".join(encoding)),) if encoding else ()
    return replace(plain, headers=(*plain.headers, *kept))


def _for_region(request: Request, region: str) -> Request:
    """The request with another region in its scope, for an endpoint that verifies no signature."""
    headers = tuple(
        (n, _SCOPE.sub(rf"\g<1>{region}\g<2>", v) if n.lower() == "authorization" else v)
        for n, v in request.headers
    )
    return replace(request, headers=headers)


class _Signer(S3SigV4Auth):  # type: ignore[misc]
    """Signs with a digest of the body that is known already."""

    def __init__(self, digest: str, *args: Any) -> None:
        super().__init__(*args)
        self._digest = digest

    def payload(self, request: AWSRequest) -> str:  # noqa: ARG002 - the name and form are botocore's
        return self._digest


def _sign(request: Request, keys: Credentials, region: str, digest: str) -> Headers:
    boto = BotoCredentials(keys.access_key, keys.secret_key, keys.token)
    host = request.header("Host") or ""
    aws = AWSRequest(
        method=request.method,
        url=f"http://{host}{request.target}",
        headers={n: v for n, v in request.headers if n.lower() not in HOP},
    )
    _Signer(digest, boto, "s3", region).add_auth(aws)
    return tuple((name, str(value)) for name, value in aws.headers.items())
