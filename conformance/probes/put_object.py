"""PutObject: bytes, keys and metadata that read back as they were stored.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
"""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Comparison,
    Hazard,
    Response,
    Workbench,
    api,
    core,
    detail,
    guide,
    has_body,
    has_header,
    has_status,
    holds,
    offered,
    probe,
    promise,
    refused,
    served,
)
from conformance.probing import stored as stored_by
from conformance.subjects import multipart, preconditions, writes
from conformance.subjects.missing import NO_BUCKET, is_missing, of_missing_bucket

PREAMBLE: Final = b'<?xml version="1.0"?>\n'
EVERY_BYTE: Final = bytes(range(256))
LONGEST_KEY: Final = 1024
SSE: Final = "x-amz-server-side-encryption"
METADATA: Final = {
    "x-amz-meta-first": 'one, with a comma; and "quotes"',
    "x-amz-meta-Second-Name": "2",
}
# Names and values that header parsers lose: by check, one of each.
ODD_METADATA: Final = {
    "metadata-punctuated-name": ("x-amz-meta-with_underscore.and.dot", "yes"),
    "metadata-empty-value": ("x-amz-meta-empty", ""),
    "metadata-like-a-header": ("x-amz-meta-content-type", "text/x-other"),
}
READERS: Final = 7
PAGE: Final = api("PutObject")
KEYS: Final = guide("object-keys")
USER_METADATA: Final = guide("UsingMetadata")
CONSISTENCY: Final = guide("Welcome") + "#ConsistencyModel"
COMPOSED: Final = "\u00e9\u00e4"
# By check: the keys that it stores below a folder of its own; they name different objects.
ODD_KEYS: Final = {
    "key-trailing-slash": ("a/", "a"),
    "key-double-slash": ("a//b", "a/b"),
    "key-below-key": ("a", "a/b"),
    "key-case": ("Aa", "aA"),
    "key-plus": ("a+b", "a b"),
    "key-percent": ("%41", "A"),
    "key-punctuation": ("& < > ' \" = ? # : ; @ , $ ! ( ) *",),
    "key-non-ascii": (f"{COMPOSED} \u65e5\u672c \U0001f600",),
    "key-normal-forms": (COMPOSED, unicodedata.normalize("NFD", COMPOSED)),
}
CHECKS: Final = (
    core("bytes", "a GET with the bytes stored", PAGE),
    core("overwrite", "a GET with the bytes stored last", PAGE),
    promise("etag", "the ETag that GET returns", PAGE),
    promise("etag-is-md5", "the MD5 of the bytes as ETag", api("Object")),
    promise("empty-object", "an object of 0 bytes that reads back as such", PAGE),
    promise("user-metadata", "x-amz-meta-* as stored in a GET", USER_METADATA),
    promise("user-metadata-by-head", "x-amz-meta-* as stored in a HEAD", USER_METADATA),
    promise("overwrite-metadata", "no metadata of the object that was overwritten", PAGE),
    promise("overwrite-of-parts", "no ETag or parts of an object that was overwritten", PAGE),
    promise("last-modified-renewed", "a later Last-Modified after an overwrite", api("HeadObject")),
    promise("overwrite-atomic", "the old or the new object during an overwrite", CONSISTENCY),
    promise("key-trailing-slash", "a/ and a as two objects", KEYS),
    promise("key-double-slash", "a//b and a/b as two objects", KEYS),
    promise("key-below-key", "a and a/b as two objects", KEYS),
    promise("key-case", "Aa and aA as two objects", KEYS),
    promise("key-plus", "a+b and 'a b' as two objects", KEYS),
    promise("key-percent", "%41 and A as two objects", KEYS),
    promise("key-punctuation", "an object under a key with & < > ' \" = ? # and others", KEYS),
    promise("key-non-ascii", "an object under a key with letters outside ASCII", KEYS),
    promise("key-1024-bytes", "an object under a key of 1,024 bytes", KEYS),
    promise("key-one-name", "an object under one of 1,024 bytes without a slash in them", KEYS),
    promise("keys-listed", "exactly those keys in a listing", api("ListObjectsV2")),
    promise("missing-bucket", "404 NoSuchBucket for a bucket that does not exist", ERRORS),
    # Some vendors document that they normalize keys.
    detail("key-normal-forms", "a composed and a decomposed letter as two objects", KEYS),
    promise("key-like-a-path", "b as before, once a/../b was stored or refused", KEYS),
    # Stores of files refuse it.
    detail("key-with-dots", "an object under the key a/../b", KEYS),
    detail("metadata-punctuated-name", "x-amz-meta- with _ and . in its name", USER_METADATA),
    detail("metadata-empty-value", "an empty x-amz-meta- in a HEAD", USER_METADATA),
    detail(
        "metadata-like-a-header",
        "x-amz-meta-content-type, and a Content-Type of its own",
        USER_METADATA,
    ),
    detail("key-1025-bytes", "400 KeyTooLongError for a key of 1,025 bytes", ERRORS),
    detail("status", "200", PAGE),
    detail("no-body", "a response without a body", PAGE),
)


@probe("PutObject", checks=CHECKS)
def put_object(bench: Workbench) -> None:
    """Store bytes and metadata under a key, in place of those stored before."""
    call = _put(bench, bench.key(), EVERY_BYTE + bench.text())

    answer = offered(bench.treat(call))
    stored = bench.effect(_get(call))
    bench.check("bytes", writes.has_stored(stored, call.body))
    etags = f"ETag {answer.etag or 'missing'}, and {stored.etag or 'none'} of GET"
    right = bool(answer.etag) and answer.etag == stored.etag
    bench.check("etag", holds(right, etags, answer, stored))
    _is_md5(bench, answer)
    bench.check("status", has_status(answer, 200))
    bench.check("no-body", holds(not answer.body, f"{len(answer.body)} bytes", answer))

    _overwrite(bench, call)
    empty = _put(bench, call.key, b"")  # in place of what was there
    if bench.check("empty-object", served(bench.effect(empty))):
        bench.check("empty-object", has_body(bench.effect(_get(empty)), b""))
    _odd_keys(bench)
    with bench.observing("overwrite-atomic"):
        _overwrite_while_read(bench)
    with bench.observing("overwrite-of-parts"):
        _overwrite_parts(bench)
    with bench.observing(*ODD_METADATA):
        described = bench.put(headers=dict(ODD_METADATA.values()))
        head = bench.effect(described.call("HeadObject"))
        for check, (name, value) in ODD_METADATA.items():
            bench.check(check, has_header(head, name, value))
        media = head.header("Content-Type")
        like = ODD_METADATA["metadata-like-a-header"][1]
        text = f"Content-Type: {media}"
        bench.check("metadata-like-a-header", holds(media != like, text, head))
    with bench.observing("last-modified-renewed"):
        date = stored.header("Last-Modified") or ""
        old = preconditions.Dated(ours=stored_by(answer), replaced="", modified=date)
        preconditions.a_second_later(bench, old)
        new = bench.put(key=call.key)
        bench.check("last-modified-renewed", preconditions.is_later(bench, new, old))
    with bench.observing("missing-bucket"):
        nowhere = bench.effect(of_missing_bucket(bench, "PutObject", bench.text()))
        bench.check("missing-bucket", is_missing(nowhere, NO_BUCKET))


def _put(bench: Workbench, key: str, body: bytes) -> Call:
    return Call(operation="PutObject", bucket=bench.bucket, key=key, body=body)


def _get(call: Call) -> Call:
    return Call(operation="GetObject", bucket=call.bucket, key=call.key)


def _is_md5(bench: Workbench, answer: Response) -> None:
    """Judge the ETag; of an object under a key of KMS it is no MD5."""
    if (answer.header(SSE) or "").startswith("aws:kms"):
        bench.skip("etag-is-md5", because="the bucket encrypts objects with a key of KMS")
        return
    digest = hashlib.md5(answer.call.body, usedforsecurity=False).hexdigest()
    bench.check("etag-is-md5", has_header(answer, "ETag", f'"{digest}"'))


def _overwrite(bench: Workbench, first: Call) -> None:
    """Store an object with metadata, and another without under the same key."""
    old = _put(bench, bench.key(), bench.text()).plus(headers=METADATA)
    described = bench.effect(old)
    if described.ok:
        head = Call(operation="HeadObject", bucket=old.bucket, key=old.key)
        bench.check("user-metadata", _has_metadata(bench.effect(_get(old))))
        bench.check("user-metadata-by-head", _has_metadata(bench.effect(head)))
    else:
        bench.check("user-metadata", served(described))
        old = first

    # Shorter than the first, and no document of the server's own.
    new = _put(bench, old.key, b"%s<a>%s</a>\n" % (PREAMBLE, bench.text(9)))
    second = bench.effect(new)
    after = bench.effect(_get(new))
    bench.check(
        "overwrite", served(second) if not second.ok else writes.has_stored(after, new.body)
    )
    if not described.ok or not after.ok:
        bench.skip("overwrite-metadata", because="no object with metadata was overwritten")
        return
    kept = [name for name, value in METADATA.items() if after.header(name) == value]
    text = f"{', '.join(kept)} of the old object" if kept else "no metadata of the old object"
    bench.check("overwrite-metadata", holds(not kept, text, after))


def _overwrite_parts(bench: Workbench) -> None:
    """Store an object over one that was uploaded in parts, whose ETag says so."""
    parts = multipart.completed(bench, [bench.text()])
    head = bench.effect(bench.put(key=parts.key).call("HeadObject"))
    count = head.header("x-amz-mp-parts-count")
    right = head.ok and head.etag != parts.etag and count is None
    text = f"ETag {head.etag or 'missing'} in place of {parts.etag}, parts count {count or 'none'}"
    bench.check("overwrite-of-parts", holds(right, text, head))


def _has_metadata(answer: Response) -> Comparison:
    wrong = [
        f"{name}: {answer.header(name)!r}"
        for name, value in METADATA.items()
        if answer.header(name) != value
    ]
    return holds(not wrong, "; ".join(wrong) or "both as stored", answer)


def _odd_keys(bench: Workbench) -> None:
    """Store objects under keys that careless servers take for each other, and list them."""
    folder = bench.key("/")
    right: set[str] = set()
    for check, names in ODD_KEYS.items():
        keys = [f"{folder}{check}/{name}" for name in names]
        if bench.check(check, _two_objects(bench, keys)):
            right.update(keys)
    left = LONGEST_KEY - len(folder)
    # A store of files may have a limit of its own for what is between two slashes.
    longest, one_name = folder + _names(left), folder + "n" * left
    for check, key in {"key-1024-bytes": longest, "key-one-name": one_name}.items():
        if bench.check(check, _two_objects(bench, [key])):
            right.add(key)
    too_long = bench.effect(_put(bench, f"{longest}k", b"too long"))
    bench.check("key-1025-bytes", refused(too_long, 400, codes=("KeyTooLongError",)))

    _path(bench, f"{folder}like-a-path/")
    query = {"prefix": folder}
    listing = bench.effect(Call(operation="ListObjectsV2", bucket=bench.bucket, query=query))
    # Of keys whose objects read back wrongly, other checks speak.
    failed = [f"{folder}{check}/" for check in ODD_KEYS]
    failed += [f"{folder}like-a-path/"]
    failed = [start for start in failed if not any(key.startswith(start) for key in right)]
    found = {*listing.texts("Contents/Key")}
    listed = {key for key in found if not key.startswith((*failed, longest, one_name))}
    listed |= {longest, one_name} & right & found
    missing, other = sorted(right - listed), sorted(listed - right)
    text = f"{len(listed & right)} of {len(right)} keys"
    text += f", without {missing[0]!r}" if missing else ""
    text += f", and {other[0]!r}" if other else ""
    bench.check("keys-listed", holds(not missing and not other, text, listing))


def _path(bench: Workbench, folder: str) -> None:
    """A key with the segment of a path that leads upwards, and the key that it would lead to."""
    plain, dots = (_put(bench, f"{folder}{key}", bench.text()) for key in ("b", "a/../b"))
    bench.setup(plain)
    answer = bench.effect(dots)
    bench.check("key-like-a-path", has_body(bench.effect(_get(plain)), plain.body))
    right = has_body(bench.effect(_get(dots)), dots.body) if answer.ok else served(answer)
    bench.check("key-with-dots", right)


def _names(length: int) -> str:
    """A key of this length in names of 100 letters; it does not end with a slash."""
    names = f"{'k' * 100}/" * (length // 100 + 1)
    return f"{names[: length - 1]}k"


def _two_objects(bench: Workbench, keys: list[str]) -> Comparison:
    """Store objects under keys in turn; the first must then read back as it was stored."""
    puts = [_put(bench, key, bench.text(20 + place)) for place, key in enumerate(keys)]
    for put in puts:
        answer = bench.effect(put)
        if not answer.ok:
            return served(answer)
    get, body = _get(puts[0]), puts[0].body
    if get.key.endswith("/"):  # a GET of a folder that has another object's length breaks off
        head = bench.effect(Call(operation="HeadObject", bucket=get.bucket, key=get.key))
        if head.header("Content-Length") != str(len(body)):
            return has_header(head, "Content-Length", str(len(body))).hurting(Hazard.CORRUPTING)
    return has_body(bench.effect(get), body)


def _overwrite_while_read(bench: Workbench) -> None:
    """Read an object several times while it is overwritten."""
    old, new = bench.put(bench.text(2**16)), bench.text(2**16 + 1)
    put = _put(bench, old.key, new)
    *answers, written = bench.at_once([*[_get(put)] * READERS, put])
    torn = [it for it in answers if not (it.ok and it.body in (old.body, new))]
    text = "the old or the new object each time"
    if torn:
        text = f"{torn[0].describe()} with {len(torn[0].body)} bytes"
    seen = holds(not torn and written.ok, text, *(torn or answers))
    bench.check("overwrite-atomic", seen.hurting(Hazard.CORRUPTING) if torn else seen)
