"""Encryption with keys the server keeps: which kind, which key, and what goes with it.

Most stores encrypt everything as they like and say so of every object, so an answer that says
AES256 shows nothing where a plain object says the same. A value that S3 does not know must be
refused, and what was asked for must be shown of the object, not only in the response.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Final

from conformance.probing import (
    API,
    Check,
    Comparison,
    Hazard,
    Observed,
    OperationName,
    Outcome,
    Response,
    Workbench,
    api,
    core,
    decide,
    detail,
    equals,
    family,
    guide,
    has_body,
    has_header,
    holds,
    probe,
    promise,
    refused,
)
from conformance.subjects import key_service, multipart, writes

CONTEXT: Final = f"{key_service.SSE}-context"
BUCKET_KEY: Final = f"{key_service.SSE}-bucket-key-enabled"
UNKNOWN: Final = "AES512"
NO_SUCH_KEY: Final = "00000000-0000-4000-8000-000000000000"
LAST_NAME: Final = re.compile("[:/]")  # of an ARN
KMS: Final = guide("UsingKMSEncryption")
BUCKET_KEYS: Final = guide("bucket-key")


def _algorithm(operation: str, feature: str) -> Iterator[Check]:
    page = api(operation)
    effect = f"{feature}: AES256 by HeadObject; a refusal of {UNKNOWN} where every object has one"
    yield core("effect", effect, page)
    yield promise("shown-by-head", f"{feature}: AES256 by HeadObject", api("HeadObject"))
    yield promise("unknown-algorithm", f"a refusal of {UNKNOWN}", page)
    yield detail("echo", f"{feature}: AES256 in the response", page)
    if operation == "CopyObject":
        yield promise("metadata", "the source's x-amz-meta-* with the copy", page)
    if operation == "PutObject":
        yield promise("shown-by-get", f"{feature}: AES256 by GetObject", api("GetObject"))
        yield promise("bytes", "the bytes of the object", guide("UsingServerSideEncryption"))
        by_default = f"{feature} by HeadObject of an object stored without it"
        yield detail("default", by_default, guide("default-encryption-faq"))
    kms = f"{feature}: aws:kms by HeadObject, where no object shows AES256"
    yield core("kms-instead", kms, KMS)


@family(
    key_service.SSE,
    operations=writes.WRITES,
    security=True,
    checks=lambda operation, feature: [*_algorithm(operation, feature)],
)
def algorithm(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Encrypt the object as asked and show so of it; refuse an algorithm S3 does not know.

    A server that has keys of a key service only does half of it.
    """
    answer = bench.treat(writes.write_call(bench, operation, {feature: "AES256"}))
    bench.accepted(answer, feature)
    by_default = key_service.plain_head(bench).header(feature)
    subject = writes.written(bench, answer)
    head = bench.effect(subject.call("HeadObject"))
    shown = has_header(head, feature, "AES256", default=[None, by_default])
    unknown = bench.effect(writes.write_call(bench, operation, {feature: UNKNOWN}))
    refusal = refused(unknown)

    bench.check("echo", has_header(answer, feature, "AES256"))
    bench.check("unknown-algorithm", refusal)
    bench.check("shown-by-head", shown)
    if operation == "CopyObject":
        bench.check("metadata", writes.keeps_metadata(head))
    if by_default:
        bench.check("effect", refusal)
    else:
        kms = None if shown.held else key_service.shown_with_kms(bench, operation)
        bench.check("effect", shown if kms is None else shown.hurting(Hazard.SILENT))
        if kms is not None:
            bench.check("kms-instead", has_header(kms, feature, "aws:kms"))
    bench.skip("kms-instead", because="HeadObject shows an algorithm, or no key service is offered")
    if operation == "PutObject":
        got = bench.effect(subject.call("GetObject"))
        bench.check("bytes", has_body(got, subject.body))
        bench.check("shown-by-get", has_header(got, feature, "AES256"))
        said = f"{feature}: {by_default or 'missing'}"
        bench.check("default", holds(by_default is not None, said, key_service.plain_head(bench)))


@probe(
    f"UploadPart/{key_service.SSE}",
    security=True,
    checks=(core("unknown-algorithm", f"a refusal of {UNKNOWN}", api("UploadPart")),),
)
def upload_part(bench: Workbench) -> None:
    """Refuse an algorithm that S3 does not know.

    AWS's UploadPart takes the algorithm of the upload; the header is in its answer only.
    """
    call = multipart.begin(bench).part(1, bench.text())

    bench.accepted(bench.treat(call.plus(headers={key_service.SSE: "AES256"})), key_service.SSE)
    unknown = bench.effect(call.plus(headers={key_service.SSE: UNKNOWN}))
    bench.check("unknown-algorithm", refused(unknown))


def _served(
    bench: Workbench, operation: OperationName, feature: str, value: str
) -> tuple[key_service.Kms, Response]:
    """The answer to a request with a header that goes with `aws:kms`.

    Where nothing can be stored so, the header goes alone: S3 refuses it then, so a server that
    takes it has ignored it.
    """
    kms = key_service.key_service(bench)
    call = writes.write_call(bench, operation, {**kms.headers, feature: value})
    # Some servers take aws:kms with a key's id only: then neither comes without the other.
    left = {} if feature == key_service.KEY_ID else kms.headers
    alone = writes.write_call(bench, operation, {k: v for k, v in left.items() if k != feature})
    answer = bench.accepted(bench.treat(call), control=alone)
    if kms.refusal:
        decide(Observed.IGNORED, f"served, though aws:kms is refused: {kms.refusal}")
    return kms, answer


def _kms_checks(operation: str, feature: str) -> Iterator[Check]:
    page = api(operation)
    yield core("missing-key", "a refusal of a key that does not exist", KMS)
    yield core("made-up-key", f"{feature} by HeadObject, where no existing key is known", page)
    yield promise("shown-by-head", f"{feature} by HeadObject", api("HeadObject"))
    yield promise("algorithm", f"{key_service.SSE}: aws:kms by HeadObject", api("HeadObject"))
    yield detail("echo", f"{feature} in the response", page)
    if operation == "PutObject":
        text = f"a refusal of it without {key_service.SSE}: aws:kms"
        yield detail("without-algorithm", text, page)
    code = "400 KMS.NotFoundException for a key that does not exist"
    yield detail("missing-key-code", code, f"{API}/ErrorResponses.html")


@family(
    key_service.KEY_ID,
    operations=writes.WRITES,
    security=True,
    checks=lambda operation, feature: [*_kms_checks(operation, feature)],
)
def kms_key_id(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Encrypt with the key that is named and show so of the object; refuse a missing key."""
    named = key_service.key_service(bench).key_id
    if named is None:
        _made_up(bench, operation, feature)
        return
    kms, answer = _served(bench, operation, feature, named)
    bench.skip("made-up-key", because="an existing key is known")
    head = key_service.written_head(bench, answer)
    bench.check("shown-by-head", _names_key(head, feature, named))
    bench.check("algorithm", has_header(head, key_service.SSE, "aws:kms"))
    bench.check("echo", _names_key(answer, feature, named))
    call = writes.write_call(bench, operation, {**kms.headers, feature: NO_SUCH_KEY})
    _missing(bench, bench.effect(call))
    if operation == "PutObject":
        alone = bench.effect(writes.write_call(bench, operation, {feature: named}))
        bench.check("without-algorithm", refused(alone))


def _names_key(answer: Response, feature: str, named: str) -> Comparison:
    """The key's id, or the ARN that ends in it."""
    seen = answer.header(feature)
    right = seen is not None and LAST_NAME.split(seen)[-1] == LAST_NAME.split(named)[-1]
    otherwise = Outcome.IGNORED if seen is None else Outcome.WRONG
    return holds(right, f"{feature}: {seen or 'missing'}", answer, otherwise=otherwise)


def _missing(bench: Workbench, missing: Response) -> None:
    bench.check("missing-key", refused(missing))
    if missing.ok:
        bench.skip("missing-key-code", because="a key that does not exist was not refused")
    else:
        code = equals("answer", missing.describe(), "400 KMS.NotFoundException", missing)
        bench.check("missing-key-code", code)


def _made_up(bench: Workbench, operation: OperationName, feature: str) -> None:
    """No key is known, so the one that is named does not exist; `KMS.…` says that it was sought."""
    kms = key_service.key_service(bench)
    missing = bench.treat(
        writes.write_call(bench, operation, {**kms.headers, feature: NO_SUCH_KEY})
    )
    others = ["made-up-key", "shown-by-head", "algorithm", "echo"]
    if operation == "PutObject":
        others.append("without-algorithm")
    if missing.code.startswith("KMS."):
        _missing(bench, missing)
        bench.skip(*others, because="no existing key is known; name one with --kms-key-id")
        return
    _, answer = _served(bench, operation, feature, NO_SUCH_KEY)
    _missing(bench, answer)
    bench.check(
        "made-up-key", _names_key(key_service.written_head(bench, answer), feature, NO_SUCH_KEY)
    )
    bench.skip(*others, because="no existing key is known; name one with --kms-key-id")


def _context_checks(operation: str, _: str) -> list[Check]:
    text = "a refusal of a context that is no JSON in base64"
    return [core("malformed-context", text, api(operation))]


@family(CONTEXT, operations=writes.WRITES, security=True, checks=_context_checks)
def context(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Bind the key to a context: base64 of a JSON object, and anything else is refused."""
    kms, _ = _served(bench, operation, feature, base64.b64encode(b'{"suite":"s3"}').decode())
    malformed = bench.effect(
        writes.write_call(bench, operation, {**kms.headers, feature: "no JSON"})
    )
    bench.check("malformed-context", refused(malformed))


def _bucket_key_checks(operation: str, feature: str) -> list[Check]:
    effect = f"{feature}: true by HeadObject; a refusal of 'neither' where every object has one"
    return [
        core("effect", effect, BUCKET_KEYS),
        promise("shown-by-head", f"{feature}: true by HeadObject", api("HeadObject")),
        detail("echo", f"{feature}: true in the response", api(operation)),
    ]


@family(BUCKET_KEY, operations=writes.WRITES, checks=_bucket_key_checks)
def bucket_key(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Encrypt with a key for the bucket and show so of the object."""
    kms, answer = _served(bench, operation, feature, "true")
    head = key_service.written_head(bench, answer)
    shown = has_header(head, feature, "true", default=[None])
    bench.check("shown-by-head", shown)
    bench.check("echo", has_header(answer, feature, "true"))
    if kms.head is None or kms.head.header(feature) is None:
        bench.check("effect", shown)
        return
    neither = bench.effect(writes.write_call(bench, operation, {**kms.headers, feature: "neither"}))
    bench.check("effect", refused(neither))
