"""Multipart uploads, and parts of one, that are only listed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from conformance.probing import Comparison, Undecided, Workbench, checksum
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.subjects.listings import ODD_NAME
from conformance.subjects.multipart import MARKUP, Upload, begin, begun, create_call

UPLOADS: Final = "ListMultipartUploads"
KEY: Final = "Upload/Key"
ID: Final = "Upload/UploadId"
BEGUN: Final = "Upload/Initiated"
PREFIXES: Final = "CommonPrefixes/Prefix"
NUMBER: Final = "Part/PartNumber"
# In the order S3 lists them: ascending, by UTF-8 bytes.
NAMES: Final = ("B", "a-b", "a/1", "a/2", "a0", "bee")
ROLLED: Final = ("B", "a-b", "a/", "a0", "bee")
ODD_NAMES: Final = (ODD_NAME, "ä b/1", "ä b/2")
# Neither one after the other, for S3 does not ask for that, nor in the order of their digits.
NUMBERS: Final = (1, 2, 10)
REPLACED: Final = 2
STRANGE: Final = 7
SIBLINGS: Final = 5
# A class that stores have which have more than one.
RARE: Final = "STANDARD_IA"
CLASS: Final = "x-amz-storage-class"
ALGORITHM: Final = {"x-amz-checksum-algorithm": "CRC32"}
TYPE: Final = {"x-amz-checksum-type": "COMPOSITE"}
# After so many seconds a clock that shows whole ones shows another.
SECOND: Final = 1.1


def _spelt(query: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in query.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """Uploads that are only listed, under a prefix of their own."""

    prefix: str
    uploads: Sequence[Upload]

    @property
    def keys(self) -> list[str]:
        return [upload.key for upload in self.uploads]

    @property
    def names(self) -> list[str]:
        """The keys less the prefix, in order."""
        return [key.removeprefix(self.prefix) for key in self.keys]

    def listing(self, under: str = "", **query: str) -> Call:
        """A listing of these uploads; `max_uploads` is sent as `max-uploads`."""
        query = {"prefix": self.prefix + under, **_spelt(query)}
        return Call(operation="ListMultipartUploads", bucket=self.uploads[0].bucket, query=query)

    def seen(self, answer: Response, path: str = KEY) -> list[str]:
        """The keys of a listing less the prefix."""
        return [key.removeprefix(self.prefix) for key in answer.texts(path)]

    def rolled(self, answer: Response) -> list[str]:
        """The keys and common prefixes of a listing less the prefix."""
        return sorted([*self.seen(answer), *self.seen(answer, PREFIXES)], key=str.encode)


def _begun(bench: Workbench, names: Sequence[str]) -> Uploads:
    prefix, bucket = bench.key("/"), bench.bucket
    calls = [
        Call(operation="CreateMultipartUpload", bucket=bucket, key=prefix + name)
        for name in reversed(names)
    ]
    uploads = [begun(bench.setup(call)) for call in calls]
    return Uploads(prefix=prefix, uploads=uploads[::-1])


def many(bench: Workbench) -> Uploads:
    """Uploads of `NAMES`, begun in reverse order, and of a key just after their prefix."""
    return bench.shared("uploads to list", _many)


def _many(bench: Workbench) -> Uploads:
    ours = _begun(bench, NAMES)
    after = Call(
        operation="CreateMultipartUpload",
        bucket=ours.uploads[0].bucket,
        key=ours.prefix.rstrip("/") + "~",
    )
    bench.setup(after)
    return ours


def folder(bench: Workbench) -> Uploads:
    """The same, where a prefix lists them.

    Raises:
        Undecided: the store lists the uploads of one key only, as some do.
    """
    ours = many(bench)
    seen = bench.shared("a listing of uploads", lambda b: b.setup(ours.listing()).texts(KEY))
    if sorted(seen) != sorted(ours.keys):
        raise Undecided(f"of {len(ours.keys)} uploads under a prefix {len(seen)} are listed")
    return ours


def _of_one_key(bench: Workbench, names: Sequence[str]) -> Uploads:
    uploads = _begun(bench, names)
    return replace(uploads, prefix=uploads.keys[0])


def twins(bench: Workbench) -> Uploads:
    """Two uploads of one key; the later begun is the first."""
    return bench.shared("two uploads of one key", lambda bench: _of_one_key(bench, "aa"))


def siblings(bench: Workbench) -> Uploads:
    """Uploads of one key, so many that chance does not put them in order, nor into one second."""
    return bench.shared("uploads of one key", _siblings)


def _siblings(bench: Workbench) -> Uploads:
    first = _of_one_key(bench, "a" * SIBLINGS)
    if len(set(bench.setup(first.listing()).texts(BEGUN))) == SIBLINGS:
        return first
    time.sleep(SECOND)  # some servers have dates in whole seconds
    call = replace(first.uploads[0].call("CreateMultipartUpload"), query={})
    later = [begun(bench.setup(call)) for _ in first.uploads]
    return replace(first, uploads=[*first.uploads, *later])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rare:
    """An upload that is unlike others, as far as the server takes it: name, class and checksums.

    Attributes:
        upload: it has one part.
        checksum: the CRC32 of that part.
        in_class: whether the server has the class `RARE`.
    """

    upload: Upload
    checksum: str
    in_class: bool

    def listing(self) -> Call:
        """ListMultipartUploads of it."""
        query = {"prefix": self.upload.key}
        return Call(operation="ListMultipartUploads", bucket=self.upload.bucket, query=query)

    def check_named(self, bench: Workbench, seen: Comparison) -> None:
        """Report the check `key-escaped`."""
        if self.upload.key.endswith(MARKUP):
            bench.check("key-escaped", seen)
        else:
            bench.skip("key-escaped", because="such a key is refused")

    def check_class(self, bench: Workbench, seen: Comparison) -> None:
        """Report the check `other-class`."""
        if self.in_class:
            bench.check("other-class", seen)
        else:
            bench.skip("other-class", because=f"the server has no class {RARE}")


def rare(bench: Workbench) -> Rare:
    """The one that rows only list.

    Raises:
        Undecided: no upload with checksums can be begun.
    """
    return bench.shared("an upload unlike others", _rare)


def _rare(bench: Workbench) -> Rare:
    kept = bench.attempt(
        Call(
            operation="PutObject",
            bucket=bench.bucket,
            key=bench.key(MARKUP),
            headers={CLASS: RARE},
            body=bench.text(),
        )
    )
    head = bench.attempt(replace(kept.call, operation="HeadObject", headers={}, body=b""))
    in_class = kept.ok and head.header(CLASS) == RARE
    headers = {**ALGORITHM, **TYPE, **({CLASS: RARE} if in_class else {})}
    create = create_call(bench, headers)
    answer = bench.attempt(replace(create, key=bench.key(MARKUP)))
    if not answer.ok:
        answer = bench.attempt(create)
    upload = begun(answer) if answer.ok else begin(bench, ALGORITHM)
    body = bench.text()
    value = checksum("CRC32", body)
    bench.setup(upload.part(1, body, {"x-amz-checksum-crc32": value}))
    return Rare(upload=upload, checksum=value, in_class=in_class and answer.ok)


def odd(bench: Workbench) -> Uploads:
    """An upload of a key that URLs must escape."""
    return bench.shared("an upload of an odd name", lambda bench: _of_one_key(bench, [ODD_NAME]))


def odd_folder(bench: Workbench) -> Uploads:
    """Uploads of such keys.

    Raises:
        Undecided: a prefix does not list them.
    """
    folder(bench)
    return bench.shared("uploads of odd names", lambda bench: _begun(bench, ODD_NAMES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """An upload with parts that are only listed.

    Attributes:
        upload: theirs.
        sizes: of each part, by its number.
        etags: of each part, by its number.
    """

    upload: Upload
    sizes: Mapping[str, str]
    etags: Mapping[str, str]

    @property
    def numbers(self) -> list[str]:
        return [*self.sizes]

    def listing(self, **query: str) -> Call:
        """A listing of these parts; `max_parts` is sent as `max-parts`."""
        return self.upload.call("ListParts", query=_spelt(query))


def parts(bench: Workbench) -> Parts:
    """Parts 1, 2 and 10, uploaded in reverse order; the second replaced another.

    The key has another upload, of which part 7 was uploaded.
    """
    return bench.shared("parts to list", _uploaded)


def _uploaded(bench: Workbench) -> Parts:
    upload = begin(bench)
    # Another one of the same key has a part too, which is not this upload's.
    second = bench.attempt(replace(upload.call("CreateMultipartUpload"), query={}))
    if second.ok:
        bench.attempt(begun(second).part(STRANGE, bench.text()))
    bench.setup(upload.part(REPLACED, bench.text(99)))
    etags = {
        number: bench.setup(upload.part(number, bench.text(40 + number))).etag
        for number in reversed(NUMBERS)
    }
    return Parts(
        upload=upload,
        sizes={str(number): str(40 + number) for number in NUMBERS},
        etags={str(number): etags[number] for number in NUMBERS},
    )
