"""moto made strict: what a request signs, digests and frames is verified before moto sees it.

moto verifies no signature, digest or trailer, so most of what a body or a presigned URL promises
cannot be shown on it alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import unquote

from conformance.s3.checksums import DIGESTS, checksum, checksum_header, content_md5
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.sigv4 import AWS_CHUNKED, UNSIGNED, Chain, Signer
from conformance.serve import http
from conformance.serve.http import Answer, Request, error
from conformance.serve.upstream import Upstream
from tests import strict_forms, strict_rules

KEYS: Final = Credentials(access_key="strict-access", secret_key="strict-secret")
DATE: Final = "%Y%m%dT%H%M%SZ"
NAMED: Final = "x-amz-sdk-checksum-algorithm"
CHECKSUMS: Final = {checksum_header(name): name for name in DIGESTS}
CODING: Final = "Content-Encoding"
SKEW: Final = timedelta(minutes=15)
SMALLEST: Final = 8192  # of a chunk that is not the last
IDS: Final = (("x-amz-request-id", "strict"), ("x-amz-id-2", "strict"))


class Refused(Exception):
    """A request that is not passed on, with the answer to it."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        plain = error(status, code, code)
        body = plain.body.replace(b"</Error>", b"<RequestId>strict</RequestId></Error>")
        self.answer = replace(plain, body=body)


@dataclass(frozen=True, slots=True)
class _Signature:
    """What a request says of its signature.

    Attributes:
        signer: makes the same one.
        signature: the one that came.
        names: of the signed headers, in lower case.
    """

    signer: Signer
    signature: str
    names: tuple[str, ...]

    def require(self, request: Request, target: str, payload: str) -> None:
        """Refuse a request that has another signature than its own."""
        headers = {
            name: request.header(name) or "" for name in self.names if name.lower() != "host"
        }
        url = f"http://{request.header('Host')}{target}"
        if self.signer.request(request.method, url, headers, payload) != self.signature:
            raise Refused(403, "SignatureDoesNotMatch")


@contextmanager
def strict(moto: Endpoint) -> Iterator[Endpoint]:
    """A server in front of moto that verifies what it is sent."""
    with Upstream(moto.url) as upstream, http.serving(_respond(upstream.ask)) as url:
        yield replace(moto, url=url, credentials=KEYS)


def _respond(ask: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
    announced: dict[str, str] = {}

    def respond(request: Request) -> Answer:
        try:
            _ruled(request, ask)
            _announced(request, announced)
            right = _within_limits(_summed(_verified(request)))
            many = "delete" in right.parameters and b"<ETag>" in right.body
            answer = strict_rules.deletion(right, ask) if many else ask(_any_etag(right))
            answer = _summed_by_default(request, answer)
            found = re.search(rb"<UploadId>([^<]*)</UploadId>", answer.body)
            if found and request.method == "POST" and "uploads" in request.parameters:
                announced[found[1].decode()] = request.header("x-amz-checksum-algorithm") or ""
            # moto tells strangers so in HTML.
            html = answer.status == 403 and b"<Error>" not in answer.body
            answer = Refused(403, "AccessDenied").answer if html else answer
            return replace(answer, headers=(*answer.headers, *IDS))
        except Refused as refusal:
            return refusal.answer

    return respond


def _ruled(request: Request, ask: Callable[[Request], Answer]) -> None:
    """Refuse tokens of no session, URLs without a signature, lists of no parts, and some copies."""
    asked = request.parameters
    if "X-Amz-Algorithm" in asked and "X-Amz-Signature" not in asked:
        raise Refused(400, "AuthorizationQueryParametersError")
    fault = (
        strict_rules.token(request)
        or strict_rules.completion(request, ask)
        or strict_rules.destination(request, ask)
    )
    if fault is not None:
        raise Refused(*fault)


def _announced(request: Request, algorithms: Mapping[str, str]) -> None:
    """Refuse a part whose checksum is of another algorithm than its upload has announced."""
    right = algorithms.get(request.parameters.get("uploadId", ""))
    sent = [name for header, name in CHECKSUMS.items() if request.header(header) is not None]
    if request.method == "PUT" and right and sent and right not in sent:
        raise Refused(400, "InvalidRequest")


def _verified(request: Request) -> Request:
    """The request as moto is to see it: without framing."""
    if "X-Amz-Signature" in request.parameters:
        return _presigned(request)
    if strict_rules.is_legacy(request):
        if wrong := strict_rules.legacy(request, KEYS):
            raise Refused(*wrong)
        return request
    said = request.header("Authorization")
    if said is None:
        if strict_forms.is_form(request) and (wrong := strict_forms.fault(request, KEYS)):
            raise Refused(*wrong)
        return request
    fields = dict(it.strip().split("=", 1) for it in said.partition(" ")[2].split(","))
    signature = _signature(
        fields["Credential"],
        request.header("x-amz-date") or "",
        fields["Signature"],
        fields["SignedHeaders"],
    )
    payload = request.header("x-amz-content-sha256") or ""
    signature.require(request, request.target, payload)
    if payload.startswith("STREAMING-"):
        try:
            return _unframed(request, signature, payload)
        except ValueError:  # no number where a chunk's size should be
            raise Refused(400, "IncompleteBody") from None
    if payload != UNSIGNED and len(payload) != 64:
        raise Refused(400, "InvalidArgument")
    if payload not in (UNSIGNED, hashlib.sha256(request.body).hexdigest()):
        raise Refused(400, "XAmzContentSHA256Mismatch")
    return request


def _signature(credential: str, date: str, signature: str, names: str) -> _Signature:
    access_key, _, region, *_ = credential.split("/")
    if access_key != KEYS.access_key:
        raise Refused(403, "InvalidAccessKeyId")
    moment = datetime.strptime(date, DATE).replace(tzinfo=UTC)
    return _Signature(Signer(KEYS, region, moment), signature, tuple(names.split(";")))


def _presigned(request: Request) -> Request:
    asked = request.parameters
    if "X-Amz-Expires" not in asked:
        raise Refused(400, "AuthorizationQueryParametersError")
    signature = _signature(
        asked["X-Amz-Credential"],
        asked["X-Amz-Date"],
        asked["X-Amz-Signature"],
        asked["X-Amz-SignedHeaders"],
    )
    moment = datetime.strptime(asked["X-Amz-Date"], DATE).replace(tzinfo=UTC)
    if not 1 <= int(asked["X-Amz-Expires"]) <= 604800:
        raise Refused(400, "AuthorizationQueryParametersError")
    over = moment + timedelta(seconds=int(asked["X-Amz-Expires"])) < datetime.now(UTC)
    if over or moment - SKEW > datetime.now(UTC):
        raise Refused(403, "AccessDenied")
    if any(
        name.startswith("x-amz-") and name not in signature.names
        for name in request.names - {"x-amz-content-sha256"}
    ):
        raise Refused(403, "AccessDenied")
    kept = [pair for pair in request.query if not pair.startswith("X-Amz-Signature=")]
    signature.require(request, f"{request.path}?{'&'.join(kept)}", UNSIGNED)
    return request  # moto takes whatever is signed at all


def _unframed(request: Request, signature: _Signature, payload: str) -> Request:
    signed = not payload.startswith("STREAMING-UNSIGNED")
    chain = Chain(signature.signer, signature.signature)
    body, rest, size = b"", request.body, 1
    sizes: list[int] = []
    while size:
        head, _, rest = rest.partition(b"\r\n")
        number, _, extension = head.decode().partition(";")
        size = int(number, 16)
        piece, rest = rest[:size], rest[size:]
        if size:
            if not rest.startswith(b"\r\n"):
                raise Refused(400, "IncompleteBody")
            rest = rest[2:]
            sizes.append(size)
        if signed and extension.partition("=")[2] != chain.chunk(piece):
            raise Refused(403, "SignatureDoesNotMatch")
        body += piece
    if any(each < SMALLEST for each in sizes[:-1]):
        raise Refused(403, "InvalidChunkSizeError")
    if not rest.endswith(b"\r\n"):
        raise Refused(400, "IncompleteBody")
    if str(len(body)) != request.header("x-amz-decoded-content-length"):
        raise Refused(400, "IncompleteBody")
    lines = dict(line.split(":", 1) for line in rest.decode().split("\r\n") if line)
    told = lines.pop("x-amz-trailer-signature", "")
    text = "".join(f"{name}:{value}\n" for name, value in lines.items())
    if signed and lines and told != chain.trailer(text):
        raise Refused(403, "SignatureDoesNotMatch")
    codings = [it for it in (request.header(CODING) or "").split(",") if it != AWS_CHUNKED]
    plain = request.without(
        CODING, "x-amz-decoded-content-length", "x-amz-trailer", "x-amz-content-sha256"
    )
    kept = ((CODING, ",".join(codings)),) if codings else ()
    return replace(plain, headers=(*plain.headers, *kept, *lines.items()), body=body)


def _any_etag(request: Request) -> Request:
    """Leave out `*` as the condition of a deletion, which moto does not know."""
    deletes = request.method == "DELETE" and request.header("If-Match") == "*"
    return request.without("If-Match") if deletes else request


def _summed(request: Request) -> Request:
    """Refuse a body that has not the checksum that its headers say."""
    if request.method not in ("PUT", "POST") or "uploads" in request.parameters:
        return request
    whole = request.method == "POST" and "uploadId" in request.parameters
    sent = [name for header, name in CHECKSUMS.items() if request.header(header) is not None]
    named = request.header(NAMED)
    if len(sent) > 1 or (sent and named is not None and named != sent[0]):
        raise Refused(400, "InvalidRequest")
    for header, algorithm in CHECKSUMS.items():
        told = request.header(header)
        if told is not None and not whole and told != checksum(algorithm, request.body):
            raise Refused(400, "BadDigest")
        if told is not None and not whole and request.header(NAMED) is None:
            # moto keeps one whose algorithm is named
            request = replace(request, headers=(*request.headers, (NAMED, algorithm)))
    return request


def _summed_by_default(request: Request, answer: Answer) -> Answer:
    """An object that was sent without a checksum has one when it is asked for."""
    asked = request.method == "GET" and request.header("x-amz-checksum-mode") is not None
    if answer.status != 200 or not asked or any(map(answer.header, CHECKSUMS)):
        return answer
    value = checksum("CRC64NVME", answer.body)
    return replace(answer, headers=(*answer.headers, (checksum_header("CRC64NVME"), value)))


def _within_limits(request: Request) -> Request:
    """Refuse what is larger or more than S3 takes."""
    md5 = request.header("Content-MD5")
    if md5 is not None and len(md5) != 24:
        raise Refused(400, "InvalidDigest")
    if md5 is not None and md5 != content_md5(request.body)["Content-MD5"]:
        raise Refused(400, "BadDigest")
    if len(unquote(request.path).encode().partition(b"/")[2].partition(b"/")[2]) > 1024:
        raise Refused(400, "KeyTooLongError")
    metadata = [pair for pair in request.headers if pair[0].lower().startswith("x-amz-meta-")]
    if sum(len(name) + len(value) for name, value in metadata) > 2048:
        raise Refused(400, "MetadataTooLarge")
    if ".." in request.path.strip("/").partition("/")[0]:
        raise Refused(400, "InvalidBucketName")
    if "delete" in request.parameters and request.body.count(b"<Object>") > 1000:
        raise Refused(400, "MalformedXML")
    return request
