"""Configurations that a bucket has several of: `id` tells them apart, and lists have pages.

Source: the pages of the Analytics, IntelligentTiering, Inventory and Metrics configurations in
https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.probing import (
    Proof,
    Seen,
    Workbench,
    decide,
    family,
    judge,
    offered,
    refuses,
    shows,
)
from conformance.s3.checksums import content_md5
from conformance.s3.operations import OperationName
from conformance.s3.response import Response
from conformance.subjects.bucket_configuration import Configuration, Place
from conformance.subjects.bucket_configurations import CONFIGURED_BY, operations
from conformance.verdict import Observation, Observed

ID: Final = "id"
CONTINUATION: Final = "continuation-token"
PAGE: Final = 100  # configurations in a page of AWS's
BY_ID: Final = {
    verb: tuple(name for name in operations(verb) if CONFIGURED_BY[name][1].by_id)
    for verb in ("Get", "Put", "List")
}


@family(ID, operations=BY_ID["Put"])
def put(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Store the configuration under this id; refuse another id than the configuration's own."""
    configuration = CONFIGURED_BY[operation][1]
    place, (ours, other) = configuration.lease(bench), configuration.values(bench)
    stray = bench.nonce()
    call, body = configuration.put(place, ours), configuration.body(stray, place)

    configuration.taken(place, bench.treat(call))
    kept = bench.effect(configuration.get(place, ours))
    crossed = bench.effect(call.plus(query={feature: other}, headers=content_md5(body), body=body))
    what = f"with another {feature} than the configuration's own: {crossed.describe()}"
    heeded = shows(True, what, "")
    if crossed.ok:
        under = bench.effect(configuration.get(place, other))
        found = configuration.shown(under, place, stray, ours)
        heeded = shows(found.seen is Seen.HELD, what, f"{what}, and not found under it")

    return judge(heeded, also=[configuration.shown(kept, place, ours, other)])


@family(ID, operations=BY_ID["Get"])
def get(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Tell the one configuration with this id; 404 where there is none."""
    configuration = CONFIGURED_BY[operation][1]
    place, (ours, other) = configuration.lease(bench), configuration.values(bench)

    puts = [bench.attempt(configuration.put(place, value)) for value in (ours, other)]
    missing = bench.effect(configuration.get(place, bench.nonce()))
    proof = refuses(f"with an {feature} there is not", missing, 404)
    if proof.seen is Seen.HELD:
        _all_put(missing, puts)
    unnamed = configuration.listed(place)  # what the request is without an id
    one, two = (
        bench.accepted(bench.treat(configuration.get(place, value)), feature, control=unnamed)
        for value in (ours, other)
    )
    return judge(
        proof,
        configuration.shown(one, place, ours, other),
        configuration.shown(two, place, other, ours),
    )


def _all_put(answer: Response, puts: list[Response]) -> None:
    """Make sure that there is something to tell apart."""
    refused = next((put for put in puts if not put.ok), None)
    if refused is not None:
        text = f"answers {answer.describe()}, but {refused.call.operation} {refused.describe()}"
        decide(Observed.UNPROVEN, text)


@family(CONTINUATION, operations=BY_ID["List"])
def pages(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Go on after the page whose token this is, until every configuration was listed once."""
    configuration = CONFIGURED_BY[operation][1]
    place = configuration.disposable(bench)
    first = bench.attempt(configuration.put(place, bench.nonce()))
    made_up = bench.treat(configuration.listed(place).plus(query={feature: bench.nonce()}))

    if first.ok:
        ids = [bench.nonce() for _ in range(PAGE)]
        puts = [bench.attempt(configuration.put(place, value), idempotent=True) for value in ids]
        _all_put(made_up, puts)
        page = offered(bench.control(configuration.listed(place)))
        if page.text("IsTruncated") == "true":
            return judge(_walked(bench, configuration, place, page))
    if made_up.ok and first.ok:
        what = f"{PAGE + 1} configurations are one page, and a token nobody gave is served"
        return judge(shows(False, "", what))
    if made_up.status == 501 or made_up.broke:
        bench.accepted(made_up, feature)
    return decide(
        Observed.UNPROVEN,
        f"with a token nobody gave: {made_up.describe()}, but there is no list of several pages",
    )


def _walked(bench: Workbench, configuration: Configuration, place: Place, page: Response) -> Proof:
    """Whether the pages after the first list what it does not, each configuration once."""
    path = f"{configuration.root}/Id"
    listed = page.texts(path)
    listed += _following(bench, configuration, place, page)
    return shows(
        len(listed) == len({*listed}) == PAGE + 1,
        f"the pages list each of the {PAGE + 1} configurations once",
        f"the pages list {len(listed)} configurations, {len({*listed})} of them different, "
        f"of {PAGE + 1}",
        otherwise=Seen.ABSENT if len({*listed}) < len(listed) else Seen.WRONG,
    )


def _following(
    bench: Workbench, configuration: Configuration, place: Place, page: Response
) -> Iterator[str]:
    for _ in range(PAGE):
        token = page.text("NextContinuationToken")
        if page.text("IsTruncated") != "true" or not token:
            return
        page = bench.treat(configuration.listed(place).plus(query={CONTINUATION: token}))
        bench.accepted(page, CONTINUATION)
        yield from page.texts(f"{configuration.root}/Id")
