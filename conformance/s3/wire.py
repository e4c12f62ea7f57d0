"""A request as it goes out: its URL, its headers with the signature, and its bytes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypedDict
from urllib.parse import urlsplit

from conformance import __version__
from conformance.s3 import sigv2
from conformance.s3.endpoint import Credentials, Endpoint, sign
from conformance.s3.operations import Call
from conformance.s3.sigv4 import Chain, Chunked, Presigned, Signer, spoilt

USER_AGENT: Final = f"s3-conformance/{__version__}"
# Not signed, for proxies that rewrite them would break the signature.
UNSIGNED_HEADERS: Final = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}


Addressing = Literal["path", "virtual", "slash"]


class SendOptions(TypedDict, total=False):
    """How one call is sent, where it is not sent as usual.

    Attributes:
        credentials: instead of the endpoint's own.
        anonymous: send no signature at all.
        region: instead of the endpoint's own in the signature.
        invalid_signature: change the signature's last digit.
        idempotent: the call may be sent again if it is not answered, for it does the same twice.
        may_repeat: the same, where the connection was cut.
        as_answered: believe the first answer, whatever it says: it is what the call is about.
        asked_once: believe the first refusal, if it is none of the moment: the next may differ.
        payload: the value of `x-amz-content-sha256`, instead of the body's own digest.
        chunked: send the body in the framing aws-chunked.
        presigned: put the signature into the URL.
        addressing: where the bucket is named, instead of as usual; `slash` is in the path, with a
            slash behind it where there is no key.
        unsized: send the body in HTTP's own chunks and say no length.
        held: send `Expect: 100-continue`, and the body once the server has asked for it.
        all_spaces: sign the spaces of header values one by one, which the definition does not.
    """

    credentials: Credentials | None
    anonymous: bool
    region: str | None
    invalid_signature: bool
    idempotent: bool
    may_repeat: bool
    as_answered: bool
    asked_once: bool
    payload: str | None
    chunked: Chunked | None
    presigned: Presigned | None
    addressing: Addressing | None
    unsized: bool
    held: bool
    all_spaces: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A request as it goes out.

    Attributes:
        url: with the whole query, the signature's too.
        headers: all but those that the HTTP library adds.
        body: as it is sent, in its framing.
        signatures: the right one, and the spoilt one that is sent in its place; a presigned URL's
            is worth as much as a key for as long as the URL is good.
        repeatable: curl can sign the same request again.
        held: the body is sent once the server has asked for it.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes
    signatures: tuple[str, ...] = ()
    repeatable: bool = True
    held: bool = False


def prepare(endpoint: Endpoint, call: Call, options: SendOptions) -> Wire:
    """Sign a call as the options have it."""
    url = _address(endpoint, call, options.get("addressing"))
    wire = _signed(endpoint, call, url, options)
    if options.get("held"):
        wire = replace(wire, held=True)
    if options.get("unsized"):
        wire = replace(wire, repeatable=False)
    host, own = urlsplit(url).netloc, urlsplit(endpoint.address(call)).netloc
    if host == own:
        return wire
    # A name below the endpoint's own need not resolve: what counts is what the request says.
    url = url.replace(f"//{host}/", f"//{own}/", 1)
    return replace(wire, url=url, headers={**wire.headers, "Host": host}, repeatable=False)


def _address(endpoint: Endpoint, call: Call, addressing: Addressing | None) -> str:
    if addressing is None:
        return endpoint.address(call)
    kind: Literal["path", "virtual"] = "virtual" if addressing == "virtual" else "path"
    url = replace(endpoint, addressing=kind).address(call)
    if addressing == "slash" and not call.key:
        path, found, query = url.partition("?")
        return f"{path}/{found}{query}"
    return url


def _signed(endpoint: Endpoint, call: Call, url: str, options: SendOptions) -> Wire:
    headers = dict(call.headers)
    if options.get("held"):
        headers["Expect"] = "100-continue"
    # Without it the HTTP library sends a body in chunks.
    if (call.body or call.method in ("PUT", "POST")) and not options.get("unsized"):
        headers["Content-Length"] = str(len(call.body))
    if options.get("anonymous"):
        return _wire(url, headers, call.body)
    region = options.get("region")
    region = endpoint.region if region is None else region
    credentials = options.get("credentials") or endpoint.credentials
    presigned, chunked = options.get("presigned"), options.get("chunked")
    payload = options.get("payload")
    if presigned is not None and presigned.version == 2:
        return _presigned_once(call, url, credentials, presigned, options)
    if presigned is not None:
        signer = _signer(credentials, region, presigned.age)
        return _presigned(call, url, signer, presigned, invalid=options.get("invalid_signature"))
    if chunked is not None:
        sized = not options.get("unsized")
        return _chunked(call, url, _signer(credentials, region), chunked, sized=sized)
    if options.get("all_spaces"):
        digest = hashlib.sha256(call.body).hexdigest()
        signer = _signer(credentials, region)
        headers = signer.headers(call.method, url, headers, digest, all_spaces=True)
    elif payload is None:
        headers = sign(call, url, headers, credentials, region)
    else:
        headers = _signer(credentials, region).headers(call.method, url, headers, payload)
    signatures = [_last(headers["Authorization"])]
    if options.get("invalid_signature"):
        headers["Authorization"] = spoilt(headers["Authorization"])
        signatures.append(_last(headers["Authorization"]))
    return _wire(url, headers, call.body, *signatures)


def _last(text: str) -> str:
    """The signature at the end of a header or a URL."""
    return text.rpartition("=")[2]


def _signer(credentials: Credentials, region: str, age: int = 0) -> Signer:
    return Signer(credentials, region, datetime.now(UTC) - timedelta(seconds=age))


def _presigned(
    call: Call, url: str, signer: Signer, how: Presigned, *, invalid: bool | None
) -> Wire:
    expires = None if how.endless else how.expires
    signed = signer.url(how.method or call.method, url, call.headers, expires)
    signatures = [_last(signed)]
    if invalid:
        signed = spoilt(signed)
        signatures.append(_last(signed))
    if how.moved:
        signed = signed.replace(signer.date, _another_second(signer.date))
    if how.changed[0]:
        signed = signed.replace(*how.changed, 1)
    replaced = {name.lower() for name, _ in how.unsigned}
    headers = {name: value for name, value in call.headers.items() if name.lower() not in replaced}
    headers |= {name: value for name, value in how.unsigned if value}
    if call.body or call.method in ("PUT", "POST"):
        headers["Content-Length"] = str(len(call.body))
    return _wire(signed, headers, call.body, *signatures, repeatable=False)


def _presigned_once(
    call: Call, url: str, credentials: Credentials, how: Presigned, options: SendOptions
) -> Wire:
    """By the signature from before version 4."""
    until = int(time.time()) - how.age + how.expires
    signature = sigv2.signature(call, credentials, until)
    sent = sigv2.spoilt(signature) if options.get("invalid_signature") else signature
    headers = dict(call.headers)
    if call.body or call.method in ("PUT", "POST"):
        headers["Content-Length"] = str(len(call.body))
    signed = sigv2.url(url, credentials, until, sent)
    return _wire(signed, headers, call.body, signature, sent, repeatable=False)


def _another_second(date: str) -> str:
    """A date of a signature with another last digit: 20261126T093259Z."""
    return f"{date[:-2]}{'0' if date[-2] != '0' else '1'}Z"


def _chunked(call: Call, url: str, signer: Signer, how: Chunked, *, sized: bool) -> Wire:
    own = how.headers(call.body, call.headers)
    if not sized:
        del own["Content-Length"]
    headers = signer.headers(call.method, url, own, how.payload)
    seed = _last(headers["Authorization"])
    body = how.framed(call.body, Chain(signer, seed))
    return _wire(url, headers, body, seed, repeatable=not how.signed)


def _wire(
    url: str, headers: Mapping[str, str], body: bytes, *signatures: str, repeatable: bool = True
) -> Wire:
    return Wire(
        url=url,
        headers={**UNSIGNED_HEADERS, **headers},
        body=body,
        signatures=signatures,
        repeatable=repeatable,
    )
