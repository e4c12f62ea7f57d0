"""Where expectations come from: the pages and sections that checks name as their source."""

from __future__ import annotations

from typing import Final

API: Final = "https://docs.aws.amazon.com/AmazonS3/latest/API"
GUIDE: Final = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
R2: Final = "https://developers.cloudflare.com/r2"
ERRORS: Final = f"{API}/ErrorResponses.html"


def api(operation: str) -> str:
    """The API reference's page about an operation."""
    return f"{API}/API_{operation}.html"


def guide(page: str) -> str:
    """A page of the S3 user guide."""
    return f"{GUIDE}/{page}.html"


def rfc(number: int, section: str) -> str:
    """A section of an RFC: `RFC 9110, section 14.2`."""
    return f"RFC {number}, section {section}"
