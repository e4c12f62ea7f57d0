"""What can go wrong with digests and checksums."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from conformance.s3.checksums import DIGESTS, checksum, checksum_header, content_md5
from conformance.serve.http import Answer, Request
from tests.mutants.assembling import (
    after_completion,
    edited_error,
    gone_after_refusal,
    is_completion,
    is_creation,
    is_part,
    listed,
    remembering,
    upload_of,
)
from tests.mutants.damages.damage import Line, anywhere, or_ignored, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    answering,
    asking,
    done_all_the_same,
    edited,
    headed,
    is_head,
    other,
    stored_differently,
    truncated,
    unchecked,
    when,
    with_header,
)

NO_OTHER_EFFECT: Final = "to refuse is all that the header does, so who never refuses ignores it"
FOR_ALL: Final = "done whether it is asked for or not, it is no effect of the row's"
ALGORITHM, TYPE = "x-amz-checksum-algorithm", "x-amz-checksum-type"
MD5: Final = "Content-MD5"
OBJECT: Final = "PutObject"


def md5(body: bytes) -> str:
    return content_md5(body)[MD5]


def _swapped_codes(request: Request, behind: Behind) -> Answer:
    """BadDigest and InvalidDigest change places."""
    answer = behind.ask(request)
    swap = {b"BadDigest": b"InvalidDigest", b"InvalidDigest": b"BadDigest"}
    body = re.sub(rb"BadDigest|InvalidDigest", lambda m: swap[m[0]], answer.body)
    return replace(answer, body=body) if answer.status >= 400 else answer


def _taken(value: str) -> Respond:
    """One digest that must be refused is taken for the right one."""
    return when(lambda r: (r.header(MD5) or "").endswith(value), unchecked(MD5, md5))


def _is_get(request: Request) -> bool:
    return request.method == "GET" and not upload_of(request)


def _is_put(request: Request) -> bool:
    return request.method == "PUT" and not upload_of(request)


def _other_type(value: str) -> str:
    return "COMPOSITE" if value == "FULL_OBJECT" else "FULL_OBJECT"


def _whole(request: Request) -> Request:
    return with_header(request, "x-amz-checksum-mode", "ENABLED")


def _any_element(name: str) -> Respond:
    """Of the parts' checksums in a completion none is compared."""

    def right(request: Request, _: Behind, known: object) -> Request:
        parts = getattr(known, "parts", {})
        values = iter(checksum(name, parts.get(number, b"")) for number in listed(request))
        body = re.sub(
            f"<Checksum{name}>[^<]*</Checksum{name}>".encode(),
            lambda _: f"<Checksum{name}>{next(values)}</Checksum{name}>".encode(),
            request.body,
        )
        return replace(request, body=body)

    return remembering(right)


def _first_element(name: str) -> Respond:
    """Of the parts' checksums in a completion the first is compared."""
    element = re.compile(f"(?<=<Checksum{name}>)[^<]*".encode())

    def first(request: Request, _: Behind, known: object) -> Request:
        parts: dict[int, bytes] = getattr(known, "parts", {})
        start, *others = re.split(rb"(?=<Part>)", request.body)
        for place, number in enumerate(listed(request)):
            if place and parts.get(number):
                right = checksum(name, parts[number]).encode()
                others[place] = element.sub(right, others[place])
        return replace(request, body=start + b"".join(others))

    return remembering(first)


def _there_all_the_same(request: Request, behind: Behind) -> Answer:
    """A completion that is refused leaves an object."""
    answer = behind.ask(request)
    if is_completion(request) and answer.status >= 400:
        behind.memory[request.path] = True
    ghost = _is_get(request) and request.path in behind.memory
    return Answer(status=200, body=b"?") if ghost else answer


def _put_read(respond: Respond) -> Respond:
    """Done to reads of objects that PutObject stored."""

    def changed(request: Request, behind: Behind) -> Answer:
        if _is_put(request):
            behind.memory[request.path] = True
        read = _is_get(request) and request.path in behind.memory
        return respond(request, behind) if read else behind.ask(request)

    return changed


def _malformed(header: str) -> Callable[[Request], bool]:
    return lambda request: request.header(header) == "no-checksum"


def _unnamed(request: Request, behind: Behind) -> Answer:
    """The algorithm's name is not read."""
    return behind.ask(request.without("x-amz-sdk-checksum-algorithm", ALGORITHM))


def _cells() -> Iterator[Line]:
    for name in DIGESTS:
        row, header, element = f"Checksum/{name}/.*", checksum_header(name), f"Checksum{name}"
        anything = unchecked(header, partial(checksum, name))
        gone = re.escape(element).encode()
        missing = edited(b"<%s>[^<]*</%s>" % (gone, gone), b"")
        for check in ("value", "value-by-head"):
            yield (
                row,
                shown_by(
                    check,
                    anywhere(f"another value ({check})", when(is_head, headed(header, other))),
                ),
            )
        yield (
            row,
            shown_by(
                "value-by-get", anywhere("not returned by GET", when(_is_get, headed(header, None)))
            ),
        )
        yield (
            row,
            shown_by(
                "several-parts",
                anywhere(
                    "wrong for several parts", after_completion(headed(header, other), parts=2)
                ),
            ),
        )
        for check, part in (("wrong-part", is_part), ("wrong-value", is_completion)):
            yield row, shown_by(check, anywhere(f"takes any value ({check})", when(part, anything)))
        yield (
            row,
            or_ignored(
                "where it is shown of every object, to refuse is all that it does",
                anywhere("takes any value", anything),
            ),
        )
        yield row, shown_by("nothing-stored", anywhere("refused, and stored", _there_all_the_same))
        yield (
            row,
            shown_by(
                "put-wrong-value", anywhere("PutObject takes any value", when(_is_put, anything))
            ),
        )
        yield (
            row,
            shown_by(
                "put-unchanged",
                anywhere("refused, and the object is gone", when(_is_put, gone_after_refusal)),
            ),
        )
        yield (
            row,
            shown_by(
                "put-value", anywhere("not kept by PutObject", _put_read(headed(header, None)))
            ),
        )
        yield (
            row,
            shown_by("wrong-element", anywhere("elements are not compared", _any_element(name))),
        )
        first = anywhere("the first element is compared only", _first_element(name))
        yield row, shown_by("wrong-element-of-last-part", first)
        yield (
            row,
            shown_by(
                "malformed", anywhere("malformed is taken", when(_malformed(header), anything))
            ),
        )
        yield row, shown_by("unasked", anywhere("returned unasked", when(is_head, asking(_whole))))
        yield (
            row,
            shown_by(
                "upload-echo",
                anywhere(
                    "no algorithm in the response", when(is_creation, headed(ALGORITHM, None))
                ),
            ),
        )
        yield (
            row,
            shown_by(
                "part-echo",
                anywhere("no value in the part's response", when(is_part, headed(header, None))),
            ),
        )
        yield (
            row,
            shown_by(
                "completion-echo",
                anywhere("no value in the completion's response", when(is_completion, missing)),
            ),
        )
        yield (
            row,
            shown_by(
                "listed-part",
                anywhere(
                    "no value in ListParts",
                    when(lambda r: r.method == "GET" and bool(upload_of(r)), missing),
                ),
            ),
        )


LINES: Final[tuple[Line, ...]] = (
    # Content-MD5.
    (f"{OBJECT}/{MD5}", shown_by("object-stays", wrong("refused, and stored",
        done_all_the_same(MD5)))),
    (f"UploadPart/{MD5}", shown_by("nothing-stored", wrong("refused, and stored",
        done_all_the_same(MD5)))),
    (f"({OBJECT}|DeleteObjects)/{MD5}", shown_by("object-stays", wrong(
        "refused, and the object is gone", gone_after_refusal))),
    (f".*/{MD5}", or_ignored(NO_OTHER_EFFECT, wrong("takes any digest", unchecked(MD5, md5)))),
    *((f".*/{MD5}", shown_by(check, wrong(f"codes swapped ({check})", _swapped_codes)))
      for check in ("wrong-digest-code", "malformed-digest-code")),
    (f".*/{MD5}", shown_by("malformed-digest", wrong("takes what is no digest",
        _taken("not-a-digest")))),
    (f".*/{MD5}", shown_by("wrong-digest", wrong("takes other bytes' digest", when(
        lambda r: (r.header(MD5) or "").endswith("==") and len(r.header(MD5) or "") == 24,
        unchecked(MD5, md5))))),
    (f".*/{MD5}", shown_by("short-digest", wrong("takes 8 bytes of a digest", when(
        lambda r: len(r.header(MD5) or "") == 12 and (r.header(MD5) or "").endswith("="),
        unchecked(MD5, md5))))),
    (f".*/{MD5}", shown_by("short-digest-code", wrong("8 bytes are a mismatch", when(
        lambda r: len(r.header(MD5) or "") == 12 and (r.header(MD5) or "").endswith("="),
        edited_error(b"InvalidDigest", b"BadDigest"))))),
    (f".*/{MD5}", shown_by("hexadecimal", wrong("takes a digest in hexadecimal", when(
        lambda r: len(r.header(MD5) or "") == 32, unchecked(MD5, md5))))),
    # The name of an algorithm beside a document.
    *((".*/x-amz-(sdk-)?checksum-algorithm", shown_by(check, wrong(f"takes any name ({check})",
        _unnamed)))
      for check in ("unknown-algorithm", "another-algorithm", "no-checksum")),
    (".*/x-amz-(sdk-)?checksum-algorithm", shown_by("code", wrong("another code",
        answering(lambda a: replace(a, body=re.sub(
            rb"<Code>\w+<", b"<Code>MalformedXML<", a.body)), 400)))),
    # Cells.
    *_cells(),
    ("Checksum/.*", shown_by("type", anywhere("another type",
        when(is_head, headed(TYPE, _other_type))))),
    ("Checksum/.*", shown_by("type-by-get", anywhere("another type by GET",
        when(_is_get, headed(TYPE, _other_type))))),
    ("Checksum/.*", shown_by("code", anywhere("another code",
        edited_error(b"BadDigest", b"InvalidRequest")))),
    # A copy's.
    ("CopyObject/x-amz-checksum-algorithm", shown_by("value", anywhere("another value", when(
        is_head, headed("x-amz-checksum-sha256", other))))),
    ("CopyObject/x-amz-checksum-algorithm", or_ignored(FOR_ALL, wrong("another algorithm",
        stored_differently(ALGORITHM, "SHA1")))),
    ("CopyObject/x-amz-checksum-algorithm", shown_by("type", anywhere("no type", when(
        is_head, headed(TYPE, None))))),
    ("CopyObject/x-amz-checksum-algorithm", shown_by("unknown-algorithm", wrong(
        "takes any algorithm", when(lambda r: r.header(ALGORITHM) == "SHA3",
        asking(lambda r: r.without(ALGORITHM)))))),
    ("CopyObject/x-amz-checksum-algorithm", shown_by("bytes", anywhere("a byte short", when(
        _is_put, truncated)))),
    ("CopyObject/x-amz-checksum-algorithm", shown_by("result", wrong("no value in the response",
        edited(rb"<ChecksumSHA256>[^<]*</ChecksumSHA256>", b"")))),
)  # fmt: skip
