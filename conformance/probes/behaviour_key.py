"""Keys with unusual characters: each is its own object, in every operation that names it.

A key is any sequence of Unicode characters whose UTF-8 is at most 1024 bytes long. Source:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, unquote_plus
from xml.sax.saxutils import escape

from conformance.probing import (
    R2,
    Call,
    Check,
    Comparison,
    OperationName,
    Outcome,
    Response,
    Stored,
    Workbench,
    api,
    behaviour,
    content_md5,
    core,
    document,
    equals,
    guide,
    has_body,
    holds,
    promise,
    served,
    stored,
)
from conformance.s3.client import Cut
from conformance.s3.endpoint import UNRESERVED
from conformance.subjects import kept

PAGE: Final = guide("object-keys")
LIST: Final = api("ListObjectsV2")
SPELLINGS: Final = f"{R2}/reference/unicode-interoperability/"
# What an XML document must say otherwise, or its reader takes a line break of it.
CHARACTERS: Final = {"\r": "&#13;"}
COMPOSED: Final = "\u00e9"
DECOMPOSED: Final = "e\u0301"


@dataclass(frozen=True, slots=True)
class _Pair:
    """An unusual key and another that a server may take for the same.

    Attributes:
        key: behind a prefix of the run's own.
        like: the other.
        text: what is unusual.
        in_xml: whether XML 1.0 can hold it.
    """

    key: str
    like: str
    text: str
    in_xml: bool = True


PAIRS: Final[dict[str, _Pair]] = {
    "double-slash": _Pair("a//b", "a/b", "two slashes in a row"),
    "trailing-slash": _Pair("a/", "a", "a slash at its end"),
    "below-another": _Pair("a/b", "a", "another key as its folder"),
    "composed": _Pair(COMPOSED, DECOMPOSED, "a composed letter (NFC)"),
    "decomposed": _Pair(DECOMPOSED, COMPOSED, "a decomposed letter (NFD)"),
    "beyond-the-basic-plane": _Pair("\U0001f600", "\U0001f601", "a character of four bytes"),
    "percent": _Pair("a%2Fb", "a/b", "a percent sign"),
    "plus": _Pair("a+b", "a b", "a plus sign"),
    "space": _Pair("a b", "a+b", "a space"),
    "xml-characters": _Pair("a&<b>'\"", "a&amp;<b>'\"", "characters that XML escapes"),
    "backslash": _Pair("a\\b", "a/b", "a backslash"),
    "question-mark": _Pair("a?b=c#d", "a", "a question mark and a hash"),
    "carriage-return": _Pair("a\rb", "ab", "a carriage return"),
    "control-character": _Pair("a\x07b", "ab", "a control character", in_xml=False),
    "upper-case": _Pair("AbC", "abc", "upper-case letters"),
}


def _checks(_: str, name: str) -> Iterator[Check]:
    pair = PAIRS[name]
    yield core("get", f"the bytes of a key with {pair.text}", PAGE)
    yield core("apart", "other bytes from the key that is like it", PAGE)
    yield promise("head", "its length from HeadObject", api("HeadObject"))
    if pair.in_xml:
        yield promise("list", "both keys from ListObjectsV2, as they are", LIST)
    yield promise("list-url", "both keys, as a client decodes them, for encoding-type=url", LIST)
    yield promise("copy-from", "its bytes from a copy of it", api("CopyObject"))
    yield promise("copy-to", "the bytes of what was copied to such a key", api("CopyObject"))
    if pair.in_xml:
        yield promise("delete-many", "it gone after DeleteObjects", api("DeleteObjects"))
        yield promise("delete-many-named", "its name in the result of it", api("DeleteObjects"))
    yield promise("like-it-stays", "the key that is like it, after it was deleted", PAGE)


def _declared(topic: str, name: str) -> list[Check]:
    return [*_checks(topic, name)]


@behaviour("Key", *PAIRS, checks=_declared)
def unusual(bench: Workbench, name: str) -> None:
    """Keep a key as it is, in every operation, and apart from one that is like it."""
    pair, base = PAIRS[name], f"{bench.key()}-"
    call = Call(
        operation="PutObject", bucket=bench.bucket, key=base + pair.key, body=bench.text(40)
    )
    answer = bench.treat(call)
    if not answer.ok:
        bench.accepted(answer, control=replace(call, key=bench.key()))
    ours = Stored(bucket=call.bucket, key=call.key, body=call.body, etag=answer.etag)
    # Stored after it, so that a server which takes the two for one has overwritten it.
    like = bench.attempt(replace(call, key=base + pair.like, body=bench.text(44)))
    bench.check("get", kept.kept(bench, ours)[0])
    bench.check("apart", kept.kept(bench, stored(like))[0] if like.ok else served(like))
    head = bench.effect(ours.call("HeadObject"))
    length = head.header("Content-Length")
    seen = f"{head.describe()} with Content-Length {length}"
    bench.check("head", holds(head.ok and length == str(len(ours.body)), seen, head))
    _listed(bench, pair, base, ours.bucket)
    _copied(bench, ours)
    _deleted(bench, pair, ours, like)


def _listed(bench: Workbench, pair: _Pair, base: str, bucket: str) -> None:
    keys = sorted((base + pair.key, base + pair.like))
    for check, encoding in (("list", ""), ("list-url", "url")):
        if check == "list" and not pair.in_xml:
            continue
        query = {"prefix": base, **({"encoding-type": encoding} if encoding else {})}
        answer = bench.effect(Call(operation="ListObjectsV2", bucket=bucket, query=query))
        found = answer.texts("Contents/Key")
        # As a client reads them: a server that says nothing of an encoding has used none.
        encoded = answer.text("EncodingType") == "url"
        names = [unquote_plus(it) for it in found] if encoded else found
        seen = f"{answer.describe()} with keys {[it.removeprefix(base) for it in names]}"
        bench.check(check, holds(answer.ok and sorted(names) == keys, seen, answer))


def _copied(bench: Workbench, ours: Stored) -> None:
    source = quote(ours.source, safe=UNRESERVED + "/")
    for check, key, named, body in (
        ("copy-from", bench.key(), source, ours.body),
        ("copy-to", ours.key, bench.plain.source, bench.plain.body),
    ):
        call = Call(
            operation="CopyObject",
            bucket=ours.bucket,
            key=key,
            headers={"x-amz-copy-source": named},
        )
        answer = bench.effect(call)
        if not answer.ok:
            bench.check(check, served(answer))
            continue
        copy = Stored(bucket=ours.bucket, key=key, body=body, etag="")
        bench.check(check, kept.kept(bench, copy)[0])


def _deleted(bench: Workbench, pair: _Pair, ours: Stored, like: Response) -> None:
    if pair.in_xml:
        body = document("Delete", f"<Object><Key>{escape(ours.key, CHARACTERS)}</Key></Object>")
        answer = bench.effect(
            Call(
                operation="DeleteObjects",
                bucket=ours.bucket,
                headers=content_md5(body),
                body=body,
            )
        )
        bench.check("delete-many", _gone(bench, ours) if answer.ok else served(answer))
        named = answer.texts("Deleted/Key")
        seen = f"{answer.describe()} with {named}"
        bench.check("delete-many-named", holds(named == [ours.key], seen, answer))
    else:
        bench.attempt(ours.call("DeleteObject"))
    if like.ok:
        bench.check("like-it-stays", kept.kept(bench, stored(like))[0])
    else:
        bench.skip("like-it-stays", because="it could not be stored")


def _gone(bench: Workbench, ours: Stored) -> Comparison:
    read: OperationName = "GetObject"
    try:
        back = bench.effect(ours.call(read))
    except Cut as trouble:
        # Told from a bad network by another object, which must be served.
        bench.control(bench.plain.call(read))
        return holds(False, f"no complete response ({trouble}) to {read}")
    seen = f"{back.describe()} to {read}"
    return holds(back.status == 404, seen, back, otherwise=Outcome.IGNORED)


@behaviour(
    "Key",
    "leading-slash",
    checks=(
        core("get", "the bytes of a key that begins with a slash", PAGE),
        core("apart", "other bytes from the key without the slash", PAGE),
        promise("list", "both keys from ListObjectsV2", LIST),
    ),
)
def leading_slash(bench: Workbench, _: str) -> None:
    """Keep a slash at a key's beginning, and the key apart from the one without it."""
    bucket, name = bench.new_bucket(), bench.nonce()
    ours, like = bench.text(40), bench.text(44)
    call = Call(operation="PutObject", bucket=bucket, key=f"/{name}", body=ours)
    answer = bench.treat(call)
    if not answer.ok:
        bench.accepted(answer, control=replace(call, key=f"{name}-other"))
    plain = replace(call, key=name, body=like)
    bench.setup(plain)
    for check, each in (("get", call), ("apart", plain)):
        back = bench.effect(replace(each, operation="GetObject", body=b""))
        bench.check(check, has_body(back, each.body))
    listing = bench.effect(Call(operation="ListObjectsV2", bucket=bucket))
    found = [it for it in listing.texts("Contents/Key") if not it.endswith("-other")]
    right = found == [f"/{name}", name]
    bench.check("list", holds(right, f"{listing.describe()} with {found}", listing))


@behaviour(
    "Key",
    "last-spelling-listed",
    checks=(
        core("once", "one key for an object that was stored in both spellings", SPELLINGS),
        promise("last", "the spelling that was stored last", SPELLINGS),
        promise("bytes", "the last bytes for either spelling", SPELLINGS),
    ),
)
def last_spelling(bench: Workbench, _: str) -> None:
    """List an object whose key was written in two spellings once, in the last of them."""
    prefix = bench.key("/")
    bench.put(key=f"{prefix}{COMPOSED}")
    last = bench.put(key=f"{prefix}{DECOMPOSED}")
    query = {"prefix": prefix}
    listing = bench.effect(Call(operation="ListObjectsV2", bucket=last.bucket, query=query))
    keys = listing.texts("Contents/Key")
    ignored = Outcome.IGNORED if len(keys) == 2 else Outcome.WRONG
    seen = f"{len(keys)} keys"
    if not bench.check("once", holds(len(keys) == 1, seen, listing, otherwise=ignored)):
        bench.skip("last", "bytes", because=seen)
        return
    bench.check("last", equals("key", keys[0], last.key, listing))
    for spelling in (COMPOSED, DECOMPOSED):
        read = Call(operation="GetObject", bucket=last.bucket, key=f"{prefix}{spelling}")
        bench.check("bytes", has_body(bench.effect(read), last.body))
