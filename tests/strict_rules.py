"""What S3 refuses of signatures, session tokens, lists of parts and copies, and moto does not."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from conformance.s3 import sigv2
from conformance.s3.endpoint import Credentials
from conformance.s3.operations import Call, operation_named
from conformance.serve.http import Answer, Request

SIZE: Final = "x-amz-mp-object-size"
COPYING: Final = ("x-amz-copy-source", "If-Match", "If-None-Match")
Fault = tuple[int, str] | None


def is_legacy(request: Request) -> bool:
    """Whether a URL has a signature from before version 4."""
    return "AWSAccessKeyId" in request.parameters


def legacy(request: Request, keys: Credentials) -> Fault:
    """What is wrong with the signature of such a URL."""
    asked = request.parameters
    if int(asked["Expires"]) < time.time():
        return (403, "AccessDenied")
    bucket, _, key = unquote(request.path).lstrip("/").partition("/")
    operation = operation_named("PutObject" if request.method == "PUT" else "GetObject")
    call = Call(operation=operation, bucket=bucket, key=key, headers=dict(request.headers))
    amazon = {name: value for name, value in call.headers.items() if name.lower() != "content-type"}
    right = sigv2.signature(replace(call, headers=amazon), keys, int(asked["Expires"]))
    return None if unquote(asked["Signature"]) == right else (403, "SignatureDoesNotMatch")


def token(request: Request) -> Fault:
    """What is wrong with a session token: the keys here are of no session."""
    return (400, "InvalidToken") if request.header("x-amz-security-token") else None


def deletion(request: Request, ask: Callable[[Request], Answer]) -> Answer:
    """The answer to DeleteObjects, which leaves alone what has not the ETag that is named."""
    bucket, refused = request.path.rstrip("/"), b""
    body = request.body
    for each in re.findall(rb"<Object>.*?</Object>", body):
        named = re.search(rb"<Key>(.*?)</Key>.*<ETag>(.*?)</ETag>", each)
        if named is None:
            continue
        path = f"{bucket}/{named[1].decode()}"
        head = ask(replace(request, method="HEAD", target=path, body=b""))
        if (head.header("ETag") or "").encode() != named[2]:
            body = body.replace(each, b"")
            refused += b"<Error><Key>%s</Key><Code>PreconditionFailed</Code></Error>" % named[1]
    answer = ask(replace(request, body=re.sub(rb"<ETag>.*?</ETag>", b"", body)))
    end = b"</DeleteResult>"
    return replace(answer, body=answer.body.replace(end, refused + end))


def completion(request: Request, ask: Callable[[Request], Answer]) -> Fault:
    """What is wrong with a list of parts."""
    if request.method != "POST" or "uploadId" not in request.parameters:
        return None
    numbers = [int(it) for it in re.findall(rb"<PartNumber>(\d+)</PartNumber>", request.body)]
    if len({*numbers}) < len(numbers):
        return (400, "InvalidPartOrder")
    said = request.header(SIZE)
    if said is None:
        return None
    listing = ask(replace(request.without(SIZE), method="GET", body=b""))
    sizes = [int(it) for it in re.findall(rb"<Size>(\d+)</Size>", listing.body)]
    return None if int(said) == sum(sizes) else (400, "InvalidRequest")


def destination(request: Request, ask: Callable[[Request], Answer]) -> Fault:
    """What is wrong with a copy whose destination is not as its conditions say."""
    own, none = request.header("If-Match"), request.header("If-None-Match")
    if request.header("x-amz-copy-source") is None or not (own or none):
        return None
    head = ask(replace(request.without(*COPYING), method="HEAD", body=b""))
    there = head.status == 200
    if own and not there:
        return (404, "NoSuchKey")
    other = own and head.header("ETag") != own
    return (412, "PreconditionFailed") if other or (none and there) else None
