"""Tags given to an object as it is stored.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import Seen, Stored, Workbench, decide, family, judge, probe, shows
from conformance.s3.operations import OperationName
from conformance.subjects.object_tags import HEADER, NAME, NONE, one, tagged, tags
from conformance.subjects.stored_headers import write
from conformance.subjects.writes import WRITES, write_call, written
from conformance.verdict import Observation, Observed

DIRECTIVE: Final = "x-amz-tagging-directive"


@family(HEADER, operations=WRITES)
def tagging(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Store the object with these tags; a copy has its source's unless they are to be replaced."""
    tag = f"{NAME}={bench.nonce()}"

    wrote = write(bench, operation, {feature: tag}, DIRECTIVE)
    seen = tags(bench, written(bench, bench.accepted(wrote.answer, feature)))

    return wrote.judge(
        shows(
            seen in one(tag),
            f"the object has {seen}",
            f"the object has {seen}, not {tag}",
            otherwise=Seen.ABSENT if seen == NONE else Seen.WRONG,
        )
    )


@probe(f"CopyObject/{DIRECTIVE}")
def tagging_directive(bench: Workbench) -> Observation:
    """With COPY, give the copy the source's tags; with REPLACE, those of the request: none here."""
    source = tagged(bench)

    copied = _copy(bench, source.stored, "COPY")
    replaced = _copy(bench, source.stored, "REPLACE")

    had = tags(bench, source.stored)
    if had == NONE:
        decide(Observed.IGNORED, "served, though no way was found to give an object tags")
    of_copy, of_replaced = tags(bench, copied), tags(bench, replaced)
    return judge(
        shows(
            (of_copy, of_replaced) == (had, NONE),
            f"of {had}, COPY leaves {of_copy} and REPLACE {of_replaced}",
            f"of {had}, COPY leaves {of_copy} and REPLACE {of_replaced}",
            otherwise=Seen.ABSENT if of_copy == of_replaced else Seen.WRONG,
        )
    )


def _copy(bench: Workbench, source: Stored, directive: str) -> Stored:
    headers = {"x-amz-copy-source": source.source, DIRECTIVE: directive}
    answer = bench.treat(write_call(bench, "CopyObject", headers))
    return written(bench, bench.accepted(answer, DIRECTIVE))
