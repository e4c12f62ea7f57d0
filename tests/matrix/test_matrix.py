"""Matrices: what is read, and the one sentence for each way of being wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import MatrixError
from conformance.matrix import load
from conformance.plugin.marker import is_matrix
from conformance.verdict import Documented

HEAD = "s3-conformance: 1\nvendor: V\nsource: https://v.example/table\n"
GOOD = f"""{HEAD}
regions:
  "": {{signing: implemented}}
checksums:
  CRC32: {{COMPOSITE: unimplemented}}
operations:
  object:
    GetObject:
      status: implemented
      docs: https://v.example/GetObject
      features:
        - group: Range
          status: experimental
          members:
            Range: {{status: experimental, note: single ranges}}
        - members:
            If-Match: unimplemented
behaviours:
  Key:
    double-slash: implemented
  Error:
    NoSuchKey: {{docs: https://v.example/errors, status: experimental, note: no id}}
"""


def refused(status: str, how: str) -> str:
    """A matrix whose last row says how it is refused."""
    claim = f"If-Match: {{status: {status}, refused-with: {how}}}"
    return GOOD.replace("If-Match: unimplemented", claim)


Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(text: str | bytes) -> Path:
        path = tmp_path / "m.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return to_file


def test_rows_in_the_file_s_order(write: Write) -> None:
    matrix = load(write(GOOD))

    assert [(row.id, row.level, row.documented) for row in matrix.rows] == [
        ("Region/empty/signing", "region", "implemented"),
        ("Checksum/CRC32/COMPOSITE", "checksum", "unimplemented"),
        ("GetObject", "object", "implemented"),
        ("GetObject/Range", "object", "experimental"),
        ("GetObject/If-Match", "object", "unimplemented"),
        ("Key/double-slash", "behaviour", "implemented"),
        ("Error/NoSuchKey", "behaviour", "experimental"),
    ]
    in_range = matrix.rows[3]
    assert (in_range.group, in_range.note, in_range.line) == ("Range", "single ranges", 18)
    assert [*matrix.operations] == ["Region", "Checksum", "GetObject", "Key", "Error"]
    missing = matrix.rows[6]
    assert (missing.operation, missing.feature) == ("Error", "NoSuchKey")
    assert (missing.docs, missing.note) == ("https://v.example/errors", "no id")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "the file is empty"),
        ("a: [", 1, "not YAML"),
        (b"\xff\xfe\x00", 1, "not YAML"),
        (HEAD, 1, "no rows"),
        (HEAD + "color: red\n", 4, "color"),
        (HEAD + "vendor: W\n", 4, "'vendor' stands twice, first on line 2"),
        (HEAD.replace(": 1", ": 2"), 1, "this version reads format 1"),
        (GOOD.replace("https://v.example/table", "ftp://v"), 3, "URL"),
        (HEAD + "operations: [GetObject]\n", 4, "mapping"),
        (HEAD + "operations: {shelf: {GetObject: {status: implemented}}}\n", 4, "shelf"),
        (HEAD + "operations: {object: {GetObject: {}}}\n", 4, "status"),
        (HEAD + "operations: {object: {GetObject: {status: yes}}}\n", 4, "is not one of"),
        (HEAD + "operations: {object: {GetObject: {status: 'no'}}}\n", 4, "is not one of"),
        (HEAD + "checksums: {CRC32: {HALF: implemented}}\n", 4, "HALF"),
        (GOOD.replace("\nregions", "retrieved: yesterday\nregions", 1), 4, "date"),
        (HEAD + "x: &a 1\n", 4, "anchors"),
        (HEAD + "x: !!python/name:os.system 1\n", 4, "tags"),
        (GOOD.replace("unimplemented}", "missing}"), 8, "'missing' is not one of"),
        (
            GOOD.replace("status: implemented", "status: unimplemented"),
            18,
            "which is unimplemented",
        ),
        (refused("implemented", "501"), 20, "belongs to a row that is unimplemented"),
        (refused("unimplemented", "true"), 20, "neither a status"),
        (refused("unimplemented", "302 Found"), 20, "neither a status"),
        (refused("unimplemented", "501, extension: false"), 20, "extension is true, or"),
        (GOOD.replace("If-Match:", "Range:"), 18, "stands 2 times"),
        (HEAD + "behaviours: {Keys: {a: implemented}}\n", 4, "'Keys'; did you mean Key?; known"),
        (HEAD + "behaviours: {Fax: {a: implemented}}\n", 4, "unknown topic 'Fax'; known here: Ad"),
        (HEAD + "behaviours:\n  Key:\n    a/b: implemented\n", 6, "'a/b' is no name"),
        (HEAD + "behaviours:\n  Key:\n    a: {docs: https://v}\n", 6, "'status' is missing"),
        (HEAD + "behaviours:\n  Key:\n    a: maybe\n", 6, "'maybe' is not one of"),
        (GOOD.replace("- group: Range\n          status", "- status"), 15, "belongs to a group"),
    ],
)
def test_one_sentence_with_file_and_line(write: Write, text: str, line: int, said: str) -> None:
    path = write(text)
    with pytest.raises(MatrixError) as error:
        load(path)
    message = str(error.value)
    assert message.startswith(f"{path}:{line}: "), message
    assert said in message
    assert "\n" not in message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MatrixError, match="No such file"):
        load(tmp_path / "none.yaml")


@given(st.binary(max_size=200))
def test_whatever_the_bytes_there_is_a_matrix_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "m.yaml"
    path.write_bytes(raw)
    with pytest.raises(MatrixError) as error:
        load(path)
    assert "\n" not in str(error.value)


def test_only_files_that_say_so_are_matrices(write: Write) -> None:
    assert is_matrix(write(GOOD))
    assert not is_matrix(write("services:\n  s3-conformance: 1\n"))
    assert not is_matrix(write("- s3-conformance: 1\n"))


def test_every_word_of_the_table_is_understood() -> None:
    assert [word.value for word in Documented] == [
        "implemented",
        "experimental",
        "partial",
        "no-effect",
        "unimplemented",
    ]


def test_refusal_and_extension_are_read_where_they_stand(write: Write) -> None:
    feature = "If-Match: {status: unimplemented, refused-with: 501 NotImplemented, extension: true}"
    rows = load(write(GOOD.replace("If-Match: unimplemented", feature))).rows

    assert (rows[4].refusal, rows[4].extension) == ("501 NotImplemented", True)
    assert (rows[3].refusal, rows[3].extension) == (None, False)
