"""Objects that a request which was refused must have left as they were."""

from __future__ import annotations

from conformance.probing import Comparison, Stored, Workbench, has_body, holds
from conformance.s3.client import Cut
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.verdict import Hazard, Outcome


def kept(
    bench: Workbench, subject: Stored, call: Call | None = None
) -> tuple[Comparison, Response | None]:
    """Whether an object still has its bytes, and GetObject of it.

    A server may have lost the bytes of an object that it still lists: it announces them and then
    closes the connection. That is told from a bad network by another object, which must be served.

    Args:
        bench: sends.
        subject: the object.
        call: GetObject of it, where it takes more than the key.

    Returns:
        The comparison, and the response; None where there was no complete one.

    Raises:
        NoAnswer: the other object cannot be read either.
    """
    call = call or subject.call("GetObject")
    plain = bench.plain
    try:
        answer = bench.effect(call)
    except Cut as trouble:
        control = bench.control(plain.call("GetObject"))
        text = f"no complete response ({trouble}), while another object is served"
        lost = holds(False, text, control).hurting(Hazard.CORRUPTING)
        return lost, None
    if answer.status == 404:
        return holds(False, f"{answer.describe()}: it is gone", answer).hurting(
            Hazard.CORRUPTING
        ), answer
    return has_body(answer, subject.body, otherwise=Outcome.WRONG), answer
