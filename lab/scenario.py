"""The one scenario that every client plays: its steps, what each finds, and what must be stored.

The lab makes what a step needs and looks at what it left by plain requests of its own, past the
proxy. So each step stands for itself, and bytes are compared as the server has them.
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.store import Store

MIB = 2**20
SIZES = {"small": 1000, "empty": 0, "large": 5 * MIB + 1, "multipart": 17 * MIB + 1}
"""In bytes. `large` is one request by every client's defaults or settings, `multipart` several."""

KEYS = {
    "space": "key/a space and+plus",
    "percent": "key/percent%20sign",
    "non-ascii": "key/\u00fcml\u00e4ut/\u65e5\u672c",
    "xml": "key/quote'&<>\"",
    "double-slash": "key/double//slash",
    "question-mark": "key/question?mark#hash",
    "punctuation": "key/tilde~(paren)!*;=@,",
}
"""Keys with characters that URLs, signatures and XML treat in ways of their own."""
METADATA = {"word": "value", "two-words": "A b  c"}
CONTENT_TYPE = "text/x-lab"
TAGS = {"team": "lab", "two words": "a+b"}
LISTED = tuple(f"list/{number:02}" for number in range(25))
TREE = ("tree/a/1", "tree/a/2", "tree/b/1", "tree/c")
MANY = tuple(f"many/{number:02}" for number in range(12))

Check = Callable[[Store, Mapping[str, str]], str | None]
"""Looks at what a step left: what is wrong, in a sentence, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step.

    Attributes:
        name: what the program is told.
        what: what the client is to do, for a reader.
        prepare: makes what it needs.
        check: looks at what it left; its second argument is the program's own answer.
        argument: what the program is told besides: a key.
        on_buckets: whether it creates or deletes a bucket, which some servers do not let clients.
        expects: statuses of the requests that are refused when all goes well.
    """

    name: str
    what: str
    prepare: Callable[[Store], None] = lambda _: None
    check: Check = lambda _, __: None
    argument: str = ""
    on_buckets: bool = False
    expects: tuple[int, ...] = ()


def contents(kind: str) -> bytes:
    """Return the bytes of one of the files, always the same."""
    return random.Random(kind).randbytes(SIZES[kind])


def write_files(folder: Path) -> None:
    """Write the files that programs upload: `small.bin` and so on."""
    for kind in SIZES:
        (folder / f"{kind}.bin").write_bytes(contents(kind))


def _seed(*keys: str, kind: str = "small") -> Callable[[Store], None]:
    def prepare(store: Store) -> None:
        for key in keys:
            store.put(key, contents(kind))

    return prepare


def _stored(key: str, kind: str) -> Check:
    def check(store: Store, _: Mapping[str, str]) -> str | None:
        return store.differs(key, contents(kind))

    return check


def _put(key: str, kind: str) -> Check:
    def check(store: Store, _: Mapping[str, str]) -> str | None:
        wrong = store.differs(key, contents(kind))
        coding = "" if wrong else store.head(key).content_encoding
        # The framing of a body in chunks is no coding of the object.
        return wrong or (coding and f"it is stored with Content-Encoding: {coding}") or None

    return check


def _gone(*keys: str) -> Check:
    def check(store: Store, _: Mapping[str, str]) -> str | None:
        left = [key for key in keys if store.has(key)]
        return f"still there: {', '.join(left)}" if left else None

    return check


def _metadata(store: Store, _: Mapping[str, str]) -> str | None:
    head = store.head("meta/object")
    found = {re.sub("[_ ]", "-", k.lower()): v for k, v in head.metadata.items()}
    # Some clients store words of their own beside them.
    if {name: found.get(name) for name in METADATA} != METADATA:
        return f"stored metadata: {found}"
    if head.content_type != CONTENT_TYPE:
        return f"stored Content-Type: {head.content_type}"
    return store.differs("meta/object", contents("small"))


def _key_step(name: str, key: str) -> Step:
    def check(store: Store, _: Mapping[str, str]) -> str | None:
        keys = store.keys("key/")
        if key not in keys:
            return f"it is listed as {sorted(keys)}, not as {key!r}"
        return store.differs(key, contents("small"))

    return Step(
        name=f"key-{name}",
        argument=key,
        what=f"put, read and list `{key}`",
        prepare=lambda store: store.remove(key, *store.keys("key/")),
        check=check,
    )


def _url_serves(store: Store, answer: Mapping[str, str]) -> str | None:
    status, body = store.fetch("GET", answer["url"])
    if status != 200:
        return f"the presigned URL answered {status}"
    return None if body == contents("small") else "the presigned URL served other bytes"


def _url_takes(store: Store, answer: Mapping[str, str]) -> str | None:
    status, _ = store.fetch("PUT", answer["url"], contents("small"))
    if status != 200:
        return f"the presigned URL answered {status}"
    return store.differs("presigned/put", contents("small"))


STEPS = (
    Step(
        name="create-bucket",
        what="create a second bucket",
        on_buckets=True,
        prepare=lambda store: store.remove_bucket(store.second),
        check=lambda s, _: None if s.has_bucket(s.second) else "no such bucket was made",
        expects=(404,),  # clients that first ask whether it exists
    ),
    Step(
        name="put-small",
        what="put 1,000 bytes, and read them back",
        check=_put("put/small", "small"),
    ),
    Step(
        name="put-empty",
        what="put nothing, and read it back",
        check=_put("put/empty", "empty"),
    ),
    Step(
        name="put-large",
        what="put a file of 5 MiB and a byte in one request, and read it back",
        check=_put("put/large", "large"),
    ),
    Step(
        name="put-multipart",
        what="put a file of 17 MiB and a byte in parts, and read it back",
        check=_put("put/multipart", "multipart"),
    ),
    Step(name="get", what="read an object of the lab's", prepare=_seed("seed/small")),
    Step(
        name="range",
        what="read bytes 1000-1999 of 5 MiB",
        prepare=_seed("seed/large", kind="large"),
    ),
    Step(name="list", what="list 25 keys by pages of 10", prepare=_seed(*LISTED)),
    Step(name="list-folders", what="list one level of a tree", prepare=_seed(*TREE)),
    Step(
        name="metadata",
        what="put with a media type and two words of metadata, and read them",
        check=_metadata,
    ),
    Step(
        name="copy",
        what="copy an object in the store",
        prepare=_seed("seed/small"),
        check=_stored("copy/small", "small"),
        expects=(404,),
    ),
    Step(
        name="delete",
        what="delete one object",
        prepare=_seed("delete/one"),
        check=_gone("delete/one"),
        expects=(404,),
    ),
    Step(
        name="delete-many",
        what="delete 12 objects with the client's call for many",
        prepare=_seed(*MANY),
        check=_gone(*MANY),
    ),
    Step(
        name="missing-key",
        what="read a key that is not there: the client's error for that",
        expects=(404,),
    ),
    Step(
        name="presign-get",
        what="presign a URL, which is then read without the client",
        prepare=_seed("seed/small"),
        check=_url_serves,
    ),
    Step(
        name="presign-put",
        what="presign a URL, to which is then written without the client",
        check=_url_takes,
    ),
    Step(
        name="create-if-absent",
        what="put twice with If-None-Match: the second is refused",
        prepare=lambda store: store.remove("condition/new"),
        check=_stored("condition/new", "small"),
        expects=(412,),
    ),
    Step(
        name="replace-if-match",
        what="put with the object's ETag, then with its old one, which is refused",
        prepare=_seed("condition/old", kind="empty"),
        check=_stored("condition/old", "small"),
        expects=(412,),
    ),
    Step(
        name="tags",
        what="tag an object and read the tags",
        prepare=_seed("seed/small"),
        check=lambda s, _: None if s.tags("seed/small") == TAGS else "other tags are stored",
    ),
    *(_key_step(name, key) for name, key in KEYS.items()),
    Step(
        name="repository",
        what="keep a backup's repository: write 17 MiB, restore, compare, prune, check all data",
        expects=(404,),
    ),
    Step(
        name="delete-bucket",
        what="delete the second bucket",
        on_buckets=True,
        prepare=lambda store: store.make_bucket(store.second),
        check=lambda s, _: "it is still there" if s.has_bucket(s.second) else None,
        expects=(404,),
    ),
)
