"""A client of plain sockets: botocore signs, Python's own `http.client` sends, nothing is retried.

It shares no line with the suite: what both see is the server's doing.
"""

import hashlib
import hmac
import http.client
import json
import re
import ssl
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from botocore.auth import S3SigV4Auth, S3SigV4PostAuth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from lab.errors import LabError
from lab.server import Running

TIMEOUT = 60
BOUNDARY = "confirmed-form"
SHOWN = ("content-length", "host", "user-agent", "x-amz-date")
"""Headers that say nothing of a request."""
STREAMING = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
EMPTY = hashlib.sha256(b"").hexdigest()
BUCKET = re.compile(r"confirm-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, and the request in one line.

    Attributes:
        request: method, path and the headers that matter; no signature.
        headers: by lower-case name.
        cut: the body ended before its Content-Length.
    """

    request: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool = False

    @property
    def code(self) -> str:
        """S3's error code, or nothing."""
        found = re.search(rb"<Code>([^<]*)</Code>", self.body)
        return found[1].decode() if found else ""

    @property
    def ok(self) -> bool:
        """Whether it was carried out."""
        return 200 <= self.status < 300

    def __str__(self) -> str:
        return f"{self.status} {self.code}".strip()


class Raw:
    """One server, one bucket of one's own.

    Args:
        running: the server.

    Raises:
        LabError: from `send`, where no answer comes.
    """

    def __init__(self, running: Running) -> None:
        self._running = running
        parts = urlsplit(running.url)
        self._netloc, self._prefix = parts.netloc, parts.path.rstrip("/")
        keys = running.credentials
        self._keys = Credentials(keys.access_key, keys.secret_key)
        self._tls: ssl.SSLContext | None = None
        if parts.scheme == "https":
            self._tls = ssl.create_default_context(cafile=str(running.ca_bundle))
        self.bucket = running.buckets[0] if running.buckets else self.new_bucket()

    def new_bucket(self) -> str:
        """Create a bucket.

        Raises:
            LabError: the server does not.
        """
        name = f"confirm-{uuid.uuid4().hex[:12]}"
        answer = self.send("PUT", f"/{name}")
        if not answer.ok:
            raise LabError(f"the bucket {name} could not be created: {answer}")
        return name

    def put(self, key: str, body: bytes, headers: Mapping[str, str] = {}, bucket: str = "") -> str:
        """Store an object and return its path."""
        path = f"/{bucket or self.bucket}/{key}"
        answer = self.send("PUT", path, headers=headers, body=body)
        if not answer.ok:
            raise LabError(f"{path} could not be stored: {answer}")
        return path

    def send(
        self,
        method: str,
        path: str,
        query: str = "",
        *,
        headers: Mapping[str, str] = {},
        body: bytes = b"",
        anonymous: bool = False,
        payload: str = "",
        spoil: bool = False,
        expires: int = 0,
        added: Mapping[str, str] = {},
    ) -> Answer:
        """Send one request, once.

        Args:
            method: of HTTP.
            path: not encoded.
            query: encoded.
            headers: all are signed.
            body: as it is sent.
            anonymous: without a signature.
            payload: `x-amz-content-sha256`, where it is not the body's own digest.
            spoil: with another signature.
            expires: the signature is in the URL, which is good for so many seconds.
            added: headers that are not signed.
        """
        target = quote(self._prefix + path, safe="/~-._") + (f"?{query}" if query else "")
        scheme = "https" if self._tls else "http"
        request = AWSRequest(
            method=method, url=f"{scheme}://{self._netloc}{target}", headers=dict(headers)
        )
        request.data = b"" if expires else body  # botocore would move it into the URL
        if payload:
            request.headers["X-Amz-Content-SHA256"] = payload
        if expires:
            S3SigV4QueryAuth(self._keys, "s3", self._running.region, expires).add_auth(request)
        elif not anonymous:
            self._sign(request, payload)
        sent = {name: str(value) for name, value in request.headers.items()}
        sent |= added
        parts = urlsplit(str(request.url))
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if spoil:
            target, sent = _spoilt(target, sent)
        line = _line(method, path, query, {**headers, **added}, payload, expires, spoil, anonymous)
        return self._exchange(method, target, sent, body, line)

    def _sign(self, request: AWSRequest, payload: str) -> None:
        class Signer(S3SigV4Auth):  # type: ignore[misc]
            def payload(self, request: AWSRequest) -> str:
                return payload or str(super().payload(request))

        Signer(self._keys, "s3", self._running.region).add_auth(request)

    def _exchange(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, line: str
    ) -> Answer:
        connection = (
            http.client.HTTPSConnection(self._netloc, timeout=TIMEOUT, context=self._tls)
            if self._tls
            else http.client.HTTPConnection(self._netloc, timeout=TIMEOUT)
        )
        cut = False
        try:
            connection.request(method, target, body or None, dict(headers))
            answer = connection.getresponse()
            try:
                content = answer.read()
            except http.client.IncompleteRead as error:
                content, cut = error.partial, True
        except (OSError, http.client.HTTPException) as error:
            raise LabError(f"{line}: {type(error).__name__}: {error}") from None
        finally:
            connection.close()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(request=line, status=answer.status, headers=named, body=content, cut=cut)

    def post(
        self,
        key: str,
        conditions: list[object],
        fields: Mapping[str, str],
        file: bytes,
        *,
        spoil: bool = False,
    ) -> Answer:
        """Send a browser's form, whose file is called `file.txt`.

        Args:
            key: the field of that name.
            conditions: of the policy, besides the bucket and the signature's own fields.
            fields: more fields.
            file: its bytes.
            spoil: with another signature.
        """
        until = datetime.now(UTC) + timedelta(minutes=10)
        signed: dict[str, str] = dict(fields)
        request = AWSRequest(method="POST", url=f"http://{self._netloc}/{self.bucket}")
        request.context["s3-presign-post-fields"] = signed
        request.context["s3-presign-post-policy"] = {
            "expiration": f"{until:%Y-%m-%dT%H:%M:%SZ}",
            "conditions": [{"bucket": self.bucket}, *conditions],
        }
        S3SigV4PostAuth(self._keys, "s3", self._running.region).add_auth(request)
        if spoil:
            signed["x-amz-signature"] = _turned(signed["x-amz-signature"])
        start = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
        text = "".join(
            f'{start}"{name}"\r\n\r\n{value}\r\n' for name, value in {"key": key, **signed}.items()
        )
        head = f'{start}"file"; filename="file.txt"\r\n\r\n'
        body = (text + head).encode() + file + f"\r\n--{BOUNDARY}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        shown = json.dumps([*conditions, {"key sent": key}, *([fields] if fields else [])])
        line = f"POST /bucket, a form with {shown}" + (", another signature" if spoil else "")
        return self._exchange("POST", f"{self._prefix}/{self.bucket}", headers, body, line)

    # Bodies in chunks.

    def framed(self, path: str, body: bytes, checksum: str) -> Answer:
        """PutObject of one unsigned chunk with a CRC32 behind it."""
        headers = {
            "Content-Encoding": "aws-chunked",
            "x-amz-decoded-content-length": str(len(body)),
            "x-amz-trailer": "x-amz-checksum-crc32",
        }
        sent = b"%x\r\n%s\r\n0\r\nx-amz-checksum-crc32:%s\r\n\r\n" % (
            len(body),
            body,
            checksum.encode(),
        )
        return self.send("PUT", path, headers=headers, body=sent, payload=TRAILER)

    def signed_chunks(self, path: str, first: bytes, second: bytes, *, spoil: bool) -> Answer:
        """PutObject of two signed chunks, the second with a wrong signature."""
        headers = {
            "Content-Encoding": "aws-chunked",
            "x-amz-decoded-content-length": str(len(first) + len(second)),
        }
        url = f"http://{self._netloc}{quote(self._prefix + path, safe='/~-._')}"
        request = AWSRequest(method="PUT", url=url, headers=dict(headers))
        request.headers["X-Amz-Content-SHA256"] = STREAMING
        self._sign(request, STREAMING)
        said = str(request.headers["Authorization"])
        date, seed = str(request.headers["X-Amz-Date"]), said.rpartition("=")[2]
        body = b""
        for chunk in (first, second, b""):
            seed = self._chunk_signature(date, seed, chunk)
            shown = _turned(seed) if spoil and chunk is second else seed
            body += b"%x;chunk-signature=%s\r\n%s\r\n" % (len(chunk), shown.encode(), chunk)
        sent = {name: str(value) for name, value in request.headers.items()}
        line = _line("PUT", path, "", headers, STREAMING, 0, spoil, anonymous=False)
        return self._exchange("PUT", urlsplit(url).path, sent, body, line)

    def _chunk_signature(self, date: str, previous: str, chunk: bytes) -> str:
        scope = f"{date[:8]}/{self._running.region}/s3/aws4_request"
        key = f"AWS4{self._keys.secret_key}".encode()
        for word in scope.split("/"):
            key = hmac.digest(key, word.encode(), "sha256")
        digest = hashlib.sha256(chunk).hexdigest()
        lines = ["AWS4-HMAC-SHA256-PAYLOAD", date, scope, previous, EMPTY, digest]
        return hmac.digest(key, "\n".join(lines).encode(), "sha256").hex()


def _spoilt(target: str, headers: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The same with another last digit of the signature."""
    if "X-Amz-Signature=" in target:
        return _turned(target), dict(headers)
    return target, {**headers, "Authorization": _turned(headers["Authorization"])}


def _turned(text: str) -> str:
    return text[:-1] + ("0" if text[-1] != "0" else "1")


def _line(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    payload: str,
    expires: int,
    spoil: bool,
    anonymous: bool,
) -> str:
    shown = [f"{name}: {value}" for name, value in headers.items() if name.lower() not in SHOWN]
    shown += [f"x-amz-content-sha256: {payload}"] if payload else []
    shown += [f"X-Amz-Expires={expires}"] if expires else []
    shown += ["another signature"] if spoil else []
    shown += ["no signature"] if anonymous else []
    where = BUCKET.sub("bucket", f"{path}?{query}" if query else path)
    words = [BUCKET.sub("bucket", word if len(word) < 120 else f"{word[:60]}…") for word in shown]
    return f"{method} {where}" + "".join(f", {word}" for word in words)
