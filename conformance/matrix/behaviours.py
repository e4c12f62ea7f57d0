"""The topics of what a vendor promises beyond its operations.

The list is closed: a topic that is misspelt is an error of the file. Which names a topic has is
known by the probes; see `s3-conformance rows`.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final, Literal

Topic = Literal[
    "Address",
    "Body",
    "ChecksumDefaults",
    "Consistency",
    "CORS",
    "Error",
    "HTTP",
    "Key",
    "Lifecycle",
    "Limit",
    "Metadata",
    "MultipartRules",
    "Policy",
    "PostForm",
    "Presigned",
    "Versioning",
]
TOPICS: Final[Mapping[Topic, str]] = {
    "Address": "how buckets and keys are addressed",
    "Body": "the forms in which a client sends a body",
    "ChecksumDefaults": "what the SDKs send by themselves: checksums and their own parameters",
    "Consistency": "what is read after a write, and writes at once",
    "CORS": "cross-origin requests as they are answered",
    "Error": "responses to requests that are refused, by code",
    "HTTP": "details of HTTP that clients rely on",
    "Key": "keys with unusual characters",
    "Lifecycle": "what a lifecycle does and tells",
    "Limit": "sizes and numbers",
    "Metadata": "user metadata",
    "MultipartRules": "what a multipart upload takes and refuses",
    "Policy": "what a bucket policy admits and denies",
    "PostForm": "uploads from a browser's form",
    "Presigned": "requests that are signed in the URL",
    "Versioning": "versions and delete markers",
}


def similar_topic(name: str) -> str:
    """A question to add to an error about an unknown topic; empty where no topic is similar."""
    by_lower = {topic.lower(): topic for topic in TOPICS}
    found = get_close_matches(name.lower(), by_lower, n=1)
    return f"; did you mean {by_lower[found[0]]}?" if found else ""
