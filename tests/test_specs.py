"""Every matrix in `specs/` against the counts of its source."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from conformance.matrix import Matrix, Row, load
from conformance.verdict import Documented

SPECS = Path(__file__).parent.parent / "specs"
AWS = "https://docs.aws.amazon.com/AmazonS3/latest/API/"

# Counted in the source itself: operations that are implemented, experimental, partial, without
# effect and unimplemented, their headers and parameters likewise, and the cells of checksums and
# regions, and behaviours.
COUNTS = {
    "r2": ((26, 0, 0, 0, 47), (97, 0, 0, 0, 211), 16),
    "r2-2026-07-31": ((26, 0, 0, 0, 47), (102, 0, 0, 0, 210), 16),
    "supabase": ((20, 0, 0, 0, 6), (57, 1, 0, 0, 136), 0),
    "s3mock": ((38, 1, 0, 0, 59), (0, 0, 0, 0, 0), 0),
    "moto": ((70, 5, 0, 0, 41), (0, 0, 0, 0, 2), 0),
    "versitygw": ((56, 0, 0, 0, 36), (0, 0, 0, 0, 0), 0),
    "garage": ((28, 2, 0, 0, 62), (0, 0, 0, 0, 0), 0),
    "minio": ((55, 3, 0, 0, 34), (0, 1, 0, 0, 0), 0),
    "ibm-cos": ((36, 0, 0, 0, 0), (106, 0, 0, 0, 0), 0),
    "localstack": ((95, 0, 0, 0, 13), (0, 0, 0, 0, 0), 0),
    "mega-s4": ((25, 0, 0, 0, 2), (88, 0, 0, 0, 164), 0),
    "noobaa": ((46, 0, 2, 0, 11), (0, 0, 0, 0, 0), 0),
    "ontap": ((42, 0, 0, 0, 2), (86, 0, 0, 0, 0), 0),
    "otc-obs": ((58, 0, 0, 0, 0), (140, 0, 0, 0, 0), 0),
    "ovhcloud": ((55, 0, 0, 0, 28), (5, 0, 0, 0, 1), 0),
    "storagegrid": ((56, 0, 0, 0, 0), (147, 0, 0, 6, 18), 0),
    "storj": ((34, 0, 7, 0, 56), (0, 0, 7, 0, 2), 0),
    "swift": ((25, 0, 0, 0, 34), (0, 0, 0, 0, 0), 0),
    "yandex": ((56, 0, 0, 0, 0), (117, 0, 0, 0, 0), 0),
    "ceph-rgw": ((69, 3, 0, 0, 0), (1, 0, 0, 0, 0), 0),
    "r2-pages": ((15, 0, 0, 0, 1), (27, 0, 0, 0, 0), 95),
    "s3-behaviour": ((0, 0, 0, 0, 0), (0, 0, 0, 0, 0), 168),
}
DOCS_ELSEWHERE = {
    "PostObject": "RESTObjectPOST.html",  # described with forms, not with the operations
}
NO_DOCS = ["DeleteBucketAccelerateConfiguration", "DeleteBucketRequestPayment", "HeadBucketAcl"]


@pytest.fixture(scope="module", params=sorted(SPECS.glob("*.yaml")), ids=lambda path: path.stem)
def matrix(request: pytest.FixtureRequest) -> Matrix:
    return load(request.param)


def tally(rows: list[Row]) -> tuple[int, ...]:
    """How many rows have each word, in the words' order."""
    counts = Counter(row.documented for row in rows)
    return tuple(counts[word] for word in Documented)


def test_rows_are_as_many_as_in_the_source(matrix: Matrix) -> None:
    claims = [row for row in matrix.rows if row.level in ("bucket", "object")]
    operations = [row for row in claims if row.feature is None]
    features = [row for row in claims if row.feature is not None]

    assert (tally(operations), tally(features), len(matrix.rows) - len(claims)) == COUNTS[
        matrix.path.stem
    ]


def test_a_row_that_is_partly_implemented_quotes_its_source(matrix: Matrix) -> None:
    partly = (Documented.EXPERIMENTAL, Documented.PARTIAL, Documented.NO_EFFECT)

    assert [row.id for row in matrix.rows if row.documented in partly and not row.note] == []


def test_operations_link_to_their_description(matrix: Matrix) -> None:
    own = [row for row in matrix.rows if row.feature is None]
    expected = {name: DOCS_ELSEWHERE.get(name, f"API_{name}.html") for name in matrix.operations}
    if matrix.path.stem == "r2":
        expected["PutBucketLogging"] = "API_PutBucketLifecycle.html"  # the page's own slip

    assert [row.id for row in own if row.docs is None] == (
        NO_DOCS if matrix.path.stem == "minio" else []
    )
    assert [row.id for row in own if row.docs and row.docs != AWS + expected[row.id]] == []


def test_a_later_table_of_r2_differs_in_five_rows() -> None:
    before, after = (
        {row.id: row.documented for row in load(SPECS / name).rows}
        for name in ("r2.yaml", "r2-2026-07-31.yaml")
    )

    assert {row: word for row, word in after.items() if before.get(row) is not word} == {
        "PutObject/If-Match": Documented.IMPLEMENTED,
        "PutObject/If-Modified-Since": Documented.IMPLEMENTED,
        "PutObject/If-None-Match": Documented.IMPLEMENTED,
        "PutObject/If-Unmodified-Since": Documented.IMPLEMENTED,
        "UploadPartCopy/x-amz-copy-source": Documented.IMPLEMENTED,
    }
    assert before.keys() <= after.keys()


def test_the_readme_has_every_matrix_with_its_date_and_rows(matrix: Matrix) -> None:
    text = (SPECS.parent / "README.md").read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if f"| `specs/{matrix.path.name}` |" in line]
    dated, rows = [cell.strip() for cell in line.strip("|").split("|")][-2:]

    assert (dated, rows) == (str(matrix.published or "no date"), str(len(matrix.rows)))
