"""What can go wrong with buckets, and with regions."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    answering,
    edited,
    empty_result,
    headed,
    repeated,
    unsorted,
)
from tests.mutants.listing_faults import missing, text_of
from tests.mutants.remembering import once


def _line(row: str, check: str, name: str, respond: Respond) -> Line:
    return row, shown_by(check, wrong(name, respond))


def _everywhere(row: str, check: str, name: str, respond: Respond) -> Line:
    return row, shown_by(check, anywhere(name, respond))


def _never_forgets(request: Request, behind: Behind) -> Answer:
    """ListBuckets lists every bucket that was ever created."""
    if request.method == "PUT" and not _key_of(request):
        behind.memory[request.path.strip("/")] = True
    answer = behind.ask(request)
    if request.method != "GET" or request.path != "/" or answer.status != 200:
        return answer
    gone = [name for name in behind.memory if name.encode() not in answer.body]
    more = "".join(f"<Bucket><Name>{name}</Name></Bucket>" for name in gone)
    body = answer.body.replace(b"</Buckets>", more.encode() + b"</Buckets>")
    return replace(answer, body=body)


def _again(respond: Respond) -> Respond:
    """Done to CreateBucket of a bucket that was created before."""

    def second(request: Request, behind: Behind) -> Answer:
        if request.path in behind.memory:
            return respond(request, behind)
        answer = behind.ask(request)
        if answer.status < 300:
            behind.memory[request.path] = True
        return answer

    return second


def _emptied(request: Request, behind: Behind) -> Answer:
    """Whoever creates a bucket again finds it empty."""
    if request.method == "PUT" and _key_of(request):
        behind.memory["/" + request.path.split("/")[1]] = request.path
    if request.method == "PUT" and request.path in behind.memory:
        target = behind.memory[request.path]
        behind.ask(replace(request, method="DELETE", target=target, body=b""))
    return behind.ask(request)


def _in_any_region(request: Request, behind: Behind) -> Answer:
    """A region that does not exist is taken for the store's own."""
    answer = behind.ask(request)
    plain = replace(request, body=b"")
    return behind.ask(plain) if answer.status >= 400 and request.body else answer


def _key_of(request: Request) -> bool:
    return request.path.strip("/").count("/") > 0


LINES: Final[tuple[Line, ...]] = (
    _line("ListBuckets", "listed", "not listed", edited(rb"<Bucket>.*</Bucket>", b"")),
    _line("ListBuckets", "root", "another root", edited(rb"ListAllMyBuckets", rb"ListAllBuckets")),
    _line("ListBuckets", "each-once", "one twice", repeated("Bucket")),
    _line("ListBuckets", "created", "a stale list", once()),
    _everywhere("ListBuckets", "deleted", "deleted ones too", _never_forgets),
    _line("ListBuckets", "creation-date", "no CreationDate", missing("CreationDate")),
    _line("ListBuckets", "owner", "no Owner", edited(rb"<Owner>.*?</Owner>", b"")),
    _line("ListBuckets", "order", "not in order", unsorted("Bucket")),
    _line("HeadBucket", "missing-bucket", "every bucket is there", another_status(404, 200)),
    _line("HeadBucket", "region", "no region", headed("x-amz-bucket-region", None)),
    _line("CreateBucket", "own-again", "BucketAlreadyExists",
        _again(lambda *_: error(409, "BucketAlreadyExists"))),
    _everywhere("CreateBucket", "contents-kept", "emptied when created again", _emptied),
    _line("CreateBucket", "location", "no Location", headed("Location", None)),
    _line("CreateBucket", "too-long-name", "any length", another_status(400, 200)),
    _line("CreateBucket", "unknown-region", "any region", _in_any_region),
    _line("CreateBucket", "created", "nothing is done", lambda *_: Answer(status=200)),
    _everywhere("CreateBucket", "usable", "nothing can be stored", lambda r, b:
        Answer(status=200) if r.method == "PUT" and _key_of(r) else b.ask(r)),
    _line("DeleteBucket", "with-an-object", "204 for 409", another_status(409, 204)),
    _line("DeleteBucket", "not-empty", "Conflict",
        answering(lambda _: error(409, "Conflict"), 409)),
    _line("DeleteBucket", "missing-bucket", "204 for 404", another_status(404, 204, b"")),
    _line("DeleteBucket", "missing-bucket", "404 without a body", another_status(404, 404, b"")),
    _line("DeleteBucket", "no-content", "200", another_status(204, 200)),
    _everywhere("DeleteBucket", "not-listed", "deleted ones too", _never_forgets),
    _line("GetBucketLocation", "missing-bucket", "200 for 404",
        empty_result("LocationConstraint", 404)),
    _line("GetBucketLocation", "error-code", "404 without a body", another_status(404, 404, b"")),
    _line("GetBucketLocation", "root", "another root",
        edited(rb"LocationConstraint", rb"BucketLocation")),
    _line("GetBucketLocation", "region-of-head", "another region", edited(
        rb"(<LocationConstraint[^>]*?)(?:/>|>.*)", rb"\1>mars-north-1</LocationConstraint>")),
    _line("GetBucketLocation", "one-region", "an element in it", edited(
        rb"(<LocationConstraint[^>]*?)(?:/>|>.*)", rb"\1><Name>x</Name></LocationConstraint>")),
    _line("Region/.*/LocationConstraint", "created", "created nowhere",
        lambda r, b: Answer(status=200)),
    _line("Region/.*/signing", "object", "other bytes",
        answering(lambda a: replace(a, body=a.body[::-1]) if a.body else a)),
    _line("Region/.*/signing", "write", "nothing is stored", lambda r, b: Answer(status=200)
        if r.method == "PUT" and _key_of(r) else b.ask(r)),
    _line("Region/.*/signing", "listing", "no key", text_of("Key", "x")),
)  # fmt: skip
