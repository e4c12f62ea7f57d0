"""Responses to requests that are refused: status, code, media type and request id.

SDKs raise an exception by the code, retry by the status, and parse XML and nothing else. Source:
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Check,
    Credentials,
    Observed,
    OperationName,
    Response,
    Stored,
    Undecided,
    Workbench,
    behaviour,
    content_md5,
    core,
    decide,
    detail,
    equals,
    has_status,
    promise,
    refused,
)
from conformance.subjects import multipart, smallest_requests

RESPONSES: Final = "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTErrorResponses.html"
XML: Final = "application/xml"
KEY_LIMIT: Final = 1024
METADATA_LIMIT: Final = 2048
STRANGER: Final = Credentials(access_key="AKIASTRANGERSTRANGER", secret_key="of-nobody")
HEADED: Final = ("NoSuchKey", "NoSuchBucket")  # HEAD of the same is refused, too
# What a client finds in the body: of which resource it speaks.
NAMING: Final = {
    "NoSuchKey": "key",
    "NoSuchBucket": "bucket's name",
    "NoSuchUpload": "upload id",
    "NoSuchVersion": "version id",
}


@dataclass(frozen=True, slots=True)
class _Case:
    """A code and the smallest request for it.

    Attributes:
        status: the documented one.
        provoke: sends what must be served, then what must be refused; the answer to that.
    """

    status: int
    provoke: Callable[[Workbench], Response]


def _read(bench: Workbench, **headers: str) -> Call:
    """GetObject of a small object, which is served."""
    call = bench.plain.call("GetObject")
    bench.setup(call)
    return call.plus(headers={name.replace("_", "-"): value for name, value in headers.items()})


def _write(bench: Workbench) -> Call:
    """PutObject to a fresh key, of a kind that is served."""
    subject = bench.put()
    return replace(subject.call("PutObject", body=subject.body), key=bench.key())


def _missing_key(bench: Workbench) -> Response:
    return bench.treat(replace(_read(bench), key=bench.key()))


def _missing_bucket(bench: Workbench) -> Response:
    call = Call(operation="ListObjectsV2", bucket=bench.bucket, query={"max-keys": "1"})
    bench.setup(call)
    # Nothing is created, so that is done beside buckets given with --bucket, too.
    return bench.treat(replace(call, bucket=bench.sandbox.bucket_name()))


def _missing_upload(bench: Workbench) -> Response:
    upload = multipart.begin(bench)
    bench.setup(upload.part(1, bench.text()))
    return bench.treat(upload.unknown.part(1, bench.text()))


def _not_empty(bench: Workbench) -> Response:
    bucket = bench.new_bucket()
    bench.put(bucket=bucket)
    answer = bench.treat(Call(operation="DeleteBucket", bucket=bucket))
    empty = bench.new_bucket()
    bench.setup(Call(operation="DeleteBucket", bucket=empty))
    return answer


def _bucket_name(bench: Workbench) -> Response:
    if bench.endpoint.addressing != "path":
        raise Undecided("a name that is no host's can be sent in a path only")
    bench.new_bucket()
    return bench.treat(Call(operation="CreateBucket", bucket=f"{bench.bucket_name()}_A"))


def _location(bench: Workbench) -> Response:
    bench.new_bucket()
    body = b"<CreateBucketConfiguration><LocationConstraint>no-such-region-1</LocationConstraint>"
    call = Call(
        operation="CreateBucket",
        bucket=bench.bucket_name(),
        body=body + b"</CreateBucketConfiguration>",
    )
    return bench.treat(call)


def _exists_already(bench: Workbench) -> Response:
    if bench.endpoint.alt is None:
        raise Undecided("the bucket must be another account's; give --alt-profile")
    bucket = bench.new_bucket()
    call = Call(operation="CreateBucket", bucket=bucket)
    answer = bench.treat(call, credentials=bench.endpoint.alt)
    if answer.denied:
        raise Undecided(f"the other account may not create buckets: {answer.describe()}")
    return answer


def _small_part(bench: Workbench) -> Response:
    alone = multipart.begin(bench)
    single = bench.setup(alone.part(1, bench.text()))
    bench.setup(alone.complete([single.etag]))
    upload = multipart.begin(bench)
    etags = [bench.setup(upload.part(number, bench.text())).etag for number in (1, 2)]
    return bench.treat(upload.complete(etags))


def _unknown_part(bench: Workbench) -> Response:
    upload = multipart.begin(bench)
    bench.setup(upload.part(1, bench.text()))
    return bench.treat(upload.complete([multipart.part_etag(bench.text())]))


def _part_number(bench: Workbench) -> Response:
    upload = multipart.begin(bench)
    bench.setup(upload.part(10000, bench.text()))
    return bench.treat(upload.part(10001, bench.text()))


def _broken_document(bench: Workbench) -> Response:
    subject = bench.put()
    good = smallest_requests.delete_objects(subject)
    body = b"<Delete><Object><Key>unclosed</Key></Delete>"
    answer = bench.treat(good.plus(body=body, headers=content_md5(body)))
    bench.setup(good)
    return answer


def _with_header(name: str, value: Callable[[Workbench], str]) -> Callable[[Workbench], Response]:
    def provoke(bench: Workbench) -> Response:
        call = _write(bench).plus(headers={name: value(bench)})
        return bench.treat(call, keep_digest=True)

    return provoke


def _not_configured(operation: OperationName) -> Callable[[Workbench], Response]:
    def provoke(bench: Workbench) -> Response:
        bucket = bench.new_bucket()
        bench.setup(Call(operation="HeadBucket", bucket=bucket))
        return bench.treat(Call(operation=operation, bucket=bucket))

    return provoke


def _onto_itself(bench: Workbench) -> Response:
    subject = bench.put()
    headers = {"x-amz-copy-source": subject.source}
    copy = subject.call("CopyObject", headers=headers)
    bench.setup(replace(copy, key=bench.key()))
    return bench.treat(copy)


def _long_key(bench: Workbench) -> Response:
    call = _write(bench)
    return bench.treat(replace(call, key=call.key.ljust(KEY_LIMIT + 1, "k")))


def _deleted_version(bench: Workbench) -> tuple[Stored, str]:
    """A version that is there, and the version id of the delete marker above it."""
    bucket = bench.lease("versioning")
    body = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
    bench.setup(Call(operation="PutBucketVersioning", bucket=bucket, body=body))
    subject = bench.put(bucket=bucket)
    deleted = bench.setup(subject.call("DeleteObject"))
    marker = deleted.header("x-amz-version-id")
    if not (subject.version and marker):
        raise Undecided("PutObject and DeleteObject returned no version ids")
    return subject, marker


def _marker(bench: Workbench) -> Response:
    subject, marker = _deleted_version(bench)
    bench.setup(subject.call("GetObject", query={"versionId": subject.version or ""}))
    return bench.treat(subject.call("GetObject", query={"versionId": marker}))


def _missing_version(bench: Workbench) -> Response:
    subject, _ = _deleted_version(bench)
    call = subject.call("GetObject", query={"versionId": subject.version or ""})
    bench.setup(call)
    bench.setup(replace(call, operation="DeleteObject"))
    return bench.treat(call)


def _token(bench: Workbench) -> Response:
    """A request whose session token is none, with the keys of the run."""
    call = _read(bench)
    keys = replace(bench.endpoint.credentials.now(), token="s3-conformance-no-token", renew=None)
    return bench.treat(call, credentials=keys, as_answered=True)


CASES: Final[dict[str, _Case]] = {
    "NoSuchKey": _Case(404, _missing_key),
    "NoSuchBucket": _Case(404, _missing_bucket),
    "NoSuchUpload": _Case(404, _missing_upload),
    "NoSuchVersion": _Case(404, _missing_version),
    "NoSuchBucketPolicy": _Case(404, _not_configured("GetBucketPolicy")),
    "NoSuchCORSConfiguration": _Case(404, _not_configured("GetBucketCors")),
    "NoSuchLifecycleConfiguration": _Case(404, _not_configured("GetBucketLifecycleConfiguration")),
    "NoSuchTagSet": _Case(404, _not_configured("GetBucketTagging")),
    "BucketAlreadyExists": _Case(409, _exists_already),
    "BucketNotEmpty": _Case(409, _not_empty),
    "InvalidBucketName": _Case(400, _bucket_name),
    "InvalidLocationConstraint": _Case(400, _location),
    "EntityTooSmall": _Case(400, _small_part),
    "InvalidPart": _Case(400, _unknown_part),
    "InvalidPartOrder": _Case(400, multipart.in_wrong_order),
    "InvalidArgument": _Case(400, _part_number),
    "InvalidRange": _Case(416, lambda bench: bench.treat(_read(bench, Range="bytes=999-"))),
    "PreconditionFailed": _Case(
        412, lambda bench: bench.treat(_read(bench, If_Match=multipart.part_etag(bench.text())))
    ),
    "BadDigest": _Case(
        400, _with_header("Content-MD5", lambda bench: content_md5(bench.text())["Content-MD5"])
    ),
    "InvalidDigest": _Case(400, _with_header("Content-MD5", lambda _: "not-a-digest")),
    "InvalidStorageClass": _Case(400, _with_header("x-amz-storage-class", lambda _: "NO_CLASS")),
    "MalformedXML": _Case(400, _broken_document),
    "MethodNotAllowed": _Case(405, _marker),
    "KeyTooLongError": _Case(400, _long_key),
    "MetadataTooLarge": _Case(
        400, _with_header("x-amz-meta-long", lambda _: "m" * (METADATA_LIMIT + 1))
    ),
    "InvalidRequest": _Case(400, _onto_itself),
    "InvalidToken": _Case(400, _token),
}
SECURED: Final[dict[str, _Case]] = {
    "SignatureDoesNotMatch": _Case(
        403, lambda bench: bench.treat(_read(bench), invalid_signature=True)
    ),
    "InvalidAccessKeyId": _Case(403, lambda bench: bench.treat(_read(bench), credentials=STRANGER)),
    "AccessDenied": _Case(403, lambda bench: bench.treat(_read(bench), anonymous=True)),
}


def _checks(_: str, name: str) -> Iterator[Check]:
    status = {**CASES, **SECURED}[name].status
    yield core("refused", "a refusal", ERRORS)
    yield promise("status", f"status {status}", ERRORS)
    yield promise("code", f"code {name}", ERRORS)
    yield promise("media-type", f"Content-Type: {XML}", RESPONSES)
    yield detail("request-id", "a RequestId in the body", RESPONSES)
    yield detail("message", "a Message in the body", RESPONSES)
    yield detail("no-parameters", "no parameters of the media type, which some SDKs stumble over",
                 RESPONSES)  # fmt: skip
    if name in NAMING:
        yield detail("names-it", f"the {NAMING[name]} in the body", RESPONSES)
    if name == "NoSuchBucket":
        yield promise("key-in-it", "the same code for a key in no bucket", ERRORS)
    if name in HEADED:
        yield promise("head", f"status {status} to HEAD of the same", RESPONSES)


def _declared(topic: str, name: str) -> list[Check]:
    return [*_checks(topic, name)]


@behaviour("Error", *CASES, checks=_declared)
def error(bench: Workbench, name: str) -> None:
    """Refuse the request with the documented status and code, in XML."""
    _refusal(bench, name, CASES[name])


@behaviour("Error", *SECURED, checks=_declared, security=True)
def secured(bench: Workbench, name: str) -> None:
    """Refuse a request without the right signature, with the documented status and code."""
    _refusal(bench, name, SECURED[name])


_ALL: Final = (
    "status", "code", "media-type", "request-id", "message", "no-parameters", "head", "names-it",
    "key-in-it",
)  # fmt: skip


def _declares(name: str, check: str) -> bool:
    return any(each.id == check for each in _checks("Error", name))


def _refusal(bench: Workbench, name: str, case: _Case) -> None:
    answer = case.provoke(bench)
    if answer.status == 501:
        decide(Observed.REJECTED, f"expected {case.status} {name}; got {answer.describe()}")
    if not bench.check("refused", refused(answer)):
        others = [check for check in _ALL if _declares(name, check)]
        bench.skip(*others, because=f"the request was not refused: {answer.describe()}")
        return
    bench.check("status", has_status(answer, case.status))
    bench.check("code", equals("code", answer.code, name, answer))
    told, _, parameters = (answer.header("Content-Type") or "").partition(";")
    bench.check("media-type", equals("Content-Type", told.strip().lower(), XML, answer))
    bench.check("no-parameters", equals("parameters", parameters, "", answer))
    for check, element in (("request-id", "RequestId"), ("message", "Message")):
        bench.check(check, equals(element, bool(answer.text(element)), True, answer))
    if name in HEADED:
        head: OperationName = "HeadObject" if answer.call.key else "HeadBucket"
        twin = bench.effect(Call(operation=head, bucket=answer.call.bucket, key=answer.call.key))
        bench.check("head", has_status(twin, case.status))
    if name in NAMING:
        call = answer.call
        ids = [call.query.get(it) for it in ("uploadId", "versionId") if it in call.query]
        text = ids[0] or "" if ids else call.key or call.bucket
        there = text in [each.text for each in answer.xml.iter()]
        bench.check("names-it", equals(f"{NAMING[name]} in it", there, True, answer))
    if name == "NoSuchBucket":
        key = Call(operation="GetObject", bucket=answer.call.bucket, key=bench.key())
        inside = bench.effect(key)
        bench.check("key-in-it", equals("answer", inside.describe(), f"404 {name}", inside))
