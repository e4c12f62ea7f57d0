"""One row broken, all others left alone.

*ignore*: the row's flag is stripped before the server sees it, an operation is nodded at.
*refuse*: 501 that names it. *damage*: the effect is wrong in a plausible way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from conformance.proxy import Answer, Request
from conformance.routing import operations_of, target_of

IGNORE: Final = "ignore"
REFUSE: Final = "refuse"
DAMAGE: Final = "damage"
KINDS: Final = (IGNORE, REFUSE, DAMAGE)

STORAGE_CLASSES: Final = ("STANDARD", "STANDARD_IA")
LIFECYCLE: Final = "Object Lifecycle"

Ask = Callable[[Request], Answer]


def refusal(what: str) -> Answer:
    """501 that names what it refuses."""
    body = f"<Error><Code>NotImplemented</Code><Message>{what} not implemented</Message></Error>"
    return Answer(status=501, headers=(("Content-Type", "application/xml"),), body=body.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One row and how it is broken.

    Attributes:
        row: the id.
        kind: ignore, refuse or damage.
        touches: whether a request is about the row.
        respond: how such a request is answered.
    """

    row: str
    kind: str
    touches: Callable[[Request], bool]
    respond: Callable[[Request, Ask], Answer]

    def __str__(self) -> str:
        return f"{self.kind} {self.row}"


class Mutator:
    """Makes mutations for requests to one endpoint.

    Args:
        prefix: of the endpoint's paths.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def operations(self, request: Request) -> tuple[str, ...]:
        """What operations a request may be."""
        target = target_of(request.path, self._prefix)
        return operations_of(request.method, target, request.query, request.names)

    def make(self, row: str, kind: str) -> Mutation | None:
        """A mutation, or None where the kind makes no sense for the row."""
        operation, _, feature = row.partition("/")
        if operation == "Region":
            return self._region(row, kind)
        if operation == "Checksum":
            return self._checksum(row, kind)
        if feature:
            return self._feature(row, operation, feature, kind)
        return self._operation(row, operation, kind)

    def _operation(self, row: str, operation: str, kind: str) -> Mutation | None:
        def touches(request: Request) -> bool:
            return operation in self.operations(request)

        if kind == DAMAGE:
            spoil = DAMAGES.get(operation)
            return spoil and Mutation(row=row, kind=kind, touches=touches, respond=spoil)

        def respond(request: Request, _: Ask) -> Answer:
            if kind == REFUSE:
                return refusal(operation)
            return Answer(status=204 if request.method == "DELETE" else 200)

        return Mutation(row=row, kind=kind, touches=touches, respond=respond)

    def _feature(self, row: str, operation: str, feature: str, kind: str) -> Mutation | None:
        carried = carrier(feature)

        def touches(request: Request) -> bool:
            return operation in self.operations(request) and carried(request)

        if kind == IGNORE and feature == "STANDARD":
            return None  # it is the default: nothing tells the two apart
        if feature == LIFECYCLE:
            return _expiration(row, kind) if kind == IGNORE else None
        if kind == DAMAGE:
            spoil = DAMAGES.get(row) or DAMAGES.get(feature)
            return spoil and Mutation(row=row, kind=kind, touches=touches, respond=spoil)

        def respond(request: Request, ask: Ask) -> Answer:
            if kind == REFUSE:
                return refusal(feature)
            return ask(request.without(flag(feature)))

        return Mutation(row=row, kind=kind, touches=touches, respond=respond)

    def _region(self, row: str, kind: str) -> Mutation | None:
        _, region, use = row.split("/")
        name = "" if region == "empty" else region
        if kind != REFUSE:
            return None

        def touches(request: Request) -> bool:
            if use == "signing":
                scope = (request.header("Authorization") or "").partition("Credential=")[2]
                return scope.split("/")[2:3] == [name]
            found = re.search(rb"<LocationConstraint ?/?>([^<]*)", request.body)
            return found is not None and found[1].decode() == name

        def respond(_: Request, __: Ask) -> Answer:
            body = b"<Error><Code>InvalidRegionName</Code><Message>no</Message></Error>"
            return Answer(status=400, body=body)

        return Mutation(row=row, kind=kind, touches=touches, respond=respond)

    def _checksum(self, row: str, kind: str) -> Mutation | None:
        """A cell is about uploads begun with its algorithm and type, and what reads them."""
        _, algorithm, _ = row.split("/")
        header = f"x-amz-checksum-{algorithm.lower()}"

        def touches(request: Request) -> bool:
            begun = request.header("x-amz-checksum-algorithm") == algorithm
            return begun or header in request.names or b"<Checksum" in request.body

        def respond(request: Request, ask: Ask) -> Answer:
            if kind == REFUSE:
                return refusal(algorithm)
            if kind == DAMAGE:
                return _with_wrong_checksum(ask(request), header)
            names = ("x-amz-checksum-algorithm", "x-amz-checksum-type", header)
            body = re.sub(rb"<Checksum\w+>[^<]*</Checksum\w+>", b"", request.body)
            return ask(replace(request.without(*names), body=body))

        if kind == DAMAGE:
            return Mutation(
                row=row,
                kind=kind,
                touches=lambda r: r.method in ("HEAD", "GET"),
                respond=lambda r, ask: _with_wrong_checksum(ask(r), header),
            )
        return Mutation(row=row, kind=kind, touches=touches, respond=respond)


def flag(feature: str) -> str:
    """The header or parameter of a feature."""
    return "x-amz-storage-class" if feature in STORAGE_CLASSES else feature


def carrier(feature: str) -> Callable[[Request], bool]:
    """Whether a request carries a feature."""
    if feature in STORAGE_CLASSES:
        return lambda request: request.header("x-amz-storage-class") == feature
    name = feature.lower()
    return lambda request: name in request.names or name in {q.lower() for q in request.query}


def _expiration(row: str, kind: str) -> Mutation:
    return Mutation(
        row=row,
        kind=kind,
        touches=lambda request: request.method in ("PUT", "HEAD", "GET"),
        respond=lambda request, ask: ask(request).with_headers(x_amz_expiration=None),
    )


def _with_wrong_checksum(answer: Answer, header: str) -> Answer:
    if answer.header(header) is None:
        return answer
    value = answer.header(header) or ""
    return answer.with_headers(**{header.replace("-", "_"): _other(value)})


def _other(text: str) -> str:
    """Text of the same length that is not the same."""
    return ("B" if text[:1] == "A" else "A") + text[1:]


# Damages. Each is done to the requests that carry the row, or to their answers.


def shifted(request: Request, ask: Ask) -> Answer:
    """The right number of bytes, off by one."""
    answer = ask(request)
    if answer.status not in (200, 206) or len(answer.body) < 2:
        return answer
    return replace(answer, body=answer.body[1:] + answer.body[:1])


def stored_differently(name: str) -> Callable[[Request, Ask], Answer]:
    """The header is stored with another value: stale, or somebody else's."""

    def respond(request: Request, ask: Ask) -> Answer:
        headers = tuple(
            (n, _other(v) if n.lower() == name.lower() else v) for n, v in request.headers
        )
        return ask(replace(request, headers=headers))

    return respond


def another_status(status: int, other: int) -> Callable[[Request, Ask], Answer]:
    """The right outcome with the wrong status."""

    def respond(request: Request, ask: Ask) -> Answer:
        answer = ask(request)
        return replace(answer, status=other) if answer.status == status else answer

    return respond


def edited(pattern: bytes, by: bytes, count: int = 0) -> Callable[[Request, Ask], Answer]:
    """The body with something in it changed."""
    compiled = re.compile(pattern, re.DOTALL)

    def respond(request: Request, ask: Ask) -> Answer:
        answer = ask(request)
        return replace(answer, body=compiled.sub(by, answer.body, count=count))

    return respond


def one_short(element: str) -> Callable[[Request, Ask], Answer]:
    """The last of several elements is missing."""
    compiled = re.compile(f"<{element}>(?:(?!<{element}>).)*?</{element}>".encode(), re.DOTALL)

    def respond(request: Request, ask: Ask) -> Answer:
        answer = ask(request)
        found = [*compiled.finditer(answer.body)]
        if not found:
            return answer
        last = found[-1]
        return replace(answer, body=answer.body[: last.start()] + answer.body[last.end() :])

    return respond


def repeated(element: str) -> Callable[[Request, Ask], Answer]:
    """The first of several elements comes twice."""
    return edited(f"(<{element}>.*?</{element}>)".encode(), rb"\1\1", count=1)


def truncated(request: Request, ask: Ask) -> Answer:
    """The last byte of the body is not stored."""
    return ask(replace(request, body=request.body[:-1]) if request.body else request)


def part_off_by_one(request: Request, ask: Ask) -> Answer:
    """The copied range begins one byte late and ends one byte late."""
    value = request.header("x-amz-copy-source-range") or ""
    first, _, last = value.removeprefix("bytes=").partition("-")
    moved = f"bytes={int(first) - 1}-{int(last) - 1}"
    headers = tuple(
        (n, moved if n.lower() == "x-amz-copy-source-range" else v) for n, v in request.headers
    )
    return ask(replace(request, headers=headers))


METADATA: Final = (
    "Content-Type", "Cache-Control", "Content-Disposition", "Content-Language",
    "Content-Encoding", "x-amz-website-redirect-location", "x-amz-tagging",
)  # fmt: skip
KEYS_SHORT: Final = one_short("Contents")
DAMAGES: Final[dict[str, Callable[[Request, Ask], Answer]]] = {
    "GetObject": shifted,
    "PutObject": truncated,
    "UploadPart": truncated,
    "GetObject/Range": shifted,
    "PartNumber": shifted,
    "HeadObject/Range": lambda request, ask: ask(request).with_headers(content_range="bytes 0-0/1"),
    "HeadObject": lambda request, ask: ask(request).with_headers(etag='"0"', content_length="1"),
    "x-amz-copy-source-range": part_off_by_one,
    **{name: stored_differently(name) for name in METADATA},
    **{
        f"{operation}/{name}": another_status(status, 304 if status == 412 else 412)
        for operation in ("GetObject", "HeadObject")
        for name, status in (
            ("If-Match", 412),
            ("If-Unmodified-Since", 412),
            ("If-None-Match", 304),
            ("If-Modified-Since", 304),
        )
    },
    **{
        f"x-amz-copy-source-if-{name}": another_status(412, 304)
        for name in ("match", "none-match", "modified-since", "unmodified-since")
    },
    "ListObjects": KEYS_SHORT,
    "ListObjectsV2": KEYS_SHORT,
    "max-keys": KEYS_SHORT,
    "marker": KEYS_SHORT,
    "start-after": KEYS_SHORT,
    "continuation-token": KEYS_SHORT,
    "ListObjects/prefix": KEYS_SHORT,
    "ListObjectsV2/prefix": KEYS_SHORT,
    "delimiter": repeated("CommonPrefixes"),
    "ListObjects/encoding-type": edited(b"<EncodingType>url</EncodingType>", b""),
    "ListObjectsV2/encoding-type": edited(b"<EncodingType>url</EncodingType>", b""),
    "ListMultipartUploads/encoding-type": edited(b"<EncodingType>url</EncodingType>", b""),
    "fetch-owner": edited(rb"<Owner>.*?</Owner>", b""),
    "max-uploads": one_short("Upload"),
    "key-marker": one_short("Upload"),
    "upload-id-marker": one_short("Upload"),
    "ListMultipartUploads": one_short("Upload"),
    "ListMultipartUploads/prefix": one_short("Upload"),
    "ListParts": one_short("Part"),
    "max-parts": one_short("Part"),
    "part-number-marker": one_short("Part"),
    "ListBuckets": edited(rb"<Bucket>.*</Bucket>", b""),
    "GetObjectTagging": edited(rb"<Value>[^<]*</Value>", b"<Value>other</Value>"),
    "GetBucketTagging": edited(rb"<Value>[^<]*</Value>", b"<Value>other</Value>"),
    "GetBucketCors": edited(rb"<AllowedOrigin>[^<]*<", b"<AllowedOrigin>https://other.example<"),
    "GetBucketLifecycleConfiguration": edited(rb"<ID>[^<]*</ID>", b"<ID>other</ID>"),
    "GetBucketPolicy": edited(rb'"Sid": ?"[^"]*"', b'"Sid":"other"'),
    "GetBucketWebsite": edited(rb"<Suffix>[^<]*</Suffix>", b"<Suffix>other</Suffix>"),
    "GetBucketVersioning": edited(rb"<Status>[^<]*</Status>", b""),
}
