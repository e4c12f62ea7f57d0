"""Torrent files of objects.

What counts as proof. The file holds the SHA-1 of the object's bytes, which are one piece, and
their length; nobody writes that who has not read them.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTorrent.html
        https://www.bittorrent.org/beps/bep_0003.html
"""

from __future__ import annotations

import hashlib

from conformance.probing import Seen, Workbench, judge, offered, probe, refuses, shows
from conformance.s3.operations import Call
from conformance.verdict import Observation


@probe("GetObjectTorrent")
def torrent(bench: Workbench) -> Observation:
    """Answer a torrent file of the object's bytes; 404 for a key that has no object."""
    subject = bench.plain

    answer = offered(bench.treat(subject.call("GetObjectTorrent")))
    missing = bench.effect(Call(operation="GetObjectTorrent", bucket=bench.bucket, key=bench.key()))

    pieces = b"20:" + hashlib.sha1(subject.body, usedforsecurity=False).digest()
    length = f"6:lengthi{len(subject.body)}e".encode()
    bencoded = answer.body.startswith(b"d") and b"4:infod" in answer.body
    what = "the object's bytes" if answer.body == subject.body else answer.root or "no torrent"
    return judge(
        shows(
            bencoded and pieces in answer.body and length in answer.body,
            "a torrent file with the length and the SHA-1 of the object's bytes",
            "a torrent file of other bytes" if bencoded else f"answers {what}",
            otherwise=Seen.WRONG if bencoded else Seen.ABSENT,
        ),
        also=[refuses("a key that has no object", missing, 404)],
    )
