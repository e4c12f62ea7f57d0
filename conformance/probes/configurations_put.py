"""Put…: a bucket's configurations are stored, replaced and carried out.

A value of our own is returned by Get, and so is the one that replaces it. A store that answers 200
and shows nothing of it has ignored the request, also where it has carried it out as CreateBucket.
Where Get is refused, a body that is no configuration shows more: a store that serves that too has
ignored it; else the row is unproven.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    ERRORS,
    Check,
    Comparison,
    Created,
    Observed,
    Outcome,
    Response,
    Workbench,
    api,
    content_md5,
    core,
    decide,
    detail,
    document,
    has_status,
    holds,
    leaves,
    operation,
    operation_named,
    promise,
    refused,
    served,
)
from conformance.subjects import (
    bucket_configuration,
    bucket_configurations,
    carried_out,
    carried_out_access,
    refused_bodies,
    richest_bodies,
)

SECURE: Final = bucket_configurations.operations("Put", security=True)
OTHERS: Final = bucket_configurations.operations("Put", security=False)
EFFECTS: Final = {**carried_out.CARRIED_OUT, **carried_out_access.CARRIED_OUT_ACCESS}
# Operations whose Content-MD5 is no row of its own.
WITHOUT_A_ROW: Final = ("PutBucketCors", "PutBucketEncryption", "PutBucketLifecycleConfiguration")
NONSENSE: Final = document("Nonsense", "<Status>nonsense</Status>")
MALFORMED: Final = ("MalformedXML", "MalformedPolicy", "InvalidPolicyDocument")


def _checks(name: str, __: str) -> list[Check]:
    name = operation_named(name)
    configuration, page = bucket_configurations.CONFIGURED_BY[name][1], api(name)
    get = configuration.operation("Get")
    checks = [
        core("reads-back", f"{get} to return what was put", page),
        core("replaced", f"{get} to return what was put in its place", page),
        promise("every-member", f"{get} to return every member of what was put", page),
        promise("malformed-body", "a refusal of a body that ends early", ERRORS),
        promise("kept-after-refusal", "the configuration as it was after refused ones", page),
        promise("other-topics-stay", "another configuration of the bucket to stay", page),
        promise("missing-bucket", "404 for a bucket that does not exist", ERRORS),
        detail("status", "200, or 204, without a body", page),
        detail("malformed-code", "400 MalformedXML, or MalformedPolicy, for it", ERRORS),
    ]
    checks += richest_bodies.checks(configuration, page)
    if configuration.by_id:
        checks.append(promise("others-stay", "the one with another id as it was", page))
    elif not configuration.choices:
        checks.append(promise("not-merged", "nothing left of what was replaced", page))
    if configuration.invalid:
        refusal = f"a refusal of {configuration.invalid[0]}"
        checks.append(configuration.invalid_is("invalid-value", refusal, page))
    if name in WITHOUT_A_ROW:
        checks.append(detail("wrong-md5", "a refusal of another body's Content-MD5", ERRORS))
    for check, words, _ in refused_bodies.REFUSED.get(configuration.name, ()):
        checks.append(detail(check, f"a refusal of {words}", page))
    effect = EFFECTS.get(name)
    return [*checks, *(effect.checks if effect else ())]


@operation(*SECURE, checks=_checks, security=True)
@operation(*OTHERS, checks=_checks)
def put(bench: Workbench, name: str) -> None:
    """Store the configuration, return it as it was put, replace it, and carry it out."""
    operation_name = operation_named(name)
    configuration = bucket_configurations.CONFIGURED_BY[operation_name][1]
    # What is carried out leaves objects and versions behind, which other rows must not meet.
    place = configuration.disposable(bench) if name in EFFECTS else configuration.lease(bench)
    ours, other = configuration.values(bench)

    rich, *smaller = configuration.puts(place, ours)
    # What few stores know may be refused; where it is served, it is what must be returned.
    richer = [*richest_bodies.puts(configuration, place, ours), rich]
    answer = next(each for call in richer if (each := bench.treat(call)).ok or call is rich)
    if not answer.ok and smaller:
        smallest = bench.treat(smaller[0])
        configuration.taken(place, smallest)
        bench.check("every-member", served(answer).after("with all of them"))
        answer = smallest
    configuration.taken(place, answer)
    bench.check("status", has_status(answer, 200, 204))
    get = bench.effect(configuration.get(place, ours))
    if not (get.ok or get.not_configured or get.broke):
        _unread(bench, configuration, place, get)
    first = configuration.shows(get, place, ours, other)
    if not first.held:
        first = _unmoved(bench, configuration, place, get, first)
    if not bench.check("reads-back", first):
        return
    richest_bodies.report(bench, configuration, place, ours, get, answer.call)

    _replaced_beside(bench, configuration, place, (ours, other))
    effect = EFFECTS.get(operation_name)
    if effect is not None:
        effect.seen(bench, place)
    _refused(bench, configuration, place, (ours, other))
    _invalid(bench, configuration, place, (ours, other))
    with bench.observing("missing-bucket"):
        nowhere = replace(place, bucket=bench.bucket_name())
        bench.sandbox.ledger.add(Created(bucket=nowhere.bucket))
        missing = bench.effect(configuration.put(nowhere, ours))
        bench.check("missing-bucket", refused(missing, 404))


def _replaced_beside(
    bench: Workbench,
    configuration: bucket_configuration.Configuration,
    place: bucket_configuration.Place,
    values: tuple[str, str],
) -> None:
    """Replace the configuration while the bucket has one of another topic, which stays."""
    another = bucket_configurations.CONFIGURED_BY[
        "PutBucketCors" if configuration.topic == "tagging" else "PutBucketTagging"
    ][1]
    ours, other = another.values(bench)
    beside = bench.attempt(another.put(place, ours))
    _replaced(bench, configuration, place, values)
    if not beside.ok:
        bench.skip("other-topics-stay", because=f"{another.name} cannot be put")
        return
    stayed = bench.effect(another.get(place))
    bench.check("other-topics-stay", another.shows(stayed, place, ours, other))


def _replaced(
    bench: Workbench,
    configuration: bucket_configuration.Configuration,
    place: bucket_configuration.Place,
    values: tuple[str, str],
) -> None:
    ours, other = values
    answer = bench.treat(configuration.put(place, other))
    get = bench.effect(configuration.get(place, other)) if answer.ok else answer
    bench.check("replaced", configuration.shows(get, place, other, ours))
    if configuration.by_id:
        first = bench.effect(configuration.get(place, ours))
        bench.check("others-stay", configuration.shows(first, place, ours, other))
    elif not configuration.choices:
        merged = configuration.shows(get, place, ours, other).held
        text = "both of what was put" if merged else "only the last"
        bench.check("not-merged", holds(not merged, text, get))


def _refused(
    bench: Workbench,
    configuration: bucket_configuration.Configuration,
    place: bucket_configuration.Place,
    values: tuple[str, str],
) -> None:
    """Bodies that must be refused, and leave the configuration as it was."""
    ours, other = values
    kept = bench.attempt(configuration.put(place, other))  # carrying it out took others
    short = configuration.put(place, ours, configuration.body(ours, place)[:-2])
    answers = [bench.effect(short)]
    malformed = answers[0]
    bench.check("malformed-body", _not_served(malformed))
    right = malformed.status == 400 and malformed.code in MALFORMED
    bench.check("malformed-code", holds(right, malformed.describe(), malformed))
    if configuration.invalid:
        body = configuration.invalid[1](ours, place)
        answers.append(bench.effect(configuration.put(place, ours, body)))
        bench.check("invalid-value", _not_served(answers[-1]))
    if not kept.ok or any(answer.ok for answer in answers):
        bench.skip("kept-after-refusal", because="the server served one that it had to refuse")
        return
    get = bench.effect(configuration.get(place, other))
    bench.check("kept-after-refusal", configuration.shows(get, place, other, ours))


def _invalid(
    bench: Workbench,
    configuration: bucket_configuration.Configuration,
    place: bucket_configuration.Place,
    values: tuple[str, str],
) -> None:
    """More bodies that must be refused; what of them is served is put over at the end."""
    ours, other = values
    served_some = False
    for check, _, body in refused_bodies.REFUSED.get(configuration.name, ()):
        answer = bench.effect(configuration.put(place, ours, body(ours, place)))
        bench.check(check, _not_served(answer))
        served_some |= answer.ok
    if configuration.operation("Put") in WITHOUT_A_ROW:
        another = content_md5(configuration.body(other, place))
        answer = bench.effect(configuration.put(place, ours).plus(headers=another))
        bench.check("wrong-md5", _not_served(answer))
        served_some |= answer.ok
    if served_some:
        bench.attempt(configuration.put(place, other))


def _not_served(answer: Response) -> Comparison:
    """Any refusal, a server error too: few clients mind which, and `malformed-code` says so."""
    return holds(not answer.ok, answer.describe(), answer, otherwise=Outcome.IGNORED)


def _unmoved(
    bench: Workbench,
    configuration: bucket_configuration.Configuration,
    place: bucket_configuration.Place,
    get: Response,
    first: Comparison,
) -> Comparison:
    """What is half of what was put may be how it always is: then no other value changes it."""
    if first.outcome is not Outcome.WRONG or get.broke:
        return first
    other = configuration.values(bench)[1]
    bench.attempt(configuration.put(place, other))
    again = bench.effect(configuration.get(place, other))
    same = leaves(again.body) == leaves(get.body)
    return replace(first, outcome=Outcome.IGNORED) if same else first


def _unread(
    bench: Workbench,
    configuration: bucket_configuration.Configuration,
    place: bucket_configuration.Place,
    get: Response,
) -> None:
    """Decide by a body that is no configuration, for what was put cannot be read."""
    value = (configuration.choices or ("nonsense",))[0]
    nonsense = bench.effect(configuration.put(place, value, NONSENSE))
    text = f"{get.call.operation} returns {get.describe()}"
    text += f"; for a body that is no configuration: {nonsense.describe()}"
    decide(Observed.IGNORED if nonsense.ok else Observed.UNPROVEN, f"served, but {text}")
