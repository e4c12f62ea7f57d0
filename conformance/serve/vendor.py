"""The vendor as documented: a good endpoint that refuses what a matrix says is unimplemented.

Requests for documented features are forwarded unchanged to the upstream endpoint; all others are
refused here with R2's own error (https://developers.cloudflare.com/r2/api/error-codes/): 501
NotImplemented, naming the operation or the header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from conformance.errors import EndpointError
from conformance.matrix import EMPTY_REGION, Matrix
from conformance.s3.endpoint import Credentials
from conformance.s3.recognise import operations_of, target_of
from conformance.serve.fill_in import supplied
from conformance.serve.http import Answer, Request, drop, error, serving
from conformance.serve.upstream import Upstream
from conformance.verdict import Documented

# Operations of the same form whose bodies differ: the deprecated one has what the other has not.
_CONSTRAINT: Final = re.compile(rb"<LocationConstraint>([^<]*)</LocationConstraint>")
_NO_FILTER: Final = rb"<Rule>(?!.*<Filter).*</Rule>"
_DEPRECATED_BODY: Final = {"PutBucketLifecycle": re.compile(_NO_FILTER, re.DOTALL)}
# Rows that are about an answer's header and not about the request.
_ANSWER_HEADERS: Final = {"PutObject/Object Lifecycle": "x-amz-expiration"}
# What an operation cannot do without is not refused, whatever the table says of it.
_NEEDED: Final = {
    "UploadPartCopy": ("x-amz-copy-source",),
    "CopyObject": ("x-amz-copy-source",),
    "ListObjectsV2": ("list-type",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request is not served.

    Attributes:
        row: the row of the matrix.
        message: in the vendor's words.
    """

    row: str
    message: str

    def answer(self) -> Answer:
        """The error as S3 writes one."""
        return error(501, "NotImplemented", self.message)


class DocumentedVendor:
    """Serves what a matrix documents.

    Args:
        matrix: the vendor's table.
        upstream: the endpoint that requests are forwarded to. It must do what the table claims,
            except for what `fill_in` emulates.
    """

    def __init__(self, matrix: Matrix, upstream: Upstream) -> None:
        self._upstream = upstream
        self._rows = {row.id: row for row in matrix.rows}
        self._spelling = {row.lower(): row for row in self._rows}

    def respond(self, request: Request) -> Answer:
        """Refuse a request, or pass it on."""
        operations = self._operations(request)
        refusal = self.refusal(request, operations)
        if refusal is not None:
            return refusal.answer()
        operation = self._documented(operations)[0]
        answer = supplied(
            self._aliased(request, operations),
            operation,
            self._upstream.prefix,
            lambda feature: self._implemented(self._row(operation, feature)),
            lambda changed: self._upstream.ask(changed, request),
        )
        hidden = [header for row, header in _ANSWER_HEADERS.items() if self._refused(row)]
        return drop(answer, hidden)

    def _operations(self, request: Request) -> tuple[str, ...]:
        target = target_of(request.path, self._upstream.prefix)
        found = operations_of(request.method, target, request.parameters, request.names)
        for name, pattern in _DEPRECATED_BODY.items():
            if name in found and len(found) > 1:
                old = bool(pattern.search(request.body))
                found = tuple(each for each in found if (each == name) == old)
        return found

    def refusal(self, request: Request, operations: tuple[str, ...]) -> Refusal | None:
        """Why the vendor would not serve a request, or None if it would."""
        if not operations:
            return Refusal(row="", message="Operation not implemented")
        documented = self._documented(operations)
        if not documented:
            return Refusal(row=operations[0], message=f"{operations[0]} not implemented")
        return next(self._refusals(request, documented[0]), None)

    def _documented(self, operations: Iterable[str]) -> list[str]:
        return [n for n in operations if n in self._rows and not self._refused(n)]

    def _refusals(self, request: Request, operation: str) -> Iterator[Refusal]:
        for name, value in [*request.headers, *request.parameters.items()]:
            if name.lower() in _NEEDED.get(operation, ()):
                continue
            for row in (self._row(operation, name), self._row(operation, value)):
                # A row may be about one value of a header: STANDARD_IA of x-amz-storage-class.
                if row is not None and self._refused(row):
                    message = f"Header '{name}' with value '{value}' not implemented"
                    yield Refusal(row=row, message=message)
        yield from self._checksum(request, operation)
        yield from self._region(request, operation)

    def _row(self, operation: str, feature: str) -> str | None:
        return self._spelling.get(f"{operation}/{feature}".lower())

    def _checksum(self, request: Request, operation: str) -> Iterator[Refusal]:
        algorithm = request.header("x-amz-checksum-algorithm")
        if operation != "CreateMultipartUpload" or algorithm is None:
            return
        default = "FULL_OBJECT" if algorithm == "CRC64NVME" else "COMPOSITE"
        kind = request.header("x-amz-checksum-type") or default
        row = f"Checksum/{algorithm}/{kind}"
        if self._refused(row):
            yield Refusal(row=row, message=f"{kind} checksums with {algorithm} not implemented")

    def _region(self, request: Request, operation: str) -> Iterator[Refusal]:
        found = _CONSTRAINT.search(request.body)
        if operation != "CreateBucket" or found is None:
            return
        region = found[1].decode() or EMPTY_REGION
        row = f"Region/{region}/LocationConstraint"
        if self._refused(row):
            yield Refusal(row=row, message=f"Region '{region}' not implemented")

    def _aliased(self, request: Request, operations: tuple[str, ...]) -> Request:
        """A region that the table calls its own is the endpoint's default: no constraint."""
        found = _CONSTRAINT.search(request.body) if operations == ("CreateBucket",) else None
        if found is None:
            return request
        row = f"Region/{found[1].decode() or EMPTY_REGION}/LocationConstraint"
        return replace(request, body=b"") if row in self._rows else request

    def _implemented(self, row: str | None) -> bool:
        return row is not None and not self._refused(row)

    def _refused(self, row: str) -> bool:
        claim = self._rows.get(row)
        return claim is not None and claim.documented is Documented.UNIMPLEMENTED


@contextmanager
def serving_documented(
    matrix: Matrix,
    url: str,
    port: int = 0,
    keys: Iterable[Credentials] = (),
    ca_bundle: str | None = None,
) -> Iterator[str]:
    """Serve a vendor as documented on 127.0.0.1; the URL to give to clients.

    Args:
        matrix: the vendor's table.
        url: the upstream endpoint.
        port: to listen on; 0 for any.
        keys: of the upstream endpoint, to sign the few requests that are changed.
        ca_bundle: the file of the authorities to trust; the system's where none is given.

    Raises:
        EndpointError: the port cannot be listened on.
    """
    upstream = Upstream(url, keys, ca_bundle=ca_bundle)
    vendor = DocumentedVendor(matrix, upstream)
    try:
        with upstream, serving(vendor.respond, port) as address:
            yield f"{address}{upstream.prefix}"
    except (OSError, OverflowError) as error:
        raise EndpointError(f"cannot listen on port {port}: {error}") from error
