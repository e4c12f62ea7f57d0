"""Get…: a bucket's configurations are returned.

A value of our own that was put just before is in the answer. Several stores have stubs for clients
that only read, so an answer that is right for a fresh bucket shows nothing while values can be put.
Where Put is refused no value can ever be, and what such a bucket must return is AWS's answer for
one never configured:
- a document that says something (encryption AES256, the owner's ACL, the owner pays, no
  versioning) is all the operation then promises;
- 404 NoSuch…, or a document that says nothing, shows only that the request is routed: unproven.
A listing of the bucket or an empty body is the answer of a server that ignored the subresource.
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    ERRORS,
    NOT_OFFERED,
    Call,
    Check,
    Comparison,
    Observed,
    OperationName,
    Outcome,
    Response,
    Undecided,
    Workbench,
    api,
    core,
    decide,
    detail,
    equals,
    holds,
    offered,
    operation,
    operation_named,
    promise,
    refused,
)
from conformance.subjects import (
    bucket_configuration,
    bucket_configurations,
    grantees,
    listings,
    richest_bodies,
)

DEPRECATED: Final = "GetBucketLifecycle"
MEDIA: Final = ("application/xml", "application/json")
SECURE: Final = tuple(
    name
    for name in bucket_configurations.operations("Get")
    if bucket_configurations.CONFIGURED_BY[name][1].security
)
OTHERS: Final = tuple(
    name for name in bucket_configurations.operations("Get") if name not in (*SECURE, DEPRECATED)
)


def _checks(name: str, _: str) -> list[Check]:
    configuration, page = bucket_configurations.CONFIGURED_BY[operation_named(name)][1], api(name)
    put = configuration.operation("Put")
    # Where nothing can be put, to state the default is all that the operation promises.
    weigh = core if configuration.default else promise
    checks = [
        core("reads-back", f"what {put} stored", page),
        promise("every-member", f"every member of what {put} stored", page),
        weigh("never-configured", _expected(configuration), page),
        promise("missing-bucket", "404 for a bucket that does not exist", ERRORS),
    ]
    checks += richest_bodies.checks(configuration, page)
    if configuration.choices:
        checks.append(core("second-value", f"the other value, once {put} stored it", page))
    if configuration.absent:
        code = f"404 {configuration.absent} for a bucket never configured"
        checks.append(detail("never-configured-code", code, page))
    if configuration.absent and configuration.default:
        # Once there was none, and 404; since January 2023 every bucket of AWS's has it.
        text = "the default, and no 404, for a bucket never configured"
        checks.append(detail("default-told", text, page))
    if configuration.root:
        root = f"root element {configuration.root}"
        checks.append(promise("root-element", root, page))
    if configuration.name == "BucketAcl":
        checks.append(detail("owner-id", "the account, as ListBuckets has it, as Owner", page))
        checks.append(detail("grantee-type", "each grant once, of xsi:type CanonicalUser", page))
    media = MEDIA[0 if configuration.root else 1]
    return [*checks, detail("media-type", f"Content-Type: {media}", page)]


def _expected(configuration: bucket_configuration.Configuration) -> str:
    words = ["404"] if configuration.absent else []
    if configuration.default:
        words.append("the default")
    elif configuration.inborn:
        words.append("what every bucket begins with")
    elif not configuration.absent:
        words.append("an empty document")
    return f"{' or '.join(words)} for a bucket never configured"


@operation(*SECURE, checks=_checks, security=True)
@operation(*OTHERS, checks=_checks)
def get(bench: Workbench, name: str) -> None:
    """Return the configuration as it was put, or as AWS has it where none was."""
    configuration = bucket_configurations.CONFIGURED_BY[operation_named(name)][1]
    try:
        place = configuration.lease(bench)
    except Undecided as trouble:
        _only_read(bench, configuration, str(trouble))
        return
    ours, other = configuration.values(bench)

    bodies = [
        *richest_bodies.puts(configuration, place, ours),
        *configuration.puts(place, ours),
    ]
    put = next(each for call in bodies if (each := bench.attempt(call)).ok or call is bodies[-1])
    answer = bench.treat(configuration.get(place, ours))
    if not put.ok:
        _unput(bench, configuration, answer, put)
        return
    _read(bench, configuration, place, answer, (ours, other), put.call)


def _read(
    bench: Workbench,
    configuration: bucket_configuration.Configuration,
    place: bucket_configuration.Place,
    answer: Response,
    values: tuple[str, str],
    put: Call,
) -> None:
    """A configuration was put: it is in the answer, in full, and so is the next one."""
    ours, other = values
    if not answer.not_configured:
        offered(answer)
    if not bench.check("reads-back", configuration.shows(answer, place, ours, other)):
        return
    richest_bodies.report(bench, configuration, place, ours, answer, put)
    _document(bench, configuration, answer)
    if configuration.choices:
        with bench.observing("second-value"):
            bench.setup(configuration.put(place, other))
            second = bench.effect(configuration.get(place, other))
            bench.check("second-value", configuration.shows(second, place, other, ours))
    with bench.observing("never-configured"):
        if bench.sandbox.user_buckets:
            raise Undecided("the given bucket may be configured")
        fresh = bench.effect(
            configuration.get(bucket_configuration.Place(bucket=bench.bucket), bench.nonce())
        )
        _never_configured(bench, configuration, fresh)
    _missing(bench, configuration)


def _document(
    bench: Workbench, configuration: bucket_configuration.Configuration, answer: Response
) -> None:
    if configuration.root:
        root = f"root element {answer.root}"
        bench.check("root-element", holds(answer.root == configuration.root, root, answer))
    if configuration.name == "BucketAcl":
        listings.check_owner_id(bench, answer, "Owner/ID")
        bench.check("grantee-type", grantees.well_formed(answer))
    media = (answer.header("Content-Type") or "").partition(";")[0].strip().lower()
    right = media in (("application/xml", "text/xml") if configuration.root else MEDIA[1:])
    bench.check("media-type", holds(right, f"Content-Type: {media or 'none'}", answer))


def _never_configured(
    bench: Workbench, configuration: bucket_configuration.Configuration, answer: Response
) -> None:
    text = f"{answer.describe()} {answer.root}".rstrip()
    right = holds(False, text, answer)
    if configuration.absent and configuration.default:
        bench.check("default-told", holds(answer.ok, text, answer))
    if configuration.absent and answer.status == 404:
        right = holds(True, text, answer)
        code = equals("code", answer.code, configuration.absent, answer)
        bench.check("never-configured-code", code)
    elif answer.ok and not configuration.ignored(answer):  # its name is another check's
        default = configuration.fresh or configuration.default
        if default:
            right = default(bench, answer)
        elif configuration.inborn:
            # What every bucket begins with says something; no rule at all is no configuration.
            right = holds(bool(len(answer.xml)), text, answer)
        else:
            right = holds(not configuration.absent, text, answer)
    bench.check("never-configured", right)


def _missing(bench: Workbench, configuration: bucket_configuration.Configuration) -> None:
    nowhere = bucket_configuration.Place(bucket=bench.sandbox.bucket_name())
    forbidden = (403,) if bench.sandbox.user_buckets else ()
    answer = bench.effect(configuration.get(nowhere, "none"))
    bench.check("missing-bucket", refused(answer, 404, *forbidden))


def _only_read(
    bench: Workbench, configuration: bucket_configuration.Configuration, trouble: str
) -> None:
    """No bucket may be configured, but any shows whether the request is known."""
    answer = bench.treat(configuration.get(bucket_configuration.Place(bucket=bench.bucket), "none"))
    if not answer.not_configured:
        offered(answer)
    if not configuration.ignored(answer):
        raise Undecided(f"returns {answer.describe()} {answer.root}, but {trouble}")
    bench.check("reads-back", _unlike(configuration, answer))


def _unlike(configuration: bucket_configuration.Configuration, answer: Response) -> Comparison:
    """The answer is no configuration of this kind at all."""
    text = f"{answer.describe()} {answer.root or 'no XML'}"
    ignored = configuration.ignored(answer)
    return holds(False, text, answer, otherwise=Outcome.IGNORED if ignored else Outcome.WRONG)


def _unput(
    bench: Workbench,
    configuration: bucket_configuration.Configuration,
    get: Response,
    put: Response,
) -> None:
    """Put was refused: compare the answer with AWS's for a bucket never configured."""
    if not get.not_configured:
        offered(get)
    if get.ok and not configuration.is_one(get):
        bench.check("reads-back", _unlike(configuration, get))
        return
    refusal = f"{put.call.operation} returned {put.describe()}"
    if put.status not in NOT_OFFERED:
        raise Undecided(f"returns {get.describe()} {get.root}, but {refusal}")
    if get.not_configured or configuration.default is None:
        text = f"{get.describe()} {get.root} as for a bucket never configured, but {refusal}"
        decide(Observed.UNPROVEN, text)
    bench.skip("reads-back", because=refusal)
    if configuration.choices:
        bench.skip("second-value", because=refusal)
    bench.check("never-configured", configuration.default(bench, get))
    _missing(bench, configuration)


@operation(DEPRECATED, checks=_checks)
def get_bucket_lifecycle(bench: Workbench, name: OperationName) -> None:
    """Return rules of the deprecated form as they were put: with a Prefix outside of any Filter."""
    old, new = (
        bucket_configurations.CONFIGURED_BY[name][1],
        bucket_configurations.CONFIGURED_BY["GetBucketLifecycleConfiguration"][1],
    )
    place, (ours, other) = old.lease(bench), old.values(bench)

    richest, smallest = old.puts(place, ours)
    put = bench.attempt(richest)
    put = put if put.ok else bench.attempt(smallest)
    if not put.ok and bench.control(new.put(place, ours)).ok:
        # On the wire the operations are one; what makes the difference is the form.
        decide(Observed.REJECTED, f"rules of this form: {put.describe()}; others are served")
    answer = bench.treat(old.get(place))

    if not put.ok:
        _unput(bench, old, answer, put)
        return
    _read(bench, old, place, answer, (ours, other), put.call)
