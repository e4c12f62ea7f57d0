"""Bodies of bucket configurations that are well-formed and must be refused for what they say.

Source: the Put… pages of https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html, and
for tags https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conformance.s3.xml import document
from conformance.subjects.bucket_configuration import Body, Place
from conformance.subjects.configuration_bodies import (
    CORS,
    LIFECYCLE,
    WEBSITE,
    owner_acl,
    policy,
    public_access_block,
    xml_body,
)
from conformance.subjects.grantees import NO_GROUP

Refused = tuple[str, str, Body]
"""The check, what is wrong in words, and the body."""

MOST_TAGS: Final = 50


def _tags(count: int, name: str = "k", value: str = "v") -> str:
    tags = (f"<Tag><Key>{name}{n}</Key><Value>{value}</Value></Tag>" for n in range(count))
    return f"<TagSet>{''.join(tags)}</TagSet>"


def _retention(rule: str) -> Body:
    return xml_body(
        "ObjectLockConfiguration",
        "<ObjectLockEnabled>Enabled</ObjectLockEnabled>"
        f"<Rule><DefaultRetention>{rule}</DefaultRetention></Rule>",
    )


def _unknown_grantee(_: str, place: Place) -> bytes:
    stranger = "0" * len(place.owner)
    grants = owner_acl("READ_ACP", place)
    owner = f"<ID>{place.owner}</ID></Grantee><Permission>READ_ACP".encode()
    return grants.replace(owner, owner.replace(place.owner.encode(), stranger.encode()))


def _unknown_group(_: str, place: Place) -> bytes:
    grantee = f'"CanonicalUser"><ID>{place.owner}</ID></Grantee><Permission>READ_ACP'
    group = f'"Group"><URI>{NO_GROUP}</URI></Grantee><Permission>READ_ACP'
    return owner_acl("READ_ACP", place).replace(grantee.encode(), group.encode())


def _without_owner(_: str, place: Place) -> bytes:
    owner = f"<Owner><ID>{place.owner}</ID></Owner>"
    return owner_acl("READ_ACP", place).replace(owner.encode(), b"")


def _rule_twice(value: str, _: Place) -> bytes:
    rule = LIFECYCLE.format(v=value)
    other = rule.replace(f"<Prefix>{value}/", f"<Prefix>{value}2/")
    return document("LifecycleConfiguration", rule + other)


REFUSED: Final[Mapping[str, tuple[Refused, ...]]] = {
    "BucketAcl": (
        (
            "unknown-permission",
            "Permission Nonsense",
            lambda _, place: owner_acl("Nonsense", place),
        ),
        ("unknown-grantee", "a grantee whose id nobody has", _unknown_grantee),
        ("unknown-group", "a group that does not exist", _unknown_group),
        ("no-owner", "a document without Owner", _without_owner),
    ),
    "BucketCors": (
        (
            "no-origin",
            "a rule without AllowedOrigin",
            xml_body(
                "CORSConfiguration",
                CORS.replace("<AllowedOrigin>https://{v}.example.com</AllowedOrigin>", ""),
            ),
        ),
        (
            "two-wildcards",
            "an origin with two wildcards",
            xml_body("CORSConfiguration", CORS.replace("{v}.example", "*.*.{v}")),
        ),
    ),
    "BucketLifecycleConfiguration": (
        ("rule-twice", "two rules of one ID", _rule_twice),
        (
            "negative-days",
            "Days -1",
            xml_body("LifecycleConfiguration", LIFECYCLE.replace("3650", "-1")),
        ),
        (
            "status-case",
            "Status enabled",
            xml_body("LifecycleConfiguration", LIFECYCLE.replace(">Enabled<", ">enabled<")),
        ),
    ),
    "BucketPolicy": (
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
    ),
    "BucketTagging": (
        ("too-many-tags", f"{MOST_TAGS + 1} tags", xml_body("Tagging", _tags(MOST_TAGS + 1))),
        ("long-key", "a key of 129 characters", xml_body("Tagging", _tags(1, name="k" * 128))),
        ("long-value", "a value of 257 characters", xml_body("Tagging", _tags(1, value="v" * 257))),
    ),
    "BucketWebsite": (
        (
            "slash-in-suffix",
            "a Suffix with a slash",
            xml_body("WebsiteConfiguration", WEBSITE.replace("{v}.html", "{v}/index.html")),
        ),
    ),
    "ObjectLockConfiguration": (
        ("zero-days", "Days 0", _retention("<Mode>GOVERNANCE</Mode><Days>0</Days>")),
        ("unknown-mode", "Mode Nonsense", _retention("<Mode>Nonsense</Mode><Days>1</Days>")),
        ("negative-years", "Years -1", _retention("<Mode>GOVERNANCE</Mode><Years>-1</Years>")),
        ("too-many-days", "Days 36501", _retention("<Mode>GOVERNANCE</Mode><Days>36501</Days>")),
        (
            "no-retention",
            "a Rule without DefaultRetention",
            xml_body(
                "ObjectLockConfiguration",
                "<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule></Rule>",
            ),
        ),
        ("no-period", "neither Days nor Years", _retention("<Mode>GOVERNANCE</Mode>")),
        (
            "unknown-status",
            "ObjectLockEnabled Nonsense",
            xml_body("ObjectLockConfiguration", "<ObjectLockEnabled>Nonsense</ObjectLockEnabled>"),
        ),
    ),
    "PublicAccessBlock": (
        (
            "no-boolean",
            "BlockPublicAcls perhaps",
            lambda value, place: (
                public_access_block(value, place)
                .replace(b"<BlockPublicAcls>true", b"<BlockPublicAcls>perhaps")
                .replace(b"<BlockPublicAcls>false", b"<BlockPublicAcls>perhaps")
            ),
        ),
    ),
}
"""By name of the configuration, besides the one that the configuration itself names."""
