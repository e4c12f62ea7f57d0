"""Makes a results file that nothing was run for, to look at the report with and to measure it.

    s3-conformance rows specs/r2.yaml --json > rows.json
    python tests/golden/make_results.py rows.json made.json --label "Store A"

The same rows and label give the same file. About as many words of each kind are dealt out as real
stores showed; each exchange weighs about what a stored one does.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

from conformance import results
from conformance.s3.exchange import Exchange
from conformance.verdict import Documented, Observed, divergence

URL = "http://127.0.0.1:7480"
SECURITY = ("owner", "acl", "grant", "lock", "mfa", "server-side", "If-", "retention")
REASONS = {
    Observed.SUPPORTED: "Served with its own value, and refused with another object's: 412.",
    Observed.PARTIAL: "Two of three attempts were refused as they must be; the third was served.",
    Observed.IGNORED: "The right value and a wrong one were both served with 200.",
    Observed.REJECTED: "501 NotImplemented, while the same request without it was served.",
    Observed.BROKEN: "200, but the object that was read back is not the one that was put.",
    Observed.UNPROVEN: "Accepted; nothing outside the server tells whether it had an effect.",
    Observed.UNKNOWN: "The account that owns the bucket is the only one this run was given.",
}
ROLES = ("setup", "setup", "control", "treatment", "effect", "effect")
ERROR = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>At least one of '
    "the preconditions you specified did not hold.</Message><RequestId>tx00000{digest}</RequestId>"
    "<HostId>10e3-default-default</HostId></Error>"
)


def dealt(*parts: object) -> int:
    """A number from 0 to 99 that depends on nothing but the parts."""
    return int(hashlib.sha256(repr(parts).encode()).hexdigest()[:8], 16) % 100


def observe(claim: dict[str, Any], label: str) -> Observed:
    chance = dealt(label, claim["id"])
    if chance < 4:
        return (Observed.UNKNOWN, Observed.UNPROVEN)[chance % 2]
    if claim["documented"] != Documented.UNIMPLEMENTED:
        words = {82: Observed.SUPPORTED, 86: Observed.PARTIAL, 90: Observed.IGNORED}
        words |= {97: Observed.REJECTED, 100: Observed.BROKEN}
    else:
        words = {15: Observed.SUPPORTED, 18: Observed.PARTIAL, 45: Observed.IGNORED}
        words |= {98: Observed.REJECTED, 100: Observed.BROKEN}
    return next(word for limit, word in words.items() if chance < limit)


def hazard(claim: dict[str, Any], observed: Observed) -> str | None:
    if observed is Observed.BROKEN and claim["operation"] in {"PutObject", "GetObject"}:
        return "corrupting"
    if observed is Observed.IGNORED and claim["feature"] is None:
        return "destructive" if claim["operation"].startswith("Delete") else None
    named = claim["feature"] or claim["operation"]
    if observed is Observed.IGNORED and any(word in named for word in SECURITY):
        return "silent"
    return None


def exchange(claim: dict[str, Any], role: str, number: int) -> Exchange:
    digest = hashlib.sha256(f"{claim['id']}{number}".encode()).hexdigest()
    refused = role == "effect" and number % 2 == 1
    body = ERROR.format(code="PreconditionFailed", digest=digest[:24]) if refused else ""
    url = f"http://127.0.0.1:7480/s3c-{digest[:10]}/subject-{number}"
    flag = claim["feature"] or "x-amz-meta-subject"
    return {
        "role": role,
        "request": {
            "method": "PUT" if role == "setup" else "GET",
            "url": url,
            "headers": [
                ["Host", "127.0.0.1:7480"],
                ["User-Agent", "s3-conformance/0.1.0"],
                ["X-Amz-Date", "20261122T120000Z"],
                ["X-Amz-Content-SHA256", digest],
                ["Authorization", "[redacted]"],
                *([[flag, f'"{digest[:32]}"']] if role in {"treatment", "effect"} else []),
            ],
            "body": "ours" if role == "setup" else "",
            "body_bytes": 4 if role == "setup" else 0,
        },
        "response": {
            "status": 412 if refused else 200,
            "reason": "Precondition Failed" if refused else "OK",
            "headers": [
                ["Content-Length", str(len(body))],
                ["ETag", f'"{digest[:32]}"'],
                ["Accept-Ranges", "bytes"],
                ["X-Amz-Request-Id", f"tx00000{digest[:40]}-default"],
                ["Content-Type", "application/xml"],
                ["Server", "Ceph Object Gateway (reef)"],
                ["Date", "Sun, 22 Nov 2026 12:00:00 GMT"],
                ["Connection", "Keep-Alive"],
            ],
            "body": body,
            "body_bytes": len(body),
            "seconds": 0.004 + number / 1000,
        },
        "error": None,
        "curl": f"curl -sS -i --aws-sigv4 aws:amz:us-east-1:s3"
        f' --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"'
        f" -H '{flag}: \"{digest[:32]}\"' {url}",
    }


def make(claims: list[dict[str, Any]], label: str, url: str = URL) -> results.Document:
    decided: dict[str, Observed] = {}
    rows: list[results.ResultRow] = []
    for claim in claims:
        own = decided.get(claim["operation"])
        implied = claim["feature"] is not None and own in {Observed.IGNORED, Observed.REJECTED}
        observed = own if implied and own else observe(claim, label)
        if claim["feature"] is None:
            decided[claim["operation"]] = observed
        row: Any = {
            **claim,
            "observed": observed.value,
            "decided_by": (
                "operation" if implied else "nothing" if observed is Observed.UNKNOWN else "request"
            ),
            "divergence": divergence(Documented(claim["documented"]), observed).value,
            "hazard": None if implied else hazard(claim, observed),
            "reason": f"{claim['operation']} itself was {observed}."
            if implied
            else REASONS[observed],
            "promise": None,
            "checks": [],
            "quirks": 0,
            "seconds": 0.04,
            "exchanges": []
            if implied
            else [exchange(claim, role, number) for number, role in enumerate(ROLES)],
        }
        rows.append(row)
    return results.assemble(
        run={
            "suite_version": "0.1.0",
            "libraries": {"boto3": "1.44.5", "botocore": "1.44.5", "pytest": "9.2.0"},
            "started": "2026-11-22T12:00:00Z",
            "seconds": 252.4,
            "spec": {
                "name": "r2.yaml",
                "vendor": "Cloudflare R2",
                "source": "https://developers.cloudflare.com/r2/api/s3/api/",
                "published": "2025-07-07",
                "retrieved": "2026-11-22",
                "sha256": hashlib.sha256(b"r2").hexdigest(),
            },
            "interrupted": None,
            "warnings": [],
        },
        endpoint={
            "url": url,
            "server": "Ceph Object Gateway (reef)",
            "region": "us-east-1",
            "label": label,
        },
        rows=rows,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("rows", type=Path, help="what `s3-conformance rows --json` prints")
    parser.add_argument("results", type=Path, help="the results file to write")
    parser.add_argument("--label", default="Made up", help="the endpoint's name; deals the words")
    parser.add_argument("--url", default=URL, help="two files of one URL make a comparison")
    options = parser.parse_args()
    results.write(
        options.results, make(json.loads(options.rows.read_bytes()), options.label, options.url)
    )


if __name__ == "__main__":
    main()
