"""Rules about other origins, taken and carried out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from conformance.serve.http import Answer, Request, error

ORIGIN: Final = re.compile(r"\*|https?://[^/*]*\*?[^/*]*")
ELEMENT: Final = re.compile(r"<(\w+)>([^<]*)</")
KNOWN: Final = frozenset(
    ["ID", "AllowedMethod", "AllowedOrigin", "AllowedHeader", "ExposeHeader", "MaxAgeSeconds"]
)
METHODS: Final = frozenset(["GET", "PUT", "POST", "DELETE", "HEAD"])
DAY: Final = 86400
ALLOW: Final = "Access-Control-Allow-"
Rule = Mapping[str, list[str]]


def _rules(body: bytes) -> list[Rule]:
    found: list[Rule] = []
    for text in re.findall(r"<CORSRule>(.*?)</CORSRule>", body.decode(), re.DOTALL):
        rule: dict[str, list[str]] = {}
        for name, value in ELEMENT.findall(text):
            rule.setdefault(name, []).append(value)
        found.append(rule)
    return found


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text) is not None


@dataclass
class Rules:
    """The rules of each bucket, by its path."""

    by_bucket: dict[str, list[Rule]] = field(default_factory=dict)

    def put(self, request: Request) -> Answer | None:
        """Take the rules of a bucket, or say what is wrong with them."""
        rules = _rules(request.body)
        for rule in rules:
            unknown = {*rule} - KNOWN or {*rule["AllowedMethod"]} - METHODS
            if unknown or not all(ORIGIN.fullmatch(it) for it in rule["AllowedOrigin"]):
                return error(400, "MalformedXML")
            if int(rule.get("MaxAgeSeconds", ["0"])[0]) > DAY:
                return error(400, "InvalidArgument")
        self.by_bucket[_bucket(request)] = rules
        return None

    def preflight(self, request: Request) -> Answer:
        """The answer to a browser's question."""
        origin = request.header("Origin") or ""
        method = request.header("Access-Control-Request-Method") or ""
        asked = (request.header("Access-Control-Request-Headers") or "").lower()
        for rule in self.by_bucket.get(_bucket(request), ()):
            allowed = [it.lower() for it in rule.get("AllowedHeader", ())]
            if _admits(rule, origin, method) and all(
                any(_matches(pattern, each.strip()) for pattern in allowed)
                for each in asked.split(",")
                if each
            ):
                age = rule.get("MaxAgeSeconds", [""])[0]
                told = (
                    (f"{ALLOW}Origin", origin),
                    (f"{ALLOW}Methods", ", ".join(rule["AllowedMethod"])),
                    (f"{ALLOW}Headers", asked),
                    ("Access-Control-Max-Age", age),
                    ("Vary", "Origin"),
                )
                return Answer(status=200, headers=tuple(pair for pair in told if pair[1]))
        return error(403, "AccessForbidden")

    def told(self, request: Request, answer: Answer) -> Answer:
        """An answer with what a browser is told beside it, in place of what is said behind."""
        kept = tuple(
            (name, value)
            for name, value in answer.headers
            if not name.lower().startswith("access-control-")
        )
        origin = request.header("Origin")
        for rule in self.by_bucket.get(_bucket(request), ()) if origin else ():
            if origin and _admits(rule, origin, request.method):
                kept += ((f"{ALLOW}Origin", origin), ("Vary", "Origin"))
                if "ExposeHeader" in rule:
                    shown = ", ".join(rule["ExposeHeader"])
                    kept += (("Access-Control-Expose-Headers", shown),)
                break
        return replace(answer, headers=kept)


def _bucket(request: Request) -> str:
    return request.path.strip("/").partition("/")[0]


def _admits(rule: Rule, origin: str, method: str) -> bool:
    origins = any(_matches(pattern, origin) for pattern in rule["AllowedOrigin"])
    return origins and method in rule["AllowedMethod"]
