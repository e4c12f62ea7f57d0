"""Multi-factor authentication for deletions: the header with a device's serial number and code.

Only a bucket where MFA delete is on needs the header, and no device is at hand. A server that reads
it everywhere refuses a value that names no device. One that serves that value may read the header
where MFA delete is on, so it is asked there, if the server lets a client without a device turn it
on; else nothing can be seen, and the row is unproven.
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Call,
    Check,
    Comparison,
    Observed,
    OperationName,
    Response,
    Workbench,
    content_md5,
    core,
    decide,
    document,
    family,
    guide,
    holds,
    refused,
)
from conformance.subjects import smallest_requests

MFA: Final = "x-amz-mfa"
MALFORMED: Final = "no-device"
WELL_FORMED: Final = "20899872 301749"
OPERATIONS: Final[tuple[OperationName, ...]] = (
    "DeleteObject",
    "DeleteObjects",
    "PutBucketVersioning",
)
PAGE: Final = guide("MultiFactorAuthenticationDelete")
CHECKS: Final[tuple[Check, ...]] = (
    core("malformed", "a refusal of a value that names no device", PAGE),
    core("missing", "a refusal without the header where MFA delete is on", PAGE),
)


@family(MFA, operations=OPERATIONS, checks=CHECKS, security=True)
def mfa(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Read the device's serial number and code, and refuse what is neither."""
    call = smallest_requests.SMALLEST[operation](bench)

    malformed = bench.treat(call.plus(headers={feature: MALFORMED}))
    if malformed.status == 501 or malformed.broke:
        bench.accepted(malformed, feature)
    if _served(malformed):
        _where_it_is_on(bench, operation, feature)
        return
    well_formed = bench.effect(call.plus(headers={feature: WELL_FORMED}))
    if not _served(well_formed):
        bench.setup(call)
    if well_formed.describe() == malformed.describe():
        text = f"{malformed.describe()}, whatever its value is; without a device no other is known"
        decide(Observed.UNPROVEN, text)
    bench.check("malformed", _refused(malformed))
    bench.skip("missing", because="turning MFA delete on takes a device")


def _where_it_is_on(bench: Workbench, operation: OperationName, feature: str) -> None:
    """A bucket whose versions may not be deleted without a code."""
    bucket, flag = bench.new_bucket(), {feature: WELL_FORMED}
    on = bench.attempt(_versioning(bucket, "Enabled").plus(headers=flag))
    get = bench.attempt(Call(operation="GetBucketVersioning", bucket=bucket))
    if get.text("MfaDelete") != "Enabled":
        text = f"turning that on without a device: {on.describe()}"
        decide(Observed.UNPROVEN, f"served where MFA delete is off, and {text}")
    try:
        # In this order, for the second may turn it off.
        bench.check("missing", _refused(bench.effect(_guarded(bench, operation, bucket))))
        call = _guarded(bench, operation, bucket)
        with_it = bench.effect(call.plus(headers={feature: MALFORMED}))
        bench.check("malformed", _refused(with_it))
    finally:  # the bucket must be possible to empty
        bench.attempt(_versioning(bucket, "Disabled").plus(headers=flag))


def _guarded(bench: Workbench, operation: OperationName, bucket: str) -> Call:
    """A request that needs a code there: a version's deletion, or a change of versioning."""
    if operation == "PutBucketVersioning":
        return _versioning(bucket, "Disabled")
    subject = bench.put(bucket=bucket)
    if operation == "DeleteObject":
        return subject.call(operation, query={"versionId": subject.version or "null"})
    return smallest_requests.delete_objects(subject, version=subject.version or "null")


def _served(answer: Response) -> bool:
    """Carried out; DeleteObjects reports refusals inside of a 200."""
    return answer.ok and answer.xml.find("Error") is None


def _refused(answer: Response) -> Comparison:
    if answer.ok and not _served(answer):
        return holds(True, f"{answer.describe()} with Error {answer.text('Error/Code')}", answer)
    return refused(answer)


def _versioning(bucket: str, mfa_delete: str) -> Call:
    body = document(
        "VersioningConfiguration",
        f"<MfaDelete>{mfa_delete}</MfaDelete><Status>Enabled</Status>",
    )
    return Call(
        operation="PutBucketVersioning", bucket=bucket, headers=content_md5(body), body=body
    )
