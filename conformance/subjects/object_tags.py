"""Objects' tags as subjects: set by whatever way the endpoint has, and read back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conformance.probing import Stored, Workbench, stored
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.subjects.smallest_requests import put_object_tagging

HEADER: Final = "x-amz-tagging"
COUNT: Final = "x-amz-tagging-count"
NAME: Final = "purpose"
NONE: Final = "no tags"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """An object that was given a tag.

    Attributes:
        stored: the object.
        tag: as `name=value`; empty where the endpoint takes none.
    """

    stored: Stored
    tag: str


def listed(answer: Response) -> str:
    """The tags in an answer of GetObjectTagging: `a=1&b=2`."""
    pairs = (f"{tag.findtext('Key')}={tag.findtext('Value')}" for tag in answer.xml.iter("Tag"))
    return "&".join(sorted(pairs)) or NONE


def tags(bench: Workbench, subject: Stored) -> str:
    """The object's tags; only their number, as `1 tags`, where GetObjectTagging is not offered."""
    answer = bench.effect(subject.call("GetObjectTagging"))
    if answer.ok and answer.root == "Tagging":
        return listed(answer)
    count = bench.effect(subject.call("HeadObject")).header(COUNT) or "0"
    return NONE if count == "0" else f"{count} tags"


def one(tag: str) -> tuple[str, str]:
    """How `tags` tells of just this tag."""
    return (tag, "1 tags")


def tagged(bench: Workbench) -> Tagged:
    """A fresh object with one tag: given to it by PutObjectTagging, or else as it is stored.

    Raises:
        Undecided: PutObject was not served.
    """
    subject, value = bench.put(), bench.nonce()
    tag = f"{NAME}={value}"
    answer = bench.attempt(put_object_tagging(subject, **{NAME: value}))
    # Where the subresource is not known, the object is overwritten with the tags.
    if answer.ok and bench.attempt(subject.call("GetObject")).body == subject.body:
        return Tagged(stored=subject, tag=tag)
    call = Call(
        operation="PutObject",
        bucket=bench.bucket,
        key=bench.key(),
        headers={HEADER: tag},
        body=bench.text(),
    )
    answer = bench.attempt(call)
    if answer.ok:
        return Tagged(stored=stored(answer), tag=tag)
    return Tagged(stored=bench.put(), tag="")
