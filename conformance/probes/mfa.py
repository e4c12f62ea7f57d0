"""Multi-factor authentication for deletions: the header with a device's serial number and code.

Only a bucket whose owner has put a device to use needs the header, and no device is at hand. But a
server that reads it refuses a value that names no device, and one that ignores it serves that.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import Workbench, decide, family, judge, refuses
from conformance.s3.operations import OperationName
from conformance.subjects.smallest_requests import SMALLEST
from conformance.verdict import Observation, Observed

MFA: Final = "x-amz-mfa"
MALFORMED: Final = "no-device"
WELL_FORMED: Final = "20899872 301749"
OPERATIONS: Final = ("DeleteObject", "DeleteObjects", "PutBucketVersioning")


@family(MFA, operations=OPERATIONS, security=True)
def mfa(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Read the device's serial number and code, and refuse what is neither."""
    call = SMALLEST[operation](bench)

    malformed = bench.treat(call.plus(headers={feature: MALFORMED}))
    if malformed.ok or malformed.status == 501 or malformed.broke:
        bench.accepted(malformed, feature)
        return judge(refuses("with a value that names no device", malformed))
    well_formed = bench.effect(call.plus(headers={feature: WELL_FORMED}))
    if not well_formed.ok:
        bench.setup(call)
    if well_formed.describe() == malformed.describe():
        text = f"{malformed.describe()}, whatever its value is; without a device no other is known"
        decide(Observed.UNPROVEN, text)
    return judge(refuses("with a value that names no device", malformed))
