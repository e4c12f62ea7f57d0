"""A bucket's metadata as tables: their configuration is created, returned, changed and deleted.

A number of days, or a table's name, that nobody else has put is returned by Get…, and what an
update sets is returned after it. The tables themselves are filled within the hour
and read with another service's API, so they are not looked at. The older of the two configurations
needs a table bucket, which S3 has at another host.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn

from conformance.probing import (
    NOT_OFFERED,
    Call,
    Check,
    Comparison,
    Observed,
    Outcome,
    Response,
    Undecided,
    Workbench,
    api,
    content_md5,
    core,
    decide,
    document,
    has_status,
    holds,
    offered,
    operation,
    operation_named,
    promise,
)
from conformance.subjects import configuration_bodies

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
        name = operation_named(f"{verb}{self.name}")
        return Call(operation=name, bucket=bucket, headers=headers, body=body)

    def shows(self, answer: Response, value: str) -> Comparison:
        """Whether Get's answer has the value."""
        values = [element.text for element in answer.xml.iter(self.mark)]
        named = ", ".join(str(each) for each in values) or "none"
        text = f"{answer.describe()} {answer.root or 'no XML'} with {self.mark} {named}"
        otherwise = Outcome.WRONG if values or answer.broke else Outcome.IGNORED
        return holds(value in values, text, answer, otherwise=otherwise)


def days(value: str) -> str:
    """A number of days that S3 lets records be kept."""
    return str(7 + configuration_bodies.hash_of(value) % 36500)


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


def _create_checks(name: str, _: str) -> list[Check]:
    tables = _of(name, "Create")
    return [
        core("reads-back", f"Get{tables.name} to return {tables.mark} as it was put", api(name)),
        promise("root-element", f"a root element of Get{tables.name}'s", api(f"Get{tables.name}")),
    ]


@operation(*(operation_named(f"Create{name}") for name in BY_NAME), checks=_create_checks)
def create(bench: Workbench, name: str) -> None:
    """Store how the bucket's metadata is kept in tables."""
    tables = _of(name, "Create")
    bucket, value = bench.lease("metadata"), tables.value(bench.nonce())

    answer = bench.treat(tables.call("Create", bucket, tables.body(value)))
    _taken(answer)
    get = bench.effect(tables.call("Get", bucket))
    if get.status in NOT_OFFERED and get.status != 404:
        decide(Observed.UNPROVEN, f"served, but {get.call.operation} returns {get.describe()}")
    if bench.check("reads-back", tables.shows(get, value)):
        bench.check("root-element", _root(get))


def _root(answer: Response) -> Comparison:
    return holds("Metadata" in answer.root, f"root element {answer.root}", answer)


def _get_checks(name: str, _: str) -> list[Check]:
    tables = _of(name, "Get")
    return [
        core("reads-back", f"{tables.mark} as Create{tables.name} stored it", api(name)),
        promise("root-element", f"a root element of {name}'s", api(name)),
        promise("never-configured", "404 for a bucket never configured", api(name)),
    ]


@operation(*(operation_named(f"Get{name}") for name in BY_NAME), checks=_get_checks)
def get(bench: Workbench, name: str) -> None:
    """Return how the bucket's metadata is kept in tables."""
    tables = _of(name, "Get")
    bucket, value = bench.lease("metadata"), tables.value(bench.nonce())

    created = bench.attempt(tables.call("Create", bucket, tables.body(value)))
    answer = bench.treat(tables.call("Get", bucket))

    if not created.ok:
        _nothing(created, answer)
    if answer.status != 404:
        offered(answer)
    if not bench.check("reads-back", tables.shows(answer, value)):
        return
    bench.check("root-element", _root(answer))
    with bench.observing("never-configured"):
        if bench.sandbox.user_buckets:
            raise Undecided("the given bucket may be configured")
        fresh = bench.effect(tables.call("Get", bench.bucket))
        bench.check("never-configured", has_status(fresh, 404))


def _delete_checks(name: str, _: str) -> list[Check]:
    tables = _of(name, "Delete")
    return [core("gone", f"404 from Get{tables.name} after", api(name))]


@operation(*(operation_named(f"Delete{name}") for name in BY_NAME), checks=_delete_checks)
def delete(bench: Workbench, name: str) -> None:
    """Delete the configuration; the bucket stays."""
    tables = _of(name, "Delete")
    bucket = bench.lease("metadata") if bench.sandbox.user_buckets else bench.new_bucket()
    value = tables.value(bench.nonce())

    created = bench.attempt(tables.call("Create", bucket, tables.body(value)))
    before = bench.attempt(tables.call("Get", bucket))
    answer = bench.treat(tables.call("Delete", bucket))
    bench.bucket_unharmed(bucket, answer)
    offered(answer)
    if not tables.shows(before, value).held:
        _nothing(created, before)
    after = bench.effect(tables.call("Get", bucket))
    still = tables.shows(after, value)
    otherwise = Outcome.IGNORED if still.held else Outcome.WRONG
    bench.check("gone", holds(after.status == 404, still.text, after, otherwise=otherwise))


def _update_checks(name: str, _: str) -> list[Check]:
    element = UPDATES[_kind(name)][0]
    return [
        core("changed", f"GetBucketMetadataConfiguration to return the new {element}", api(name)),
        promise("others-stay", "the other tables as they were", api(name)),
    ]


def _kind(name: str) -> str:
    return name.removeprefix("UpdateBucketMetadata").removesuffix("TableConfiguration")


@operation(
    *(operation_named(f"UpdateBucketMetadata{kind}TableConfiguration") for kind in UPDATES),
    checks=_update_checks,
)
def update(bench: Workbench, name: str) -> None:
    """Change the configuration of one of the tables, and of no other."""
    kind = _kind(name)
    (element, value_of), root = UPDATES[kind], f"{kind}TableConfiguration"
    bucket, old, new = bench.lease("metadata"), days(bench.nonce()), value_of(bench.nonce())
    content = _journal(new) if kind == "Journal" else f"<{element}>{new}</{element}>"
    body = document(root, content)

    created = bench.attempt(METADATA.call("Create", bucket, METADATA.body(old)))
    before = bench.attempt(METADATA.call("Get", bucket))
    call = Call(
        operation=operation_named(name), bucket=bucket, headers=content_md5(body), body=body
    )
    offered(bench.treat(call))
    if not created.ok:
        text = "served, but no tables are configured: CreateBucketMetadataConfiguration returned"
        decide(Observed.IGNORED, f"{text} {created.describe()}")
    after = bench.effect(METADATA.call("Get", bucket))

    was, is_ = (each.xml.findtext(f".//{root}Result//{element}") for each in (before, after))
    otherwise = Outcome.IGNORED if is_ in (was, None) else Outcome.WRONG
    text = f"{after.describe()} with {element} {is_ or 'missing'}, and {was or 'none'} before"
    changed = holds(is_ == new != was, text, before, after, otherwise=otherwise)
    if bench.check("changed", changed) and kind != "Journal":
        bench.check("others-stay", METADATA.shows(after, old))


def _taken(answer: Response) -> None:
    about_tables = "table" in f"{answer.code} {answer.message}".lower()
    if answer.status in (400, 404, 409) and about_tables:
        raise Undecided(f"{answer.describe()}: there is perhaps no table bucket to write to")
    offered(answer)


def _nothing(created: Response, answer: Response) -> NoReturn:
    """Nothing is configured, as far as Get… shows."""
    if answer.ok and "Metadata" not in answer.root:
        root = answer.root or "no XML"
        decide(Observed.IGNORED, f"{answer.call.operation} returns {root}: it is not known")
    if answer.status not in (200, 404):
        offered(answer)
    text = f"{answer.call.operation} returns {answer.describe()}, but {created.call.operation}"
    decide(Observed.UNPROVEN, f"{text} returned {created.describe()}")
