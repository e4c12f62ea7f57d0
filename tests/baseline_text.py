"""A baseline of the small results document, complete and explained, to be spoilt by tests."""

from __future__ import annotations

from pathlib import Path

from conformance.gate import claims_of
from conformance.gate.baseline import digest
from tests.golden.small import document

SHA256 = digest(claims_of(document()["rows"]))
HEADER = f"""\
# Kept by the storage team.
s3-conformance-baseline: 1
endpoint: Store A
matrix:
  name: r2.yaml
  source: https://developers.cloudflare.com/r2/api/s3/api/
  rows: 12
  sha256: {SHA256}
"""
BASELINE = f"""\
{HEADER}rows:
  # Listing
  ListBuckets/prefix:
    documented: implemented
    observed: partial
    reason: long prefixes are cut
    link: https://bugs.example/1
  DeleteBucketTagging:
    documented: unimplemented
    observed: ignored
    hazard: destructive
    reason: >-
      told to users on the page of limits,
      in so many words
    link: https://bugs.example/2

  # Security
  PutObject/If-Match:  # since 2.1
    documented: implemented
    observed: ignored  # by the cache
    hazard: silent
    # asked for by nobody so far
    reason: planned for 3.0
    link: https://bugs.example/3
  PutObject/Content-MD5: {{documented: implemented, observed: broken, hazard: corrupting,
    reason: the same, link: "https://bugs.example/3"}}
  PutObject/x-amz-request-payer:
    documented: unimplemented
    observed: unproven
    reason: nobody is billed
    link: https://bugs.example/4
  PutObject/x-amz-acl:
    documented: experimental
    observed: unknown
    reason: the test account has no neighbour
    link: https://bugs.example/5
# the end
"""
TAGGING = """\
  PutObject/x-amz-tagging:
    documented: unimplemented
    observed: supported
    reason: is released next month
    link: https://bugs.example/6
"""


def write(directory: Path, text: str = BASELINE) -> Path:
    path = directory / "b.yaml"
    path.write_text(text, encoding="utf-8")
    return path
