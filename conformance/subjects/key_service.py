"""The server's key service: what storing with one of its keys takes, and what is shown then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conformance.probing import Undecided, Workbench
from conformance.s3.operations import OperationName
from conformance.s3.response import Response
from conformance.subjects.writes import write_call, written

SSE: Final = "x-amz-server-side-encryption"
KEY_ID: Final = f"{SSE}-aws-kms-key-id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kms:
    """What storing with a key of the server's key service takes.

    Attributes:
        headers: of a request that is served; empty where there is none.
        key_id: of the key that is used, if it is known.
        head: HeadObject of an object stored so; None where there is none.
        refusal: what storing was answered; None where it was served.
    """

    headers: dict[str, str]
    key_id: str | None = None
    head: Response | None = None
    refusal: str | None = None


def _key_service(bench: Workbench) -> Kms:
    """Store with the key the user names, or with the default key.

    Raises:
        Undecided: refused, and perhaps only because no key was named.
    """
    given = bench.endpoint.kms_key_id
    headers = {SSE: "aws:kms", **({KEY_ID: given} if given else {})}
    answer = bench.attempt(write_call(bench, "PutObject", headers))
    if answer.ok:
        head = bench.setup(written(bench, answer).call("HeadObject"))
        return Kms(headers=headers, key_id=given or head.header(KEY_ID), head=head)
    if given is None and answer.status != 501:
        hint = "" if answer.broke else "; name a key with --kms-key-id"
        raise Undecided(f"aws:kms: {answer.describe()}{hint}")
    return Kms(headers={}, refusal=answer.describe())


def key_service(bench: Workbench) -> Kms:
    """What storing with a key of the server's key service takes; asked once a process.

    Raises:
        Undecided: refused, and perhaps only because no key was named.
    """
    return bench.shared("a key service", _key_service)


def plain_head(bench: Workbench) -> Response:
    """HeadObject of an object that was stored without asking for encryption."""

    def once(bench: Workbench) -> Response:
        return bench.setup(bench.plain.call("HeadObject"))

    return bench.shared("HeadObject of a plain object", once)


def written_head(bench: Workbench, answer: Response) -> Response:
    """HeadObject of what a served request of `write_call` stored."""
    return bench.effect(written(bench, answer).call("HeadObject"))


def shown_with_kms(bench: Workbench, operation: OperationName) -> Response | None:
    """HeadObject of an object stored with `aws:kms`, which shows it; None where none can be.

    Nor where every object shows an algorithm: then it shows nothing of what was asked for.
    """
    try:
        kms = key_service(bench)
    except Undecided:
        return None
    if not kms.headers or plain_head(bench).header(SSE):
        return None
    answer = bench.treat(write_call(bench, operation, kms.headers))
    head = written_head(bench, answer) if answer.ok else None
    return head if head is not None and head.header(SSE) == kms.headers[SSE] else None
