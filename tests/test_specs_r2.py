"""`specs/r2.yaml` against the counts and quirks of Cloudflare's page of 2025-07-07."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from conformance.matrix import load

SPEC = Path(__file__).parent.parent / "specs" / "r2.yaml"


def r2() -> dict[str, Any]:
    """`specs/r2.yaml` as plain YAML, without this project's loader."""
    loaded: dict[str, Any] = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    return loaded


def status(entry: str | dict[str, str]) -> str:
    """The status of a feature, written short or long."""
    return entry if isinstance(entry, str) else entry["status"]


def test_r2_operations_are_those_of_the_page() -> None:
    counts = {
        level: Counter(operation["status"] for operation in operations.values())
        for level, operations in r2()["operations"].items()
    }

    assert counts == {
        "bucket": {"implemented": 11, "unimplemented": 44},
        "object": {"implemented": 15, "unimplemented": 3},
    }
    assert next(iter(r2()["operations"]["bucket"])) == "ListBuckets"
    assert list(r2()["operations"]["object"])[-1] == "DeleteObjectTagging"


def test_r2_features_are_those_of_the_page() -> None:
    blocks = [
        block
        for operations in r2()["operations"].values()
        for operation in operations.values()
        for block in operation.get("features", ())
    ]
    members = Counter(status(entry) for block in blocks for entry in block["members"].values())

    assert members == {"implemented": 97, "unimplemented": 211}
    assert sum("group" in block for block in blocks) == 163
    assert sum("group" in block and "status" not in block for block in blocks) == 3


def test_r2_cells_are_those_of_the_page() -> None:
    checksums = r2()["checksums"]
    composite = {"FULL_OBJECT": "unimplemented", "COMPOSITE": "implemented"}

    assert checksums.pop("CRC64NVME") == {
        "FULL_OBJECT": "implemented",
        "COMPOSITE": "unimplemented",
    }
    assert checksums == dict.fromkeys(("CRC32", "CRC32C", "SHA1", "SHA256"), composite)
    assert r2()["regions"] == {
        region: {"signing": "implemented", "LocationConstraint": "implemented"}
        for region in ("auto", "", "us-east-1")
    }


def test_r2_has_397_rows() -> None:
    assert len(load(SPEC).rows) == 397


def test_r2_notes_the_quirks_of_the_page() -> None:
    notes = {row.id: row.note for row in load(SPEC).rows if row.note}

    assert sorted(notes) == [
        "GetBucketLifecycle",
        "GetBucketNotification",
        "GetObject/PartNumber",
        "HeadObject/Range",
        "PutBucketLifecycle",
        "PutBucketLogging",
        "PutBucketNotification",
        "PutObject/Object Lifecycle",
        "UploadPartCopy/x-amz-copy-source",
    ]
    assert r2()["operations"]["bucket"]["PutBucketLogging"]["docs"].endswith(
        "/API_PutBucketLifecycle.html"
    )
