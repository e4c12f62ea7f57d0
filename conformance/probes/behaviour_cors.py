"""What a bucket's rules about other origins may say, and how they are carried out one by one.

Source: https://developers.cloudflare.com/r2/buckets/cors/ and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html.
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    R2,
    Call,
    Comparison,
    Outcome,
    Response,
    Workbench,
    behaviour,
    content_md5,
    core,
    detail,
    document,
    equals,
    guide,
    has_header,
    holds,
    offered,
    promise,
    refused,
)

PAGE: Final = guide("ManageCorsUsing")
R2_PAGE: Final = f"{R2}/buckets/cors/"
ALLOWED: Final = "Access-Control-Allow-Origin"
EXPOSED: Final = "Access-Control-Expose-Headers"
MAX_AGE: Final = "Access-Control-Max-Age"
HEADER: Final = "x-amz-meta-allowed"
ORIGIN: Final = "https://a.example"


def _put(bucket: str, origin: str = ORIGIN, more: str = "") -> Call:
    rule = f"<AllowedMethod>GET</AllowedMethod><AllowedOrigin>{origin}</AllowedOrigin>{more}"
    body = document("CORSConfiguration", f"<CORSRule>{rule}</CORSRule>")
    headers = content_md5(body)
    return Call(operation="PutBucketCors", bucket=bucket, headers=headers, body=body)


class _Asker:
    """Asks a bucket with rules as a browser does.

    Args:
        bench: sends.
        more: elements of the rule.
    """

    def __init__(self, bench: Workbench, more: str = "") -> None:
        self._bench = bench
        self.bucket = bench.lease("cors")
        offered(bench.treat(_put(self.bucket, more=more)))
        self._subject = bench.put(bucket=self.bucket)

    def simple(self, origin: str | None = ORIGIN) -> Response:
        """GetObject with the header Origin."""
        headers = {"Origin": origin} if origin else {}
        return self._bench.effect(self._subject.call("GetObject", headers=headers))

    def preflight(self, header: str) -> Response:
        """A browser's question about a header."""
        asked = {
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": header,
        }
        call = self._subject.call("PreflightRequest", headers=asked)
        return self._bench.effect(call, anonymous=True)


def _allowed(answer: Response, *, right: bool = True) -> Comparison:
    told = answer.header(ALLOWED)
    held = (answer.ok and told in (ORIGIN, "*")) == right
    # Who has no word of it on a request that it serves has not read the rules.
    otherwise = Outcome.IGNORED if answer.ok and not told else Outcome.WRONG
    seen = f"{answer.describe()} with {ALLOWED}: {told or 'none'}"
    return holds(held, seen, answer, otherwise=otherwise)


@behaviour(
    "CORS",
    "simple-request",
    checks=(
        core("allowed", f"{ALLOWED} on GetObject from the rule's origin", PAGE),
        promise("other-origin", f"no {ALLOWED} from another origin", PAGE),
        promise("no-origin", f"no {ALLOWED} without the header Origin", R2_PAGE),
        promise("other-scheme", f"no {ALLOWED} from the origin with http", PAGE),
        promise("other-port", f"no {ALLOWED} from the origin with a port", PAGE),
    ),
)
def simple(bench: Workbench, _: str) -> None:
    """Tell a browser that an origin is allowed, where it is."""
    asker = _Asker(bench)
    bench.check("allowed", _allowed(asker.simple()))
    for check, origin in (
        ("other-origin", "https://b.example"),
        ("no-origin", None),
        ("other-scheme", "http://a.example"),
        ("other-port", "https://a.example:8443"),
    ):
        bench.check(check, has_header(asker.simple(origin), ALLOWED, None))


@behaviour(
    "CORS",
    "header-case",
    checks=(
        core("capitals", f"{ALLOWED} for the allowed header in capitals", PAGE),
        promise("other-header", f"no {ALLOWED} for a header that is not allowed", PAGE),
        promise("as-written", f"{ALLOWED} for the header as it is written in the rule", PAGE),
    ),
)
def header_case(bench: Workbench, _: str) -> None:
    """Compare the names of headers without their case."""
    asker = _Asker(bench, f"<AllowedHeader>{HEADER}</AllowedHeader>")
    bench.check("as-written", _allowed(asker.preflight(HEADER)))
    bench.check("capitals", _allowed(asker.preflight(HEADER.upper())))
    bench.check("other-header", _allowed(asker.preflight("x-amz-meta-other"), right=False))


@behaviour(
    "CORS",
    "expose-headers",
    checks=(
        core("configured", f"{EXPOSED} as in the rule", PAGE),
        promise("not-configured", f"no {EXPOSED} where the rule has none", R2_PAGE),
    ),
)
def expose(bench: Workbench, _: str) -> None:
    """Expose the headers that the rule names, and no others."""
    asker = _Asker(bench, "<ExposeHeader>x-amz-meta-shown</ExposeHeader>")
    answer = asker.simple()
    told = [it.strip().lower() for it in (answer.header(EXPOSED) or "").split(",")]
    seen = f"{EXPOSED}: {answer.header(EXPOSED) or 'none'}"
    bench.check("configured", holds(told == ["x-amz-meta-shown"], seen, answer))
    bench.setup(_put(asker.bucket))
    after = asker.simple()
    bare = after.header(EXPOSED) or None  # an empty one exposes nothing
    bench.check("not-configured", equals(EXPOSED, bare, None, after))


def _refusal(bench: Workbench, check: str, call: Call) -> Response:
    answer = bench.effect(call)
    bench.check(check, refused(answer))
    return answer


@behaviour(
    "CORS",
    "form-of-origins",
    checks=(
        core("path", "a refusal of an origin with a path", R2_PAGE),
        promise("two-wildcards", "a refusal of an origin with two wildcards", PAGE),
        promise("origin", "a rule for scheme, host and port", PAGE),
    ),
)
def origins(bench: Workbench, _: str) -> None:
    """Take origins of a scheme, a host and a port, and nothing else."""
    bucket = bench.lease("cors")
    origin = f"{ORIGIN}:8443"
    offered(bench.treat(_put(bucket, origin)))
    back = bench.effect(Call(operation="GetBucketCors", bucket=bucket))
    told = back.texts("CORSRule/AllowedOrigin")
    bench.check("origin", holds(told == [origin], f"AllowedOrigin {told}", back))
    _refusal(bench, "path", _put(bucket, f"{ORIGIN}/path"))
    _refusal(bench, "two-wildcards", _put(bucket, "https://*.*.example"))


@behaviour(
    "CORS",
    "unknown-xml",
    checks=(
        core("element", "a refusal of an element that a rule has not", R2_PAGE),
        promise("method", "a refusal of a method that is none of the five", PAGE),
        detail("code", "400 MalformedXML for the element", R2_PAGE),
    ),
)
def unknown(bench: Workbench, _: str) -> None:
    """Refuse a rule with elements and methods that do not exist."""
    bucket = bench.lease("cors")
    offered(bench.treat(_put(bucket)))
    answer = _refusal(bench, "element", _put(bucket, more="<AllowedColour>red</AllowedColour>"))
    described = answer.describe()
    bench.check("code", holds(described == "400 MalformedXML", described, answer))
    _refusal(bench, "method", _put(bucket, more="<AllowedMethod>PATCH</AllowedMethod>"))


@behaviour(
    "CORS",
    "max-age-86400",
    checks=(
        core("beyond", "a refusal of MaxAgeSeconds 86401", R2_PAGE),
        promise("within", f"{MAX_AGE}: 86400 in answer to a browser's question", R2_PAGE),
    ),
)
def max_age(bench: Workbench, _: str) -> None:
    """Let an answer be kept for a day and no longer; S3 itself has no such limit."""
    header = f"<AllowedHeader>{HEADER}</AllowedHeader>"
    asker = _Asker(bench, f"{header}<MaxAgeSeconds>86400</MaxAgeSeconds>")
    bench.check("within", has_header(asker.preflight(HEADER), MAX_AGE, "86400"))
    _refusal(bench, "beyond", _put(asker.bucket, more="<MaxAgeSeconds>86401</MaxAgeSeconds>"))
