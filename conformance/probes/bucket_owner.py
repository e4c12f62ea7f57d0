"""The owner check: a request is refused where another account owns the bucket it names.

An id that is certainly another account's must be refused with 403 Access Denied; a server that
ignores the header serves it. That it is not the header itself which is refused is shown by the
right id, which must be served. The right id is the one the user gives, or else the one that
ListBuckets returns, in whatever form the store has it. Where that one is refused too, an id of the
wrong length must be answered otherwise than with 403 (AWS: 400): only a server that reads the value
can tell the two apart. Where it does not, the row is unproven.
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    OPERATIONS,
    Call,
    Check,
    Comparison,
    Hazard,
    Observed,
    OperationName,
    Outcome,
    Response,
    Undecided,
    Workbench,
    core,
    decide,
    detail,
    equals,
    family,
    guide,
    holds,
    operation_named,
    promise,
)
from conformance.subjects import left_undone, smallest_requests

OWNER: Final = "x-amz-expected-bucket-owner"
SOURCE_OWNER: Final = "x-amz-source-expected-bucket-owner"
# Two, for one of them may be the account's own.
STRANGERS: Final = ("598174230666", "598174230667")
MALFORMED: Final = "5981"
PAGE: Final = guide("bucket-owner-condition")


def _reads(operation: str) -> bool:
    return OPERATIONS[operation_named(operation)].method in ("GET", "HEAD")


def _checks(operation: str, _: str) -> list[Check]:
    checks = [
        core("other-account", "403 with another account's id", PAGE),
        core("value-is-read", "another answer for an id that is right, or malformed", PAGE),
    ]
    if left_undone.shows_it(operation_named(operation)):
        checks.append(promise("nothing-done", "a refused request not to be carried out", PAGE))
    if not operation.startswith("Head"):
        checks.append(detail("code", "the error code AccessDenied", PAGE))
    if _reads(operation):  # one request more, only where it is cheap
        checks.append(detail("malformed-id", "400 for an id that is not 12 digits", PAGE))
    return checks


@family(
    OWNER,
    operations=[name for name in smallest_requests.SMALLEST if name != "ListBuckets"],
    checks=_checks,
    security=True,
)
def expected_bucket_owner(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Return 403 Access Denied, and do nothing, where another account owns the bucket."""
    _owner_check(bench, operation, feature)


@family(SOURCE_OWNER, operations=["CopyObject", "UploadPartCopy"], checks=_checks, security=True)
def source_expected_bucket_owner(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Return 403 Access Denied, and copy nothing, where another account owns the source bucket."""
    _owner_check(bench, operation, feature)


def _owner_check(bench: Workbench, operation: OperationName, feature: str) -> None:
    """All requests go to one subject: what was refused must have left it as it was."""
    given = bench.endpoint.account_id
    stranger = _stranger(given)
    subject = left_undone.refusable(bench, operation)
    call = subject.call

    wrong = bench.treat(call.plus(headers={feature: stranger}))
    if _served(wrong):
        bench.check("other-account", _comparison(False, wrong, Outcome.IGNORED))
        return
    if not _denied(wrong):
        bench.accepted(wrong, feature)
        bench.check("other-account", _comparison(False, wrong, Outcome.WRONG))
        return
    refusal = _comparison(True, wrong)
    _check_code(bench, operation, wrong)
    if subject.undone is not None:
        undone = subject.undone()
        if not bench.check("nothing-done", undone.hurting(Hazard.DESTRUCTIVE)):
            bench.check("other-account", refusal)
            return  # the subject is not as it was

    own = given or bench.shared("the account's id", _listed_id)
    right = bench.effect(call.plus(headers={feature: own})) if own else None
    malformed: Response | None = None
    if right is not None and _served(right):
        read = _comparison(True, right).after("for the owner's id")
    else:
        if right is not None and given:
            bench.accepted(right, feature)
        malformed = _malformed(bench, call, feature)
        if not _served(malformed) and not _served(plain := bench.control(call)):
            raise Undecided(f"{wrong.describe()}, but without it too: {plain.describe()}")
        if _denied(malformed):
            decide(
                Observed.UNPROVEN,
                "403 whatever the id is, and no right id is known; name it with --account-id",
            )
        read = _comparison(True, malformed).after("for an id of the wrong length")
    bench.check("other-account", refusal)
    bench.check("value-is-read", read)
    if _reads(operation):
        malformed = malformed or _malformed(bench, call, feature)
        bench.check("malformed-id", _comparison(malformed.status == 400, malformed))


def _check_code(bench: Workbench, operation: OperationName, refusal: Response) -> None:
    if not operation.startswith("Head"):
        code = refusal.code or refusal.text("Error/Code")
        bench.check("code", equals("code", code, "AccessDenied", refusal))


def _stranger(own: str | None) -> str:
    """Another account's id; it differs in its last digit alone, where the own one is known."""
    if own and own.isdigit():
        return own[:-1] + str((int(own[-1]) + 1) % 10)
    return next(each for each in STRANGERS if each != own)


def _malformed(bench: Workbench, call: Call, feature: str) -> Response:
    return bench.effect(call.plus(headers={feature: MALFORMED}))


def _listed_id(bench: Workbench) -> str:
    return bench.attempt(Call(operation="ListBuckets")).text("Owner/ID") or ""


def _served(answer: Response) -> bool:
    """Carried out; S3 may also report errors inside of a 200."""
    inner = answer.root == "Error" or answer.xml.find("Error") is not None
    return (answer.ok and not inner) or answer.not_configured


def _denied(answer: Response) -> bool:
    inner = answer.code or answer.text("Error/Code")
    return answer.status == 403 or (answer.ok and inner == "AccessDenied")


def _comparison(held: bool, answer: Response, otherwise: Outcome = Outcome.WRONG) -> Comparison:
    return holds(held, answer.describe(), answer, otherwise=otherwise)
