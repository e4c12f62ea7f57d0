"""What is changed in results or in their baseline, and how the gate answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conformance.results import Document
from tests.baseline_text import BASELINE, HEADER, TAGGING

Change = Callable[[Document], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is changed in the small results or in their baseline, and how the gate answers.

    Attributes:
        name: of the test.
        seen: other observed words by row id; such a row is no hazard.
        change: what else is done to the results.
        baseline: the file's text.
        options: of the command line.
        status: the exit status.
        said: lines, or parts of them, all of which are printed.
    """

    name: str
    seen: dict[str, str] = field(default_factory=dict)
    change: Change | None = None
    baseline: str = BASELINE
    options: tuple[str, ...] = ()
    status: int = 1
    said: tuple[str, ...]


def row_of(document: Document, row: str) -> Any:
    return next(it for it in document["rows"] if it["id"] == row)


def rename(document: Document) -> None:
    row_of(document, "PutObject/If-Match")["id"] = "PutObject/If-Matches"


def drop(document: Document) -> None:
    document["rows"].remove(row_of(document, "PutObject/If-Match"))


def only_one(document: Document) -> None:
    document["rows"][1:] = []


def all_unknown(reason: str) -> Change:
    def change(document: Document) -> None:
        for row in document["rows"]:
            row["observed"], row["hazard"], row["reason"] = "unknown", None, reason

    return change


def hazard(row: str, word: str | None) -> Change:
    def change(document: Document) -> None:
        row_of(document, row)["hazard"] = word

    return change


def documented(row: str, word: str) -> Change:
    def change(document: Document) -> None:
        row_of(document, row)["documented"] = word

    return change


def repeated(row: str, *words: str) -> Change:
    def change(document: Document) -> None:
        found = row_of(document, row)
        found["observed"], found["hazard"] = "partial", None
        found["repeats"] = [{"observed": it, "hazard": None, "reason": "r"} for it in words]

    return change


def other_vendor(document: Document) -> None:
    document["run"]["spec"]["source"] = "https://other.example/table"


def without(row: str, text: str = BASELINE) -> str:
    """The baseline without one of its block entries."""
    head, _, rest = text.partition(f"  {row}:")
    return head + rest[rest.index("bugs.example") :].partition("\n")[2]


FLAKY = without("ListBuckets/prefix").replace(
    "rows:\n  # Listing\n",
    """rows:
  ListBuckets/prefix:
    documented: implemented
    observed: [supported, rejected]
    flaky: true
    reason: two of the nodes are old
    link: https://bugs.example/7
""",
)
SCENARIOS = [
    Scenario(
        name="as expected",
        status=0,
        said=("gate: as expected (rows: 12, known divergences: 6)",),
    ),
    Scenario(
        name="new divergence",
        seen={"ListBuckets": "rejected"},
        said=(
            "new: ListBuckets: documented implemented, observed rejected: 501",
            "gate: FAILED: 1 new",
        ),
    ),
    Scenario(
        name="new experimental divergence",
        seen={"PutObject/x-amz-acl": "ignored"},
        said=("changed: PutObject/x-amz-acl: documented experimental, observed ignored",),
    ),
    Scenario(
        name="fixed",
        seen={"PutObject/If-Match": "supported"},
        said=("fixed: PutObject/If-Match: no longer diverges as recorded", "gate: FAILED: 1 fixed"),
    ),
    Scenario(
        name="fixed by doing as the table says",
        seen={"PutObject/x-amz-tagging": "rejected"},
        baseline=BASELINE.replace("# the end\n", TAGGING),
        said=("fixed: PutObject/x-amz-tagging", "gate: FAILED: 1 fixed"),
    ),
    Scenario(
        name="partial became missing",
        seen={"ListBuckets/prefix": "rejected"},
        said=("changed: ListBuckets/prefix:", "; the baseline expects implemented, partial"),
    ),
    Scenario(
        name="another kind of missing",
        seen={"PutObject/If-Match": "rejected"},
        said=(
            "changed: PutObject/If-Match",
            "the baseline expects implemented, ignored (silent haz",
        ),
    ),
    Scenario(
        name="new hazard on a known row",
        change=hazard("ListBuckets/prefix", "corrupting"),
        said=("changed: ListBuckets/prefix: documented implemented, observed partial (corrupting",),
    ),
    Scenario(
        name="hazard that is gone on a known row",
        change=hazard("PutObject/If-Match", None),
        said=("changed: PutObject/If-Match:",),
    ),
    Scenario(
        name="documentation changed under a known row",
        change=documented("ListBuckets/prefix", "experimental"),
        said=(
            "fixed: ListBuckets/prefix: no longer diverges as recorded; update",
            "matrix: the rows of r2.yaml (12) are not those of the baseline (12): the matrix has",
            "gate: FAILED: 1 matrix, 1 fixed",
        ),
    ),
    Scenario(
        name="unknown row",
        change=drop,
        said=(
            "unknown-row: PutObject/If-Match: b.yaml:26: the matrix has no such row",
            "1 unknown-row",
        ),
    ),
    Scenario(
        name="renamed row",
        change=rename,
        said=(
            "new: PutObject/If-Matches:",
            "unknown-row: PutObject/If-Match: b.yaml:26: the matrix has no such row; did you mean",
            "gate: FAILED: 1 matrix, 1 new, 1 unknown-row",
        ),
    ),
    Scenario(
        name="row that never was",
        baseline=BASELINE.replace("# the end\n", TAGGING.replace("x-amz-tagging", "x-amz-gaff")),
        said=("unknown-row: PutObject/x-amz-gaff: b.yaml:45: the matrix has no such row",),
    ),
    Scenario(
        name="dead endpoint",
        change=all_unknown("connection refused"),
        said=("undecided: ListBuckets: documented implemented, observed unknown: connection",),
    ),
    Scenario(
        name="denied token",
        change=all_unknown("access denied: 403"),
        baseline=f"{HEADER}rows: {{}}\n",
        said=("gate: FAILED: 12 undecided",),
    ),
    Scenario(
        name="decided row that is undecided now",
        seen={"PutObject/If-Match": "unknown"},
        said=("undecided: PutObject/If-Match:", "the baseline expects implemented, ignored"),
    ),
    Scenario(
        name="undecided for another reason",
        seen={"PutObject/x-amz-request-payer": "unknown"},
        said=("undecided: PutObject/x-amz-request-payer:", "expects unimplemented, unproven"),
    ),
    Scenario(
        name="undecided row that is decided now",
        seen={"PutObject/x-amz-acl": "supported"},
        said=("fixed: PutObject/x-amz-acl",),
    ),
    Scenario(
        name="flaky row",
        change=repeated("ListBuckets/prefix", "supported", "rejected", "supported"),
        said=(
            "flaky: ListBuckets/prefix: documented implemented, observed supported (2), rejec",
            "gate: FAILED: 1 flaky",
        ),
    ),
    Scenario(
        name="flaky row that nobody knows",
        change=repeated("PutObject", "supported", "broken"),
        said=("flaky: PutObject: documented implemented, observed supported (1), broken (1)",),
    ),
    Scenario(
        name="known flaky row",
        change=repeated("ListBuckets/prefix", "supported", "rejected", "supported"),
        baseline=FLAKY,
        status=0,
        said=("gate: as expected (rows: 12, known divergences: 6)",),
    ),
    Scenario(
        name="known flaky row on a good day",
        seen={"ListBuckets/prefix": "supported"},
        baseline=FLAKY,
        status=0,
        said=("gate: as expected",),
    ),
    Scenario(
        name="known flaky row with a new word",
        change=repeated("ListBuckets/prefix", "supported", "broken"),
        baseline=FLAKY,
        said=("changed: ListBuckets/prefix", "expects implemented, flaky: supported or rejected"),
    ),
    Scenario(
        name="repeated with one answer",
        change=repeated("ListBuckets/prefix", "partial", "partial"),
        status=0,
        said=("gate: as expected",),
    ),
    Scenario(
        name="stale entry",
        baseline=BASELINE.replace(
            "# the end\n", TAGGING.replace("x-amz-tagging", "x").replace("PutObject/x", "PutObject")
        ).replace("unimplemented\n    observed: supported", "implemented\n    observed: supported"),
        said=("stale: PutObject: b.yaml:45: this row no longer diverges", "gate: FAILED: 1 stale"),
    ),
    Scenario(
        name="unexplained entry",
        baseline=BASELINE.replace("planned for 3.0", "TODO say why"),
        said=("unexplained: PutObject/If-Match: b.yaml:26: the entry needs a reason and a link",),
    ),
    Scenario(
        name="linkless entry",
        baseline=BASELINE.replace("https://bugs.example/4", "TODO"),
        said=("unexplained: PutObject/x-amz-request-payer: b.yaml:35: the entry needs a",),
    ),
    Scenario(
        name="only some rows were run",
        change=only_one,
        baseline=f"{HEADER}rows: {{}}\n",
        said=(
            "matrix: the rows of r2.yaml (1) are not those of the baseline (12)",
            "gate: FAILED: 1 matrix",
        ),
    ),
    Scenario(
        name="undocumented, not strict",
        status=0,
        said=("gate: as expected",),
    ),
    Scenario(
        name="undocumented under strict",
        options=("--strict",),
        said=("new: PutObject/x-amz-tagging: documented unimplemented, observed supported",),
    ),
    Scenario(
        name="known undocumented under strict",
        options=("--strict",),
        baseline=BASELINE.replace("# the end\n", TAGGING),
        status=0,
        said=("gate: as expected (rows: 12, known divergences: 7)",),
    ),
    Scenario(
        name="known undocumented, not strict",
        baseline=BASELINE.replace("# the end\n", TAGGING),
        status=0,
        said=("gate: as expected (rows: 12, known divergences: 7)",),
    ),
    Scenario(
        name="ignored as documented, by default",
        seen={"GetBucketAcl": "ignored"},
        status=0,
        said=("gate: as expected",),
    ),
    Scenario(
        name="ignored as documented, of all",
        seen={"GetBucketAcl": "ignored"},
        options=("--silent-ignores", "all"),
        said=("new: GetBucketAcl: documented unimplemented, observed ignored",),
    ),
    Scenario(
        name="hazard ignored as documented, by default",
        seen={"GetBucketAcl": "ignored"},
        change=hazard("GetBucketAcl", "silent"),
        said=("new: GetBucketAcl: documented unimplemented, observed ignored (silent hazard)",),
    ),
    Scenario(
        name="hazard ignored as documented, of none",
        seen={"GetBucketAcl": "ignored"},
        change=hazard("GetBucketAcl", "silent"),
        options=("--silent-ignores", "none"),
        status=0,
        said=("gate: as expected",),
    ),
    Scenario(
        name="destruction is no silence",
        seen={"GetBucketAcl": "ignored"},
        change=hazard("GetBucketAcl", "destructive"),
        options=("--silent-ignores", "none"),
        said=("new: GetBucketAcl: documented unimplemented, observed ignored (destructive",),
    ),
    Scenario(
        name="no baseline",
        baseline="",
        status=2,
        said=("s3-conformance: b.yaml:1: the file is empty",),
    ),
    Scenario(
        name="another vendor's results",
        change=other_vendor,
        status=2,
        said=("b.yaml: the baseline is for the table at https://developers.cloudflare.com/r2/",),
    ),
]
