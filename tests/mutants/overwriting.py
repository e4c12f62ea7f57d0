"""Ways to get wrong what an object is once it replaced another, or was deleted."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote, unquote

from conformance.serve.body import Body
from conformance.serve.http import Answer, Request, error
from tests.mutants.assembling import NEEDED, is_completion
from tests.mutants.damaging import Behind, Change, Respond

SOURCE = "x-amz-copy-source"


def bare(request: Request, method: str, target: str = "") -> Request:
    """A request by the same sender about the same object, or about something else."""
    headers = tuple((n, v) for n, v in request.headers if n.lower() in NEEDED)
    return Request(method=method, target=target or request.path, headers=headers, body=b"")


def is_put(request: Request) -> bool:
    """Whether a request is PutObject."""
    key = request.path.strip("/").count("/") > 0 and not request.parameters
    return request.method == "PUT" and key and request.header(SOURCE) is None


def is_read(request: Request) -> bool:
    """Whether a request is GetObject or HeadObject, of a part perhaps."""
    key = request.path.strip("/").count("/") > 0
    return key and request.method in ("GET", "HEAD") and not {*request.parameters} - {"partNumber"}


def with_header_of(answer: Answer, name: str, value: str | None) -> Answer:
    """An answer with this header in place of its own; None removes it."""
    return answer.with_headers(**{name.replace("-", "_"): value})


def _longer(answer: Answer, request: Request, before: bytes, after: bytes) -> Answer:
    """The whole of an object with more bytes around it."""
    if answer.status != 200:
        return answer
    if request.method == "HEAD":
        length = int(answer.header("Content-Length") or 0) + len(before + after)
        return answer.with_headers(Content_Length=str(length))
    whole = answer.with_headers(Content_Length=None)
    return replace(whole, body=before + answer.body + after)


def not_cut_off(request: Request, behind: Behind) -> Answer:
    """A shorter object is followed by the end of the longer one that it replaced."""
    if is_put(request):
        old, answer = behind.ask(bare(request, "GET")), behind.ask(request)
        behind.memory[request.path] = old.body[len(request.body) :] if old.status == 200 else b""
        return answer
    answer, end = behind.ask(request), behind.memory.get(request.path)
    return _longer(answer, request, b"", end) if end and is_read(request) else answer


def appended(request: Request, behind: Behind) -> Answer:
    """A completed upload is appended to the object that the key has."""
    if is_completion(request):
        old, answer = behind.ask(bare(request, "GET")), behind.ask(request)
        behind.memory[request.path] = old.body if old.status == 200 else b""
        return answer
    answer, start = behind.ask(request), behind.memory.get(request.path)
    return _longer(answer, request, start, b"") if start and is_read(request) else answer


def keeping_answer(name: str) -> Respond:
    """An object that replaces another keeps a header that the server gives it."""

    def respond(request: Request, behind: Behind) -> Answer:
        if is_put(request):
            old, answer = behind.ask(bare(request, "HEAD")), behind.ask(request)
            if old.status == 200 and answer.status == 200:
                behind.memory.setdefault(request.path, old.header(name))
            return answer
        answer, kept = behind.ask(request), behind.memory.get(request.path)
        right = kept and is_read(request) and answer.status == 200
        return with_header_of(answer, name, kept) if right else answer

    return respond


def remembered_head(*methods: str) -> Respond:
    """HEAD goes on telling what it told before the object was changed by one of these methods."""

    def respond(request: Request, behind: Behind) -> Answer:
        if request.method in methods and request.path.strip("/").count("/") > 0:
            old, answer = behind.ask(bare(request, "HEAD")), behind.ask(request)
            if old.status == 200 and answer.status < 300 and not request.parameters:
                behind.memory.setdefault(request.path, old)
            return answer
        kept: Answer | None = behind.memory.get(request.path)
        return kept if kept and request.method == "HEAD" else behind.ask(request)

    return respond


def of_source(name: str) -> Respond:
    """A copy has a header that the server gave its source."""

    def respond(request: Request, behind: Behind) -> Answer:
        source = request.header(SOURCE)
        if request.method == "PUT" and source is not None and not request.parameters:
            head = behind.ask(bare(request, "HEAD", f"/{source.lstrip('/')}"))
            answer = behind.ask(request)
            if answer.status == 200 and head.status == 200:
                behind.memory[request.path] = head.header(name)
            return answer
        answer, kept = behind.ask(request), behind.memory.get(request.path)
        right = kept and is_read(request) and answer.status == 200
        return with_header_of(answer, name, kept) if right else answer

    return respond


def metadata_all_the_same(request: Request, behind: Behind) -> Answer:
    """A write that is refused replaces the metadata of the object."""
    answer = behind.ask(request)
    if answer.status == 412 and request.method == "PUT":
        more = tuple((n, v) for n, v in request.headers if n.lower().startswith("x-amz-meta-"))
        copy = bare(request, "PUT")
        itself = (SOURCE, request.path.lstrip("/")), ("x-amz-metadata-directive", "REPLACE")
        behind.ask(replace(copy, headers=(*copy.headers, *more, *itself)))
    return answer


def ignoring_parts(name: str) -> Respond:
    """A condition of a write is not heeded where the key has an object of parts."""

    def respond(request: Request, behind: Behind) -> Answer:
        asked = request.method == "PUT" and request.header(name) is not None
        etag = behind.ask(bare(request, "HEAD")).header("ETag") if asked else None
        return behind.ask(request.without(name) if "-" in (etag or "") else request)

    return respond


def folder_counts(request: Request, behind: Behind) -> Answer:
    """A key above that of an object has an object, to If-None-Match."""
    if request.method == "PUT" and request.header("If-None-Match") == "*":
        _, bucket, key = request.path.split("/", 2)
        listing = bare(request, "GET", f"/{bucket}?list-type=2&prefix={quote(f'{key}/', safe='%')}")
        if b"<Key>" in behind.ask(listing).body:
            return error(412, "PreconditionFailed")
    return behind.ask(request)


def _below(request: Request, behind: Behind) -> list[str]:
    """The paths of the objects below the key of a request, encoded."""
    _, bucket, key = request.path.split("/", 2)
    prefix = quote(f"{unquote(key).rstrip('/')}/")
    listing = behind.ask(bare(request, "GET", f"/{bucket}?list-type=2&prefix={prefix}"))
    keys = re.findall(rb"<Key>([^<]*)</Key>", listing.body)
    return [f"/{bucket}/{quote(found.decode())}" for found in keys]


def folder_is_object(request: Request, behind: Behind) -> Answer:
    """A key above that of an object is read as an empty object."""
    answer = behind.ask(request)
    missing = is_read(request) and answer.status == 404
    return Answer(status=200) if missing and _below(request, behind) else answer


def with_what_is_below(request: Request, behind: Behind) -> Answer:
    """With a key all that is below it is deleted."""
    for path in _below(request, behind):
        behind.ask(bare(request, "DELETE", path))
    return behind.ask(request)


def needing_key(name: str) -> Respond:
    """An object needs the customer's key of the object that it replaced."""

    def respond(request: Request, behind: Behind) -> Answer:
        if is_put(request):
            answer = behind.ask(request)
            if answer.status == 200 and request.header(name):
                behind.memory[request.path] = True
            return answer
        locked = request.path in behind.memory and request.header(name) is None
        return error(400, "InvalidRequest") if locked and is_read(request) else behind.ask(request)

    return respond


def of_no_length(answer: Answer) -> Answer:
    """An answer that does not say how long it is before it ends."""
    whole = answer.with_headers(Content_Length=None)
    return replace(whole, body=b"", stream=Body((block for block in (answer.body,)), None))


def media_type(value: str) -> Change:
    """The body is said to be of another type."""
    return lambda answer: answer.with_headers(Content_Type=value)
