"""The YAML file as a pytest module: nodes, markers, selection, outcomes, outputs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from defusedxml import ElementTree

from conformance import probes, results
from tests.servers import closing, error, http, saying

probes.load_all()  # before pytester remembers which modules to forget after each run

MATRIX = """\
s3-conformance: 1
vendor: Test
source: https://v.example/table
operations:
  object:
    HeadObject:
      status: implemented
      features:
        - group: Conditional Operations
          members:
            Range: implemented
            If-None-Match: unimplemented
    GetObject:
      status: implemented
      features:
        - group: Range
          members:
            Range: implemented
        - members:
            x-amz-server-side-encryption-customer-key: implemented
"""
ROWS = 6


@pytest.fixture
def matrix(pytester: pytest.Pytester) -> str:
    path = pytester.path / "m.yaml"
    path.write_text(MATRIX)
    return "m.yaml"


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest on what the test has written."""
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


def verdicts(path: Path) -> dict[str, str]:
    return {row["id"]: row["observed"] for row in json.loads(path.read_text())["rows"]}


def test_collection_of_a_matrix_has_operations_as_nodes_and_rows_as_items(
    pytester: pytest.Pytester, matrix: str
) -> None:
    result = run(pytester, matrix, "--collect-only", "-q")
    assert result.outlines[:ROWS] == [
        "m.yaml::HeadObject::HeadObject",
        "m.yaml::HeadObject::Range",
        "m.yaml::HeadObject::If-None-Match",
        "m.yaml::GetObject::GetObject",
        "m.yaml::GetObject::Range",
        "m.yaml::GetObject::x-amz-server-side-encryption-customer-key",
    ]


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (["m.yaml::GetObject"], 3),
        (["m.yaml::GetObject::Range"], 1),
        (["m.yaml", "-k", "HeadObject and Range"], 1),
        (["m.yaml", "-m", "operation"], 2),
        (["m.yaml", "-m", "unimplemented"], 1),
        (["m.yaml", "-m", "range and object"], 1),
        (["m.yaml", "-m", "conditional_operations"], 2),
    ],
)
def test_selection_when_given_as_node_id_or_expression_takes_those_rows(
    pytester: pytest.Pytester, matrix: str, arguments: list[str], count: int
) -> None:
    result = run(pytester, "--collect-only", "-q", *arguments)
    assert len([line for line in result.outlines if line.startswith("m.yaml::")]) == count


def test_run_of_a_matrix_has_one_outcome_a_row_and_writes_each_output(
    pytester: pytest.Pytester, matrix: str
) -> None:
    """On the embedded endpoint: as documented, better than documented, and missing."""
    outputs = ["--results", "r.json", "--report", "r.html", "--markdown", "r.md", "--curl", "r.sh"]
    result = run(pytester, matrix, *outputs)

    result.assert_outcomes(passed=4, xpassed=1, failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["endpoint: embedded moto*", "FAILED m.yaml::GetObject/*"])
    document = json.loads((pytester.path / "r.json").read_text())
    assert document["complete"] is True
    assert document["rows"][0]["id"] == "HeadObject"
    missing = document["rows"][5]
    assert (missing["observed"], missing["divergence"]) == ("ignored", "missing")
    assert missing["hazard"] == "silent"
    assert (pytester.path / "r.html").read_text().lower().startswith("<!doctype html>")
    assert (pytester.path / "r.md").read_text()
    assert "'GetObject/Range')\n" in (pytester.path / "r.sh").read_text()


def test_undocumented_row_when_strict_fails(pytester: pytest.Pytester, matrix: str) -> None:
    result = run(pytester, "m.yaml::HeadObject", "--strict")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*[XPASS(strict)]*documented as unimplemented*"])


@pytest.mark.parametrize("how", [["--jobs", "1"], ["--jobs", "16"], ["-n", "2"]])
def test_verdicts_when_workers_observe_are_the_same(
    pytester: pytest.Pytester, matrix: str, how: list[str]
) -> None:
    run(pytester, matrix, "--results", "r.json", *how)
    assert verdicts(pytester.path / "r.json") == {
        "HeadObject": "supported",
        "HeadObject/Range": "supported",
        "HeadObject/If-None-Match": "partial",
        "GetObject": "supported",
        "GetObject/Range": "supported",
        "GetObject/x-amz-server-side-encryption-customer-key": "ignored",
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "Range: impl",
            "Rnage: impl",
            "m.yaml:11: S3 has no Rnage of HeadObject; did you",
        ),
        (
            "operations:",
            "behaviours: {Body: {sha-256: implemented}}\noperations:",
            "m.yaml:4: the topic Body has no sha-256; did you mean sha256?",
        ),
        ("status: impl", "state: impl", "m.yaml:7: "),
        ("vendor: Test", "vendor: [", "m.yaml:"),
    ],
)
def test_matrix_when_malformed_is_refused_with_its_line(
    pytester: pytest.Pytester, matrix: str, old: str, new: str, said: str
) -> None:
    path = pytester.path / matrix
    path.write_text(MATRIX.replace(old, new))
    result = run(pytester, matrix, "--results", "r.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {said}" in result.stderr.str().replace(f"{pytester.path}/", "")
    assert "Traceback" not in result.stdout.str() + result.stderr.str()
    assert not (pytester.path / "r.json").exists()


@pytest.fixture
def wide(pytester: pytest.Pytester) -> str:
    """A matrix in which a feature, an operation and its feature have no probe."""
    head, _, _ = MATRIX.partition("    HeadObject:")
    (pytester.path / "wide.yaml").write_text(
        f"""{head}    HeadObject:
      status: implemented
      features:
        - members:
            x-vendor-tier: implemented
    PatchObject:
      status: unimplemented
      features:
        - members:
            x-vendor-range: {{status: unimplemented, refused-with: 501}}
"""
    )
    return "wide.yaml"


@pytest.mark.parametrize("how", [[], ["-n", "1"]])
def test_rows_without_a_probe_are_skipped_and_unknown(
    pytester: pytest.Pytester, wide: str, how: list[str]
) -> None:
    result = run(pytester, wide, "--results", "r.json", *how)

    result.assert_outcomes(passed=1, skipped=3)
    rows = json.loads((pytester.path / "r.json").read_text())["rows"]
    assert [(row["observed"], row["reason"]) for row in rows[1:]] == [
        ("unknown", "no probe yet")
    ] * 3


def test_require_probes_refuses_the_table_and_names_each_row(
    pytester: pytest.Pytester, wide: str
) -> None:
    result = run(pytester, wide, "--require-probes")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    said = (
        "wide.yaml:10: 3 rows have no probe yet: HeadObject/x-vendor-tier (line 10), "
        "PatchObject (line 11), PatchObject/x-vendor-range (line 15)"
    )
    assert said in result.stdout.str()


@pytest.mark.parametrize("arguments", [["m.yaml::GetObjekt"], ["m.yaml::GetObject::Rnage"]])
def test_selection_when_it_names_nothing_is_refused(
    pytester: pytest.Pytester, matrix: str, arguments: list[str]
) -> None:
    result = run(pytester, *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "not found" in result.stderr.str()


def test_python_module_when_it_holds_a_matrix_as_text_is_left_alone(
    pytester: pytest.Pytester,
) -> None:
    module = f'TEXT = """\\\n{MATRIX}"""\n\n\ndef test_nothing():\n    assert TEXT\n'
    (pytester.path / "test_it.py").write_text(module)
    run(pytester, "test_it.py", "-n", "1").assert_outcomes(passed=1)


@pytest.mark.parametrize("text", ["a: [1\n", "vendor: Test\noperations:\n  - bad\n", ""])
def test_named_file_when_it_is_no_matrix_is_refused(pytester: pytest.Pytester, text: str) -> None:
    (pytester.path / "other.yaml").write_text(text)
    result = run(pytester, "other.yaml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    said = "other.yaml: not a matrix: no line begins with 's3-conformance:'"
    assert said in result.stderr.str()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--endpoint-url", "example.com"], "is not an http:// or https:// URL"),
        (["--endpoint-url", "http://127.0.0.1:1"], "no credentials: set AWS_ACCESS_KEY_ID"),
        (["--bucket", "b"], "--bucket needs --endpoint-url"),
        (["--jobs", "0"], "--s3-jobs: 0 is not a whole number between 1 and 256"),
        (["--jobs", "many"], "--s3-jobs: many is not a whole number between 1 and 256"),
        (["--timeout", "-1"], "--s3-timeout: -1 is not a number of seconds above 0"),
        (["--wait", "soon"], "--s3-wait: soon is not a number of seconds above 0"),
        (["--shard", "3/2"], "--s3-shard: 3/2 is not K/N with 1 <= K <= N <= 1000"),
        (["--contact", " "], "--contact is empty"),
        (["--timeout", "nan"], "--s3-timeout: nan is not a number of seconds above 0"),
        (["--destination-arn", "arn"], "--s3-destination-arn: arn is not an ARN of one of"),
        (["--addressing", "sideways"], "--addressing"),
        (["--ca-bundle", "none.pem"], "--ca-bundle none.pem: no such file"),
        (["--results", "no/such/dir/r.json"], "no/such/dir"),
        (["--report", "."], "cannot be written"),
    ],
)
def test_option_when_its_value_is_wrong_is_refused_by_name(
    pytester: pytest.Pytester, matrix: str, arguments: list[str], said: str
) -> None:
    result = run(pytester, matrix, *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in result.stderr.str()
    assert "Traceback" not in result.stdout.str() + result.stderr.str()
    assert [
        path.name for path in pytester.path.iterdir() if path.suffix in (".json", ".html")
    ] == []


@pytest.mark.parametrize("how", [[], ["-n", "2"]])
def test_endpoint_when_nothing_listens_is_one_sentence(
    pytester: pytest.Pytester, with_credentials: None, matrix: str, how: list[str]
) -> None:
    with closing() as url:
        result = run(pytester, matrix, "--endpoint-url", url, "--results", "r.json", *how)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"{url} cannot be used: " in result.stderr.str()
    assert not (pytester.path / "r.json").exists()


def test_server_when_it_offers_nothing_supports_nothing(
    pytester: pytest.Pytester, with_credentials: None, matrix: str
) -> None:
    with saying(error(501, "NotImplemented")) as url:
        run(pytester, matrix, "--endpoint-url", url, "--results", "r.json")
    assert set(verdicts(pytester.path / "r.json").values()) <= {"unknown", "rejected"}


def test_yaml_when_it_is_no_matrix_is_left_alone(pytester: pytest.Pytester) -> None:
    (pytester.path / "compose.yaml").write_text("services: {s3-conformance: 1}\n")
    (pytester.path / "broken.yml").write_text("a: [\n")
    pytester.makepyfile("def test_theirs(): pass")
    result = run(pytester)
    result.assert_outcomes(passed=1)
    assert "endpoint:" not in result.stdout.str()


def test_junit_of_a_run_carries_the_verdict_of_each_row(
    pytester: pytest.Pytester, matrix: str
) -> None:
    run(pytester, matrix, "--junitxml", "j.xml", "--results", "r.json")
    document = json.loads((pytester.path / "r.json").read_text())
    names = ("documented", "observed", "divergence", "hazard", "reason", "decided_by")
    due = [
        {
            **{name: row[name] or "none" for name in names},
            "failed_checks": " ".join(results.failed_checks(row)) or "none",
            "quirks": str(row["quirks"]),
        }
        for row in document["rows"]
    ]
    root = ElementTree.fromstring((pytester.path / "j.xml").read_text())
    cases = root.findall("./testsuite/testcase")
    assert [
        {it.attrib["name"]: it.attrib["value"] for it in case.findall("./properties/property")}
        for case in cases
    ] == due
    assert due[-1]["hazard"] == "silent"


def test_behaviours_are_items_and_lines_of_the_reports(pytester: pytest.Pytester) -> None:
    head = MATRIX.partition("operations:")[0]
    path = pytester.path / "b.yaml"
    path.write_text(f"{head}behaviours:\n  Body:\n    sha256: unimplemented\n")

    result = run(
        pytester, "b.yaml::Body::sha256", "-m", "behaviour", "--results", "r.json",
        "--report", "r.html", "--markdown", "r.md",
    )  # fmt: skip

    result.assert_outcomes(passed=1)
    (row,) = json.loads((pytester.path / "r.json").read_text())["rows"]
    assert (row["id"], row["level"], row["operation"], row["observed"]) == (
        "Body/sha256", "behaviour", "Body", "ignored",
    )  # fmt: skip
    for name in ("r.html", "r.md"):
        assert "Body/sha256" in (pytester.path / name).read_text()
    assert "Behaviours" in (pytester.path / "r.html").read_text()


def test_a_run_that_observes_nothing_fails_and_names_the_ways_out(
    pytester: pytest.Pytester, with_credentials: None, matrix: str
) -> None:
    listed = http(200, b"<ListAllMyBucketsResult/>", "Content-Type: application/xml")
    with saying(listed, error(403, "AccessDenied")) as url:
        result = run(pytester, matrix, "--endpoint-url", url, "--results", "r.json")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["warning: nothing was observed at *AccessDenied*--bucket NAME*"])
    document = json.loads((pytester.path / "r.json").read_text())
    assert "nothing was observed" in document["run"]["warnings"][0]
    assert "not removed" not in result.stdout.str()
