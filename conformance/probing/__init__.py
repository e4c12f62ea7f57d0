"""What a probe works with: a bench to send requests from, named checks, and the register."""

from conformance.neutral import neutral
from conformance.probing.checks import (
    NOT_OFFERED,
    Check,
    Comparison,
    Decided,
    Undecided,
    core,
    decide,
    detail,
    equals,
    has_body,
    has_header,
    has_status,
    holds,
    is_refusal,
    is_xml,
    offered,
    promise,
    refused,
    served,
    verified,
)
from conformance.probing.registry import PROBES, Probe, behaviour, cell, family, operation, probe
from conformance.probing.sources import API, ERRORS, R2, api, guide, rfc
from conformance.probing.stored import Stored, stored
from conformance.probing.workbench import Workbench
from conformance.s3.checksums import DIGESTS, checksum, checksum_header, content_md5
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.operations import OPERATIONS, Call, OperationName, operation_named
from conformance.s3.response import Response
from conformance.s3.sigv4 import Chunked, Fault, Presigned, Streaming
from conformance.s3.transport import HELD
from conformance.s3.wire import SendOptions
from conformance.s3.xml import document, leaves
from conformance.sandbox.ledger import Created
from conformance.verdict import Hazard, Observed, Outcome, Weight

__all__ = [
    "API",
    "DIGESTS",
    "ERRORS",
    "HELD",
    "NOT_OFFERED",
    "OPERATIONS",
    "PROBES",
    "R2",
    "Call",
    "Check",
    "Chunked",
    "Comparison",
    "Created",
    "Credentials",
    "Decided",
    "Endpoint",
    "Fault",
    "Hazard",
    "Observed",
    "OperationName",
    "Outcome",
    "Presigned",
    "Probe",
    "Response",
    "SendOptions",
    "Stored",
    "Streaming",
    "Undecided",
    "Weight",
    "Workbench",
    "api",
    "behaviour",
    "cell",
    "checksum",
    "checksum_header",
    "content_md5",
    "core",
    "decide",
    "detail",
    "document",
    "equals",
    "family",
    "guide",
    "has_body",
    "has_header",
    "has_status",
    "holds",
    "is_refusal",
    "is_xml",
    "leaves",
    "neutral",
    "offered",
    "operation",
    "operation_named",
    "probe",
    "promise",
    "refused",
    "rfc",
    "served",
    "stored",
    "verified",
]
