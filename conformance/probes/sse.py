"""Encryption with keys the server keeps: which kind, which key, and what goes with it.

Most stores encrypt everything as they like and say so of every object, so an answer that says
AES256 shows nothing where a plain object says the same. A value that S3 does not know must be
refused, and what was asked for must be told of the object, not only of the request.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import Final

from conformance.probing import (
    Proof,
    Seen,
    Undecided,
    Workbench,
    decide,
    family,
    judge,
    probe,
    refuses,
    shows,
)
from conformance.s3.operations import OperationName
from conformance.s3.response import Response
from conformance.subjects.multipart import begin
from conformance.subjects.writes import WRITES, write_call, written
from conformance.verdict import Hazard, Observation, Observed

SSE: Final = "x-amz-server-side-encryption"
KEY_ID: Final = f"{SSE}-aws-kms-key-id"
CONTEXT: Final = f"{SSE}-context"
BUCKET_KEY: Final = f"{SSE}-bucket-key-enabled"
UNKNOWN: Final = "AES512"
NO_SUCH_KEY: Final = "00000000-0000-4000-8000-000000000000"


@family(SSE, operations=WRITES, security=True)
def algorithm(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Encrypt the object as asked and say so of it; refuse an algorithm S3 does not know.

    A server that has keys of a key service only does half of it.
    """
    answer = bench.treat(write_call(bench, operation, {feature: "AES256"}))
    bench.accepted(answer, feature)
    by_default = bench.shared("HeadObject of a plain object", _plain_head).header(feature)
    told = _says(_head(bench, answer), feature, "AES256", by_default)
    unknown = bench.effect(write_call(bench, operation, {feature: UNKNOWN}))

    refusal = refuses(f"with {UNKNOWN}", unknown)
    if told.seen is not Seen.HELD and (kms := _heeded(bench, operation)):
        return judge(replace(told, hazard=Hazard.SILENT), kms, also=[refusal])
    return judge(refusal, also=[told]) if by_default else judge(told, also=[refusal])


def _heeded(bench: Workbench, operation: OperationName) -> Proof | None:
    """That aws:kms is told of an object, if it can be stored so and is not what is told anyway."""
    try:
        kms = bench.shared("a key service", _kms)
    except Undecided:
        return None
    if not kms.headers or bench.shared("HeadObject of a plain object", _plain_head).header(SSE):
        return None
    answer = bench.treat(write_call(bench, operation, kms.headers))
    told = _says(_head(bench, answer), SSE, kms.headers[SSE]) if answer.ok else None
    return told if told and told.seen is Seen.HELD else None


def _plain_head(bench: Workbench) -> Response:
    return bench.setup(bench.plain.call("HeadObject"))


def _head(bench: Workbench, answer: Response) -> Response:
    """HeadObject of what a served request of `write_call` stored."""
    return bench.effect(written(bench, answer).call("HeadObject"))


def _says(head: Response, header: str, value: str, unasked: str | None = None) -> Proof:
    found = head.header(header)
    wanted = "" if found == value else f", not {value}"
    text = f"HeadObject says {header}: {found}{wanted}"
    otherwise = Seen.ABSENT if found in (None, unasked) else Seen.WRONG
    return shows(found == value, text, text, otherwise=otherwise)


@probe(f"UploadPart/{SSE}", security=True)
def upload_part(bench: Workbench) -> Observation:
    """Heed the algorithm, so that one S3 does not know is refused.

    AWS's UploadPart takes it of the upload; the header is in its answer only.
    """
    call = begin(bench).part(1, bench.text())

    bench.accepted(bench.treat(call.plus(headers={SSE: "AES256"})), SSE)
    unknown = bench.effect(call.plus(headers={SSE: UNKNOWN}))

    return judge(refuses(f"with {UNKNOWN}", unknown))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kms:
    """What storing with a key of the server's key service takes.

    Attributes:
        headers: of a request that is served; empty where there is none.
        key_id: of the key that is used, if it is known.
        head: HeadObject of an object stored so; None where there is none.
        refusal: what storing was answered; None where it was served.
    """

    headers: dict[str, str]
    key_id: str | None = None
    head: Response | None = None
    refusal: str | None = None


def _kms(bench: Workbench) -> Kms:
    """Store with the key the user names, or with the default key.

    Raises:
        Undecided: refused, and perhaps only because no key was named.
    """
    given = bench.endpoint.kms_key_id
    headers = {SSE: "aws:kms", **({KEY_ID: given} if given else {})}
    answer = bench.attempt(write_call(bench, "PutObject", headers))
    if answer.ok:
        head = bench.setup(written(bench, answer).call("HeadObject"))
        return Kms(headers=headers, key_id=given or head.header(KEY_ID), head=head)
    if given is None and answer.status != 501:
        hint = "" if answer.broke else "; name a key with --kms-key-id"
        raise Undecided(f"aws:kms: {answer.describe()}{hint}")
    return Kms(headers={}, refusal=answer.describe())


def _served(
    bench: Workbench, operation: OperationName, feature: str, value: str
) -> tuple[Kms, Response]:
    """The answer to a request with a header that goes with `aws:kms`.

    Where nothing can be stored so, the header goes alone: S3 refuses it then, so a server that
    takes it has ignored it.
    """
    kms = bench.shared("a key service", _kms)
    call = write_call(bench, operation, {**kms.headers, feature: value})
    # Some servers take aws:kms with a key's id only: then neither comes without the other.
    left = {} if feature == KEY_ID else kms.headers
    alone = write_call(bench, operation, {k: v for k, v in left.items() if k != feature})
    answer = bench.accepted(bench.treat(call), control=alone)
    if kms.refusal:
        decide(Observed.IGNORED, f"served, though aws:kms is refused: {kms.refusal}")
    return kms, answer


@family(KEY_ID, operations=WRITES, security=True)
def kms_key_id(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Encrypt with the key that is named and say so of the object; refuse a key there is not."""
    named = bench.shared("a key service", _kms).key_id
    if named is None:
        return _made_up(bench, operation, feature)
    kms, answer = _served(bench, operation, feature, named)
    told = _says(_head(bench, answer), feature, named)
    missing = bench.effect(write_call(bench, operation, {**kms.headers, feature: NO_SUCH_KEY}))

    return judge(refuses("with a key there is not", missing), also=[told])


def _made_up(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """No key is known, so the one that is named does not exist; `KMS.…` says that it was sought."""
    kms = bench.shared("a key service", _kms)
    missing = bench.treat(write_call(bench, operation, {**kms.headers, feature: NO_SUCH_KEY}))
    if missing.code.startswith("KMS."):
        return judge(refuses("with a key there is not", missing))
    _, answer = _served(bench, operation, feature, NO_SUCH_KEY)
    told = _says(_head(bench, answer), feature, NO_SUCH_KEY)
    return judge(refuses("with a key there is not", answer), told)


@family(CONTEXT, operations=WRITES, security=True)
def context(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Bind the key to a context: base64 of a JSON object, and anything else is refused."""
    kms, _ = _served(bench, operation, feature, base64.b64encode(b'{"suite":"s3"}').decode())
    malformed = bench.effect(write_call(bench, operation, {**kms.headers, feature: "no JSON"}))

    return judge(refuses("with a context that is no JSON in base64", malformed))


@family(BUCKET_KEY, operations=WRITES)
def bucket_key(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Encrypt with a key for the bucket and say so of the object."""
    kms, answer = _served(bench, operation, feature, "true")
    told = _says(_head(bench, answer), feature, "true")
    if kms.head is None or kms.head.header(feature) is None:
        return judge(told)

    neither = bench.effect(write_call(bench, operation, {**kms.headers, feature: "neither"}))
    return judge(refuses("with a value that is neither true nor false", neither), also=[told])
