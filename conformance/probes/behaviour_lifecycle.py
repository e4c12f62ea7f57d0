"""What the rules of a lifecycle may say, and what a server tells of them by itself.

What a rule does to an object shows after a day; that it applies shows at once, in the headers
`x-amz-expiration` of objects and `x-amz-abort-date` of uploads. Source:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from conformance.probing import (
    R2,
    Call,
    Check,
    Outcome,
    Workbench,
    api,
    behaviour,
    core,
    detail,
    equals,
    guide,
    has_header,
    holds,
    leaves,
    offered,
    promise,
    refused,
)
from conformance.subjects.lifecycles import (
    DAYS,
    ELEMENTS,
    EXPIRATION,
    PUT,
    expire,
    get,
    names,
    put,
    rule,
)
from conformance.subjects.multipart import begun

GENERAL: Final = guide("lifecycle-expire-general-considerations")
R2_PAGE: Final = f"{R2}/buckets/object-lifecycles/"
CREATE: Final = api("CreateMultipartUpload")
COMPLETE: Final = api("CompleteMultipartUpload")
ABORT_DATE: Final = "x-amz-abort-date"
ABORT_RULE: Final = "x-amz-abort-rule-id"
EXPIRY: Final = re.compile(r'expiry-date="([^"]+)"')
ABORTION: Final = "AbortIncompleteMultipartUpload"


def _about(text: str | None, days: int) -> bool:
    """Whether a date is so many days ahead; servers round to the next midnight."""
    try:
        when = parsedate_to_datetime(text or "")
    except (TypeError, ValueError):
        return False
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return abs(when - datetime.now(UTC) - timedelta(days=days)) <= timedelta(days=3)


@behaviour(
    "Lifecycle",
    "expiration-header",
    checks=(
        core("head", f"the rule's id in {EXPIRATION} on HeadObject", GENERAL),
        promise("put", f"the same on PutObject ({EXPIRATION})", api("PutObject")),
        promise("get", f"the same on GetObject ({EXPIRATION})", api("GetObject")),
        detail("copy", f"the same on CopyObject ({EXPIRATION})", api("CopyObject")),
        detail("upload", f"the same on CompleteMultipartUpload ({EXPIRATION})", COMPLETE),
        promise("date", f"a date about {DAYS} days ahead in it", GENERAL),
        promise("other-prefix", f"no {EXPIRATION} of an object that no rule is about", GENERAL),
        promise("disabled-rule", f"no {EXPIRATION} by a rule that is disabled", ELEMENTS),
        promise("earlier-object", "the header of an object from before the rule", GENERAL),
        promise("removed", f"no {EXPIRATION} once the rules are deleted", GENERAL),
    ),
)
def expiration_header(bench: Workbench, _: str) -> None:
    """Tell of an object when a rule will delete it, and which one."""
    bucket, name, prefix = bench.lease("lifecycle header"), bench.nonce(), bench.key("/")
    sleeping, asleep = bench.nonce(), bench.key("/")
    earlier = bench.put(bucket=bucket, key=f"{prefix}earlier")
    rules = (expire(name, prefix), expire(sleeping, asleep, "Disabled"))
    offered(bench.treat(put(bucket, *rules)))
    write = Call(operation="PutObject", bucket=bucket, key=f"{prefix}a", body=bench.text())
    stored = bench.setup(write)
    head = replace(write, operation="HeadObject", body=b"")
    answer = bench.effect(head)
    bench.check("head", names(answer, name))
    bench.check("put", names(stored, name))
    bench.check("get", names(bench.effect(replace(head, operation="GetObject")), name))
    source = {"x-amz-copy-source": earlier.source}
    copy = Call(operation="CopyObject", bucket=bucket, key=f"{prefix}b", headers=source)
    bench.check("copy", names(bench.effect(copy), name))
    with bench.observing("upload"):
        begin = Call(operation="CreateMultipartUpload", bucket=bucket, key=f"{prefix}c")
        upload = begun(bench.setup(begin))
        part = bench.setup(upload.part(1, bench.text()))
        bench.check("upload", names(bench.effect(upload.complete([part.etag])), name))
    found = EXPIRY.search(answer.header(EXPIRATION) or "")
    seen = f"{EXPIRATION}: {answer.header(EXPIRATION) or 'none'}"
    if found:
        bench.check("date", holds(_about(found[1], DAYS), seen, answer))
    else:
        bench.skip("date", because=seen)
    bench.check("earlier-object", names(bench.effect(earlier.call("HeadObject")), name))
    for check, key in (("other-prefix", bench.key()), ("disabled-rule", f"{asleep}a")):
        other = bench.put(bucket=bucket, key=key)
        back = bench.effect(other.call("HeadObject"))
        bench.check(check, has_header(back, EXPIRATION, None))
    bench.setup(Call(operation="DeleteBucketLifecycle", bucket=bucket))
    bench.check("removed", has_header(bench.effect(head), EXPIRATION, None))


@behaviour(
    "Lifecycle",
    "abort-date",
    checks=(
        core("date", f"a date 30 days ahead in {ABORT_DATE} of an upload", CREATE),
        promise("rule", f"the rule's id in {ABORT_RULE}", CREATE),
        promise("list-parts", "both on ListParts", api("ListParts")),
        promise("other-prefix", f"no {ABORT_DATE} of an upload that no rule is about", CREATE),
    ),
)
def abort_date(bench: Workbench, _: str) -> None:
    """Tell of an upload when a rule will abort it, and which one."""
    bucket, name, prefix = bench.lease("lifecycle header"), bench.nonce(), bench.key("/")
    action = _abortion(30)
    offered(bench.treat(put(bucket, rule(name, action, where=f"<Prefix>{prefix}</Prefix>"))))
    begin = Call(operation="CreateMultipartUpload", bucket=bucket, key=f"{prefix}a")
    answer = bench.setup(begin)
    told = answer.header(ABORT_DATE)
    absent = Outcome.WRONG if told else Outcome.IGNORED
    seen = f"{ABORT_DATE}: {told or 'none'}"
    bench.check("date", holds(_about(told, 30), seen, answer, otherwise=absent))
    bench.check("rule", has_header(answer, ABORT_RULE, name))
    query = {"uploadId": answer.text("UploadId") or "none"}
    listing = bench.effect(replace(begin, operation="ListParts", query=query))
    right = (listing.header(ABORT_DATE), listing.header(ABORT_RULE)) == (told, name)
    seen = f"{ABORT_DATE}: {listing.header(ABORT_DATE) or 'none'}"
    bench.check("list-parts", holds(right, seen, listing))
    other = bench.setup(replace(begin, key=bench.key()))
    bench.check("other-prefix", has_header(other, ABORT_DATE, None))


def _abortion(days: object) -> str:
    return f"<{ABORTION}><DaysAfterInitiation>{days}</DaysAfterInitiation></{ABORTION}>"


def _date(days: int) -> str:
    """A midnight so many days ahead: S3 takes no other time of the day."""
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%dT00:00:00Z}"


def _transition(days: object, name: str = "STANDARD_IA") -> str:
    return f"<Transition><Days>{days}</Days><StorageClass>{name}</StorageClass></Transition>"


def _deletion(element: str, value: object) -> str:
    return f"<Expiration><{element}>{value}</{element}></Expiration>"


@dataclass(frozen=True, slots=True)
class _Element:
    """An element of a rule.

    Attributes:
        path: where it stands in the document.
        rule: the rule with a value of it.
        values: two that are right.
        invalid: one that S3 refuses; None where there is none.
    """

    path: str
    rule: Callable[[str], str]
    values: tuple[str, str]
    invalid: str | None


RULES: Final = {
    "expiration-days": _Element(
        "Expiration/Days", lambda value: rule("r", _deletion("Days", value)), ("60", "90"), "0"
    ),
    "expiration-date": _Element(
        "Expiration/Date",
        lambda value: rule("r", _deletion("Date", value)),
        (_date(60), _date(90)),
        "soon",
    ),
    "transition-to-standard-ia": _Element(
        "Transition/Days", lambda value: rule("r", _transition(value)), ("60", "90"), "-1"
    ),
    "abort-incomplete-upload": _Element(
        f"{ABORTION}/DaysAfterInitiation",
        lambda value: rule("r", _abortion(value)),
        ("6", "9"),
        "0",
    ),
    "filter-prefix": _Element(
        "Filter/Prefix",
        lambda value: rule("r", _deletion("Days", "60"), where=f"<Prefix>{value}</Prefix>"),
        ("one/", "other/"),
        None,
    ),
}
# Elements that say what a rule does, and when.
ACTIONS: Final = ("Days", "Date", "StorageClass", "DaysAfterInitiation", "NoncurrentDays")


def _element_checks(_: str, name: str) -> list[Check]:
    path = RULES[name].path.replace("/", ".")
    checks = [
        core("returned", f"{path} as it was put", PUT),
        core("changed", f"another {path} once that is put", PUT),
        promise("nothing-else", "no action that was not put", PUT),
        promise("deleted", "no rules once they are deleted", api("DeleteBucketLifecycle")),
    ]
    if RULES[name].invalid is not None:
        checks.append(detail("invalid", f"a refusal of an invalid {path}", PUT))
    return checks


@behaviour("Lifecycle", *RULES, checks=_element_checks)
def element(bench: Workbench, name: str) -> None:
    """Keep a rule with this element as it was put."""
    bucket, it = bench.lease("lifecycle"), RULES[name]
    for check, value in zip(("returned", "changed"), it.values, strict=True):
        call = put(bucket, it.rule(value))
        offered(bench.treat(call))
        answer = bench.effect(get(bucket))
        told = [text for path, text in sorted(leaves(answer.body)) if path.endswith(it.path)]
        if it.path.endswith("Date"):  # some write parts of a second, too
            told = [f"{text[:19]}Z" for text in told]
        bench.check(check, equals(it.path, told, [value], answer))
        actions = _actions(answer.body) - _actions(call.body)
        bench.check("nothing-else", equals("other actions", actions, set(), answer))
    bench.setup(Call(operation="DeleteBucketLifecycle", bucket=bucket))
    gone = bench.effect(get(bucket))
    rules = len(gone.texts("Rule"))
    right = not rules and (gone.ok or gone.not_configured)
    bench.check("deleted", holds(right, f"{gone.describe()} with {rules} rules", gone))
    if it.invalid is not None:
        bench.check("invalid", refused(bench.effect(put(bucket, it.rule(it.invalid)))))


def _actions(body: bytes) -> set[str]:
    paths = (path.rpartition("Rule/")[2] for path, _ in leaves(body))
    return {path for path in paths if path.endswith(ACTIONS)}


@behaviour(
    "Lifecycle",
    "default-rule",
    checks=(
        core("rule", "a rule of a new bucket that aborts uploads after 7 days", R2_PAGE),
        promise("replaced", "the rules that are put in its place, alone", R2_PAGE),
    ),
)
def default_rule(bench: Workbench, _: str) -> None:
    """Abort the uploads of a new bucket after seven days."""
    bucket = bench.new_bucket()
    answer = bench.treat(get(bucket))
    days = answer.texts(f"Rule/{ABORTION}/DaysAfterInitiation")
    otherwise = Outcome.IGNORED if answer.not_configured or answer.ok else Outcome.WRONG
    seen = f"{answer.describe()} with {ABORTION} after {days or 'no'} days"
    bench.check("rule", holds("7" in days, seen, answer, otherwise=otherwise))
    name = bench.nonce()
    offered(bench.effect(put(bucket, expire(name, "p/"))))
    back = bench.effect(get(bucket))
    bench.check("replaced", equals("rules", back.texts("Rule/ID"), [name], back))
