"""What can go wrong with rules about other origins that are carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, anywhere, shown_by
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    answering,
    headed,
    told_anyway,
    when,
)

ORIGIN: Final = "Access-Control-Allow-Origin"
METHODS: Final = "Access-Control-Allow-Methods"
HEADERS: Final = "Access-Control-Allow-Headers"
AGE: Final = "Access-Control-Max-Age"
EXPOSED: Final = "Access-Control-Expose-Headers"
ASKED_METHOD: Final = "Access-Control-Request-Method"
ASKED_HEADERS: Final = "Access-Control-Request-Headers"


def _preflight(request: Request) -> bool:
    return request.method == "OPTIONS"


def _of_bucket(request: Request) -> bool:
    return _preflight(request) and "/" not in request.path.strip("/")


def _simple(request: Request) -> bool:
    return request.method == "GET" and request.header("Origin") is not None


def _asked(name: str, test: Callable[[str], bool]) -> Callable[[Request], bool]:
    return lambda r: _preflight(r) and test(r.header(name) or "")


def _allowed(request: Request, _: Behind) -> Answer:
    """Every preflight is allowed whatever it asks."""
    asked, method = request.header(ASKED_HEADERS) or "", request.header(ASKED_METHOD) or ""
    headers = ((ORIGIN, request.header("Origin") or ""), (METHODS, method), (HEADERS, asked))
    return Answer(status=200, headers=headers)


def _refused(_: Request, __: Behind) -> Answer:
    return Answer(status=403)


def _any_origin(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    there = answer.header(ORIGIN) is not None
    return answer if there else replace(answer, headers=(*answer.headers, (ORIGIN, "*")))


def _by_wildcard(method: str, *, headers: bool = False) -> Callable[[Request], bool]:
    """The preflight of the origin that a wildcard allows."""
    return lambda r: (
        _asked("Origin", lambda v: "any." in v and v.endswith(".org"))(r)
        and r.header(ASKED_METHOD) == method
        and bool(r.header(ASKED_HEADERS)) is headers
    )


def _stranger(method: str) -> Callable[[Request], bool]:
    """The preflight of an origin that is like the rule's but for its dot."""
    return lambda r: (
        _asked("Origin", lambda v: "xexample" in v)(r) and r.header(ASKED_METHOD) == method
    )


def _cors(check: str, name: str, respond: Respond) -> Line:
    return "PutBucketCors|CORS/preflight", shown_by(check, anywhere(name, respond))


LINES: Final[tuple[Line, ...]] = (
    _cors("preflight", "no preflight is allowed", when(_preflight, _refused)),
    _cors("preflight", "not with these methods", when(_preflight, headed(METHODS, "HEAD"))),
    _cors("preflight-headers", "without headers", when(_preflight, headed(HEADERS, None))),
    _cors("preflight-max-age", "another age", when(_preflight, headed(AGE, "5"))),
    _cors("preflight-max-age", "the last rule counts", when(_preflight, headed(AGE, "999"))),
    _cors("preflight-vary", "no Vary of a preflight", when(_preflight, headed("Vary", None))),
    _cors("wildcard-origin", "no wildcards", when(_asked(
        "Origin", lambda v: "any." in v), _refused)),
    _cors("no-max-age", "an age of its own", when(
        _by_wildcard("GET"), told_anyway(AGE, "600"))),
    _cors("header-case", "headers in one case", when(_asked(
        ASKED_HEADERS, str.isupper), _refused)),
    _cors("header-list", "a list with spaces alone", when(_asked(
        ASKED_HEADERS, lambda v: "," in v and " " not in v), _refused)),
    _cors("header-list", "no wildcards in headers", when(_asked(
        ASKED_HEADERS, lambda v: "x-any-1" in v), _refused)),
    _cors("header-list", "the first header alone", when(_preflight, headed(
        HEADERS, lambda v: v.partition(",")[0]))),
    _cors("any-origin", "no * of origins", when(_stranger("HEAD"), _refused)),
    _cors("other-origin", "a dot is any letter", when(_stranger("PUT"), _allowed)),
    _cors("longer-origin", "wildcards with an open end", when(_asked(
        "Origin", lambda v: v.endswith(".org.example.net")), _allowed)),
    _cors("other-method", "any method", when(_asked(
        ASKED_METHOD, lambda v: v == "DELETE"), _allowed)),
    _cors("other-rule", "rules are mixed", when(_by_wildcard("PUT"), _allowed)),
    _cors("rule-without-headers", "headers that no rule has", when(
        _by_wildcard("GET", headers=True), _allowed)),
    _cors("other-header", "any header", when(_asked(
        ASKED_HEADERS, lambda v: v.endswith("other")), _allowed)),
    _cors("preflight-without-origin", "no origin is needed", when(
        lambda r: _preflight(r) and r.header("Origin") is None,
        lambda r, b: Answer(status=200))),
    _cors("bucket", "preflights of objects alone", when(_of_bucket, _refused)),
    _cors("simple-request", "preflights only", when(_simple, headed(ORIGIN, None))),
    _cors("expose-headers", "nothing exposed", when(_simple, headed(EXPOSED, None))),
    _cors("simple-request-of-other", "any origin reads", when(_simple, _any_origin)),
    _cors("served-all-the-same", "others are refused", when(
        lambda r: _simple(r) and (r.header("Origin") or "").endswith(".net"), _refused)),
    _cors("on-404", "errors tell nothing", when(_simple, answering(
        lambda a: replace(a, headers=()), 404))),
    _cors("other-origin-status", "200 without headers", when(_preflight, another_status(
        403, 200, b""))),
    _cors("vary", "no Vary", when(_simple, headed("Vary", None))),
)  # fmt: skip
