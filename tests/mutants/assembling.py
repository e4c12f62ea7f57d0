"""Ways to get multipart uploads wrong, which depend on the parts that were uploaded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from conformance.serve.http import Answer, Request, error
from tests.mutants.damaging import Behind, Respond, other

PART = re.compile(rb"<Part>.*?</Part>", re.DOTALL)
NUMBER = re.compile(rb"<PartNumber>(\d+)</PartNumber>")
ETAG = re.compile(rb"<ETag>([^<]*)</ETag>")
UPLOAD_ID = re.compile(rb"<UploadId>([^<]*)</UploadId>")
NEEDED = ("authorization", "host", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token")
Order = Callable[[Sequence[int], Sequence[int]], Iterable[int]]


@dataclass
class Known:
    """What is remembered of one upload: its path, and the parts in the order of their arrival."""

    path: str
    parts: dict[int, bytes] = field(default_factory=dict)
    etags: dict[int, str] = field(default_factory=dict)


def upload_of(request: Request) -> str:
    """The id of the upload that a request is about, or an empty string."""
    return request.parameters.get("uploadId", "")


def is_creation(request: Request) -> bool:
    return request.method == "POST" and "uploads" in request.parameters


def is_part(request: Request) -> bool:
    return request.method == "PUT" and bool(upload_of(request))


def is_completion(request: Request) -> bool:
    return request.method == "POST" and bool(upload_of(request))


def is_abortion(request: Request) -> bool:
    return request.method == "DELETE" and bool(upload_of(request))


def listed(request: Request) -> list[int]:
    """The part numbers that a completion lists, in its order."""
    return [int(number) for number in NUMBER.findall(request.body)]


def numbered(*numbers: int) -> Callable[[Request], bool]:
    """Whether a request uploads a part with one of these numbers."""
    return lambda request: (
        is_part(request)
        and request.parameters.get("partNumber") in {str(number) for number in numbers}
    )


def uploads(behind: Behind) -> dict[str, Known]:
    """The uploads by their ids."""
    known: dict[str, Known] = behind.memory.setdefault("uploads", {})
    return known


def asked(request: Request, behind: Behind) -> Answer:
    """The right answer; what it says of uploads and their parts is remembered."""
    answer = behind.ask(request)
    known = uploads(behind)
    if answer.status >= 300:
        return answer
    if is_creation(request) and (found := UPLOAD_ID.search(answer.body)):
        known[found[1].decode()] = Known(path=request.path)
    elif is_part(request) and (upload := known.get(upload_of(request))):
        number = int(request.parameters.get("partNumber", "0"))
        upload.parts.pop(number, None)
        upload.parts[number] = request.body
        upload.etags[number] = answer.header("ETag") or ""
    return answer


def remembering(change: Callable[[Request, Behind, Known], Answer | Request | None]) -> Respond:
    """A completion is answered by `change`, or sent as it has changed it, or sent as it is."""

    def respond(request: Request, behind: Behind) -> Answer:
        known = uploads(behind).get(upload_of(request))
        if not is_completion(request) or known is None:
            return asked(request, behind)
        changed = change(request, behind, known)
        if isinstance(changed, Answer):
            return changed
        return behind.ask(changed or request)

    return respond


def put_together(order: Order) -> Respond:
    """A completed object is read as its parts in another order, or as some of them."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = asked(request, behind)
        bodies: dict[str, bytes] = behind.memory.setdefault("bodies", {})
        known = uploads(behind).get(upload_of(request))
        if is_completion(request) and known and answer.status < 300:
            numbers = order(listed(request), [*known.parts])
            bodies[request.path] = b"".join(known.parts[number] for number in numbers)
        if request.method == "GET" and not request.parameters and request.path in bodies:
            return replace(answer, body=bodies[request.path])
        return answer

    return respond


def _rewritten(request: Request, parts: Iterable[bytes]) -> Request:
    first, *_ = PART.split(request.body)
    body = first + b"".join(parts) + b"</CompleteMultipartUpload>"
    return replace(request, body=body)


def _in_order(request: Request, _: Behind, __: Known) -> Request:
    parts = PART.findall(request.body)
    return _rewritten(
        request, sorted(parts, key=lambda part: int((NUMBER.search(part) or b"0")[1]))
    )


def _without_missing(request: Request, _: Behind, known: Known) -> Request:
    parts = PART.findall(request.body)
    there = [part for part, number in zip(parts, listed(request), strict=True)
             if number in known.parts]  # fmt: skip
    return _rewritten(request, there) if there else request


def _last_compared(request: Request, _: Behind, known: Known) -> Request:
    *others, last = PART.findall(request.body) or [b""]
    right = []
    for part, number in zip(others, listed(request)[:-1], strict=True):
        etag = known.etags.get(number, "").encode()
        right.append(ETAG.sub(lambda _, etag=etag: b"<ETag>%s</ETag>" % etag, part))  # type: ignore[misc]
    return _rewritten(request, [*right, last])


def _consecutive(request: Request, _: Behind, __: Known) -> Answer | None:
    numbers = listed(request)
    gaps = numbers != [*range(1, len(numbers) + 1)]
    return error(400, "InvalidPart") if gaps else None


def _all_listed(request: Request, _: Behind, known: Known) -> Answer | None:
    return error(400, "InvalidPart") if {*known.parts} - {*listed(request)} else None


any_order = remembering(_in_order)
missing_skipped = remembering(_without_missing)
last_etag_compared = remembering(_last_compared)
consecutive_only = remembering(_consecutive)
all_parts_needed = remembering(_all_listed)


def under_any_key(request: Request, behind: Behind) -> Answer:
    """An upload's id is enough: the key in the path is ignored."""
    known = uploads(behind).get(upload_of(request))
    if known is not None and known.path != request.path:
        query = request.target.partition("?")[2]
        return asked(replace(request, target=f"{known.path}?{query}"), behind)
    return asked(request, behind)


def ends_others(when: Callable[[Request], bool]) -> Respond:
    """A request that ends an upload ends the others to the same key too."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = asked(request, behind)
        if when(request) and answer.status < 300:
            for other_id, known in uploads(behind).items():
                if known.path == request.path and other_id != upload_of(request):
                    target = f"{known.path}?uploadId={other_id}"
                    behind.ask(replace(request, method="DELETE", target=target, body=b""))
        return answer

    return respond


def still_listed(request: Request, behind: Behind) -> Answer:
    """ListMultipartUploads goes on listing uploads that were aborted."""
    ended: list[bytes] = behind.memory.setdefault("ended", [])
    answer = behind.ask(request)
    if is_abortion(request) and answer.status < 300:
        ended.append(upload_of(request).encode())
    if request.method == "GET" and "uploads" in request.parameters:
        more = b"".join(b"<Upload><UploadId>%s</UploadId></Upload>" % it for it in ended)
        body = answer.body.replace(b"</ListMultipartUploadsResult>",
                                   more + b"</ListMultipartUploadsResult>")  # fmt: skip
        return replace(answer, body=body)
    return answer


def renamed_etags(request: Request, behind: Behind) -> Answer:
    """A part's ETag is not its MD5."""
    names: dict[bytes, bytes] = behind.memory.setdefault("names", {})
    if is_completion(request):
        body = request.body
        for shown, own in names.items():
            body = body.replace(shown, own)
        return behind.ask(replace(request, body=body))
    answer = behind.ask(request)
    etag = (answer.header("ETag") or "").strip('"')
    if is_part(request) and etag:
        name = other(etag)
        names[name.encode()] = etag.encode()
        return answer.with_headers(ETag=f'"{name}"')
    return answer


def first_etag_too(request: Request, behind: Behind) -> Answer:
    """Of a part that was sent twice a completion may name either ETag."""
    etags: dict[tuple[str, str], list[str]] = behind.memory.setdefault("sent", {})
    upload = upload_of(request)
    if is_part(request):
        answer = behind.ask(request)
        if answer.status < 300:
            sent = etags.setdefault((upload, request.parameters["partNumber"]), [])
            sent.append((answer.header("ETag") or "").strip('"'))
        return answer
    if not is_completion(request) or not PART.search(request.body):
        return behind.ask(request)

    def named(part: bytes) -> bytes:
        number, etag = NUMBER.search(part), ETAG.search(part)
        sent = etags.get((upload, number[1].decode() if number else ""), [])
        old = etag is not None and etag[1].strip(b'"').decode() in sent[:-1]
        return ETAG.sub(b'<ETag>"%s"</ETag>' % sent[-1].encode(), part) if old else part

    return behind.ask(_rewritten(request, [named(part) for part in PART.findall(request.body)]))


def parts_as_objects(request: Request, behind: Behind) -> Answer:
    """A part is an object too, beside the one that the upload is for."""
    answer = behind.ask(request)
    if is_part(request) and answer.status < 300:
        kept = tuple((n, v) for n, v in request.headers if n.lower() in NEEDED)
        target = f"{request.path}.part-{request.parameters['partNumber']}"
        behind.ask(Request(method="PUT", target=target, headers=kept, body=b"part"))
    return answer


def in_any_bucket(request: Request, behind: Behind) -> Answer:
    """An upload's id and key are enough: the bucket in the path is ignored."""
    known = uploads(behind).get(upload_of(request))
    same_key = known is not None and known.path.split("/", 2)[2] == request.path.split("/", 2)[2]
    if known is not None and same_key and known.path != request.path:
        query = request.target.partition("?")[2]
        return behind.ask(replace(request, target=f"{known.path}?{query}"))
    return asked(request, behind)


def plain_md5_of_one(request: Request, behind: Behind) -> Answer:
    """An object of one part has the ETag of that part, without a number of parts."""
    plain: dict[str, bytes] = behind.memory.setdefault("plain", {})
    known = uploads(behind).get(upload_of(request))
    answer = asked(request, behind)
    numbers = listed(request)
    if is_completion(request) and answer.status < 300 and known and len(numbers) == 1:
        plain[request.path] = known.etags.get(numbers[0], "").encode()
        etag = b"<ETag>%s</ETag>" % plain[request.path]
        return replace(answer, body=ETAG.sub(lambda _: etag, answer.body))
    read = request.method in ("GET", "HEAD") and not upload_of(request)
    if read and answer.status < 300 and request.path in plain:
        return answer.with_headers(ETag=plain[request.path].decode())
    return answer


def edited_error(code: bytes, by: bytes) -> Respond:
    """A refusal has another error code."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        if answer.status < 400:
            return answer
        old, new = (b"<Code>%s</Code>" % it for it in (code, by))
        return replace(answer, body=answer.body.replace(old, new))

    return respond


def after_completion(respond: Respond, *, parts: int = 1) -> Respond:
    """Done to reads of objects that were completed of at least so many parts."""

    def changed(request: Request, behind: Behind) -> Answer:
        paths: set[str] = behind.memory.setdefault("paths", set())
        if is_completion(request):
            answer = behind.ask(request)
            if answer.status < 300 and len(listed(request)) >= parts:
                paths.add(request.path)
            return answer
        read = request.method in ("GET", "HEAD") and not upload_of(request)
        return respond(request, behind) if read and request.path in paths else behind.ask(request)

    return changed


def gone_after_refusal(request: Request, behind: Behind) -> Answer:
    """A request that is refused deletes the object that was there."""
    answer = behind.ask(request)
    if 400 <= answer.status < 500 and request.method in ("PUT", "POST"):
        target = request.path
        if found := re.search(rb"<Key>([^<]*)</Key>", request.body):
            target = f"{request.path.rstrip('/')}/{found[1].decode()}"
        kept = tuple((n, v) for n, v in request.headers if n.lower() in NEEDED)
        behind.ask(Request(method="DELETE", target=target, headers=kept, body=b""))
    return answer
