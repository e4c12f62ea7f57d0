"""Ways to store, read, copy and delete objects wrongly, of keys and of metadata."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from conformance.serve.http import Answer, Request, error
from tests.mutants.damaging import Behind, Change, Respond, with_header

SLOW: Final = 2.0  # seconds that a careless overwrite waits for its readers
LARGE: Final = 2**16
SOURCE: Final = "x-amz-copy-source"
KEY: Final = re.compile(rb"<Key>([^<]*)</Key>")


def answering_error(change: Change) -> Respond:
    """Refusals are worded differently."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        return change(answer) if answer.status >= 400 else answer

    return respond


def another_code(code: bytes, by: bytes) -> Respond:
    """A refusal has another error code."""
    return answering_error(lambda a: replace(a, body=a.body.replace(code, by)))


def of_key(request: Request) -> bool:
    """Whether a request is about an object and none of its subresources."""
    return request.path.strip("/").count("/") >= 1 and not request.parameters


def renaming(change: Callable[[str], str]) -> Respond:
    """Keys are taken for other ones: `change` gets the path, encoded."""

    def respond(request: Request, behind: Behind) -> Answer:
        if not of_key(request):
            return behind.ask(request)
        return behind.ask(replace(request, target=change(request.path)))

    return respond


def decoded(change: Callable[[str], str]) -> Callable[[str], str]:
    """A change of the key itself, for `renaming`."""
    return lambda path: quote(change(unquote(path)), safe="/-._~")


def refusing_keys(test: Callable[[str], bool], code: str) -> Respond:
    """Some keys cannot be stored; `test` gets the path, decoded."""

    def respond(request: Request, behind: Behind) -> Answer:
        if of_key(request) and test(unquote(request.path)):
            return error(400, code)
        return behind.ask(request)

    return respond


def files_and_folders(request: Request, behind: Behind) -> Answer:
    """A key cannot be stored that is a folder of another, or below another."""
    paths = behind.memory.setdefault("paths", set())
    if request.method != "PUT" or not of_key(request):
        return behind.ask(request)
    path = request.path
    parents = {path[:place] for place, letter in enumerate(path) if letter == "/"}
    if parents & paths or any(other.startswith(f"{path}/") for other in paths):
        return error(409, "ObjectParentIsFile")
    paths.add(path)
    return behind.ask(request)


def keeping_metadata(request: Request, behind: Behind) -> Answer:
    """An object that is stored over another keeps that one's metadata."""
    own = tuple((n, v) for n, v in request.headers if n.lower().startswith("x-amz-meta-"))
    if request.method != "PUT" or not of_key(request):
        return behind.ask(request)
    old = behind.memory.get(request.path, ())
    behind.memory[request.path] = own
    if own or not old:
        return behind.ask(request)
    copies = request.header(SOURCE) is not None
    headers = (("x-amz-metadata-directive", "REPLACE"), *old) if copies else old
    return behind.ask(replace(request, headers=(*request.headers, *headers)))


def keeping(name: str) -> Respond:
    """An object that is stored over another keeps a header of that one."""

    def respond(request: Request, behind: Behind) -> Answer:
        if request.method != "PUT" or not of_key(request):
            return behind.ask(request)
        old, own = behind.memory.get(request.path), request.header(name)
        behind.memory[request.path] = own
        return behind.ask(with_header(request, name, old) if old and own is None else request)

    return respond


def torn_overwrite(request: Request, behind: Behind) -> Answer:
    """An overwrite deletes the old object first, and readers may come in between."""
    memory = behind.memory
    if len(request.body) == LARGE:
        memory[request.path] = (threading.Event(), threading.Event())
        return behind.ask(request)
    events = memory.get(request.path)
    if events is None:
        return behind.ask(request)
    deleted, read = events
    if request.method == "GET":
        deleted.wait(SLOW)
        answer = behind.ask(request)
        read.set()
        return answer
    behind.ask(replace(request, method="DELETE", body=b""))
    deleted.set()
    read.wait(SLOW)
    return behind.ask(request)


def when_large(change: Change) -> Respond:
    """Done to responses with a large body, or that announce one."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        length = int(answer.header("Content-Length") or 0) or len(answer.body)
        return change(answer) if answer.status < 300 and length > LARGE else answer

    return respond


# Copies.


def _source_path(request: Request) -> str:
    return "/" + (request.header(SOURCE) or "").lstrip("/")


def source_here(request: Request, behind: Behind) -> Answer:
    """The source is looked for in the destination's bucket."""
    bucket = request.path.split("/")[1]
    key = _source_path(request).split("/", 2)[2]
    return behind.ask(with_header(request, SOURCE, f"{bucket}/{key}"))


def moving(request: Request, behind: Behind) -> Answer:
    """The source is gone once it was copied."""
    answer = behind.ask(request)
    delete = Request(method="DELETE", target=_source_path(request), headers=(), body=b"")
    source = replace(request.without(SOURCE), method="DELETE", target=delete.target, body=b"")
    if answer.status < 300:
        behind.ask(source)
    return answer


def by_reference(request: Request, behind: Behind) -> Answer:
    """A copy is gone once its source is deleted."""
    if request.header(SOURCE) is not None:
        behind.memory[_source_path(request)] = request.path
    answer = behind.ask(request)
    if request.method == "DELETE" and (copy := behind.memory.get(request.path)):
        behind.ask(replace(request, target=copy))
    return answer


def not_over_another(request: Request, behind: Behind) -> Answer:
    """A copy leaves an object that has its key as it is."""
    head = replace(request.without(SOURCE), method="HEAD", body=b"")
    if behind.ask(head).status == 200:
        return Answer(status=200, body=b'<CopyObjectResult><ETag>"0"</ETag></CopyObjectResult>')
    return behind.ask(request)


def first_part_only(request: Request, behind: Behind) -> Answer:
    """Of a source made of parts not all bytes are copied."""
    answer = behind.ask(request)
    bare = request.without(SOURCE)
    source = behind.ask(replace(bare, method="GET", target=_source_path(request)))
    if len(source.body) > LARGE and answer.status < 300:
        behind.ask(replace(bare, body=source.body[:-64]))
    return answer


def empty_all_the_same(request: Request, behind: Behind) -> Answer:
    """What cannot be copied leaves an empty object."""
    answer = behind.ask(request)
    if answer.status == 404:
        behind.ask(request.without(SOURCE))
    return answer


# Deletions.


def still_listed(request: Request, behind: Behind) -> Answer:
    """A listing has the objects that were deleted."""
    if request.method == "DELETE":
        behind.memory[unquote(request.path).split("/", 2)[2]] = True
    answer = behind.ask(request)
    prefix = request.parameters.get("prefix", "")
    if request.method == "GET" and prefix in behind.memory:
        entry = f"<Contents><Key>{escape(prefix)}</Key></Contents></ListBucketResult>".encode()
        return replace(answer, body=answer.body.replace(b"</ListBucketResult>", entry))
    return answer


def only_once(request: Request, behind: Behind) -> Answer:
    """To delete what does not exist is an error."""
    head = replace(request, method="HEAD")
    return behind.ask(request) if behind.ask(head).status == 200 else error(404, "NoSuchKey")


def with_folder(request: Request, behind: Behind) -> Answer:
    """The folder of an object that is deleted is deleted too, or with a folder what is in it."""
    answer = behind.ask(request)
    folder = request.path.endswith("/")
    other = f"{request.path}y" if folder else request.path.rpartition("/")[0] + "/"
    behind.ask(replace(request, target=other))
    return answer


def folder_below(request: Request, behind: Behind) -> Answer:
    """With a folder what is in it is deleted too."""
    return with_folder(request, behind) if request.path.endswith("/") else behind.ask(request)


def folder_above(request: Request, behind: Behind) -> Answer:
    """The folder of an object that is deleted is deleted too."""
    return behind.ask(request) if request.path.endswith("/") else with_folder(request, behind)


def folders_stay(request: Request, behind: Behind) -> Answer:
    """A folder is never deleted."""
    return Answer(status=204) if request.path.endswith("/") else behind.ask(request)


def next_key_too(request: Request, behind: Behind) -> Answer:
    """DeleteObjects deletes the object after the last one named as well."""
    answer = behind.ask(request)
    keys = KEY.findall(request.body)
    if keys and (number := re.search(rb"\d{5}$", keys[-1])):
        for place in (1, 2):  # between keys there are numbers that other things have
            following = f"{int(number[0]) + place:05d}".encode()
            body = request.body.replace(keys[-1], keys[-1][:-5] + following)
            behind.ask(replace(request, body=body))
    return answer


def missing_keys_fail(request: Request, behind: Behind) -> Answer:
    """DeleteObjects reports keys that have no object as errors."""
    bucket, missing = request.path.rstrip("/"), []
    keys = KEY.findall(request.body)
    if len(keys) < 10:
        for key in (each for each in keys if re.fullmatch(rb"[\w/-]+", each)):
            head = replace(request, method="HEAD", target=f"{bucket}/{key.decode()}", body=b"")
            if behind.ask(head.without("Content-MD5")).status == 404:
                missing.append(key)
    answer = behind.ask(request)
    body = answer.body
    for key in missing:
        one = rb"<Deleted>((?:(?!</Deleted>).)*<Key>%s</Key>.*?)</Deleted>" % re.escape(key)
        body = re.sub(one, rb"<Error>\1<Code>NoSuchKey</Code></Error>", body, flags=re.DOTALL)
    return replace(answer, body=body)


def nothing_if_quiet(request: Request, behind: Behind) -> Answer:
    """DeleteObjects with Quiet deletes nothing."""
    if b"<Quiet>true" in request.body:
        return Answer(status=200, body=b"<DeleteResult></DeleteResult>")
    return behind.ask(request)


def at_most(count: int) -> Respond:
    """DeleteObjects takes fewer keys than S3."""

    def respond(request: Request, behind: Behind) -> Answer:
        many = request.body.count(b"<Object>") > count
        return error(400, "MalformedXML") if many else behind.ask(request)

    return respond


def repaired(request: Request, behind: Behind) -> Answer:
    """A document that is cut off is carried out as far as it goes."""
    if not request.body.endswith(b"</Delete>"):
        behind.ask(replace(request, body=request.body + b"</Object></Delete>"))
        return error(400, "MalformedXML")
    return behind.ask(request)


def escaped_twice(request: Request, behind: Behind) -> Answer:
    """A key with & is said to be deleted, and another one is."""
    answer = behind.ask(replace(request, body=request.body.replace(b"&amp;", b"&amp;amp;")))
    return replace(answer, body=answer.body.replace(b"&amp;amp;", b"&amp;"))
