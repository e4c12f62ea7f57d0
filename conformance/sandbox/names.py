"""The names that a run gives to what it creates, and which names are of that form.

A run has an id of eight hexadecimal digits and, under xdist, its worker's name. Its buckets are
called `s3-conformance-RUN-N`, and its keys in given buckets begin with `s3-conformance-RUN/`.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

STEM: Final = "s3-conformance-"
_RUN: Final = r"[0-9a-f]{8}(?:gw[0-9]+)?"
_BUCKET: Final = re.compile(rf"{STEM}({_RUN})-[0-9]+")
_KEY: Final = re.compile(rf"{STEM}({_RUN})/.*", re.DOTALL)
# Decoding a key more often than this finds nothing new: a server decodes it once, a proxy too.
_DECODINGS: Final = 3


def bucket_name(run: str, number: int) -> str:
    """A bucket of a run (3-63 of a-z, 0-9 and hyphen)."""
    return f"{STEM}{run}-{number}"


def key_prefix(run: str) -> str:
    """What all of a run's keys in given buckets begin with."""
    return f"{STEM}{run}/"


def run_of_bucket(name: str) -> str | None:
    """The run that a bucket of our form belongs to; None for any other name."""
    found = _BUCKET.fullmatch(name)
    return found[1] if found else None


def run_of_key(key: str) -> str | None:
    """The run that a key of our form belongs to; None for any other key."""
    found = _KEY.fullmatch(key)
    return found[1] if found else None


def may_lead_out(key: str) -> bool:
    """Whether a path with this key may lead out of the key's first segment when it is normalised.

    RFC 3986, 5.2.4 has `.` and `..` removed; percent-encoded ones and backslashes are normalised by
    some servers and proxies, and some drop empty segments first.
    """
    for _ in range(_DECODINGS):
        if _leads_out(key):
            return True
        decoded = unquote(key)
        if decoded == key:
            return False
        key = decoded
    return _leads_out(key)


def _leads_out(key: str) -> bool:
    depth = 0
    for segment in key.replace("\\", "/").split("/"):
        depth += -1 if segment == ".." else segment not in ("", ".")
        if segment == ".." and depth < 1:
            return True
    # A path of dots alone is its bucket's own.
    return not depth and "." in key
