"""Where a website endpoint sends those who ask for the object.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import Workbench, family
from conformance.s3.operations import OperationName
from conformance.subjects.stored_headers import head, told, write
from conformance.subjects.writes import WRITES, written
from conformance.verdict import Observation

REDIRECT: Final = "x-amz-website-redirect-location"
# AWS's page of CopyObject names the location "in combination with" this.
DIRECTIVE: Final = "x-amz-metadata-directive"


@family(REDIRECT, operations=WRITES)
def website_redirect(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Store the location with the object, and answer with it when the object is read."""
    location = f"/{bench.key('.html')}"

    wrote = write(bench, operation, {feature: location}, DIRECTIVE)
    subject = written(bench, bench.accepted(wrote.answer, feature))

    return wrote.judge(told(feature, head(bench, subject).header(feature), location))
