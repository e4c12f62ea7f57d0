"""Codes that R2 has where S3 has others, and the form of an error.

Source: https://developers.cloudflare.com/r2/api/error-codes/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from conformance.probing import (
    R2,
    Call,
    Check,
    Credentials,
    Response,
    Undecided,
    Workbench,
    behaviour,
    core,
    has_status,
    holds,
    promise,
    refused,
)

PAGE: Final = f"{R2}/api/error-codes/"
STRANGER: Final = Credentials(access_key="AKIASTRANGERSTRANGER", secret_key="of-nobody")
KEY_LIMIT: Final = 1024
DECLARATION: Final = b"<?xml"


def _unauthorized(bench: Workbench) -> Response:
    bench.setup(bench.plain.call("GetObject"))
    return bench.treat(bench.plain.call("GetObject"), credentials=STRANGER)


def _conflict(bench: Workbench) -> Response:
    return bench.treat(Call(operation="CreateBucket", bucket=bench.new_bucket()))


def _length(bench: Workbench) -> Response:
    call = Call(operation="PutObject", bucket=bench.bucket, key=bench.key(), body=bench.text())
    bench.setup(call)
    return bench.treat(call, unsized=True)


def _name(bench: Workbench) -> Response:
    subject = bench.put()
    call = subject.call("PutObject", body=subject.body)
    long = Call(
        operation="PutObject",
        bucket=call.bucket,
        key=call.key.ljust(KEY_LIMIT + 1, "k"),
        body=call.body,
    )
    return bench.treat(long)


CASES: Final[dict[str, tuple[int, Callable[[Workbench], Response], str]]] = {
    "Unauthorized": (401, _unauthorized, "an access key that nobody has"),
    "BucketConflict": (409, _conflict, "a bucket that is the caller's own already"),
    "MissingContentLength": (411, _length, "a body that comes in chunks, without its length"),
    "InvalidObjectName": (400, _name, "a key of 1025 bytes"),
}


def _checks(_: str, name: str) -> list[Check]:
    status, _provoke, means = CASES[name]
    return [
        core("refused", f"a refusal of {means}", PAGE),
        core("code", f"code {name}", PAGE),
        promise("status", f"status {status}", PAGE),
    ]


@behaviour("Error", *CASES, checks=_checks)
def error(bench: Workbench, name: str) -> None:
    """Refuse the request with the code that R2 documents."""
    status, provoke, _ = CASES[name]
    answer = provoke(bench)
    if not bench.check("refused", refused(answer)):
        bench.skip("code", "status", because=f"the request was not refused: {answer.describe()}")
        return
    seen = f"{answer.describe()} with code {answer.code or 'none'}"
    bench.check("code", holds(answer.code == name, seen, answer))
    bench.check("status", has_status(answer, status))


@behaviour(
    "Error",
    "xml-declaration",
    checks=(
        core("declaration", "an XML declaration before the Error", PAGE),
        promise("plain", "Code and Message in no namespace", PAGE),
    ),
)
def declaration(bench: Workbench, _: str) -> None:
    """Begin an error with an XML declaration."""
    missing = Call(operation="GetObject", bucket=bench.plain.bucket, key=bench.key())
    answer = bench.treat(missing)
    if answer.status != 404:
        raise Undecided(f"a missing key returned {answer.describe()}")
    begins = answer.body[:60].decode(errors="replace")
    there = answer.body.lstrip().startswith(DECLARATION)
    bench.check("declaration", holds(there, f"{begins!r}", answer))
    named = bool(answer.code and answer.message)
    plain = named and b"xmlns" not in answer.body
    bench.check("plain", holds(plain, f"{answer.body[:200].decode(errors='replace')!r}", answer))
