"""A results document in which every text that a server could have chosen is an attack."""

from __future__ import annotations

import copy
from typing import Any, Final

from conformance import results
from conformance.verdict import FAILURES, Outcome, Weight
from tests.golden.small import cut_short

PAYLOAD: Final = (
    "</noscript></script></style></textarea></title>--><script>document.title='pwned'</script>"
    "<img src=x onerror=\"document.title='pwned'\"><svg/onload=document.title='pwned'>"
    "<iframe src=https://evil.example></iframe><a href=\"javascript:document.title='pwned'\">x</a>"
    "' onmouseover='document.title=1' x=\" onfocus=\"document.title=1\" autofocus "
    "{{ 7*7 }}{% raw %} ]]> &lt;script&gt; | cell | `code` ```\n\n# heading\n- item\n> quote\n"
    "***bold*** ~~gone~~ [link](javascript:alert(1)) ![img](https://evil.example/x.png) "
    "https://evil.example www.evil.example @someone #1 !2 $x^2$ <details><summary>\r\n"
    "\x00\x07\x1b[31mred\x1b]0;title\x07\x9b2J\u202egnp.exe\u2066\u200b\ufeff\u2028\ud800\ufffe"
    "\U000e0041"
)
# What the suite or the schema chooses; a file that has anything else there is refused.
_OURS: Final = frozenset(
    {
        "documented", "observed", "divergence", "hazard", "level", "role", "started", "sha256",
        "published", "retrieved", "id", "operation", "decided_by", "weight", "outcome",
    }
)  # fmt: skip
# Kept apart from each other, so that rows stay rows and requests stay readable.
_PREFIXED: Final = frozenset({"feature", "group", "reason", "method", "url"})


def hostile(label: str = "") -> results.Document:
    """The document; `label` tells two of them apart."""
    made: Any = _poisoned(copy.deepcopy(cut_short()))
    made["endpoint"]["url"] = "http://store.example/" + "\"'<b>onerror=1</b>"
    made["endpoint"]["label"] = label + PAYLOAD
    made["run"]["spec"]["vendor"] = PAYLOAD
    made["run"]["spec"]["source"] = "javascript:document.title='pwned'"
    made["run"]["libraries"] = {PAYLOAD: PAYLOAD}
    made["run"]["warnings"] = [PAYLOAD]
    for number, row in enumerate(made["rows"]):
        row["id"] = f"{row['id']}?{number}{PAYLOAD}"
        row["operation"] += PAYLOAD
        row["note"] = PAYLOAD
        row["promise"] = PAYLOAD
        row["checks"] = [check(weight, outcome) for weight in Weight for outcome in Outcome]
        row["quirks"] = len(FAILURES)
        for exchange in row["exchanges"]:
            exchange["error"] = PAYLOAD
            exchange["response"]["headers"].append([PAYLOAD, PAYLOAD])
            exchange["request"]["headers"].append([PAYLOAD, PAYLOAD])
    made["summary"] = results.summarise(made["rows"])
    document: results.Document = made
    return document


def check(weight: Weight, outcome: Outcome) -> results.StoredCheck:
    """A check whose texts are attacks; a row has one of each weight and outcome."""
    return {
        "id": f"{weight}-{outcome}",
        "weight": weight.value,
        "outcome": outcome.value,
        "expected": PAYLOAD,
        "observed": PAYLOAD,
        "source": f"https://{PAYLOAD}",
        "hazard": None,
        "exchanges": [],
    }


def _poisoned(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _poisoned(kept, name) for name, kept in value.items()}
    if isinstance(value, list):
        return [_poisoned(kept, key) for kept in value]
    if not isinstance(value, str) or key in _OURS:
        return value
    return value + PAYLOAD if key in _PREFIXED else PAYLOAD
