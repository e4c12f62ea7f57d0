"""What can go wrong with encryption, by the customer's keys and by the server's."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from conformance.subjects.customer_keys import HEADER, SOURCE_HEADER, names
from tests.mutants.assembling import (
    UPLOAD_ID,
    after_completion,
    edited_error,
    is_creation,
    upload_of,
)
from tests.mutants.damages.damage import Line, anywhere, or_ignored, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    answering,
    asking,
    carrying,
    edited,
    headed,
    is_head,
    lenient,
    shifted,
    when,
    with_header,
)
from tests.mutants.overwriting import needing_key
from tests.mutants.remembering import echoed, unguarded

KEY_TRIPLE: Final = names(HEADER)
SOURCE_TRIPLE: Final = names(SOURCE_HEADER)
SSE: Final = "x-amz-server-side-encryption"
KEY_ID, CONTEXT = f"{SSE}-aws-kms-key-id", f"{SSE}-context"
BUCKET_KEY: Final = f"{SSE}-bucket-key-enabled"
WRITES: Final = "(PutObject|CreateMultipartUpload|CopyObject)"
NO_OTHER_EFFECT: Final = "to refuse is all that the header does, so who never refuses ignores it"
OPEN: Final = unguarded(*KEY_TRIPLE)


def _get(request: Request) -> bool:
    return request.method == "GET" and not request.parameters


def _md5(prefix: str, *, missing: bool = False) -> Respond:
    """The MD5 of a key is not compared; or it is not asked for."""

    def respond(request: Request, behind: Behind) -> Answer:
        key, said = request.header(f"{prefix}key"), request.header(f"{prefix}key-MD5")
        if key is None or missing is not (said is None):
            return behind.ask(request)
        digest = hashlib.md5(base64.b64decode(key), usedforsecurity=False).digest()
        right = base64.b64encode(digest).decode()
        return behind.ask(with_header(request, f"{prefix}key-MD5", right))

    return respond


def _any_algorithm(prefix: str) -> Respond:
    """The algorithm is not read."""
    name = f"{prefix}algorithm"
    return when(carrying(name), lambda r, b: b.ask(with_header(r, name, "AES256")))


def _short_key(prefix: str) -> Respond:
    """A key that is too short is taken, as if another had been sent."""

    def respond(request: Request, behind: Behind) -> Answer:
        key = request.header(f"{prefix}key")
        if key is None:
            return behind.ask(request)
        if len(base64.b64decode(key)) == 32:
            behind.memory.setdefault("triple", {n: request.header(n) for n in names(prefix)})
            return behind.ask(request)
        for name, value in behind.memory.get("triple", {}).items():
            request = with_header(request, name, value or "")
        return behind.ask(request)

    return respond


def _plain_with_key(request: Request, behind: Behind) -> Answer:
    """A key is taken for an object that has none."""
    answer = behind.ask(request)
    if answer.status < 400 or request.method not in ("GET", "HEAD"):
        return answer
    without = behind.ask(request.without(*KEY_TRIPLE))
    return without if without.status < 300 else answer


def _key_in_response(name: str) -> Respond:
    def respond(request: Request, behind: Behind) -> Answer:
        answer, key = behind.ask(request), request.header(name)
        return replace(answer, headers=(*answer.headers, (name, key))) if key else answer

    return respond


def _md5_etag(request: Request, behind: Behind) -> Answer:
    etag = hashlib.md5(request.body, usedforsecurity=False).hexdigest()
    return behind.ask(request).with_headers(ETag=f'"{etag}"')


def _parts_with_any_key(wrong: Callable[[str | None], bool]) -> Respond:
    """Some parts are encrypted with the key of their upload, whatever key they came with."""

    def respond(request: Request, behind: Behind) -> Answer:
        key = request.header(KEY_TRIPLE[1])
        if is_creation(request) and key is not None:
            answer = behind.ask(request)
            if found := UPLOAD_ID.search(answer.body):
                triple = {name: request.header(name) or "" for name in KEY_TRIPLE}
                behind.memory[found[1].decode()] = triple
            return answer
        right: dict[str, str] = behind.memory.get(upload_of(request), {})
        if request.method == "PUT" and key != right.get(KEY_TRIPLE[1]) and wrong(key):
            for name, value in right.items():
                request = with_header(request, name, value)
        return behind.ask(request)

    return respond


def _copies(respond: Respond) -> Respond:
    """Done to reads of objects that were copied."""

    def changed(request: Request, behind: Behind) -> Answer:
        if request.header("x-amz-copy-source") and not upload_of(request):
            behind.memory[request.path] = True
        copied = _get(request) and request.path in behind.memory
        return respond(request, behind) if copied else behind.ask(request)

    return changed


def _of_customers() -> list[Line]:
    lines: list[Line] = []
    for prefix, scope in ((HEADER, "x-amz-server-side-.*"), (SOURCE_HEADER, "x-amz-copy-.*")):
        row = f".*/{scope}customer-"
        lines += [
            (f"{row}algorithm", shown_by("unknown-algorithm", anywhere("takes any algorithm",
                _any_algorithm(prefix)))),
            (f"{row}key-MD5", shown_by("another-md5", anywhere("takes any MD5", _md5(prefix)))),
            (f"{row}key-MD5", shown_by("missing-md5", anywhere("takes no MD5",
                _md5(prefix, missing=True)))),
            (f"{row}key", shown_by("short-key", anywhere("takes a short key",
                _short_key(prefix)))),
            (f"{row}key", shown_by("no-key-in-response", wrong("the key in the response",
                _key_in_response(f"{prefix}key")))),
        ]  # fmt: skip
    return lines


def _incomplete(member: str) -> Callable[[Request], bool]:
    """Whether a request has two of a key's headers, and not this one."""
    return lambda r: [n for n in KEY_TRIPLE if r.header(n) is None] == [f"{HEADER}{member}"]


def _empty_with_any_key(request: Request, behind: Behind) -> Answer:
    """An object of 0 bytes is served with any key, for there is nothing to decrypt."""
    answer = behind.ask(request)
    if request.method == "PUT" and not request.body and not request.parameters:
        behind.memory[request.path] = True
    return Answer(status=200) if request.path in behind.memory and _get(request) else answer


LINES: Final[tuple[Line, ...]] = (
    # Keys of a customer's.
    *((f"{WRITES}/{HEADER}{member}", shown_by(f"missing-{member}", anywhere(
        f"stored in plain without the {member}", when(_incomplete(member), asking(
            lambda r: r.without(*KEY_TRIPLE)))))) for member in ("algorithm", "key")),
    (f"PutObject/{HEADER}algorithm", shown_by("beside-sse", wrong("one of two encryptions", when(
        carrying(SSE), asking(lambda r: r.without(SSE)))))),
    # pgsty/silo#82
    (f"GetObject/{HEADER}key", shown_by("empty-object", anywhere("nothing needs no key",
        _empty_with_any_key))),
    *_of_customers(),
    (f".*/{HEADER}.*", or_ignored("what is served without its key is not encrypted",
        anywhere("served without the key", OPEN))),
    (f".*/{HEADER}key", shown_by("another-key", anywhere("served with any key",
        unguarded(*KEY_TRIPLE, wrong=True)))),
    (f"{WRITES}/{HEADER}.*", or_ignored("the answer is an echo, and nothing is encrypted",
        anywhere("only echoed", echoed(*KEY_TRIPLE)))),
    (f".*/{SOURCE_HEADER}.*", shown_by("without-key", anywhere("copied without the key",
        unguarded(*KEY_TRIPLE, source=SOURCE_TRIPLE)))),
    (f".*/{SOURCE_HEADER}key", shown_by("another-key", anywhere("copied with any key",
        unguarded(*KEY_TRIPLE, source=SOURCE_TRIPLE, wrong=True)))),
    (f".*/{HEADER}.*", shown_by("with-key", anywhere("wrong bytes with the key", when(
        lambda r: _get(r) and carrying(f"{HEADER}key")(r), shifted)))),
    ("HeadObject/.*-customer-.*", shown_by("with-key", wrong("another length", headed(
        "Content-Length", "1")))),
    ("GetObject/.*-customer-key", shown_by("range-without-key", anywhere("a range without the key",
        when(lambda r: r.method != "GET" or carrying("Range")(r), OPEN)))),
    ("GetObject/.*-customer-key", shown_by("condition-without-key", anywhere(
        "a condition without the key",
        when(lambda r: r.method != "GET" or carrying("If-None-Match")(r), OPEN)))),
    (f"{WRITES}/{HEADER}algorithm", shown_by("head-without-key", anywhere(
        "HEAD without the key", when(lambda r: r.method != "GET", OPEN)))),
    ("(Get|Head)Object/.*-customer-key", shown_by("wrong-key-status", wrong("400 for another key",
        another_status(403, 400)))),
    ("(Get|Head)Object/.*-customer-key", shown_by("plain-object", anywhere(
        "a key for a plain object", _plain_with_key))),
    *((f".*/{HEADER}{member}", shown_by("echo", wrong("not in the response",
        headed(f"{HEADER}{member}", None)))) for member in ("algorithm", "key-MD5")),
    (".*-customer-algorithm", shown_by("code", wrong("another code", edited_error(
        b"InvalidEncryptionAlgorithmError", b"InvalidRequest")))),
    ("HeadObject/.*-customer-algorithm", shown_by("code", wrong("403", another_status(400, 403)))),
    (f"PutObject/{HEADER}key", shown_by("listed", anywhere("another size in the listing", edited(
        rb"<Size>\d+<", b"<Size>64<")))),
    (f"PutObject/{HEADER}key", shown_by("etag", wrong("the MD5 as ETag", _md5_etag))),
    (f"CopyObject/{SOURCE_HEADER}key", shown_by("copied-object", anywhere("wrong bytes copied",
        _copies(shifted)))),
    (f"UploadPartCopy/{SOURCE_HEADER}key", shown_by("copied-object", anywhere("wrong bytes copied",
        after_completion(shifted)))),
    (f"UploadPart(Copy)?/{HEADER}key", shown_by("completed-object", anywhere(
        "wrong bytes after the completion", after_completion(shifted)))),
    (f"PutObject/{HEADER}key", shown_by("overwritten", anywhere("the key of the object before",
        needing_key(f"{HEADER}key")))),
    (f"(PutObject|CreateMultipartUpload)/{HEADER}key", shown_by("metadata", wrong(
        "encrypted, and no metadata", asking(lambda r: r.without("x-amz-meta-of-sealed"))))),
    ("GetObject/.*-customer-key", shown_by("range-with-another-key", wrong(
        "a range with any key", when(carrying("Range"), answering(
            lambda a: replace(a, status=206), 400, 403))))),
    (f"UploadPart/{HEADER}key", shown_by("without-key", anywhere("a part without the key",
        _parts_with_any_key(lambda key: key is None)))),
    (f"UploadPart/{HEADER}key", shown_by("another-key", anywhere("a part with any key",
        _parts_with_any_key(lambda key: key is not None)))),
    # Keys of the server's.
    *((f".*/{name}", or_ignored("the answer is an echo, and any value is taken",
        anywhere("only echoed", echoed(name)))) for name in (SSE, KEY_ID)),
    *((f".*/{name}", or_ignored(NO_OTHER_EFFECT, anywhere("takes any value", when(
        carrying(name), lenient(name, SSE, KEY_ID))))) for name in (SSE, KEY_ID, CONTEXT)),
    *((f"{WRITES}/{name}", shown_by("shown-by-head", anywhere("shown otherwise", when(
        is_head, headed(name, value)))))
      for name, value in ((SSE, "aws:other"), (KEY_ID, "other"), (BUCKET_KEY, "false"))),
    *((f"{WRITES}/{name}", shown_by("shown-by-head", anywhere("not shown", when(
        is_head, headed(name, None))))) for name in (SSE, KEY_ID, BUCKET_KEY)),
    *((f"{WRITES}/{name}", shown_by("echo", wrong("not in the response", headed(name, None))))
      for name in (SSE, KEY_ID, BUCKET_KEY)),
    (f"{WRITES}/{SSE}", shown_by("unknown-algorithm", wrong("takes any algorithm", when(
        lambda r: r.header(SSE) == "AES512", lenient(SSE))))),
    (f"PutObject/{SSE}", shown_by("shown-by-get", anywhere("not shown by GET", when(
        _get, headed(SSE, None))))),
    (f"PutObject/{SSE}", shown_by("bytes", anywhere("wrong bytes", when(_get, shifted)))),
    (f"PutObject/{SSE}", shown_by("default", anywhere("no default", when(
        is_head, headed(SSE, None))))),
    (f"{WRITES}/{KEY_ID}", shown_by("algorithm", anywhere("AES256 shown", when(
        is_head, headed(SSE, "AES256"))))),
    (f"{WRITES}/{KEY_ID}", shown_by("missing-key", wrong("takes any key", when(
        lambda r: (r.header(KEY_ID) or "").startswith("0000"), lenient(KEY_ID))))),
    (f"{WRITES}/{KEY_ID}", shown_by("missing-key-code", wrong("another code", edited_error(
        b"KMS.NotFoundException", b"InvalidArgument")))),
    (f"{WRITES}/{KEY_ID}", shown_by("made-up-key", anywhere("another key shown", when(
        is_head, headed(KEY_ID, "other"))))),
    (f"PutObject/{KEY_ID}", shown_by("without-algorithm", anywhere("a key for any algorithm", when(
        lambda r: carrying(KEY_ID)(r) and r.header(SSE) is None, asking(
            lambda r: r.without(KEY_ID)))))),
    (f"{WRITES}/{CONTEXT}", shown_by("malformed-context", wrong("takes any context", when(
        lambda r: r.header(CONTEXT) == "no JSON", lenient(CONTEXT))))),
    (f"{WRITES}/{BUCKET_KEY}", shown_by("effect", wrong("takes any value", when(
        lambda r: r.header(BUCKET_KEY) == "neither", lenient(BUCKET_KEY))))),
    (f"UploadPart/{SSE}", shown_by("unknown-algorithm", or_ignored(NO_OTHER_EFFECT, wrong(
        "takes any algorithm", lenient(SSE))))),
)  # fmt: skip
