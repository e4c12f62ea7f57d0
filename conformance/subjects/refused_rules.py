"""Rules of lifecycles and of replication that are well-formed and must be refused.

Source: the Put… pages of https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html, and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conformance.subjects.bucket_configuration import Body
from conformance.subjects.configuration_bodies import LIFECYCLE, REPLICATION, xml_body

Refused = tuple[str, str, Body]
"""The check, what is wrong in words, and the body."""

LONG_ID: Final = "i" * 256
_PREFIX: Final = "<Prefix>{v}/</Prefix>"
_FILTER: Final = f"<Filter>{_PREFIX}</Filter>"
_TAG: Final = "<Tag><Key>purpose</Key><Value>{v}</Value></Tag>"
_OTHER_TAG: Final = "<Tag><Key>purpose</Key><Value>another</Value></Tag>"
_EXPIRE: Final = "<Expiration><Days>3650</Days></Expiration>"
_MARKERS: Final = "<ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker>"
_ABORT: Final = (
    "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation>"
    "</AbortIncompleteMultipartUpload>"
)


def _rule(action: str, where: str = _FILTER) -> Body:
    """A lifecycle of one rule.

    Args:
        action: the elements that say what it does.
        where: what says to which objects: a Filter, or the older Prefix.
    """
    rule = f"<Rule><ID>{{v}}</ID>{where}<Status>Enabled</Status>{action}</Rule>"
    return xml_body("LifecycleConfiguration", rule)


def _filtered(where: str, action: str = _EXPIRE) -> Body:
    return _rule(action, f"<Filter>{where}</Filter>")


def _transition(days: int, name: str) -> str:
    return f"<Transition><Days>{days}</Days><StorageClass>{name}</StorageClass></Transition>"


def _older(content: str) -> str:
    return f"<NoncurrentVersionExpiration>{content}</NoncurrentVersionExpiration>"


def _edited(*changes: tuple[str, str]) -> Body:
    """The usual lifecycle, in which some text is another."""
    rule = LIFECYCLE
    for old, new in changes:
        rule = rule.replace(old, new)
    return xml_body("LifecycleConfiguration", rule)


_SIZES: Final = (
    f"<And>{_PREFIX}<ObjectSizeGreaterThan>64000</ObjectSizeGreaterThan>"
    "<ObjectSizeLessThan>500</ObjectSizeLessThan></And>"
)
LIFECYCLES: Final[tuple[Refused, ...]] = (
    (
        "rule-twice",
        "two rules of one ID",
        xml_body("LifecycleConfiguration", LIFECYCLE + LIFECYCLE.replace("{v}/", "{v}2/")),
    ),
    ("negative-days", "Days -1", _edited(("3650", "-1"))),
    ("status-case", "Status enabled", _edited((">Enabled<", ">enabled<"))),
    ("long-id", "an ID of 256 characters", _edited(("<ID>{v}", f"<ID>{LONG_ID}"))),
    ("no-rule", "a document without a rule", xml_body("LifecycleConfiguration", "")),
    ("no-action", "a rule without an action", _rule("")),
    ("no-filter", "a rule with neither Filter nor Prefix", _rule(_EXPIRE, "")),
    ("prefix-and-filter", "a rule with both Filter and Prefix", _rule(_EXPIRE, _FILTER + _PREFIX)),
    ("two-conditions", "a Filter of Prefix and Tag without And", _filtered(_PREFIX + _TAG)),
    (
        "condition-beside-and",
        "a Filter with And and Prefix",
        _filtered(f"{_PREFIX}<And>{_PREFIX}{_TAG}</And>"),
    ),
    ("tag-twice", "two tags of one key in And", _filtered(f"<And>{_TAG}{_OTHER_TAG}</And>")),
    ("no-size-between", "sizes that no object has", _filtered(_SIZES)),
    (
        "days-and-date",
        "an Expiration of Days and Date",
        _edited(("</Days>", "</Days><Date>2099-01-01T00:00:00.000Z</Date>")),
    ),
    ("days-and-markers", "an Expiration of Days and markers", _edited(
        ("</Days>", f"</Days>{_MARKERS}"))),
    ("not-midnight", "a Date that is no midnight", _edited(
        ("<Days>3650</Days>", "<Date>2099-01-01T02:02:00.000Z</Date>"))),
    ("markers-by-tag", "expired markers by Tag", _filtered(
        _TAG, f"<Expiration>{_MARKERS}</Expiration>")),
    ("abort-by-tag", "an end of uploads by Tag", _filtered(_TAG, _ABORT)),
    ("unknown-class", "StorageClass NONSENSE", _rule(_transition(60, "NONSENSE"))),
    ("class-twice", "two transitions to one class", _rule(
        _transition(60, "GLACIER") + _transition(90, "GLACIER"))),
    ("early-standard-ia", "a transition to STANDARD_IA after 29 days", _rule(
        _transition(29, "STANDARD_IA"))),
    ("expired-before", "an expiration before the transition", _rule(
        _transition(3651, "GLACIER") + _EXPIRE)),
    ("no-noncurrent-days", "a NoncurrentVersionExpiration that is empty", _rule(_older(""))),
    ("zero-noncurrent-days", "NoncurrentDays 0", _rule(
        _older("<NoncurrentDays>0</NoncurrentDays>"))),
    ("many-newer-versions", "NewerNoncurrentVersions 101", _rule(_older(
        "<NewerNoncurrentVersions>101</NewerNoncurrentVersions>"
        "<NoncurrentDays>9</NoncurrentDays>"))),
)  # fmt: skip


def _replication(old: str, new: str) -> Body:
    assert old in REPLICATION
    return xml_body("ReplicationConfiguration", REPLICATION.replace(old, new))


_RULE: Final = REPLICATION.partition("</Role>")[2]
REPLICATIONS: Final[tuple[Refused, ...]] = (
    ("no-rule", "a document without a rule", _replication(_RULE, "")),
    ("unknown-status", "Status Nonsense", _replication(">Enabled<", ">Nonsense<")),
    ("long-id", "an ID of 256 characters", _replication("<ID>{v}", f"<ID>{LONG_ID}")),
    ("rule-twice", "two rules of one ID", _replication(_RULE, _RULE + _RULE.replace(
        "<Prefix>{v}/", "<Prefix>{v}2/").replace(">1<", ">2<"))),
    ("priority-twice", "two rules of one Priority for one prefix", _replication(
        _RULE, _RULE + _RULE.replace("<ID>{v}", "<ID>{v}2"))),
    ("unknown-class", "StorageClass NONSENSE", _replication(
        "</Bucket>", "</Bucket><StorageClass>NONSENSE</StorageClass>")),
    ("unknown-destination", "a destination that does not exist", _replication("{d}", "{d}-{v}")),
    ("no-role", "a Role that is no ARN", _replication("{role}", "nonsense")),
    ("long-prefix", "a Prefix of 1025 characters", _replication(
        "<Prefix>{v}", f"<Prefix>{'p' * 1024}")),
    ("no-destination", "a rule without a Destination", _replication(
        "<Destination><Bucket>arn:aws:s3:::{d}</Bucket></Destination>", "")),
)  # fmt: skip

RULES: Final[Mapping[str, tuple[Refused, ...]]] = {
    "BucketLifecycleConfiguration": LIFECYCLES,
    "BucketReplication": REPLICATIONS,
}
"""By name of the configuration."""
