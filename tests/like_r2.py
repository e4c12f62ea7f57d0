"""A server made like R2, as its pages describe it, where S3 is something else.

It stands in front of another that verifies signatures; what it changes is signed again.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import Final

from conformance.s3.endpoint import Endpoint
from conformance.serve import http
from conformance.serve.http import Answer, Request, error
from conformance.serve.upstream import Upstream
from tests.like_r2_cors import Rules

CONDITIONS: Final = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
DESTINATION: Final = "cf-copy-destination-"
CREATING: Final = "cf-create-bucket-if-missing"
DIRECTIVE: Final = "x-amz-metadata-directive"
BUCKET: Final = re.compile(rb"<Bucket><Name>([^<]*)</Name>.*?</Bucket>", re.DOTALL)
PART: Final = re.compile(rb"<Part>.*?</Part>", re.DOTALL)
NUMBER: Final = re.compile(rb"<PartNumber>(\d+)<")
UPLOAD: Final = re.compile(rb"<UploadId>([^<]*)<")
SIZE: Final = re.compile(rb"<Size>(\d+)<")
LISTING: Final = {
    *("list-type", "prefix", "delimiter", "max-keys", "continuation-token", "start-after"),
    *("encoding-type", "marker", "fetch-owner"),
}
SUBRESOURCES: Final = {"uploads", "uploadId", "restore", "select", "delete", "tagging", "acl"}
PNG: Final = b"\x89PNG\r\n"
RENAMED: Final = {
    b"InvalidAccessKeyId": (401, "Unauthorized"),
    b"KeyTooLongError": (400, "InvalidObjectName"),
}


@dataclass
class _Store:
    """Answers as R2 does.

    Attributes:
        upstream: what is behind.
        begun: the ids of uploads.
        aborted: those of them that are aborted.
        rules: about other origins.
    """

    upstream: Upstream
    begun: set[str] = field(default_factory=set)
    aborted: set[str] = field(default_factory=set)
    rules: Rules = field(default_factory=Rules)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def respond(self, request: Request) -> Answer:
        """The answer to a request."""
        if request.method == "OPTIONS":
            return self.rules.preflight(request)
        if request.method == "PUT" and "cors" in request.parameters:
            wrong = self.rules.put(request)
            return wrong or self.upstream.ask(request)
        answer = self._answer(request)
        for code, (status, name) in RENAMED.items():
            if b"<Code>%s<" % code in answer.body:
                body = answer.body.replace(code, name.encode())
                answer = replace(answer, status=status, body=body)
        return self.rules.told(request, answer)

    def _answer(self, request: Request) -> Answer:
        if _chunked(request):
            return error(411, "MissingContentLength")
        if request.path == "/" and request.method == "GET":
            names = ("prefix", "start-after", "continuation-token", "max-keys")
            if "X-Amz-Signature" in request.parameters:  # which covers the query
                return self.upstream.ask(request)
            plain = request.without(*names, *(f"cf-{name}" for name in names))
            return _some_buckets(request, self._ask(plain, request))
        _, _, key = request.path.strip("/").partition("/")
        if not key:
            return self._of_bucket(request)
        if request.method in ("PUT", "POST") and self._named(request):
            return self._conditional(request)
        return self._written(request)

    @staticmethod
    def _named(request: Request) -> Mapping[str, str]:
        """The conditions of a write."""
        prefix = DESTINATION if "x-amz-copy-source" in request.names else ""
        found = {name: request.header(prefix + name) for name in CONDITIONS}
        return {name: value for name, value in found.items() if value is not None}

    def _of_bucket(self, request: Request) -> Answer:
        unknown = {*request.parameters} - LISTING
        if (
            request.method == "GET"
            and "list-type" in request.parameters
            and ({name for name in unknown if not name.startswith("X-Amz-")})
        ):
            return error(501, "NotImplemented")
        again = request.method == "PUT" and not request.parameters
        if again and self._head(request, request.path).status == 200:
            return error(409, "BucketConflict")
        answer = self.upstream.ask(request)
        bad = answer.status == 500 and "continuation-token" in request.parameters
        return error(400, "InvalidArgument") if bad else answer

    def _conditional(self, request: Request) -> Answer:
        with self.lock:
            if not _met(self._named(request), self._head(request, request.path)):
                if upload := request.parameters.get("uploadId"):
                    self.aborted.add(upload)
                    self._ask(replace(request, method="DELETE", body=b""), request)
                return error(412, "PreconditionFailed")
            names = (*CONDITIONS, *(f"{DESTINATION}{name}" for name in CONDITIONS))
            return self._written(request.without(*names), request)

    def _written(self, request: Request, original: Request | None = None) -> Answer:
        original = original or request
        request = self._as_s3(request)
        upload = request.parameters.get("uploadId")
        if upload:
            return self._of_upload(request, original, upload)
        answer = self._ask(request, original)
        if "uploads" in request.parameters and (begun := UPLOAD.search(answer.body)):
            self.begun.add(begun[1].decode())
        return answer

    def _as_s3(self, request: Request) -> Request:
        """The request as S3 knows it; the bucket is created where it is asked for."""
        if request.header(CREATING) == "true":
            bucket = f"/{request.path.strip('/').partition('/')[0]}"
            if self._head(request, bucket).status == 404:
                self._ask(_bare(request, "PUT", bucket), request)
        if request.header(DIRECTIVE) == "MERGE":
            request = self._merged(request)
        if request.method == "POST" and not SUBRESOURCES & {*request.parameters}:
            request = replace(request, method="PUT")
        untyped = request.method == "PUT" and request.header("Content-Type") is None
        if untyped and request.body.startswith(PNG) and "uploadId" not in request.parameters:
            headers = (*request.headers, ("Content-Type", "image/png"))
            request = replace(request, headers=headers)
        return request

    def _of_upload(self, request: Request, original: Request, upload: str) -> Answer:
        ends = request.method == "DELETE"
        if upload in self.aborted:
            return Answer(status=204) if ends else error(404, "NoSuchUpload")
        if ends and upload not in self.begun:
            return error(404, "NoSuchUpload")
        if ends:
            self.aborted.add(upload)
        if request.method == "POST":
            return self._completed(request, original)
        return self._ask(request, original)

    def _completed(self, request: Request, original: Request) -> Answer:
        listed = sorted(PART.findall(request.body), key=_number)
        get = replace(request, method="GET", body=b"").without("Content-MD5")
        sizes = {
            _number(part): int(SIZE.search(part)[1])  # type: ignore[index]
            for part in PART.findall(self._ask(get, original).body)
        }
        chosen = [sizes[number] for number in map(_number, listed) if number in sizes]
        if len({*chosen[:-1]}) > 1 or (len(chosen) > 1 and chosen[-1] > chosen[0]):
            return error(400, "InvalidPart")
        root = request.body[: request.body.find(b"<Part>")]
        body = root + b"".join(listed) + b"</CompleteMultipartUpload>"
        return self._ask(replace(request, body=body), original)

    def _merged(self, request: Request) -> Request:
        source = request.header("x-amz-copy-source") or ""
        head = self._head(request, f"/{source.lstrip('/')}")
        kept = tuple(
            (name, value)
            for name, value in head.headers
            if name.lower().startswith("x-amz-meta-") and name.lower() not in request.names
        )
        plain = request.without(DIRECTIVE)
        return replace(plain, headers=(*plain.headers, (DIRECTIVE, "REPLACE"), *kept))

    def _head(self, request: Request, path: str) -> Answer:
        return self._ask(_bare(request, "HEAD", path), request)

    def _ask(self, request: Request, original: Request) -> Answer:
        return self.upstream.ask(request, original)


@contextmanager
def like_r2(behind: Endpoint) -> Iterator[Endpoint]:
    """A server like R2 in front of another."""
    with (
        Upstream(behind.url, [behind.credentials]) as upstream,
        http.serving(_Store(upstream).respond) as url,
    ):
        yield replace(behind, url=url)


def _bare(request: Request, method: str, path: str) -> Request:
    kept = tuple(
        (name, value)
        for name, value in request.headers
        if name.lower() in ("host", "authorization")
    )
    return Request(method=method, target=path, headers=kept, body=b"")


def _chunked(request: Request) -> bool:
    return "transfer-encoding" in request.names and request.method == "PUT"


def _number(part: bytes) -> int:
    found = NUMBER.search(part)
    return int(found[1]) if found else 0


def _met(conditions: Mapping[str, str], head: Answer) -> bool:
    """Whether each of the conditions is true of what a key holds."""
    there, etag = head.status == 200, head.header("ETag") or ""
    written = parsedate_to_datetime(head.header("Last-Modified") or "Thu, 01 Jan 1970 00:00:00 GMT")

    def tagged(value: str) -> bool:
        return there and (value == "*" or etag in [each.strip() for each in value.split(",")])

    judges: dict[str, Callable[[str], bool]] = {
        "if-match": tagged,
        "if-none-match": lambda value: not tagged(value),
        "if-modified-since": lambda value: there and written > parsedate_to_datetime(value),
        "if-unmodified-since": lambda value: there and written <= parsedate_to_datetime(value),
    }
    return all(judges[name](value) for name, value in conditions.items())


def _some_buckets(request: Request, answer: Answer) -> Answer:
    """Those of the buckets that the parameters select; a header goes before the query."""
    asked = {
        name: request.header(f"cf-{name}") or request.parameters.get(name, "")
        for name in ("prefix", "start-after", "continuation-token", "max-keys")
    }
    found = sorted(BUCKET.finditer(answer.body), key=lambda it: it[1])
    after = max(asked["start-after"], asked["continuation-token"]).encode()
    found = [it for it in found if it[1].startswith(asked["prefix"].encode()) and it[1] > after]
    most = int(asked["max-keys"] or 1000)
    shown, cut = found[:most], len(found) > most
    token = shown[-1][1].decode() if cut else ""
    more = f"<IsTruncated>{str(cut).lower()}</IsTruncated>"
    more += f"<NextContinuationToken>{token}</NextContinuationToken>" if cut else ""
    inner = b"".join(it[0] for it in shown)
    body = re.sub(rb"<Buckets>.*</Buckets>", lambda _: b"<Buckets>%s</Buckets>%s" % (
        inner, more.encode()), answer.body, flags=re.DOTALL)  # fmt: skip
    told = (("cf-is-truncated", str(cut).lower()), ("cf-next-continuation-token", token))
    headers = tuple(pair for pair in told if pair[1])
    return replace(answer, body=body, headers=(*answer.headers, *headers))
