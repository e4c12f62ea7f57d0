"""Rules of a bucket's lifecycle carried out, as far as it shows before a day has passed.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
and https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from conformance.probing import (
    Stored,
    Undecided,
    Workbench,
    detail,
    has_header,
    holds,
    promise,
    refused,
    stored,
)
from conformance.probing.sources import api, guide
from conformance.s3.operations import Call
from conformance.subjects.bucket_configuration import Place
from conformance.subjects.carrying_out import ByOperation, CarriedOut
from conformance.subjects.lifecycles import EXPIRATION, names, put, rule

GENERAL: Final = guide("lifecycle-expire-general-considerations")
CONFLICTS: Final = guide("lifecycle-conflicts")
FILTERS: Final = guide("intro-lifecycle-filters")
PUT: Final = api("PutBucketLifecycleConfiguration")
MINIMUM: Final = "x-amz-transition-default-minimum-object-size"
BY_CLASS: Final = "varies_by_storage_class"
SMALLEST: Final = 1000  # bytes
OLDER: Final = (
    "<NoncurrentVersionExpiration><NoncurrentDays>3652</NoncurrentDays>"
    "</NoncurrentVersionExpiration>"
)


def _lifecycle(bench: Workbench, place: Place) -> None:
    bucket, name, prefix = place.bucket, f"{bench.nonce()} rule", bench.key("/")
    sooner, later = f"{bench.nonce()}-sooner", f"{bench.nonce()}-later"
    sized = f"{bench.nonce()}-sized"
    below = f"<Prefix>{prefix}sized/</Prefix>"
    size = f"<ObjectSizeGreaterThan>{SMALLEST}</ObjectSizeGreaterThan>"
    of_size = rule(sized, _days(3650), where=f"<And>{below}{size}</And>")
    older = rule("older", OLDER, where=f"<Prefix>{prefix}older/</Prefix>")
    plain = (
        rule(name, _days(3650), where=f"<Prefix>{prefix}on/</Prefix>"),
        rule(f"{name} off", _days(3651), where=f"<Prefix>{prefix}off/</Prefix>", status="Disabled"),
        rule(later, _days(3660), where=f"<Prefix>{prefix}two/</Prefix>"),
        rule(sooner, _days(3640), where=f"<Prefix>{prefix}two/</Prefix>"),
    )
    taken = _put_most(bench, bucket, plain, ((older, of_size), (older,), (of_size,)))
    told = _expirations(bench, bucket, name, prefix)
    with bench.observing("sooner-rule", "filter-size", "expiration-noncurrent"):
        if not told:
            raise Undecided("the server tells of no rule that applies")
        both = bench.put(bucket=bucket, key=f"{prefix}two/x")
        bench.check("sooner-rule", names(bench.effect(both.call("HeadObject")), sooner))
        if older in taken:
            current = bench.put(bucket=bucket, key=f"{prefix}older/x")
            head = bench.effect(current.call("HeadObject"))
            bench.check("expiration-noncurrent", has_header(head, EXPIRATION, None))
        else:
            because = "the server refuses NoncurrentVersionExpiration"
            bench.skip("expiration-noncurrent", because=because)
        if of_size not in taken:
            raise Undecided("the server refuses sizes in a Filter")
        _sized(bench, bucket, f"{prefix}sized/", sized)
    unknown = bench.effect(put(bucket, *plain).plus(headers={MINIMUM: "nonsense"}))
    bench.check("unknown-minimum-size", refused(unknown, 400))


def _put_most(
    bench: Workbench, bucket: str, plain: Sequence[str], more: Sequence[Sequence[str]]
) -> Sequence[str]:
    """Put rules with as many of those that few servers know as are taken; those that were."""
    minimum = {MINIMUM: BY_CLASS}
    for each in more:
        answer = bench.attempt(put(bucket, *plain, *each).plus(headers=minimum))
        if answer.ok:
            break
    else:
        each, answer = (), bench.setup(put(bucket, *plain).plus(headers=minimum))
    bench.check("minimum-size", has_header(answer, MINIMUM, BY_CLASS))
    return each


def _days(days: int) -> str:
    return f"<Expiration><Days>{days}</Days></Expiration>"


def _expirations(bench: Workbench, bucket: str, name: str, prefix: str) -> bool:
    """Report to which objects a rule applies; whether the server tells of that at all."""
    # The prefix is in the middle of the third's key, too.
    keys = (f"{prefix}on/x", f"{prefix}off/x", f"{bench.key('/')}{prefix}on/x")
    inside, off, outside = (
        bench.setup(Call(operation="PutObject", bucket=bucket, key=key, body=bench.text()))
        for key in keys
    )
    head = bench.effect(stored(inside).call("HeadObject"))
    end = head.header(EXPIRATION) or ""
    named = f'rule-id="{quote(name)}"' in end or f'rule-id="{name}"' in end
    right = "expiry-date=" in end and named
    told = f"{EXPIRATION}: {end or 'none'}"
    bench.check("expiration", holds(right, told, head))
    bench.check("expiration-elsewhere", has_header(outside, EXPIRATION, None))
    bench.check("expiration-disabled", has_header(off, EXPIRATION, None))
    on_put = inside.header(EXPIRATION) or ""
    bench.check("expiration-on-put", holds(bool(on_put), on_put or "none", inside))
    if not end:
        bench.skip("rule-id-encoded", "at-midnight", because=told)
        return False
    bench.check("rule-id-encoded", holds(f'rule-id="{quote(name)}"' in end, told, head))
    bench.check("at-midnight", holds(" 00:00:00 GMT" in end, told, head))
    return True


def _sized(bench: Workbench, bucket: str, prefix: str, name: str) -> None:
    small, large = (
        Stored(bucket=bucket, key=f"{prefix}{length}", body=b"", etag="")
        for length in (SMALLEST - 1, SMALLEST + 1)
    )
    for subject, length in ((small, SMALLEST - 1), (large, SMALLEST + 1)):
        bench.setup(subject.call("PutObject", body=bench.text(length)))
    bench.check("filter-size", names(bench.effect(large.call("HeadObject")), name))
    smaller = bench.effect(small.call("HeadObject"))
    bench.check("filter-size", has_header(smaller, EXPIRATION, None))


CARRIED_OUT_LIFECYCLE: Final[ByOperation] = {
    "PutBucketLifecycleConfiguration": CarriedOut(
        observe=_lifecycle,
        checks=(
            promise(
                "expiration",
                f"{EXPIRATION} with date and rule of an object under the rule's prefix",
                api("HeadObject"),
            ),
            promise(
                "expiration-elsewhere", f"no {EXPIRATION} of any other object", api("HeadObject")
            ),
            promise(
                "expiration-disabled",
                f"no {EXPIRATION} under a disabled rule's prefix",
                api("HeadObject"),
            ),
            promise(
                "expiration-noncurrent",
                f"no {EXPIRATION} of a current version by a rule about older ones",
                api("HeadObject"),
            ),
            promise("filter-size", f"{EXPIRATION} of objects above the size alone", FILTERS),
            detail("sooner-rule", "of two rules the id of that which deletes sooner", CONFLICTS),
            detail("at-midnight", "a date at midnight", GENERAL),
            detail("expiration-on-put", f"{EXPIRATION} from PutObject too", api("PutObject")),
            detail("rule-id-encoded", "a rule-id that is URL-encoded", api("HeadObject")),
            detail("minimum-size", f"{MINIMUM} to be told as it was put", PUT),
            detail("unknown-minimum-size", f"400 for a {MINIMUM} that does not exist", PUT),
        ),
    ),
}
