"""The vendor as documented: a good endpoint that refuses what a matrix says is unimplemented.

Requests for documented features are forwarded unchanged to the upstream endpoint; all others are
refused here, with the error that the matrix names (`refused-with`) or else with R2's own
(https://developers.cloudflare.com/r2/api/error-codes/): 501 NotImplemented, naming the operation or
the header. What is documented to have no effect is left out of what is forwarded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPException
from typing import Final
from urllib.parse import parse_qsl

from conformance.errors import EndpointError
from conformance.matrix import EMPTY_REGION, Matrix, Row
from conformance.s3.endpoint import Credentials
from conformance.s3.recognise import operations_of, target_of, unknown_parameters
from conformance.serve.body import MalformedBody, WrongDigest
from conformance.serve.fill_in import supplied
from conformance.serve.http import Answer, Limits, Request, drop, error, serving
from conformance.serve.signature import signature_of
from conformance.serve.signing import Refused as NotSigned
from conformance.serve.signing import verified
from conformance.serve.upstream import Upstream
from conformance.verdict import Documented

# Operations of the same form whose bodies differ: the deprecated one has what the other has not.
_CONSTRAINT: Final = re.compile(rb"<LocationConstraint>([^<]*)</LocationConstraint>")
_NO_FILTER: Final = rb"<Rule>(?!.*<Filter).*</Rule>"
_DEPRECATED_BODY: Final = {"PutBucketLifecycle": re.compile(_NO_FILTER, re.DOTALL)}
_USER_METADATA: Final = "x-amz-meta-"
# Rows that are about an answer's header and not about the request.
_ANSWER_HEADERS: Final = {"PutObject/Object Lifecycle": "x-amz-expiration"}
# Of a documented refusal that names only one of the two
# (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
_CODES: Final = {403: "AccessDenied", 405: "MethodNotAllowed", 501: "NotImplemented"}
_STATUSES: Final = {code: status for status, code in _CODES.items()}
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
        operation: what it is; empty where S3 has no such operation.
        feature: the header, parameter or value; empty where the operation is refused.
        message: in the vendor's words.
        row: the row of the matrix; None where the matrix says nothing.
    """

    operation: str
    feature: str
    message: str
    row: Row | None

    def answer(self) -> Answer:
        """The error as S3 writes one."""
        named = self.row.refusal if self.row is not None else None
        status, _, code = (named or "501").rpartition(" ")  # `501 NotImplemented`, or either
        if code.isdigit():
            status, code = code, _CODES.get(int(code), "InvalidRequest")
        return error(int(status or _STATUSES.get(code, 400)), code, self.message)


Refused = Callable[[Request, Refusal | Answer], None]

# What no table has a row for, and the operation that is nothing without it.
_IMPLIED: Final = dict.fromkeys(("PreflightOnBucket", "PreflightRequest"), "PutBucketCors")


class DocumentedVendor:
    """Serves what a matrix documents.

    Args:
        matrix: the vendor's table.
        upstream: the endpoint that requests are forwarded to. It must do what the table claims,
            except for what `fill_in` emulates.
        region: of the upstream endpoint. Requests for a region that the table calls its own are
            signed again for this one.
        refused: is told of each request that is not served.
    """

    def __init__(
        self,
        matrix: Matrix,
        upstream: Upstream,
        region: str = "us-east-1",
        refused: Refused = lambda *_: None,
    ) -> None:
        self._upstream = upstream
        self._own_region = region
        self._tell = refused
        self._rows = {row.id: row for row in matrix.rows}
        self._spelling = {row.lower(): row for row in self._rows}

    def respond(self, request: Request) -> Answer:
        """Refuse a request, or pass it on."""
        operations = self._operations(request)
        refusal = self.refusal(request, operations)
        if refusal is not None:
            self._tell(request, refusal)
            return refusal.answer()
        # The upstream endpoint sees the signature too, but not of what is changed on the way.
        wrong = verified(request, self._upstream.keys)
        if wrong is None:
            try:
                return self._served(request, operations)
            except NotSigned as problem:
                wrong = problem.answer
            except WrongDigest:
                wrong = error(400, "BadDigest", "the Content-MD5 is not that of the body")
            except MalformedBody as problem:
                wrong = error(400, "IncompleteBody", str(problem))
            except (HTTPException, OSError) as problem:
                text = f"the upstream endpoint gave no answer: {type(problem).__name__}"
                wrong = error(502, "BadGateway", text)
        self._tell(request, wrong)
        return wrong

    def _served(self, request: Request, operations: tuple[str, ...]) -> Answer:
        operation = self._documented(operations)[0]
        if self._is(operation, Documented.NO_EFFECT):
            return Answer(status=200)
        region = self._other_region(request)
        answer = supplied(
            self._effective(self._aliased(request, operations), operation),
            operation,
            self._upstream.prefix,
            lambda feature: self._implemented(self._row(operation, feature)),
            lambda changed: self._upstream.ask(changed, request, region),
        )
        hidden = [header for row, header in _ANSWER_HEADERS.items() if self._refused(row)]
        return drop(answer, hidden)

    def _operations(self, request: Request) -> tuple[str, ...]:
        target = target_of(request.path, self._upstream.prefix)
        parameters = request.parameters
        found = operations_of(request.method, target, parameters, request.names)
        if not found and (unknown := unknown_parameters(parameters)):
            # What it would be without the parameters that S3 does not have: see `_unknown`.
            kept = {name: value for name, value in parameters.items() if name not in unknown}
            found = operations_of(request.method, target, kept, request.names)
        for name, pattern in _DEPRECATED_BODY.items():
            if name in found and len(found) > 1:
                old = bool(pattern.search(request.body))
                found = tuple(each for each in found if (each == name) == old)
        return found

    def refusal(self, request: Request, operations: tuple[str, ...]) -> Refusal | None:
        """Why the vendor would not serve a request, or None if it would."""
        if not operations:
            asked = ", ".join(sorted(_asked(request.parameters))) or "none"
            text = f"{request.method} with the query parameters {asked} is not implemented"
            return Refusal(operation="", feature=asked, message=text, row=None)
        documented = self._documented(operations)
        if not documented:
            name = operations[0]
            text = f"{name} not implemented"
            return Refusal(operation=name, feature="", message=text, row=self._rows.get(name))
        return next(self._refusals(request, documented[0]), None)

    def _unknown(self, request: Request, operation: str) -> Iterator[Refusal]:
        """Parameters that neither S3 nor the table has."""
        for name in unknown_parameters(request.parameters):
            if self._row(operation, name) is None:
                text = f"Query parameter '{name}' of {operation} not implemented"
                yield Refusal(operation=operation, feature=name, message=text, row=None)

    def _other_region(self, request: Request) -> str | None:
        """The upstream endpoint's region, where a request is signed for another of its names."""
        it = signature_of(request)
        if it is None or it.region == self._own_region:
            return None
        alias = f"Region/{it.region or EMPTY_REGION}/signing"
        return self._own_region if alias in self._rows and self._implemented(alias) else None

    def _documented(self, operations: Iterable[str]) -> list[str]:
        return [
            name
            for name in operations
            if (row := _IMPLIED.get(name, name)) in self._rows and not self._refused(row)
        ]

    def _refusals(self, request: Request, operation: str) -> Iterator[Refusal]:
        for name, value in [*request.headers, *request.parameters.items()]:
            if name.lower() in _NEEDED.get(operation, ()):
                continue
            for row in (self._row(operation, name), self._row(operation, value)):
                # A row may be about one value of a header: STANDARD_IA of x-amz-storage-class.
                if row is not None and self._refused(row):
                    text = f"Header '{name}' with value '{value}' not implemented"
                    yield self._refusal(operation, row, text)
        yield from self._unknown(request, operation)
        yield from self._checksum(request, operation)
        yield from self._region(request, operation)
        yield from self._body(request, operation)

    def _body(self, request: Request, operation: str) -> Iterator[Refusal]:
        """A form of the body, which is a behaviour: aws-chunked with signed chunks, and others."""
        form = request.header("x-amz-content-sha256") or ""
        row = self._row("Body", form)
        if row is not None and self._refused(row):
            text = f"Header 'x-amz-content-sha256' with value '{form}' not implemented"
            yield self._refusal(operation, row, text)

    def _refusal(self, operation: str, row: str, text: str) -> Refusal:
        claim = self._rows[row]
        feature = claim.feature or ""
        if claim.operation != operation:  # the tables of checksums and regions
            feature = row
        return Refusal(operation=operation, feature=feature, message=text, row=claim)

    def _row(self, operation: str, feature: str) -> str | None:
        if feature.lower().startswith(_USER_METADATA):
            feature = f"{_USER_METADATA}*"  # one row for all of them
        return self._spelling.get(f"{operation}/{feature}".lower())

    def _checksum(self, request: Request, operation: str) -> Iterator[Refusal]:
        algorithm = request.header("x-amz-checksum-algorithm")
        if operation != "CreateMultipartUpload" or algorithm is None:
            return
        default = "FULL_OBJECT" if algorithm == "CRC64NVME" else "COMPOSITE"
        kind = request.header("x-amz-checksum-type") or default
        row = f"Checksum/{algorithm}/{kind}"
        if self._refused(row):
            text = f"{kind} checksums with {algorithm} not implemented"
            yield self._refusal(operation, row, text)

    def _region(self, request: Request, operation: str) -> Iterator[Refusal]:
        found = _CONSTRAINT.search(request.body)
        if operation != "CreateBucket" or found is None:
            return
        region = found[1].decode() or EMPTY_REGION
        row = f"Region/{region}/LocationConstraint"
        if self._refused(row):
            yield self._refusal(operation, row, f"Region '{region}' not implemented")

    def _aliased(self, request: Request, operations: tuple[str, ...]) -> Request:
        """A region that the table calls its own is the endpoint's default: no constraint."""
        found = _CONSTRAINT.search(request.body) if operations == ("CreateBucket",) else None
        if found is None:
            return request
        row = f"Region/{found[1].decode() or EMPTY_REGION}/LocationConstraint"
        return replace(request, body=b"") if row in self._rows else request

    def _effective(self, request: Request, operation: str) -> Request:
        """The request without headers and parameters that are documented to have no effect."""

        def has_effect(name: str, value: str) -> bool:
            rows = (self._row(operation, name), self._row(operation, value))
            idle = any(row is not None and self._is(row, Documented.NO_EFFECT) for row in rows)
            return not idle or name.lower() in _NEEDED.get(operation, ())

        path, mark, query = request.target.partition("?")
        kept = [
            pair
            for pair in query.split("&")
            if all(has_effect(*it) for it in parse_qsl(pair, keep_blank_values=True))
        ]
        return replace(
            request,
            target=f"{path}{mark if kept else ''}{'&'.join(kept)}",
            headers=tuple(pair for pair in request.headers if has_effect(*pair)),
        )

    def _implemented(self, row: str | None) -> bool:
        return row is not None and not self._refused(row)

    def _refused(self, row: str) -> bool:
        return self._is(row, Documented.UNIMPLEMENTED)

    def _is(self, row: str, documented: Documented) -> bool:
        claim = self._rows.get(row)
        return claim is not None and claim.documented is documented


def _asked(parameters: Collection[str]) -> list[str]:
    """The names of parameters but for those of a signature."""
    return [name for name in parameters if not name.lower().startswith("x-amz-")]


@contextmanager
def serving_documented(
    matrix: Matrix,
    url: str,
    port: int = 0,
    keys: Iterable[Credentials] = (),
    ca_bundle: str | None = None,
    *,
    region: str = "us-east-1",
    refused: Refused = lambda *_: None,
    limits: Limits | None = None,
) -> Iterator[str]:
    """Serve a vendor as documented on 127.0.0.1; the URL to give to clients.

    Args:
        matrix: the vendor's table.
        url: the upstream endpoint.
        port: to listen on; 0 for any.
        keys: of the upstream endpoint, to verify signatures and to sign the few requests that are
            changed.
        ca_bundle: the file of the authorities to trust; the system's where none is given.
        region: of the upstream endpoint.
        refused: is told of each request that is not served, in the client's thread.
        limits: of what clients may do.

    Raises:
        EndpointError: the port cannot be listened on.
    """
    limits = limits or Limits()
    upstream = Upstream(url, keys, ca_bundle=ca_bundle, small=limits.small)
    vendor = DocumentedVendor(matrix, upstream, region, refused)
    try:
        with upstream, serving(vendor.respond, port, limits) as address:
            yield f"{address}{upstream.prefix}"
    except (OSError, OverflowError) as error:
        raise EndpointError(f"cannot listen on port {port}: {error}") from error
