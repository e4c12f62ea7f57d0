"""CORS rules carried out: what a browser is told before a request, and with its answer.

A browser goes by the Access-Control headers, and by their absence; the status of a preflight that
is not allowed is a detail.
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Comparison,
    Workbench,
    detail,
    has_header,
    has_status,
    holds,
    promise,
)
from conformance.probing.sources import API
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.xml import document
from conformance.subjects.bucket_configuration import Place
from conformance.subjects.carrying_out import CarriedOut

PAGE: Final = f"{API}/RESTOPTIONSobject.html"
FETCH: Final = "https://fetch.spec.whatwg.org/#http-cors-protocol"
ALLOWED: Final = "Access-Control-Allow-Origin"
METHODS: Final = "Access-Control-Allow-Methods"
HEADERS: Final = "Access-Control-Allow-Headers"
MAX_AGE: Final = "Access-Control-Max-Age"
EXPOSED: Final = "Access-Control-Expose-Headers"
HEADER: Final = "x-amz-meta-allowed"


def _cors(bench: Workbench, place: Place) -> None:
    name = bench.nonce()
    origin = f"https://{name}.example.com"
    _put_rules(bench, place, name)
    subject = bench.put(bucket=place.bucket)

    def preflight(origin: str, method: str, headers: str = "") -> Response:
        asked = {"Origin": origin, "Access-Control-Request-Method": method}
        if headers:
            asked["Access-Control-Request-Headers"] = headers
        return bench.effect(subject.call("PreflightRequest", headers=asked), anonymous=True)

    def simple(origin: str) -> Response:
        return bench.effect(subject.call("GetObject", headers={"Origin": origin}))

    answer = preflight(origin, "PUT", HEADER)
    bench.check("preflight", _allowed(answer, origin, "PUT"))
    bench.check("preflight-headers", _lists(answer, HEADERS, HEADER))
    bench.check("preflight-max-age", has_header(answer, MAX_AGE, "61"))
    # What a wildcard stands for, and names in any case.
    other = f"https://any.{name}.example.org"
    bench.check("wildcard-origin", _allowed(preflight(other, "GET"), other, "GET"))
    bench.check("header-case", _allowed(preflight(origin, "PUT", HEADER.upper()), origin, "PUT"))

    stranger = f"https://{name}.example.net"
    refused = preflight(stranger, "PUT", HEADER)
    bench.check("other-origin", _not_allowed(refused, stranger, "PUT"))
    bench.check("other-origin-status", has_status(refused, 403))
    bench.check("other-method", _not_allowed(preflight(origin, "DELETE"), origin, "DELETE"))
    # The rule that allows the origin is one, and the rule that allows the method another.
    bench.check("other-rule", _not_allowed(preflight(other, "PUT"), other, "PUT"))
    header = preflight(origin, "PUT", "x-amz-meta-other")
    bench.check("other-header", _not_allowed(header, origin, "PUT", "x-amz-meta-other"))

    asked = subject.call("PreflightRequest", headers={"Origin": origin})
    bench.check("no-method", has_status(bench.effect(asked, anonymous=True), 400, 403))
    get = simple(origin)
    bench.check("simple-request", _allowed(get, origin))
    bench.check("expose-headers", _lists(get, EXPOSED, "ETag"))
    bench.check("vary", _lists(get, "Vary", "Origin"))
    bench.check("named-origin", has_header(get, ALLOWED, origin))
    bench.check("simple-request-of-other", _not_allowed(simple(stranger), stranger))


def _gone(bench: Workbench, place: Place) -> None:
    name = bench.nonce()
    origin = f"https://{name}.example.com"
    _put_rules(bench, place, name)
    subject = bench.put(bucket=place.bucket)
    asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    call = subject.call("PreflightRequest", headers=asked)
    before = _allowed(bench.effect(call, anonymous=True), origin, "PUT")
    bench.setup(Call(operation="DeleteBucketCors", bucket=place.bucket))
    after = bench.effect(call, anonymous=True)
    if not before.held:
        bench.skip("preflight-after", because=f"the rule was not carried out: {before.text}")
        return
    seen = _not_allowed(after, origin, "PUT")
    if seen.held:
        simple = subject.call("GetObject", headers={"Origin": origin})
        seen = _not_allowed(bench.effect(simple), origin)
    if not seen.held:  # some servers have rules for every bucket that has none
        plain = bench.plain.call("PreflightRequest", headers=asked)
        if _allows(bench.control(plain, anonymous=True), origin, "PUT", ""):
            bench.skip("preflight-after", because="buckets without rules allow every origin")
            return
    bench.check("preflight-after", seen)


def _put_rules(bench: Workbench, place: Place, name: str) -> None:
    body = document(
        "CORSConfiguration",
        f"<CORSRule><AllowedHeader>{HEADER}</AllowedHeader>"
        "<AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod>"
        f"<AllowedOrigin>https://{name}.example.com</AllowedOrigin>"
        "<ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>61</MaxAgeSeconds></CORSRule>"
        "<CORSRule><AllowedMethod>GET</AllowedMethod>"
        f"<AllowedOrigin>https://*.{name}.example.org</AllowedOrigin></CORSRule>",
    )
    headers = content_md5(body)
    bench.setup(Call(operation="PutBucketCors", bucket=place.bucket, headers=headers, body=body))


def _listed(answer: Response, name: str) -> list[str]:
    return [each.strip().lower() for each in (answer.header(name) or "").split(",")]


def _allows(answer: Response, origin: str, method: str, header: str) -> bool:
    """Whether a browser may go on."""
    methods, headers = _listed(answer, METHODS), _listed(answer, HEADERS)
    return (
        answer.ok
        and answer.header(ALLOWED) in (origin, "*")
        and (not method or method.lower() in methods or "*" in methods)
        and (not header or header in headers or "*" in headers)
    )


def _text(answer: Response) -> str:
    names = (ALLOWED, METHODS, HEADERS)
    found = [f"{name}: {value}" for name in names if (value := answer.header(name)) is not None]
    return f"{answer.describe()} with {', '.join(found) or f'no {ALLOWED}'}"


def _allowed(answer: Response, origin: str, method: str = "") -> Comparison:
    return holds(_allows(answer, origin, method, ""), _text(answer), answer)


def _not_allowed(answer: Response, origin: str, method: str = "", header: str = "") -> Comparison:
    return holds(not _allows(answer, origin, method, header), _text(answer), answer)


def _lists(answer: Response, name: str, member: str) -> Comparison:
    listed = _listed(answer, name)
    right = member.lower() in listed or (name != "Vary" and "*" in listed)
    return holds(right, f"{name}: {answer.header(name) or 'none'}", answer)


PUT_CORS: Final = CarriedOut(
    observe=_cors,
    checks=(
        promise("preflight", f"{ALLOWED} and {METHODS} for an allowed origin and method", PAGE),
        promise("preflight-headers", f"{HEADERS} with the allowed header", PAGE),
        promise("preflight-max-age", f"{MAX_AGE} as in the rule", PAGE),
        promise("wildcard-origin", f"{ALLOWED} for an origin that a wildcard allows", PAGE),
        promise("header-case", f"{ALLOWED} for the allowed header in capitals", PAGE),
        promise("other-origin", f"no {ALLOWED} for an origin that no rule names", PAGE),
        promise("other-method", f"no {METHODS} with a method that no rule names", PAGE),
        promise("other-rule", "no answer that takes its parts from two rules", PAGE),
        promise("other-header", f"no {HEADERS} with a header that no rule names", PAGE),
        promise("simple-request", f"{ALLOWED} from GetObject with an allowed Origin", PAGE),
        promise("expose-headers", f"{EXPOSED} with it, as in the rule", PAGE),
        promise("simple-request-of-other", f"no {ALLOWED} from it with another Origin", PAGE),
        detail("other-origin-status", "403 for an origin that no rule names", PAGE),
        detail("no-method", "400 or 403 for a preflight that names no method", PAGE),
        detail("named-origin", f"{ALLOWED} with the origin, as the rule names it", PAGE),
        detail("vary", "Vary: Origin where the answer depends on it", FETCH),
    ),
)
DELETED_CORS: Final = CarriedOut(
    observe=_gone,
    checks=(promise("preflight-after", f"no {ALLOWED} after the rules are deleted", PAGE),),
)
