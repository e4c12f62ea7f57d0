"""The gate on results files: what opens it, what closes it, and what is said then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conformance import cli, results
from conformance.errors import ResultsError
from conformance.results import Document
from conformance.verdict import Documented, Observed, divergence
from tests.baseline_text import BASELINE, HEADER, SHA256, TAGGING, write
from tests.golden.small import cut_short, document

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


def settle(document: Document) -> Path:
    """Write a changed document, its derived fields brought up to date."""
    for row in document["rows"]:
        row["divergence"] = divergence(
            Documented(row["documented"]), Observed(row["observed"])
        ).value
    document["summary"] = results.summarise(document["rows"])
    results.write("r.json", document)
    return Path("r.json")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_scenario(scenario: Scenario, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = document(**scenario.seen)
    if scenario.change:
        scenario.change(found)
    settle(found)
    write(tmp_path, scenario.baseline)
    status = cli.main(["gate", "r.json", "--baseline", "b.yaml", *scenario.options])
    output = capsys.readouterr()
    printed = output.out + output.err
    for part in scenario.said:
        assert any(line.startswith(part) for line in printed.splitlines()) or part in printed
    assert status == scenario.status, printed
    if status != 2:
        assert printed.splitlines()[-1].startswith(
            "gate: FAILED: " if status else "gate: as expected ("
        )


def test_gate_when_the_run_is_incomplete_never_opens(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Even where all that was observed is as expected."""
    settle(cut_short())
    write(tmp_path)
    assert cli.main(["gate", "r.json", "--baseline", "b.yaml"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "incomplete: the run was cut short: the endpoint went away: connection refused",
        "gate: FAILED: 1 incomplete",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("endpoint: Store A\n", "", "b.yaml:2: key 'endpoint' is missing"),
        ("baseline: 1", "baseline: 2", "b.yaml:2: s3-conformance-baseline is 2; this version"),
        ("endpoint: Store A", "color: red", "b.yaml:3: unknown key 'color'"),
        ("rows: 12", "rows: twelve", "b.yaml:7: a number is needed here, not 'twelve'"),
        ("    reason: planned for 3.0\n", "", "b.yaml:26: key 'reason' is missing"),
        ("planned for 3.0", "", "b.yaml:31: PutObject/If-Match needs a reason and a link"),
        ("planned for 3.0", "''", "b.yaml:31: PutObject/If-Match needs a reason and a link"),
        ("    link: https://bugs.example/1\n", "", "b.yaml:11: key 'link' is missing"),
        ("https://bugs.example/1", "", "b.yaml:15: ListBuckets/prefix needs a reason and a link"),
        ("https://bugs.example/1", "see wiki", "b.yaml:15: 'see wiki' is not an http(s) URL"),
        ("observed: partial", "observed: halved", "b.yaml:13: 'halved' is not one of supported"),
        ("observed: partial", "observed: [partial]", "b.yaml:13: "),
        ("hazard: silent", "hazard: loud", "b.yaml:29: 'loud' is not one of silent"),
        ("hazard: silent", "flaky: false", "b.yaml:29: flaky must be true or absent"),
        ("hazard: silent", "flaky: true", "b.yaml:28: a list is needed here, not 'ignored'"),
        ("hazard: silent", "severity: low", "b.yaml:29: unknown key 'severity'"),
        ("DeleteBucketTagging:", "ListBuckets/prefix:", "b.yaml:16: key 'ListBuckets/prefix' stan"),
        ("observed: [supported, rejected]", "observed: [rejected]", "of a flaky row must list"),
        (
            "observed: [supported, rejected]",
            "observed: [rejected, rejected]",
            "of a flaky row must list",
        ),
    ],
)
def test_baseline_when_malformed_is_refused_with_its_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, old: str, new: str, said: str
) -> None:
    settle(document())
    text = FLAKY if old not in BASELINE else BASELINE
    assert old in text
    write(tmp_path, text.replace(old, new, 1))
    assert cli.main(["gate", "r.json", "--baseline", "b.yaml"]) == 2
    message = capsys.readouterr().err
    assert message.startswith("s3-conformance: b.yaml:")
    assert said in message
    assert message.count("\n") == 1


def test_gate_when_only_a_note_or_a_date_of_the_matrix_changed_stays_open(tmp_path: Path) -> None:
    found = document()
    found["run"]["spec"]["sha256"] = SHA256
    found["run"]["spec"]["retrieved"] = "2026-11-25"
    row_of(found, "PutObject")["note"] = "as of today"
    settle(found)
    write(tmp_path)
    assert cli.main(["gate", "r.json", "--baseline", "b.yaml"]) == 0


def test_gate_when_some_rows_were_selected_judges_their_entries_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """With --matrix, rows that were not run are neither unknown nor missed."""
    matrix = tmp_path / "m.yaml"
    matrix.write_text(MATRIX)
    found = document()
    found["run"]["spec"]["source"] = "https://v.example/table"
    found["rows"] = [it for it in found["rows"] if it["operation"] == "PutObject"][:2]
    settle(found)
    arguments = ["gate", "r.json", "--baseline", "b.yaml", "--matrix", "m.yaml"]
    assert cli.main([*arguments, "--update-baseline"]) == 1
    text = Path("b.yaml").read_text()
    assert "  rows: 3\n" in text
    Path("b.yaml").write_text(text.replace("link: TODO", "link: https://l").replace("TODO", "why"))
    assert cli.main(arguments) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "gate: as expected (rows: 2, known divergences: 1)"
    )


MATRIX = """\
s3-conformance: 1
vendor: V
source: https://v.example/table
operations:
  object:
    PutObject:
      status: implemented
      features:
        - members:
            If-Match: implemented
            Expires: implemented
"""


def test_gate_lines_when_the_server_sends_control_characters_are_neutral(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found = document(ListBuckets="rejected")
    row_of(found, "ListBuckets")["reason"] = "501 \x1b[2J\nnew: forged"
    settle(found)
    write(tmp_path)
    assert cli.main(["gate", "r.json", "--baseline", "b.yaml"]) == 1
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert printed.count("\n") == 2


@pytest.mark.parametrize(
    ("observed", "words", "follows"),
    [
        ("partial", ("supported", "ignored"), True),
        ("unknown", ("supported", "unknown"), True),
        ("supported", ("supported", "supported"), True),
        ("supported", ("supported", "ignored"), False),
        ("partial", ("supported", "supported"), False),
    ],
)
def test_repeated_row_when_its_word_contradicts_its_observations_is_refused(
    observed: str, words: tuple[str, ...], *, follows: bool
) -> None:
    found = document()
    repeated("PutObject", *words)(found)
    row_of(found, "PutObject")["observed"] = observed
    if follows:
        settle(found)
        assert results.read("r.json") == found
    else:
        with pytest.raises(ResultsError, match="does not follow from its observations"):
            settle(found)
