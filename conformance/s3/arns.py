"""ARNs of destinations that events are sent to."""

from __future__ import annotations

from typing import Final

# By the service of a destination's ARN: the element that configures it, and the ARN's.
ELEMENTS: Final = {
    "sqs": ("QueueConfiguration", "Queue"),
    "sns": ("TopicConfiguration", "Topic"),
    "lambda": ("CloudFunctionConfiguration", "CloudFunction"),
}


def service(arn: str) -> str:
    """The service that an ARN is of: `sns`."""
    return arn.split(":")[2] if arn.count(":") >= 5 else ""
