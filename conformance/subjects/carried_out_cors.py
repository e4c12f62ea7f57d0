"""CORS rules carried out: what a browser is told before a request, and with its answer.

A browser goes by the Access-Control headers, and by their absence; the status of a preflight that
is not allowed is a detail.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    Comparison,
    Presigned,
    Stored,
    Workbench,
    detail,
    has_body,
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
OTHER_HEADER: Final = "x-amz-meta-other"
ANY_HEADER: Final = "x-any-"


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

    answer = preflight(origin, "PUT", HEADER)
    bench.check("preflight", _allowed(answer, origin, "PUT"))
    bench.check("preflight-headers", _lists(answer, HEADERS, HEADER))
    # Another rule allows the same with another age: the first that matches counts.
    bench.check("preflight-max-age", has_header(answer, MAX_AGE, "61"))
    bench.check("preflight-vary", _lists(answer, "Vary", "Origin"))
    # What a wildcard stands for, and names in any case.
    other = f"https://any.{name}.example.org"
    by_wildcard = preflight(other, "GET")
    if bench.check("wildcard-origin", _allowed(by_wildcard, other, "GET")):
        bench.check("no-max-age", has_header(by_wildcard, MAX_AGE, None))
    else:
        bench.skip("no-max-age", because="the preflight is not allowed")
    bench.check("header-case", _allowed(preflight(origin, "PUT", HEADER.upper()), origin, "PUT"))
    listed = preflight(origin, "PUT", f"{HEADER},{ANY_HEADER}1")
    bench.check("header-list", _allowed(listed, origin, "PUT", HEADER, f"{ANY_HEADER}1"))
    # Not the rule's origin, unless its dots stand for any letter, or its end does not count.
    stranger, longer = f"https://{name}xexample.com", f"{other}.example.net"
    bench.check("any-origin", _allowed(preflight(stranger, "HEAD"), stranger, "HEAD"))

    refused = preflight(stranger, "PUT", HEADER)
    bench.check("other-origin", _not_allowed(refused, stranger, "PUT"))
    bench.check("other-origin-status", has_status(refused, 403))
    bench.check("longer-origin", _not_allowed(preflight(longer, "GET"), longer, "GET"))
    bench.check("other-method", _not_allowed(preflight(origin, "DELETE"), origin, "DELETE"))
    # The rule that allows the origin is one, and the rule that allows the method another.
    bench.check("other-rule", _not_allowed(preflight(other, "PUT"), other, "PUT"))
    bare = preflight(other, "GET", HEADER)
    bench.check("rule-without-headers", _not_allowed(bare, other, "GET", HEADER))
    header = preflight(origin, "PUT", f"{HEADER}, {OTHER_HEADER}")
    bench.check("other-header", _not_allowed(header, origin, "PUT", OTHER_HEADER))

    for check, asked in (
        ("no-method", {"Origin": origin}),
        ("preflight-without-origin", {"Access-Control-Request-Method": "GET"}),
    ):
        call = subject.call("PreflightRequest", headers=asked)
        bench.check(check, has_status(bench.effect(call, anonymous=True), 400, 403))
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    of_bucket = Call(operation="PreflightOnBucket", bucket=place.bucket, headers=asked)
    answer = bench.effect(of_bucket, anonymous=True)
    bench.check("bucket", _allowed(answer, origin, "GET"))
    # The URL is signed for PUT; a browser's question about it is not signed at all.
    asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    signed = Presigned(method="PUT", unsigned=(*asked.items(),))
    answer = bench.effect(subject.call("PreflightRequest"), presigned=signed)
    bench.check("presigned", _allowed(answer, origin, "PUT"))
    _simple(bench, subject, origin)


def _simple(bench: Workbench, subject: Stored, origin: str) -> None:
    """What is told with the answer itself; any origin may send HEAD, and no other may send GET."""

    def simple(origin: str, key: str = subject.key) -> Response:
        call = replace(subject.call("GetObject", headers={"Origin": origin}), key=key)
        return bench.effect(call)

    get = simple(origin)
    bench.check("simple-request", _allowed(get, origin))
    bench.check("expose-headers", _lists(get, EXPOSED, "ETag"))
    bench.check("vary", _lists(get, "Vary", "Origin"))
    bench.check("named-origin", has_header(get, ALLOWED, origin))
    bench.check("on-404", _told(simple(origin, bench.key()), origin))
    unsigned = bench.effect(get.call, anonymous=True)
    if unsigned.ok:
        bench.skip("on-403", because="an unsigned GetObject is served")
    else:
        bench.check("on-403", _told(unsigned, origin))
    longer = f"{origin}.example.net"
    other = simple(longer)
    bench.check("simple-request-of-other", _not_allowed(other, longer))
    bench.check("served-all-the-same", has_body(other, subject.body))


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
        f"<AllowedHeader>{ANY_HEADER}*</AllowedHeader>"
        "<AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod>"
        f"<AllowedOrigin>https://{name}.example.com</AllowedOrigin>"
        "<ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>61</MaxAgeSeconds></CORSRule>"
        "<CORSRule><AllowedMethod>GET</AllowedMethod>"
        f"<AllowedOrigin>https://*.{name}.example.org</AllowedOrigin></CORSRule>"
        "<CORSRule><AllowedMethod>HEAD</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule>"
        f"<CORSRule><AllowedHeader>{HEADER}</AllowedHeader><AllowedMethod>PUT</AllowedMethod>"
        f"<AllowedOrigin>https://{name}.example.com</AllowedOrigin>"
        "<MaxAgeSeconds>999</MaxAgeSeconds></CORSRule>",
    )
    headers = content_md5(body)
    bench.setup(Call(operation="PutBucketCors", bucket=place.bucket, headers=headers, body=body))


def _listed(answer: Response, name: str) -> list[str]:
    return [each.strip().lower() for each in (answer.header(name) or "").split(",")]


def _allows(answer: Response, origin: str, method: str, *asked: str) -> bool:
    """Whether a browser may go on."""
    methods, headers = _listed(answer, METHODS), _listed(answer, HEADERS)
    return (
        answer.ok
        and answer.header(ALLOWED) in (origin, "*")
        and (not method or method.lower() in methods or "*" in methods)
        and all(not header or header in headers or "*" in headers for header in asked)
    )


def _text(answer: Response) -> str:
    names = (ALLOWED, METHODS, HEADERS)
    found = [f"{name}: {value}" for name in names if (value := answer.header(name)) is not None]
    return f"{answer.describe()} with {', '.join(found) or f'no {ALLOWED}'}"


def _allowed(answer: Response, origin: str, method: str = "", *headers: str) -> Comparison:
    return holds(_allows(answer, origin, method, *headers), _text(answer), answer)


def _not_allowed(answer: Response, origin: str, method: str = "", header: str = "") -> Comparison:
    return holds(not _allows(answer, origin, method, header), _text(answer), answer)


def _told(refusal: Response, origin: str) -> Comparison:
    """Whether a script of this origin may see how a request of its own was refused."""
    told = refusal.header(ALLOWED)
    seen = f"{refusal.describe()} with {ALLOWED}: {told or 'none'}"
    return holds(told in (origin, "*"), seen, refusal)


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
        promise("header-list", f"{HEADERS} with both of two, one that a wildcard allows", PAGE),
        promise("any-origin", f"{ALLOWED} for any origin where the rule has *", PAGE),
        promise("bucket", f"{ALLOWED} for a preflight of the bucket, as of a listing", PAGE),
        promise("longer-origin", f"no {ALLOWED} for an origin that goes on after the rule's", PAGE),
        promise("other-origin", f"no {ALLOWED} for an origin that no rule names", PAGE),
        promise("other-method", f"no {METHODS} with a method that no rule names", PAGE),
        promise("other-rule", "no answer that takes its parts from two rules", PAGE),
        promise("other-header", f"no {HEADERS} with a header that no rule names", PAGE),
        promise("rule-without-headers", f"no {HEADERS} by a rule that allows none", PAGE),
        promise("simple-request", f"{ALLOWED} from GetObject with an allowed Origin", PAGE),
        promise("expose-headers", f"{EXPOSED} with it, as in the rule", PAGE),
        promise("simple-request-of-other", f"no {ALLOWED} from it with another Origin", PAGE),
        detail("other-origin-status", "403 for an origin that no rule names", PAGE),
        detail("no-method", "400 or 403 for a preflight that names no method", PAGE),
        detail("preflight-without-origin", "400 or 403 for a preflight that names no origin", PAGE),
        detail("no-max-age", f"no {MAX_AGE} by a rule without one", PAGE),
        promise("presigned", f"{ALLOWED} for a preflight of a presigned URL", PAGE),
        detail("on-403", f"{ALLOWED} with a 403, too", FETCH),
        detail("on-404", f"{ALLOWED} with a 404, too, which a script could not see", FETCH),
        detail("served-all-the-same", "GetObject with another Origin to be served", FETCH),
        detail("named-origin", f"{ALLOWED} with the origin, as the rule names it", PAGE),
        detail("preflight-vary", "Vary: Origin with the answer to a preflight", FETCH),
        detail("vary", "Vary: Origin where the answer depends on it", FETCH),
    ),
)
DELETED_CORS: Final = CarriedOut(
    observe=_gone,
    checks=(promise("preflight-after", f"no {ALLOWED} after the rules are deleted", PAGE),),
)
