"""Signature Version 4 where the SDK's signer does not go: presigned URLs and aws-chunked bodies.

Computed here from the specification, so that a fault of an SDK is not taken for one of a server.
Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import quote, urlsplit

from conformance.s3.endpoint import UNRESERVED, Credentials

ALGORITHM: Final = "AWS4-HMAC-SHA256"
UNSIGNED: Final = "UNSIGNED-PAYLOAD"
PAYLOAD: Final = "x-amz-content-sha256"
AWS_CHUNKED: Final = "aws-chunked"
EMPTY: Final = hashlib.sha256(b"").hexdigest()

Fault = Literal["", "size", "short", "cut", "end"]
Streaming = Literal[
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Presigned:
    """A request whose signature is in its URL.

    Attributes:
        expires: seconds for which the URL is good.
        age: seconds that have passed since it was signed.
        unsigned: headers that are sent and not signed; they take the place of signed ones, and an
            empty value removes one.
        changed: text of the URL and what takes its place once it is signed. The sandbox knows the
            call's own key alone, so no request that writes may be turned to another.
        moved: the last digit of the date is another once the URL is signed.
        method: of HTTP that the URL is signed for, where it is sent with another.
        endless: `X-Amz-Expires` is left out.
        version: of the signature; of 2 the URL is good for `expires` and has no other option.
    """

    expires: int = 300
    age: int = 0
    unsigned: tuple[tuple[str, str], ...] = ()
    changed: tuple[str, str] = ("", "")
    moved: bool = False
    method: str = ""
    endless: bool = False
    version: Literal[2, 4] = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunked:
    """A body in the framing aws-chunked.

    Attributes:
        payload: the value of `x-amz-content-sha256`.
        size: bytes of each chunk but the last; S3 takes no fewer than 8 KiB.
        trailer: name and value of the header that comes behind the body.
        spoilt: the signature whose last digit is changed: the second chunk's or the trailer's.
        decoded: the value of `x-amz-decoded-content-length`, where it is not the body's length.
        fault: of the framing. `size`: the first chunk has a byte more than it says; `short`: the
            body ends before the last bytes; `cut`: it ends before the last chunk, which is empty;
            `end`: the last byte is another than LF.
        named: Content-Encoding says `aws-chunked`.
    """

    payload: Streaming
    size: int = 8192
    trailer: tuple[str, str] | None = None
    spoilt: Literal["", "chunk", "trailer"] = ""
    decoded: int | None = None
    fault: Fault = ""
    named: bool = True

    @property
    def signed(self) -> bool:
        """Whether each chunk has a signature."""
        return self.payload != "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

    def headers(self, body: bytes, own: Mapping[str, str]) -> dict[str, str]:
        """The headers of a request with this body, in place of its own.

        Args:
            body: not framed.
            own: the request's headers; `aws-chunked` is added to a Content-Encoding.
        """
        kept = {name: value for name, value in own.items() if name.lower() != "content-encoding"}
        codings = [value for name, value in own.items() if name.lower() == "content-encoding"]
        codings += [AWS_CHUNKED] if self.named else []
        coding = {"Content-Encoding": ",".join(codings)} if codings else {}
        decoded = len(body) if self.decoded is None else self.decoded
        trailer = {"x-amz-trailer": self.trailer[0]} if self.trailer else {}
        return {
            **kept,
            **coding,
            "x-amz-decoded-content-length": str(decoded),
            **trailer,
            "Content-Length": str(len(self.framed(body, _Unsigned()))),
        }

    def framed(self, body: bytes, chain: Chain | _Unsigned) -> bytes:
        """The body in chunks, each with its signature where chunks are signed."""
        pieces = [body[at : at + self.size] for at in range(0, len(body), self.size)]
        sent = b""
        ends = {"short": pieces[:-1], "cut": pieces}
        for number, piece in enumerate(ends.get(self.fault, [*pieces, b""])):
            signature = chain.chunk(piece)
            if self.spoilt == "chunk" and number == min(1, len(pieces)):
                signature = spoilt(signature)
            extension = f";chunk-signature={signature}" if self.signed else ""
            end = b"\r\n" if piece else b""
            said = len(piece) - (self.fault == "size" and number == 0)
            sent += f"{said:x}{extension}\r\n".encode() + piece + end
        if self.fault in ends:
            return sent
        for line in self._trailer(chain):
            sent += line.encode() + b"\r\n"
        return sent + (b"\rX" if self.fault == "end" else b"\r\n")

    def _trailer(self, chain: Chain | _Unsigned) -> Iterator[str]:
        if self.trailer is None:
            return
        line = ":".join(self.trailer)
        yield line
        if self.signed:
            signature = chain.trailer(f"{line}\n")
            if self.spoilt == "trailer":
                signature = spoilt(signature)
            yield f"x-amz-trailer-signature:{signature}"


def spoilt(signature: str) -> str:
    """A signature with another last digit."""
    return signature[:-1] + ("0" if signature[-1] != "0" else "1")


class Signer:
    """Signs with one access key, for one region, at one moment.

    Args:
        credentials: whose signature it is.
        region: of the signature's scope.
        moment: when the request is signed, in UTC.
    """

    def __init__(self, credentials: Credentials, region: str, moment: datetime) -> None:
        self._credentials = credentials
        self.date = moment.strftime("%Y%m%dT%H%M%SZ")
        self.scope = f"{self.date[:8]}/{region}/s3/aws4_request"
        key = f"AWS4{credentials.secret_key}".encode()
        for word in self.scope.split("/"):
            key = hmac.digest(key, word.encode(), "sha256")
        self._key = key

    def sign(self, first: str, *lines: str) -> str:
        """The signature of a string to sign: `first`, the date, the scope, and more lines."""
        text = "\n".join([first, self.date, self.scope, *lines])
        return hmac.digest(self._key, text.encode(), "sha256").hex()

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        payload: str,
        *,
        all_spaces: bool = False,
    ) -> str:
        """The signature of a request.

        Args:
            method: of HTTP.
            url: as it is sent; its path is signed as it stands there.
            headers: those that are signed, besides `Host`.
            payload: the value of `x-amz-content-sha256`, or what stands for it in the signature.
            all_spaces: of header values; the definition has one space for several.
        """
        parts = urlsplit(url)
        query = sorted(pair.partition("=")[::2] for pair in parts.query.split("&") if pair)
        named = {**headers, "host": parts.netloc}
        lines = [
            method,
            parts.path or "/",
            "&".join(f"{name}={value}" for name, value in query),
            *(f"{name}:{value}" for name, value in _signed(named, all_spaces)),
            "",
            _names(headers),
            payload,
        ]
        # Header values are bytes in HTTP, and latin-1 is how this package writes them down.
        digest = hashlib.sha256("\n".join(lines).encode("latin-1")).hexdigest()
        return self.sign(ALGORITHM, digest)

    def headers(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        payload: str,
        *,
        all_spaces: bool = False,
    ) -> dict[str, str]:
        """The headers with a signature among them; all of them are signed."""
        sent = {**headers, "X-Amz-Date": self.date, PAYLOAD: payload}
        if self._credentials.token:
            sent["x-amz-security-token"] = self._credentials.token
        signature = self.request(method, url, sent, payload, all_spaces=all_spaces)
        credential = f"Credential={self._credentials.access_key}/{self.scope}"
        names = f"SignedHeaders={_names(sent)}"
        said = f"{ALGORITHM} {credential}, {names}, Signature={signature}"
        return {**sent, "Authorization": said}

    def url(self, method: str, url: str, headers: Mapping[str, str], expires: int | None) -> str:
        """The URL with a signature in its query; the headers must be sent with these values.

        Args:
            method: of HTTP.
            url: without the signature.
            headers: those that are signed, besides `Host`.
            expires: seconds for which it is good; None leaves the parameter out.
        """
        parameters = {
            "X-Amz-Algorithm": ALGORITHM,
            "X-Amz-Credential": f"{self._credentials.access_key}/{self.scope}",
            "X-Amz-Date": self.date,
            **({} if expires is None else {"X-Amz-Expires": str(expires)}),
            "X-Amz-SignedHeaders": _names(headers),
        }
        if self._credentials.token:
            parameters["X-Amz-Security-Token"] = self._credentials.token
        added = "&".join(
            f"{name}={quote(value, safe=UNRESERVED)}" for name, value in parameters.items()
        )
        whole = f"{url}{'&' if urlsplit(url).query else '?'}{added}"
        return f"{whole}&X-Amz-Signature={self.request(method, whole, headers, UNSIGNED)}"


class Chain:
    """The signatures of the chunks of one body, each of which covers the one before.

    Args:
        signer: of the request.
        seed: the signature of the request's headers.
    """

    def __init__(self, signer: Signer, seed: str) -> None:
        self._signer = signer
        self._last = seed

    def chunk(self, data: bytes) -> str:
        """The signature of the next chunk."""
        return self._next("PAYLOAD", EMPTY, hashlib.sha256(data).hexdigest())

    def trailer(self, lines: str) -> str:
        """The signature of the trailer."""
        return self._next("TRAILER", hashlib.sha256(lines.encode()).hexdigest())

    def _next(self, what: str, *digests: str) -> str:
        self._last = self._signer.sign(f"{ALGORITHM}-{what}", self._last, *digests)
        return self._last


class _Unsigned:
    """Stands for a chain where only the length of what is sent matters."""

    def chunk(self, _: bytes) -> str:
        return "0" * 64

    def trailer(self, _: str) -> str:
        return "0" * 64


def _signed(headers: Mapping[str, str], all_spaces: bool) -> Iterable[tuple[str, str]]:
    return sorted(
        (name.lower(), value.strip() if all_spaces else " ".join(value.split()))
        for name, value in headers.items()
    )


def _names(headers: Mapping[str, str]) -> str:
    names: Sequence[str] = sorted({"host", *(name.lower() for name in headers)})
    return ";".join(names)
