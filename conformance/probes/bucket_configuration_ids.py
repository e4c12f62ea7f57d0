"""Configurations that a bucket has several of: `id` tells them apart, and lists have pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.probing import (
    Check,
    Observed,
    OperationName,
    Outcome,
    Response,
    Workbench,
    api,
    core,
    decide,
    detail,
    equals,
    family,
    holds,
    offered,
    promise,
    refused,
)
from conformance.subjects import bucket_configuration, bucket_configurations

ID: Final = "id"
CONTINUATION: Final = "continuation-token"
PAGE: Final = 100  # configurations in a page of AWS's
BY_ID: Final = {
    verb: tuple(
        name
        for name in bucket_configurations.operations(verb)
        if bucket_configurations.CONFIGURED_BY[name][1].by_id
    )
    for verb in ("Get", "Put", "List")
}


def _put_checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    another = "a refusal of another id than the configuration's own, or the configuration under it"
    return [
        core("another-id", another, page),
        promise("own-id", "the configuration under its own id", page),
        promise("kept", "the configuration under its own id as it was after that", page),
        detail("no-id", "400 without an id", page),
    ]


@family(ID, operations=BY_ID["Put"], checks=_put_checks)
def put_with_id(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Store the configuration under this id; refuse another id than the configuration's own."""
    configuration = bucket_configurations.CONFIGURED_BY[operation][1]
    place, (ours, other) = configuration.lease(bench), configuration.values(bench)
    stray = bench.nonce()
    call = configuration.put(place, ours)

    configuration.taken(place, bench.treat(call))
    before = bench.effect(configuration.get(place, ours))
    foreign = configuration.put(place, other, configuration.body(stray, place))
    crossed = bench.effect(foreign)
    if crossed.ok:
        under = bench.effect(configuration.get(place, other))
        found = configuration.shows(under, place, stray, ours)
        text = f"{crossed.describe()}, and under it {found.text}"
        otherwise = Outcome.IGNORED
        bench.check("another-id", holds(found.held, text, crossed, under, otherwise=otherwise))
    else:
        bench.check("another-id", holds(not crossed.broke, crossed.describe(), crossed))
    bench.check("own-id", configuration.shows(before, place, ours, other))
    after = bench.effect(configuration.get(place, ours))
    bench.check("kept", configuration.shows(after, place, ours, stray))
    bench.check("no-id", refused(bench.effect(call.without(feature)), 400))


def _get_checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    return [
        core("unknown-id", "404 for an id that no configuration has", page),
        core("first", "the first of two configurations for its id", page),
        core("second", "the second of two configurations for its id", page),
        promise("only-one", "nothing of the other configuration", page),
        detail("unknown-code", "404 NoSuchConfiguration for an id that none has", page),
    ]


@family(ID, operations=BY_ID["Get"], checks=_get_checks)
def get_with_id(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Return the one configuration with this id; 404 where there is none."""
    configuration = bucket_configurations.CONFIGURED_BY[operation][1]
    place, (ours, other) = configuration.lease(bench), configuration.values(bench)

    puts = [bench.attempt(configuration.put(place, value)) for value in (ours, other)]
    missing = bench.effect(configuration.get(place, bench.nonce()))
    unknown = refused(missing, 404)
    if unknown.held:
        _all_put(missing, puts)
    unnamed = configuration.listed(place)  # what the request is without an id
    one, two = (
        bench.accepted(bench.treat(configuration.get(place, value)), feature, control=unnamed)
        for value in (ours, other)
    )
    bench.check("unknown-id", unknown)
    if unknown.held:
        code = equals("code", missing.code, "NoSuchConfiguration", missing)
        bench.check("unknown-code", code)
    else:
        bench.skip("unknown-code", because="the server returned no 404")
    bench.check("first", configuration.shows(one, place, ours, other))
    bench.check("second", configuration.shows(two, place, other, ours))
    both = configuration.shows(one, place, other, ours).held
    bench.check("only-one", holds(not both, "both of them" if both else "one of them", one))


def _all_put(answer: Response, puts: list[Response]) -> None:
    """Make sure that there is something to tell apart."""
    failed = next((put for put in puts if not put.ok), None)
    if failed is not None:
        text = f"returns {answer.describe()}, but {failed.call.operation} {failed.describe()}"
        decide(Observed.UNPROVEN, text)


def _page_checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    return [
        core("each-once", f"each of {PAGE + 1} configurations once over all pages", page),
        promise("next-token", "NextContinuationToken with IsTruncated: true", page),
        promise("last-page", "IsTruncated: false on the last page", page),
        detail("page-size", f"{PAGE} configurations on the first page", page),
        detail("unknown-token", "a refusal of a token that no page had", page),
    ]


@family(CONTINUATION, operations=BY_ID["List"], checks=_page_checks)
def list_with_token(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Go on after the page whose token this is, until every configuration was listed once."""
    configuration = bucket_configurations.CONFIGURED_BY[operation][1]
    place = configuration.disposable(bench)
    first = bench.attempt(configuration.put(place, bench.nonce()))
    made_up = bench.treat(configuration.listed(place).plus(query={feature: bench.nonce()}))

    if first.ok:
        ids = [bench.nonce() for _ in range(PAGE)]
        puts = [bench.attempt(configuration.put(place, value), idempotent=True) for value in ids]
        _all_put(made_up, puts)
        page = offered(bench.control(configuration.listed(place)))
        if page.text("IsTruncated") == "true":
            bench.check("unknown-token", refused(made_up))
            _walk(bench, configuration, place, page)
            return
    if made_up.ok and first.ok:
        text = f"one page of {PAGE + 1}, and {made_up.describe()} for a token that no page had"
        bench.check("each-once", holds(False, text, made_up, otherwise=Outcome.IGNORED))
        return
    if made_up.status == 501 or made_up.broke:
        bench.accepted(made_up, feature)
    decide(
        Observed.UNPROVEN,
        f"for a token that no page had: {made_up.describe()}; no list has several pages",
    )


def _walk(
    bench: Workbench,
    configuration: bucket_configuration.Configuration,
    place: bucket_configuration.Place,
    first: Response,
) -> None:
    """The pages after the first list what it does not, each configuration once."""
    path = f"{configuration.root}/Id"
    pages = [first, *_following(bench, configuration, place, first)]
    listed = [name for page in pages for name in page.texts(path)]
    different = len({*listed})
    text = f"{len(listed)} configurations on {len(pages)} pages, {different} of them different"
    bench.check(
        "each-once",
        holds(
            len(listed) == different == PAGE + 1,
            text,
            *pages,
            otherwise=Outcome.IGNORED if different < len(listed) else Outcome.WRONG,
        ),
    )
    token = bool(first.text("NextContinuationToken"))
    bench.check("next-token", holds(token, f"{'a' if token else 'no'} token", first))
    end = pages[-1].text("IsTruncated")
    bench.check("last-page", equals("IsTruncated", end, "false", pages[-1]))
    bench.check("page-size", equals("configurations", len(first.texts(path)), PAGE, first))


def _following(
    bench: Workbench,
    configuration: bucket_configuration.Configuration,
    place: bucket_configuration.Place,
    page: Response,
) -> Iterator[Response]:
    for _ in range(PAGE):
        token = page.text("NextContinuationToken")
        if page.text("IsTruncated") != "true" or not token:
            return
        page = bench.treat(configuration.listed(place).plus(query={CONTINUATION: token}))
        yield bench.accepted(page, CONTINUATION)
