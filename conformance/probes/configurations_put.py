"""Put…: a bucket's configurations are stored, and replaced.

What counts as proof. A value of our own reads back with Get, and so does the one that replaces
it. A store that answers 200 and shows nothing of it has ignored the request, also where it has
carried it out as CreateBucket. Where Get is refused, a body that is no configuration tells more:
who serves that too has ignored it; else the row is unproven.
Source: the Put… pages of https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NoReturn

from conformance.probing import Proof, Seen, Workbench, decide, judge, operation, refuses
from conformance.s3.checksums import content_md5
from conformance.s3.response import Response
from conformance.s3.xml import document, leaves
from conformance.subjects.bucket_configuration import Configuration, Place
from conformance.subjects.bucket_configurations import CONFIGURED_BY, operations
from conformance.verdict import Observation, Observed

SECURE: Final = tuple(name for name in operations("Put") if CONFIGURED_BY[name][1].security)
OTHERS: Final = tuple(name for name in operations("Put") if name not in SECURE)
NONSENSE: Final = document("Nonsense", "<Status>nonsense</Status>")


@operation(*SECURE, security=True)
@operation(*OTHERS)
def put(bench: Workbench, name: str) -> Observation:
    """Store the configuration: it reads back as it was put, and so does the next one put."""
    configuration = CONFIGURED_BY[name][1]
    place, (ours, other) = configuration.lease(bench), configuration.values(bench)

    configuration.taken(place, bench.treat(configuration.put(place, ours)))
    get = bench.effect(configuration.get(place, ours))
    if not (get.ok or get.not_configured or get.broke):
        _unread(bench, configuration, place, get)
    first, *lost = configuration.read_back(get, place, ours, other)
    if first.seen is not Seen.HELD:  # the other may be how it was before
        return judge(_unmoved(bench, configuration, place, get, first))
    answer = bench.treat(configuration.put(place, other))
    replaced = bench.effect(configuration.get(place, other)) if answer.ok else answer
    return judge(first, configuration.shown(replaced, place, other, ours), also=lost)


def _unmoved(
    bench: Workbench, configuration: Configuration, place: Place, get: Response, first: Proof
) -> Proof:
    """What is half of what was put may be how it always is: then no other value changes it."""
    if first.seen is not Seen.WRONG or get.broke:
        return first
    other = configuration.values(bench)[1]
    bench.attempt(configuration.put(place, other))
    again = bench.effect(configuration.get(place, other))
    same = leaves(again.body) == leaves(get.body)
    return replace(first, seen=Seen.ABSENT) if same else first


def _unread(
    bench: Workbench, configuration: Configuration, place: Place, get: Response
) -> NoReturn:
    call = configuration.put(place, (configuration.choices or ("nonsense",))[0])
    nonsense = bench.effect(call.plus(headers=content_md5(NONSENSE), body=NONSENSE))
    proof = refuses("with a body that is no configuration", nonsense)
    seen = f"{get.call.operation} answers {get.describe()}; {proof.text}"
    decide(Observed.IGNORED if nonsense.ok else Observed.UNPROVEN, f"served, but {seen}")
