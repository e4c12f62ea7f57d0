"""Objects stored by a browser's form, which is signed beforehand and sent without a signature.

The object has the file's bytes; a form for another key than was signed for, one that has expired
and one whose signature is wrong are refused, and store nothing.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from conformance.probing import (
    API,
    NOT_OFFERED,
    Call,
    Created,
    Endpoint,
    Hazard,
    Observed,
    Response,
    Undecided,
    Workbench,
    core,
    decide,
    detail,
    has_header,
    has_status,
    offered,
    probe,
    promise,
    refused,
)
from conformance.subjects import writes

OVER: Final = timedelta(minutes=-10)
PAGE: Final = f"{API}/RESTObjectPOST.html"
POLICIES: Final = f"{API}/sigv4-HTTPPOSTConstructPolicy.html"
CHECKS: Final = (
    core("stored", "an object with the file's bytes", PAGE),
    promise("content-type", "the form's Content-Type with the object", PAGE),
    promise("other-key", "a refusal of a form for another key than was signed for", POLICIES),
    promise("expired", "a refusal of a form that has expired", POLICIES),
    promise("wrong-signature", "a refusal of a form whose signature is wrong", POLICIES),
    promise("too-long", "a refusal of a file longer than content-length-range", POLICIES),
    promise("refused-stores-nothing", "no object after such a refusal", PAGE),
    detail("status", "204 without success_action_status", PAGE),
)


@probe("PostObject", checks=CHECKS)
def post_object(bench: Workbench) -> None:
    """Store the form's file under its key, as long as the form is as it was signed."""
    key, file = bench.key(), bench.text()
    call = form(bench, key, file)

    answer = bench.treat(call, anonymous=True)
    if answer.denied:
        _known(bench, call, answer, key)
    offered(answer)
    read = Call(operation="GetObject", bucket=bench.bucket, key=key)
    stored = bench.effect(read)

    bench.check("stored", writes.has_stored(stored, file))
    bench.check("content-type", has_header(stored, "Content-Type", TYPE))
    bench.check("status", has_status(answer, 204))
    text = bench.text()
    _refuse(bench, "other-key", form(bench, bench.key(), text, promised=bench.key()))
    _refuse(bench, "expired", form(bench, bench.key(), text, lifetime=OVER))
    _refuse(bench, "wrong-signature", form(bench, bench.key(), text, forged=True))
    _refuse(bench, "too-long", form(bench, bench.key(), text, longest=len(text) - 1))


def _known(bench: Workbench, call: Call, answer: Response, key: str) -> None:
    """Whether forms are known at all: where not, they are refused as requests without a signature.

    Raises:
        Decided: the same form, sent by somebody known, is refused as what is not offered, or
            accepted without an object being stored.
        Undecided: it is denied all the same.
    """
    signed = bench.control(call)
    if signed.status in NOT_OFFERED:
        decide(
            Observed.REJECTED,
            f"{answer.describe()}, and {signed.describe()} to the same form with a signature",
        )
    if signed.ok:
        there = bench.effect(Call(operation="GetObject", bucket=bench.bucket, key=key)).ok
        word = Observed.BROKEN if there else Observed.REJECTED
        text = "served only with a signature of its own" if there else "and stores nothing"
        decide(word, f"{answer.describe()}; with a signature {signed.describe()}, {text}")
    raise Undecided(f"access denied: {answer.describe()}, with a signature {signed.describe()}")


def _refuse(bench: Workbench, check: str, call: Call) -> None:
    """A form that its policy does not allow; a server that checks forms must refuse it."""
    answer = bench.effect(call, anonymous=True)
    seen = refused(answer)
    if answer.ok and not bench.shared("a wrong signature", _served).ok:
        seen = seen.hurting(Hazard.SILENT)
    if bench.check(check, seen):
        fields = dict(FIELD.findall(call.body))
        read = Call(operation="GetObject", bucket=call.bucket, key=fields[b"key"].decode())
        bench.check("refused-stores-nothing", refused(bench.effect(read), 404))


def _served(bench: Workbench) -> Response:
    """A request with a wrong signature; a server that serves it verifies none at all."""
    return bench.control(Call(operation="HeadBucket", bucket=bench.bucket), invalid_signature=True)


BOUNDARY: Final = "s3-conformance-form"
FIELD: Final = re.compile(rb'name="([\w-]+)"\r\n\r\n([^\r]*)\r\n')
TYPE: Final = "application/x-s3-conformance"
LIFETIME: Final = timedelta(minutes=10)


def form(
    bench: Workbench,
    key: str,
    file: bytes,
    *,
    promised: str | None = None,
    lifetime: timedelta = LIFETIME,
    longest: int | None = None,
    forged: bool = False,
) -> Call:
    """PostObject of a form that was signed for this file.

    The ledger gets the key, and the signature is kept out of all that is stored.

    Args:
        bench: whose bucket and keys are used.
        key: where the object is to be.
        file: its bytes.
        promised: the key that the policy allows, if it is another.
        lifetime: how long the policy holds; nothing or less and it has expired.
        longest: how many bytes the policy allows; any number where none is given.
        forged: turn the signature around.
    """
    bench.sandbox.ledger.add(Created(bucket=bench.bucket, key=key))
    now = datetime.now(UTC)
    fields = {
        "key": promised or key,
        "Content-Type": TYPE,
        **_signer(bench.endpoint, now),
    }
    policy = _policy(bench.bucket, fields, now + lifetime, longest)
    signature = _signature(bench.endpoint, policy, now)
    bench.sandbox.client.redactor.add(signature)
    if forged:
        signature = signature[::-1]
        bench.sandbox.client.redactor.add(signature)
    sent = {**fields, "key": key, "policy": policy, "x-amz-signature": signature}
    return Call(
        operation="PostObject",
        bucket=bench.bucket,
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        body=_multipart(sent, file),
    )


def _scope(endpoint: Endpoint, now: datetime) -> str:
    return f"{now:%Y%m%d}/{endpoint.region}/s3/aws4_request"


def _signer(endpoint: Endpoint, now: datetime) -> dict[str, str]:
    credentials = endpoint.credentials.now()
    return {
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": f"{credentials.access_key}/{_scope(endpoint, now)}",
        "x-amz-date": f"{now:%Y%m%dT%H%M%SZ}",
        **({"x-amz-security-token": credentials.token} if credentials.token else {}),
    }


def _policy(bucket: str, fields: Mapping[str, str], until: datetime, longest: int | None) -> str:
    conditions: list[object] = [{"bucket": bucket}]
    conditions += [{name: value} for name, value in fields.items()]
    if longest is not None:
        conditions.append(["content-length-range", 0, longest])
    document = {"expiration": f"{until:%Y-%m-%dT%H:%M:%SZ}", "conditions": conditions}
    return base64.b64encode(json.dumps(document).encode()).decode()


def _signature(endpoint: Endpoint, policy: str, now: datetime) -> str:
    key = f"AWS4{endpoint.credentials.now().secret_key}".encode()
    for part in _scope(endpoint, now).split("/"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return hmac.new(key, policy.encode(), hashlib.sha256).hexdigest()


def _multipart(fields: Mapping[str, str], file: bytes) -> bytes:
    start = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    text = "".join(f'{start}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    head = f'{start}"file"; filename="file"\r\nContent-Type: text/plain\r\n\r\n'
    return (text + head).encode() + file + f"\r\n--{BOUNDARY}--\r\n".encode()
