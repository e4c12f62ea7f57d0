"""Whatever a file holds, reading it ends in our own error or none: no traceback, and soon.

A few examples in a normal run; `FUZZ_EXAMPLES=5000 pytest tests/test_fuzz_inputs.py` (or
`tox -e fuzz`) tries more.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance import closed_yaml, results
from conformance.closed_yaml import DEPTH, LARGEST
from conformance.errors import ConformanceError, MatrixError, ResultsError
from conformance.gate import baseline
from conformance.matrix import matrix
from conformance.matrix.importer import ImportedMatrix, import_page, render
from tests.baseline_text import BASELINE
from tests.golden.small import document

HERE: Final = Path(__file__).parent
MATRIX: Final = (
    "s3-conformance: 1\nvendor: V\nsource: https://v.example/\nretrieved: 2026-01-02\n"
    "regions:\n  auto: {signing: implemented}\nchecksums:\n  CRC32: {COMPOSITE: implemented}\n"
    "operations:\n  object:\n    PutObject:\n      status: implemented\n      note: 'a'\n"
    "      features:\n        - group: G\n          members: {If-Match: {status: implemented}}\n"
)
PAGE: Final = (
    "## Bucket-level operations\n\n| API Name | Feature |\n| --- | --- |\n"
    "| ✅ [ListBuckets](https://d.example/l) | ✅ prefix <br> ❌ marker |\n"
    '<!-- c --> <a href="x">y</a>\n{/* d */}\na,b,c\n\n'
    "| Checksum Algorithm | FULL_OBJECT | COMPOSITE |\n| - | - | - |\n"
    "| CRC-32 (CRC32) | ✅ | ❌ |\n"
)  # fmt: skip
# What steers a parser of one of these formats.
PIECES: Final = st.sampled_from(
    [*"[]{}(),:-?|>&*!%@`'\"#\\\t\n\r \0\x1b\x85\ufeff\u2028\ud7ff✅❌🚧.~=<",
     "- ", ": ", "? ", "<<: ", "*a", "&a ", "!!python/object:os.system ", "!!binary ", "---\n",
     "...\n", "%YAML 9.9\n", "1e999", "NaN", "-Infinity", "0x", "1:1:1", "2026-02-30", "null",
     "|\n", "| - |\n", "<!--", "-->", "<br>", "</a>", "```", "\\u0000", '"\\ud800"', "\U0010ffff"]
)  # fmt: skip
EXAMPLES: Final = int(os.environ.get("FUZZ_EXAMPLES", "25"))
fuzzed: Final = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """A file with pieces put in, taken out, or repeated many times."""
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(text)))
        until = min(len(text), at + draw(st.sampled_from([0, 0, 1, 3, 40])))
        piece = draw(PIECES | st.text(max_size=4)) * draw(st.sampled_from([1, 1, 2, 30, 3000]))
        text = text[:at] + piece + text[until:]
    return text


def bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def refusal(read: Callable[[], object]) -> str:
    """The sentence with which something is refused, or an empty string; nothing else is raised."""
    try:
        read()
    except ConformanceError as error:
        return str(error)
    return ""


@fuzzed
@given(damaged(MATRIX) | st.lists(PIECES, max_size=50).map("".join))
def test_matrix_when_the_file_is_damaged_is_read_or_refused_with_its_line(text: str) -> None:
    said = refusal(lambda: matrix.parsed(Path("m.yaml"), bytes_of(text)))
    assert re.match(r"(m\.yaml:\d+: |$)", said)
    assert said.isprintable()


@fuzzed
@given(damaged(BASELINE))
def test_baseline_when_the_file_is_damaged_is_read_or_refused_with_its_line(text: str) -> None:
    said = refusal(lambda: baseline.parsed(Path("b.yaml"), bytes_of(text)))
    assert re.match(r"(b\.yaml:\d+: |$)", said)
    assert said.isprintable()


@fuzzed
@given(damaged(PAGE) | damaged(PAGE.replace("|", ",")) | damaged(f"<table>{PAGE}</table>"))
def test_page_when_it_is_damaged_is_imported_or_refused_with_its_line(text: str) -> None:
    said = refusal(lambda: matrix.parsed(Path("m.yaml"), render(imported(text)).encode()))
    assert re.match(r"([pm]\.(md|yaml):\d+: |$)", said)
    assert said.isprintable()


def imported(text: str) -> ImportedMatrix:
    return import_page(
        text, path="p.md", vendor="V", source="https://v.example/", published=None, retrieved=None
    )


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@st.composite
def damaged_results(draw: st.DrawFn) -> bytes:
    """A results file in which some value is another one, or some bytes are others."""
    made = json.loads(json.dumps(document()))
    for _ in range(draw(st.integers(0, 3))):
        place, key = made, draw(st.sampled_from([*made]))
        while isinstance(place[key], dict | list) and place[key] and draw(st.booleans()):
            place = place[key]
            keys = [*place] if isinstance(place, dict) else [*range(len(place))]
            key = draw(st.sampled_from(keys))
        place[key] = draw(JSON)
    text = json.dumps(made)
    return bytes_of(draw(st.just(text) | damaged(text)))


@settings(fuzzed, suppress_health_check=[*HealthCheck])
@given(raw=damaged_results())
def test_results_when_the_file_is_damaged_are_read_or_refused(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(raw)
    said = refusal(lambda: results.read(path))
    assert not said or said.startswith(f"{path}: ")
    assert said.isprintable()


def _read_matrix(raw: bytes, _: Path) -> None:
    matrix.parsed(Path("f.yaml"), raw)


def _read_baseline(raw: bytes, _: Path) -> None:
    baseline.parsed(Path("f.yaml"), raw)


def _read_results(raw: bytes, folder: Path) -> None:
    (folder / "f.json").write_bytes(raw)
    results.read(folder / "f.json")


def _read_page(raw: bytes, _: Path) -> None:
    imported(raw.decode())


BOMBS: Final[dict[str, bytes]] = {
    "mappings": b"{a: " * 20_000,
    "empty-mappings": b"a: " + b"{" * 20_000 + b"}" * 20_000,
    "brackets": b"[" * 100_000,
    "brackets-closed": b"[" * 100_000 + b"]" * 100_000,
    "block": b"".join(b" " * depth + b"a:\n" for depth in range(DEPTH + 2)),
    "aliases": b"a: &a [x, x]\n" + b"".join(b"%c: [*a, *a]\n" % n for n in range(98, 110)),
    "sexagesimal": b"a: " + b"1:" * 10_000 + b"1",
    "digits": b"a: " + b"9" * 10_000,
    "long": b"#" * (LARGEST + 1),
    "comments": b"<!--" * 100_000,
    "heading": b"#" + b" #" * 10_000 + b"x",
    "prose": b"a" + b" a" * 10_000,
    "rule": b"a|b\n|" + b" - |" * 10_000 + b"x",
}
READERS: Final[list[Callable[[bytes, Path], None]]] = [
    _read_matrix, _read_baseline, _read_results, _read_page,
]  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_read_when_the_file_is_a_bomb_is_refused(name: str, tmp_path: Path) -> None:
    for read in READERS:
        with pytest.raises(ConformanceError):
            read(BOMBS[name], tmp_path)


def test_read_when_brackets_nest_names_file_and_line(tmp_path: Path) -> None:
    deep = b"s3-conformance: 1\nvendor: " + b"[" * 100
    with pytest.raises(MatrixError, match=r"f\.yaml:2: nested more than"):
        _read_matrix(deep, tmp_path)
    with pytest.raises(ResultsError, match=r"f\.json: .*line 2: nested more than"):
        _read_results(b"[\n" + b"[" * 100, tmp_path)


def test_read_when_there_are_too_many_keys_names_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed_yaml, "NODES", 50)
    with pytest.raises(MatrixError, match=r"f\.yaml:25: more than 50 keys"):
        _read_matrix(b"".join(b"k%d: 1\n" % n for n in range(100)), Path())
