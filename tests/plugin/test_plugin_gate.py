"""A run with a baseline: outcomes follow it, and so does the exit status."""

from __future__ import annotations

import itertools
import json
import re
import threading
from pathlib import Path

import pytest

from conformance import probes
from conformance.gate import baseline
from conformance.gate.baseline import digest
from conformance.matrix import load
from conformance.run import preflight
from conformance.run.embedded import embedded
from conformance.serve.http import Answer, Request, serving
from conformance.serve.upstream import Upstream
from tests.plugin.test_plugin import MATRIX, run
from tests.servers import closing

probes.load_all()  # before pytester remembers which modules to forget after each run

# What the matrix of the plugin's tests diverges in on the embedded endpoint.
SSE_C = "GetObject/x-amz-server-side-encryption-customer-key"
KNOWN = f"""\
s3-conformance-baseline: 1
endpoint: moto
matrix:
  name: m.yaml
  source: https://v.example/table
  rows: 6
  sha256: {{sha256}}
rows:
  {SSE_C}:
    documented: implemented
    observed: ignored
    hazard: silent
    reason: moto has no SSE-C
    link: https://bugs.example/1
"""
OK, FAILED = pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def matrix(pytester: pytest.Pytester) -> str:
    (pytester.path / "m.yaml").write_text(MATRIX)
    return "m.yaml"


@pytest.fixture
def known(pytester: pytest.Pytester, matrix: str) -> Path:
    """A baseline of the matrix on the embedded endpoint, explained."""
    claims = {row.id: row.documented for row in load(pytester.path / matrix).rows}
    path = pytester.path / "b.yaml"
    path.write_text(KNOWN.format(sha256=digest(claims)))
    return path


def test_first_baseline_when_unexplained_fails(pytester: pytest.Pytester, matrix: str) -> None:
    result = run(pytester, matrix, "--baseline", "b.yaml", "--update-baseline")
    assert result.ret == FAILED
    result.assert_outcomes(passed=4, xpassed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            f"unexplained: {SSE_C}: b.yaml:*: the entry needs*",
            "gate: FAILED: 1 unexplained",
            f"FAILED m.yaml::{SSE_C} - unexplained: its entry needs a reason and a link*",
        ]
    )
    assert [*baseline.load(pytester.path / "b.yaml").entries] == [SSE_C]


@pytest.mark.parametrize("how", [[], ["-n", "2"]])
def test_known_divergence_when_seen_is_xfailed_with_its_reason(
    pytester: pytest.Pytester, known: Path, how: list[str]
) -> None:
    before = known.read_bytes()
    result = run(pytester, "m.yaml", "--baseline", "b.yaml", "-rx", *how)
    assert result.ret == OK
    result.assert_outcomes(passed=4, xpassed=1, xfailed=1)
    result.stdout.fnmatch_lines(
        [
            "gate: as expected (rows: 6, known divergences: 1)",
            "XFAIL*ignored; known: moto has no SSE-C (https://bugs.example/1)",
        ]
    )
    assert known.read_bytes() == before


def test_divergence_when_not_in_the_baseline_fails(pytester: pytest.Pytester, known: Path) -> None:
    text = known.read_text()
    known.write_text(text[: text.index("rows:\n")] + "rows: {}\n")
    result = run(pytester, "m.yaml", "--baseline", "b.yaml")
    assert result.ret == FAILED
    result.assert_outcomes(passed=4, xpassed=1, failed=1)
    result.stdout.fnmatch_lines(["*1 new", "*::GetObject/* - new: not in the baseline*"])


def test_known_divergence_when_fixed_fails_until_the_baseline_is_updated(
    pytester: pytest.Pytester, known: Path
) -> None:
    entry = """\
  GetObject/Range:
    documented: implemented
    observed: rejected
    reason: once upon a time
    link: https://bugs.example/2
"""
    known.write_text(known.read_text().replace(f"  {SSE_C}:", f"{entry}  {SSE_C}:"))
    result = run(pytester, "m.yaml", "--baseline", "b.yaml")
    assert result.ret == FAILED
    result.assert_outcomes(passed=3, xpassed=1, xfailed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["gate: FAILED: 1 fixed", "*::GetObject/Range - fixed: no longer diverges as recorded; *"]
    )
    assert run(pytester, "m.yaml", "--baseline", "b.yaml", "--update-baseline").ret == OK
    assert [*baseline.load(known).entries] == [SSE_C]


def test_baseline_entry_when_the_matrix_has_no_such_row_fails_the_run(
    pytester: pytest.Pytester, known: Path
) -> None:
    known.write_text(known.read_text().replace(SSE_C, "GetObject/x-amz-sse"))
    result = run(pytester, "m.yaml::HeadObject", "--baseline", "b.yaml")
    result.assert_outcomes(passed=2, xpassed=1)
    assert result.ret == FAILED
    result.stdout.fnmatch_lines(
        ["unknown-row: GetObject/x-amz-sse: b.yaml:*: the matrix has no such row*"]
    )


def test_gate_when_rows_are_selected_uses_their_entries_alone(
    pytester: pytest.Pytester, known: Path
) -> None:
    before = known.read_bytes()
    options = ["--baseline", "b.yaml", "--update-baseline"]
    result = run(pytester, "m.yaml::HeadObject", *options)
    assert result.ret == OK
    assert known.read_bytes() == before


def test_gate_when_the_matrix_changed_names_it(pytester: pytest.Pytester, known: Path) -> None:
    path = pytester.path / "m.yaml"
    path.write_text(MATRIX.replace("            If-None-Match: unimplemented\n", ""))
    result = run(pytester, "m.yaml", "--baseline", "b.yaml")
    assert result.ret == FAILED
    result.stdout.fnmatch_lines(
        ["matrix: the rows of m.yaml (5) are not those of the baseline (6)*"]
    )
    assert run(pytester, "m.yaml", "--baseline", "b.yaml", "--update-baseline").ret == OK


def test_undocumented_row_when_strict_needs_an_entry(
    pytester: pytest.Pytester, known: Path
) -> None:
    result = run(pytester, "m.yaml", "--baseline", "b.yaml", "--strict")
    assert result.ret == FAILED
    result.assert_outcomes(passed=4, xfailed=1, failed=1)
    result.stdout.fnmatch_lines(["new: HeadObject/If-None-Match: documented unimplemented*"])
    run(pytester, "m.yaml", "--baseline", "b.yaml", "--strict", "--update-baseline")
    known.write_text(
        known.read_text().replace("link: TODO", "link: https://l").replace("TODO", ".")
    )
    for strict in (["--strict"], []):
        result = run(pytester, "m.yaml", "--baseline", "b.yaml", *strict)
        result.assert_outcomes(passed=4, xfailed=2)
        assert result.ret == OK


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--update-baseline"], "--update-baseline needs --baseline"),
        (["--silent-ignores", "all"], "--silent-ignores needs --baseline"),
        (["--baseline", "b.yaml", "--silent-ignores", "some"], "--silent-ignores"),
        (["--baseline", "none.yaml"], "none.yaml: cannot be read: No such file"),
        (["--baseline", "m.yaml"], "m.yaml:1: unknown key 's3-conformance'"),
        (["--baseline", "other.yaml"], "other.yaml: the baseline is for the table at https://o"),
        (["--baseline", "no/b.yaml", "--update-baseline"], "no/b.yaml: cannot be written"),
        (["--repeat", "0"], "--repeat"),
    ],
)
def test_option_when_its_value_is_wrong_is_refused_by_name(
    pytester: pytest.Pytester, matrix: str, known: Path, arguments: list[str], said: str
) -> None:
    text = known.read_text().replace("https://v.example", "https://other.example")
    (pytester.path / "other.yaml").write_text(text)
    result = run(pytester, matrix, *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in result.stderr.str()
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_gate_when_nothing_listens_never_passes(
    pytester: pytest.Pytester, with_credentials: None, known: Path
) -> None:
    with closing() as url:
        result = run(pytester, "m.yaml", "--baseline", "b.yaml", "--endpoint-url", url)
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_gate_when_the_credentials_are_denied_never_passes(
    pytester: pytest.Pytester, with_credentials: None, known: Path
) -> None:
    """It may list buckets, and nothing else."""
    denied = b"<Error><Code>AccessDenied</Code><Message>.</Message></Error>"

    def respond(request: Request) -> Answer:
        if request.path == "/":
            return Answer(status=200, body=b"<ListAllMyBucketsResult/>")
        return Answer(status=403, body=denied)

    with serving(respond) as url:
        result = run(pytester, "m.yaml", "--baseline", "b.yaml", "--endpoint-url", url)
    assert result.ret == FAILED
    result.assert_outcomes(failed=6)
    result.stdout.fnmatch_lines(
        ["undecided: GetObject: *403*", "*FAILED: 6 undecided", "*- undecided: not decided*"]
    )


def test_gate_when_the_run_is_cut_short_neither_passes_nor_updates(
    pytester: pytest.Pytester, with_credentials: None, known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The endpoint is gone after the first requests."""
    monkeypatch.setattr("conformance.s3.patience.pause", lambda *_: 0.0)
    monkeypatch.setattr(preflight, "PULSES", (0.0,) * 4)
    before, count = known.read_bytes(), itertools.count()
    with embedded() as behind, Upstream(behind.url) as upstream:

        def respond(request: Request) -> Answer:
            if next(count) > 6:
                raise ConnectionResetError
            return upstream.ask(request)

        with serving(respond) as url:
            options = ["--baseline", "b.yaml", "--update-baseline"]
            result = run(pytester, "m.yaml", "--endpoint-url", url, *options)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        [
            "baseline: b.yaml is not updated, because the run was cut short",
            "incomplete: the run was cut short: the endpoint stopped answering*",
            "gate: FAILED: 1 incomplete*",
        ]
    )
    assert known.read_bytes() == before


def flapping(upstream: Upstream, steady: int) -> tuple[list[int], object]:
    """What serves ranges so often, and then the whole object."""
    count, lock = [0], threading.Lock()

    def respond(request: Request) -> Answer:
        if request.header("Range"):
            with lock:
                count[0] += 1
                if count[0] > steady:
                    request = request.without("Range")
        return upstream.ask(request)

    return count, respond


def observe_range(pytester: pytest.Pytester, steady: int, *options: str) -> tuple[int, object]:
    with embedded() as behind, Upstream(behind.url, [behind.credentials]) as upstream:
        count, respond = flapping(upstream, steady)
        with serving(respond) as url:  # type: ignore[arg-type]
            result = run(pytester, "m.yaml::GetObject::Range", "--endpoint-url", url, *options)
    return count[0], result


def test_repeated_row_when_its_words_differ_is_named_flaky(
    pytester: pytest.Pytester, matrix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with embedded() as some:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", some.credentials.access_key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", some.credentials.secret_key)
    asked, _ = observe_range(pytester, 1000)
    options = ["--repeat", "2", "--results", "r.json", "--baseline", "b.yaml"]
    run(pytester, "m.yaml::HeadObject", "--baseline", "b.yaml", "--update-baseline")

    _, result = observe_range(pytester, asked, *options)
    row = json.loads((pytester.path / "r.json").read_text())["rows"][0]
    assert [it["observed"] for it in row["repeats"]] == ["supported", "ignored"]
    assert row["observed"] == "partial"
    assert re.match("flaky: responses differ .* supported 1 of 2 times .* ignored 1", row["reason"])
    result.stdout.fnmatch_lines(["gate: FAILED: 1 flaky"])  # type: ignore[attr-defined]

    observe_range(pytester, asked, *options, "--update-baseline")
    path = pytester.path / "b.yaml"
    path.write_text(path.read_text().replace("link: TODO", "link: https://l").replace("TODO", "."))
    _, result = observe_range(pytester, asked, *options)
    result.assert_outcomes(xfailed=1)  # type: ignore[attr-defined]


def test_repeated_row_when_its_words_agree_has_one_verdict(
    pytester: pytest.Pytester, matrix: str
) -> None:
    result = run(pytester, "m.yaml::GetObject", "--repeat", "3", "--results", "r.json", "-n", "1")
    result.assert_outcomes(passed=2, failed=1)
    for row in json.loads((pytester.path / "r.json").read_text())["rows"]:
        assert [it["observed"] for it in row["repeats"]] == [row["observed"]] * 3
