"""Forms by which a browser stores an object: the fields, the policy and its signature.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from conformance.probing import Lab
from conformance.s3.endpoint import Endpoint
from conformance.s3.operations import Call
from conformance.sandbox.ledger import Entry

BOUNDARY: Final = "s3-conformance-form"
LIFETIME: Final = timedelta(minutes=10)


def form(
    lab: Lab,
    key: str,
    file: bytes,
    *,
    promised: str | None = None,
    lifetime: timedelta = LIFETIME,
    forged: bool = False,
) -> Call:
    """PostObject of a form that was signed for this file.

    The ledger is told of the key, and the signature is kept out of all that is stored.

    Args:
        lab: whose bucket and keys are used.
        key: where the object is to be.
        file: its bytes.
        promised: the key that the policy allows, if it is another.
        lifetime: how long the policy holds; nothing or less and it holds no longer.
        forged: turn the signature around.
    """
    lab.sandbox.ledger.add(Entry(bucket=lab.bucket, key=key))
    now = datetime.now(UTC)
    fields = {"key": promised or key, **_who(lab.endpoint, now)}
    policy = _policy(lab.bucket, fields, now + lifetime)
    signature = _signature(lab.endpoint, policy, now)
    lab.sandbox.wire.redactor.add(signature)
    if forged:
        signature = signature[::-1]
        lab.sandbox.wire.redactor.add(signature)
    sent = {**fields, "key": key, "policy": policy, "x-amz-signature": signature}
    return Call(
        operation="PostObject",
        bucket=lab.bucket,
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        body=_multipart(sent, file),
    )


def _scope(endpoint: Endpoint, now: datetime) -> str:
    return f"{now:%Y%m%d}/{endpoint.region}/s3/aws4_request"


def _who(endpoint: Endpoint, now: datetime) -> dict[str, str]:
    token = endpoint.credentials.token
    return {
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": f"{endpoint.credentials.access_key}/{_scope(endpoint, now)}",
        "x-amz-date": f"{now:%Y%m%dT%H%M%SZ}",
        **({"x-amz-security-token": token} if token else {}),
    }


def _policy(bucket: str, fields: Mapping[str, str], until: datetime) -> str:
    conditions = [{"bucket": bucket}, *({name: value} for name, value in fields.items())]
    document = {"expiration": f"{until:%Y-%m-%dT%H:%M:%SZ}", "conditions": conditions}
    return base64.b64encode(json.dumps(document).encode()).decode()


def _signature(endpoint: Endpoint, policy: str, now: datetime) -> str:
    key = f"AWS4{endpoint.credentials.secret_key}".encode()
    for part in _scope(endpoint, now).split("/"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return hmac.new(key, policy.encode(), hashlib.sha256).hexdigest()


def _multipart(fields: Mapping[str, str], file: bytes) -> bytes:
    start = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    text = "".join(f'{start}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    head = f'{start}"file"; filename="file"\r\nContent-Type: text/plain\r\n\r\n'
    return (text + head).encode() + file + f"\r\n--{BOUNDARY}--\r\n".encode()
