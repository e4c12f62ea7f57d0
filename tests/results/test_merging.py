"""Shards of one run as one document: whole only if all of them are, and never of two runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance import cli, results
from conformance.errors import ResultsError
from tests.golden.small import cut_short, document


def shard(index: int, count: int = 3, made: results.Document | None = None) -> results.Document:
    """Every third row of the small document, as `--shard` takes them."""
    made = made or document()
    part = {"index": index, "count": count}
    run: Any = {**made["run"], "shard": part, "warnings": ["w"], "seconds": float(index)}
    return results.assemble(
        run=run,
        endpoint=made["endpoint"],
        rows=made["rows"][index - 1 :: count],
    )


def test_merged_shards_are_the_run(tmp_path: Path) -> None:
    for index in (3, 1, 2):
        results.write(tmp_path / f"{index}.json", shard(index))
    paths = [str(tmp_path / f"{index}.json") for index in (3, 1, 2)]
    assert cli.main(["merge", *paths, "-o", str(tmp_path / "all.json")]) == 0
    merged = results.read(tmp_path / "all.json")
    assert merged["complete"]
    assert merged["rows"] == document()["rows"], "in the matrix's order"
    assert merged["run"]["seconds"] == 3.0
    assert merged["run"]["warnings"] == [f"shard {it}/3: w" for it in (1, 2, 3)]
    assert "shard" not in merged["run"]


def test_merged_shards_of_which_one_is_missing_are_not_complete(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for index in (1, 3):
        results.write(tmp_path / f"{index}.json", shard(index))
    paths = [str(tmp_path / f"{index}.json") for index in (1, 3)]
    assert cli.main(["merge", *paths, "-o", str(tmp_path / "all.json")]) == 1
    assert capsys.readouterr().err.endswith("all.json: not complete: without shard 2/3\n")
    merged = results.read(tmp_path / "all.json")
    assert merged["run"]["interrupted"] == "without shard 2/3"
    assert merged["rows"] == [row for at, row in enumerate(document()["rows"]) if at % 3 != 1]


def test_merged_shards_of_which_one_was_cut_short_are_not_complete() -> None:
    cut = shard(2, made=cut_short())
    merged = results.merge({"a": shard(1), "b": cut, "c": shard(3)})
    assert merged["run"]["interrupted"] == f"shard 2/3: {cut['run']['interrupted']}"


def changed(part: str, **changes: object) -> results.Document:
    made: Any = shard(2)
    made[part] = {**made[part], **changes}
    return made  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (document(), "b: is no shard; run with --shard to make one"),
        (shard(1), "b: shard 1 of 3 is there twice"),
        (shard(2, 4), "a is one of 3 shards, b one of 4: not of one run"),
        (changed("run", shard={"index": 4, "count": 3}), "there is no shard 4 of 3"),
        (changed("run", suite_version="9"), "a and b are of different suite versions: 0.1.0 and 9"),
        (changed("endpoint", url="http://o"), "a and b are of different endpoints: http://store"),
        (changed("endpoint", product={"name": "B"}), "of different products: None and"),
        (changed("run", spec={**document()["run"]["spec"], "sha256": "0" * 64}),
         "a and b are of different matrices"),
        (changed("run", spec={**document()["run"]["spec"], "name": "other.yaml"}),
         "a and b are of different matrices"),
    ],
)  # fmt: skip
def test_documents_that_are_not_shards_of_one_run_are_refused(
    other: results.Document, said: str
) -> None:
    with pytest.raises(ResultsError, match=said):
        results.merge({"a": shard(1), "b": other})


def test_shards_with_a_row_in_common_are_refused() -> None:
    other = shard(2)
    other["rows"].append(shard(1)["rows"][0])
    with pytest.raises(ResultsError, match="row Region/auto/signing is in a and in b"):
        results.merge({"a": shard(1), "b": other})


def test_product_and_shard_are_part_of_the_schema(tmp_path: Path) -> None:
    made: Any = shard(1)
    made["endpoint"]["product"] = {"vendor": "V", "name": "P", "version": "1", "contact": "c"}
    results.write(tmp_path / "r.json", made)
    assert results.read(tmp_path / "r.json") == made
    made["endpoint"]["product"]["color"] = "red"
    with pytest.raises(ResultsError, match="color"):
        results.write(tmp_path / "r.json", made)
