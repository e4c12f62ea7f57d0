"""Forms of a browser that store a file, each with a policy that was signed for it.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from conformance.probing import Created, Endpoint, Workbench
from conformance.s3.operations import Call

BOUNDARY: Final = "s3-conformance-form"
FIELD: Final = re.compile(rb'name="([\w-]+)"\r\n\r\n([^\r]*)\r\n')
TYPE: Final = "application/x-s3-conformance"
LIFETIME: Final = timedelta(minutes=10)
OVER: Final = timedelta(minutes=-10)
FILENAME: Final = "file.txt"


def form(
    bench: Workbench,
    key: str,
    file: bytes,
    *,
    promised: str | None = None,
    prefix: str | None = None,
    fields: Mapping[str, str] | None = None,
    added: Mapping[str, str] | None = None,
    conditions: Sequence[object] = (),
    lifetime: timedelta = LIFETIME,
    forged: bool = False,
    prolonged: bool = False,
) -> Call:
    """PostObject of a form that was signed for this file.

    The ledger gets the key, and the signature is kept out of all that is stored.

    Args:
        bench: whose bucket and keys are used.
        key: where the object is to be; `${filename}` stands for the file's name, `FILENAME`.
        file: its bytes.
        promised: the key that the policy allows, if it is another.
        prefix: what the policy has the key start with, in place of allowing one key.
        fields: more fields that the policy allows with just these values.
        added: more fields, of which the policy says nothing.
        conditions: more conditions of the policy.
        lifetime: how long the policy holds; nothing or less and it has expired.
        forged: turn the signature around.
        prolonged: put a policy that holds for a day longer in the place of the signed one.
    """
    bench.sandbox.ledger.add(Created(bucket=bench.bucket, key=key.replace("${filename}", FILENAME)))
    now = datetime.now(UTC)
    signed = {"Content-Type": TYPE, **_signer(bench.endpoint, now), **(fields or {})}
    about_key: object = {"key": promised or key}
    if prefix is not None:
        about_key = ["starts-with", "$key", prefix]
    rules = [{"bucket": bench.bucket}, about_key, *conditions]
    rules += [{name: value} for name, value in signed.items()]
    policy = _policy(rules, now + lifetime)
    signature = _signature(bench.endpoint, policy, now)
    bench.sandbox.client.redactor.add(signature)
    if forged:
        signature = signature[::-1]
        bench.sandbox.client.redactor.add(signature)
    if prolonged:
        policy = _policy(rules, now + lifetime + timedelta(days=1))
    sent = {"key": key, **signed, **(added or {}), "policy": policy, "x-amz-signature": signature}
    return Call(
        operation="PostObject",
        bucket=bench.bucket,
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        body=_multipart(sent, file),
    )


def read_back(call: Call) -> Call:
    """GetObject of the key that a form names."""
    key = dict(FIELD.findall(call.body))[b"key"].decode().replace("${filename}", FILENAME)
    return Call(operation="GetObject", bucket=call.bucket, key=key)


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


def _policy(conditions: Sequence[object], until: datetime) -> str:
    document = {"expiration": f"{until:%Y-%m-%dT%H:%M:%SZ}", "conditions": [*conditions]}
    return base64.b64encode(json.dumps(document).encode()).decode()


def _signature(endpoint: Endpoint, policy: str, now: datetime) -> str:
    key = f"AWS4{endpoint.credentials.now().secret_key}".encode()
    for part in _scope(endpoint, now).split("/"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return hmac.new(key, policy.encode(), hashlib.sha256).hexdigest()


def _multipart(fields: Mapping[str, str], file: bytes) -> bytes:
    start = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    text = "".join(f'{start}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    head = f'{start}"file"; filename="{FILENAME}"\r\nContent-Type: text/plain\r\n\r\n'
    return (text + head).encode() + file + f"\r\n--{BOUNDARY}--\r\n".encode()
