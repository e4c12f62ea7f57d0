"""The gate on results files: what opens it, what closes it, and what is said then."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance import cli, results
from conformance.errors import ResultsError
from tests.baseline_text import BASELINE, SHA256, write
from tests.gate.scenarios import FLAKY, SCENARIOS, Scenario, repeated, row_of
from tests.golden.small import cut_short, document, settle


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
