"""What the listings of objects, of uploads and of parts have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import unquote_plus

from conformance.probing import Proof, Seen, shows
from conformance.s3.response import Response

# In the order S3 lists them: ascending, by UTF-8 bytes.
NAMES: Final = ("a", "b/1", "b/2", "c")
# A space, a plus and a letter outside ASCII: what an URL encodes, and XML can carry as it is.
LISTING: Final = "ListBucketResult"
ODD_NAME: Final = "a ä+.txt"


def named(count: int, of: str) -> str:
    """`3 keys`, `1 key`."""
    return f"{count} {of}" if count == 1 else f"{count} {of}s"


def misnamed(answer: Response, root: str) -> tuple[Proof, ...]:
    """A proof against an answer whose root element is not this one; none where it is.

    That it is shows nothing by itself, for any server can write a name.
    """
    wrong = f"answers {answer.root or 'no XML'}, not {root}"
    nothing = answer.root in ("", LISTING)  # what a server answers that knows no such request
    otherwise = Seen.ABSENT if nothing else Seen.WRONG
    return () if answer.root == root else (shows(False, "", wrong, otherwise=otherwise),)


def entries(
    answer: Response, root: str, element: str, right: Sequence[Mapping[str, str]]
) -> tuple[Proof, ...]:
    """A listing that must show these entries, in this order; others are none of ours.

    Args:
        answer: the listing.
        root: its root element.
        element: one for each entry.
        right: what each holds; the first field names the entry.
    """
    name, *others = right[0]
    ours = [item[name] for item in right]
    shown = [entry for entry in answer.xml.findall(element) if entry.findtext(name) in ours]
    seen = [entry.findtext(name) or "" for entry in shown]
    told = shows(
        sorted(seen) == sorted(ours),
        f"shows the {len(ours)} that are stored",
        f"answers {answer.root or 'no XML'}, and shows {len(seen)} of the {len(ours)} stored",
        otherwise=Seen.WRONG if answer.root == root else Seen.ABSENT,
    )
    if told.seen is not Seen.HELD:
        return (told,)
    stored = {item[name]: item for item in right}
    wrong = [
        field
        for field in others
        for entry in shown
        if (entry.findtext(field) or "").strip('"')
        != stored[entry.findtext(name) or ""][field].strip('"')
    ]
    detail = f"{', '.join(sorted(set(wrong)))} missing or wrong" if wrong else "not in order"
    told_too = shows(not wrong and seen == ours, f"in order, with {', '.join(others)}", detail)
    return (told, told_too, *misnamed(answer, root))


def narrowed(
    what: str, seen: Sequence[str], right: Sequence[str], unasked: Sequence[str], of: str = "key"
) -> Proof:
    """A listing that must show just some of what there is.

    Args:
        what: the request in words.
        seen: what it lists.
        right: what it must list; in which order is another row's affair.
        unasked: what a server lists that does not heed the parameter, at least.
        of: what is listed.
    """
    ignored = set(unasked) <= set(seen)
    extra = [name for name in seen if name not in right]
    such = f", such as {extra[0]!r}," if extra else ""
    return shows(
        sorted(seen) == sorted(right),
        f"{what} lists just the {named(len(right), of)} it should",
        f"{what} lists {named(len(seen), of)}{such} instead of the {len(right)} it should",
        otherwise=Seen.ABSENT if ignored else Seen.WRONG,
    )


def limited(limit: int, seen: Sequence[str], ours: Sequence[str], of: str = "key") -> Proof:
    """A page that must be full, and no more."""
    return shows(
        len(seen) == limit and set(seen) <= set(ours),
        f"a page of {limit} lists {named(limit, of)}",
        f"a page of {limit} lists {named(len(seen), of)}",
        otherwise=Seen.ABSENT if len(seen) > limit else Seen.WRONG,
    )


def truncated(answer: Response, **following: str) -> Proof:
    """A page that is not the last must say so, and where the next one begins.

    Args:
        answer: the page.
        following: elements that must be there, and what each must hold; empty for anything.
    """
    right = {"IsTruncated": "true", **following}
    said = {name: answer.text(name) or "" for name in right}
    wrong = [name for name, text in said.items() if not text or right[name] not in ("", text)]
    return shows(
        not wrong,
        f"the page says {', '.join(right)}",
        f"the page does not rightly say {', '.join(wrong)}",
    )


def url_encoded(key: str, encoded: Response, plain: Response, path: str) -> tuple[Proof, ...]:
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
    says = encoded.text("EncodingType") == "url"
    told = shows(
        held,
        f"the key is listed as {seen!r}, and as {before!r} without it",
        f"the key is listed as {seen!r} with it and as {before!r} without it"
        f"{', yet EncodingType says url' if says else ''}",
        # A client that believes a wrong EncodingType reads a wrong key.
        otherwise=Seen.ABSENT if seen == before and not says else Seen.WRONG,
    )
    if told.seen is not Seen.HELD:
        return (told,)
    return (told, shows(says, "EncodingType says url", "no EncodingType says url"))
