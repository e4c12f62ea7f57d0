"""Policies of buckets that are JSON and must be refused for what they say.

All of them deny something below a prefix under which nothing lies, so one that is served harms
nobody. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
and https://docs.aws.amazon.com/AmazonS3/latest/userguide/access_policy_language_overview.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from conformance.subjects.bucket_configuration import Body, Place
from conformance.subjects.configuration_bodies import policy

LIMIT: Final = 20 * 1024  # bytes


def _with(*without: str, **members: object) -> Body:
    """A policy of one statement.

    Args:
        without: members that the statement has not.
        members: those that it has besides the usual, or in their place.
    """

    def body(value: str, place: Place) -> bytes:
        document: dict[str, Any] = json.loads(policy("Deny", value, place.bucket))
        statement = {**document["Statement"][0], **members}
        kept = {name: each for name, each in statement.items() if name not in without}
        return json.dumps({**document, "Statement": [kept]}).encode()

    return body


def _document(**members: object) -> Body:
    def body(value: str, place: Place) -> bytes:
        return json.dumps({**json.loads(policy("Deny", value, place.bucket)), **members}).encode()

    return body


def _empty(_: str, __: Place) -> bytes:
    return b"{}"


POLICIES: Final[tuple[tuple[str, str, Body], ...]] = (
    (
        "other-bucket",
        "the ARN of another bucket",
        lambda value, _: policy("Deny", value, f"x-{value}"),
    ),
    (
        "unknown-effect",
        "Effect Perhaps",
        lambda value, place: policy("Perhaps", value, place.bucket),
    ),
    ("no-json", "no JSON", lambda *_: b"nonsense"),
    ("empty-object", "a document without Statement", _empty),
    ("no-statement", "an empty Statement", _document(Statement=[])),
    ("unknown-version", "Version 2020-01-01", _document(Version="2020-01-01")),
    ("no-action", "a statement without Action", _with("Action")),
    ("no-resource", "a statement without Resource", _with("Resource")),
    ("any-resource", 'Resource "*"', _with(Resource="*")),
    ("no-principal", "a statement without Principal", _with("Principal")),
    ("unknown-action", "Action s3:GetNonsense", _with(Action="s3:GetNonsense")),
    ("other-service", "Action s4:GetObject", _with(Action="s4:GetObject")),
    ("unlike-resource", "s3:ListBucket of objects", _with(Action="s3:ListBucket")),
    (
        "unknown-operator",
        "Condition StringNonsense",
        _with(Condition={"StringNonsense": {"aws:Referer": "x"}}),
    ),
    (
        "unknown-key",
        "a Condition on s3:nonsense",
        _with(Condition={"StringEquals": {"s3:nonsense": "x"}}),
    ),
    (
        "no-address",
        "aws:SourceIp nonsense",
        _with(Condition={"IpAddress": {"aws:SourceIp": "nonsense"}}),
    ),
    ("long", "more than 20 KB", _with(Condition={"StringEquals": {"aws:Referer": "x" * LIMIT}})),
)

REFUSED_POLICIES: Final[Mapping[str, tuple[tuple[str, str, Body], ...]]] = {
    "BucketPolicy": POLICIES
}
"""By name of the configuration."""
