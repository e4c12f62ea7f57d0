"""Delete…: a bucket's configurations are taken away, and the bucket stays.

What counts as proof. What was put and read back just before is gone after, and the bucket is not:
some stores carry out the DELETE of a subresource they do not know as DeleteBucket. Where nothing
can be put, or be read, nothing can be seen to go: unproven.
Source: the Delete… pages of https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
"""

from __future__ import annotations

from typing import Final, NoReturn

from conformance.probing import Proof, Seen, Workbench, decide, judge, offered, operation, shows
from conformance.s3.response import Response
from conformance.subjects.bucket_configuration import Configuration
from conformance.subjects.bucket_configurations import CONFIGURED_BY, operations
from conformance.verdict import Observation, Observed

SECURE: Final = tuple(name for name in operations("Delete") if CONFIGURED_BY[name][1].security)
OTHERS: Final = tuple(name for name in operations("Delete") if name not in SECURE)


@operation(*SECURE, security=True)
@operation(*OTHERS)
def delete(bench: Workbench, name: str) -> Observation:
    """Take the configuration away; the bucket stays."""
    configuration = CONFIGURED_BY[name][1]
    place, (ours, other) = configuration.disposable(bench), configuration.values(bench)

    put = bench.attempt(configuration.put(place, ours))
    before = bench.attempt(configuration.get(place, ours))
    answer = bench.treat(configuration.delete(place, ours))
    bench.bucket_unharmed(place.bucket, answer)
    if not answer.not_configured:
        offered(answer)
    after = bench.effect(configuration.get(place, ours))

    had = configuration.shown(before, place, ours, other)
    if had.seen is not Seen.HELD:
        _nothing_to_delete(configuration, put, before, answer)
    return judge(_gone(after, configuration.shown(after, place, ours, other)))


def _nothing_to_delete(
    configuration: Configuration, put: Response, before: Response, answer: Response
) -> NoReturn:
    if put.ok and configuration.ignored(before):
        text = f"{before.call.operation} answers {before.root or 'no XML'}: it is not known"
        decide(Observed.IGNORED, text)
    blame = put if not put.ok else before
    text = f"{blame.call.operation} answered {blame.describe()}, so there was nothing to delete"
    decide(Observed.UNPROVEN, f"answers {answer.describe()}, but {text}")


def _gone(after: Response, shown: Proof) -> Proof:
    # It was told just before; some stores then answer no document, or one that says the default.
    gone = after.not_configured or after.ok
    seen = f"{after.call.operation} after: {after.describe()} {after.root}".rstrip()
    if shown.seen is Seen.HELD:
        return shows(False, "", f"{seen}, still with what was put")
    return shows(gone, seen, seen, otherwise=Seen.WRONG)
