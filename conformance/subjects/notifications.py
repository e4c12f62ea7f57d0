"""Notifications of a bucket's events, and destinations they may go to.

EventBridge needs no resource of another service, but few stores know it. The others must exist on
most stores and need not on some, so it takes a try to find out what a bucket can be told to use.
Source:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from conformance.probing import Workbench
from conformance.s3.arns import ELEMENTS, service
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.xml import document, leaves
from conformance.subjects.bucket_configuration import Place

PUT: Final = "PutBucketNotificationConfiguration"
GET: Final = "GetBucketNotificationConfiguration"
ON: Final = "on"
OFF: Final = "off"
NAME_ONE: Final = "name one there is with --destination-arn"
# Refusals of a kind of destination, and not of the one that is named.
OF_THE_KIND: Final = ("MalformedXML", "NotImplemented", "MethodNotAllowed")
EVENT_BRIDGE: Final = "<EventBridgeConfiguration/>"


def body(value: str, place: Place) -> bytes:
    """Notify of new objects, or of nothing.

    Args:
        value: `ON` or `OFF`.
        place: its destination is an ARN, or empty for EventBridge.
    """
    return document("NotificationConfiguration", _content(place.destination) if value == ON else "")


def rich(value: str, place: Place) -> bytes:
    """The same for two kinds of events, and with a filter of names."""
    rules = "".join(
        f"<FilterRule><Name>{name}</Name><Value>{of}</Value></FilterRule>"
        for name, of in (("prefix", "images/"), ("suffix", ".jpg"))
    )
    more = f"<Event>s3:ObjectRemoved:Delete</Event><Filter><S3Key>{rules}</S3Key></Filter>"
    content = _content(place.destination, more) if value == ON else ""
    return document("NotificationConfiguration", content)


def two(value: str, place: Place) -> bytes:
    """The same, and a second configuration for other names and another event."""
    if value == OFF or not place.destination:
        return rich(value, place)
    element, where = ELEMENTS[service(place.destination)]
    second = (
        f"<{element}><Id>s3-conformance-2</Id><{where}>{place.destination}</{where}>"
        "<Event>s3:ObjectCreated:Copy</Event><Filter><S3Key><FilterRule><Name>prefix</Name>"
        f"<Value>texts/</Value></FilterRule></S3Key></Filter></{element}></Notif"
    )
    return rich(value, place).replace(b"</Notif", second.encode())


def _content(arn: str, more: str = "") -> str:
    if not arn:
        return EVENT_BRIDGE
    element, where = ELEMENTS[service(arn)]
    return (
        f"<{element}><Id>s3-conformance</Id><{where}>{arn}</{where}>"
        f"<Event>s3:ObjectCreated:Put</Event>{more}</{element}>"
    )


def strays(bench: Workbench) -> Iterator[str]:
    """ARNs of destinations that there are not."""
    for name in ("sqs", "sns"):
        yield f"arn:aws:{name}:{bench.endpoint.region or 'us-east-1'}:123456789012:{bench.nonce()}"


def notify(bucket: str, arn: str, value: str = ON) -> Call:
    """PutBucketNotificationConfiguration with one destination."""
    content = body(value, Place(bucket=bucket or "", destination=arn))
    return Call(operation=PUT, bucket=bucket, headers=content_md5(content), body=content)


def notifies(answer: Response, arn: str) -> bool:
    """Whether GetBucketNotificationConfiguration tells of this destination."""
    if not arn:
        return answer.xml.find("EventBridgeConfiguration") is not None
    return arn in {text for _, text in leaves(answer.body)}


def find_destination(bench: Workbench, place: Place) -> Place:
    """The place with a destination that it can be configured with, as far as there is one.

    The one the user names comes first, then EventBridge, then some that there are not, which not
    every store minds. The bucket is left without notifications.
    """
    given = bench.endpoint.destination_arn
    answers: dict[str, Response] = {}
    for arn in (*([given] if given else []), "", *strays(bench)):
        answers[arn] = bench.attempt(notify(place.bucket, arn))
        kept = answers[arn].ok and bench.attempt(Call(operation=GET, bucket=place.bucket))
        if kept and notifies(kept, arn):
            bench.attempt(notify(place.bucket, arn, OFF))
            return replace(place, destination=arn)
    return _without(place, answers)


def _without(place: Place, answers: Mapping[str, Response]) -> Place:
    """Every kind refused alike is a refusal of the operation; one alone, of that destination."""
    alike = len({answer.describe() for answer in answers.values()}) == 1
    for arn, answer in answers.items():
        if not (alike or answer.ok or answer.broke or answer.code in OF_THE_KIND):
            lacks = f"a destination that does not exist is refused: {answer.describe()}; {NAME_ONE}"
            return replace(place, destination=arn, lacks=lacks)
    return place
