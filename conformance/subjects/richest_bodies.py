"""Bodies of bucket configurations with members that many stores do not know.

A store may refuse them; one that serves them has to return every member. Whoever puts one tries
the next when it is refused: the first has the most members.
Source: the Put… pages of https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from conformance.probing import Check, Workbench, detail, holds, promise
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.xml import Leaves, contains, document, element, leaves
from conformance.subjects import notifications
from conformance.subjects.bucket_configuration import Body, Configuration, Place
from conformance.subjects.configuration_bodies import (
    ANALYTICS_RICH,
    CORS_RICH,
    INVENTORY_RICH,
    KMS,
    LIFECYCLE,
    LOGGING,
    REPLICATION_RICH,
    WEBSITE,
    XSI,
    xml_body,
)

_TAGS: Final = (
    "<Tag><Key>purpose</Key><Value>{v}</Value></Tag><Tag><Key>second</Key><Value>{v}</Value></Tag>"
)
_AND: Final = "<And><Prefix>{v}4/</Prefix>" + _TAGS + "{more}</And>"
_SIZES: Final = (
    "<ObjectSizeGreaterThan>500</ObjectSizeGreaterThan>"
    "<ObjectSizeLessThan>64000</ObjectSizeLessThan>"
)
_TRANSITIONS: Final = (
    "<Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition>"
    "<Transition><Days>90</Days><StorageClass>GLACIER</StorageClass></Transition>"
)
_OLDER: Final = (
    "<NoncurrentVersionTransition><NoncurrentDays>31</NoncurrentDays>"
    "<StorageClass>GLACIER</StorageClass></NoncurrentVersionTransition>"
)
_NEWER: Final = "<NewerNoncurrentVersions>3</NewerNoncurrentVersions>"
_RULES: Final = LIFECYCLE + (
    "<Rule><ID>{v}2</ID><Filter><Prefix>{v}2/</Prefix></Filter><Status>Disabled</Status>"
    "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"
    "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation>"
    "</AbortIncompleteMultipartUpload></Rule>"
    "<Rule><ID>{v}3</ID><Filter><Tag><Key>purpose</Key><Value>{v}3</Value></Tag></Filter>"
    "<Status>Enabled</Status><Expiration><Date>2099-01-01T00:00:00.000Z</Date></Expiration></Rule>"
    "<Rule><ID>{v}4</ID><Filter>{and}</Filter><Status>Enabled</Status>{transitions}"
    "<Expiration><Days>3650</Days></Expiration>{older}<NoncurrentVersionExpiration>"
    "<NoncurrentDays>3652</NoncurrentDays>{newer}</NoncurrentVersionExpiration></Rule>"
)
_WITHOUT_ID: Final = (
    "<Rule><Filter><Prefix>{v}5/</Prefix></Filter><Status>Disabled</Status>"
    "<Expiration><Days>3649</Days></Expiration></Rule>"
)


def _rules(*, transitions: bool, more: str = "") -> Body:
    """Rules with all members, or less those that need other storage classes, and newer ones."""
    texts = {
        "{and}": _AND.replace("{more}", _SIZES if transitions else ""),
        "{transitions}": _TRANSITIONS if transitions else "",
        "{older}": _OLDER if transitions else "",
        "{newer}": _NEWER if transitions else "",
    }
    template = _RULES + more
    for name, text in texts.items():
        template = template.replace(name, text)
    return xml_body("LifecycleConfiguration", template)


_ROUTING: Final = (
    "<RoutingRules><RoutingRule><Condition>"
    "<HttpErrorCodeReturnedEquals>404</HttpErrorCodeReturnedEquals>"
    "<KeyPrefixEquals>{v}/</KeyPrefixEquals></Condition><Redirect>"
    "<HostName>{v}.example.com</HostName><HttpRedirectCode>301</HttpRedirectCode>"
    "<Protocol>https</Protocol><ReplaceKeyWith>{v}-error.html</ReplaceKeyWith></Redirect>"
    "</RoutingRule><RoutingRule><Condition><KeyPrefixEquals>{v}2/</KeyPrefixEquals></Condition>"
    "<Redirect><ReplaceKeyPrefixWith>{v}-new/</ReplaceKeyPrefixWith></Redirect></RoutingRule>"
    "</RoutingRules>"
)
_GRANTS: Final = (
    f'<TargetGrants><Grant><Grantee xmlns:xsi="{XSI}" xsi:type="Group">'
    "<URI>http://acs.amazonaws.com/groups/global/AuthenticatedUsers</URI></Grantee>"
    "<Permission>READ</Permission></Grant></TargetGrants>"
)
_PARTITIONS: Final = (
    "<TargetObjectKeyFormat><PartitionedPrefix><PartitionDateSource>EventTime"
    "</PartitionDateSource></PartitionedPrefix></TargetObjectKeyFormat>"
)


def _logging(*, grants: str) -> Body:
    prefix, end = LOGGING.partition("<TargetPrefix>")[0], "</LoggingEnabled>"
    template = f"{prefix}{grants}{LOGGING.removeprefix(prefix)}".replace(end, _PARTITIONS + end)
    return xml_body("BucketLoggingStatus", template)


def _bucket_key(value: str, place: Place) -> bytes:
    key = f"<KMSMasterKeyID>{place.key_id}</KMSMasterKeyID>" if place.key_id else ""
    algorithm = f"<SSEAlgorithm>{value}</SSEAlgorithm>{key if value == KMS else ''}"
    default = "ApplyServerSideEncryptionByDefault"
    return document(
        "ServerSideEncryptionConfiguration",
        f"<Rule><{default}>{algorithm}</{default}><BucketKeyEnabled>true</BucketKeyEnabled></Rule>",
    )


_TAGGING: Final = (
    "<TagSet><Tag><Key>purpose</Key><Value>{v}</Value></Tag>"
    "<Tag><Key>cost centre</Key><Value>{v} +-=._:/@</Value></Tag>"
    "<Tag><Key>Purpose</Key><Value>another</Value></Tag>"
    "<Tag><Key>empty</Key><Value></Value></Tag></TagSet>"
)

_CORS: Final = CORS_RICH + (
    "<CORSRule><AllowedHeader>X-Amz-Meta-Case</AllowedHeader><AllowedMethod>DELETE</AllowedMethod>"
    "<AllowedOrigin>*</AllowedOrigin><MaxAgeSeconds>0</MaxAgeSeconds></CORSRule>"
)
_INVENTORY: Final = INVENTORY_RICH.replace(
    "<Format>CSV</Format>",
    "<Format>CSV</Format><AccountId>123456789012</AccountId><Prefix>{v}-report</Prefix>"
    "<Encryption><SSE-S3></SSE-S3></Encryption>",
)
_EXPORT: Final = (
    "<StorageClassAnalysis><DataExport><OutputSchemaVersion>V_1</OutputSchemaVersion>"
    "<Destination><S3BucketDestination><Format>CSV</Format><Bucket>arn:aws:s3:::{b}</Bucket>"
    "<Prefix>{v}-report</Prefix></S3BucketDestination></Destination></DataExport>"
    "</StorageClassAnalysis>"
)
_REPLICATION: Final = REPLICATION_RICH.replace(
    "<Filter><Prefix>{v}/</Prefix></Filter>", f"<Filter>{_AND.replace('{more}', '')}</Filter>"
).replace(
    "</Bucket>",
    "</Bucket><StorageClass>STANDARD_IA</StorageClass><ReplicationTime><Status>Enabled</Status>"
    "<Time><Minutes>15</Minutes></Time></ReplicationTime><Metrics><EventThreshold>"
    "<Minutes>15</Minutes></EventThreshold><Status>Enabled</Status></Metrics>",
)

RICHEST: Final[Mapping[str, tuple[Body, ...]]] = {
    "BucketLifecycleConfiguration": (
        _rules(transitions=True, more=_WITHOUT_ID),
        _rules(transitions=True),
        _rules(transitions=False),
    ),
    "BucketWebsite": (
        xml_body(
            "WebsiteConfiguration",
            f"<ErrorDocument><Key>{{v}}-error.html</Key></ErrorDocument>{WEBSITE}{_ROUTING}",
        ),
    ),
    "BucketCors": (xml_body("CORSConfiguration", _CORS),),
    "BucketInventoryConfiguration": (xml_body("InventoryConfiguration", _INVENTORY),),
    "BucketAnalyticsConfiguration": (
        xml_body(
            "AnalyticsConfiguration", ANALYTICS_RICH.replace("<StorageClassAnalysis/>", _EXPORT)
        ),
    ),
    "BucketReplication": (xml_body("ReplicationConfiguration", _REPLICATION),),
    "BucketNotificationConfiguration": (notifications.two,),
    "BucketLogging": (_logging(grants=_GRANTS), _logging(grants="")),
    "BucketEncryption": (_bucket_key,),
    "BucketTagging": (xml_body("Tagging", _TAGGING),),
}
"""By name of the configuration."""


# By name of the configuration: checks, what they are of in words, and the paths they look at.
MEMBERS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "BucketLifecycleConfiguration": {
        "filter-prefix": ("Prefix in an And", "/And/Prefix"),
        "filter-tags": ("the tags in an And", "/And/Tag/"),
        "filter-tag": ("a Tag alone in a Filter", "/Filter/Tag/"),
        "filter-sizes": ("the sizes in an And", "/ObjectSize"),
        "transitions": ("both Transition", "/Transition/"),
        "noncurrent-days": ("NoncurrentDays", "Expiration/NoncurrentDays"),
        "noncurrent-transition": ("NoncurrentVersionTransition", "/NoncurrentVersionTransition/"),
        "newer-versions": ("NewerNoncurrentVersions", "/NewerNoncurrentVersions"),
        "expired-markers": ("ExpiredObjectDeleteMarker", "/ExpiredObjectDeleteMarker"),
        "date": ("Date", "/Date"),
    },
    "BucketWebsite": {
        "redirect-host": ("HostName and Protocol", "/HostName|/Protocol"),
        "redirect-code": ("HttpRedirectCode", "/HttpRedirectCode"),
        "redirect-key": ("ReplaceKeyWith", "/ReplaceKeyWith"),
        "two-conditions": ("both members of a Condition", "/Condition/"),
    },
    "BucketCors": {
        "header-as-written": ("AllowedHeader in its own letters", "/AllowedHeader=X-Amz-Meta-Case"),
        "zero-age": ("MaxAgeSeconds 0", "/MaxAgeSeconds=0$"),
        "origin-of-all": ("AllowedOrigin *", r"/AllowedOrigin=\*$"),
    },
    "BucketInventoryConfiguration": {
        "report-place": ("AccountId and Prefix of the destination", "Destination/(AccountId|Pref)"),
        "report-encryption": ("Encryption of the destination", "/Encryption/"),
    },
    "BucketAnalyticsConfiguration": {"data-export": ("DataExport", "/DataExport/")},
    "BucketReplication": {
        "filter-tags": ("the conditions in an And", "/And/"),
        "replica-class": ("StorageClass of the destination", "/Destination/StorageClass"),
        "replication-time": ("ReplicationTime and Metrics", "/ReplicationTime/|/Metrics/"),
    },
    "BucketNotificationConfiguration": {
        "second-destination": ("a second configuration of the queue", "Id=s3-conformance-2"),
    },
    "BucketLogging": {
        "target-grants": ("TargetGrants", "/TargetGrants/"),
        "key-format": ("TargetObjectKeyFormat", "/TargetObjectKeyFormat/"),
    },
    "BucketEncryption": {"bucket-key": ("BucketKeyEnabled", "/BucketKeyEnabled")},
    "BucketTagging": {
        "empty-value": ("a tag without a value", "/Tag/(Value$|Key=empty)"),
        "name-in-capitals": ("names that differ by case", "/Tag/(Key=Purpose|Value=another)"),
    },
}


# Members that a server gives where they are not put, and the elements that must all have one.
GENERATED: Final[Mapping[str, tuple[str, str]]] = {
    "BucketLifecycleConfiguration": ("Rule", "Rule/ID"),
}
# Where the first that matches counts, the paths that show the order.
ORDERED: Final[Mapping[str, str]] = {
    "BucketCors": "CORSRule/AllowedOrigin",
    "BucketWebsite": "RoutingRules/RoutingRule/Condition/KeyPrefixEquals",
}
# What changes where something is stored, or what it costs, and nothing that a client reads.
LESSER: Final = (
    *("target-grants", "key-format", "bucket-key", "header-as-written", "zero-age"),
    *("report-place", "report-encryption", "replica-class", "replication-time"),
)


def checks(configuration: Configuration, page: str) -> list[Check]:
    """The checks of members that many stores do not know: to be returned where they are taken."""
    members = MEMBERS.get(configuration.name, {})
    ordered = [detail("rules-in-order", "the rules in the order in which they were put", page)]
    given = [detail("generated-id", "an ID of its own for each rule that is put without", page)]
    return [
        *(ordered if configuration.name in ORDERED else []),
        *(given if configuration.name in GENERATED else []),
    ] + [
        (detail if check in LESSER else promise)(check, f"{words}, where the server takes it", page)
        for check, (words, _) in members.items()
    ]


def puts(configuration: Configuration, place: Place, value: str) -> list[Call]:
    """Put with the richest bodies, before those that `Configuration.puts` has."""
    bodies = RICHEST.get(configuration.name, ())
    return [configuration.put(place, value, body(value, place)) for body in bodies]


def report(
    bench: Workbench,
    configuration: Configuration,
    place: Place,
    value: str,
    get: Response,
    put: Call,
) -> None:
    """Report whether what was put is returned in full: `every-member`, and the rarer ones.

    Args:
        bench: the row's.
        configuration: what was put.
        place: where.
        value: the one put.
        get: what is returned.
        put: the request that was served.
    """
    usual = configuration.puts(place, value)
    wanted, seen = leaves(put.body), leaves(get.body)
    for check, (_, pattern) in MEMBERS.get(configuration.name, {}).items():
        own = _named(wanted, pattern)
        if own:
            lost = ", ".join(own - _named(seen, pattern))
            text = f"{get.describe()} without {lost}" if lost else "all of them"
            bench.check(check, holds(not lost, text, get))
        else:
            bench.skip(check, because="the server refused them")
    if path := ORDERED.get(configuration.name):
        told = get.texts(path)
        right = [each.text or "" for each in element(put.body).findall(path)]
        right = [text for text in right if text in told]
        bench.check("rules-in-order", holds(told == right, f"the order {', '.join(told)}", get))
    if elements := GENERATED.get(configuration.name):
        _given(bench, elements, put, get)
    if put in usual or wanted <= seen:
        bench.check("every-member", configuration.shows_all(get, put.body))
        return
    lost = ", ".join(sorted(path for path, _ in wanted & leaves(usual[0].body) - seen))
    text = f"{get.describe()} without {lost}" if lost else "all of them"
    if not lost and not contains(get.body, put.body, wanted - seen):
        lost = text = f"{get.describe()} with all of them, and some in another element"
    bench.check("every-member", holds(not lost, text, get))


def _given(bench: Workbench, elements: tuple[str, str], put: Call, get: Response) -> None:
    """Report `generated-id`: whether each element has an id, also where none was put."""
    each, of_each = elements
    document = element(put.body)
    if len(document.findall(each)) == len(document.findall(of_each)):
        bench.skip("generated-id", because="the server refused rules without an ID")
        return
    ids = [text for text in get.texts(of_each) if text]
    wanted = len(get.xml.findall(each))
    seen = f"{len({*ids})} different of {wanted} rules"
    bench.check("generated-id", holds(len({*ids}) == wanted, seen, get))


def _named(found: Leaves, pattern: str) -> set[str]:
    """Leaves as `/path=text`, those that match a pattern."""
    spelt = {f"{path}={text}" if text else path for path, text in found}
    return {each for each in spelt if re.search(pattern, each)}
