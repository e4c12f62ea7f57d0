"""The published schemas say of a file what its loader says, as far as a schema can."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from conformance import cli, matrix
from conformance.cli.schema import SCHEMAS
from conformance.closed_yaml import Node, YamlProblem, parse
from conformance.errors import ConformanceError
from conformance.gate import baseline
from tests.baseline_text import BASELINE
from tests.gate.scenarios import FLAKY
from tests.matrix.test_matrix import GOOD, HEAD

SPECS = Path(__file__).parents[2] / "specs"


def plain(node: Node) -> Any:
    """What an editor sees of a YAML file."""
    if isinstance(node.value, dict):
        return {key: plain(value) for key, value in node.value.items()}
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    return node.value.isoformat() if isinstance(node.value, dt.date) else node.value


def valid(kind: str, text: str) -> bool:
    schema = json.loads(SCHEMAS[kind].read_bytes())
    return bool(Draft7Validator(schema).is_valid(plain(parse(text.encode()))))


def loads(load: Callable[[Path], object], path: Path, text: str) -> bool:
    path.write_text(text)
    try:
        load(path)
    except ConformanceError:
        return False
    return True


@pytest.mark.parametrize("kind", ["matrix", "results", "baseline"])
def test_each_schema_is_one_and_is_printed(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema", kind]) == 0
    schema = json.loads(capsys.readouterr().out)
    dialect = Draft202012Validator if "2020-12" in schema["$schema"] else Draft7Validator
    dialect.check_schema(schema)
    assert schema == json.loads(SCHEMAS[kind].read_bytes())


MATRICES = {
    "as it should be": GOOD,
    **{path.name: path.read_text() for path in sorted(SPECS.glob("*.yaml"))},
    "no rows": HEAD,
    "unknown key": HEAD + "color: red\n",
    "another format": GOOD.replace(": 1", ": 2"),
    "no vendor": GOOD.replace("vendor: V\n", ""),
    "empty vendor": GOOD.replace("vendor: V", "vendor: ' '"),
    "vendor is a number": GOOD.replace("vendor: V", "vendor: 3"),
    "source is no URL": GOOD.replace("https://v.example/table", "ftp://v"),
    "dates": GOOD.replace("\nregions", "published: 2026-01-01\nregions", 1),
    "no date": GOOD.replace("\nregions", "retrieved: yesterday\nregions", 1),
    "a list of operations": HEAD + "operations: [GetObject]\n",
    "another level": HEAD + "operations: {shelf: {GetObject: {status: implemented}}}\n",
    "no status": HEAD + "operations: {object: {GetObject: {}}}\n",
    "yes": HEAD + "operations: {object: {GetObject: {status: yes}}}\n",
    "unknown word": GOOD.replace("unimplemented}", "missing}"),
    "unknown word of a feature": GOOD.replace("If-Match: unimplemented", "If-Match: no"),
    "feature without status": GOOD.replace("status: experimental, note", "note"),
    "feature with color": GOOD.replace("note: single ranges", "color: red"),
    "feature's note is empty": GOOD.replace("note: single ranges", "note: ''"),
    "half a checksum": HEAD + "checksums: {CRC32: {HALF: implemented}}\n",
    "region for nothing": HEAD + "regions: {eu: {parking: implemented}}\n",
    "region": HEAD + "regions: {eu: {signing: implemented}}\n",
    "behaviour": HEAD + "behaviours: {Key: {double-slash: implemented}}\n",
    "behaviour with a page": HEAD
    + "behaviours: {Key: {a: {status: implemented, docs: https://v, note: n}}}\n",
    "unknown topic": HEAD + "behaviours: {Keys: {a: implemented}}\n",
    "behaviour with a slash": HEAD + "behaviours: {Key: {a/b: implemented}}\n",
    "behaviour without a word": HEAD + "behaviours: {Key: {a: {note: n}}}\n",
    "behaviour with a color": HEAD + "behaviours: {Key: {a: {status: implemented, c: d}}}\n",
    "orphan": GOOD.replace("status: implemented", "status: unimplemented"),
    "status of no group": GOOD.replace("- group: Range\n          status", "- status"),
    "no members": GOOD.replace("members:\n            If-Match: unimplemented", "group: G"),
    "docs is no URL": GOOD.replace("docs: https", "docs: at https"),
}  # fmt: skip
BASELINES = {
    "as it should be": BASELINE,
    "flaky": FLAKY,
    "still to be explained": BASELINE.replace("https://bugs.example/1", "TODO"),
    "no endpoint": BASELINE.replace("endpoint: Store A\n", ""),
    "another format": BASELINE.replace("baseline: 1", "baseline: 2"),
    "rows is a word": BASELINE.replace("rows: 12", "rows: twelve"),
    "unknown key": BASELINE.replace("hazard: silent", "severity: low"),
    "no reason": BASELINE.replace("    reason: planned for 3.0\n", ""),
    "empty reason": BASELINE.replace("planned for 3.0", "''"),
    "link is none": BASELINE.replace("https://bugs.example/1", "see wiki"),
    "unknown word": BASELINE.replace("observed: partial", "observed: halved"),
    "a list that is not flaky": BASELINE.replace("observed: partial", "observed: [partial]"),
    "flaky without a list": BASELINE.replace("hazard: silent", "flaky: true"),
    "flaky with one word": FLAKY.replace("[supported, rejected]", "[rejected]"),
    "flaky with one word twice": FLAKY.replace("[supported, rejected]", "[rejected, rejected]"),
    "flaky is false": FLAKY.replace("flaky: true", "flaky: false"),
    "hazard is loud": BASELINE.replace("hazard: silent", "hazard: loud"),
}
GOOD_ONES = {"as it should be", "dates", "region", "flaky", "still to be explained"}
GOOD_ONES |= {"behaviour", "behaviour with a page"}
GOOD_ONES |= {path.name for path in SPECS.glob("*.yaml")}


def test_topics_of_the_schema_are_those_of_the_loader() -> None:
    schema = json.loads(SCHEMAS["matrix"].read_bytes())
    assert [*schema["properties"]["behaviours"]["properties"]] == [*matrix.TOPICS]


@pytest.mark.parametrize("name", MATRICES)
def test_matrix_schema_and_loader_accept_and_refuse_the_same(tmp_path: Path, name: str) -> None:
    assert loads(matrix.load, tmp_path / "m.yaml", MATRICES[name]) is (name in GOOD_ONES)
    assert valid("matrix", MATRICES[name]) is (name in GOOD_ONES)


@pytest.mark.parametrize("name", BASELINES)
def test_baseline_schema_and_loader_accept_and_refuse_the_same(tmp_path: Path, name: str) -> None:
    assert loads(baseline.load, tmp_path / "b.yaml", BASELINES[name]) is (name in GOOD_ONES)
    assert valid("baseline", BASELINES[name]) is (name in GOOD_ONES)


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("If-Match:", "Range:"),
        GOOD.replace("{status: experimental,", "{status: experimental, value-of: x-amz-acl,"),
    ],
)
def test_loader_when_the_schema_cannot_tell_refuses(tmp_path: Path, text: str) -> None:
    assert not loads(matrix.load, tmp_path / "m.yaml", text)
    assert valid("matrix", text)


def test_text_that_is_no_yaml_is_refused_by_both() -> None:
    with pytest.raises(YamlProblem):
        valid("matrix", HEAD + "vendor: W\n")
