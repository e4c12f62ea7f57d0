"""What the listings of objects, of uploads and of parts have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote_plus

from conformance.judge import Proof, Seen, shows
from conformance.response import Response

# In the order S3 lists them: ascending, by UTF-8 bytes.
NAMES: Final = ("a", "b/1", "b/2", "c")
# A space, a plus and a letter outside ASCII: what an URL encodes, and XML can carry as it is.
ODD_NAME: Final = "a ä+.txt"


def named(count: int, of: str) -> str:
    """`3 keys`, `1 key`."""
    return f"{count} {of}" if count == 1 else f"{count} {of}s"


def narrowed(
    what: str, seen: Sequence[str], right: Sequence[str], unasked: Sequence[str], of: str = "key"
) -> Proof:
    """A listing that must show just some of what there is.

    Args:
        what: the request in words.
        seen: what it lists.
        right: what it must list, in this order.
        unasked: what a server lists that does not heed the parameter, at least.
        of: what is listed.
    """
    ignored = set(unasked) <= set(seen)
    return shows(
        list(seen) == list(right),
        f"{what} lists just the {named(len(right), of)} it should",
        f"{what} lists {named(len(seen), of)}, not the {len(right)} it should",
        otherwise=Seen.ABSENT if ignored else Seen.WRONG,
    )


def truncated(answer: Response, **following: str) -> Proof:
    """A page that is not the last must say so, and where the next one begins.

    Args:
        answer: the page.
        following: elements that must be there, and what each must hold; empty for anything.
    """
    said = {name: answer.text(name) or "" for name in following}
    missing = [
        name for name, right in following.items() if not said[name] or right not in ("", said[name])
    ]
    wrong = [] if answer.text("IsTruncated") == "true" else ["IsTruncated"]
    return shows(
        not wrong + missing,
        f"the page says {', '.join(['IsTruncated', *following])}",
        f"the page does not rightly say {', '.join(wrong + missing)}",
    )


def url_encoded(key: str, encoded: Response, plain: Response, path: str) -> tuple[Proof, Proof]:
    """`encoding-type=url` must encode a key that is listed as it is otherwise.

    Args:
        key: an odd one.
        encoded: the listing of this key with `encoding-type`.
        plain: the one without.
        path: where the keys stand.
    """
    seen, before = encoded.text(path) or "", plain.text(path) or ""
    # AWS writes a space as a plus, others as %20; clients take both.
    held = seen != key and unquote_plus(seen) == key and before == key
    return (
        shows(
            held,
            f"the key is listed as {seen!r}, and as {before!r} without it",
            f"the key is listed as {seen!r} with it and as {before!r} without it",
            otherwise=Seen.ABSENT if seen == before else Seen.WRONG,
        ),
        shows(
            encoded.text("EncodingType") == "url",
            "EncodingType says url",
            "no EncodingType says url",
        ),
    )
