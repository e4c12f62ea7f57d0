"""Objects that are only listed, under prefixes of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from conformance.probing import Stored, Workbench
from conformance.s3.checksums import checksum, checksum_header
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.listings import ODD_NAME
from conformance.subjects.multipart import two_parts

KEY: Final = "Contents/Key"
PREFIXES: Final = "CommonPrefixes/Prefix"
# In the order S3 lists them: ascending, by UTF-8 bytes. A server that sorts by letter, by folder
# or without regard to case has another. No name is another's folder: file systems have not both.
NAMES: Final = ("B", "a+", "a-b", "a.b/x", "a/x", "a/y", "a0", "aB", "b/x", "bee", "é")
ROLLED: Final = ("B", "a+", "a-b", "a.b/", "a/", "a0", "aB", "b/", "bee", "é")  # up to the slash
FOLDERS: Final = tuple(name for name in ROLLED if name.endswith("/"))
REPLACED: Final = "aB"
DELETED: Final = "gone/x"
DELETED_FOLDER: Final = "gone/"
UNFINISHED: Final = "unfinished"
MARKED: Final = "d/"  # both a key, and the prefix of others
# Of the last two, UTF-16 has the other order.
ODD_NAMES: Final = ("a &<%2F>.txt", ODD_NAME, "ä b/1", "ä b/2", "\uff5e", "\U0001f600")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """Objects under a prefix; a key just after it shows a prefix that was forgotten."""

    prefix: str
    objects: Sequence[Stored]

    @property
    def bucket(self) -> str:
        return self.objects[0].bucket

    @property
    def names(self) -> list[str]:
        """The keys less the prefix, in order."""
        return [item.key.removeprefix(self.prefix) for item in self.objects]

    def listing(self, operation: OperationName, under: str = "", **query: str) -> Call:
        """A listing of this folder.

        Args:
            operation: which of the listings.
            under: what follows the folder's own prefix in `prefix`.
            query: more parameters; `max_keys` is sent as `max-keys`.
        """
        more = {name.replace("_", "-"): value for name, value in query.items()}
        query = {"prefix": self.prefix + under, **more}
        return Call(operation=operation, bucket=self.bucket, query=query)

    def seen(self, answer: Response, path: str = KEY) -> list[str]:
        """The keys of a listing less the prefix."""
        return [key.removeprefix(self.prefix) for key in answer.texts(path)]

    def rolled(self, answer: Response) -> list[str]:
        """The keys and common prefixes of a listing less the prefix.

        The common prefix of nothing but a deleted object is the affair of `delimiter` alone.
        """
        prefixes = [name for name in self.seen(answer, PREFIXES) if name != DELETED_FOLDER]
        return sorted([*self.seen(answer), *prefixes], key=str.encode)


def folder(bench: Workbench) -> Folder:
    """The folder that rows share: `NAMES`, put in reverse order, and what is no longer there."""
    return bench.shared("objects to list", _folder)


def _folder(bench: Workbench) -> Folder:
    prefix = bench.key("/")
    bench.put(key=prefix + REPLACED)
    stored = _put(bench, prefix, NAMES)
    bench.put(key=prefix.rstrip("/") + "~")
    deleted = bench.put(key=prefix + DELETED)
    bench.setup(deleted.call("DeleteObject"))
    bench.attempt(Call(operation="CreateMultipartUpload", bucket=stored.bucket,
                       key=prefix + UNFINISHED))  # fmt: skip
    return stored


def marked_folder(bench: Workbench) -> Folder:
    """An object whose key is the folder's prefix, as consoles make one, and one below it."""

    def put(bench: Workbench) -> Folder:
        prefix = bench.key("/")
        objects = [bench.put(b"", key=prefix + MARKED), bench.put(key=f"{prefix}{MARKED}x")]
        return Folder(prefix=prefix, objects=objects)

    return bench.shared("an object that marks a folder", put)


def odd_folder(bench: Workbench) -> Folder:
    """Keys that XML and URLs must escape, and letters outside ASCII."""
    return bench.shared(
        "objects with odd names", lambda bench: _put(bench, bench.key("/"), ODD_NAMES)
    )


def _put(bench: Workbench, prefix: str, names: Sequence[str]) -> Folder:
    # Each of another length, so that a listing that mixes sizes up is seen.
    objects = [
        bench.put(bench.text(40 + number), key=prefix + name)
        for number, name in reversed([*enumerate(names)])
    ]
    objects.reverse()
    return Folder(prefix=prefix, objects=objects)


def checksummed(bench: Workbench) -> tuple[str, bool]:
    """A key that comes after the object of parts, and whether its object has a known checksum."""

    def put(bench: Workbench) -> tuple[str, bool]:
        parts, _ = object_of_parts(bench)
        body, header = bench.text(), checksum_header("CRC32")
        call = Call(operation="PutObject", bucket=parts.bucket, key=f"{parts.key}~", body=body)
        value = checksum("CRC32", body)
        answer = bench.attempt(call.plus(headers={header: value}))
        return call.key, answer.ok and answer.header(header) == value

    return bench.shared("an object with a checksum to list", put)


def object_of_parts(bench: Workbench) -> tuple[Stored, Response]:
    """An object of two parts, and what HEAD returns of it."""

    def headed(bench: Workbench) -> tuple[Stored, Response]:
        parts = bench.shared("an object of two parts", two_parts)
        return parts, bench.setup(parts.call("HeadObject"))

    return bench.shared("HEAD of an object of two parts", headed)
