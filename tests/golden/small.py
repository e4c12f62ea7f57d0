"""A results document small enough to read, with every word of a verdict in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from conformance import results
from conformance.results import Document
from conformance.verdict import Documented, Observed, divergence
from tests.golden.make_results import REASONS, exchange

# id, group, documented, observed, hazard, implied
ROWS: Final = (
    ("Region/auto/signing", "auto", "implemented", "supported", None, False),
    ("ListBuckets", None, "implemented", "supported", None, False),
    ("ListBuckets/prefix", "Query Parameters", "implemented", "partial", None, False),
    ("DeleteBucketTagging", None, "unimplemented", "ignored", "destructive", False),
    ("GetBucketAcl", None, "unimplemented", "rejected", None, False),
    ("GetBucketAcl/x-amz-expected-bucket-owner", "Bucket Owner", "unimplemented", "rejected",
     None, True),
    ("PutObject", None, "implemented", "supported", None, False),
    ("PutObject/If-Match", "Conditional Operations", "implemented", "ignored", "silent", False),
    ("PutObject/Content-MD5", "Checksums", "implemented", "broken", "corrupting", False),
    ("PutObject/x-amz-tagging", "Tagging", "unimplemented", "supported", None, False),
    ("PutObject/x-amz-request-payer", "Request Payer", "unimplemented", "unproven", None, False),
    ("PutObject/x-amz-acl", "ACL", "experimental", "unknown", None, False),
)  # fmt: skip
SENT_BY: Final = "PutObject/If-Match"


def document(**changes: str) -> results.Document:
    """A run of the rows above.

    Args:
        changes: another observed word by row id; `started`, `label` and `url` are the run's.
    """
    started = changes.pop("started", "2026-11-22T12:00:00Z")
    label = changes.pop("label", "Store A")
    url = changes.pop("url", "http://store.example:7480")
    return results.assemble(
        run={
            "suite_version": "0.1.0",
            "libraries": {"boto3": "1.44.5", "pytest": "9.2.0"},
            "started": started,
            "seconds": 12.3,
            "spec": {
                "name": "r2.yaml",
                "vendor": "Cloudflare R2",
                "source": "https://developers.cloudflare.com/r2/api/s3/api/",
                "published": "2025-07-07",
                "retrieved": "2026-11-22",
                "sha256": hashlib.sha256(b"r2").hexdigest(),
            },
            "interrupted": None,
            "warnings": [],
        },
        endpoint={"url": url, "server": "Store/2.1", "region": "auto", "label": label},
        rows=rows(changes),
    )


def rows(changes: dict[str, str]) -> list[results.ResultRow]:
    """The rows above, some of them observed otherwise and then no hazard."""
    made = []
    for row_id, group, documented, word, hazard, implied in ROWS:
        observed = Observed(changes.get(row_id, word))
        operation, _, feature = row_id.partition("/")
        claim: dict[str, Any] = {
            "id": row_id,
            "level": _level(operation),
            "operation": operation,
            "group": group,
            "feature": feature.rpartition("/")[2] or None,
            "documented": documented,
            "note": "has no effect in HeadObject" if row_id == "ListBuckets/prefix" else None,
        }
        row: Any = {
            **claim,
            "observed": observed.value,
            "decided_by": (
                "operation" if implied else "nothing" if observed is Observed.UNKNOWN else "request"
            ),
            "divergence": divergence(Documented(documented), observed).value,
            "hazard": None if row_id in changes else hazard,
            "reason": REASONS[observed],
            "promise": None,
            "checks": [],
            "quirks": 0,
            "seconds": 0.04,
            "exchanges": [exchange(claim, role, number) for number, role in _sent(row_id)],
        }
        made.append(row)
    return made


def cut_short(reason: str = "the endpoint went away: connection refused") -> results.Document:
    """The same, of a run that did not reach its end."""
    cut = document()
    cut["complete"] = False
    cut["run"]["interrupted"] = reason
    cut["run"]["warnings"] = ["2 buckets could not be removed"]
    return cut


def _sent(row_id: str) -> Sequence[tuple[int, str]]:
    roles = ("setup", "control", "treatment", "effect") if row_id == SENT_BY else ()
    return tuple(enumerate(roles))


def _level(operation: str) -> str:
    if operation == "Region":
        return "region"
    return "object" if operation == "PutObject" else "bucket"


def settle(document: Document) -> Path:
    """Write a changed document, its derived fields brought up to date."""
    for row in document["rows"]:
        row["divergence"] = divergence(
            Documented(row["documented"]), Observed(row["observed"])
        ).value
    document["summary"] = results.summarise(document["rows"])
    results.write("r.json", document)
    return Path("r.json")
