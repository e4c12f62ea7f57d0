"""Objects' tags as subjects: set by whatever way the endpoint has, and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape

from conformance.probing import Stored, Workbench, stored
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.xml import document

HEADER: Final = "x-amz-tagging"
COUNT: Final = "x-amz-tagging-count"
META: Final = "x-amz-meta-kept"
WITH_META: Final = {META: "kept"}
NAME: Final = "purpose"
NONE: Final = "no tags"
# The most tags that an object may have.
MOST: Final = 10
# Of characters.
LONGEST_NAME: Final = 128
LONGEST_VALUE: Final = 256
# Every sign that a tag may have; a header must encode some: a space, a plus, an equals sign.
ODD_NAME: Final = "two words"
ODD_VALUE: Final = "a+b=c/d e-f.g_h:i@j"
# A letter outside ASCII.
FOREIGN_VALUE: Final = "\u00e9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """An object that was given a tag.

    Attributes:
        stored: the object.
        tag: as `name=value`; empty where the endpoint takes none.
    """

    stored: Stored
    tag: str


def header_of(tags: Mapping[str, str]) -> str:
    """Tags as the value of `x-amz-tagging`: URL-encoded."""
    return "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in tags.items())


def text_of(tags: Mapping[str, str]) -> str:
    """Tags as `tags` returns them: `a=1&b=2`, nothing encoded."""
    return "&".join(sorted(f"{name}={value}" for name, value in tags.items())) or NONE


def tagging_of(*tags: tuple[str, str]) -> bytes:
    """A Tagging document; a name may come twice."""
    pairs = "".join(
        f"<Tag><Key>{escape(name)}</Key><Value>{escape(value)}</Value></Tag>"
        for name, value in tags
    )
    return document("Tagging", f"<TagSet>{pairs}</TagSet>")


def put_tags(subject: Stored, *tags: tuple[str, str]) -> Call:
    """PutObjectTagging of these tags."""
    body = tagging_of(*tags)
    return subject.call("PutObjectTagging", headers=content_md5(body), body=body)


def listed(answer: Response) -> str:
    """The tags in an answer of GetObjectTagging: `a=1&b=2`."""
    pairs = (
        f"{tag.findtext('Key')}={tag.findtext('Value') or ''}" for tag in answer.xml.iter("Tag")
    )
    return "&".join(sorted(pairs)) or NONE


def tags(bench: Workbench, subject: Stored) -> str:
    """The object's tags; only their number, as `1 tags`, where GetObjectTagging is not offered."""
    answer = bench.effect(subject.call("GetObjectTagging"))
    if answer.ok and answer.root == "Tagging":
        return listed(answer)
    count = bench.effect(subject.call("HeadObject")).header(COUNT) or "0"
    return NONE if count == "0" else f"{count} tags"


def tagged(bench: Workbench) -> Tagged:
    """A fresh object with one tag: given to it by PutObjectTagging, or else as it is stored.

    Raises:
        Undecided: PutObject was not served.
    """
    subject, value = bench.put(headers=WITH_META), bench.nonce()
    tag = f"{NAME}={value}"
    answer = bench.attempt(put_tags(subject, (NAME, value)))
    # Where the subresource is not known, the object is overwritten with the tags.
    if answer.ok and bench.attempt(subject.call("GetObject")).body == subject.body:
        return Tagged(stored=subject, tag=tag)
    call = Call(
        operation="PutObject",
        bucket=bench.bucket,
        key=bench.key(),
        headers={HEADER: tag, **WITH_META},
        body=bench.text(),
    )
    answer = bench.attempt(call)
    if answer.ok:
        return Tagged(stored=stored(answer), tag=tag)
    return Tagged(stored=bench.put(headers=WITH_META), tag="")
