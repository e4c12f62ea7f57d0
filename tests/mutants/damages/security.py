"""What can go wrong with locks, grants, owners and payers."""

from __future__ import annotations

from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, anywhere, or_ignored, wrong
from tests.mutants.damaging import (
    Behind,
    denied,
    done_all_the_same,
    headed,
    is_head,
    lenient,
    strangers,
    when,
    with_header,
)
from tests.mutants.remembering import echoed

NO_OTHER_EFFECT: Final = "to refuse is all that the header does, so who never refuses ignores it"
FOR_ALL: Final = "done whether it is asked for or not, it is no effect of the row's"


def _free(request: Request, behind: Behind) -> Answer:
    """A stranger counts as one who pays."""
    return behind.ask(with_header(request, "x-amz-request-payer", "requester"))


def _every_bucket_locks(request: Request, behind: Behind) -> Answer:
    if "object-lock" not in request.query or request.method != "GET":
        return behind.ask(request)
    return Answer(
        status=200,
        body=b"<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
        b"</ObjectLockConfiguration>",
    )


def _bypassed(request: Request, behind: Behind) -> Answer:
    """Retention keeps nobody from deleting."""
    if "versionId" in request.query or b"<VersionId>" in request.body:
        return behind.ask(with_header(request, "x-amz-bypass-governance-retention", "true"))
    return behind.ask(request)


LINES: Final[tuple[Line, ...]] = (
    # Locks.
    *((f".*/{name}", or_ignored("the answer is an echo, and nothing is locked",
        anywhere("only echoed", echoed(*LOCK))))
      for LOCK in [("x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date",
                    "x-amz-object-lock-legal-hold")] for name in LOCK),
    *((f".*/{name}", anywhere("told otherwise", when(is_head, headed(name, value))))
      for name, value in (("x-amz-object-lock-mode", "COMPLIANCE"),
                          ("x-amz-object-lock-retain-until-date", "2099-01-01T00:00:00Z"),
                          ("x-amz-object-lock-legal-hold", "OFF"))),
    (".*/x-amz-object-lock-(mode|retain-until-date)", or_ignored(
        "nothing is locked against anybody", anywhere("deleted all the same", _bypassed))),
    (".*/x-amz-bypass-governance-retention", or_ignored(
        FOR_ALL, anywhere("bypassed without it", _bypassed))),
    (".*/x-amz-bucket-object-lock-enabled", or_ignored(
        FOR_ALL, anywhere("said of every bucket", _every_bucket_locks))),
    # Lists of who may do what.
    (".*/x-amz-(acl|grant-.*)", anywhere("shown, and not enforced", strangers(denied))),
    # Owners and payers.
    *((f"{operation}/x-amz-expected-bucket-owner", wrong("refused, and done",
        done_all_the_same("x-amz-expected-bucket-owner")))
      for operation in ("PutObject", "CopyObject", "CompleteMultipartUpload", "DeleteObject")),
    ("CopyObject/x-amz-source-expected-bucket-owner", wrong("refused, and done",
        done_all_the_same("x-amz-source-expected-bucket-owner"))),
    (".*/x-amz-(source-)?expected-bucket-owner", or_ignored(NO_OTHER_EFFECT, wrong(
        "strangers are served", lenient(
            "x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner")))),
    (".*/x-amz-request-payer", or_ignored(
        "nobody is ever refused", anywhere("strangers are served free", strangers(_free)))),
)  # fmt: skip
