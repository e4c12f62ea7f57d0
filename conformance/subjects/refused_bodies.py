"""Bodies of bucket configurations that are well-formed and must be refused for what they say.

Source: the Put… pages of https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html, and
for tags https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from conformance.s3.xml import document
from conformance.subjects import notifications
from conformance.subjects.bucket_configuration import Body, Place
from conformance.subjects.configuration_bodies import (
    ANALYTICS,
    CORS,
    INVENTORY,
    LOGGING,
    TIERING,
    WEBSITE,
    owner_acl,
    public_access_block,
    xml_body,
)
from conformance.subjects.grantees import NO_GROUP
from conformance.subjects.refused_policies import REFUSED_POLICIES
from conformance.subjects.refused_rules import LONG_ID, RULES, Refused

MOST_TAGS: Final = 50
MOST_RULES: Final = 100  # of CORS
MOST_ROUTES: Final = 50  # of websites
QUEUE: Final = "arn:aws:sqs:us-east-1:123456789012:s3-conformance"


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


_CORS: Final = "CORSConfiguration"
_METHOD: Final = "<AllowedMethod>GET</AllowedMethod>"
_ORIGIN: Final = "<AllowedOrigin>https://{v}.example.com</AllowedOrigin>"


def _changed(root: str, usual: str, old: str, new: str) -> Body:
    """The usual body, in which some text is another."""
    assert old in usual, old
    return xml_body(root, usual.replace(old, new))


def _cors(old: str, new: str) -> Body:
    return _changed(_CORS, CORS, old, new)


def _website(content: str) -> Body:
    return xml_body("WebsiteConfiguration", content)


def _routed(redirect: str, condition: str = "<KeyPrefixEquals>{v}/</KeyPrefixEquals>") -> Body:
    """A website with a rule for one prefix."""
    rule = f"<Condition>{condition}</Condition><Redirect>{redirect}</Redirect>"
    rule = f"<RoutingRule>{rule}</RoutingRule>"
    return _website(f"{WEBSITE}<RoutingRules>{rule}</RoutingRules>")


_ROUTE: Final = (
    "<RoutingRule><Condition><KeyPrefixEquals>{v}/</KeyPrefixEquals></Condition>"
    "<Redirect><HostName>{v}.example</HostName></Redirect></RoutingRule>"
)


def _notified(old: str = "", new: str = "", more: str = "") -> Body:
    """Notifications of one queue, in which some text is another."""

    def body(_: str, place: Place) -> bytes:
        arn = place.destination if place.destination.startswith("arn:") else QUEUE
        usual = notifications.body(notifications.ON, replace(place, destination=arn)).decode()
        assert old in usual, old
        content = usual.replace(old, new) if old else usual
        end = content.rindex("</", 0, content.rindex("</"))
        return f"{content[:end]}{more}{content[end:]}".encode()

    return body


def _filtered(*rules: str) -> Body:
    content = "".join(f"<FilterRule>{rule}</FilterRule>" for rule in rules)
    return _notified(more=f"<Filter><S3Key>{content}</S3Key></Filter>")


def _overlapping(value: str, place: Place) -> bytes:
    """The same queue for one event, with a filter and without."""
    one = _notified()(value, place).decode()
    other = _filtered("<Name>prefix</Name><Value>x</Value>")(value, place).decode()
    start, end = other.index(">") + 1, other.rindex("</")
    content = other[start:end].replace("<Id>s3-conformance<", "<Id>other<")
    return f"{one[: one.rindex('</')]}{content}{one[one.rindex('</') :]}".encode()


def _destination(_: str, __: Place) -> bytes:
    queue = "<QueueConfiguration><Queue>nonsense</Queue><Event>s3:ObjectCreated:*</Event>"
    return document("NotificationConfiguration", f"{queue}</QueueConfiguration>")


def _rules(content: str, times: int = 1) -> Body:
    default = f"<ApplyServerSideEncryptionByDefault>{content}</ApplyServerSideEncryptionByDefault>"
    rules = f"<Rule>{default}</Rule>" * times
    return xml_body("ServerSideEncryptionConfiguration", rules)


_AES: Final = "<SSEAlgorithm>AES256</SSEAlgorithm>"
_OWNED: Final = "<Rule><ObjectOwnership>{v}</ObjectOwnership></Rule>"


def _inventory(old: str, new: str) -> Body:
    return _changed("InventoryConfiguration", INVENTORY, old, new)


def _tiering(old: str, new: str) -> Body:
    return _changed("IntelligentTieringConfiguration", TIERING, old, new)


_TIER: Final = "<Tiering><AccessTier>ARCHIVE_ACCESS</AccessTier><Days>90</Days></Tiering>"
_EXPORT: Final = (
    "<StorageClassAnalysis><DataExport><OutputSchemaVersion>{version}</OutputSchemaVersion>"
    "<Destination><S3BucketDestination><Format>{format}</Format>"
    "<Bucket>arn:aws:s3:::{{b}}</Bucket></S3BucketDestination></Destination></DataExport>"
    "</StorageClassAnalysis>"
)


def _analysis(version: str, form: str) -> Body:
    export = _EXPORT.format(version=version, format=form)
    return _changed("AnalyticsConfiguration", ANALYTICS, "<StorageClassAnalysis/>", export)


REFUSED: Final[Mapping[str, tuple[Refused, ...]]] = {
    **RULES,
    **REFUSED_POLICIES,
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
    "BucketAccelerateConfiguration": (
        ("status-case", "Status enabled", xml_body(
            "AccelerateConfiguration", "<Status>enabled</Status>")),
    ),
    "BucketRequestPayment": (
        ("payer-case", "Payer requester", xml_body(
            "RequestPaymentConfiguration", "<Payer>requester</Payer>")),
    ),
    "BucketVersioning": (
        ("status-case", "Status enabled", xml_body(
            "VersioningConfiguration", "<Status>enabled</Status>")),
        ("disabled", "Status Disabled", xml_body(
            "VersioningConfiguration", "<Status>Disabled</Status>")),
        ("no-status", "a document without Status", xml_body("VersioningConfiguration", "")),
    ),
    "BucketEncryption": (
        ("no-rule", "a document without a rule", xml_body("ServerSideEncryptionConfiguration", "")),
        ("two-rules", "two rules", _rules(_AES, 2)),
        ("key-of-aes256", "a key's id beside AES256", _rules(
            f"{_AES}<KMSMasterKeyID>nonsense</KMSMasterKeyID>")),
    ),
    "BucketOwnershipControls": (
        ("no-rule", "a document without a rule", xml_body("OwnershipControls", "")),
        ("two-rules", "two rules", xml_body("OwnershipControls", _OWNED * 2)),
        ("empty-rule", "a rule that is empty", xml_body("OwnershipControls", "<Rule/>")),
    ),
    "BucketCors": (
        ("no-origin", "a rule without AllowedOrigin", _cors(_ORIGIN, "")),
        ("two-wildcards", "an origin with two wildcards", _cors("{v}.example", "*.*.{v}")),
        ("no-rule", "a document without a rule", xml_body(_CORS, "")),
        ("rule-without-method", "a rule without AllowedMethod", _cors(_METHOD, "")),
        ("method-case", "AllowedMethod get", _cors(">GET<", ">get<")),
        ("header-of-wildcards", "an AllowedHeader with two wildcards", _cors(
            _METHOD, f"<AllowedHeader>x-*-*</AllowedHeader>{_METHOD}")),
        ("exposed-wildcard", "an ExposeHeader with a wildcard", _cors(
            "<MaxAge", "<ExposeHeader>x-amz-*</ExposeHeader><MaxAge")),
        ("long-id", "an ID of 256 characters", _cors(_METHOD, f"<ID>{LONG_ID}</ID>{_METHOD}")),
        ("many-rules", f"{MOST_RULES + 1} rules", xml_body(_CORS, CORS * (MOST_RULES + 1))),
    ),
    "BucketTagging": (
        ("too-many-tags", f"{MOST_TAGS + 1} tags", xml_body("Tagging", _tags(MOST_TAGS + 1))),
        ("long-key", "a key of 129 characters", xml_body("Tagging", _tags(1, name="k" * 128))),
        ("long-value", "a value of 257 characters", xml_body("Tagging", _tags(1, value="v" * 257))),
        ("reserved-key", "a key that begins with aws:", xml_body("Tagging", _tags(1, name="aws:"))),
        ("comma", "a value with a comma", xml_body("Tagging", _tags(1, value="one,two"))),
        ("empty-key", "a key without a character", xml_body(
            "Tagging", "<TagSet><Tag><Key></Key><Value>{v}</Value></Tag></TagSet>")),
    ),
    "BucketWebsite": (
        ("slash-in-suffix", "a Suffix with a slash", _website(
            WEBSITE.replace("{v}.html", "{v}/index.html"))),
        ("empty-suffix", "an empty Suffix", _website(WEBSITE.replace("{v}.html", ""))),
        ("no-index", "an ErrorDocument alone", _website(
            "<ErrorDocument><Key>{v}.html</Key></ErrorDocument>")),
        ("redirect-and-index", "RedirectAllRequestsTo beside an index", _website(
            f"{WEBSITE}<RedirectAllRequestsTo><HostName>{{v}}.example</HostName>"
            "</RedirectAllRequestsTo>")),
        ("redirect-protocol", "Protocol ftp", _website(
            "<RedirectAllRequestsTo><HostName>{v}.example</HostName><Protocol>ftp</Protocol>"
            "</RedirectAllRequestsTo>")),
        ("two-replacements", "ReplaceKeyWith beside ReplaceKeyPrefixWith", _routed(
            "<ReplaceKeyPrefixWith>{v}2/</ReplaceKeyPrefixWith>"
            "<ReplaceKeyWith>{v}.html</ReplaceKeyWith>")),
        ("code-of-success", "HttpRedirectCode 200", _routed(
            "<HttpRedirectCode>200</HttpRedirectCode>")),
        ("no-error-code", "HttpErrorCodeReturnedEquals 300", _routed(
            "<HostName>{v}.example</HostName>",
            "<HttpErrorCodeReturnedEquals>300</HttpErrorCodeReturnedEquals>")),
        ("many-rules", f"{MOST_ROUTES + 1} RoutingRules", _website(
            f"{WEBSITE}<RoutingRules>{_ROUTE * (MOST_ROUTES + 1)}</RoutingRules>")),
        ("empty-condition", "an empty Condition", _routed("<HostName>{v}.example</HostName>", "")),
    ),
    "BucketNotificationConfiguration": (
        ("no-arn", "a destination that is no ARN", _destination),
        ("unknown-event", "Event s3:Nonsense:*", _notified("ObjectCreated:Put", "Nonsense:*")),
        ("unknown-filter", "a FilterRule infix", _filtered("<Name>infix</Name><Value>x</Value>")),
        ("no-filter-value", "a FilterRule without Value", _filtered("<Name>prefix</Name>")),
        ("overlapping", "two destinations for one event of one object", _overlapping),
        ("filter-twice", "two prefixes in a filter", _filtered(
            "<Name>prefix</Name><Value>x</Value>", "<Name>prefix</Name><Value>y</Value>")),
    ),
    "BucketLogging": (
        ("unknown-target", "a target that does not exist", _changed(
            "BucketLoggingStatus", LOGGING, "{d}", "{d}-{v}")),
        ("no-prefix", "no TargetPrefix", _changed(
            "BucketLoggingStatus", LOGGING, "<TargetPrefix>{v}/</TargetPrefix>", "")),
        ("unknown-date-source", "PartitionDateSource Nonsense", _changed(
            "BucketLoggingStatus", LOGGING, "</TargetPrefix>",
            "</TargetPrefix><TargetObjectKeyFormat><PartitionedPrefix><PartitionDateSource>Nonsense"
            "</PartitionDateSource></PartitionedPrefix></TargetObjectKeyFormat>")),
    ),
    "BucketInventoryConfiguration": (
        ("no-arn", "a destination that is no ARN", _inventory("arn:aws:s3:::{b}", "{b}")),
        ("unknown-format", "Format Nonsense", _inventory(">CSV<", ">Nonsense<")),
        ("unknown-frequency", "Frequency Nonsense", _inventory(">Daily<", ">Nonsense<")),
        ("unknown-versions", "IncludedObjectVersions Nonsense", _inventory(
            ">Current<", ">Nonsense<")),
        ("unknown-field", "an OptionalField Nonsense", _inventory(
            "<Schedule>", "<OptionalFields><Field>Nonsense</Field></OptionalFields><Schedule>")),
    ),
    "BucketAnalyticsConfiguration": (
        ("no-analysis", "no StorageClassAnalysis", _changed(
            "AnalyticsConfiguration", ANALYTICS, "<StorageClassAnalysis/>", "")),
        ("unknown-schema", "OutputSchemaVersion V_2", _analysis("V_2", "CSV")),
        ("unknown-format", "Format Nonsense", _analysis("V_1", "Nonsense")),
    ),
    "BucketIntelligentTieringConfiguration": (
        ("no-tiering", "no Tiering", _tiering(_TIER, "")),
        ("unknown-status", "Status Nonsense", _tiering(">Enabled<", ">Nonsense<")),
        ("unknown-tier", "AccessTier NONSENSE", _tiering(">ARCHIVE_ACCESS<", ">NONSENSE<")),
        ("early-archive", "ARCHIVE_ACCESS after 89 days", _tiering(">90<", ">89<")),
        ("early-deep-archive", "DEEP_ARCHIVE_ACCESS after 179 days", _tiering(
            _TIER, _TIER.replace("ARCHIVE", "DEEP_ARCHIVE").replace(">90<", ">179<"))),
        ("late-archive", "ARCHIVE_ACCESS after 731 days", _tiering(">90<", ">731<")),
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
}  # fmt: skip
"""By name of the configuration, besides the one that the configuration itself names."""
