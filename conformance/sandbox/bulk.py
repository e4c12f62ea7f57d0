"""Deletions of many keys by one request, and what the answer says of each.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from posixpath import normpath
from typing import Final
from xml.sax.saxutils import escape

from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.xml import document
from conformance.sandbox.listings import Held

# The most keys that one DeleteObjects names. AWS takes 1,000, but a slow store has to answer within
# the deadline: Swift removes one after the other. Fewer than the least are as fast one by one.
MOST: Final = 50
LEAST: Final = 3
# What XML 1.0 cannot say (section 2.2), or says as something else (2.11).
_UNSPEAKABLE: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """One DeleteObjects, and what it names."""

    call: Call
    named: Sequence[Held]


def nameable(held: Held) -> bool:
    """Whether DeleteObjects is to name it: an object or a version, and no upload.

    A store of files may take two keys for one path, as MinIO takes a/../b and b, lock that path
    twice for one request, and never answer.
    """
    key = held.delete.key
    plain = normpath(key) == key and not _UNSPEAKABLE.search(key)
    return plain and held.delete.operation == "DeleteObject"


def deletions(held: Sequence[Held]) -> tuple[list[Deletion], list[Held]]:
    """Requests that remove what is held, and what is to be removed one by one."""
    single = [it for it in held if not nameable(it)]
    buckets: dict[str, list[Held]] = {}
    for it in held:
        if nameable(it):
            buckets.setdefault(it.delete.bucket, []).append(it)
    requests = []
    for many in buckets.values():
        if len(many) < LEAST:
            single += many
            continue
        requests += [_deletion(many[start : start + MOST]) for start in range(0, len(many), MOST)]
    return requests, single


def _deletion(named: Sequence[Held]) -> Deletion:
    body = document("Delete", "".join(_object(it) for it in named))
    bucket = named[0].delete.bucket
    call = Call(operation="DeleteObjects", bucket=bucket, headers=content_md5(body), body=body)
    return Deletion(call=call, named=named)


def left_by(request: Deletion, answer: Response | str) -> list[Held]:
    """What of a request's objects its answer does not name as deleted."""
    if isinstance(answer, Response) and answer.status == 404:
        return []  # there is no such bucket
    if isinstance(answer, str) or not answer.ok:
        return [*request.named]
    deleted = {
        (item.findtext("Key") or "", item.findtext("VersionId"))
        for item in answer.xml.findall("Deleted")
    }
    return [held for held in request.named if _names(held) not in deleted]


def _names(held: Held) -> tuple[str, str | None]:
    return held.delete.key, held.delete.query.get("versionId")


def _object(held: Held) -> str:
    key, version = _names(held)
    of = f"<VersionId>{escape(version)}</VersionId>" if version else ""
    return f"<Object><Key>{escape(key)}</Key>{of}</Object>"
