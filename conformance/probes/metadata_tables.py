"""A bucket's metadata as tables: their configuration is created, told, changed and deleted.

What counts as proof. A number of days, or a table's name, that nobody else has put is told by
Get…, and what an update says is told after it. The tables themselves are filled within the hour
and read with another service's API, so they are not looked at. The older of the two configurations
needs a table bucket, which S3 has at another host.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucketMetadataConfiguration.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn

from conformance.probing import (
    NOT_OFFERED,
    Proof,
    Seen,
    Undecided,
    Workbench,
    decide,
    judge,
    offered,
    operation,
    shows,
)
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.xml import document
from conformance.subjects.configuration_bodies import hash_of
from conformance.verdict import Observation, Observed

TABLES: Final = "arn:aws:s3tables:us-east-1:123456789012:bucket/s3-conformance"
ON, OFF = "ENABLED", "DISABLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """One of the two configurations.

    Attributes:
        name: what the operations' names have after their verb.
        body: of Create, from a value.
        mark: the element of Get's answer that has the value.
        value: a value that nobody has used, from a nonce.
    """

    name: str
    body: Callable[[str], bytes]
    mark: str
    value: Callable[[str], str]

    def call(self, verb: str, bucket: str, body: bytes = b"") -> Call:
        """One of its operations, with the digest that AWS requires."""
        headers = content_md5(body) if body else {}
        return Call(operation=f"{verb}{self.name}", bucket=bucket, headers=headers, body=body)

    def shown(self, answer: Response, value: str) -> Proof:
        """Whether Get's answer has the value."""
        told = [element.text for element in answer.xml.iter(self.mark)]
        seen = f"{answer.call.operation} answers {answer.describe()} {answer.root or 'no XML'}"
        return shows(
            value in told,
            f"{answer.call.operation} tells {self.mark} {value}",
            f"{seen}, not {self.mark} {value}",
            otherwise=Seen.WRONG if told or answer.broke else Seen.ABSENT,
        )


def days(value: str) -> str:
    """A number of days that S3 lets records be kept."""
    return str(7 + hash_of(value) % 36500)


def _journal(value: str) -> str:
    return f"<RecordExpiration><Expiration>{ON}</Expiration><Days>{value}</Days></RecordExpiration>"


def _metadata(value: str) -> bytes:
    off = f"<ConfigurationState>{OFF}</ConfigurationState>"
    return document(
        "MetadataConfiguration",
        f"<JournalTableConfiguration>{_journal(value)}</JournalTableConfiguration>"
        f"<InventoryTableConfiguration>{off}</InventoryTableConfiguration>",
    )


def _table(value: str) -> bytes:
    where = f"<TableBucketArn>{TABLES}</TableBucketArn><TableName>{value}</TableName>"
    return document(
        "MetadataTableConfiguration", f"<S3TablesDestination>{where}</S3TablesDestination>"
    )


METADATA: Final = Tables(
    name="BucketMetadataConfiguration", body=_metadata, mark="Days", value=days
)
BY_NAME: Final = {
    METADATA.name: METADATA,
    "BucketMetadataTableConfiguration": Tables(
        name="BucketMetadataTableConfiguration", body=_table, mark="TableName", value=str
    ),
}
# What each update changes: the element it sends, and what it says.
UPDATES: Final[dict[str, tuple[str, Callable[[str], str]]]] = {
    "Annotation": ("ConfigurationState", lambda _: ON),
    "Inventory": ("ConfigurationState", lambda _: ON),
    "Journal": ("Days", days),
}


def _of(name: str, verb: str) -> Tables:
    return BY_NAME[name.removeprefix(verb)]


@operation(*(f"Create{name}" for name in BY_NAME))
def create(bench: Workbench, name: str) -> Observation:
    """Store how the bucket's metadata is kept in tables, and tell it."""
    tables = _of(name, "Create")
    bucket, value = bench.lease("metadata"), tables.value(bench.nonce())

    answer = bench.treat(tables.call("Create", bucket, tables.body(value)))
    _taken(answer)
    told = bench.effect(tables.call("Get", bucket))
    if told.status in NOT_OFFERED and told.status != 404:
        decide(Observed.UNPROVEN, f"served, but {told.call.operation} answers {told.describe()}")
    return judge(tables.shown(told, value))


@operation(*(f"Get{name}" for name in BY_NAME))
def get(bench: Workbench, name: str) -> Observation:
    """Tell how the bucket's metadata is kept in tables."""
    tables = _of(name, "Get")
    bucket, value = bench.lease("metadata"), tables.value(bench.nonce())

    created = bench.attempt(tables.call("Create", bucket, tables.body(value)))
    answer = bench.treat(tables.call("Get", bucket))

    if not created.ok:
        _nothing(created, answer)
    if answer.status != 404:
        offered(answer)
    return judge(tables.shown(answer, value))


@operation(*(f"Delete{name}" for name in BY_NAME))
def delete(bench: Workbench, name: str) -> Observation:
    """Take the configuration away; the bucket stays."""
    tables = _of(name, "Delete")
    bucket = bench.lease("metadata") if bench.sandbox.user_buckets else bench.new_bucket()
    value = tables.value(bench.nonce())

    created = bench.attempt(tables.call("Create", bucket, tables.body(value)))
    before = bench.attempt(tables.call("Get", bucket))
    answer = bench.treat(tables.call("Delete", bucket))
    bench.bucket_unharmed(bucket, answer)
    offered(answer)
    if tables.shown(before, value).seen is not Seen.HELD:
        _nothing(created, before)
    after = bench.effect(tables.call("Get", bucket))
    still = tables.shown(after, value)

    seen = f"{after.call.operation} after: {after.describe()}"
    return judge(
        shows(
            after.status == 404,
            seen,
            f"{seen}, {still.text}",
            otherwise=Seen.ABSENT if still.seen is Seen.HELD else Seen.WRONG,
        )
    )


@operation(*(f"UpdateBucketMetadata{kind}TableConfiguration" for kind in UPDATES))
def update(bench: Workbench, name: str) -> Observation:
    """Change one of the tables' configurations, and tell it."""
    kind = name.removeprefix("UpdateBucketMetadata").removesuffix("TableConfiguration")
    (element, value_of), root = UPDATES[kind], f"{kind}TableConfiguration"
    bucket, old, new = bench.lease("metadata"), days(bench.nonce()), value_of(bench.nonce())
    content = _journal(new) if kind == "Journal" else f"<{element}>{new}</{element}>"
    body = document(root, content)

    created = bench.attempt(METADATA.call("Create", bucket, METADATA.body(old)))
    before = bench.attempt(METADATA.call("Get", bucket))
    answer = bench.treat(Call(operation=name, bucket=bucket, headers=content_md5(body), body=body))
    offered(answer)
    if not created.ok:
        text = "served, but there are no tables: CreateBucketMetadataConfiguration was answered"
        decide(Observed.IGNORED, f"{text} {created.describe()}")
    after = bench.effect(METADATA.call("Get", bucket))

    said = [each.findtext(f".//{root}Result//{element}") for each in (before.xml, after.xml)]
    return judge(
        shows(
            said[1] == new != said[0],
            f"{root} had {element} {said[0]}, and then {said[1]}",
            f"{root} has {element} {said[1] or 'nothing'}, not {new}; {after.describe()}",
            otherwise=Seen.WRONG if said[1] not in (said[0], None) else Seen.ABSENT,
        )
    )


def _taken(answer: Response) -> None:
    about_tables = "table" in f"{answer.code} {answer.message}".lower()
    if answer.status in (400, 404, 409) and about_tables:
        raise Undecided(f"{answer.describe()}: there is perhaps no table bucket to write to")
    offered(answer)


def _nothing(created: Response, answer: Response) -> NoReturn:
    """Nothing is configured, as far as Get… tells."""
    if answer.ok and "Metadata" not in answer.root:
        said = answer.root or "no XML"
        decide(Observed.IGNORED, f"{answer.call.operation} answers {said}: it is not known")
    if answer.status not in (200, 404):
        offered(answer)
    text = f"{answer.call.operation} answers {answer.describe()}, but {created.call.operation}"
    decide(Observed.UNPROVEN, f"{text} was answered {created.describe()}")
