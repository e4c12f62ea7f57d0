"""Ways to copy wrongly: from another source, without what belongs to it, to another end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from conformance.serve.http import Answer, Request, error
from conformance.subjects.multipart import PART
from tests.mutants.damaging import Behind, Respond, with_header

SOURCE: Final = "x-amz-copy-source"
RANGE: Final = "x-amz-copy-source-range"


def of_source(request: Request, method: str) -> Request:
    """A request about the source of a copy, its version left out."""
    source = (request.header(SOURCE) or "").lstrip("/").partition("?")[0]
    bare = request.without(SOURCE, RANGE, "uploadId", "partNumber", "Content-MD5")
    return replace(bare, method=method, target=f"/{source}", body=b"")


def with_body(request: Request, body: bytes) -> Request:
    """The copy as an ordinary PUT of these bytes."""
    return replace(request.without(SOURCE, RANGE), body=body)


def other_bytes(request: Request, behind: Behind) -> Answer:
    """A copy is followed by a PUT of other bytes; a part of them has another ETag."""
    answer = behind.ask(request)
    if answer.status != 200:
        return answer
    etag = (behind.ask(with_body(request, b"other bytes")).header("ETag") or "").encode()
    start, end = answer.body.find(b"<ETag>"), answer.body.find(b"</ETag>")
    if "uploadId" not in request.parameters or start < 0:
        return answer
    return replace(answer, body=answer.body[: start + 6] + etag + answer.body[end:])


def source_as(change: Callable[[str], str]) -> Respond:
    """The source is read as another one."""
    return lambda request, behind: behind.ask(
        with_header(request, SOURCE, change(request.header(SOURCE) or ""))
    )


def own_bucket(request: Request, behind: Behind) -> Answer:
    """The source's key is looked for in the destination's bucket."""
    source = (request.header(SOURCE) or "").lstrip("/").partition("/")[2]
    bucket = request.path.split("/")[1]
    return behind.ask(with_header(request, SOURCE, f"{bucket}/{source}"))


def slash_refused(request: Request, behind: Behind) -> Answer:
    """A source that begins with a slash is refused."""
    slash = (request.header(SOURCE) or "").startswith("/")
    return error(400, "InvalidArgument") if slash else behind.ask(request)


def metadata_lost(request: Request, behind: Behind) -> Answer:
    """A copy has no metadata."""
    bare = with_header(request, "x-amz-metadata-directive", "REPLACE")
    return behind.ask(with_header(bare, "Content-Type", "text/plain"))


def metadata_kept(request: Request, behind: Behind) -> Answer:
    """An object that is replaced by a copy leaves its metadata to it."""
    old = behind.ask(replace(request.without(SOURCE), method="HEAD", body=b""))
    if old.status != 200 or old.header("x-amz-meta-old") is None:
        return behind.ask(request)
    merged = with_header(request, "x-amz-metadata-directive", "REPLACE")
    return behind.ask(with_header(merged, "x-amz-meta-old", "kept"))


def existing_stays(request: Request, behind: Behind) -> Answer:
    """A copy to a key that has an object is answered as if it had been made."""
    old = behind.ask(replace(request.without(SOURCE), method="HEAD", body=b""))
    if old.status != 200:
        return behind.ask(request)
    etag = old.header("ETag")
    text = f"<CopyObjectResult><ETag>{etag}</ETag></CopyObjectResult>"
    return Answer(status=200, body=text.encode())


def tags_lost(request: Request, behind: Behind) -> Answer:
    """A copy has no tags."""
    answer = behind.ask(request)
    bare = replace(request.without(SOURCE), method="DELETE", body=b"")
    behind.ask(replace(bare, target=f"{request.path}?tagging="))
    return answer


def first_part_only(request: Request, behind: Behind) -> Answer:
    """Of a source of several parts the first is copied."""
    answer = behind.ask(request)
    source = behind.ask(of_source(request, "GET"))
    if answer.status == 200 and len(source.body) > PART:
        behind.ask(with_body(request, source.body[:PART]))
    return answer


def emptied_by_itself(request: Request, behind: Behind) -> Answer:
    """A copy onto itself is refused, and the object is empty."""
    if unquote(request.path) != unquote(of_source(request, "GET").path):
        return behind.ask(request)
    behind.ask(with_body(request, b""))
    return error(400, "InvalidRequest")


def refused_and_left(request: Request, behind: Behind) -> Answer:
    """A source that does not exist leaves an object."""
    answer = behind.ask(request)
    if answer.status == 404:
        behind.ask(with_body(request, b""))
    return answer


def linked(request: Request, behind: Behind) -> Answer:
    """A copy is deleted with its source."""
    answer = behind.ask(request)
    if request.header(SOURCE) is not None and request.method == "PUT":
        behind.memory.setdefault(of_source(request, "GET").path, []).append(request.path)
    elif request.method == "DELETE" and "?" not in request.target:
        for path in behind.memory.get(request.path, []):
            behind.ask(replace(request, target=path))
    return answer


def overwritten_with_source(request: Request, behind: Behind) -> Answer:
    """A copy is overwritten with its source."""
    answer = behind.ask(request)
    if request.method != "PUT" or "?" in request.target:
        return answer
    if request.header(SOURCE) is not None:
        behind.memory.setdefault(of_source(request, "GET").path, []).append(request.path)
        return answer
    for path in behind.memory.get(request.path, []):
        behind.ask(replace(request, target=path))
    return answer


def header_with_copy(name: str) -> Respond:
    """With COPY a copy has this header of the request all the same."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        if request.header("x-amz-metadata-directive") == "COPY":
            behind.memory[request.path] = request.header(name)
        elif request.method in ("GET", "HEAD") and behind.memory.get(request.path):
            return answer.with_headers(**{name.replace("-", "_"): behind.memory[request.path]})
        return answer

    return respond


def range_as(test: Callable[[str], bool], change: Callable[[str, int], str | None]) -> Respond:
    """Some ranges of a source are read as others; None for all of the source.

    Args:
        test: which ranges.
        change: from a range, and the length of the source, to another range.
    """

    def respond(request: Request, behind: Behind) -> Answer:
        value = request.header(RANGE)
        if value is None or not test(value):
            return behind.ask(request)
        size = int(behind.ask(of_source(request, "HEAD")).header("Content-Length") or 0)
        other = change(value, size)
        if other is None:
            return behind.ask(request.without(RANGE))
        return behind.ask(with_header(request, RANGE, other))

    return respond


def emptied_part(request: Request, behind: Behind) -> Answer:
    """A part that is copied is taken for one that is sent, and is empty."""
    answer = behind.ask(with_body(request, b""))
    etag = (answer.header("ETag") or "").encode()
    document = b"<CopyPartResult><ETag>%s</ETag></CopyPartResult>" % etag
    return replace(answer, body=document) if answer.status < 300 else answer


def of_destination(request: Request, behind: Behind) -> Answer:
    """If-Match of a copy's source is compared with the object at its destination."""
    name = f"{SOURCE}-if-match"
    value = request.header(name)
    head = replace(request.without(SOURCE, name), method="HEAD", body=b"")
    there = behind.ask(head) if value is not None else None
    if there is None or there.status != 200:
        return behind.ask(request)
    same = there.header("ETag") == value
    return behind.ask(request.without(name)) if same else error(412, "PreconditionFailed")


def as_its_source(name: str) -> Respond:
    """A copy without a header has what HEAD returns of its source under this name."""

    def respond(request: Request, behind: Behind) -> Answer:
        if request.header(SOURCE) is None or request.header(name) is not None:
            return behind.ask(request)
        value = behind.ask(of_source(request, "HEAD")).header(name)
        return behind.ask(with_header(request, name, value) if value else request)

    return respond


def named_etag_of_parts(request: Request, behind: Behind) -> Answer:
    """A copy of an object of parts has the ETag of its source, with the number of parts."""
    if request.header(SOURCE) is None or request.method != "PUT":
        answer, kept = behind.ask(request), behind.memory.get(request.path)
        read = kept and request.method in ("GET", "HEAD") and answer.status == 200
        return answer.with_headers(ETag=kept) if read else answer
    etag = behind.ask(of_source(request, "HEAD")).header("ETag") or ""
    answer = behind.ask(request)
    if answer.status == 200 and "-" in etag:
        behind.memory[request.path] = etag
    return answer


def of_no_bytes_missing(request: Request, behind: Behind) -> Answer:
    """An empty source is none."""
    empty = behind.ask(of_source(request, "HEAD")).header("Content-Length") == "0"
    return error(404, "NoSuchKey") if empty else behind.ask(request)


def after_copies(respond: Respond) -> Respond:
    """Done to the answers about objects that were copied, and to what says that they were."""

    def changed(request: Request, behind: Behind) -> Answer:
        if request.header(SOURCE) is not None:
            behind.memory[request.path] = True
        return respond(request, behind) if request.path in behind.memory else behind.ask(request)

    return changed


def some_metadata(request: Request, behind: Behind) -> Answer:
    """A copy has the type and the x-amz-meta- headers of its source, and no others."""
    source = behind.ask(of_source(request, "HEAD"))
    if source.status != 200:
        return behind.ask(request)
    named = ("content-type", "x-amz-meta-")
    kept = tuple((n, v) for n, v in source.headers if n.lower().startswith(named))
    bare = with_header(request.without("Content-Type"), "x-amz-metadata-directive", "REPLACE")
    return behind.ask(replace(bare, headers=(*bare.headers, *kept)))


def error_inside(_: Request, __: Behind) -> Answer:
    """A copy begins with 200, and ends with an error."""
    return replace(error(500, "InternalError"), status=200)
