"""Mutants that once got away, or got another word than theirs: each repair of a probe by name."""

from __future__ import annotations

import pytest

from conformance import probes
from conformance.s3.endpoint import Endpoint
from tests.mutants.backends import Backend
from tests.mutants.mutations import Mutator
from tests.mutants.score import observe

probes.load_all()

# A row of moto's, what is done to it, and the word that is right.
MUTANTS = (
    # A nod: 200, and nothing was done or is told.
    ("ListBuckets", "ignore", "ignored"),
    ("PutObject", "ignore", "ignored"),
    ("CopyObject", "ignore", "ignored"),
    ("DeleteObjects", "ignore", "ignored"),
    ("ListObjects", "ignore", "ignored"),
    ("ListObjectsV2", "ignore", "ignored"),
    ("ListMultipartUploads", "ignore", "ignored"),
    ("CreateMultipartUpload", "ignore", "ignored"),
    ("UploadPartCopy", "ignore", "ignored"),
    ("CompleteMultipartUpload", "ignore", "ignored"),
    # 412 to a condition that is true is no refusal of conditions.
    ("GetObject/If-None-Match", "damage: refused though true", "partial"),
    ("HeadObject/If-Modified-Since", "damage: refused though true", "partial"),
    ("CopyObject/x-amz-copy-source-if-none-match", "damage: 412, and copied", "partial"),
    # The condition is carried out, with another status.
    ("CopyObject/x-amz-copy-source-if-none-match", "damage: 304 for 412", "partial"),
    ("GetBucketInventoryConfiguration/id", "refuse", "rejected"),
)


@pytest.mark.parametrize(("row", "how", "word"), MUTANTS, ids=[f"{m[0]} {m[1]}" for m in MUTANTS])
def test_the_word_is_the_mutants_own(moto: Endpoint, row: str, how: str, word: str) -> None:
    kind, _, name = how.partition(": ")
    [mutation] = (m for m in Mutator().make(row, kind) if m.name == name)

    seen = observe(Backend(endpoint=moto), [row], mutation)[row]

    assert seen.changed
    assert seen.observation.observed == word, seen.observation.reason
