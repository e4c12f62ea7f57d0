"""The default retention of a bucket carried out: objects are locked as they are stored.

It is a day in GOVERNANCE mode, so that clean-up can remove what it locks.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from conformance.probing import (
    Comparison,
    Stored,
    Workbench,
    detail,
    has_header,
    holds,
    promise,
    refused,
)
from conformance.probing.sources import guide
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.xml import document
from conformance.subjects.bucket_configuration import Place
from conformance.subjects.carrying_out import ByOperation, CarriedOut
from conformance.subjects.locked_versions import (
    HOLD,
    MODE,
    UNTIL,
    delete_version,
    later,
    same_date,
    shown,
)
from conformance.subjects.multipart import begun
from conformance.verdict import Hazard

SOURCE: Final = guide("object-lock-configure")
DAY: Final = timedelta(days=1)
SLACK: Final = timedelta(minutes=10)
ENABLED: Final = "<ObjectLockEnabled>Enabled</ObjectLockEnabled>"
RULE: Final = (
    "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule>"
)


def _put(place: Place, rule: str) -> Call:
    body = document("ObjectLockConfiguration", f"{ENABLED}{rule}")
    return Call(
        operation="PutObjectLockConfiguration",
        bucket=place.bucket,
        headers=content_md5(body),
        body=body,
    )


def _object(bench: Workbench, place: Place, headers: dict[str, str] | None = None) -> Stored:
    body = bench.text()
    given = {**content_md5(body), **(headers or {})}
    return bench.put(body, bucket=place.bucket, headers=given)


def _default_retention(bench: Workbench, place: Place) -> None:
    # Nothing may be stored before: the probe's own default is of years.
    bench.setup(_put(place, RULE))
    try:
        _new_objects(bench, place)
    finally:
        unlocked = bench.attempt(_put(place, ""))
    if not unlocked.ok:
        text = f"{unlocked.describe()} for a configuration without a rule"
        bench.check("rule-removed", holds(False, text, unlocked))
        return
    older = _object(bench, place)
    head = bench.effect(older.call("HeadObject"))
    bench.check("rule-removed", has_header(head, MODE, None))
    get = bench.effect(Call(operation="GetObjectLockConfiguration", bucket=place.bucket))
    left = get.xml.find("Rule/DefaultRetention") is not None
    bench.check("rule-removed", holds(not left, f"{'a' if left else 'no'} default returned", get))
    bench.setup(_put(place, RULE))
    head = bench.effect(older.call("HeadObject"))
    bench.attempt(_put(place, ""))
    bench.check("older-object", has_header(head, MODE, None))
    with bench.observing("unversioned-bucket"):
        plain = Place(bucket=bench.new_bucket())
        bench.check("unversioned-bucket", refused(bench.effect(_put(plain, RULE))))


def _new_objects(bench: Workbench, place: Place) -> None:
    subject = _object(bench, place)
    head = bench.effect(subject.call("HeadObject"))
    bench.check("default-mode", shown(head, MODE, "GOVERNANCE"))
    bench.check("default-date", _a_day_later(head))
    deleted = bench.effect(delete_version(bench, head))
    seen = holds(400 <= deleted.status < 500, deleted.describe(), deleted)
    bench.check("default-kept", seen.hurting(Hazard.SILENT))
    with bench.observing("default-beside-hold"):
        free = _object(bench, place, {HOLD: "OFF"})
        head = bench.effect(free.call("HeadObject"))
        bench.check("default-beside-hold", shown(head, MODE, "GOVERNANCE"))
    with bench.observing("explicit-wins"):
        date = later()
        own = _object(bench, place, {MODE: "GOVERNANCE", UNTIL: date})
        head = bench.effect(own.call("HeadObject"))
        end = head.header(UNTIL)
        text = f"{UNTIL}: {end or 'none'}"
        bench.check("explicit-wins", holds(same_date(end, date), text, head))
    with bench.observing("default-multipart"):
        bench.check("default-multipart", _of_upload(bench, place))
    with bench.observing("default-copy"):
        source = {"x-amz-copy-source": bench.plain.source}
        call = Call(operation="CopyObject", bucket=place.bucket, key=bench.key(), headers=source)
        bench.setup(call)
        head = bench.effect(Call(operation="HeadObject", bucket=place.bucket, key=call.key))
        bench.check("default-copy", shown(head, MODE, "GOVERNANCE"))
    with bench.observing("years"):
        # Nothing is stored until the rule is gone again.
        bench.setup(_put(place, RULE.replace("Days>", "Years>")))
        get = bench.effect(Call(operation="GetObjectLockConfiguration", bucket=place.bucket))
        period = {name: get.text(f"Rule/DefaultRetention/{name}") for name in ("Days", "Years")}
        bench.check("years", holds(period == {"Days": None, "Years": "1"}, f"{period}", get))


def _of_upload(bench: Workbench, place: Place) -> Comparison:
    call = Call(operation="CreateMultipartUpload", bucket=place.bucket, key=bench.key())
    upload = begun(bench.setup(call))
    body = bench.text()
    part = bench.setup(upload.part(1, body, content_md5(body)))
    bench.setup(upload.complete([part.etag]))
    head = bench.effect(Call(operation="HeadObject", bucket=place.bucket, key=call.key))
    return shown(head, MODE, "GOVERNANCE")


def _a_day_later(head: Response) -> Comparison:
    """A date a day after the object was stored, by the server's clock."""
    until, modified = head.header(UNTIL), head.header("Last-Modified")
    text = f"{UNTIL}: {until or 'none'}, Last-Modified: {modified or 'none'}"
    try:
        end = datetime.fromisoformat((until or "")[:19]).replace(tzinfo=UTC)
        stored = parsedate_to_datetime(modified or "")
    except (ValueError, TypeError):
        return holds(False, text, head)
    return holds(abs(end - stored - DAY) <= SLACK, text, head)


CARRIED_OUT_LOCKS: Final[ByOperation] = {
    "PutObjectLockConfiguration": CarriedOut(
        observe=_default_retention,
        checks=(
            promise("default-mode", "a new object in the default mode", SOURCE),
            promise("default-date", "a new object retained for the default period", SOURCE),
            promise("default-kept", "a refusal to delete the version of a new object", SOURCE),
            promise("default-beside-hold", "the default mode beside a legal hold OFF", SOURCE),
            promise("explicit-wins", "the request's own date in place of the default", SOURCE),
            promise("default-multipart", "the default mode of a multipart object", SOURCE),
            promise("default-copy", "the default mode of a copy", SOURCE),
            promise("years", "a default of a year to be returned as one", SOURCE),
            promise("older-object", "an object stored before to stay unlocked", SOURCE),
            promise("rule-removed", "a new object not to be locked after the rule", SOURCE),
            detail("unversioned-bucket", "a refusal in a bucket without versioning", SOURCE),
        ),
    ),
}
