"""Which answers are not to be believed at once: of the moment, contradicting themselves, refusals.

A refusal may be a firewall's, a proxy's or a slow identity service's, and is asked for again before
it counts. What was refused was not carried out, so asking again does no harm.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from conformance.s3.operations import OPERATIONS, Call
from conformance.s3.response import Response

# Of the moment, the credentials or the clock: the same request may be served a little later.
# Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and what stores and
# proxies say in their place.
MOMENTARY: Final = frozenset(
    {
        "BandwidthLimitExceeded",
        "Busy",
        "ConcurrentModification",
        "ConditionalRequestConflict",
        "ConnectionClosedByPeer",
        "ExpiredToken",
        "InvalidToken",
        "OperationAborted",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "ReadTimeout",
        "RequestExpired",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeTooSkewed",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServerBusy",
        "ServiceUnavailable",
        "SlowDown",
        "SlowDownRead",
        "SlowDownWrite",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TokenRefreshRequired",
        "TooManyRequests",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
EXPIRED: Final = frozenset({"ExpiredToken", "InvalidToken", "TokenRefreshRequired"})
# Server errors that may pass.
UNSTEADY: Final = (500, 502, 504)
# What each of them answers has an ETag.
WITH_ETAG: Final = frozenset({"GetObject", "HeadObject", "PutObject", "UploadPart"})
READS: Final = ("GET", "HEAD")
PAGE: Final = re.compile(rb"\s*(<!doctype\s+html|<html)", re.IGNORECASE)
MD5_ETAG: Final = re.compile(r'"[0-9a-f]{32}"')
PART: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


def does_the_same_twice(call: Call) -> bool:
    """Whether a call may be sent again after a connection that was cut, carried out or not.

    It reads, or puts a subresource or a part in the place of one. What puts an object may add a
    version.
    """
    moves = call.operation == "RenameObject"
    in_place = bool(OPERATIONS[call.operation].query) or "uploadId" in call.query
    return call.method in READS or (call.method == "PUT" and in_place and not moves)


def of_the_moment(answer: Response) -> bool:
    """Whether an error speaks of the moment, and not of the request."""
    if answer.code == "InvalidToken" and "continuation-token" in answer.call.parameters:
        return False  # some servers say so of the page's token
    return answer.status >= 400 and answer.code in MOMENTARY


def is_page(body: bytes) -> bool:
    """Whether a body is a page of HTML: that of a front, and not what S3 answers."""
    return PAGE.match(body) is not None


def contradiction(answer: Response) -> str | None:
    """How a served answer contradicts itself, or is not one of S3; None if it does not."""
    if not answer.ok:
        return None
    if answer.call.operation in WITH_ETAG and not answer.etag:
        return "an answer without ETag"
    if answer.call.method == "HEAD":
        return _head_of_page(answer)
    if is_page(answer.body):
        return "a page of HTML"
    return _other_bytes(answer) if answer.call.operation == "GetObject" else _not_xml(answer)


def _head_of_page(answer: Response) -> str | None:
    """The head of a page of HTML, where no object is asked for whose type that may be.

    Some servers send that type whatever they answer; asked again, they say the same.
    """
    html = (answer.header("Content-Type") or "").lower().startswith("text/html")
    return "a page of HTML" if html and answer.call.operation != "HeadObject" else None


def _not_xml(answer: Response) -> str | None:
    """A document that is none.

    What only reads has one, if no bytes of an object.
    """
    reads = answer.call.method == "GET"
    if reads and not answer.body:
        return "an empty body"
    begins = answer.body.lstrip().startswith(b"<")
    said = reads and "xml" in (answer.header("Content-Type") or "")
    return "a body that is not well-formed XML" if (begins or said) and not answer.root else None


def _other_bytes(answer: Response) -> str | None:
    """An object's bytes that are not those that the headers speak of."""
    if answer.status == 206:
        part = PART.fullmatch(answer.header("Content-Range") or "")
        if part and int(part[2]) - int(part[1]) + 1 != len(answer.body):
            return "another number of bytes than Content-Range says"
    elif MD5_ETAG.fullmatch(answer.etag):
        digest = hashlib.md5(answer.body, usedforsecurity=False).hexdigest()
        if digest != answer.etag.strip('"'):
            return "other bytes than the ETag is of"
    return None


def is_doubtful(answer: Response) -> bool:
    """Whether the request is to be sent again before this answer counts.

    A server error was asked for several times before (see `patience`). A write that may have been
    carried out is not sent again.
    """
    if answer.ok:
        return answer.call.method in READS and contradiction(answer) is not None
    return answer.status not in UNSTEADY


def alike(one: Response, other: Response) -> bool:
    """Whether two answers to the same request say the same."""
    same = one.status == other.status and one.code == other.code
    return same and contradiction(one) == contradiction(other)
