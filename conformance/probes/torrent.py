"""Torrent files of objects.

The file holds the SHA-1 of the object's bytes, which are one piece, and their length; no server
can write it without having read them.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTorrent.html
        https://www.bittorrent.org/beps/bep_0003.html
"""

from __future__ import annotations

import hashlib
from typing import Final

from conformance.probing import (
    ERRORS,
    Outcome,
    Workbench,
    api,
    core,
    holds,
    offered,
    probe,
    promise,
)
from conformance.subjects.missing import NO_KEY, is_missing, of_missing_key

PAGE: Final = api("GetObjectTorrent")
CHECKS: Final = (
    core("torrent", "a torrent file with the length and the SHA-1 of the object's bytes", PAGE),
    promise("missing-key", "404 NoSuchKey for a key that has no object", ERRORS),
)


@probe("GetObjectTorrent", checks=CHECKS)
def get_object_torrent(bench: Workbench) -> None:
    """Return a torrent file of the object's bytes; 404 for a key that has no object."""
    subject = bench.plain

    answer = offered(bench.treat(subject.call("GetObjectTorrent")))
    missing = bench.effect(of_missing_key(bench, "GetObjectTorrent"))

    pieces = b"20:" + hashlib.sha1(subject.body, usedforsecurity=False).digest()
    length = f"6:lengthi{len(subject.body)}e".encode()
    bencoded = answer.body.startswith(b"d") and b"4:infod" in answer.body
    right = bencoded and pieces in answer.body and length in answer.body
    text = "the object's bytes" if answer.body == subject.body else answer.root or "no torrent file"
    if bencoded:
        text = "a torrent file of these bytes" if right else "a torrent file of other bytes"
    absent = Outcome.WRONG if bencoded else Outcome.IGNORED
    bench.check("torrent", holds(right, text, answer, otherwise=absent))
    bench.check("missing-key", is_missing(missing, NO_KEY))
