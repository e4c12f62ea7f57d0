"""Names of S3: what is refused as misspelt, and what is taken as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.errors import MatrixError
from conformance.matrix import load
from conformance.matrix.names import known_names, near, require_known_names

HEAD = "s3-conformance: 1\nvendor: V\nsource: https://v.example/table\n"


def matrix(folder: Path, operation: str, *features: str) -> Path:
    """A matrix of one operation; its own row is on line 6, its features from line 10 on."""
    path = folder / "m.yaml"
    members = "".join(f"            {feature}\n" for feature in features)
    path.write_text(
        f"{HEAD}operations:\n  object:\n    {operation}:\n      status: implemented\n"
        + (f"      features:\n        - members:\n{members}" if features else "")
    )
    return path


@pytest.mark.parametrize(
    ("operation", "feature", "meant"),
    [
        ("GetObjekt", None, "GetObject"),
        ("putObject", None, "PutObject"),
        ("ListObjectV2", None, "ListObjectsV2"),
        ("GetBucketNotificationConfigurations", None, "GetBucketNotificationConfiguration"),
        ("GetObject", "Rnage", "Range"),
        ("GetObject", "range", "Range"),
        ("GetObject", "IfMatch", "If-Match"),
        ("GetObject", "part-number", "partNumber"),
        ("GetObject", "response-content-typ", "response-content-type"),
        ("PutObject", "x-amz-meta", None),
        ("PutObject", "x-amz-server-side-encrpytion-custmer-algoritm",
         "x-amz-server-side-encryption-customer-algorithm"),
        ("PutObject", "Conten-MD5", "Content-MD5"),
        ("ListObjectsV2", "contination-token", "continuation-token"),
    ],
)  # fmt: skip
def test_near_miss_of_a_name_is_refused_with_a_suggestion(
    tmp_path: Path, operation: str, feature: str | None, meant: str | None
) -> None:
    path = matrix(tmp_path, operation, *([f"{feature}: implemented"] if feature else []))
    if meant is None:
        require_known_names(load(path), ())
        return
    with pytest.raises(MatrixError) as error:
        require_known_names(load(path), ())
    line = 10 if feature else 6
    name = f"{feature} of {operation}" if feature else operation
    said = f"{path}:{line}: S3 has no {name}; did you mean {meant}?"
    assert str(error.value).startswith(said)


@pytest.mark.parametrize(
    ("operation", "feature"),
    [
        ("AppendObject", "x-vendor-tier: implemented"),  # the vendor's own
        ("PatchObject", "Range: implemented"),
        ("GetObject", "x-amz-checksum-algorithm: implemented"),  # of other operations
        ("GetObject", "x-amz-security-token: implemented"),  # of the signature
        ("PutObject", "x-amz-meta-*: implemented"),
        ("PutObject", "x-amz-checksum-sha3-512: implemented"),  # other digits, another name
        ("PutObject", "Rnage: {status: implemented, extension: true}"),
    ],
)
def test_name_that_is_no_near_miss_is_taken_as_it_is(
    tmp_path: Path, operation: str, feature: str
) -> None:
    require_known_names(load(matrix(tmp_path, operation, feature)), ())


def test_features_of_an_extension_are_taken_with_it(tmp_path: Path) -> None:
    path = matrix(tmp_path, "GetObjekt", "Rnage: implemented")
    text = path.read_text().replace("GetObjekt:\n", "GetObjekt:\n      extension: true\n")
    path.write_text(text)
    require_known_names(load(path), ())


def test_value_is_compared_with_the_values_of_its_header(tmp_path: Path) -> None:
    of_class = "value-of: x-amz-storage-class"
    own, typo = (f"{it}: {{status: implemented, {of_class}}}" for it in ("COLD", "STANDRAD"))
    header = "x-amz-storage-class: implemented"
    require_known_names(load(matrix(tmp_path, "PutObject", header, own)), ())
    with pytest.raises(MatrixError, match="did you mean STANDARD"):
        require_known_names(load(matrix(tmp_path, "PutObject", header, typo)), ())


def test_every_misspelt_name_is_in_the_one_sentence(tmp_path: Path) -> None:
    path = matrix(tmp_path, "GetObject", *(f"{it}: implemented" for it in ("Rnage", "IfMatch")))
    with pytest.raises(MatrixError, match=r"Range\?.*; line 11: .*If-Match\?") as error:
        require_known_names(load(path), ())
    assert "\n" not in str(error.value)


def test_checksum_algorithm_is_compared_with_those_of_s3(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(f"{HEAD}checksums:\n  CRC23C: {{COMPOSITE: implemented}}\n")
    with pytest.raises(MatrixError, match=r"m\.yaml:5: S3 has no COMPOSITE of Checksum/CRC23C"):
        require_known_names(load(path), ())


def test_row_with_a_probe_is_not_looked_up(tmp_path: Path) -> None:
    path = matrix(tmp_path, "GetObjekt")
    require_known_names(load(path), {"GetObjekt"})


def test_names_of_s3_are_no_near_misses_of_each_other() -> None:
    names = known_names()
    for known in (names.operations, names.features, names.algorithms):
        assert [name for name in known if near(name, known)] == []
