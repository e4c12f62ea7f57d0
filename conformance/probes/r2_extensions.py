"""What R2 adds to S3's requests.

Source: https://developers.cloudflare.com/r2/api/s3/extensions/
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    R2,
    Call,
    Comparison,
    Created,
    OperationName,
    Outcome,
    Response,
    Workbench,
    behaviour,
    core,
    equals,
    family,
    has_body,
    has_header,
    has_status,
    holds,
    probe,
    promise,
    served,
)

PAGE: Final = f"{R2}/api/s3/extensions/"
CREATING: Final = "cf-create-bucket-if-missing"
NAMES: Final = "Buckets/Bucket/Name"
DIRECTIVE: Final = "x-amz-metadata-directive"


@family(
    CREATING,
    operations=["PutObject", "CreateMultipartUpload"],
    checks=(
        core("created", f"the bucket once it is asked for with {CREATING}: true", PAGE),
        promise("missing", "404 NoSuchBucket without the header", PAGE),
        promise("carried-out", "the request carried out in the new bucket", PAGE),
        promise("existing", "the request carried out in a bucket that is there", PAGE),
    ),
)
def created(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Create the bucket where it is missing."""
    body = bench.text() if operation == "PutObject" else b""
    name = bench.bucket_name()
    bench.sandbox.ledger.add(Created(bucket=name))
    call = Call(operation=operation, bucket=name, key=bench.key(), body=body)
    missing = bench.control(call)
    bench.check("missing", has_status(missing, 404))
    flag = {feature: "true"}
    answer = bench.treat(call.plus(headers=flag))
    known = Call(operation=operation, bucket=bench.bucket, key=bench.key(), body=body)
    if answer.status == 501:
        bench.accepted(answer, control=known)
    there = bench.effect(Call(operation="HeadBucket", bucket=name))
    # Who needs no bucket, or no header for it, does nothing else for the header.
    ignored = answer.code == "NoSuchBucket" or missing.ok
    otherwise = Outcome.IGNORED if ignored else Outcome.WRONG
    seen = f"{answer.describe()}, then {there.describe()} to HeadBucket"
    seen += f"; {missing.describe()} without the header" if missing.ok else ""
    right = answer.ok and there.ok and not missing.ok
    bench.check("created", holds(right, seen, answer, there, otherwise=otherwise))
    if right:
        bench.check("carried-out", _done(bench, answer))
    else:
        bench.skip("carried-out", because=seen)
    bench.check("existing", served(bench.effect(known.plus(headers=flag))))


def _done(bench: Workbench, answer: Response) -> Comparison:
    call = answer.call
    if call.operation == "CreateMultipartUpload":
        return holds(bool(answer.text("UploadId")), f"{answer.describe()} {answer.root}", answer)
    read = Call(operation="GetObject", bucket=call.bucket, key=call.key)
    return has_body(bench.effect(read), call.body)


@probe(
    "CopyObject/MERGE",
    checks=(
        core("merged", "the source's metadata and the request's", PAGE),
        promise("replaced", "the request's value of a name that both have", PAGE),
        promise("bytes", "the source's bytes", PAGE),
    ),
)
def merged(bench: Workbench) -> None:
    """Give the copy the source's metadata and the request's, the request's first."""
    old = {"x-amz-meta-kept": "of-source", "x-amz-meta-both": "of-source"}
    new = {"x-amz-meta-both": "of-request", "x-amz-meta-added": "of-request"}
    source = bench.put(headers=old)
    headers = {"x-amz-copy-source": source.source, DIRECTIVE: "MERGE", **new}
    call = Call(operation="CopyObject", bucket=bench.bucket, key=bench.key(), headers=headers)
    bench.accepted(bench.treat(call), DIRECTIVE)
    back = bench.effect(Call(operation="GetObject", bucket=call.bucket, key=call.key))
    names = ("x-amz-meta-kept", "x-amz-meta-added")
    told = [back.header(name) for name in names]
    # Who takes MERGE for COPY drops the one, and who takes it for REPLACE the other.
    otherwise = Outcome.IGNORED if None in told else Outcome.WRONG
    right = told == ["of-source", "of-request"]
    seen = ", ".join(f"{name}: {value}" for name, value in zip(names, told, strict=True))
    bench.check("merged", holds(right, seen, back, otherwise=otherwise))
    bench.check("replaced", has_header(back, "x-amz-meta-both", "of-request"))
    bench.check("bytes", has_body(back, source.body))


def _two_buckets(bench: Workbench) -> tuple[str, str]:
    first, second = sorted(bench.new_bucket() for _ in range(2))
    return first, second


def _buckets(bench: Workbench, query: dict[str, str], headers: dict[str, str]) -> Response:
    return bench.effect(Call(operation="ListBuckets", query=query, headers=headers))


LISTED: Final = (
    core("query", "the buckets that the parameter in the query selects", PAGE),
    promise("header", "the same for the header cf-… of that name", PAGE),
    promise("header-first", "what the header selects where both are sent", PAGE),
)


@family("prefix", "start-after", "max-keys", operations=["ListBuckets"], checks=LISTED)
def list_some(bench: Workbench, operation: OperationName, feature: str) -> None:
    """List the buckets that the parameter selects, in the query or as a header."""
    first, second = bench.shared("two buckets in order", _two_buckets)
    whole = bench.control(Call(operation=operation))
    names = whole.texts(NAMES)
    right, other = {
        "prefix": (second, first),
        "start-after": (first, second),
        "max-keys": ("1", str(len(names))),
    }[feature]
    answer = bench.treat(Call(operation=operation, query={feature: right}))
    bench.accepted(answer, feature)

    def selected(seen: Response) -> Comparison:
        found = seen.texts(NAMES)
        held = {
            "prefix": second in found and all(name.startswith(second) for name in found),
            "start-after": second in found and first not in found,
            "max-keys": len(found) == 1,
        }[feature]
        ignored = first in found and second in found
        otherwise = Outcome.IGNORED if ignored else Outcome.WRONG
        text = f"{seen.describe()} with {len(found)} of {len(names)} buckets"
        return holds(held, text, seen, otherwise=otherwise)

    bench.check("query", selected(answer))
    header = {f"cf-{feature}": right}
    bench.check("header", selected(_buckets(bench, {}, header)))
    bench.check("header-first", selected(_buckets(bench, {feature: other}, header)))


@probe(
    "ListBuckets/continuation-token",
    checks=(
        core("next", "one bucket behind that of the page before, for its token", PAGE),
        promise("header", "the same for the header cf-continuation-token", PAGE),
    ),
)
def next_page(bench: Workbench) -> None:
    """Go on with the buckets behind those of the page before."""
    first, second = bench.shared("two buckets in order", _two_buckets)
    page, limit = _limited(bench, first)
    token = page.text("NextContinuationToken") or page.text("ContinuationToken") or ""
    found = page.texts(NAMES)
    if not token:
        otherwise = Outcome.IGNORED if {first, second} <= {*found} else Outcome.WRONG
        text = f"{len(found)} buckets and no token for a page of one"
        bench.check("next", holds(False, text, page, otherwise=otherwise))
        bench.skip("header", because=text)
        return
    query = {**limit, "continuation-token": token}
    answer = bench.treat(Call(operation="ListBuckets", query=query))
    bench.accepted(answer, "continuation-token")
    bench.check("next", _behind(answer, found[0]))
    asked = _buckets(bench, limit, {"cf-continuation-token": token})
    bench.check("header", _behind(asked, found[0]))


def _behind(answer: Response, name: str) -> Comparison:
    found = answer.texts(NAMES)
    held = len(found) == 1 and found[0] > name
    otherwise = Outcome.IGNORED if name in found else Outcome.WRONG
    text = f"{answer.describe()} with {found} behind {name}"
    return holds(held, text, answer, otherwise=otherwise)


def _limited(bench: Workbench, first: str) -> tuple[Response, dict[str, str]]:
    """A page of one bucket, and its parameters: R2 says max-keys, and AWS max-buckets."""
    for name in ("max-keys", "max-buckets"):
        # Of our own two alone, for others may come and go.
        limit = {name: "1", "prefix": first[: first.rindex("-") + 1]}
        page = bench.attempt(Call(operation="ListBuckets", query=limit))
        if len(page.texts(NAMES)) == 1:
            break
    return page, limit


@behaviour(
    "HTTP",
    "list-buckets-truncated",
    checks=(
        core("body", "IsTruncated: true and a NextContinuationToken for a page of one", PAGE),
        promise("headers", "the same in cf-is-truncated and cf-next-continuation-token", PAGE),
        promise("whole", "IsTruncated: false for all buckets", PAGE),
    ),
)
def truncated(bench: Workbench, _: str) -> None:
    """Tell in the body and in headers that there are more buckets."""
    bench.shared("two buckets in order", _two_buckets)
    page = bench.treat(Call(operation="ListBuckets", query={"max-keys": "1"}))
    bench.accepted(page, "max-keys")
    flag, token = page.text("IsTruncated"), page.text("NextContinuationToken")
    found = len(page.texts(NAMES))
    seen = f"{found} buckets, IsTruncated {flag}, {'a' if token else 'no'} token"
    otherwise = Outcome.IGNORED if flag is None and found > 1 else Outcome.WRONG
    bench.check("body", holds(flag == "true" and bool(token), seen, page, otherwise=otherwise))
    told = (page.header("cf-is-truncated"), page.header("cf-next-continuation-token"))
    bench.check("headers", holds(told == ("true", token), f"headers {told}", page))
    whole = bench.effect(Call(operation="ListBuckets"))
    bench.check("whole", equals("IsTruncated", whole.text("IsTruncated"), "false", whole))
