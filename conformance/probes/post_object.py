"""Objects stored by a browser's form, which is signed beforehand and sent without a signature.

What counts as proof. The object has the file's bytes; a form for another key than was signed for,
one whose time is over and one whose signature is spoiled are refused, and store nothing.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from conformance.probing import (
    NOT_OFFERED,
    Proof,
    Seen,
    Undecided,
    Workbench,
    carries,
    decide,
    judge,
    offered,
    probe,
    refuses,
)
from conformance.s3.endpoint import Endpoint
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.sandbox.ledger import Created
from conformance.verdict import Hazard, Observation, Observed

OVER: Final = timedelta(minutes=-10)


@probe("PostObject")
def post_object(bench: Workbench) -> Observation:
    """Store the form's file under its key, as long as the form is as it was signed."""
    key, file = bench.key(), bench.text()
    call = form(bench, key, file)

    answer = bench.treat(call, anonymous=True)
    if answer.denied:
        _known(bench, call, answer, key)
    offered(answer)
    read = Call(operation="GetObject", bucket=bench.bucket, key=key)
    stored = bench.effect(read)

    return judge(
        carries("the object", stored, file, otherwise=_otherwise(stored)),
        also=[
            _refused(bench, "for another key than was signed for", promised=bench.key()),
            _refused(bench, "whose time is over", lifetime=OVER),
            _refused(bench, "whose signature is spoiled", forged=True),
        ],
    )


def _known(bench: Workbench, call: Call, answer: Response, key: str) -> None:
    """Whether forms are known at all: where not, they are refused as requests without a signature.

    Raises:
        Decided: the same form, sent by somebody known, is refused as what is not offered, or
            accepted without an object coming of it.
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


def _otherwise(stored: Response) -> Seen:
    return Seen.ABSENT if stored.status == 404 else Seen.WRONG


def _refused(
    bench: Workbench,
    what: str,
    *,
    promised: str | None = None,
    lifetime: timedelta | None = None,
    forged: bool = False,
) -> Proof:
    """A form that is not as it was signed; a server that checks forms at all must refuse it."""
    how = {} if lifetime is None else {"lifetime": lifetime}
    call = form(bench, bench.key(), bench.text(), promised=promised, forged=forged, **how)
    answer = bench.effect(call, anonymous=True)
    proof = refuses(f"a form {what}", answer)
    if proof.seen is not Seen.ABSENT or bench.shared("a spoiled signature", _served).ok:
        return proof
    return Proof(seen=proof.seen, text=proof.text, hazard=Hazard.SILENT)


def _served(bench: Workbench) -> Response:
    """What a spoiled signature is answered elsewhere; who verifies none is a test server."""
    return bench.control(Call(operation="HeadBucket", bucket=bench.bucket), invalid_signature=True)


BOUNDARY: Final = "s3-conformance-form"


LIFETIME: Final = timedelta(minutes=10)


def form(
    bench: Workbench,
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
        bench: whose bucket and keys are used.
        key: where the object is to be.
        file: its bytes.
        promised: the key that the policy allows, if it is another.
        lifetime: how long the policy holds; nothing or less and it holds no longer.
        forged: turn the signature around.
    """
    bench.sandbox.ledger.add(Created(bucket=bench.bucket, key=key))
    now = datetime.now(UTC)
    fields = {"key": promised or key, **_who(bench.endpoint, now)}
    policy = _policy(bench.bucket, fields, now + lifetime)
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
